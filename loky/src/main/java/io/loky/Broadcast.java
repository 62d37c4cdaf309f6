/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a value that is sent once to each worker that needs it, instead of once with each task. Tasks capture the
 * handle, which is small, and call {@link #get()}. Thread-safe.
 *
 * <p>Not available yet: {@link ProcessPoolExecutor#broadcast} throws {@link UnsupportedOperationException} in this
 * version.
 *
 * @param <T> the type of the value
 */
public interface Broadcast<T extends @Nullable Object> extends Serializable, AutoCloseable {

    /**
     * Returns the value: in the JVM that created the handle the object itself, in a worker the copy that all tasks of
     * this worker share, which they must not change.
     *
     * @return the value
     * @throws IllegalStateException if the handle was closed
     */
    T get();

    /** Gives up the value everywhere. Closing twice does nothing. */
    @Override
    void close();
}
