/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.pool.Coverage.Case;
import io.loky.internal.parent.pool.Happening.Cause;
import io.loky.internal.parent.pool.Story.Place;
import org.jspecify.annotations.Nullable;

/** Whether each action that comes out is right: there is a reason for it, now, and it does not come too late. */
final class ActionChecks {
    // Not the constants of the state: a test that reads them would agree with any value.
    private static final int START_FAILURES_IN_A_ROW = 3;
    private static final long SHORTEST_PAUSE = 100 * Setup.MILLI;

    private final PoolState<FakeProcess> state;
    private final Setup setup;
    private final Expected expected;
    private final Happening event;
    private final Coverage coverage;

    ActionChecks(PoolState<FakeProcess> state, Setup setup, Expected expected, Happening event, Coverage coverage) {
        this.state = state;
        this.setup = setup;
        this.expected = expected;
        this.event = event;
        this.coverage = coverage;
    }

    /**
     * @param last whether nothing comes after it
     */
    void check(Action<FakeProcess> action, boolean last) {
        if (action instanceof Action.Start<FakeProcess> start) {
            checkStart(start.worker());
        } else if (action instanceof Action.Send<FakeProcess> send) {
            checkSend(send.worker().handle(), (Story) send.task());
        } else if (action instanceof Action.Retire<FakeProcess> retire) {
            checkRetire(retire.worker().handle(), retire.worker().endReason);
        } else if (action instanceof Action.Interrupt<FakeProcess> interrupt) {
            checkInterrupt(interrupt.worker().handle(), (Story) interrupt.task(), interrupt.sampled());
        } else if (action instanceof Action.TellSlow<FakeProcess> slow) {
            checkTellSlow(slow.worker().handle(), (Story) slow.task(), slow.ranNanos());
        } else if (action instanceof Action.Kill<FakeProcess> kill) {
            checkKill(kill.worker().handle(), kill.worker().endReason);
        } else if (action instanceof Action.Abandon<FakeProcess> abandon) {
            checkAbandon(abandon.worker().handle());
        } else if (action instanceof Action.Listen<FakeProcess> listen) {
            checkListen(listen.worker().handle());
        } else if (action instanceof Action.Collect<FakeProcess> collect) {
            checkCollect(collect.worker().handle());
        } else if (action instanceof Action.Fail<FakeProcess> fail) {
            checkFail((Story) fail.task(), fail.failure());
        } else if (action instanceof Action.Again<FakeProcess> again) {
            noteAgain((Story) again.task(), Cause.GONE);
        } else if (action instanceof Action.Enlarge<FakeProcess> enlarge) {
            noteAgain((Story) enlarge.task(), Cause.ANSWERED);
        } else if (action instanceof Action.LosePart<FakeProcess> lose) {
            throw new Violation(lose.task() + " has no parts");
        } else if (action instanceof Action.Admit<FakeProcess> admit) {
            checkAdmit((Story) admit.admission().task(), admit.admission().isTaken());
        } else {
            expected.terminations++;
            coverage.met(Case.TERMINATED);
            if (!last
                    || !state.workers().isEmpty()
                    || expected.uncleared > 0
                    || expected.open > 0
                    || expected.gone != expected.starts) {
                throw new Violation("terminated, but not the last: " + state.workers() + ", " + expected.uncleared
                        + " uncleared, " + expected.open + " open tasks, " + (expected.starts - expected.gone)
                        + " workers that have not ended");
            }
        }
    }

    private void noteAgain(Story story, Cause cause) {
        if (event.cause != cause || event.story != story || !event.again) {
            throw new Violation(story + " is executed again, since " + event.cause);
        }
        event.agains++;
    }

    private void checkStart(Worker<FakeProcess> worker) {
        FakeProcess process = worker.handle();
        process.worker = worker;
        process.startedAt = event.now;
        process.due = Expected.later(event.now, setup.startTimeout);
        expected.starts++;
        event.starts++;
        if (state.phase() != PoolSnapshot.State.RUNNING && state.phase() != PoolSnapshot.State.SHUTDOWN) {
            throw new Violation("started in phase " + state.phase());
        }
        if (expected.crashes.isOpen(event.now)) {
            throw new Violation(process + " is started though too many workers have died");
        } else if (expected.crashes.wasOpen()) {
            coverage.met(Case.STARTED_AFTER_TOO_MANY_CRASHES);
        }
        process.hasPlace = worker.hasPlace();
        expected.places += process.hasPlace ? 1 : 0;
        event.startsInReserve += process.hasPlace ? 0 : 1;
        if (expected.troubled) {
            int over = event.startsEnded + (event.seenBefore == WorkerState.STARTING ? 1 : 0);
            if (expected.starting - over + event.starts > 1) {
                throw new Violation(process + " is started while another one is, though starts fail");
            }
            if (event.now - expected.lastFailureAt < SHORTEST_PAUSE) {
                throw new Violation(process + " is started without a pause after a start that failed");
            }
            coverage.met(Case.STARTED_AFTER_A_PAUSE);
        }
    }

    private void checkSend(FakeProcess process, Story story) {
        if (process.assigned != null || process.told != null) {
            throw new Violation(process + " gets a task, but has " + process.assigned + " or leaves: " + process.told);
        }
        if (process.isUnfit()) {
            throw new Violation(process + " gets a task, but is to leave: " + process.leavesFor);
        }
        if (++process.given > setup.maxTasks) {
            throw new Violation(process + " gets task number " + process.given + " of at most " + setup.maxTasks);
        }
        if (story.begun) {
            throw new Violation(story + " was begun and is sent again");
        }
        if (story.place == Place.QUEUED) {
            Story next = expected.takeFirst();
            if (next != story) {
                throw new Violation(story + " is sent, but it was the turn of " + next);
            }
            if (!expected.queue.isEmpty() && expected.queue.get(0).id() < story.id()) {
                coverage.met(Case.URGENT_OVERTAKES);
            }
        } else if (story.place == Place.OUTSIDE && story == expected.outside.peekFirst()) {
            expected.letIn(story, event.now);
        } else if (story.place != Place.OUTSIDE || event.cause != Cause.SUBMIT || event.story != story) {
            throw new Violation(story + " is sent, but is " + story.place);
        }
        story.place = Place.SENT;
        story.sends++;
        process.assigned = story;
        process.sentAt = event.now;
        process.sentNow = true;
        process.slowBy = Expected.later(event.now, setup.slowTaskThreshold);
        process.interruptedFor = null;
    }

    private void checkInterrupt(FakeProcess process, Story story, boolean sampled) {
        boolean cancel = event.cause == Cause.CANCEL;
        boolean right = setup.cancelGrace > 0
                && process.seen == WorkerState.BUSY
                && process.assigned == story
                && process.interruptedFor == null
                && (cancel
                        ? event.story == story && !sampled
                        : event.cause == Cause.TICK
                                && hasReachedItsLimit(process)
                                && sampled == (story.place == Place.SENT));
        if (!right) {
            throw new Violation(process + ", which was " + process.seen + " with " + process.assigned
                    + ", is to interrupt " + story + ", since " + event.cause);
        }
        process.interruptedFor = cancel ? EndReason.CANCELLED : EndReason.TASK_TIMEOUT;
        if (cancel) {
            coverage.met(Case.INTERRUPTED_BY_CANCEL);
        }
    }

    private void checkTellSlow(FakeProcess process, Story story, long ran) {
        if (event.cause != Cause.TICK
                || process.seen != WorkerState.BUSY
                || process.assigned != story
                || process.slowBy > event.now
                || ran != event.now - process.sentAt) {
            throw new Violation(
                    story + " with " + process + " is told to be slow after " + ran + " ns, since " + event.cause);
        }
        long next = process.slowBy - process.sentAt;
        while (next <= ran) {
            next = Expected.later(next, next);
        }
        process.slowBy = Expected.later(process.sentAt, next);
        coverage.met(Case.TOLD_SLOW);
    }

    private void checkRetire(FakeProcess process, @Nullable EndReason reason) {
        if (process.assigned != null || process.told != null) {
            throw new Violation(process + " is told to leave with " + process.assigned + ", or twice");
        }
        boolean itsOwnEvent = process == event.process;
        boolean spare = process.seen == WorkerState.SPARE
                || (process.seen == WorkerState.STARTING && !process.hasPlace && itsOwnEvent);
        boolean right = switch (reason == null ? EndReason.CRASHED : reason) {
            case IDLE_TIMEOUT ->
                spare
                        ? state.phase() == PoolSnapshot.State.RUNNING
                        : event.cause == Cause.TICK && process.seen == WorkerState.IDLE && process.due <= event.now;
            case RESIZED -> spare ? event.cause == Cause.RESIZE : expected.members > expected.maxWorkers;
            case MAX_TASKS -> itsOwnEvent && event.cause == Cause.ANSWERED && process.given == setup.maxTasks;
            case MEMORY_GROWTH, MEMORY_LIMIT, OUT_OF_MEMORY, UNHEALTHY, DIRTY ->
                itsOwnEvent
                        && ((event.cause == Cause.ANSWERED && process.leavesFor == reason)
                                || (event.cause == Cause.UNFIT && event.reason == reason));
            case MAX_AGE -> process.serves && event.now - process.servesSince >= setup.maxAge - setup.maxAge / 10;
            case SHUTDOWN -> state.phase() != PoolSnapshot.State.RUNNING && expected.queued == 0;
            default -> false;
        };
        if (!right) {
            throw new Violation(process + " is told to leave: " + reason + ", since " + event.cause);
        }
        if (reason == EndReason.IDLE_TIMEOUT) {
            event.expired += spare ? 0 : 1;
            coverage.met(spare ? Case.SPARE_LEAVES_OUT_OF_USE : Case.IDLE_TIMEOUT);
        } else if (reason == EndReason.MAX_TASKS) {
            coverage.met(Case.LEFT_AFTER_ITS_LAST_TASK);
        } else if (reason != EndReason.RESIZED && reason != EndReason.SHUTDOWN && !Expected.mayGoOn(reason)) {
            coverage.met(Case.UNFIT_FOR_MORE);
        } else if (Expected.mayGoOn(reason) && !spare) {
            event.handedOver++;
            coverage.met(Case.HANDED_OVER);
        } else if (reason == EndReason.RESIZED && spare) {
            coverage.met(Case.RESIZED_RESERVE_LEAVES);
        } else if (reason == EndReason.RESIZED) {
            coverage.met(event.cause == Cause.RESIZE ? Case.RESIZED_IDLE_LEAVES : Case.RESIZED_BUSY_LEAVES_LATER);
        }
        if (!spare) {
            noteLeaving(
                    reason != EndReason.IDLE_TIMEOUT && reason != EndReason.RESIZED && reason != EndReason.SHUTDOWN);
        }
        process.told = reason;
    }

    /** A member leaves. There is a reason for another one if it is to be replaced, and where there are to be some always. */
    private void noteLeaving(boolean replaced) {
        expected.reasonsForPlaces += replaced || setup.minWorkers > 0 ? 1 : 0;
    }

    private void checkAdmit(Story story, boolean taken) {
        if (event.cause == Cause.CANCEL && story.place == Place.OVER) {
            expected.outside.remove(story);
            return;
        }
        if (!taken) {
            if (state.phase() == PoolSnapshot.State.RUNNING || expected.outside.pollFirst() != story) {
                throw new Violation(story + " is turned away in phase " + state.phase());
            }
            coverage.met(Case.TURNED_AWAY);
        } else if (story.place == Place.OUTSIDE) {
            boolean all = event.cause == Cause.GONE && expected.failedStarts >= START_FAILURES_IN_A_ROW; // to fail
            if (expected.outside.peekFirst() != story
                    || (!all && expected.queued - expected.maxWorkers >= setup.capacity)) {
                throw new Violation(story + " is let in, but there is no room, or it was not the first");
            }
            expected.letIn(story, event.now);
            expected.enqueueLast(story);
        }
    }

    private void checkKill(FakeProcess process, @Nullable EndReason reason) {
        if (process.killAsked) {
            throw new Violation(process + " is killed twice");
        }
        boolean impatient = event.cause == Cause.TICK
                && process.seen == WorkerState.RETIRING
                && process.told == reason
                && isDue(process);
        boolean right = impatient
                || switch (reason == null ? EndReason.CRASHED : reason) {
                    case START_FAILED ->
                        event.cause == Cause.TICK && process.seen == WorkerState.STARTING && isDue(process);
                    case TASK_TIMEOUT -> endsForItsLimit(process);
                    case CANCELLED ->
                        setup.cancelGrace > 0
                                ? hasHadItsGrace(process, EndReason.CANCELLED)
                                : event.cause == Cause.CANCEL && event.story != null && process.assigned == event.story;
                    case UNRESPONSIVE ->
                        event.cause == Cause.HEARD
                                && process == event.process
                                && process.silentLooks == CheckedState.SILENT_LOOKS
                                && process.mostStillReadings >= CheckedState.SILENT_LOOKS;
                    case MEMORY_LIMIT -> event.cause == Cause.TOOK_TOO_MUCH && process == event.process;
                    case RESIZED -> event.cause == Cause.RESIZE && process.seen == WorkerState.STARTING;
                    case SHUTDOWN ->
                        event.cause == Cause.STOP
                                || event.cause == Cause.BREAK_DOWN
                                || (state.phase() == PoolSnapshot.State.SHUTDOWN
                                        && process.seen == WorkerState.STARTING
                                        && expected.queued == 0);
                    default -> false;
                };
        if (!right) {
            throw new Violation(
                    process + ", which was " + process.seen + ", is killed: " + reason + ", since " + event.cause);
        }
        if (impatient) {
            coverage.met(Case.LEAVING_WORKER_KILLED);
        } else if (reason == EndReason.RESIZED) {
            coverage.met(Case.RESIZED_STARTING_KILLED);
        } else if (reason == EndReason.CANCELLED) {
            coverage.met(Case.KILLED_BY_CANCEL);
        } else if (reason == EndReason.TASK_TIMEOUT && process.assigned.cancelled > 0) {
            coverage.met(Case.CANCELLED_TASK_TIMED_OUT);
        }
        if (process.seen == WorkerState.INTERRUPTED && reason == process.interruptedFor) {
            coverage.met(Case.KILLED_AFTER_ITS_GRACE);
        }
        if (process.seen == WorkerState.STARTING) {
            event.startsEnded++;
            expected.reasonsForPlaces++; // what it was started for may need another one later
        }
        if (process.isMember()) {
            noteLeaving(process.worker != null && process.worker.placeSeenTo);
        }
        process.killAsked = true;
        process.told = reason;
    }

    private void checkAbandon(FakeProcess process) {
        if (event.cause != Cause.TICK
                || process.seen != WorkerState.KILLING
                || !process.killAsked
                || process.abandonAsked
                || !isDue(process)) {
            throw new Violation(process + ", which was " + process.seen + ", is given up");
        }
        process.abandonAsked = true;
        process.due = Worker.NEVER;
    }

    private void checkListen(FakeProcess process) {
        if (event.cause != Cause.TICK || !process.isReady() || process.killAsked) {
            throw new Violation(process + ", which was " + process.seen + ", is looked at, since " + event.cause);
        }
        process.lookBy = Expected.later(event.now, setup.heartbeat);
    }

    private void checkCollect(FakeProcess process) {
        if (event.cause != Cause.TICK || process.seen != WorkerState.IDLE || process.collectBy > event.now) {
            throw new Violation(
                    process + ", which was " + process.seen + ", is to give memory back, since " + event.cause);
        }
        process.collectBy = Worker.NEVER;
        coverage.met(Case.GAVE_MEMORY_BACK);
    }

    private void checkFail(Story story, Failure failure) {
        boolean outside = event.cause == Cause.GONE && expected.outside.contains(story);
        if (outside) {
            expected.outside.remove(story); // let in, and refused
            story.accepted = true;
            expected.open++;
        }
        if (!story.accepted) {
            throw new Violation(story + " fails, but was not taken");
        }
        boolean right;
        if (failure instanceof Failure.WorkerDied died) {
            right = event.cause == Cause.GONE
                    && story == event.story
                    && event.process != null
                    && died.end().pid() == event.process.number
                    && died.reason() == Expected.reasonOfEnd(event.process)
                    && event.process.interruptedFor != EndReason.TASK_TIMEOUT
                    && (event.process.lastBegun == story || story.lostStarts >= CheckedState.LOST_STARTS)
                    && !event.again
                    && died.attempt() == story.crashes + 1
                    && died.earlier().size() == story.crashes;
        } else if (failure instanceof Failure.TimedOut timedOut) {
            boolean ended = event.story == story
                    && event.process != null
                    && event.process.interruptedFor == EndReason.TASK_TIMEOUT
                    && event.cause == (timedOut.answered() ? Cause.ANSWERED : Cause.GONE);
            right = timedOut.limitNanos() == story.limitNanos()
                    && timedOut.ranNanos() >= story.limitNanos()
                    && (ended || (!timedOut.answered() && isWithOneForItsLimit(story)));
            coverage.met(timedOut.answered() ? Case.TIMED_OUT_AND_ANSWERED : Case.TASK_TIMED_OUT);
        } else if (failure instanceof Failure.WaitedTooLong waited) {
            right = event.cause == Cause.TICK
                    && story.place == Place.QUEUED
                    && story.queueBy <= event.now
                    && waited.limitNanos() == story.queueLimitNanos();
            coverage.met(Case.WAITED_TOO_LONG);
        } else if (failure instanceof Failure.NoWorkerStarts none) {
            // A worker that this very event starts, after the failure, does not count.
            right = event.cause == Cause.GONE
                    && (story.place == Place.QUEUED || story.place == Place.PAUSING)
                    && none.attempts() == expected.failedStarts
                    && expected.failedStarts >= START_FAILURES_IN_A_ROW
                    && expected.members == (event.memberBefore ? 1 : 0);
            coverage.met(none.timedOut() ? Case.NO_WORKER_STARTS_IN_TIME : Case.NO_WORKER_STARTS);
        } else if (failure instanceof Failure.PoolStopped stopped) {
            right = event.cause == Cause.STOP
                    && stopped.begun() == (story.place == Place.SENT || story.place == Place.LARGER);
        } else if (failure instanceof Failure.Quarantined quarantined) {
            right = (event.cause == Cause.SUBMIT || event.cause == Cause.GONE)
                    && quarantined.name().equals(story.rerun().name())
                    && quarantined.crashes() == setup.quarantineAfter
                    && expected.crashes.detained.contains(quarantined.name());
            coverage.met(
                    outside
                            ? Case.QUARANTINED_WAITING_FOR_ROOM
                            : event.cause == Cause.SUBMIT ? Case.QUARANTINED_SUBMITTED : Case.QUARANTINED_WAITING);
        } else if (failure instanceof Failure.TooManyCrashes) {
            right = (event.cause == Cause.SUBMIT || event.cause == Cause.GONE) && expected.crashes.isOpen(event.now);
            coverage.met(
                    outside
                            ? Case.TOO_MANY_CRASHES_WAITING_FOR_ROOM
                            : event.cause == Cause.SUBMIT
                                    ? Case.TOO_MANY_CRASHES_SUBMITTED
                                    : Case.TOO_MANY_CRASHES_WAITING);
        } else {
            right = event.cause == Cause.BREAK_DOWN;
        }
        if (!right) {
            throw new Violation(
                    story + ", which was " + story.place + ", fails: " + failure + ", since " + event.cause);
        }
        story.failed++;
        expected.over(story);
    }

    private boolean isDue(FakeProcess process) {
        return process.due <= event.now;
    }

    private boolean hasReachedItsLimit(FakeProcess process) {
        Story story = process.assigned;
        return story != null && story.limitNanos() <= event.now - process.sentAt;
    }

    private boolean isWithOneForItsLimit(Story story) {
        for (Worker<FakeProcess> worker : state.workers()) {
            FakeProcess process = worker.handle();
            if (process.assigned == story) {
                return endsForItsLimit(process);
            }
        }
        return false;
    }

    private boolean endsForItsLimit(FakeProcess process) {
        return setup.cancelGrace > 0
                ? hasHadItsGrace(process, EndReason.TASK_TIMEOUT)
                : event.cause == Cause.TICK && process.seen == WorkerState.BUSY && hasReachedItsLimit(process);
    }

    private boolean hasHadItsGrace(FakeProcess process, EndReason reason) {
        return event.cause == Cause.TICK
                && process.seen == WorkerState.INTERRUPTED
                && process.interruptedFor == reason
                && isDue(process);
    }

    static String words(Action<FakeProcess> action) {
        if (action instanceof Action.Start<FakeProcess> start) {
            return "start " + start.worker().handle();
        } else if (action instanceof Action.Send<FakeProcess> send) {
            return "send " + send.task() + " to " + send.worker().handle();
        } else if (action instanceof Action.Retire<FakeProcess> retire) {
            return "tell " + retire.worker().handle() + " to leave: " + retire.worker().endReason;
        } else if (action instanceof Action.Interrupt<FakeProcess> interrupt) {
            return "have " + interrupt.worker().handle() + " interrupt " + interrupt.task();
        } else if (action instanceof Action.TellSlow<FakeProcess> slow) {
            return "tell that " + slow.task() + " is slow";
        } else if (action instanceof Action.Kill<FakeProcess> kill) {
            return "kill " + kill.worker().handle() + ": " + kill.worker().endReason;
        } else if (action instanceof Action.Abandon<FakeProcess> abandon) {
            return "give up " + abandon.worker().handle();
        } else if (action instanceof Action.Listen<FakeProcess> listen) {
            return "look at " + listen.worker().handle();
        } else if (action instanceof Action.Collect<FakeProcess> collect) {
            return "have " + collect.worker().handle() + " give memory back";
        } else if (action instanceof Action.Fail<FakeProcess> fail) {
            return "fail " + fail.task() + ": " + fail.failure().getClass().getSimpleName();
        } else if (action instanceof Action.Again<FakeProcess> again) {
            return "execute " + again.task() + " again";
        } else if (action instanceof Action.Enlarge<FakeProcess> enlarge) {
            return "execute " + enlarge.task() + " with a larger heap";
        } else if (action instanceof Action.Admit<FakeProcess> admit) {
            return (admit.admission().isTaken() ? "let in " : "turn away ")
                    + admit.admission().task();
        } else {
            return "terminated";
        }
    }
}
