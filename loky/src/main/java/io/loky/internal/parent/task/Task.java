/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.WorkerEnd;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task as the pool's state sees it: an id and where it is. Changed only under the pool's lock, read by anyone. */
public class Task {
    /** No time limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** How many deaths are remembered: the last ones, since each holds what its worker printed. */
    public static final int MOST_DEATHS = 10;

    /** What is lost with a worker that had begun a task. */
    public enum Loss {
        /** Nothing that was being executed: what is left of the task had not begun. */
        NOTHING,
        /** What was being executed: the task, or one item of it. */
        EXECUTING,
        /** All that is not answered, since nobody knows how much of that was executed. */
        ALL
    }

    private final long id;
    private final long limitNanos;
    private final int priority;
    private long queueLimitNanos = UNLIMITED;
    private long queueDeadlineNanos = UNLIMITED;
    private boolean ahead;
    private volatile TaskState state = TaskState.NEW;
    private volatile int attempts;
    private int lostStarts;
    private long lostNanos;
    private long takenNanos;

    // Under the pool's lock, and of a task that has ended by anyone.
    private Rerun rerun = Rerun.NEVER;
    private List<Death> deaths = List.of(); // immutable
    private int crashes;
    private boolean enlarged;

    /** Null where nobody wants a receipt. */
    private @Nullable TaskTimes times;

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

    /** How long it may wait for a worker, from when the pool has it. Said before the pool has it. */
    public final void mayWait(long nanos) {
        queueLimitNanos = nanos;
    }

    /** How long it may wait for a worker; {@link #UNLIMITED} for as long as it takes. */
    public final long queueLimitNanos() {
        return queueLimitNanos;
    }

    /** When a worker must have it. Under the pool's lock. */
    public final long queueDeadlineNanos() {
        return queueDeadlineNanos;
    }

    /** The pool has it: it must not wait beyond this time. Under the pool's lock. */
    public final void mustLeaveQueueBy(long nanos) {
        queueDeadlineNanos = nanos;
    }

    public final int priority() {
        return priority;
    }

    public final TaskState state() {
        return state;
    }

    /** Whether it waits behind the task of a worker that it was sent to, instead of in the queue. Under the pool's lock. */
    public final boolean isAhead() {
        return ahead;
    }

    /** Under the pool's lock. */
    public final void setAhead(boolean is) {
        ahead = is;
    }

    /** Whether it may be sent to a worker that has another task. */
    public boolean mayBeSentAhead() {
        return false;
    }

    /** How many bytes are sent of it, if it {@link #mayBeSentAhead}. */
    public int weight() {
        return 0;
    }

    /** The pool has it from now on. Under the pool's lock. */
    public final void takenAt(long now) {
        takenNanos = now;
    }

    /** Since when the pool has it; of no meaning before. Under the pool's lock. */
    public final long takenNanos() {
        return takenNanos;
    }

    /** How often it was handed to a worker that then began it, as far as is known. */
    public final int attempts() {
        return attempts;
    }

    /** How often a worker died after it was sent this task and before it had begun it. Under the pool's lock. */
    public final int lostStarts() {
        return lostStarts;
    }

    /** When that was so last; of no meaning before. Under the pool's lock. */
    public final long lostNanos() {
        return lostNanos;
    }

    /** Sets whether it may be executed more than once, before the pool has it. */
    public final void rerun(Rerun rule) {
        rerun = rule;
    }

    public final Rerun rerun() {
        return rerun;
    }

    /** How often a worker died while it executed this, or the item of it that is to be executed next, which was tried again then. */
    public final int crashes() {
        return crashes;
    }

    /** The last {@value #MOST_DEATHS} of these at most, in order. */
    public final List<Death> deaths() {
        return deaths;
    }

    /** Whether it has had its second attempt with a larger heap, or has it now. */
    public final boolean isEnlarged() {
        return enlarged;
    }

    /**
     * From now on it is executed with a larger heap, which is done once. Under the pool's lock.
     *
     * @param death that it lacked memory for; null if its worker lives
     */
    public final void enlarge(@Nullable Death death) {
        enlarged = true;
        noteRequeued();
        if (death != null) {
            remember(death);
        }
    }

    /** It is being executed another time, without having been in the queue. Under the pool's lock. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written only under the pool's lock
    public final void executedOnceMore(long now) {
        attempts++;
        noteSent(now);
    }

    /** Notes what is needed for a receipt, from this moment on, in which its encoding begins. Before any pool has it. */
    public final void keepTimes(long now) {
        times = new TaskTimes(now);
    }

    final @Nullable TaskTimes times() {
        return times;
    }

    /** It is given to the pool. Under the pool's lock. */
    public final void noteSubmitted(long now) {
        if (times != null) {
            times.submitted(now);
        }
    }

    private void noteRequeued() {
        if (times != null) {
            times.requeued();
        }
    }

    /** It is given to a worker. Under the pool's lock. */
    public final void noteSent(long now) {
        if (times != null) {
            times.sent(now);
        }
    }

    /** Its worker has answered, and the answer will be delivered. Under the pool's lock. */
    public final void noteAnswered(long now) {
        if (times != null) {
            times.answered(now);
        }
    }

    /** A part of it is done: what happens to the rest says nothing of that. Under the pool's lock, before it is queued again. */
    protected final void isFurther() {
        lostStarts = -1; // the return to the queue counts as one
        isAtAnother();
    }

    /** What will be executed next is not what the deaths up to now were about. Under the pool's lock. */
    protected final void isAtAnother() {
        deaths = List.of();
        crashes = 0;
    }

    /** What is lost with its worker, which had begun it. Asked once for each death, under the pool's lock. */
    public Loss lossBy(WorkerEnd end) {
        return Loss.EXECUTING;
    }

    /** Gives up what was being executed. Whether there is something else in it that can go on. Under the pool's lock. */
    public boolean skip() {
        return false;
    }

    /** Its worker died while it executed this, which is to be executed again: that attempt counts, and it has waited for a worker. */
    public final void again(Death death, String reason) {
        check(TaskState.QUEUED, reason);
        remember(death);
        noteRequeued();
        mustLeaveQueueBy(UNLIMITED);
        state = TaskState.QUEUED;
    }

    /** Its worker died before it had begun it, or the rest of it: it waits again. Under the pool's lock. */
    public final void comesBack(long now, String reason) {
        become(TaskState.QUEUED, reason);
        lostNanos = now;
    }

    private void remember(Death death) {
        List<Death> all = new ArrayList<>(deaths);
        all.add(death);
        deaths = List.copyOf(all.subList(Math.max(0, all.size() - MOST_DEATHS), all.size()));
        crashes++;
    }

    /**
     * The one place where the state changes.
     *
     * @param reason for the message of an illegal change
     * @throws IllegalStateException if no legal path leads there; a defect of the pool
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written only under the pool's lock
    public final void become(TaskState next, String reason) {
        check(next, reason);
        if (next == TaskState.QUEUED) {
            noteRequeued();
        }
        if (next == TaskState.SENT) {
            attempts++;
        } else if (next == TaskState.QUEUED && state == TaskState.SENT) {
            attempts--; // it was not begun
            lostStarts++;
        }
        state = next;
    }

    private void check(TaskState next, String reason) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("task #" + id + " cannot go from " + state + " to " + next + ": " + reason);
        }
    }
}
