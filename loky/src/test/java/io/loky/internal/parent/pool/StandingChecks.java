/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.pool.Happening.Cause;

/** What holds after each event, whatever it was. */
final class StandingChecks {
    private static final long PATIENCE = 5 * Setup.SECOND;

    private final PoolState<FakeProcess> state;
    private final Setup setup;
    private final Expected expected;
    private final Happening event;

    StandingChecks(PoolState<FakeProcess> state, Setup setup, Expected expected, Happening event) {
        this.state = state;
        this.setup = setup;
        this.expected = expected;
        this.event = event;
    }

    void checkWorkers() {
        int before = expected.members;
        expected.members = 0;
        expected.starting = 0;
        expected.idle = 0;
        expected.busy = 0;
        for (Worker<FakeProcess> worker : state.workers()) {
            FakeProcess process = worker.handle();
            if (process.assigned != worker.task) {
                throw new Violation(process + " has " + worker.task + ", but was given " + process.assigned);
            }
            follow(process, worker.state());
            switch (process.seen) {
                case STARTING -> expected.starting++;
                case IDLE -> expected.idle++;
                case BUSY -> expected.busy++;
                case GONE -> throw new Violation(process + " is gone and still in the pool");
                case RETIRING, KILLING -> {}
            }
            if (process.due < state.nextDeadlineNanos() || process.lookBy < state.nextDeadlineNanos()) {
                throw new Violation("the alarm would ring too late for " + process);
            }
            if (event.cause == Cause.TICK && (process.due <= event.now || process.lookBy <= event.now)) {
                throw new Violation(process + " is " + process.seen + " for longer than it may be, or not looked at");
            }
        }
        expected.members = expected.starting + expected.idle + expected.busy;
        if (expected.members > expected.maxWorkers
                && (expected.starting > 0
                        || expected.idle > 0
                        || (expected.members > before && event.cause != Cause.RESIZE))) {
            throw new Violation(
                    expected.members + " members of at most " + expected.maxWorkers + ": " + state.workers());
        }
    }

    /** What its state after this event means for it. */
    private void follow(FakeProcess process, WorkerState next) {
        if (next == process.seen && !process.sentNow) {
            return;
        }
        boolean served = process.isServing();
        process.seen = next;
        process.sentNow = false;
        process.due = switch (next) {
            case STARTING -> process.due;
            case IDLE -> Expected.later(event.now, setup.idleTimeout);
            case BUSY -> Expected.later(event.now, process.assigned == null ? 0 : process.assigned.limitNanos());
            case RETIRING, KILLING -> event.now + PATIENCE;
            case GONE -> Worker.NEVER;
        };
        if (!process.isServing()) {
            process.lookBy = Worker.NEVER;
        } else if (!served) {
            process.lookBy = Expected.later(event.now, setup.heartbeat);
        }
    }

    void checkCounts() {
        if (state.waiting() != expected.queued) {
            throw new Violation(state.waiting() + " counted as waiting of " + expected.queued);
        }
        if (state.hasUnfinished() != (expected.open > 0)) {
            throw new Violation(expected.open + " open tasks, has unfinished ones: " + state.hasUnfinished());
        }
        if (state.completed() != expected.outcomes) {
            throw new Violation(state.completed() + " counted as completed of " + expected.outcomes);
        }
        if (expected.queued == 0) {
            return;
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
        if (!expected.troubled
                && expected.queued > expected.starting
                && expected.members < expected.maxWorkers
                && !isStartOverdue()) {
            throw new Violation(expected.queued + " tasks wait, " + expected.starting + " workers start, and there are "
                    + expected.members + " of " + expected.maxWorkers);
        }
    }

    /** Whether one takes too long to start and is being killed: no other is started beside it. */
    boolean isStartOverdue() {
        for (Worker<FakeProcess> worker : state.workers()) {
            if (worker.handle().told == EndReason.START_FAILED) {
                return true;
            }
        }
        return false;
    }
}
