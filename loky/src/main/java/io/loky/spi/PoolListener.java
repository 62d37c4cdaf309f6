/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import io.loky.CrashReport;
import io.loky.EndReason;
import org.jspecify.annotations.Nullable;

/**
 * Hears when workers of a pool start and end. Every method does nothing unless it is overridden.
 *
 * <p>Not available yet: {@code ProcessPoolOptions.Builder.listener} accepts only {@link #none()} in this version.
 *
 * <p>Implementations are thread-safe and return quickly.
 */
public interface PoolListener {

    /**
     * A worker is ready for its first task.
     *
     * @param number the number of the worker in its pool, from 1, never used twice
     * @param pid the process id of the worker JVM
     */
    default void workerStarted(int number, long pid) {}

    /**
     * A worker has ended: its process is gone.
     *
     * @param number the number of the worker in its pool, from 1, never used twice
     * @param pid the process id that the worker JVM had
     * @param reason why it ended
     * @param report what was found out about its death; {@code null} if the pool itself ended it
     */
    default void workerEnded(int number, long pid, EndReason reason, @Nullable CrashReport report) {}

    /**
     * Returns the listener that does nothing. It is the default.
     *
     * @return always the same instance
     */
    static PoolListener none() {
        return SilentPoolListener.INSTANCE;
    }
}
