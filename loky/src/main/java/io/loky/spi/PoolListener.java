/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import org.jspecify.annotations.Nullable;

/**
 * Hears when workers of a pool start and end. Every method does nothing unless it is overridden.
 *
 * <p>The methods are called soon after the event, one call after another for each pool, in the order of the events, on threads of
 * the library that no worker and no task waits for. So one that takes long holds up the calls behind it, and a JVM that would end by
 * itself, and nothing else; it may use the pool. What it throws is logged. The last calls may come when the pool has terminated already, and where the
 * JVM exits they may not come at all.
 *
 * <p>Implementations are thread-safe if they are the listener of several pools.
 */
public interface PoolListener {

    /**
     * A worker is ready for its first task.
     *
     * @param number the number of the worker in its pool, from 1, never used twice; 0 for one that was started for one task, with a
     *     larger heap ({@link ProcessPoolOptions.Builder#retryOutOfMemoryWith(String) retryOutOfMemoryWith})
     * @param pid the process id of the worker JVM
     */
    default void workerStarted(int number, long pid) {}

    /**
     * A worker has ended: its process is gone, or could not be started. Also called for one that was never ready.
     *
     * @param number the number of the worker in its pool, from 1, never used twice; 0 for one that was started for one task, with a
     *     larger heap ({@link ProcessPoolOptions.Builder#retryOutOfMemoryWith(String) retryOutOfMemoryWith})
     * @param pid the process id that the worker JVM had; 0 if there was no process
     * @param reason why it ended
     * @param report what was found out about its death, if the reason is {@link EndReason#CRASHED CRASHED}, {@link
     *     EndReason#START_FAILED START_FAILED} or {@link EndReason#UNRESPONSIVE UNRESPONSIVE}, or if it was killed in the midst of a
     *     task for {@link EndReason#MEMORY_LIMIT MEMORY_LIMIT}; {@code null} if the pool had told it to end, or ended it, for
     *     another reason
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
