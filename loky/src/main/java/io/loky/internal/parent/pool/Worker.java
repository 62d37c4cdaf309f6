/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A worker JVM as the pool's state sees it. All fields are guarded by the pool's lock. What the {@link Roster} counts by is
 * changed through it alone.
 *
 * @param <H> the handle of its process, which the state only carries
 */
final class Worker<H> {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private final int number;
    private final int index;
    private final H handle;
    private WorkerState state = WorkerState.STARTING;
    private boolean hasPlace;
    private @Nullable EndReason due;

    /** The task that it was sent and has not answered, which may have been cancelled meanwhile; null where there is none. */
    @Nullable
    Task task;

    /** Of its task among all that it was sent, from 1. */
    long taskNumber;

    /** Of the last task that it was sent; the same where nothing was sent ahead. */
    long lastTaskNumber;

    /** What it was sent behind its task, see {@link SendingAhead}. */
    final ArrayDeque<SendingAhead.Entry> ahead = new ArrayDeque<>(0);

    /** How long these are, in bytes. */
    int aheadWeight;

    /** The last of those that were taken back: what was sent up to it may lie in the pipe. */
    long takenBackNumber;

    /** How long its last tasks took, each with its way here; {@link #NEVER} before the first one. */
    long paceNanos = NEVER;

    long startedNanos;

    /** Since when it is in its state. */
    long sinceNanos;

    /** When it was sent its task; of one that was sent ahead, when the one before was answered. */
    long sentNanos;

    long tasksDone;

    /**
     * When the state it is in must end: start time-out, idle time-out, its task's limit, the grace of that, or the patience with
     * one that was told to leave or was killed.
     */
    long deadlineNanos = NEVER;

    /** When it has served long enough. */
    long maxAgeNanos = NEVER;

    /** When it is told to give memory back, if it gets no task until then; {@link #NEVER} if it has had none since. */
    long collectNanos = NEVER;

    /** When its task is slow, or twice as slow as when that was told; {@link #NEVER} if nobody wants to know. */
    long slowNanos = NEVER;

    /** Why its task was interrupted, and it will be killed if it does not answer; null while it was not. */
    @Nullable
    EndReason interruptedFor;

    /** Its sign of life as it was at the last look: a number that grows. */
    long beats;

    /** How many looks in a row found the same number. */
    int silentLooks;

    /** Why it was told to leave or is being killed; null while neither is so. */
    @Nullable
    EndReason endReason;

    /** When it was ready; not before {@link #isReady}. */
    long readyNanos;

    /** Whether its place was passed on, or is owed, since it was killed or told to leave: its end asks for nobody then. */
    boolean placeSeenTo;

    /** Whether it is, or will be after its next answer, busy with itself. */
    boolean holds;

    /** What the worker itself said about why it is due. */
    String dueDetail = "";

    /**
     * @param hasPlace false for one in reserve
     */
    Worker(int number, int index, boolean hasPlace, H handle) {
        this.number = number;
        this.index = index;
        this.hasPlace = hasPlace;
        this.handle = handle;
    }

    /** Its number in its pool, from 1, never used again. */
    int number() {
        return number;
    }

    /** From 0; that of no other worker, except the one whose successor this is. */
    int index() {
        return index;
    }

    H handle() {
        return handle;
    }

    WorkerState state() {
        return state;
    }

    /** Whether it has one of the places of the pool, of which there are as many as tasks may run at once. */
    boolean hasPlace() {
        return hasPlace;
    }

    /** Whether it counts against the pool's size: it works, or will. */
    boolean isMember() {
        return hasPlace && (state == WorkerState.STARTING || state == WorkerState.IDLE || state.isBusy());
    }

    /** Whether it waits for a place, or will. */
    boolean isInReserve() {
        return !hasPlace && (state == WorkerState.STARTING || state == WorkerState.SPARE);
    }

    /** Whether it has greeted and is not on its way out. */
    boolean isReady() {
        return state == WorkerState.IDLE || state.isBusy() || state == WorkerState.SPARE;
    }

    /** Why it is to be replaced; null while it is not. */
    @Nullable
    EndReason due() {
        return due;
    }

    /** For {@link Roster} only. */
    void setDue(EndReason reason) {
        due = reason;
    }

    /** For {@link Roster} only. */
    void setPlace(boolean has) {
        hasPlace = has;
    }

    /**
     * The one place where the state changes. For {@link Roster} only.
     *
     * @param deadline when the new state must end, or {@link #NEVER}
     * @param reason for the message of an illegal change
     * @throws IllegalStateException if no legal path leads there; a defect of the pool
     */
    void become(WorkerState next, long deadline, String reason) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(
                    "worker " + number + " cannot go from " + state + " to " + next + ": " + reason);
        }
        state = next;
        deadlineNanos = deadline;
    }

    @Override
    public String toString() {
        return "worker " + number + "[" + state + "]";
    }
}
