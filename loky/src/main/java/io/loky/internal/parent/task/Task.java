/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

/** A task as the pool's state sees it: an id and where it is. Changed only under the pool's lock, read by anyone. */
public class Task {
    /** No time limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private final long id;
    private final long limitNanos;
    private final int priority;
    private volatile TaskState state = TaskState.NEW;
    private volatile int attempts;
    private int lostStarts;

    /**
     * @param id from 1, unique in its pool
     * @param limitNanos how long it may be with a worker, or {@link #UNLIMITED}
     * @param priority tasks with a higher one leave the queue first
     */
    public Task(long id, long limitNanos, int priority) {
        this.id = id;
        this.limitNanos = limitNanos;
        this.priority = priority;
    }

    public final long id() {
        return id;
    }

    /** How long it may be with a worker; {@link #UNLIMITED} for as long as it takes. */
    public final long limitNanos() {
        return limitNanos;
    }

    public final int priority() {
        return priority;
    }

    public final TaskState state() {
        return state;
    }

    /** How often it was handed to a worker that then began it, as far as is known. */
    public final int attempts() {
        return attempts;
    }

    /** How often a worker died after it was sent this task and before it had begun it. Under the pool's lock. */
    public final int lostStarts() {
        return lostStarts;
    }

    /** A part of it is done: what happens to the rest says nothing of that. Under the pool's lock, before it is queued again. */
    protected final void isFurther() {
        lostStarts = -1; // the return to the queue counts as one
    }

    /**
     * The one place where the state changes.
     *
     * @param reason for the message of an illegal change
     * @throws IllegalStateException if no legal path leads there; a defect of the pool
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written only under the pool's lock
    public final void become(TaskState next, String reason) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("task #" + id + " cannot go from " + state + " to " + next + ": " + reason);
        }
        if (next == TaskState.SENT) {
            attempts++;
        } else if (next == TaskState.QUEUED && state == TaskState.SENT) {
            attempts--; // it was not begun
            lostStarts++;
        }
        state = next;
    }
}
