/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * One worker of a pool as it was when a {@link PoolSnapshot} was taken. Immutable and thread-safe.
 *
 * @param number the number of the worker in its pool, from 1; a number is never used twice
 * @param index which of the workers at a time it is, from 0: no two workers of a pool have the same index, except that the
 *     successor of a worker is given its index while that one is still there. As long as the pool is not made smaller, nor
 *     larger while it executes a task with a larger heap, the indexes are below {@code maxWorkers + spareWorkers}
 * @param pid the process id of its JVM; empty as long as there is no process
 * @param state what it was doing
 * @param tasksDone how many tasks it had finished, failed ones included
 * @param taskId the task that it was executing, see {@link TaskFuture#taskId()}; empty if none
 */
public record WorkerSnapshot(
        int number, int index, OptionalLong pid, State state, long tasksDone, OptionalLong taskId) {

    /**
     * Makes a snapshot.
     *
     * @param number see {@link #number()}
     * @param index see {@link #index()}
     * @param pid see {@link #pid()}
     * @param state see {@link #state()}
     * @param tasksDone see {@link #tasksDone()}
     * @param taskId see {@link #taskId()}
     * @throws NullPointerException if {@code pid}, {@code state} or {@code taskId} is {@code null}
     */
    public WorkerSnapshot {
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(taskId, "taskId");
    }

    /** What a worker is doing. A worker that has ended is in no snapshot, so none of these is terminal. */
    public enum State {
        /** Its JVM is being started and is not ready for a task. */
        STARTING,

        /** It waits for a task. */
        IDLE,

        /** It executes a task. */
        BUSY,

        /**
         * It is ready, and gets no task before it takes the place of a worker that leaves: a spare, or the successor of a
         * worker that is about to be replaced.
         */
        SPARE,

        /** It has no task, was told to leave, and ends now. One that will leave after its task is still {@link #BUSY}. */
        RETIRING,

        /** It is being killed and will end now. */
        KILLING
    }
}
