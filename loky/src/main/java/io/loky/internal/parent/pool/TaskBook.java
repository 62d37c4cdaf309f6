/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static io.loky.internal.parent.pool.PoolTerms.later;

import io.loky.EndReason;
import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a pool has taken and that have not ended, wherever they are, and how each of them ends. Takes a task from a
 * worker that is gone, and changes no worker otherwise. Guarded by the pool's lock.
 *
 * <pre>
 *   queue      waits for a worker
 *   pausing    has killed workers, and waits for a moment before it is in the queue again
 *   outside    runs without a worker of this pool
 *   ahead      waits behind the task of one worker: see {@link SendingAhead}
 *   else       is the {@link Worker#task} of one worker
 * </pre>
 *
 * A task that was being executed when its worker died goes where the {@link CrashPolicy} says: it ends, or is in another one of
 * these places.
 *
 * @param <H> the handle of a worker's process
 */
final class TaskBook<H> {
    private final PoolTerms terms;
    private final TaskQueue queue;
    private final CrashPolicy crashes;

    /** Tasks that are to be executed again, but not at once. They are QUEUED, and in no queue. */
    private final Pausing pausing = new Pausing();

    private long completed;

    /** Tasks that were taken and have not ended. */
    private int unfinished;

    /** Tasks that run without a worker of this pool: by their submitters, or with a larger heap. */
    private final Set<Task> outside = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Tasks that were executed with a larger heap and of which something may be left. */
    private int uncleared;

    TaskBook(PoolTerms terms, TaskQueue queue, CrashPolicy crashes) {
        this.terms = terms;
        this.queue = queue;
        this.crashes = crashes;
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    /** Whether there are tasks that have not ended. */
    boolean hasUnfinished() {
        return unfinished > 0;
    }

    /** How many tasks wait. */
    int waiting() {
        return queue.waiting() + pausing.size();
    }

    /** See {@link PoolState#pausing}. */
    List<Pausing.Entry> pausing() {
        return pausing.entries();
    }

    /** See {@link PoolState#oldestWaitingNanos}. */
    long oldestWaitingNanos() {
        long queued = queue.oldestNanos();
        long paused = pausing.oldestNanos();
        return paused == Worker.NEVER || (queued != Worker.NEVER && queued - paused < 0) ? queued : paused;
    }

    /** How many of them wait for nothing but a worker. */
    int queued() {
        return queue.waiting();
    }

    /** How many tasks run without a worker of this pool. */
    int outside() {
        return outsideTasks().size();
    }

    /** Those of them that have not ended. */
    List<Task> outsideTasks() {
        return outside.stream().filter(task -> !task.state().isTerminal()).toList();
    }

    /** Whether something may be left of tasks that were executed with a larger heap. */
    boolean hasUncleared() {
        return uncleared != 0;
    }

    /** How many tasks have ended, in whatever way. */
    long completed() {
        return completed;
    }

    // ---- tasks come and go --------------------------------------------------------------------------------------

    /** A task is in the pool from now on. */
    void take(Task task, long now) {
        unfinished++;
        task.takenAt(now);
        task.mustLeaveQueueBy(later(now, task.queueLimitNanos()));
    }

    /** One that was just taken waits, since no worker is idle. */
    void enqueue(Task task) {
        task.become(TaskState.QUEUED, "submitted, no worker is idle");
        queue.add(task);
        terms.deadline(task.queueDeadlineNanos());
    }

    /** A task that was just found too many is run by its submitter, and {@link #ranOutside} follows. */
    void runOutside(Task task) {
        task.become(TaskState.SENT, "run by its submitter, since as many wait as may");
        unfinished++;
        outside.add(task);
    }

    /** See {@link PoolState#ranOutside}. */
    boolean ranOutside(Task task) {
        outside.remove(task);
        boolean deliver = task.state() == TaskState.SENT;
        if (deliver) {
            end(task, TaskState.DONE, "has run outside");
        }
        return deliver;
    }

    /** See {@link PoolState#outsideCleared}. */
    void outsideCleared(Task task) {
        outside.remove(task);
        uncleared--;
    }

    /** The user cancels a task that has not ended. */
    void cancel(Task task, List<Action<H>> out) {
        TaskState before = task.state();
        end(task, TaskState.CANCELLED, "cancelled by the user");
        if (before == TaskState.QUEUED) {
            if (!pausing.remove(task)) {
                queue.noteOver(task);
            }
        } else if (before == TaskState.NEW) {
            decide(queue.withdraw(task), true, out);
        }
    }

    /** Tasks that have waited for as long as they may fail. */
    void endWaiting(long now, List<Action<H>> out) {
        for (Task task = queue.overdue(now); task != null; task = queue.overdue(now)) {
            giveUp(task, new Failure.WaitedTooLong(task.queueLimitNanos()), "it has waited for too long", out);
            queue.noteOver(task);
        }
        terms.deadline(queue.nextDeadlineNanos());
    }

    /** Tasks that have paused for as long as they had to are in the queue again. */
    void endPauses(long now) {
        pausing.due(now).forEach(queue::putBack);
        terms.deadline(pausing.nextNanos());
    }

    /** The one place where tasks end. */
    void end(Task task, TaskState how, String reason) {
        if (task.state() != TaskState.NEW) {
            unfinished--;
        }
        task.become(how, reason);
        completed++;
    }

    // ---- a worker has died --------------------------------------------------------------------------------------

    /** What becomes of the task of a worker that is gone, if it had one that has not ended. */
    void settleTask(Worker<H> worker, Death death, boolean begun, long now, List<Action<H>> out) {
        Task task = worker.task;
        worker.task = null;
        if (task == null || task.state().isTerminal()) {
            return;
        }
        if (worker.interruptedFor == EndReason.TASK_TIMEOUT) {
            failForItsLimit(worker, task, false, now, out); // it had reached that before, whatever its worker died of
            return;
        }
        switch (begun ? task.lossBy(death.end()) : Task.Loss.NOTHING) {
            case NOTHING -> {
                Failure refusal = crashes.refusal(task, now);
                if (refusal != null) { // since it was sent: it waits again, as those that were failed then
                    giveUp(task, refusal, "no such task is executed now", out);
                } else if (begun || !isSuspect(task, worker)) {
                    task.comesBack(now, "its worker died before it had begun it, or the rest of it");
                    putBack(task);
                } else {
                    giveUp(task, died(task, death, null), "its workers died", out);
                }
            }
            case EXECUTING -> settleExecuted(task, death, now, out);
            case ALL -> giveUp(task, died(task, death, null), "its worker died", out);
        }
    }

    /**
     * Whether it is likelier that the task kills those it is sent to than that it meets some that others have killed. Of
     * workers that were killed at once it is sent to one after the other, before the pool hears of each: so one counts
     * that became ready after the last one was gone. A task that does kill has at most so many to kill.
     */
    private static boolean isSuspect(Task task, Worker<?> worker) {
        int lost = task.lostStarts();
        return lost >= PoolState.MAX_LOST_STARTS_AT_ONCE
                || (lost >= PoolState.MAX_LOST_STARTS && worker.readyNanos - task.lostNanos() > 0);
    }

    void failForItsLimit(Worker<H> worker, Task task, boolean answered, long now, List<Action<H>> out) {
        Failure failure = new Failure.TimedOut(task.limitNanos(), now - worker.sentNanos, answered);
        giveUp(task, failure, "its time limit was reached", out);
    }

    private void putBack(Task task) {
        queue.putBack(task);
        terms.deadline(task.queueDeadlineNanos());
    }

    /** What becomes of a task that was being executed when its worker died. */
    private void settleExecuted(Task task, Death death, long now, List<Action<H>> out) {
        CrashPolicy.Next next = crashes.next(task, death, now);
        Failure.WorkerDied failure = died(task, death, crashes.refusal(task, now));
        switch (next) {
            case AGAIN -> {
                task.again(death, "to be executed again");
                out.add(new Action.Again<>(task, failure));
                long pause = CrashPolicy.pauseNanos(task);
                if (pause == 0) {
                    putBack(task);
                } else {
                    pausing.add(task, later(now, pause));
                    terms.deadline(pausing.nextNanos());
                }
            }
            case LARGER -> enlarge(task, failure, "", out);
            case FAILS, FAILS_AND_ITS_NAME -> {
                if (task.skip()) {
                    out.add(new Action.LosePart<>(task, failure));
                    task.become(TaskState.QUEUED, "a part of it is lost, and the rest goes on");
                    putBack(task);
                } else {
                    giveUp(task, failure, "its worker died", out);
                }
            }
        }
        if (next == CrashPolicy.Next.FAILS_AND_ITS_NAME) {
            failName(task, now, out);
        }
    }

    /**
     * @param consequence why tasks like it are refused from now on; null if they are not
     */
    private static Failure.WorkerDied died(Task task, Death death, @Nullable Failure consequence) {
        return new Failure.WorkerDied(
                death, task.deaths(), task.crashes() + 1, task.rerun().retries() + 1, consequence);
    }

    /**
     * The task is executed once more, elsewhere, with a larger heap. It counts as something that is left, which {@link
     * #outsideCleared} says when nothing is.
     *
     * @param death how its worker died; null if it did not
     * @param error that the task ended with, if its worker did not die
     */
    void enlarge(Task task, Failure.@Nullable WorkerDied death, String error, List<Action<H>> out) {
        task.enlarge(death == null ? null : death.death());
        outside.add(task);
        uncleared++;
        out.add(new Action.Enlarge<>(task, death, error));
    }

    // ---- tasks that are executed no more ------------------------------------------------------------------------

    /** All that wait and have the name of this one, which is refused from now on. */
    private void failName(Task example, long now, List<Action<H>> out) {
        Failure failure = crashes.refusal(example, now);
        String name = example.rerun().name();
        if (failure == null || name == null) {
            throw new IllegalStateException(
                    "task #" + example.id() + " may be executed, and its name '" + name + "' not");
        }
        Predicate<Task> isNamedSo = named(name);
        pausing.due(Worker.NEVER, isNamedSo).forEach(queue::putBack);
        for (Task task : queue.removeIf(isNamedSo)) {
            giveUp(task, failure, "its name is in quarantine", out);
        }
        for (Admission admission : queue.turnAwayIf(isNamedSo)) {
            refuse(admission, failure, out);
        }
    }

    private static Predicate<Task> named(String name) {
        return task -> name.equals(task.rerun().name());
    }

    /** Whose submitter waits for room: it is let in, and fails. */
    private void refuse(Admission admission, Failure failure, List<Action<H>> out) {
        if (admission.task().state() == TaskState.NEW) {
            giveUp(admission.task(), failure, "no such task is executed now", out);
        }
        decide(admission, true, out);
    }

    /** Where workers have died too fast nothing may wait for one: none is started for a while. */
    void rest(long now, List<Action<H>> out) {
        Failure failure = crashes.rest(now);
        if (failure != null) {
            for (Admission next = queue.turnAway(); next != null; next = queue.turnAway()) {
                refuse(next, failure, out);
            }
            failQueue(failure, "workers have died too fast", new ArrayList<>(), out);
        }
    }

    /** The task of a worker, or of a submitter, or one that is not taken, fails, if there is one that has not ended. */
    void giveUp(@Nullable Task task, Failure failure, String reason, List<Action<H>> out) {
        if (task != null && !task.state().isTerminal()) {
            end(task, TaskState.LOST, reason);
            out.add(new Action.Fail<>(task, failure));
        }
    }

    /** Those that run without a worker of this pool fail. */
    void giveUpOutside(Failure failure, String reason, List<Action<H>> out) {
        for (Task task : outside) {
            giveUp(task, failure, reason, out);
        }
    }

    /**
     * @param failed where those of them are added that nothing was executed of
     */
    void failQueue(Failure failure, String reason, List<Task> failed, List<Action<H>> out) {
        pausing.due(Worker.NEVER).forEach(queue::putBack);
        for (Task task = queue.poll(); task != null; task = queue.poll()) {
            end(task, TaskState.LOST, reason);
            if (task.attempts() == 0) { // else it waited to be executed again
                failed.add(task);
            }
            out.add(new Action.Fail<>(task, failure));
        }
    }

    /** Those who wait for room will get none any more. */
    void turnAway(List<Action<H>> out) {
        for (Admission next = queue.turnAway(); next != null; next = queue.turnAway()) {
            decide(next, false, out);
        }
    }

    void decide(@Nullable Admission admission, boolean taken, List<Action<H>> out) {
        if (admission != null) {
            admission.decide(taken);
            out.add(new Action.Admit<>(admission));
        }
    }
}
