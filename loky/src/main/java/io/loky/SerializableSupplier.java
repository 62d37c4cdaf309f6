/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A supplier that can be sent to another JVM and that may throw checked exceptions. A lambda or method reference that
 * is written where this type is expected is serializable by itself; what it captures has to be serializable too.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface SerializableSupplier<T extends @Nullable Object> extends Serializable {

    /**
     * Computes the value.
     *
     * @return the value
     * @throws Exception if that fails; the task that called it then fails with this exception
     */
    T get() throws Exception;
}
