/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All mutable state of a pool, and every decision. Does no I/O, starts no process, calls no user code, reads no clock:
 * events and the time go in, {@link Action}s come out. Used under the pool's lock; not thread-safe itself.
 *
 * <p>How it keeps its promises:
 * <ul>
 *   <li><b>No future is left behind.</b> A task is in the queue or is the {@link Worker#task} of exactly one worker until
 *       it is terminal. A worker leaves the map only in {@link #workerGone}, which settles its task; the queue is served
 *       while workers live, and is failed where none can be started.
 *   <li><b>A death fails one task.</b> A worker has at most one task at a time. Whether it had begun it comes with the
 *       event; if it had not, the task returns to the head of the queue.
 *   <li><b>Nothing is waited for without end.</b> Every state of a worker that somebody else must end has a deadline:
 *       STARTING the start time-out, BUSY its task's limit, RETIRING and KILLING a patience after which it is killed and
 *       then given up. One that is ready is looked at with every heartbeat, and killed when it gives no sign of life.
 *   <li><b>As many workers as there is work for.</b> One is started when a task is queued and there are fewer starting
 *       ones than waiting tasks; the last used is used first, so that the others can expire.
 *   <li><b>A worker that dies is replaced</b> at once while the pool runs, except one that was to leave; starts that fail
 *       are repeated after a growing pause, and after {@value StartBackoff#MAX_FAILURES} in a row with no other worker alive
 *       all that waits fails with the evidence.
 * </ul>
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

    private int maxWorkers;
    private final long idleTimeoutNanos;
    private final long startTimeoutNanos;
    private final long heartbeatNanos;
    private final IntFunction<H> handles;

    private PoolSnapshot.State phase = PoolSnapshot.State.RUNNING;
    private final Map<Integer, Worker<H>> workers = new LinkedHashMap<>();
    private final ArrayDeque<Worker<H>> idle = new ArrayDeque<>();
    private final ArrayDeque<Task> queue = new ArrayDeque<>();
    private final Map<EndReason, Long> ended = new EnumMap<>(EndReason.class);
    private final StartBackoff backoff = new StartBackoff();

    /** Tasks in the queue that were cancelled there; they are skipped, since removing one from the middle costs a search. */
    private int cancelledInQueue;

    private int members;
    private int starting;

    private int nextIndex = 1;
    private long completed;

    /** Tasks that were taken and have not ended. */
    private int unfinished;

    /** Workers whose process has ended and of which something may be left: processes that they started, files. */
    private int uncleared;

    /** Workers that died and are to be replaced, but may not be started during a pause. */
    private int replacementsOwed;

    /** When to look for signs of life; {@link Worker#NEVER} while no worker is ready. */
    private long nextLookNanos = Worker.NEVER;

    /** No later than the earliest deadline of all; exact after {@link #tick}. */
    private long nextDeadlineNanos = Worker.NEVER;

    /**
     * @param heartbeatNanos how long to wait between two looks for a sign of life
     * @param handles makes the handle of the worker with this index; must not start anything
     */
    PoolState(
            int maxWorkers,
            long idleTimeoutNanos,
            long startTimeoutNanos,
            long heartbeatNanos,
            IntFunction<H> handles) {
        this.maxWorkers = maxWorkers;
        this.idleTimeoutNanos = idleTimeoutNanos;
        this.startTimeoutNanos = startTimeoutNanos;
        this.heartbeatNanos = heartbeatNanos;
        this.handles = handles;
    }

    // ---- events -------------------------------------------------------------------------------------------------

    /** A task comes in. False, and nothing changed, if the pool takes no more; nothing to do if it was cancelled before. */
    boolean submit(Task task, long now, List<Action<H>> out) {
        if (phase != PoolSnapshot.State.RUNNING) {
            return false;
        }
        if (task.state() == TaskState.CANCELLED) {
            return true;
        }
        unfinished++;
        Worker<H> worker = idle.peekLast();
        if (worker != null) {
            send(worker, task, "submitted", now, out);
        } else {
            task.become(TaskState.QUEUED, "submitted, no worker is idle");
            queue.addLast(task);
            grow(now, out);
        }
        return true;
    }

    /** The user cancels. Whether the task is cancelled now by this. */
    boolean cancel(Task task, boolean killWorker, long now, List<Action<H>> out) {
        TaskState before = task.state();
        if (before.isTerminal()) {
            return false;
        }
        end(task, TaskState.CANCELLED, "cancelled by the user");
        if (before == TaskState.QUEUED) {
            cancelledInQueue++;
            dropCancelled();
            tryTerminate(now, out);
        } else if (before == TaskState.SENT && killWorker) {
            for (Worker<H> worker : workers.values()) {
                if (worker.task == task) {
                    kill(worker, EndReason.CANCELLED, now, out);
                    break;
                }
            }
            grow(now, out); // what waits does not wait for the end of one that may hang in the kernel
        }
        return true;
    }

    /** A worker has greeted. */
    void workerReady(Worker<H> worker, long now, List<Action<H>> out) {
        if (worker.state() != WorkerState.STARTING) {
            return; // being killed
        }
        starting--;
        if (nextLookNanos == Worker.NEVER) {
            nextLookNanos = later(now, heartbeatNanos);
            deadline(nextLookNanos);
        }
        toIdle(worker, now, "ready", out);
        grow(now, out); // it may have been the one that the next start waited for
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
        boolean startsAgain = backoff.answered(worker.startedNanos);
        boolean deliver = task.state() == TaskState.SENT;
        if (deliver) {
            end(task, TaskState.DONE, "answered");
        }
        if (worker.state() == WorkerState.BUSY) {
            toIdle(worker, now, "answered", out);
        }
        if (startsAgain) {
            grow(now, out);
        }
        return deliver;
    }

    /**
     * A worker's process has ended, and all that it had sent was read; or it was given up.
     *
     * @param begun whether it had begun the task that it has not answered
     */
    void workerGone(Worker<H> worker, WorkerEnd end, boolean begun, long now, List<Action<H>> out) {
        WorkerState before = worker.state();
        leaveCounts(worker);
        worker.become(WorkerState.GONE, Worker.NEVER, "its process ended");
        workers.remove(worker.index());
        uncleared++;
        EndReason asked = worker.endReason;
        if (asked == EndReason.START_FAILED) {
            backoff.overdueGone();
        }
        boolean failedStart = before == WorkerState.STARTING || asked == EndReason.START_FAILED;
        EndReason reason = asked != null ? asked : failedStart ? EndReason.START_FAILED : EndReason.CRASHED;
        ended.merge(reason, 1L, Long::sum);

        boolean diedOfItself = reason == EndReason.CRASHED && worker.tasksDone == 0 && worker.task == null;
        settleTask(worker, end, reason, begun, out);
        // One that dies before it was given a task would do so again: it counts as a start that failed.
        if (failedStart || diedOfItself) {
            startFailed(worker, end, asked == EndReason.START_FAILED, now, out);
        }
        if (isReplaced(reason)) {
            replacementsOwed++;
        }
        serveQueue(now, out);
        grow(now, out);
        tryTerminate(now, out);
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
        if (beats < 0 || !isServing(worker)) {
            return;
        }
        if (beats != worker.beats) {
            worker.beats = beats;
            worker.silentLooks = 0;
        } else if (++worker.silentLooks >= MAX_SILENT_LOOKS) {
            kill(worker, EndReason.UNRESPONSIVE, now, out);
            grow(now, out);
        }
    }

    /** Time has passed. */
    void tick(long now, List<Action<H>> out) {
        nextDeadlineNanos = Worker.NEVER;
        for (Worker<H> worker : List.copyOf(workers.values())) {
            if (worker.deadlineNanos > now) {
                deadline(worker.deadlineNanos);
                continue;
            }
            switch (worker.state()) {
                case IDLE -> retire(worker, EndReason.IDLE_TIMEOUT, now, out);
                case STARTING -> {
                    backoff.overdue();
                    kill(worker, EndReason.START_FAILED, now, out);
                }
                case BUSY -> timeOut(worker, now, out);
                case RETIRING -> kill(worker, reasonOf(worker), now, out);
                case KILLING -> {
                    worker.deadlineNanos = Worker.NEVER;
                    out.add(new Action.Abandon<>(worker));
                }
                case GONE -> throw new IllegalStateException(worker + " is still in the pool");
            }
        }
        lookAround(now, out);
        grow(now, out);
    }

    /** Starts as many workers as the pool may have. */
    void prestart(long now, List<Action<H>> out) {
        while (phase == PoolSnapshot.State.RUNNING && startIfAllowed(now, out)) {
            // the call does it
        }
    }

    /** The pool may have so many workers from now on. Those that are busy beyond it leave when their task is over. */
    void resize(int newMaxWorkers, long now, List<Action<H>> out) {
        maxWorkers = newMaxWorkers;
        while (members > maxWorkers && !idle.isEmpty()) {
            retire(idle.getFirst(), EndReason.RESIZED, now, out);
        }
        for (Worker<H> worker : List.copyOf(workers.values())) {
            if (members > maxWorkers && worker.state() == WorkerState.STARTING) {
                kill(worker, EndReason.RESIZED, now, out);
            }
        }
        grow(now, out);
    }

    /** No new tasks; what was submitted is finished. */
    void shutdown(long now, List<Action<H>> out) {
        if (phase != PoolSnapshot.State.RUNNING) {
            return;
        }
        phase = PoolSnapshot.State.SHUTDOWN;
        tryTerminate(now, out);
    }

    /** No new tasks, and what was submitted is dropped. The tasks that no worker had been sent. */
    List<Task> stop(long now, List<Action<H>> out) {
        List<Task> neverSent = new ArrayList<>();
        if (phase == PoolSnapshot.State.STOP || phase == PoolSnapshot.State.TERMINATED) {
            return neverSent;
        }
        phase = PoolSnapshot.State.STOP;
        failQueue(new Failure.PoolStopped(false), "stopped", neverSent, out);
        for (Worker<H> worker : workers.values()) {
            Task task = worker.task;
            if (task != null && !task.state().isTerminal()) {
                end(task, TaskState.LOST, "stopped while it ran");
                out.add(new Action.Fail<>(task, new Failure.PoolStopped(true)));
            }
            kill(worker, EndReason.SHUTDOWN, now, out);
        }
        tryTerminate(now, out);
        return neverSent;
    }

    /** Something here, or in the shell, is wrong. No future may wait for what will not come. */
    void breakDown(Throwable defect, long now, List<Action<H>> out) {
        Failure failure = new Failure.PoolBroken(defect);
        failQueue(failure, "the pool broke", new ArrayList<>(), out);
        for (Worker<H> worker : workers.values()) {
            Task task = worker.task;
            if (task != null && !task.state().isTerminal()) {
                end(task, TaskState.LOST, "the pool broke");
                out.add(new Action.Fail<>(task, failure));
            }
        }
        stop(now, out);
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    PoolSnapshot.State phase() {
        return phase;
    }

    int maxWorkers() {
        return maxWorkers;
    }

    /** Whether there are tasks that have not ended. */
    boolean hasUnfinished() {
        return unfinished > 0;
    }

    Collection<Worker<H>> workers() {
        return Collections.unmodifiableCollection(workers.values());
    }

    /** How many tasks wait. */
    int waiting() {
        return queue.size() - cancelledInQueue;
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

    // ---- transitions --------------------------------------------------------------------------------------------

    /** The one place where tasks end. */
    private void end(Task task, TaskState how, String reason) {
        if (task.state() != TaskState.NEW) {
            unfinished--;
        }
        task.become(how, reason);
        completed++;
    }

    private void send(Worker<H> worker, Task task, String reason, long now, List<Action<H>> out) {
        if (worker.state() == WorkerState.IDLE) {
            idle.removeLastOccurrence(worker); // the last: found at once
        }
        worker.become(WorkerState.BUSY, later(now, task.limitNanos()), reason);
        deadline(worker.deadlineNanos);
        task.become(TaskState.SENT, reason);
        worker.task = task;
        out.add(new Action.Send<>(worker, task));
    }

    /** A worker that is free takes the next task, or waits for one, or leaves if none will come. */
    private void toIdle(Worker<H> worker, long now, String reason, List<Action<H>> out) {
        worker.become(WorkerState.IDLE, later(now, idleTimeoutNanos), reason);
        deadline(worker.deadlineNanos);
        idle.addLast(worker);
        if (members > maxWorkers) {
            retire(worker, EndReason.RESIZED, now, out);
            return;
        }
        Task next = pollQueue();
        if (next != null) {
            send(worker, next, "taken from the queue", now, out);
        } else {
            tryTerminate(now, out);
        }
    }

    /** A worker has had its task for as long as it may. */
    private void timeOut(Worker<H> worker, long now, List<Action<H>> out) {
        Task task = worker.task;
        if (task != null && !task.state().isTerminal()) {
            end(task, TaskState.LOST, "its time limit was reached");
            out.add(new Action.Fail<>(task, new Failure.TimedOut(task.limitNanos())));
        }
        kill(worker, EndReason.TASK_TIMEOUT, now, out);
    }

    private void retire(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        leaveCounts(worker);
        worker.become(WorkerState.RETIRING, now + RETIRE_PATIENCE_NANOS, reason.name());
        deadline(worker.deadlineNanos);
        worker.endReason = reason;
        out.add(new Action.Retire<>(worker));
    }

    private void kill(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        if (worker.state() == WorkerState.KILLING) {
            return;
        }
        leaveCounts(worker);
        worker.become(WorkerState.KILLING, now + KILL_PATIENCE_NANOS, reason.name());
        deadline(worker.deadlineNanos);
        worker.endReason = reason;
        out.add(new Action.Kill<>(worker));
    }

    /** Before a worker stops being a member. */
    private void leaveCounts(Worker<H> worker) {
        if (worker.isMember()) {
            members--;
        }
        if (worker.state() == WorkerState.STARTING) {
            starting--;
        } else if (worker.state() == WorkerState.IDLE) {
            idle.remove(worker);
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
            queue.addFirst(task);
        }
    }

    private void startFailed(Worker<H> worker, WorkerEnd end, boolean timedOut, long now, List<Action<H>> out) {
        if (phase == PoolSnapshot.State.STOP) {
            return;
        }
        if (backoff.failed(worker.startedNanos, now) && backoff.isHopeless() && members == 0) {
            Failure failure = new Failure.NoWorkerStarts(end, timedOut, backoff.failuresSinceAnswer());
            failQueue(failure, "no worker starts", new ArrayList<>(), out);
        }
    }

    private void failQueue(Failure failure, String reason, List<Task> failed, List<Action<H>> out) {
        for (Task task = pollQueue(); task != null; task = pollQueue()) {
            end(task, TaskState.LOST, reason);
            failed.add(task);
            out.add(new Action.Fail<>(task, failure));
        }
    }

    /** Gives waiting tasks to idle workers: where a task came back to the queue while one was idle. */
    private void serveQueue(long now, List<Action<H>> out) {
        while (!idle.isEmpty()) {
            Task next = pollQueue();
            if (next == null) {
                return;
            }
            send(idle.getLast(), next, "taken from the queue", now, out);
        }
    }

    /** A worker for each that died, and one for each waiting task that none is being started for yet. */
    private void grow(long now, List<Action<H>> out) {
        if (phase == PoolSnapshot.State.STOP || phase == PoolSnapshot.State.TERMINATED) {
            return;
        }
        // Replaced also when nothing waits, so that the pool stays as warm as it was.
        if (phase != PoolSnapshot.State.RUNNING || members >= maxWorkers) {
            replacementsOwed = 0;
        }
        while (replacementsOwed > 0 && startIfAllowed(now, out)) {
            replacementsOwed--;
        }
        while (waiting() > starting && startIfAllowed(now, out)) {
            replacementsOwed = Math.max(0, replacementsOwed - 1);
        }
    }

    private boolean startIfAllowed(long now, List<Action<H>> out) {
        if (members >= maxWorkers || !backoff.isFree(starting)) {
            return false;
        }
        long pauseEnd = backoff.pauseEndNanos(now);
        if (pauseEnd != Worker.NEVER) {
            deadline(pauseEnd);
            return false;
        }
        int index = nextIndex++;
        Worker<H> worker = new Worker<>(index, handles.apply(index));
        worker.startedNanos = now;
        worker.deadlineNanos = later(now, startTimeoutNanos);
        deadline(worker.deadlineNanos);
        workers.put(index, worker);
        members++;
        starting++;
        out.add(new Action.Start<>(worker));
        return true;
    }

    /** In a pool that ends, with nothing waiting: the idle leave, and those that start are not needed. */
    private void dismissUnneeded(long now, List<Action<H>> out) {
        for (Worker<H> worker : List.copyOf(workers.values())) {
            if (worker.state() == WorkerState.IDLE) {
                retire(worker, EndReason.SHUTDOWN, now, out);
            } else if (worker.state() == WorkerState.STARTING) {
                kill(worker, EndReason.SHUTDOWN, now, out);
            }
        }
    }

    private void tryTerminate(long now, List<Action<H>> out) {
        if (phase == PoolSnapshot.State.RUNNING || phase == PoolSnapshot.State.TERMINATED || waiting() > 0) {
            return;
        }
        dismissUnneeded(now, out);
        if (workers.isEmpty() && uncleared == 0) {
            phase = PoolSnapshot.State.TERMINATED;
            queue.clear();
            cancelledInQueue = 0;
            out.add(new Action.Terminated<>());
        }
    }

    private @Nullable Task pollQueue() {
        for (Task task = queue.pollFirst(); task != null; task = queue.pollFirst()) {
            if (task.state() == TaskState.QUEUED) {
                return task;
            }
            cancelledInQueue--;
        }
        return null;
    }

    /** Lets go of cancelled tasks once they are the larger part of the queue. */
    private void dropCancelled() {
        if (cancelledInQueue > 64 && cancelledInQueue > queue.size() / 2) {
            queue.removeIf(task -> task.state() == TaskState.CANCELLED);
            cancelledInQueue = 0;
        }
    }

    /** Asks for the signs of life of all workers that are ready, once in a heartbeat. */
    private void lookAround(long now, List<Action<H>> out) {
        boolean due = now >= nextLookNanos;
        boolean serving = false;
        for (Worker<H> worker : workers.values()) {
            if (isServing(worker)) {
                serving = true;
                if (due) {
                    out.add(new Action.Listen<>(worker));
                }
            }
        }
        if (!serving) {
            nextLookNanos = Worker.NEVER;
        } else if (due) {
            nextLookNanos = later(now, heartbeatNanos);
        }
        deadline(nextLookNanos);
    }

    private static boolean isServing(Worker<?> worker) {
        return worker.state() == WorkerState.IDLE || worker.state() == WorkerState.BUSY;
    }

    /** Whether the pool wants another worker for one that ended so: it did not want this one to end. */
    private static boolean isReplaced(EndReason reason) {
        return switch (reason) {
            case CRASHED, CANCELLED, TASK_TIMEOUT, UNRESPONSIVE -> true;
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

    private static EndReason reasonOf(Worker<?> worker) {
        return worker.endReason == null ? EndReason.SHUTDOWN : worker.endReason;
    }
}
