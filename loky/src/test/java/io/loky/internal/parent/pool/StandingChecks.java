/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.pool.Coverage.Case;
import io.loky.internal.parent.pool.Happening.Cause;
import io.loky.internal.parent.pool.Story.Place;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What holds after each event, whatever it was. */
final class StandingChecks {
    private static final long PATIENCE = 5 * Setup.SECOND;
    private static final long COLLECT_AFTER = Setup.SECOND;

    private final PoolState<FakeProcess> state;
    private final Setup setup;
    private final Expected expected;
    private final Happening event;
    private final Coverage coverage;

    // Which indexes there are after the last event, as bits.
    private long indexesOfMembers;
    private long indexesOfIdle;
    private long indexesOfDue;
    private long indexesOfReserve;
    private long indexesOfSpares;

    StandingChecks(PoolState<FakeProcess> state, Setup setup, Expected expected, Happening event, Coverage coverage) {
        this.state = state;
        this.setup = setup;
        this.expected = expected;
        this.event = event;
        this.coverage = coverage;
    }

    void checkWorkers() {
        int before = expected.members;
        expected.members = 0;
        expected.starting = 0;
        expected.joining = 0;
        expected.idle = 0;
        expected.busy = 0;
        expected.due = 0;
        expected.inReserve = 0;
        indexesOfMembers = 0;
        indexesOfIdle = 0;
        indexesOfDue = 0;
        indexesOfReserve = 0;
        indexesOfSpares = 0;
        for (Worker<FakeProcess> worker : state.workers()) {
            FakeProcess process = worker.handle();
            if (process.assigned != worker.task) {
                throw new Violation(process + " has " + worker.task + ", but was given " + process.assigned);
            }
            followPlace(process, worker);
            follow(process, worker);
            followReason(process, worker.due());
            expected.starting += process.seen == WorkerState.STARTING ? 1 : 0;
            noteIndex(process);
            if (process.isMember()) {
                expected.members++;
                expected.due += process.leavesFor == null ? 0 : 1;
                expected.joining += process.seen == WorkerState.STARTING ? 1 : 0;
                expected.idle += process.seen == WorkerState.IDLE ? 1 : 0;
                expected.busy += process.seen.isBusy() ? 1 : 0;
            } else if (process.isInReserve()) {
                expected.inReserve++;
            } else if (process.isReady() || process.seen == WorkerState.GONE) {
                throw new Violation(process + " is " + process.seen + " and should not be");
            }
        }
        if (expected.members > expected.maxWorkers
                && (expected.joining > 0
                        || expected.idle > 0
                        || (expected.members > before && event.cause != Cause.RESIZE))) {
            throw new Violation(
                    expected.members + " members of at most " + expected.maxWorkers + ": " + state.workers());
        }
        if (expected.places > expected.reasonsForPlaces) {
            throw new Violation(
                    expected.places + " places given, but there were reasons for " + expected.reasonsForPlaces);
        }
        checkDeadlines();
        if ((indexesOfMembers & indexesOfReserve & ~indexesOfDue) != 0) {
            throw new Violation("one in reserve has the index of a member that stays: " + state.workers());
        }
        checkLeast();
        checkReserve();
    }

    private void followPlace(FakeProcess process, Worker<FakeProcess> worker) {
        if (process.hasPlace && !worker.hasPlace()) {
            if (process.seen != WorkerState.STARTING) {
                throw new Violation(process + " has lost its place");
            }
            expected.places--;
            if (event.cause != Cause.RESIZE) {
                event.exchanges++;
                coverage.met(Case.SPARE_OVERTAKES_ONE_THAT_STARTS);
            }
        }
        if (!process.hasPlace && worker.hasPlace()) {
            expected.places++;
            event.heirs++;
            coverage.met(Case.SPARE_TAKES_A_PLACE);
        }
        process.hasPlace = worker.hasPlace();
    }

    /** What its state after this event means for it. */
    private void follow(FakeProcess process, Worker<FakeProcess> worker) {
        WorkerState next = worker.state();
        if (process.hasPlace && !process.serves && (next == WorkerState.IDLE || next.isBusy())) {
            process.serves = true;
            process.servesSince = event.now;
            process.agesBy = Expected.later(event.now, setup.maxAge);
        }
        if (next == process.seen && !process.sentNow) {
            return;
        }
        boolean answered = process.seen.isBusy() && next == WorkerState.IDLE;
        process.collectBy = answered ? event.now + COLLECT_AFTER : Worker.NEVER;
        boolean served = process.isReady();
        process.due = switch (next) {
            case STARTING -> process.due;
            case IDLE -> {
                // One that takes the place of an idle worker has been idle, so to speak, since that one was.
                long latest = Expected.later(event.now, setup.idleTimeout);
                yield event.heirs > 0 && (worker.deadlineNanos < latest || setup.minWorkers > 0)
                        ? worker.deadlineNanos
                        : latest;
            }
            case BUSY -> Expected.later(event.now, process.assigned == null ? 0 : process.assigned.limitNanos());
            case INTERRUPTED -> Expected.later(event.now, setup.cancelGrace);
            case RETIRING, KILLING -> event.now + PATIENCE;
            case SPARE, GONE -> Worker.NEVER;
        };
        process.slowBy = next == WorkerState.BUSY ? process.slowBy : Worker.NEVER;
        process.seen = next;
        process.sentNow = false;
        if (!process.isReady()) {
            process.lookBy = Worker.NEVER;
            process.agesBy = Worker.NEVER;
        } else if (!served) {
            process.lookBy = Expected.later(event.now, setup.heartbeat);
        }
    }

    /** Why it is to be replaced must be so. */
    private void followReason(FakeProcess process, @Nullable EndReason reason) {
        if (reason != null && reason != process.leavesFor) {
            boolean right = switch (reason) {
                case MAX_TASKS -> process.given == setup.maxTasks;
                case MAX_AGE ->
                    process.leavesFor == null && event.now - process.servesSince >= setup.maxAge - setup.maxAge / 10;
                default -> isToldNow(process, reason);
            };
            if (!right) {
                throw new Violation(process + " is to be replaced: " + reason + ", since " + event.cause);
            }
        } else if (reason == null && process.leavesFor != null) {
            throw new Violation(process + " is no longer to be replaced: " + process.leavesFor);
        }
        process.leavesFor = reason;
        if (process.given >= setup.maxTasks && reason == null && process.isReady()) {
            throw new Violation(process + " has its last task and is not to be replaced");
        }
        if (process.seen == WorkerState.IDLE && process.isUnfit()) {
            throw new Violation(process + " is unfit and waits for a task: " + reason);
        }
    }

    private boolean isToldNow(FakeProcess process, EndReason reason) {
        return event.cause == Cause.UNFIT && event.process == process && event.reason == reason;
    }

    private void checkDeadlines() {
        for (Worker<FakeProcess> worker : state.workers()) {
            FakeProcess process = worker.handle();
            if (event.cause == Cause.TICK
                    && process.seen == WorkerState.IDLE
                    && process.due <= event.now
                    && expected.members - expected.joining - event.heirs <= least()) {
                process.due = Worker.NEVER;
                coverage.met(Case.KEPT_THOUGH_IDLE);
            }
            if (process.leavesFor != null) {
                process.agesBy = Worker.NEVER;
            }
            if (process.due < state.nextDeadlineNanos()
                    || process.lookBy < state.nextDeadlineNanos()
                    || process.agesBy < state.nextDeadlineNanos()
                    || process.slowBy < state.nextDeadlineNanos()
                    || process.collectBy < state.nextDeadlineNanos()) {
                throw new Violation("the alarm would ring too late for " + process);
            }
            if (event.cause == Cause.TICK
                    && (process.due <= event.now
                            || process.lookBy <= event.now
                            || process.agesBy <= event.now
                            || process.slowBy <= event.now
                            || process.collectBy <= event.now)) {
                throw new Violation(process + " is " + process.seen
                        + " for longer than it may be, or not looked at, or keeps its memory");
            }
        }
    }

    /** No two have the same, but the successor of one that is to be replaced. */
    private void noteIndex(FakeProcess process) {
        long index = 1L << process.index;
        boolean taken = false;
        if (process.isMember()) {
            taken = (indexesOfMembers & index) != 0;
            indexesOfMembers |= index;
            indexesOfIdle |= process.seen == WorkerState.IDLE ? index : 0;
            indexesOfDue |= process.leavesFor != null ? index : 0;
        } else if (process.isInReserve()) {
            taken = (indexesOfReserve & index) != 0;
            indexesOfReserve |= index;
            indexesOfSpares |= process.seen == WorkerState.SPARE ? index : 0;
        } else {
            return;
        }
        if (taken || process.index >= expected.mostWorkers + setup.spareWorkers) {
            throw new Violation(process + " has the index " + process.index + ", in " + state.workers());
        }
    }

    private int least() {
        return state.phase() == PoolSnapshot.State.RUNNING ? Math.min(setup.minWorkers, expected.maxWorkers) : 0;
    }

    private void checkLeast() {
        if (expected.members >= least()) {
            return;
        }
        if (event.expired > 0 || mayStart()) {
            throw new Violation(
                    expected.members + " workers of at least " + least() + ", " + event.expired + " expired");
        }
    }

    private void checkReserve() {
        boolean heirs = (indexesOfSpares & ~indexesOfMembers) != 0;
        boolean free = expected.members < expected.maxWorkers
                || (expected.members == expected.maxWorkers && expected.joining > 0);
        expected.freeSpare = heirs && free;
        long replaceable = heirs ? indexesOfDue : indexesOfSpares;
        if ((indexesOfIdle & replaceable) != 0) {
            throw new Violation(
                    "one that is idle and to be replaced stays, and a successor is ready: " + state.workers());
        }
        if (event.handedOver + event.exchanges > event.heirs) {
            throw new Violation(
                    event.handedOver + event.exchanges + " workers gave way, and " + event.heirs + " took a place");
        }
        noteUse();
        int wanted = wantedInReserve();
        if (event.startsInReserve > 0 && expected.inReserve > wanted) {
            throw new Violation(expected.inReserve + " in reserve, of which some were just started, of " + wanted);
        }
        if (expected.inReserve > wanted && heirs && state.phase() == PoolSnapshot.State.RUNNING) {
            throw new Violation(expected.inReserve + " in reserve of " + wanted + ", and ready ones stay");
        }
        boolean running = state.phase() == PoolSnapshot.State.RUNNING || state.phase() == PoolSnapshot.State.SHUTDOWN;
        if (expected.inReserve < wanted && running && mayStart()) {
            throw new Violation(expected.inReserve + " in reserve of " + wanted);
        }
    }

    private void noteUse() {
        if (state.phase() == PoolSnapshot.State.STOP || state.phase() == PoolSnapshot.State.TERMINATED) {
            return;
        }
        if (expected.busy > 0 || expected.queued > 0 || !expected.crashes.pausing.isEmpty()) {
            expected.inUse = true;
            expected.outOfUse = Worker.NEVER;
        } else if (expected.inUse && expected.outOfUse == Worker.NEVER) {
            expected.outOfUse = Expected.later(event.now, setup.idleTimeout);
        }
        if (setup.spareWorkers > 0 && expected.outOfUse < state.nextDeadlineNanos()) {
            throw new Violation("the alarm would ring too late for the spares");
        }
    }

    /** Places without a worker that is ready. */
    int vacancies() {
        return Math.max(0, expected.maxWorkers - expected.members) + expected.joining;
    }

    private int wantedInReserve() {
        int successors = expected.due - Math.max(0, expected.members - expected.maxWorkers);
        int wanted = Math.max(expected.inUse ? setup.spareWorkers : 0, successors);
        return state.phase() == PoolSnapshot.State.RUNNING ? wanted : Math.min(wanted, expected.queued);
    }

    void checkCounts() {
        int pausing = expected.crashes.pausing.size();
        if (state.waiting() != expected.queued + pausing) {
            throw new Violation(
                    state.waiting() + " counted as waiting of " + expected.queued + " and " + pausing + " that pause");
        }
        checkPauses();
        checkRefusals();
        if (state.hasUnfinished() != (expected.open > 0)) {
            throw new Violation(expected.open + " open tasks, has unfinished ones: " + state.hasUnfinished());
        }
        if (state.completed() != expected.outcomes) {
            throw new Violation(state.completed() + " counted as completed of " + expected.outcomes);
        }
        if (!expected.outside.isEmpty()
                && (expected.queued - vacancies() < setup.capacity || state.phase() != PoolSnapshot.State.RUNNING)) {
            throw new Violation("submitters wait for room, but " + expected.queued + " tasks wait of at most "
                    + setup.capacity + " in phase " + state.phase());
        }
        checkPatience();
        if (expected.queued == 0) {
            return;
        }
        if (expected.freeSpare) {
            throw new Violation("a task waits while a spare is ready and a place is free");
        }
        if (expected.idle > 0) {
            throw new Violation("a task waits while a worker is idle");
        }
        if (state.phase() != PoolSnapshot.State.RUNNING && state.phase() != PoolSnapshot.State.SHUTDOWN) {
            throw new Violation("tasks wait in phase " + state.phase());
        }
        if (state.workers().isEmpty() && state.nextDeadlineNanos() == Worker.NEVER) {
            throw new Violation("tasks wait, but there is neither a worker nor a deadline");
        }
        if (mayStart() && expected.queued > expected.joining && expected.members < expected.maxWorkers) {
            throw new Violation(expected.queued + " tasks wait, " + expected.joining + " workers start, and there are "
                    + expected.members + " of " + expected.maxWorkers);
        }
    }

    /** None waits for longer than it may. */
    private void checkPatience() {
        for (Story story : expected.queue) {
            if (story.place == Story.Place.QUEUED
                    && (story.queueBy < state.nextDeadlineNanos()
                            || (event.cause == Cause.TICK && story.queueBy <= event.now))) {
                throw new Violation(story + " waits for too long, or the alarm would ring too late for it");
            }
        }
    }

    private void checkPauses() {
        for (Story story : expected.crashes.pausing) {
            if (story.pausesUntil < state.nextDeadlineNanos()
                    || (event.cause == Cause.TICK && story.pausesUntil <= event.now)) {
                throw new Violation(story + " pauses for too long, or the alarm rings too late for it");
            }
        }
    }

    /** Nothing waits that is not executed. */
    private void checkRefusals() {
        ExpectedCrashes crashes = expected.crashes;
        if (crashes.isOpen(event.now) && state.waiting() + expected.outside.size() > 0) {
            throw new Violation(state.waiting() + " tasks wait, and " + expected.outside.size()
                    + " for room, though too many workers have died");
        }
        if (crashes.detained.isEmpty()) {
            return;
        }
        for (Collection<Story> stories : List.of(expected.queue, crashes.pausing, expected.outside)) {
            for (Story story : stories) {
                if (story.place != Place.OVER && crashes.isRefused(story, event.now)) {
                    throw new Violation(story + " waits, though its name is in quarantine");
                }
            }
        }
    }

    /** Whether nothing keeps the pool from starting as many workers as it wants. */
    boolean mayStart() {
        return !expected.troubled && expected.crashes.isClosedForAll() && !isStartOverdue();
    }

    /** Whether one takes too long to start and is being killed: no other is started beside it. */
    private boolean isStartOverdue() {
        for (Worker<FakeProcess> worker : state.workers()) {
            if (worker.handle().told == EndReason.START_FAILED) {
                return true;
            }
        }
        return false;
    }
}
