/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ShellVariable;
import java.lang.reflect.Field;
import java.util.List;

/** Sets what a task of a shell brings along. The parent's {@code Shell} says why. */
public final class ShellVariables {
    private ShellVariables() {}

    public static void set(List<ShellVariable> variables, ClassLoader loader, ObjectCodec codec) {
        for (ShellVariable variable : variables) {
            try {
                Field field = Class.forName(variable.owner(), true, loader).getDeclaredField(variable.name());
                field.setAccessible(true);
                field.set(null, codec.read(variable.value()));
            } catch (Exception | LinkageError e) {
                // As in the parent: what cannot travel has its default value, and the task may well not need it.
            }
        }
    }
}
