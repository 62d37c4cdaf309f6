/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static io.loky.internal.parent.pool.PoolTerms.later;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All mutable state of a pool, and every decision. Does no I/O, starts no process, calls no user code, reads no clock:
 * events and the time go in, {@link Action}s come out. Used under the pool's lock; not thread-safe itself. Who is there is
 * in the {@link Roster}, what waits in the {@link TaskQueue}. It asks one thing only, which is answered at once: what a worker has begun of what it
 * was sent ({@link SendingAhead.Claimed}).
 *
 * <p>Here are the events, and what follows from them for both tasks and workers. What becomes of a task is in the {@link
 * TaskBook}, what becomes of a worker, and how many are wanted, in the {@link Staff}, and what both go by in the {@link
 * PoolTerms}. The staff knows the book, and neither calls back.
 *
 * <p>How it keeps its promises:
 * <ul>
 *   <li><b>No future is left behind.</b> A task is in the queue, or is the {@link Worker#task} of exactly one worker or {@link
 *       Worker#ahead} of it, until it is terminal. A worker leaves the roster only in {@link #workerGone}, which settles all that it has; the queue is served
 *       while workers live, and is failed where none can be started.
 *   <li><b>A death fails one task.</b> A worker executes one task at a time, and what it has {@linkplain SendingAhead ahead} and has not begun returns to the queue. Whether it had begun it comes with the
 *       event; if it had not, the task returns to the head of its priority in the queue. If it had, the {@link CrashPolicy} says
 *       whether it is executed again, and the task returns there, too, or waits for a moment beside the queue first.
 *   <li><b>Nothing is waited for without end.</b> Every state of a worker that somebody else must end has a deadline:
 *       STARTING the start time-out, BUSY its task's limit, or the start time-out without one, INTERRUPTED the grace of its task, RETIRING and
 *       KILLING a patience after which it is killed and then given up. One that is ready is looked at with every heartbeat, and killed when it gives no sign of life.
 *   <li><b>As many workers as there is work for.</b> One is started when a task is queued and there are fewer starting
 *       ones than waiting tasks; the last used is used first, so that the others can expire.
 *   <li><b>A worker that dies is replaced</b> at once while the pool runs, except one that was to leave; starts that fail
 *       are repeated after a growing pause, and after {@value StartBackoff#MAX_FAILURES} in a row with no other worker alive
 *       all that waits fails with the evidence. Where workers die faster than the user lets them, that is so at once, and
 *       nothing is started or taken for a while.
 *   <li><b>The successor is started before the predecessor leaves.</b> Only who has a place gets tasks, and there are {@code
 *       maxWorkers} places. A member that is due to leave means one more worker in reserve, and so does each spare worker
 *       that the user wants, so that a spare is the successor of whoever leaves first. When a place becomes free, one in
 *       reserve gets it. One that may get no further task leaves after its answer; one that may goes on until a successor
 *       is ready.
 * </ul>
 *
 * <p>An event changes what it is about, and then {@link #settle} does what follows from how things are.
 *
 * @param <H> the handle of a worker's process
 */
final class PoolState<H> {
    /** How often a task returns to the queue because its worker died before it had begun it. Then it is the suspect, once a new worker dies so. */
    static final int MAX_LOST_STARTS = 2;

    /** The same for workers that may have been dead already when it was sent to them. */
    static final int MAX_LOST_STARTS_AT_ONCE = 10;

    /** How long one that was told to leave may run its shutdown hooks before it is killed. */
    static final long RETIRE_PATIENCE_NANOS = 5_000_000_000L;

    /** A process that SIGKILL has not ended by then hangs in the kernel; its pool must not hang with it. */
    static final long KILL_PATIENCE_NANOS = 5_000_000_000L;

    /**
     * How many looks in a row may find no sign of life. Counted in looks, not in time: where this JVM itself was stopped
     * for an hour, its workers have not been silent for an hour.
     */
    static final int MAX_SILENT_LOOKS = 6;

    /**
     * After what time without a task a worker gives memory back. Longer than the pauses of a program that submits one task after
     * the other, since the collection takes some ten milliseconds, and longer with much that is kept, for which the next
     * task may wait; and short beside the idle time-out.
     */
    static final long COLLECT_AFTER_NANOS = 1_000_000_000L;

    /** What became of a task that was submitted. */
    enum Submission {
        /** The pool has it, or it was cancelled before. */
        TAKEN,
        /** Nothing has changed: as many wait for a worker as may. */
        FULL,
        /** Nothing has changed: the pool takes no more. */
        CLOSED
    }

    private final PoolTerms terms;

    /** Only the {@link #staff} changes it. */
    private final Roster<H> roster = new Roster<>();

    private final TaskQueue queue;
    private final CrashPolicy crashes;
    private final TaskBook<H> tasks;
    private final SendingAhead<H> ahead;
    private final Staff<H> staff;

    /**
     * @param claimed takes back what was sent ahead
     */
    PoolState(PoolLimits limits, HandleFactory<H> handles, SendingAhead.Claimed<H> claimed) {
        this.terms = new PoolTerms(limits);
        this.queue = new TaskQueue(limits.queueCapacity());
        this.crashes = new CrashPolicy(limits.crashes());
        this.tasks = new TaskBook<>(terms, queue, crashes);
        this.ahead = new SendingAhead<>(terms, roster, queue, claimed);
        this.staff = new Staff<>(terms, roster, tasks, crashes, handles, ahead);
    }

    // ---- events -------------------------------------------------------------------------------------------------

    /** The pool was made. */
    void open(long now, List<Action<H>> out) {
        staff.open(now);
        settle(now, out);
    }

    /** A task comes in. */
    Submission submit(Task task, long now, List<Action<H>> out) {
        if (!terms.isRunning()) {
            return Submission.CLOSED;
        }
        if (task.state() == TaskState.CANCELLED) {
            return Submission.TAKEN;
        }
        Failure refusal = crashes.refusal(task, now);
        if (refusal != null) { // before it could be found too many: its submitter must not run it, either
            tasks.giveUp(task, refusal, "no such task is executed now", out);
            return Submission.TAKEN;
        }
        Worker<H> worker = staff.freeWorker(now);
        if (worker == null && queue.isFull(staff.vacancies())) {
            return Submission.FULL;
        }
        take(task, worker, now, out);
        settle(now, out);
        return Submission.TAKEN;
    }

    /** A task that was just found too many is run by its submitter, and {@link #ranOutside} follows. */
    void runOutside(Task task) {
        tasks.runOutside(task);
    }

    /** It runs without a worker of this pool. Whether its answer is to be delivered: not if the task was cancelled meanwhile. */
    boolean ranOutside(Task task, long now, List<Action<H>> out) {
        boolean deliver = tasks.ranOutside(task);
        settle(now, out);
        return deliver;
    }

    /** The same for one that was executed to its end there. */
    boolean answeredOutside(Task task, long now, List<Action<H>> out) {
        boolean deliver = ranOutside(task, now, out);
        if (deliver) {
            task.noteAnswered(now);
        }
        return deliver;
    }

    /** The submitter of a task that was just found too many waits for room. */
    void waitForRoom(Admission admission) {
        queue.waitOutside(admission);
    }

    /** The submitter of this task waits no more. False if it is decided already. */
    boolean withdraw(Admission admission) {
        return queue.withdraw(admission);
    }

    /** The user cancels. Whether the task is cancelled now by this. */
    boolean cancel(Task task, boolean killWorker, long now, List<Action<H>> out) {
        TaskState before = task.state();
        if (before.isTerminal()) {
            return false;
        }
        if (task.isAhead()) {
            ahead.cancel(task, killWorker, now);
            before = task.state();
        }
        tasks.cancel(task, out);
        if (before == TaskState.SENT && killWorker) {
            for (Worker<H> worker : roster.all()) {
                if (worker.task == task) {
                    staff.interrupt(worker, EndReason.CANCELLED, now, out);
                    break;
                }
            }
        }
        settle(now, out); // what waits does not wait for the end of one that may hang in the kernel
        return true;
    }

    /** A worker has greeted. */
    void workerReady(Worker<H> worker, long now, List<Action<H>> out) {
        if (worker.state() != WorkerState.STARTING) {
            return; // being killed
        }
        staff.ready(worker, now, out);
        settle(now, out); // it may also have been the one that the next start waited for
    }

    /**
     * A worker has answered. Whether its answer is to be delivered: not if the task was cancelled meanwhile.
     *
     * @throws IllegalArgumentException if it was not asked; then nothing has changed
     */
    boolean answered(Worker<H> worker, long taskId, long now, List<Action<H>> out) {
        if (worker.state() == WorkerState.GONE) {
            return false; // it was given up, and its task settled
        }
        Task task = worker.task;
        if (task == null || task.id() != taskId) {
            throw new IllegalArgumentException(
                    worker + " answered task #" + taskId + ", but has " + (task == null ? "none" : "#" + task.id()));
        }
        staff.answered(worker, now);
        crashes.survived(task);
        boolean late = worker.interruptedFor == EndReason.TASK_TIMEOUT;
        boolean deliver = task.state() == TaskState.SENT && !late;
        // A worker says so right before the answer of the task that met it.
        boolean lackedMemory = worker.due() == EndReason.OUT_OF_MEMORY;
        if (deliver && lackedMemory && CrashPolicy.mayBeEnlarged(task) && crashes.refusal(task, now) == null) {
            tasks.enlarge(task, null, worker.dueDetail, out);
            deliver = false;
        } else if (deliver) {
            task.noteAnswered(now);
            tasks.end(task, TaskState.DONE, "answered");
        } else if (late) {
            tasks.failForItsLimit(worker, task, true, now, out);
        }
        staff.endGrace(worker, now);
        if (worker.state() == WorkerState.BUSY && worker.holds) {
            worker.deadlineNanos = later(now, terms.limits.startTimeout());
            terms.deadline(worker.deadlineNanos);
            settle(now, out);
        } else {
            nextAfterAnswer(worker, "answered", now, out);
        }
        return deliver;
    }

    private void nextAfterAnswer(Worker<H> worker, String reason, long now, List<Action<H>> out) {
        if (!staff.goesOn(worker, now, out) && worker.state() == WorkerState.BUSY) {
            staff.toIdle(worker, now, reason, out);
        }
        settle(now, out);
        if (worker.state() == WorkerState.IDLE) { // where tasks wait it has the next one, and no deadline is set
            worker.collectNanos = later(now, COLLECT_AFTER_NANOS);
            terms.deadline(worker.collectNanos);
        }
    }

    /**
     * After its next answer a worker will be busy with itself, until {@link #free}: it looks whether it is fit. What it finds comes
     * before the next task, and the time that it takes is no task's.
     */
    void holds(Worker<H> worker) {
        worker.holds = true;
    }

    /** A worker that was busy with itself is not any more. */
    void free(Worker<H> worker, long now, List<Action<H>> out) {
        worker.holds = false;
        if (worker.task == null) { // else it ended before its answer
            nextAfterAnswer(worker, "has looked at itself", now, out);
        }
    }

    /**
     * A worker is to be replaced, because of what it has said about itself.
     *
     * @param reason whether it may get further tasks until then is up to that: see {@link Staff#mayGoOn}
     */
    void recycle(Worker<H> worker, EndReason reason, String detail, long now, List<Action<H>> out) {
        staff.makeDue(worker, reason, detail, now, out);
        settle(now, out);
    }

    /**
     * A worker's process has ended, and all that it had sent was read; or it was given up.
     *
     * @param begun whether it had begun the task that it has not answered
     */
    void workerGone(Worker<H> worker, WorkerEnd end, boolean begun, long now, List<Action<H>> out) {
        boolean timedOut = worker.endReason == EndReason.START_FAILED;
        boolean failedStart = timedOut || worker.state() == WorkerState.STARTING;
        EndReason reason = staff.gone(worker, failedStart, now);

        boolean unused = reason == EndReason.CRASHED && worker.tasksDone == 0 && worker.task == null;
        boolean stood = now - worker.readyNanos > StartBackoff.LONGEST_PAUSE_NANOS;
        Death death = new Death(end, reason);
        crashes.died(death, worker.task, now);
        settleTasks(worker, death, begun, now, out);
        tasks.rest(now, out);
        // One that is ready and dies of itself at once would do so again: it counts as a start that failed.
        if (failedStart || (unused && !stood)) {
            startFailed(worker, end, timedOut, now, out);
        } else if (unused) {
            staff.stood(worker);
        }
        staff.owePlaceOf(worker, reason);
        settle(now, out);
    }

    private void settleTasks(Worker<H> worker, Death death, boolean begun, long now, List<Action<H>> out) {
        ahead.takeBack(worker, now);
        boolean last = worker.ahead.isEmpty();
        tasks.settleTask(worker, death, begun || !last, now, out);
        for (SendingAhead.Entry entry = worker.ahead.poll(); entry != null; entry = worker.ahead.poll()) {
            last = worker.ahead.isEmpty(); // it had begun this one, and the answers before did not arrive
            worker.task = entry.task;
            tasks.settleTask(worker, death, !last || death.end().hasBegun(entry.task.id()), now, out);
        }
    }

    private void startFailed(Worker<H> worker, WorkerEnd end, boolean timedOut, long now, List<Action<H>> out) {
        if (terms.phase == PoolSnapshot.State.STOP) {
            return;
        }
        Failure failure = staff.startFailed(worker, end, timedOut, now);
        if (failure != null) {
            // All that wait for room, too, or they would fail one by one, each after another pause.
            for (Admission next = queue.turnAway(); next != null; next = queue.turnAway()) {
                letIn(next, null, now, out);
            }
            tasks.failQueue(failure, "no worker starts", new ArrayList<>(), out);
        }
    }

    /** An index for a worker that is not in this pool, but beside it: none in here has it until {@link #giveBackIndex}, also where the pool grows. */
    int lendIndex() {
        return roster.lendIndex(terms.limits.maxWorkers() + terms.limits.spareWorkers());
    }

    void giveBackIndex(int index) {
        roster.giveBackIndex(index);
    }

    /** A task that was to be executed once more with a larger heap is over, and nothing is left of that. */
    void outsideCleared(Task task, long now, List<Action<H>> out) {
        tasks.outsideCleared(task);
        tryTerminate(now, out);
    }

    /** Nothing is left of a worker that is gone. */
    void workerCleared(long now, List<Action<H>> out) {
        staff.cleared();
        tryTerminate(now, out);
    }

    /**
     * What a look for a worker's sign of life has found.
     *
     * @param beats a number that has grown since the last look if the worker lives; negative if nothing could be seen
     */
    void heard(Worker<H> worker, long beats, long now, List<Action<H>> out) {
        if (beats < 0 || !worker.isReady()) {
            return;
        }
        if (beats != worker.beats) {
            worker.beats = beats;
            worker.silentLooks = 0;
        } else if (++worker.silentLooks >= MAX_SILENT_LOOKS) {
            staff.kill(worker, EndReason.UNRESPONSIVE, now, out);
            settle(now, out);
        }
    }

    /**
     * A worker's process takes so much memory that the end of its task cannot be waited for. One that has none is left: it is
     * looked at after its next task, and if it began so large its successors would, too.
     *
     * @param task which it had before its memory was looked at: another one is not to blame
     * @return whether it is killed now by this
     */
    boolean tookTooMuch(Worker<H> worker, @Nullable Task task, long now, List<Action<H>> out) {
        if (!worker.state().isBusy() || task == null || worker.task != task) {
            return false;
        }
        staff.kill(worker, EndReason.MEMORY_LIMIT, now, out);
        settle(now, out);
        return true;
    }

    /** Time has passed. */
    void tick(long now, List<Action<H>> out) {
        terms.forgetDeadlines();
        staff.tick(now, out);
        tasks.endWaiting(now, out);
        staff.endUse(now);
        ahead.tick(now);
        tasks.endPauses(now);
        staff.lookAround(now, out);
        settle(now, out);
    }

    /** Starts as many workers as the pool may have; those that may not be started yet, when they may. */
    void prestart(long now, List<Action<H>> out) {
        if (!terms.isRunning()) {
            return;
        }
        staff.prestart(now);
        settle(now, out);
    }

    /**
     * The sizes and the idle time-out are these from now on; what else is in the limits does not change. Workers that are busy
     * beyond {@code maxWorkers} leave when their task is over. Idle ones may stay for the new time, counted from when they
     * became idle.
     */
    void adapt(PoolLimits next, long now, List<Action<H>> out) {
        staff.adapt(next, now, out);
        serveQueue(now, out); // first: one in reserve that gets a place by it is not too many
        staff.grow(now, out);
        staff.trimReserve(now, out);
        settle(now, out);
    }

    /** No new tasks; what was submitted is finished. */
    void shutdown(long now, List<Action<H>> out) {
        if (!terms.isRunning()) {
            return;
        }
        terms.phase = PoolSnapshot.State.SHUTDOWN;
        tasks.turnAway(out);
        settle(now, out);
    }

    /** No new tasks, and what was submitted is dropped. Those that wait and of which nothing was executed. */
    List<Task> stop(long now, List<Action<H>> out) {
        List<Task> neverSent = new ArrayList<>();
        if (terms.phase == PoolSnapshot.State.STOP || terms.phase == PoolSnapshot.State.TERMINATED) {
            return neverSent;
        }
        terms.phase = PoolSnapshot.State.STOP;
        tasks.turnAway(out);
        ahead.takeAllBack(now);
        tasks.failQueue(new Failure.PoolStopped(false), "stopped", neverSent, out);
        tasks.giveUpOutside(new Failure.PoolStopped(true), "stopped while its submitter ran it", out);
        for (Worker<H> worker : roster.copy()) {
            giveUpTasks(worker, new Failure.PoolStopped(true), "stopped while it ran", out);
            staff.kill(worker, EndReason.SHUTDOWN, now, out);
        }
        tryTerminate(now, out);
        return neverSent;
    }

    /** What a worker has begun. */
    private void giveUpTasks(Worker<H> worker, Failure failure, String reason, List<Action<H>> out) {
        tasks.giveUp(worker.task, failure, reason, out);
        worker.ahead.forEach(entry -> tasks.giveUp(entry.task, failure, reason, out));
    }

    /** Tasks of this name are executed again. False if they were not refused. */
    boolean release(String name) {
        return crashes.release(name);
    }

    /** Something here, or in the shell, is wrong. No future may wait for what will not come. */
    void breakDown(Throwable defect, long now, List<Action<H>> out) {
        Failure failure = new Failure.PoolBroken(defect);
        for (Task task : ahead.giveUpAll()) {
            tasks.giveUp(task, failure, "the pool broke", out);
        }
        tasks.failQueue(failure, "the pool broke", new ArrayList<>(), out);
        tasks.giveUpOutside(failure, "the pool broke", out);
        for (Worker<H> worker : roster.all()) {
            tasks.giveUp(worker.task, failure, "the pool broke", out);
        }
        stop(now, out);
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    PoolSnapshot.State phase() {
        return terms.phase;
    }

    PoolLimits limits() {
        return terms.limits;
    }

    /** Whether there are tasks that have not ended. */
    boolean hasUnfinished() {
        return tasks.hasUnfinished();
    }

    /** Whether it has had work within the idle time-out, or workers that are there for another reason than {@code minWorkers}. */
    boolean isInUse() {
        return tasks.hasUnfinished() || staff.isInUse();
    }

    Collection<Worker<H>> workers() {
        return roster.all();
    }

    /** How many tasks wait. */
    int waiting() {
        return tasks.waiting() + queue.ahead();
    }

    /** About how many tasks are in the queue. The one question that may be asked without the lock: the answer may be an old one. */
    int roughlyQueued() {
        return queue.waiting();
    }

    /** How many tasks workers have begun behind the one that the state knows as theirs. */
    int begunBeyond() {
        return ahead.begunBeyond();
    }

    /** Those of them that wait for a moment before they are executed again: the first of these first. */
    List<Pausing.Entry> pausing() {
        return tasks.pausing();
    }

    /** The next that are begun, no more than so many: those that were sent ahead, and those that leave the queue. */
    List<Task> nextWaiting(int most) {
        return Stream.concat(ahead.waiting().stream(), queue.first(most).stream())
                .limit(most)
                .toList();
    }

    /** When the pool took the task that has waited for the longest time; {@link Worker#NEVER} if none waits. */
    long oldestWaitingNanos() {
        long oldest = tasks.oldestWaitingNanos();
        for (Task task : ahead.waiting()) {
            if (oldest == Worker.NEVER || task.takenNanos() - oldest < 0) {
                oldest = task.takenNanos();
            }
        }
        return oldest;
    }

    /** How many submitters wait for room in the queue. */
    int waitingForRoom() {
        return queue.outside();
    }

    /** For how long all tasks are refused yet, since too many workers have died; 0 if they are not for that. */
    long restNanos(long now) {
        if (!terms.isRunning() || crashes.rest(now) == null) {
            return 0;
        }
        long ends = crashes.restEndsNanos(now);
        return ends == Worker.NEVER ? Worker.NEVER : ends - now;
    }

    /** The names whose tasks are refused, and why. */
    Map<String, Failure.Quarantined> quarantined() {
        return crashes.detained();
    }

    /** How many tasks run without a worker of this pool. */
    int outside() {
        return tasks.outside();
    }

    /** Those of them that have not ended: their submitters run them, or they have a larger heap. */
    List<Task> outsideTasks() {
        return tasks.outsideTasks();
    }

    /** How many tasks have ended, in whatever way. */
    long completed() {
        return tasks.completed();
    }

    Map<EndReason, Long> ended() {
        return staff.ended();
    }

    /** When {@link #tick} should be called next, at the latest; {@link Worker#NEVER} for not at all. */
    long nextDeadlineNanos() {
        return terms.nextDeadlineNanos();
    }

    // ---- what follows from how things are -------------------------------------------------------------------------

    /** The last step of every event. Each part finds nothing to do where there is nothing, and costs nothing then. */
    private void settle(long now, List<Action<H>> out) {
        if (terms.isRunning() || terms.phase == PoolSnapshot.State.SHUTDOWN) {
            ahead.giveWay(now);
            serveQueue(now, out);
            admit(now, out);
            staff.grow(now, out);
            staff.handOver(now, out);
            staff.keepReserve(now, out);
            while (ahead.share(now)) {
                serveQueue(now, out);
                admit(now, out);
            }
            ahead.send(now, out);
        }
        tryTerminate(now, out);
    }

    /** Gives waiting tasks to workers that are free. */
    private void serveQueue(long now, List<Action<H>> out) {
        while (queue.waiting() > 0) {
            Worker<H> worker = staff.freeWorker(now);
            Task next = worker == null ? null : queue.poll();
            if (worker == null || next == null) {
                return;
            }
            staff.send(worker, next, "taken from the queue", now, out);
        }
    }

    /** Lets in who waits for room in the queue. */
    private void admit(long now, List<Action<H>> out) {
        for (Admission next = queue.admit(staff.vacancies()); next != null; next = queue.admit(staff.vacancies())) {
            letIn(next, staff.freeWorker(now), now, out);
        }
    }

    private void letIn(Admission admission, @Nullable Worker<H> worker, long now, List<Action<H>> out) {
        if (admission.task().state() == TaskState.NEW) { // else another thread has submitted it, too
            take(admission.task(), worker, now, out);
        }
        tasks.decide(admission, true, out);
    }

    /** A task is in the pool from now on: with this worker, or, if there is none, in the queue. */
    private void take(Task task, @Nullable Worker<H> worker, long now, List<Action<H>> out) {
        tasks.take(task, now);
        if (worker != null) {
            staff.send(worker, task, "submitted", now, out);
        } else {
            tasks.enqueue(task);
        }
    }

    private void tryTerminate(long now, List<Action<H>> out) {
        if (terms.isRunning() || terms.phase == PoolSnapshot.State.TERMINATED || waiting() > 0) {
            return;
        }
        staff.dismissUnneeded(now, out);
        if (roster.isEmpty()
                && !staff.hasUncleared()
                && !tasks.hasUncleared()
                && outside() == 0) { // nobody waits for a submitter whose task was given up
            terms.phase = PoolSnapshot.State.TERMINATED;
            out.add(new Action.Terminated<>());
        }
    }
}
