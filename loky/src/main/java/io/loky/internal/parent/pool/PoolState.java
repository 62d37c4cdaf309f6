/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All mutable state of a pool, and every decision. Does no I/O, starts no process, calls no user code, reads no clock:
 * events and the time go in, {@link Action}s come out. Used under the pool's lock; not thread-safe itself. Who is there is
 * in the {@link Roster}, what waits in the {@link TaskQueue}.
 *
 * <p>How it keeps its promises:
 * <ul>
 *   <li><b>No future is left behind.</b> A task is in the queue or is the {@link Worker#task} of exactly one worker until
 *       it is terminal. A worker leaves the roster only in {@link #workerGone}, which settles its task; the queue is served
 *       while workers live, and is failed where none can be started.
 *   <li><b>A death fails one task.</b> A worker has at most one task at a time. Whether it had begun it comes with the
 *       event; if it had not, the task returns to the head of its priority in the queue.
 *   <li><b>Nothing is waited for without end.</b> Every state of a worker that somebody else must end has a deadline:
 *       STARTING the start time-out, BUSY its task's limit, or the start time-out without one, RETIRING and KILLING a patience after which it is killed and
 *       then given up. One that is ready is looked at with every heartbeat, and killed when it gives no sign of life.
 *   <li><b>As many workers as there is work for.</b> One is started when a task is queued and there are fewer starting
 *       ones than waiting tasks; the last used is used first, so that the others can expire.
 *   <li><b>A worker that dies is replaced</b> at once while the pool runs, except one that was to leave; starts that fail
 *       are repeated after a growing pause, and after {@value StartBackoff#MAX_FAILURES} in a row with no other worker alive
 *       all that waits fails with the evidence.
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
    /** How often a task returns to the queue because its worker died before it had begun it. Then it is the suspect. */
    static final int MAX_LOST_STARTS = 2;

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

    private PoolLimits limits;
    private final HandleFactory<H> handles;

    private PoolSnapshot.State phase = PoolSnapshot.State.RUNNING;
    private final Roster<H> roster = new Roster<>();
    private final TaskQueue queue;
    private final Map<EndReason, Long> ended = new EnumMap<>(EndReason.class);
    private final StartBackoff backoff = new StartBackoff();

    private long completed;

    /** Tasks that were taken and have not ended. */
    private int unfinished;

    /** Tasks that their submitters are running. */
    private final Set<Task> outside = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Workers whose process has ended and of which something may be left: processes that they started, files. */
    private int uncleared;

    /** Places whose worker has left and that are to be filled, though nothing may be started during a pause. */
    private int replacementsOwed;

    /** How many of the workers that prestart has asked for have not been ready yet. */
    private int prestarting;

    /** Whether there has been work, or prestart, since all was quiet for the idle time-out: then spares are kept. */
    private boolean inUse;

    /** When all will have been quiet for the idle time-out since the beginning, or since there was work; {@link Worker#NEVER} while there is work, and out of use. */
    private long outOfUseNanos = Worker.NEVER;

    /** When to look for signs of life; {@link Worker#NEVER} while no worker is ready. */
    private long nextLookNanos = Worker.NEVER;

    /** No later than the earliest deadline of all; exact after {@link #tick}. */
    private long nextDeadlineNanos = Worker.NEVER;

    PoolState(PoolLimits limits, HandleFactory<H> handles) {
        this.limits = limits;
        this.handles = handles;
        this.queue = new TaskQueue(limits.queueCapacity());
    }

    // ---- events -------------------------------------------------------------------------------------------------

    /** The pool was made. */
    void open(long now, List<Action<H>> out) {
        if (limits.minWorkers() > 0) {
            outOfUseNanos = later(now, limits.idleTimeout());
            deadline(outOfUseNanos);
        }
        settle(now, out);
    }

    /** A task comes in. */
    Submission submit(Task task, long now, List<Action<H>> out) {
        if (phase != PoolSnapshot.State.RUNNING) {
            return Submission.CLOSED;
        }
        if (task.state() == TaskState.CANCELLED) {
            return Submission.TAKEN;
        }
        Worker<H> worker = freeWorker(now);
        if (worker == null && queue.isFull(vacancies())) {
            return Submission.FULL;
        }
        take(task, worker, now, out);
        settle(now, out);
        return Submission.TAKEN;
    }

    /** A task that was just found too many is run by its submitter, and {@link #ranOutside} follows. */
    void runOutside(Task task) {
        task.become(TaskState.SENT, "run by its submitter, since as many wait as may");
        unfinished++;
        outside.add(task);
    }

    /** The submitter has run a task. Whether its answer is to be delivered: not if the task was cancelled meanwhile. */
    boolean ranOutside(Task task, long now, List<Action<H>> out) {
        outside.remove(task);
        boolean deliver = task.state() == TaskState.SENT;
        if (deliver) {
            end(task, TaskState.DONE, "run by its submitter");
        }
        settle(now, out);
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
        end(task, TaskState.CANCELLED, "cancelled by the user");
        if (before == TaskState.QUEUED) {
            queue.noteCancelled();
        } else if (before == TaskState.NEW) {
            decide(queue.withdraw(task), true, out);
        } else if (killWorker) {
            for (Worker<H> worker : roster.all()) {
                if (worker.task == task) {
                    kill(worker, EndReason.CANCELLED, now, out);
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
        worker.readyNanos = now;
        prestarting = Math.max(0, prestarting - 1);
        if (nextLookNanos == Worker.NEVER) {
            nextLookNanos = later(now, limits.heartbeat());
            deadline(nextLookNanos);
        }
        if (worker.hasPlace()) {
            toIdle(worker, now, "ready", out);
            beginToAge(worker, now);
        } else {
            roster.become(worker, WorkerState.SPARE, Worker.NEVER, "ready");
        }
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
        worker.task = null;
        worker.tasksDone++;
        backoff.answered(worker.startedNanos);
        boolean deliver = task.state() == TaskState.SENT;
        if (deliver) {
            end(task, TaskState.DONE, "answered");
        }
        if (worker.state() == WorkerState.BUSY && worker.holds) {
            worker.deadlineNanos = later(now, limits.startTimeout());
            deadline(worker.deadlineNanos);
            settle(now, out);
        } else {
            nextAfterAnswer(worker, "answered", now, out);
        }
        return deliver;
    }

    private void nextAfterAnswer(Worker<H> worker, String reason, long now, List<Action<H>> out) {
        if (worker.state() == WorkerState.BUSY) {
            toIdle(worker, now, reason, out);
        }
        settle(now, out);
        if (worker.state() == WorkerState.IDLE) { // where tasks wait it has the next one, and no deadline is set
            worker.collectNanos = later(now, COLLECT_AFTER_NANOS);
            deadline(worker.collectNanos);
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
     * @param reason whether it may get further tasks until then is up to that: see {@link #mayGoOn}
     */
    void recycle(Worker<H> worker, EndReason reason, String detail, long now, List<Action<H>> out) {
        makeDue(worker, reason, detail, now, out);
        settle(now, out);
    }

    /**
     * A worker's process has ended, and all that it had sent was read; or it was given up.
     *
     * @param begun whether it had begun the task that it has not answered
     */
    void workerGone(Worker<H> worker, WorkerEnd end, boolean begun, long now, List<Action<H>> out) {
        WorkerState before = worker.state();
        roster.become(worker, WorkerState.GONE, Worker.NEVER, "its process ended");
        uncleared++;
        EndReason asked = worker.endReason;
        if (asked == EndReason.START_FAILED) {
            backoff.overdueGone();
        }
        boolean failedStart = before == WorkerState.STARTING || asked == EndReason.START_FAILED;
        EndReason reason = asked != null ? asked : failedStart ? EndReason.START_FAILED : EndReason.CRASHED;
        ended.merge(reason, 1L, Long::sum);

        boolean unused = reason == EndReason.CRASHED && worker.tasksDone == 0 && worker.task == null;
        boolean stood = now - worker.readyNanos > StartBackoff.LONGEST_PAUSE_NANOS;
        settleTask(worker, end, reason, begun, out);
        // One that is ready and dies of itself at once would do so again: it counts as a start that failed.
        if (failedStart || (unused && !stood)) {
            startFailed(worker, end, asked == EndReason.START_FAILED, now, out);
        } else if (unused) {
            backoff.answered(worker.startedNanos);
        }
        if (worker.hasPlace() && !worker.placeSeenTo && isReplaced(reason)) {
            replacementsOwed++;
        }
        settle(now, out);
    }

    /** Nothing is left of a worker that is gone. */
    void workerCleared(long now, List<Action<H>> out) {
        uncleared--;
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
            kill(worker, EndReason.UNRESPONSIVE, now, out);
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
        if (worker.state() != WorkerState.BUSY || task == null || worker.task != task) {
            return false;
        }
        kill(worker, EndReason.MEMORY_LIMIT, now, out);
        settle(now, out);
        return true;
    }

    /** Time has passed. */
    void tick(long now, List<Action<H>> out) {
        nextDeadlineNanos = Worker.NEVER;
        List<Worker<H>> workers = roster.copy();
        for (Worker<H> worker : workers) {
            if (worker.deadlineNanos <= now && worker.state() != WorkerState.IDLE) {
                endOverdueState(worker, now, out);
            }
            if (worker.maxAgeNanos <= now) {
                worker.maxAgeNanos = Worker.NEVER;
                makeDue(worker, EndReason.MAX_AGE, "", now, out);
            }
        }
        for (Worker<H> worker : workers) {
            if (worker.deadlineNanos <= now) { // last: whether one that is idle may leave depends on who stays
                expire(worker, now, out);
            }
            if (worker.collectNanos <= now) {
                worker.collectNanos = Worker.NEVER;
                out.add(new Action.Collect<>(worker));
            }
            deadline(worker.collectNanos);
            deadline(worker.deadlineNanos);
            deadline(worker.maxAgeNanos);
        }
        if (outOfUseNanos <= now) {
            inUse = false;
            outOfUseNanos = Worker.NEVER;
        }
        deadline(outOfUseNanos);
        lookAround(now, out);
        settle(now, out);
    }

    private void expire(Worker<H> worker, long now, List<Action<H>> out) {
        if (roster.members() - roster.joining() > leastMembers()) {
            retire(worker, EndReason.IDLE_TIMEOUT, now, out);
        } else {
            worker.deadlineNanos = Worker.NEVER; // kept; it has another one when it is idle again
        }
    }

    private void endOverdueState(Worker<H> worker, long now, List<Action<H>> out) {
        switch (worker.state()) {
            case STARTING -> {
                backoff.overdue();
                kill(worker, EndReason.START_FAILED, now, out);
            }
            case BUSY -> {
                if (worker.task == null) {
                    hangs(worker, now, out);
                } else {
                    timeOut(worker, now, out);
                }
            }
            case RETIRING -> kill(worker, reasonOf(worker), now, out);
            case KILLING -> {
                worker.deadlineNanos = Worker.NEVER;
                out.add(new Action.Abandon<>(worker));
            }
            case IDLE, SPARE, GONE -> throw new IllegalStateException(worker + " has a deadline");
        }
    }

    /** Starts as many workers as the pool may have; those that may not be started yet, when they may. */
    void prestart(long now, List<Action<H>> out) {
        if (phase != PoolSnapshot.State.RUNNING) {
            return;
        }
        inUse = true;
        outOfUseNanos = Worker.NEVER; // the time-out counts from now for all that are there
        for (Worker<H> worker : roster.idle()) {
            renew(worker, now);
        }
        prestarting = vacancies();
        settle(now, out);
    }

    /**
     * The sizes and the idle time-out are these from now on; what else is in the limits does not change. Workers that are busy
     * beyond {@code maxWorkers} leave when their task is over. Idle ones may stay for the new time, counted from when they
     * became idle.
     */
    void adapt(PoolLimits next, long now, List<Action<H>> out) {
        for (Worker<H> worker : roster.idle()) {
            // One that was kept, whoever became idle, has no deadline: for it the time counts from now.
            worker.deadlineNanos = worker.deadlineNanos == Worker.NEVER
                    ? later(now, next.idleTimeout())
                    : later(worker.deadlineNanos - limits.idleTimeout(), next.idleTimeout());
            deadline(worker.deadlineNanos);
        }
        if (outOfUseNanos != Worker.NEVER) {
            outOfUseNanos = later(outOfUseNanos - limits.idleTimeout(), next.idleTimeout());
            deadline(outOfUseNanos);
        }
        limits = next;
        for (Worker<H> worker = roster.firstIdle();
                worker != null && roster.members() > limits.maxWorkers();
                worker = roster.firstIdle()) {
            retire(worker, EndReason.RESIZED, now, out);
        }
        for (Worker<H> joining = roster.firstJoining();
                joining != null && roster.members() > limits.maxWorkers();
                joining = roster.firstJoining()) {
            roster.setPlace(joining, false);
        }
        prestarting = Math.min(prestarting, vacancies());
        serveQueue(now, out); // first: one in reserve that gets a place by it is not too many
        grow(now, out);
        for (Worker<H> worker : roster.copy()) {
            if (worker.isInReserve() && roster.inReserve() > wantedInReserve()) {
                if (worker.state() == WorkerState.STARTING) {
                    kill(worker, EndReason.RESIZED, now, out);
                } else {
                    retire(worker, EndReason.RESIZED, now, out);
                }
            }
        }
        settle(now, out);
    }

    /** No new tasks; what was submitted is finished. */
    void shutdown(long now, List<Action<H>> out) {
        if (phase != PoolSnapshot.State.RUNNING) {
            return;
        }
        phase = PoolSnapshot.State.SHUTDOWN;
        turnAway(out);
        settle(now, out);
    }

    /** No new tasks, and what was submitted is dropped. The tasks that no worker had been sent. */
    List<Task> stop(long now, List<Action<H>> out) {
        List<Task> neverSent = new ArrayList<>();
        if (phase == PoolSnapshot.State.STOP || phase == PoolSnapshot.State.TERMINATED) {
            return neverSent;
        }
        phase = PoolSnapshot.State.STOP;
        turnAway(out);
        failQueue(new Failure.PoolStopped(false), "stopped", neverSent, out);
        for (Task task : outside) {
            giveUp(task, new Failure.PoolStopped(true), "stopped while its submitter ran it", out);
        }
        for (Worker<H> worker : roster.copy()) {
            giveUp(worker.task, new Failure.PoolStopped(true), "stopped while it ran", out);
            kill(worker, EndReason.SHUTDOWN, now, out);
        }
        tryTerminate(now, out);
        return neverSent;
    }

    /** Something here, or in the shell, is wrong. No future may wait for what will not come. */
    void breakDown(Throwable defect, long now, List<Action<H>> out) {
        Failure failure = new Failure.PoolBroken(defect);
        failQueue(failure, "the pool broke", new ArrayList<>(), out);
        for (Task task : outside) {
            giveUp(task, failure, "the pool broke", out);
        }
        for (Worker<H> worker : roster.all()) {
            giveUp(worker.task, failure, "the pool broke", out);
        }
        stop(now, out);
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    PoolSnapshot.State phase() {
        return phase;
    }

    PoolLimits limits() {
        return limits;
    }

    /** Whether there are tasks that have not ended. */
    boolean hasUnfinished() {
        return unfinished > 0;
    }

    /** Whether it has had work within the idle time-out, or workers that are there for another reason than {@code minWorkers}. */
    boolean isInUse() {
        return unfinished > 0
                || roster.members() > leastMembers()
                || (!roster.isEmpty() && (leastMembers() == 0 || inUse || outOfUseNanos != Worker.NEVER));
    }

    Collection<Worker<H>> workers() {
        return roster.all();
    }

    /** How many tasks wait. */
    int waiting() {
        return queue.waiting();
    }

    /** How many tasks run outside of the pool, by their submitters. */
    int outside() {
        return (int) outside.stream().filter(task -> !task.state().isTerminal()).count();
    }

    /** How many tasks have ended, in whatever way. */
    long completed() {
        return completed;
    }

    Map<EndReason, Long> ended() {
        return Collections.unmodifiableMap(ended);
    }

    /** When {@link #tick} should be called next, at the latest; {@link Worker#NEVER} for not at all. */
    long nextDeadlineNanos() {
        return nextDeadlineNanos;
    }

    // ---- what follows from how things are -------------------------------------------------------------------------

    /** The last step of every event. Each part finds nothing to do where there is nothing, and costs nothing then. */
    private void settle(long now, List<Action<H>> out) {
        if (phase == PoolSnapshot.State.RUNNING || phase == PoolSnapshot.State.SHUTDOWN) {
            serveQueue(now, out);
            admit(now, out);
            grow(now, out);
            handOver(now, out);
            keepReserve(now, out);
        }
        tryTerminate(now, out);
    }

    /** Gives waiting tasks to workers that are free. */
    private void serveQueue(long now, List<Action<H>> out) {
        while (queue.waiting() > 0) {
            Worker<H> worker = freeWorker(now);
            Task next = worker == null ? null : queue.poll();
            if (worker == null || next == null) {
                return;
            }
            send(worker, next, "taken from the queue", now, out);
        }
    }

    /** Lets in who waits for room in the queue. */
    private void admit(long now, List<Action<H>> out) {
        for (Admission next = queue.admit(vacancies()); next != null; next = queue.admit(vacancies())) {
            letIn(next, freeWorker(now), now, out);
        }
    }

    private void letIn(Admission admission, @Nullable Worker<H> worker, long now, List<Action<H>> out) {
        if (admission.task().state() == TaskState.NEW) { // else another thread has submitted it, too
            take(admission.task(), worker, now, out);
        }
        decide(admission, true, out);
    }

    /**
     * For how many tasks a worker is on the way, or could be: these do not wait for others, and a queue that is full of them would
     * keep the pool from growing.
     */
    private int vacancies() {
        return phase == PoolSnapshot.State.RUNNING
                ? Math.max(0, limits.maxWorkers() - roster.members()) + roster.joining()
                : 0;
    }

    /** A worker for each place that is to be filled, and one for each waiting task that none is being started for yet. */
    private void grow(long now, List<Action<H>> out) {
        // Replaced also when nothing waits, so that the pool stays as warm as it was.
        if (phase != PoolSnapshot.State.RUNNING) {
            prestarting = 0;
        }
        if (phase != PoolSnapshot.State.RUNNING || roster.members() >= limits.maxWorkers()) {
            replacementsOwed = 0;
        }
        int wanted = Math.max(queue.waiting(), prestarting);
        while ((replacementsOwed > 0 || wanted > roster.joining() || roster.members() < leastMembers())
                && addMember(now, out)) {
            // the call does it
        }
    }

    /** Members that may go on serving until their successor is ready, and have no task, give way to it. */
    private void handOver(long now, List<Action<H>> out) {
        if (roster.due() == 0 || roster.spares() == 0) {
            return;
        }
        for (Worker<H> worker : roster.idleAndDue()) {
            Worker<H> heir = roster.readyHeirOf(worker);
            if (heir != null) {
                long expires = worker.deadlineNanos; // or a pool that is idle would never expire
                leave(worker, now, out);
                heir.deadlineNanos = expires;
            }
        }
    }

    /** As many in reserve as there are spares wanted, or successors needed. */
    private void keepReserve(long now, List<Action<H>> out) {
        if (limits.spareWorkers() > 0 || limits.minWorkers() > 0) {
            noteUse(now);
        }
        int wanted = wantedInReserve();
        while (roster.inReserve() < wanted && start(false, now, out)) {
            // the call does it
        }
        while (roster.inReserve() > wanted && phase == PoolSnapshot.State.RUNNING) {
            Worker<H> spare = roster.readyHeirOf(null);
            if (spare == null) {
                return; // not ready yet: it may still be needed, and if not it leaves then
            }
            retire(spare, EndReason.IDLE_TIMEOUT, now, out);
        }
    }

    private void noteUse(long now) {
        if (roster.busy() > 0 || queue.waiting() > 0) {
            inUse = true;
            outOfUseNanos = Worker.NEVER;
        } else if (inUse && outOfUseNanos == Worker.NEVER) {
            outOfUseNanos = later(now, limits.idleTimeout());
            deadline(outOfUseNanos);
        }
    }

    private int wantedInReserve() {
        int tooMany = Math.max(0, roster.members() - limits.maxWorkers()); // these will have no successor
        int wanted = Math.max(wantedSpares(), roster.due() - tooMany);
        return phase == PoolSnapshot.State.RUNNING ? wanted : Math.min(wanted, queue.waiting());
    }

    private int wantedSpares() {
        return inUse ? limits.spareWorkers() : 0;
    }

    private int leastMembers() {
        return phase == PoolSnapshot.State.RUNNING ? Math.min(limits.minWorkers(), limits.maxWorkers()) : 0;
    }

    private void tryTerminate(long now, List<Action<H>> out) {
        if (phase == PoolSnapshot.State.RUNNING || phase == PoolSnapshot.State.TERMINATED || queue.waiting() > 0) {
            return;
        }
        dismissUnneeded(now, out);
        if (roster.isEmpty()
                && uncleared == 0
                && outside() == 0) { // nobody waits for a submitter whose task was given up
            phase = PoolSnapshot.State.TERMINATED;
            out.add(new Action.Terminated<>());
        }
    }

    /** In a pool that ends, with nothing waiting: those without a task leave, and those that start are not needed. */
    private void dismissUnneeded(long now, List<Action<H>> out) {
        for (Worker<H> worker : roster.copy()) {
            if (worker.state() == WorkerState.IDLE || worker.state() == WorkerState.SPARE) {
                retire(worker, EndReason.SHUTDOWN, now, out);
            } else if (worker.state() == WorkerState.STARTING) {
                kill(worker, EndReason.SHUTDOWN, now, out);
            }
        }
    }

    // ---- tasks --------------------------------------------------------------------------------------------------

    /** A task is in the pool from now on: with this worker, or, if there is none, in the queue. */
    private void take(Task task, @Nullable Worker<H> worker, long now, List<Action<H>> out) {
        unfinished++;
        if (worker != null) {
            send(worker, task, "submitted", now, out);
        } else {
            task.become(TaskState.QUEUED, "submitted, no worker is idle");
            queue.add(task);
        }
    }

    /** The one place where tasks end. */
    private void end(Task task, TaskState how, String reason) {
        if (task.state() != TaskState.NEW) {
            unfinished--;
        }
        task.become(how, reason);
        completed++;
    }

    private void send(Worker<H> worker, Task task, String reason, long now, List<Action<H>> out) {
        roster.become(worker, WorkerState.BUSY, later(now, task.limitNanos()), reason);
        worker.collectNanos = Worker.NEVER;
        deadline(worker.deadlineNanos);
        task.become(TaskState.SENT, reason);
        worker.task = task;
        out.add(new Action.Send<>(worker, task));
        if (worker.tasksDone + 1 >= limits.maxTasksPerWorker()) {
            makeDue(
                    worker,
                    EndReason.MAX_TASKS,
                    "",
                    now,
                    out); // its last: the successor is started while it executes it
        }
    }

    private void settleTask(Worker<H> worker, WorkerEnd end, EndReason reason, boolean begun, List<Action<H>> out) {
        Task task = worker.task;
        worker.task = null;
        if (task == null || task.state().isTerminal()) {
            return;
        }
        if (begun || task.lostStarts() >= MAX_LOST_STARTS) {
            end(task, TaskState.LOST, "its worker died");
            out.add(new Action.Fail<>(task, new Failure.WorkerDied(end, reason)));
        } else {
            task.become(TaskState.QUEUED, "its worker died before it had begun it");
            queue.putBack(task);
        }
    }

    /** The task of a worker, or of a submitter, fails, if there is one that has not ended. */
    private void giveUp(@Nullable Task task, Failure failure, String reason, List<Action<H>> out) {
        if (task != null && !task.state().isTerminal()) {
            end(task, TaskState.LOST, reason);
            out.add(new Action.Fail<>(task, failure));
        }
    }

    private void failQueue(Failure failure, String reason, List<Task> failed, List<Action<H>> out) {
        for (Task task = queue.poll(); task != null; task = queue.poll()) {
            end(task, TaskState.LOST, reason);
            failed.add(task);
            out.add(new Action.Fail<>(task, failure));
        }
    }

    /** Those who wait for room will get none any more. */
    private void turnAway(List<Action<H>> out) {
        for (Admission next = queue.turnAway(); next != null; next = queue.turnAway()) {
            decide(next, false, out);
        }
    }

    private static <H> void decide(@Nullable Admission admission, boolean taken, List<Action<H>> out) {
        if (admission != null) {
            admission.decide(taken);
            out.add(new Action.Admit<>(admission));
        }
    }

    // ---- workers ------------------------------------------------------------------------------------------------

    /** One that a task can be sent to now; null if there is none. The last used, or a spare, which gets a place by it. */
    private @Nullable Worker<H> freeWorker(long now) {
        Worker<H> idle = roster.lastIdle();
        Worker<H> spare = idle == null ? roster.readyHeirOf(null) : null;
        if (spare == null) {
            return idle;
        }
        Worker<H> joining = roster.firstJoining();
        if (joining != null) { // no task waits for one that starts while another one is ready: they change places
            roster.setPlace(joining, false);
            replacementsOwed++;
        }
        if (roster.members() >= limits.maxWorkers()) {
            return null;
        }
        givePlace(spare, now);
        return spare;
    }

    /** A worker that is free waits for a task, or leaves. */
    private void toIdle(Worker<H> worker, long now, String reason, List<Action<H>> out) {
        roster.become(worker, WorkerState.IDLE, Worker.NEVER, reason);
        renew(worker, now);
        EndReason due = worker.due();
        if (roster.members() > limits.maxWorkers()) {
            retire(worker, EndReason.RESIZED, now, out);
        } else if (due != null && (!mayGoOn(due) || roster.readyHeirOf(worker) != null)) {
            leave(worker, now, out);
        }
    }

    /** The idle time-out of one that is idle counts from now. */
    private void renew(Worker<H> worker, long now) {
        worker.deadlineNanos = later(now, limits.idleTimeout());
        deadline(worker.deadlineNanos);
    }

    /** A worker is to be replaced. One without a task that may get no other leaves at once, any other one later. */
    private void makeDue(Worker<H> worker, EndReason reason, String detail, long now, List<Action<H>> out) {
        if (!worker.isReady() || (worker.due() != null && mayGoOn(reason))) {
            return;
        }
        roster.setDue(worker, reason, detail);
        if (worker.state() == WorkerState.SPARE || (worker.state() == WorkerState.IDLE && !mayGoOn(reason))) {
            leave(worker, now, out);
        }
    }

    /** Whether one that is to be replaced for this reason may get further tasks until its successor is ready. */
    private static boolean mayGoOn(EndReason due) {
        return due == EndReason.MAX_AGE;
    }

    /** One that is to be replaced, and has no task, leaves now. */
    private void leave(Worker<H> worker, long now, List<Action<H>> out) {
        boolean member = worker.hasPlace();
        retire(worker, reasonOf(worker), now, out);
        if (member) {
            worker.placeSeenTo = true; // its end makes no second one necessary
            if (!passOnPlace(now)) {
                replacementsOwed++;
            }
        }
    }

    /** Gives the place of one that has just left it to one in reserve. False if there is none. */
    private boolean passOnPlace(long now) {
        Worker<H> heir = roster.members() < limits.maxWorkers() ? roster.heir() : null;
        if (heir == null) {
            return false;
        }
        givePlace(heir, now);
        return true;
    }

    private void givePlace(Worker<H> heir, long now) {
        roster.setPlace(heir, true);
        replacementsOwed = Math.max(0, replacementsOwed - 1);
        if (heir.state() == WorkerState.SPARE) {
            prestarting = Math.max(0, prestarting - 1);
            roster.become(heir, WorkerState.IDLE, Worker.NEVER, "has a place");
            renew(heir, now);
            beginToAge(heir, now);
        }
    }

    /** Its age counts from when it is ready for tasks: one in reserve does not wear out. */
    private void beginToAge(Worker<H> worker, long now) {
        if (worker.isMember()) {
            worker.maxAgeNanos = later(now, limits.maxAgeOf(worker.number()));
            deadline(worker.maxAgeNanos);
        }
    }

    /** One more member, from the reserve if there is one, if there may be one more. */
    private boolean addMember(long now, List<Action<H>> out) {
        return roster.members() < limits.maxWorkers() && (passOnPlace(now) || start(true, now, out));
    }

    /** Starts a worker, if that is allowed now. */
    private boolean start(boolean withPlace, long now, List<Action<H>> out) {
        if (!backoff.isFree(roster.starting())) {
            return false;
        }
        long pauseEnd = backoff.pauseEndNanos(now);
        if (pauseEnd != Worker.NEVER) {
            deadline(pauseEnd);
            return false;
        }
        boolean spare = withPlace || roster.inReserve() < wantedSpares();
        int index = spare ? roster.freeIndex() : roster.successorIndex();
        int number = roster.nextNumber();
        Worker<H> worker = new Worker<>(number, index, withPlace, handles.make(number, index, limits.maxWorkers()));
        worker.startedNanos = now;
        worker.deadlineNanos = later(now, limits.startTimeout());
        deadline(worker.deadlineNanos);
        roster.add(worker);
        if (withPlace) {
            replacementsOwed = Math.max(0, replacementsOwed - 1);
        }
        out.add(new Action.Start<>(worker));
        return true;
    }

    private void startFailed(Worker<H> worker, WorkerEnd end, boolean timedOut, long now, List<Action<H>> out) {
        if (phase == PoolSnapshot.State.STOP) {
            return;
        }
        if (backoff.failed(worker.startedNanos, now) && backoff.isHopeless() && roster.members() == 0) {
            Failure failure = new Failure.NoWorkerStarts(end, timedOut, backoff.failuresSinceAnswer());
            prestarting = 0; // nobody waits for these, so they would be tried for ever
            // All that wait for room, too, or they would fail one by one, each after another pause.
            for (Admission next = queue.turnAway(); next != null; next = queue.turnAway()) {
                letIn(next, null, now, out);
            }
            failQueue(failure, "no worker starts", new ArrayList<>(), out);
        }
    }

    /** A worker that was busy with itself should be free by now. It gets no further task, and leaves or is killed. */
    private void hangs(Worker<H> worker, long now, List<Action<H>> out) {
        String detail = "its health check, or the look at its memory, had not ended after "
                + limits.startTimeout() / 1_000_000 + " ms (startTimeout)";
        makeDue(worker, EndReason.UNHEALTHY, detail, now, out);
        toIdle(worker, now, "hangs in its health check", out);
    }

    /** A worker has had its task for as long as it may. */
    private void timeOut(Worker<H> worker, long now, List<Action<H>> out) {
        Task task = worker.task;
        if (task != null) {
            giveUp(task, new Failure.TimedOut(task.limitNanos()), "its time limit was reached", out);
        }
        kill(worker, EndReason.TASK_TIMEOUT, now, out);
    }

    private void retire(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        roster.become(worker, WorkerState.RETIRING, now + RETIRE_PATIENCE_NANOS, reason.name());
        worker.maxAgeNanos = Worker.NEVER;
        worker.collectNanos = Worker.NEVER;
        deadline(worker.deadlineNanos);
        worker.endReason = reason;
        out.add(new Action.Retire<>(worker, reason, reason == worker.due() ? worker.dueDetail : ""));
    }

    private void kill(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        if (worker.state() == WorkerState.KILLING) {
            return;
        }
        boolean member = worker.isMember();
        roster.become(worker, WorkerState.KILLING, now + KILL_PATIENCE_NANOS, reason.name());
        worker.maxAgeNanos = Worker.NEVER;
        worker.collectNanos = Worker.NEVER;
        deadline(worker.deadlineNanos);
        worker.endReason = reason;
        out.add(new Action.Kill<>(worker));
        // From the reserve at once; a new one is started for it only when it is gone, or when a task waits.
        if (member && isReplaced(reason) && phase == PoolSnapshot.State.RUNNING && passOnPlace(now)) {
            worker.placeSeenTo = true;
        }
    }

    /** Asks for the signs of life of all workers that are ready, once in a heartbeat. */
    private void lookAround(long now, List<Action<H>> out) {
        boolean due = now >= nextLookNanos;
        boolean ready = false;
        for (Worker<H> worker : roster.all()) {
            if (worker.isReady()) {
                ready = true;
                if (due) {
                    out.add(new Action.Listen<>(worker));
                }
            }
        }
        if (!ready) {
            nextLookNanos = Worker.NEVER;
        } else if (due) {
            nextLookNanos = later(now, limits.heartbeat());
        }
        deadline(nextLookNanos);
    }

    /** Whether the pool wants another worker for one that ended so: it did not want this one to end. */
    private static boolean isReplaced(EndReason reason) {
        return switch (reason) {
            case CRASHED, CANCELLED, TASK_TIMEOUT, UNRESPONSIVE -> true;
            case MAX_TASKS, MAX_AGE, MEMORY_GROWTH, MEMORY_LIMIT, OUT_OF_MEMORY, UNHEALTHY, DIRTY -> true;
            case IDLE_TIMEOUT, SHUTDOWN, RESIZED, START_FAILED -> false;
        };
    }

    /** Saturates: a time-out of centuries must not wrap around into the past. */
    private static long later(long now, long delay) {
        long sum = now + delay;
        return delay > 0 && sum < now ? Worker.NEVER : sum;
    }

    private void deadline(long nanos) {
        nextDeadlineNanos = Math.min(nextDeadlineNanos, nanos);
    }

    /** Why one that leaves does. */
    private static EndReason reasonOf(Worker<?> worker) {
        EndReason told = worker.endReason == null ? worker.due() : worker.endReason;
        return told == null ? EndReason.SHUTDOWN : told;
    }
}
