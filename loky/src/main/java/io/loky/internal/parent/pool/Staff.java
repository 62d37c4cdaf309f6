/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static io.loky.internal.parent.pool.PoolTerms.later;

import io.loky.EndReason;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool as they come, get a place and tasks, and go; and how many of them are wanted. Each change of a worker's
 * state is made here, together with the deadline of the new one. Guarded by the pool's lock.
 *
 * <p>A worker that is wanted is not always one that may be started: after a start that failed, or a death too many, none is for a
 * while. So what is wanted is a number (places whose worker has left, workers that prestart has asked for, tasks that wait), and
 * {@link #grow} and {@link #keepReserve} start as many as they may, with every event again. A place that becomes free is given
 * to one in reserve first, and then no other worker is owed for it.
 *
 * @param <H> the handle of a worker's process
 */
final class Staff<H> {
    private final PoolTerms terms;
    private final Roster<H> roster;
    private final TaskBook<H> tasks;
    private final CrashPolicy crashes;
    private final HandleFactory<H> handles;
    private final SendingAhead<H> ahead;
    private final Map<EndReason, Long> ended = new EnumMap<>(EndReason.class);
    private final StartBackoff backoff = new StartBackoff();

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

    Staff(
            PoolTerms terms,
            Roster<H> roster,
            TaskBook<H> tasks,
            CrashPolicy crashes,
            HandleFactory<H> handles,
            SendingAhead<H> ahead) {
        this.terms = terms;
        this.roster = roster;
        this.tasks = tasks;
        this.crashes = crashes;
        this.handles = handles;
        this.ahead = ahead;
    }

    // ---- events -------------------------------------------------------------------------------------------------

    /** The pool was made. */
    void open(long now) {
        if (terms.limits.minWorkers() > 0) {
            outOfUseNanos = later(now, terms.limits.idleTimeout());
            terms.deadline(outOfUseNanos);
        }
    }

    /** A worker has greeted: it waits for a task, or in reserve. */
    void ready(Worker<H> worker, long now, List<Action<H>> out) {
        worker.readyNanos = now;
        prestarting = Math.max(0, prestarting - 1);
        if (nextLookNanos == Worker.NEVER) {
            nextLookNanos = later(now, terms.limits.heartbeat());
            terms.deadline(nextLookNanos);
        }
        if (worker.hasPlace()) {
            toIdle(worker, now, "ready", out);
            beginToAge(worker, now);
        } else {
            roster.become(worker, WorkerState.SPARE, now, Worker.NEVER, "ready");
        }
    }

    /** A worker has answered, and has no task any more. */
    void answered(Worker<H> worker, long now) {
        ahead.answered(worker, now);
        worker.task = null;
        worker.tasksDone++;
        backoff.answered(worker.startedNanos);
        worker.slowNanos = Worker.NEVER;
    }

    /** One that has answered in its grace goes on. */
    void endGrace(Worker<H> worker, long now) {
        if (worker.state() == WorkerState.INTERRUPTED) {
            worker.interruptedFor = null;
            roster.become(worker, WorkerState.BUSY, now, Worker.NEVER, "answered in its grace");
        }
    }

    /** A worker's process has ended. Why it did. */
    EndReason gone(Worker<H> worker, boolean failedStart, long now) {
        roster.become(worker, WorkerState.GONE, now, Worker.NEVER, "its process ended");
        uncleared++;
        EndReason asked = worker.endReason;
        if (asked == EndReason.START_FAILED) {
            backoff.overdueGone();
        }
        EndReason reason = asked != null ? asked : failedStart ? EndReason.START_FAILED : EndReason.CRASHED;
        worker.endReason = reason;
        ended.merge(reason, 1L, Long::sum);
        return reason;
    }

    /** A start has failed. Why none is hoped for now; null where one is. */
    Failure.@Nullable NoWorkerStarts startFailed(Worker<H> worker, WorkerEnd end, boolean timedOut, long now) {
        if (backoff.failed(worker.startedNanos, now) && backoff.isHopeless() && roster.members() == 0) {
            prestarting = 0; // nobody waits for these, so they would be tried for ever
            return new Failure.NoWorkerStarts(end, timedOut, backoff.failuresSinceAnswer());
        }
        return null;
    }

    /** One that is gone was ready for long, though it never had a task: its start has not failed. */
    void stood(Worker<H> worker) {
        backoff.answered(worker.startedNanos);
    }

    /** The place of one that is gone is to be filled, unless that is seen to or not wanted. */
    void owePlaceOf(Worker<H> worker, EndReason reason) {
        if (worker.hasPlace() && !worker.placeSeenTo && isReplaced(reason)) {
            replacementsOwed++;
        }
    }

    /** Nothing is left of a worker that is gone. */
    void cleared() {
        uncleared--;
    }

    /** Time has passed, for each of the workers. */
    void tick(long now, List<Action<H>> out) {
        List<Worker<H>> workers = roster.copy();
        for (Worker<H> worker : workers) {
            if (worker.deadlineNanos <= now && worker.state() != WorkerState.IDLE) {
                endOverdueState(worker, now, out);
            }
            if (worker.maxAgeNanos <= now) {
                worker.maxAgeNanos = Worker.NEVER;
                makeDue(worker, EndReason.MAX_AGE, "", now, out);
            }
            if (worker.slowNanos <= now) {
                tellSlow(worker, now, out);
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
            terms.deadline(worker.collectNanos);
            terms.deadline(worker.deadlineNanos);
            terms.deadline(worker.maxAgeNanos);
            terms.deadline(worker.slowNanos);
        }
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
                    interrupt(worker, EndReason.TASK_TIMEOUT, now, out);
                }
            }
            case INTERRUPTED ->
                endWithItsTask(
                        worker, worker.interruptedFor == null ? EndReason.CANCELLED : worker.interruptedFor, now, out);
            case RETIRING -> kill(worker, reasonOf(worker), now, out);
            case KILLING -> {
                worker.deadlineNanos = Worker.NEVER;
                out.add(new Action.Abandon<>(worker));
            }
            case IDLE, SPARE, GONE -> throw new IllegalStateException(worker + " has a deadline");
        }
    }

    /** A worker that was busy with itself should be free by now. It gets no further task, and leaves or is killed. */
    private void hangs(Worker<H> worker, long now, List<Action<H>> out) {
        String detail = "its health check, or the look at its memory, had not ended after "
                + terms.limits.startTimeout() / 1_000_000 + " ms (startTimeout)";
        makeDue(worker, EndReason.UNHEALTHY, detail, now, out);
        if (worker.ahead.isEmpty()) {
            toIdle(worker, now, "hangs in its health check", out);
        } else { // it has begun the next task: it was free in time, and that it is free is on its way
            worker.deadlineNanos = later(now, terms.limits.startTimeout());
        }
    }

    /** A worker has had its task for so long that it is to be told of; and again when it has had it for twice as long. */
    private void tellSlow(Worker<H> worker, long now, List<Action<H>> out) {
        Task task = worker.task;
        long ran = now - worker.sentNanos;
        long next = worker.slowNanos - worker.sentNanos;
        while (next <= ran) {
            next = later(next, next);
        }
        worker.slowNanos = later(worker.sentNanos, next);
        if (task != null) {
            out.add(new Action.TellSlow<>(worker, task, ran));
        }
    }

    /** Asks for the signs of life of all workers that are ready, once in a heartbeat. */
    void lookAround(long now, List<Action<H>> out) {
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
            nextLookNanos = later(now, terms.limits.heartbeat());
        }
        terms.deadline(nextLookNanos);
    }

    /** All has been quiet for the idle time-out, if it has. */
    void endUse(long now) {
        if (outOfUseNanos <= now) {
            inUse = false;
            outOfUseNanos = Worker.NEVER;
        }
        terms.deadline(outOfUseNanos);
    }

    /** As many as the pool may have are wanted, now or when they may be started. */
    void prestart(long now) {
        inUse = true;
        outOfUseNanos = Worker.NEVER; // the time-out counts from now for all that are there
        for (Worker<H> worker : roster.idle()) {
            renew(worker, now);
        }
        prestarting = vacancies();
    }

    /** See {@link PoolState#adapt}. Those in reserve that are too many now: {@link #trimReserve}. */
    void adapt(PoolLimits next, long now, List<Action<H>> out) {
        ahead.takeAllBack(now); // one that is too many leaves after its task
        for (Worker<H> worker : roster.idle()) {
            // One that was kept, whoever became idle, has no deadline: for it the time counts from now.
            worker.deadlineNanos = worker.deadlineNanos == Worker.NEVER
                    ? later(now, next.idleTimeout())
                    : later(worker.deadlineNanos - terms.limits.idleTimeout(), next.idleTimeout());
            terms.deadline(worker.deadlineNanos);
        }
        if (outOfUseNanos != Worker.NEVER) {
            outOfUseNanos = later(outOfUseNanos - terms.limits.idleTimeout(), next.idleTimeout());
            terms.deadline(outOfUseNanos);
        }
        terms.limits = next;
        for (Worker<H> worker = roster.firstIdle();
                worker != null && roster.members() > terms.limits.maxWorkers();
                worker = roster.firstIdle()) {
            retire(worker, EndReason.RESIZED, now, out);
        }
        for (Worker<H> joining = roster.firstJoining();
                joining != null && roster.members() > terms.limits.maxWorkers();
                joining = roster.firstJoining()) {
            roster.setPlace(joining, false);
        }
        prestarting = Math.min(prestarting, vacancies());
    }

    /** Those in reserve that are not wanted any more leave, ready or not. */
    void trimReserve(long now, List<Action<H>> out) {
        for (Worker<H> worker : roster.copy()) {
            if (worker.isInReserve() && roster.inReserve() > wantedInReserve()) {
                if (worker.state() == WorkerState.STARTING) {
                    kill(worker, EndReason.RESIZED, now, out);
                } else {
                    retire(worker, EndReason.RESIZED, now, out);
                }
            }
        }
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    /** Whether workers are there for another reason than {@code minWorkers}, or there was work within the idle time-out. */
    boolean isInUse() {
        return roster.members() > leastMembers()
                || (!roster.isEmpty() && (leastMembers() == 0 || inUse || outOfUseNanos != Worker.NEVER));
    }

    /** Whether something may be left of workers that are gone. */
    boolean hasUncleared() {
        return uncleared != 0;
    }

    Map<EndReason, Long> ended() {
        return Collections.unmodifiableMap(ended);
    }

    // ---- how many are wanted ------------------------------------------------------------------------------------

    /**
     * For how many tasks a worker is on the way, or could be: these do not wait for others, and a queue that is full of them would
     * keep the pool from growing.
     */
    int vacancies() {
        return terms.isRunning() ? Math.max(0, terms.limits.maxWorkers() - roster.members()) + roster.joining() : 0;
    }

    /** A worker for each place that is to be filled, and one for each waiting task that none is being started for yet. */
    void grow(long now, List<Action<H>> out) {
        // Replaced also when nothing waits, so that the pool stays as warm as it was.
        if (!terms.isRunning()) {
            prestarting = 0;
        }
        if (!terms.isRunning() || roster.members() >= terms.limits.maxWorkers()) {
            replacementsOwed = 0;
        }
        int wanted = Math.max(tasks.queued(), prestarting);
        while ((replacementsOwed > 0 || wanted > roster.joining() || roster.members() < leastMembers())
                && addMember(now, out)) {
            // the call does it
        }
    }

    /** Members that may go on serving until their successor is ready, and have no task, give way to it. */
    void handOver(long now, List<Action<H>> out) {
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
    void keepReserve(long now, List<Action<H>> out) {
        if (terms.limits.spareWorkers() > 0 || terms.limits.minWorkers() > 0) {
            noteUse(now);
        }
        int wanted = wantedInReserve();
        while (roster.inReserve() < wanted && start(false, now, out)) {
            // the call does it
        }
        while (roster.inReserve() > wanted && terms.isRunning()) {
            Worker<H> spare = roster.readyHeirOf(null);
            if (spare == null) {
                return; // not ready yet: it may still be needed, and if not it leaves then
            }
            retire(spare, EndReason.IDLE_TIMEOUT, now, out);
        }
    }

    private void noteUse(long now) {
        if (roster.busy() > 0 || tasks.waiting() > 0) {
            inUse = true;
            outOfUseNanos = Worker.NEVER;
        } else if (inUse && outOfUseNanos == Worker.NEVER) {
            outOfUseNanos = later(now, terms.limits.idleTimeout());
            terms.deadline(outOfUseNanos);
        }
    }

    private int wantedInReserve() {
        int tooMany = Math.max(0, roster.members() - terms.limits.maxWorkers()); // these will have no successor
        int wanted = Math.max(wantedSpares(), roster.due() - tooMany);
        return terms.isRunning() ? wanted : Math.min(wanted, tasks.queued());
    }

    private int wantedSpares() {
        return inUse ? terms.limits.spareWorkers() : 0;
    }

    private int leastMembers() {
        return terms.isRunning() ? Math.min(terms.limits.minWorkers(), terms.limits.maxWorkers()) : 0;
    }

    /** One more member, from the reserve if there is one, if there may be one more. */
    private boolean addMember(long now, List<Action<H>> out) {
        return roster.members() < terms.limits.maxWorkers() && (passOnPlace(now) || start(true, now, out));
    }

    /** Whether the pool wants another worker for one that ended so: it did not want this one to end. */
    private static boolean isReplaced(EndReason reason) {
        return switch (reason) {
            case CRASHED, CANCELLED, TASK_TIMEOUT, UNRESPONSIVE -> true;
            case MAX_TASKS, MAX_AGE, MEMORY_GROWTH, MEMORY_LIMIT, OUT_OF_MEMORY, UNHEALTHY, DIRTY -> true;
            case IDLE_TIMEOUT, SHUTDOWN, RESIZED, START_FAILED -> false;
        };
    }

    // ---- a worker comes, and gets tasks -------------------------------------------------------------------------

    /** Starts a worker, if that is allowed now. */
    private boolean start(boolean withPlace, long now, List<Action<H>> out) {
        if (!backoff.isFree(roster.starting())) {
            return false;
        }
        if (crashes.rest(now) != null) {
            terms.deadline(crashes.restEndsNanos(now));
            return false;
        }
        long pauseEnd = backoff.pauseEndNanos(now);
        if (pauseEnd != Worker.NEVER) {
            terms.deadline(pauseEnd);
            return false;
        }
        boolean spare = withPlace || roster.inReserve() < wantedSpares();
        int index = spare ? roster.freeIndex() : roster.successorIndex();
        int number = roster.nextNumber();
        Worker<H> worker =
                new Worker<>(number, index, withPlace, handles.make(number, index, terms.limits.maxWorkers()));
        worker.startedNanos = now;
        worker.sinceNanos = now;
        worker.deadlineNanos = later(now, terms.limits.startTimeout());
        terms.deadline(worker.deadlineNanos);
        roster.add(worker);
        if (withPlace) {
            replacementsOwed = Math.max(0, replacementsOwed - 1);
        }
        out.add(new Action.Start<>(worker));
        return true;
    }

    /** One that a task can be sent to now; null if there is none. The last used, or a spare, which gets a place by it. */
    @Nullable
    Worker<H> freeWorker(long now) {
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
        if (roster.members() >= terms.limits.maxWorkers()) {
            return null;
        }
        givePlace(spare, now);
        return spare;
    }

    void send(Worker<H> worker, Task task, String reason, long now, List<Action<H>> out) {
        roster.become(worker, WorkerState.BUSY, now, later(now, task.limitNanos()), reason);
        worker.collectNanos = Worker.NEVER;
        terms.deadline(worker.deadlineNanos);
        task.become(TaskState.SENT, reason);
        task.noteSent(now);
        worker.taskNumber = ++worker.lastTaskNumber;
        has(worker, task, now);
        out.add(new Action.Send<>(worker, task));
        if (worker.tasksDone + 1 >= terms.limits.maxTasksPerWorker()) {
            makeDue(
                    worker,
                    EndReason.MAX_TASKS,
                    "",
                    now,
                    out); // its last: the successor is started while it executes it
        }
    }

    private void has(Worker<H> worker, Task task, long now) {
        worker.task = task;
        worker.sentNanos = now;
        worker.slowNanos = later(now, terms.limits.slowTaskThreshold());
        terms.deadline(worker.slowNanos);
    }

    /** One that has answered goes on with what it was sent ahead. False if it has nothing of that. */
    boolean goesOn(Worker<H> worker, long now, List<Action<H>> out) {
        SendingAhead.Entry next = ahead.next(worker, now);
        if (next == null) {
            return false;
        }
        worker.sinceNanos = now;
        if (worker.state() == WorkerState.BUSY) {
            worker.deadlineNanos = Worker.NEVER; // that of the task before, or of what the worker did for itself
        }
        has(worker, next.task, now);
        if (next.unwanted) {
            interrupt(worker, EndReason.CANCELLED, now, out);
        }
        return true;
    }

    /** A worker that is free waits for a task, or leaves. */
    void toIdle(Worker<H> worker, long now, String reason, List<Action<H>> out) {
        roster.become(worker, WorkerState.IDLE, now, Worker.NEVER, reason);
        renew(worker, now);
        EndReason due = worker.due();
        if (roster.members() > terms.limits.maxWorkers()) {
            retire(worker, EndReason.RESIZED, now, out);
        } else if (due != null && (!mayGoOn(due) || roster.readyHeirOf(worker) != null)) {
            leave(worker, now, out);
        }
    }

    /** The idle time-out of one that is idle counts from now. */
    private void renew(Worker<H> worker, long now) {
        worker.deadlineNanos = later(now, terms.limits.idleTimeout());
        terms.deadline(worker.deadlineNanos);
    }

    /** Its age counts from when it is ready for tasks: one in reserve does not wear out. */
    private void beginToAge(Worker<H> worker, long now) {
        if (worker.isMember()) {
            worker.maxAgeNanos = later(now, terms.limits.maxAgeOf(worker.number()));
            terms.deadline(worker.maxAgeNanos);
        }
    }

    // ---- a worker goes ------------------------------------------------------------------------------------------

    /** A worker is to be replaced. One without a task that may get no other leaves at once, any other one later. */
    void makeDue(Worker<H> worker, EndReason reason, String detail, long now, List<Action<H>> out) {
        if (!worker.isReady() || (worker.due() != null && mayGoOn(reason))) {
            return;
        }
        roster.setDue(worker, reason, detail);
        ahead.takeBack(worker, now);
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
        Worker<H> heir = roster.members() < terms.limits.maxWorkers() ? roster.heir() : null;
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
            roster.become(heir, WorkerState.IDLE, now, Worker.NEVER, "has a place");
            renew(heir, now);
            beginToAge(heir, now);
        }
    }

    /**
     * The task of a worker is wanted no more. If it answers in its grace, whatever it answers, the worker goes on; else it ends
     * with its task. One that has its grace already, or is on its way out, is not interrupted again.
     */
    void interrupt(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        Task task = worker.task;
        if (worker.state() != WorkerState.BUSY || task == null) {
            return;
        }
        ahead.takeBack(worker, now);
        if (!worker.ahead.isEmpty()) { // it has begun the next task: the answer to this one is on its way
            worker.deadlineNanos = Worker.NEVER;
            return;
        }
        if (terms.limits.cancelGrace() == 0) {
            endWithItsTask(worker, reason, now, out);
            return;
        }
        roster.become(worker, WorkerState.INTERRUPTED, now, later(now, terms.limits.cancelGrace()), reason.name());
        terms.deadline(worker.deadlineNanos);
        worker.slowNanos = Worker.NEVER;
        worker.interruptedFor = reason;
        out.add(new Action.Interrupt<>(worker, task, !task.state().isTerminal()));
    }

    private void endWithItsTask(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        Task task = worker.task;
        if (task != null && reason == EndReason.TASK_TIMEOUT) {
            tasks.failForItsLimit(worker, task, false, now, out);
        }
        kill(worker, reason, now, out);
    }

    private void retire(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        roster.become(worker, WorkerState.RETIRING, now, now + PoolState.RETIRE_PATIENCE_NANOS, reason.name());
        worker.maxAgeNanos = Worker.NEVER;
        worker.collectNanos = Worker.NEVER;
        terms.deadline(worker.deadlineNanos);
        worker.endReason = reason;
        out.add(new Action.Retire<>(worker, reason, reason == worker.due() ? worker.dueDetail : ""));
    }

    void kill(Worker<H> worker, EndReason reason, long now, List<Action<H>> out) {
        if (worker.state() == WorkerState.KILLING) {
            return;
        }
        ahead.takeBack(worker, now);
        boolean member = worker.isMember();
        roster.become(worker, WorkerState.KILLING, now, now + PoolState.KILL_PATIENCE_NANOS, reason.name());
        worker.maxAgeNanos = Worker.NEVER;
        worker.slowNanos = Worker.NEVER;
        worker.collectNanos = Worker.NEVER;
        terms.deadline(worker.deadlineNanos);
        worker.endReason = reason;
        out.add(new Action.Kill<>(worker));
        // From the reserve at once; a new one is started for it only when it is gone, or when a task waits.
        if (member && isReplaced(reason) && terms.isRunning() && passOnPlace(now)) {
            worker.placeSeenTo = true;
        }
    }

    /** In a pool that ends, with nothing waiting: those without a task leave, and those that start are not needed. */
    void dismissUnneeded(long now, List<Action<H>> out) {
        for (Worker<H> worker : roster.copy()) {
            if (worker.state() == WorkerState.IDLE || worker.state() == WorkerState.SPARE) {
                retire(worker, EndReason.SHUTDOWN, now, out);
            } else if (worker.state() == WorkerState.STARTING) {
                kill(worker, EndReason.SHUTDOWN, now, out);
            }
        }
    }

    /** Why one that leaves does. */
    private static EndReason reasonOf(Worker<?> worker) {
        EndReason told = worker.endReason == null ? worker.due() : worker.endReason;
        return told == null ? EndReason.SHUTDOWN : told;
    }
}
