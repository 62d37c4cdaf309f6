/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/** Names for tasks whose user gave none: after the class of their function. */
final class TaskNames {
    private static final String LAMBDA = "$$Lambda";

    /** Kept with the class, and so for no longer than it. */
    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            String name = type.getName();
            int lambda = name.indexOf(LAMBDA);
            String host = lambda < 0 ? name : name.substring(0, lambda);
            String simple = host.substring(host.lastIndexOf('.') + 1);
            return lambda < 0 ? simple : "lambda in " + simple;
        }
    };

    private TaskNames() {}

    static String of(Class<?> function) {
        return NAMES.get(function);
    }
}
