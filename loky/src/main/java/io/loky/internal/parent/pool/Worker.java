/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * A worker JVM as the pool's state sees it. All fields are guarded by the pool's lock.
 *
 * @param <H> the handle of its process, which the state only carries
 */
final class Worker<H> {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private final int index;
    private final H handle;
    private WorkerState state = WorkerState.STARTING;

    /** The task that it was sent and has not answered, which may have been cancelled meanwhile; null where there is none. */
    @Nullable
    Task task;

    long startedNanos;

    long tasksDone;

    /**
     * When the state it is in must end: start time-out, idle time-out, its task's limit, or the patience with one that was
     * told to leave or was killed.
     */
    long deadlineNanos = NEVER;

    /** Its sign of life as it was at the last look: a number that grows. */
    long beats;

    /** How many looks in a row found the same number. */
    int silentLooks;

    /** Why it was told to leave or is being killed; null while neither is so. */
    @Nullable
    EndReason endReason;

    Worker(int index, H handle) {
        this.index = index;
        this.handle = handle;
    }

    /** Its number in its pool, from 1, never used again. */
    int index() {
        return index;
    }

    H handle() {
        return handle;
    }

    WorkerState state() {
        return state;
    }

    /** Whether it counts against the pool's size: it works, or will. */
    boolean isMember() {
        return state == WorkerState.STARTING || state == WorkerState.IDLE || state == WorkerState.BUSY;
    }

    /**
     * The one place where the state changes.
     *
     * @param deadline when the new state must end, or {@link #NEVER}
     * @param reason for the message of an illegal change
     * @throws IllegalStateException if no legal path leads there; a defect of the pool
     */
    void become(WorkerState next, long deadline, String reason) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(
                    "worker " + index + " cannot go from " + state + " to " + next + ": " + reason);
        }
        state = next;
        deadlineNanos = deadline;
    }

    @Override
    public String toString() {
        return "worker " + index + "[" + state + "]";
    }
}
