/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A consistent picture of a pool: all parts of it were true at the same moment. Immutable and thread-safe; it does not
 * follow the pool afterwards.
 *
 * @param state where the pool is in its life
 * @param maxWorkers the most workers that may have tasks; spares, successors and those that leave come in addition
 * @param workers the workers that have not ended, in the order of their numbers
 * @param queuedTasks how many tasks wait for a worker
 * @param runningTasks how many tasks are with a worker, are run by those who submitted them, or are executed once more with a
 *     larger heap, the wait for that included
 * @param completedTasks how many tasks have ended since the pool was created, failed and cancelled ones included;
 *     not those that failed because they could not be sent, which no worker was needed for
 * @param endedWorkers how many workers have ended since the pool was created, by reason; a reason that has not occurred
 *     may be missing
 */
public record PoolSnapshot(
        State state,
        int maxWorkers,
        List<WorkerSnapshot> workers,
        int queuedTasks,
        int runningTasks,
        long completedTasks,
        Map<EndReason, Long> endedWorkers) {

    /**
     * Makes a snapshot; the collections are copied.
     *
     * @param state see {@link #state()}
     * @param maxWorkers see {@link #maxWorkers()}
     * @param workers see {@link #workers()}
     * @param queuedTasks see {@link #queuedTasks()}
     * @param runningTasks see {@link #runningTasks()}
     * @param completedTasks see {@link #completedTasks()}
     * @param endedWorkers see {@link #endedWorkers()}
     * @throws NullPointerException if {@code state}, a collection or something in a collection is {@code null}
     */
    public PoolSnapshot {
        Objects.requireNonNull(state, "state");
        workers = List.copyOf(Objects.requireNonNull(workers, "workers"));
        endedWorkers = copyInOrder(Objects.requireNonNull(endedWorkers, "endedWorkers"));
    }

    /** Keeps the order of the constants, which {@link Map#copyOf} would not. */
    private static Map<EndReason, Long> copyInOrder(Map<EndReason, Long> counts) {
        Map<EndReason, Long> copy = new EnumMap<>(EndReason.class);
        counts.forEach((reason, count) -> copy.put(
                Objects.requireNonNull(reason, "reason in endedWorkers"),
                Objects.requireNonNull(count, "count in endedWorkers")));
        return Collections.unmodifiableMap(copy);
    }

    /** The life of a pool: {@code RUNNING -> SHUTDOWN -> STOP -> TERMINATED}; states may be skipped, never undone. */
    public enum State {
        /** It accepts tasks. */
        RUNNING,

        /** It refuses new tasks and finishes those that it has. */
        SHUTDOWN,

        /** It refuses new tasks, has given up those that waited, and ends its workers. */
        STOP,

        /** Every task and every worker has ended. Terminal. */
        TERMINATED
    }
}
