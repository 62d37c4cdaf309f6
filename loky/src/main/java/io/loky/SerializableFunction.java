/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A function of one argument that can be sent to another JVM and that may throw checked exceptions. A lambda or method
 * reference that is written where this type is expected is serializable by itself; what it captures has to be
 * serializable too.
 *
 * @param <T> the type of the argument
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface SerializableFunction<T extends @Nullable Object, R extends @Nullable Object> extends Serializable {

    /**
     * Applies the function.
     *
     * @param argument the argument
     * @return the result
     * @throws Exception if the function fails; the task that called it then fails with this exception
     */
    R apply(T argument) throws Exception;
}
