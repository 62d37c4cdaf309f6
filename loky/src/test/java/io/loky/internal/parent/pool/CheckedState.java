/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.pool.Coverage.Case;
import io.loky.internal.parent.pool.Happening.Cause;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.pool.Story.Place;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A pool's state of which every answer and every action is checked against the guarantees, at each event. What it must do is
 * known from the events alone: see {@link Expected}, {@link ActionChecks} and {@link StandingChecks}.
 */
final class CheckedState {
    // Not the constants of the state: a test that reads them would agree with any value.
    static final int LOST_STARTS = 2;

    /** Those after which it fails even if all of its workers were there from the beginning. */
    static final int LOST_STARTS_AT_ONCE = 10;

    static final int SILENT_LOOKS = 6;

    private final PoolState<FakeProcess> state;
    private final Setup setup;
    private final Journal journal;
    private final Coverage coverage;
    private final Expected expected;
    private final Happening event = new Happening();
    private final ActionChecks actions;
    private final StandingChecks standing;
    private List<Action<FakeProcess>> out = new ArrayList<>(4);

    CheckedState(Setup setup, HandleFactory<FakeProcess> processes, Journal journal, Coverage coverage) {
        this.setup = setup;
        this.journal = journal;
        this.coverage = coverage;
        this.state = new PoolState<>(setup.limits(), processes, SendingAhead.Claimed.nothing());
        this.expected = new Expected(setup);
        this.actions = new ActionChecks(state, setup, expected, event, coverage);
        this.standing = new StandingChecks(state, setup, expected, event, coverage);
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    void open(long at) {
        begin(Cause.OPEN, null, null, at, "open");
        expected.reasonsForPlaces += setup.minWorkers;
        state.open(event.now, out);
        check();
    }

    /** The pool takes the task, refuses it, or lets its submitter wait. */
    void submit(Story story, long at) {
        begin(Cause.SUBMIT, null, story, at, "submit");
        boolean running = state.phase() == PoolSnapshot.State.RUNNING;
        boolean cancelled = story.place == Place.OVER;
        boolean free = expected.idle > 0 || expected.freeSpare;
        boolean refused = running && !cancelled && expected.crashes.isRefused(story, event.now);
        boolean full = !free && !refused && expected.queued - standing.vacancies() >= setup.capacity;
        Submission right = !running ? Submission.CLOSED : cancelled || !full ? Submission.TAKEN : Submission.FULL;
        Submission answer = state.submit(story, event.now, out);
        if (answer != right) {
            throw new Violation("submit in phase " + state.phase() + " says " + answer + ", not " + right);
        }
        if (answer == Submission.CLOSED) {
            coverage.met(Case.REJECTED);
        }
        if (answer != Submission.TAKEN && !cancelled && story.state() != TaskState.NEW) {
            throw new Violation("a task that was not taken is " + story.state());
        }
        if (answer == Submission.FULL && setup.waitForRoom) {
            story.admission = new Admission(story);
            state.waitForRoom(story.admission);
            expected.outside.addLast(story);
            coverage.met(Case.WAITED_FOR_ROOM);
        } else if (answer == Submission.FULL) {
            coverage.met(Case.FULL_AND_REFUSED);
        } else if (answer == Submission.TAKEN && !cancelled) {
            expected.accept(story, event.now);
            if (!free && !refused) {
                expected.enqueueLast(story);
            }
        }
        check();
        if (story.accepted && story.place == Place.OUTSIDE) {
            throw new Violation(story + " is not sent to the worker that is free");
        }
        if (refused && story.failed != 1) {
            throw new Violation(story + " is not refused");
        }
    }

    /** The user ends the quarantine of a name. */
    void release(String name, long at) {
        begin(Cause.RELEASE, null, null, at, "release");
        boolean detained = expected.crashes.detained.remove(name);
        if (state.release(name) != detained) {
            throw new Violation(name + " is in quarantine: " + detained + ", and the state says otherwise");
        }
        if (detained) {
            coverage.met(Case.RELEASED);
        }
        check();
    }

    /** One that was executed with a larger heap has its answer. */
    void ranOutside(Story story, long at) {
        begin(Cause.RAN_OUTSIDE, null, story, at, "has run elsewhere:");
        boolean wanted = story.place == Place.LARGER;
        if (state.ranOutside(story, event.now, out) != wanted) {
            throw new Violation("the answer of " + story + (wanted ? " is not delivered" : " is delivered"));
        }
        if (wanted) {
            story.delivered++;
            expected.over(story);
            coverage.met(Case.DELIVERED_LARGER);
        }
        check();
    }

    /** And nothing is left of that. */
    void outsideCleared(Story story, long at) {
        begin(Cause.CLEARED, null, story, at, "cleared:");
        expected.uncleared--;
        state.outsideCleared(story, event.now, out);
        check();
    }

    /** The thread that waits to submit this task is interrupted, if one does. */
    void withdraw(Story story, long at) {
        if (story.admission == null) {
            return;
        }
        begin(Cause.WITHDRAW, null, story, at, "withdraw");
        boolean waits = expected.outside.remove(story);
        if (state.withdraw(story.admission) != waits) {
            throw new Violation(story + " waits for room: " + waits + ", and the state says otherwise");
        }
        if (waits) {
            story.goesOn = true;
            coverage.met(Case.GAVE_UP_WAITING_FOR_ROOM);
        }
        check();
    }

    /** A worker says that it should be replaced. */
    void unfit(FakeProcess process, EndReason reason, long at) {
        begin(Cause.UNFIT, process, null, at, "unfit");
        event.reason = reason;
        boolean idle = process.seen == WorkerState.IDLE;
        if (idle) {
            coverage.met(Case.TOLD_UNFIT_WHILE_IDLE);
        }
        state.recycle(workerOf(process), reason, "detail", event.now, out);
        check();
        boolean ready = event.seenBefore == WorkerState.IDLE
                || event.seenBefore.isBusy()
                || event.seenBefore == WorkerState.SPARE;
        if (ready && workerOf(process).due() == null) {
            throw new Violation(process + " is unfit: " + reason + ", and goes on for ever");
        }
    }

    boolean cancel(Story story, boolean kill, long at) {
        begin(Cause.CANCEL, null, kill ? story : null, at, kill ? "cancel and kill" : "cancel");
        journalTask(story);
        Place before = story.place;
        FakeProcess with = before == Place.SENT ? processWith(story) : null;
        if (with != null && with.interruptedFor != null) {
            coverage.met(Case.CANCELLED_IN_ITS_GRACE);
        }
        boolean cancelled = state.cancel(story, kill, event.now, out);
        if (cancelled != (before != Place.OVER)) {
            throw new Violation("cancel of " + story + ", which was " + before + ", says " + cancelled);
        }
        if (cancelled) {
            story.cancelled++;
            expected.over(story);
            switch (before) {
                case OUTSIDE ->
                    coverage.met(
                            expected.outside.contains(story)
                                    ? Case.CANCELLED_WAITING_FOR_ROOM
                                    : Case.CANCELLED_BEFORE_SUBMIT);
                case QUEUED -> coverage.met(Case.CANCELLED_QUEUED);
                case PAUSING -> coverage.met(Case.CANCELLED_PAUSING);
                case LARGER -> coverage.met(Case.CANCELLED_LARGER);
                default -> coverage.met(Case.CANCELLED_RUNNING);
            }
        }
        check();
        if (with != null && kill && with.interruptedFor == null && with.told == null) {
            throw new Violation(story + " is cancelled, and " + with + " may go on with it");
        }
        return cancelled;
    }

    private @Nullable FakeProcess processWith(Story story) {
        for (Worker<FakeProcess> worker : state.workers()) {
            if (worker.handle().assigned == story) {
                return worker.handle();
            }
        }
        return null;
    }

    void ready(FakeProcess process, long at) {
        begin(Cause.READY, process, null, at, "ready");
        if (process.seen == WorkerState.KILLING) {
            coverage.met(Case.LATE_GREETING);
        } else if (process.seen == WorkerState.GONE) {
            coverage.met(Case.GREETING_OF_ONE_GIVEN_UP);
        }
        if (process.seen == WorkerState.STARTING) {
            process.readyAt = event.now;
        }
        state.workerReady(workerOf(process), event.now, out);
        check();
    }

    void answered(FakeProcess process, Story story, long at) {
        begin(Cause.ANSWERED, process, story, at, "answered");
        boolean wanted = false;
        boolean late = false;
        boolean larger = false;
        if (process.seen == WorkerState.GONE) {
            coverage.met(Case.LATE_ANSWER_OF_ONE_GIVEN_UP);
        } else {
            if (process.assigned != story) {
                throw new Violation(process + " has answered " + story + " but was given " + process.assigned);
            }
            process.assigned = null;
            process.answers++;
            late = story.place == Place.SENT && process.interruptedFor == EndReason.TASK_TIMEOUT;
            wanted = story.place == Place.SENT && !late;
            if (process.seen == WorkerState.INTERRUPTED) {
                coverage.met(Case.ANSWERED_IN_ITS_GRACE);
            }
            expected.noteSuccess(process);
            expected.crashes.noteSurvival(story.rerun().name());
            boolean lackedMemory = process.leavesFor == EndReason.OUT_OF_MEMORY;
            larger = wanted && setup.enlarges && !story.isEnlarged() && lackedMemory;
            if (larger && expected.crashes.isRefused(story, event.now)) {
                coverage.met(Case.NOT_ENLARGED_SINCE_REFUSED);
                larger = false;
            }
            if (wanted && process.due <= event.now) {
                coverage.met(Case.ANSWER_AFTER_ITS_LIMIT_AND_BEFORE_THE_TICK);
            }
        }
        if (larger) {
            event.again = true;
            story.place = Place.LARGER;
            expected.uncleared++;
            wanted = false;
            coverage.met(Case.ENLARGED);
        }
        boolean deliver = state.answered(workerOf(process), story.id(), event.now, out);
        if (deliver != wanted) {
            throw new Violation("the answer of " + story + (wanted ? " is not delivered" : " is delivered"));
        }
        if (deliver) {
            story.delivered++;
            expected.over(story);
            coverage.met(Case.DELIVERED);
            if (state.phase() == PoolSnapshot.State.SHUTDOWN) {
                coverage.met(Case.SHUTDOWN_FINISHES_WORK);
            }
        } else if (!larger) {
            coverage.met(Case.ANSWER_DROPPED);
        }
        check();
        process.interruptedFor = null;
        if (late && story.place != Place.OVER) {
            throw new Violation(story + " has reached its limit and was answered, and goes on");
        }
        if (process.seen == WorkerState.INTERRUPTED) {
            throw new Violation(process + " has answered, and its grace goes on");
        }
        checkAgain(story);
    }

    private void checkAgain(@Nullable Story story) {
        if (event.agains != (event.again ? 1 : 0)) {
            throw new Violation(
                    story + " is to be executed again: " + event.again + ", was said " + event.agains + " times");
        }
    }

    /** An answer that nobody has asked for. Whether the state says that the worker must go for it. */
    boolean answeredUnasked(FakeProcess process, long at) {
        begin(Cause.ANSWERED, process, null, at, "answered, unasked,");
        boolean refused = false;
        try {
            if (state.answered(workerOf(process), Long.MAX_VALUE, event.now, out)) {
                throw new Violation("an answer of " + process + " to no task at all is delivered");
            }
        } catch (IllegalArgumentException e) {
            refused = true;
            coverage.met(Case.ANSWERED_UNASKED);
        }
        check();
        if (refused != (process.seen != WorkerState.GONE)) {
            throw new Violation(
                    "an unasked answer of " + process + ", which is " + process.seen + ", refused: " + refused);
        }
        return refused;
    }

    /** Whether it fails if this one, like those before, dies before it has begun it. */
    private static boolean isSuspect(Story task, FakeProcess process) {
        return task.lostStarts >= LOST_STARTS_AT_ONCE
                || (task.lostStarts >= LOST_STARTS && process.readyAt > task.lostAt);
    }

    void gone(FakeProcess process, boolean givenUp, long at) {
        Story task = process.assigned;
        boolean begun = task != null && process.lastBegun == task;
        begin(Cause.GONE, process, task, at, begun ? "gone, begun" : "gone");
        process.assigned = null;
        boolean sent = task != null && task.place == Place.SENT;
        EndReason reason = Expected.reasonOfEnd(process);
        expected.ends[reason.ordinal()]++;
        expected.gone++;
        expected.uncleared++;
        if (process.told == EndReason.START_FAILED) {
            coverage.met(Case.START_TIMED_OUT);
        }
        expected.noteFailedStart(process, reason, task, event.now);
        boolean timedOut = process.interruptedFor == EndReason.TASK_TIMEOUT;
        if (process.seen == WorkerState.INTERRUPTED) {
            coverage.met(Case.DIED_IN_ITS_GRACE);
        }
        expected.crashes.noteDeath(reason, event.now);
        boolean crashed = sent && begun && !timedOut && ExpectedCrashes.isCrash(reason);
        boolean detained = crashed && expected.crashes.noteCrash(task.rerun().name());
        boolean again = crashed && !detained && task.crashes < setup.retries && !expected.crashes.isOpen(event.now);
        boolean refused = sent && !begun && !timedOut && expected.crashes.isRefused(task, event.now);
        boolean mustFail = sent && !again && (begun || timedOut || refused || isSuspect(task, process));
        if (sent) {
            if (!timedOut) {
                coverage.met(
                        again
                                ? Case.EXECUTED_AGAIN
                                : !mustFail
                                        ? Case.TASK_RETURNED_TO_THE_QUEUE
                                        : begun
                                                ? Case.TASK_LOST_WITH_ITS_WORKER
                                                : refused
                                                        ? Case.RETURNING_TASK_REFUSED
                                                        : Case.TASK_GIVEN_UP_AFTER_LOST_STARTS);
            }
            if (reason == EndReason.UNRESPONSIVE) {
                coverage.met(begun ? Case.SILENT_TASK_BEGUN : Case.SILENT_TASK_NOT_BEGUN);
            }
            if (again) {
                goesAgain(task);
            } else if (!mustFail) {
                if (task.lostStarts >= LOST_STARTS) {
                    coverage.met(Case.TASK_MET_WORKERS_DEAD_AT_ONCE);
                }
                task.lostStarts++;
                task.lostAt = event.now;
                expected.enqueueFirst(task);
            } else if (crashed && setup.retries > 0 && task.crashes == setup.retries) {
                coverage.met(Case.EXECUTED_AS_OFTEN_AS_IT_MAY);
            }
        }
        noteGivenUp(process, givenUp);
        int before = expected.members;
        Worker<FakeProcess> worker = workerOf(process);
        boolean replaced = Expected.isReplaced(reason) && worker.hasPlace() && !worker.placeSeenTo;
        if (replaced || process.seen == WorkerState.STARTING) {
            expected.reasonsForPlaces++;
        }
        state.workerGone(worker, end(process), begun, event.now, out);
        process.seen = WorkerState.GONE;
        process.due = Worker.NEVER;
        process.lookBy = Worker.NEVER;
        check();
        if (mustFail && task.place != Place.OVER) {
            throw new Violation(task + " was lost with " + process + " and goes on");
        }
        checkAgain(task);
        if (replaced && standing.mayStart() && state.phase() == PoolSnapshot.State.RUNNING) {
            if (expected.members < Math.min(expected.maxWorkers, event.memberBefore ? before : before + 1)) {
                throw new Violation(process + " ended so: " + reason + ", and is not replaced");
            }
            coverage.met(Case.REPLACED_AT_ONCE);
        }
    }

    private void goesAgain(Story task) {
        event.again = true;
        task.crashes++;
        task.begun = false;
        task.queueBy = Worker.NEVER; // it has waited for a worker
        long pause = ExpectedCrashes.pause(task.crashes);
        if (pause == 0) {
            expected.enqueueFirst(task);
        } else {
            task.place = Place.PAUSING;
            task.pausesUntil = event.now + pause;
            expected.crashes.pausing.add(task);
            coverage.met(Case.EXECUTED_AGAIN_AFTER_A_PAUSE);
        }
    }

    void cleared(FakeProcess process, long at) {
        begin(Cause.CLEARED, process, null, at, "cleared");
        process.cleared = true;
        expected.uncleared--;
        int before = expected.terminations;
        state.workerCleared(event.now, out);
        check();
        if (expected.terminations > before) {
            coverage.met(Case.TERMINATED_WHEN_THE_LAST_WAS_CLEARED);
        }
    }

    void heard(FakeProcess process, long beats, long at) {
        begin(Cause.HEARD, process, null, at, "heard");
        if (journal.isKept()) {
            journal.line("    beats: " + beats);
        }
        boolean killNow = false;
        boolean idleBefore = process.seen == WorkerState.IDLE;
        if (process.seen == WorkerState.GONE) {
            coverage.met(Case.HEARD_OF_ONE_THAT_IS_GONE);
        }
        if (beats >= 0 && process.isReady()) {
            if (beats != process.toldBeats) {
                if (process.silentLooks == SILENT_LOOKS - 1) {
                    coverage.met(Case.BEATS_AGAIN_JUST_IN_TIME);
                }
                process.toldBeats = beats;
                process.silentLooks = 0;
            } else {
                process.silentLooks++;
                killNow = process.silentLooks >= SILENT_LOOKS;
            }
        }
        boolean killedBefore = process.killAsked;
        state.heard(workerOf(process), beats, event.now, out);
        check();
        if (process.killAsked != (killedBefore || killNow)) {
            throw new Violation(process + " was silent for " + process.silentLooks + " looks, killed: " + !killNow);
        }
        if (killNow && idleBefore) {
            coverage.met(Case.SILENT_IDLE);
        }
    }

    void tookTooMuch(FakeProcess process, long at) {
        boolean busy = process.seen.isBusy();
        begin(Cause.TOOK_TOO_MUCH, process, null, at, "took too much");
        boolean killed = state.tookTooMuch(workerOf(process), process.assigned, event.now, out);
        check();
        if (killed != busy || (killed && !process.killAsked)) {
            throw new Violation(process + " takes too much memory, killed: " + killed);
        }
        if (killed) {
            coverage.met(Case.KILLED_FOR_ITS_MEMORY);
        }
    }

    void tick(long at) {
        begin(Cause.TICK, null, null, at, "tick");
        if (expected.outOfUse <= at) {
            expected.inUse = false;
            expected.outOfUse = Worker.NEVER;
        }
        expected.crashes.tick(event.now);
        int paused = expected.crashes.pausing.size();
        expected.endPauses(event.now);
        if (expected.crashes.pausing.size() < paused) {
            coverage.met(Case.PAUSE_ENDS);
        }
        state.tick(event.now, out);
        check();
        if (state.nextDeadlineNanos() <= event.now) {
            throw new Violation("the next deadline is not after the tick: the alarm would ring without end");
        }
    }

    void prestart(long at) {
        begin(Cause.PRESTART, null, null, at, "prestart");
        expected.reasonsForPlaces += expected.maxWorkers;
        if (state.phase() == PoolSnapshot.State.RUNNING) {
            expected.inUse = true;
            expected.outOfUse = Worker.NEVER;
            for (Worker<FakeProcess> worker : state.workers()) {
                FakeProcess process = worker.handle();
                process.due =
                        process.seen == WorkerState.IDLE ? Expected.later(event.now, setup.idleTimeout) : process.due;
            }
        }
        state.prestart(event.now, out);
        check();
        if (standing.mayStart()
                && state.phase() == PoolSnapshot.State.RUNNING
                && expected.members < expected.maxWorkers) {
            throw new Violation(
                    "prestart leaves the pool with " + expected.members + " of " + expected.maxWorkers + " workers");
        }
    }

    void resize(int newMaxWorkers, long at) {
        begin(Cause.RESIZE, null, null, at, "resize");
        if (journal.isKept()) {
            journal.line("    from " + expected.maxWorkers + " to " + newMaxWorkers + " workers");
        }
        if (newMaxWorkers == expected.maxWorkers) {
            coverage.met(Case.RESIZED_TO_THE_SAME);
        }
        if (state.phase() == PoolSnapshot.State.SHUTDOWN) {
            coverage.met(Case.RESIZED_IN_SHUTDOWN);
        } else if (state.phase() == PoolSnapshot.State.TERMINATED) {
            coverage.met(Case.RESIZED_AFTER_THE_END);
        }
        int before = expected.members;
        int busyBefore = expected.busy;
        expected.maxWorkers = newMaxWorkers;
        expected.mostWorkers = Math.max(expected.mostWorkers, newMaxWorkers);
        expected.reasonsForPlaces += setup.minWorkers;
        for (Worker<FakeProcess> worker : state.workers()) {
            FakeProcess process = worker.handle();
            if (process.seen == WorkerState.IDLE
                    && process.due == Worker.NEVER) { // kept, for which there may be no reason now
                process.due = Expected.later(event.now, setup.idleTimeout);
            }
        }
        state.adapt(Limits.maxWorkers(state.limits(), newMaxWorkers), event.now, out);
        check();
        if (state.limits().maxWorkers() != newMaxWorkers) {
            throw new Violation(
                    "resized to " + newMaxWorkers + ", is " + state.limits().maxWorkers());
        }
        if (before > newMaxWorkers) {
            if (expected.members != Math.max(newMaxWorkers, busyBefore)) {
                throw new Violation("made smaller to " + newMaxWorkers + " with " + busyBefore + " of " + before
                        + " workers busy: " + expected.members + " go on");
            }
        } else if (expected.members < before) {
            throw new Violation("a resize to " + newMaxWorkers + " ends some of " + before + " workers");
        }
        if (event.starts > 0) {
            coverage.met(Case.RESIZED_STARTS_MORE);
        }
    }

    void shutdown(long at) {
        begin(Cause.SHUTDOWN, null, null, at, "shutdown");
        state.shutdown(event.now, out);
        if (state.phase() == PoolSnapshot.State.RUNNING) {
            throw new Violation("shut down and still running");
        }
        check();
    }

    void stop(long at) {
        begin(Cause.STOP, null, null, at, "stop");
        if (expected.open > 0) {
            coverage.met(Case.STOPPED_WITH_WORK);
        }
        if (state.phase() != PoolSnapshot.State.STOP && state.phase() != PoolSnapshot.State.TERMINATED) {
            expected.endPauses(Worker.NEVER);
        }
        List<Story> waiting = new ArrayList<>();
        for (Story story : expected.queue) {
            if (story.place == Place.QUEUED && story.crashes == 0) {
                waiting.add(story);
            }
        }
        List<Task> neverSent = state.stop(event.now, out);
        if (!neverSent.equals(waiting)) {
            throw new Violation("stop gave back " + neverSent + ", but these waited for the first time: " + waiting);
        }
        check();
        checkStopped();
    }

    void breakDown(long at) {
        begin(Cause.BREAK_DOWN, null, null, at, "break down");
        if (expected.open > 0) {
            coverage.met(Case.BROKEN_WITH_WORK);
        }
        state.breakDown(new IllegalStateException("a defect"), event.now, out);
        check();
        checkStopped();
    }

    private void checkStopped() {
        if (expected.open > 0) {
            throw new Violation(expected.open + " tasks go on after a stop");
        }
        for (Worker<FakeProcess> worker : state.workers()) {
            if (worker.state() != WorkerState.KILLING || !worker.handle().killAsked) {
                throw new Violation("a stop leaves this one alone: " + worker);
            }
        }
    }

    /** The actions of the last event; the caller's. */
    List<Action<FakeProcess>> takeActions() {
        if (out.isEmpty()) {
            return List.of();
        }
        List<Action<FakeProcess>> actions = out;
        out = new ArrayList<>(4);
        return actions;
    }

    // ---- questions --------------------------------------------------------------------------------------------------

    boolean isRunning() {
        return state.phase() == PoolSnapshot.State.RUNNING;
    }

    boolean isTerminated() {
        return expected.terminations > 0;
    }

    boolean hasOpenTasks() {
        return expected.open > 0 || !expected.outside.isEmpty();
    }

    long nextDeadline() {
        return state.nextDeadlineNanos();
    }

    /** What must be so when all is over. */
    void checkEnd(List<Story> stories) {
        if (state.phase() != PoolSnapshot.State.TERMINATED || expected.terminations != 1) {
            throw new Violation("phase " + state.phase() + " after " + expected.terminations + " Terminated actions");
        }
        if (expected.gone != expected.starts || expected.uncleared != 0) {
            throw new Violation(expected.gone + " of " + expected.starts + " workers have ended, " + expected.uncleared
                    + " are not cleared");
        }
        for (Story story : stories) {
            checkEnd(story);
        }
        Map<EndReason, Long> ended = state.ended();
        for (EndReason reason : EndReason.values()) {
            long counted = ended.getOrDefault(reason, 0L);
            if (counted != expected.ends[reason.ordinal()]) {
                throw new Violation(
                        counted + " workers counted as " + reason + ", but it were " + expected.ends[reason.ordinal()]);
            }
        }
    }

    private static void checkEnd(Story story) {
        int outcomes = story.delivered + story.failed + story.cancelled;
        if (outcomes != (story.accepted || story.cancelled > 0 ? 1 : 0)) {
            throw new Violation(story + " has " + outcomes + " outcomes");
        }
        TaskState expected = story.delivered == 1
                ? TaskState.DONE
                : story.failed == 1 ? TaskState.LOST : story.cancelled == 1 ? TaskState.CANCELLED : TaskState.NEW;
        if (story.state() != expected) {
            throw new Violation(story + " is " + story.state() + ", not " + expected);
        }
        if (story.admission != null && !story.goesOn) {
            throw new Violation("the thread that submits " + story + " waits for ever");
        }
        if (story.attempts() != story.sends - story.lostStarts) {
            throw new Violation(story + " counts " + story.attempts() + " attempts, but was sent " + story.sends
                    + " times, of which " + story.lostStarts + " were lost");
        }
    }

    // ---- what an event means, and what came of it -------------------------------------------------------------------

    private void begin(Cause cause, @Nullable FakeProcess process, @Nullable Story story, long at, String words) {
        event.begin(cause, process, story, at);
        if (journal.isKept()) {
            journal.line("@" + (at - setup.clock) / Setup.MILLI + " ms  " + words
                    + (process == null ? "" : " " + process) + (story == null ? "" : " " + story));
        }
    }

    private void journalTask(Story story) {
        if (journal.isKept()) {
            journal.line("    " + story);
        }
    }

    private void noteGivenUp(FakeProcess process, boolean givenUp) {
        if (givenUp) {
            coverage.met(
                    process.life == FakeProcess.Life.DEAD ? Case.GIVEN_UP_DEAD_WITH_OPEN_PIPE : Case.GIVEN_UP_ALIVE);
        }
    }

    /** The process's number in place of its pid says whose end it is. */
    private static WorkerEnd end(FakeProcess process) {
        return new WorkerEnd(
                process.number,
                process.greeted,
                OptionalInt.empty(),
                Duration.ZERO,
                0,
                BeginMark.Reading.NONE,
                List.of(),
                null);
    }

    private static Worker<FakeProcess> workerOf(FakeProcess process) {
        Worker<FakeProcess> worker = process.worker;
        if (worker == null) {
            throw new Violation(process + " was never started");
        }
        return worker;
    }

    private void check() {
        for (int i = 0; i < out.size(); i++) {
            Action<FakeProcess> action = out.get(i);
            if (journal.isKept()) {
                journal.line("    -> " + ActionChecks.words(action));
            }
            if (expected.terminations > 0) {
                throw new Violation("after the end: " + ActionChecks.words(action));
            }
            actions.check(action, i == out.size() - 1);
        }
        standing.checkWorkers();
        standing.checkCounts();
    }
}
