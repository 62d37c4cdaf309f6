/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.NestingLimitException;
import java.util.Map;

/**
 * How many pools deep this JVM is: 0 in the first one, 1 in its workers, and so on. Handed down in the environment, so that
 * code which makes a pool when it is loaded, and is loaded again in each worker, ends in an error and not in processes
 * without number. The limit and its default are those of Python's loky.
 */
public final class NestingDepth {
    private static final String DEPTH = "LOKY_DEPTH";
    private static final String LIMIT = "LOKY_MAX_DEPTH";
    private static final int DEFAULT_LIMIT = 10;

    private NestingDepth() {}

    /**
     * @throws NestingLimitException if this JVM is so deep that it may have no workers
     */
    public static void check() {
        int limit = number(LIMIT, DEFAULT_LIMIT);
        if (current() >= limit) {
            throw new NestingLimitException(current() + 1, limit);
        }
    }

    static void pass(Map<String, String> environment) {
        environment.put(DEPTH, Integer.toString(current() + 1));
    }

    private static int current() {
        return number(DEPTH, 0);
    }

    private static int number(String variable, int absent) {
        String value = System.getenv(variable);
        if (value == null || value.isEmpty()) {
            return absent;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the environment variable " + variable + " must be a whole number, got '" + value + "'", e);
        }
    }
}
