/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.ShellVariable;
import java.lang.System.Logger.Level;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets what a task of a shell brings along. The parent's {@code Shell} says why. */
final class ShellVariables {
    private ShellVariables() {}

    static void set(List<ShellVariable> variables, ClassLoader loader, ObjectCodec codec) {
        for (ShellVariable variable : variables) {
            try {
                Field field = Class.forName(variable.owner(), true, loader).getDeclaredField(variable.name());
                field.setAccessible(true);
                byte[] bytes = variable.value();
                Object value = defaultOf(field.getType());
                try {
                    value = bytes == null ? value : codec.read(bytes);
                } finally {
                    field.set(null, value); // also where it cannot be read: an earlier task's would be a lie
                }
            } catch (Exception | LinkageError e) {
                // As in the parent: what cannot travel has its default value, and the task may well not need it.
                System.getLogger("io.loky.classes")
                        .log(
                                Level.DEBUG,
                                () -> "the shell's variable " + variable.name() + " has its default value here: "
                                        + SafeText.of(e));
            }
        }
    }

    private static @Nullable Object defaultOf(Class<?> type) {
        return Array.get(Array.newInstance(type, 1), 0);
    }
}
