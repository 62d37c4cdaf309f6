/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a value that is sent once to each worker that needs it, instead of once with each task. Tasks capture the
 * handle, which is small, and call {@link #get()}. See {@link ProcessPoolExecutor#broadcast}. Thread-safe.
 *
 * <p>Where it comes back to the JVM that made it, in the result of a task for example, it is the same object again. In any JVM that
 * is not a worker below that one {@link #get()} throws.
 *
 * @param <T> the type of the value
 */
public interface Broadcast<T extends @Nullable Object> extends Serializable, AutoCloseable {

    /**
     * Returns the value: in the JVM that created the handle the object itself, in a worker the copy that all tasks of
     * this worker share, which they must not change. The first call in a worker reads it; others that come meanwhile wait for that,
     * and an interrupt does not end it.
     *
     * <p>A {@link java.nio.ByteBuffer} is read-only in a worker, with the position, limit and byte order of the original; each call
     * returns one with a position of its own.
     *
     * @return the value
     * @throws IllegalStateException if the handle was closed, if its pool has terminated, or if this JVM neither made it nor is
     *     a worker below the one that did. What an earlier call has returned may be used on
     * @throws TaskSerializationException if the value cannot be rebuilt in this worker
     */
    T get();

    /**
     * Gives up the value everywhere: its memory is freed, and workers forget it. Tasks that call {@link #get()} afterwards fail, those too
     * that were submitted before. Closing twice does nothing.
     *
     * @throws UnsupportedOperationException in another JVM than the one that made the handle
     */
    @Override
    void close();
}
