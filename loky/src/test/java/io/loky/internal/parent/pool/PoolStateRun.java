/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static io.loky.internal.parent.pool.Setup.FOREVER;
import static io.loky.internal.parent.pool.Setup.MILLI;
import static io.loky.internal.parent.pool.Setup.SECOND;

import io.loky.EndReason;
import io.loky.internal.parent.pool.FakeProcess.Life;
import io.loky.internal.parent.pool.FakeShell.Fault;
import io.loky.internal.parent.pool.Setup.Rest;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One life of a pool's state: the events of a script, then all is let come to rest, and checks after each step. Nothing in it
 * depends on anything but the script.
 */
final class PoolStateRun {
    /** A deadline that nobody lives to see: where a time-out of {@link Setup#FOREVER} began on the negative side of 0. */
    private static final long CENTURIES = FOREVER / 4;

    /** Many times what any run has needed. */
    private static final int ENOUGH_TICKS = 3_000;

    private static final int ENOUGH_STEPS = 50_000;

    private static final EndReason[] REASONS = {
        EndReason.OUT_OF_MEMORY, EndReason.MEMORY_GROWTH, EndReason.UNHEALTHY, EndReason.MEMORY_LIMIT, EndReason.DIRTY
    };

    /** Of the tasks, in turn. */
    private static final @Nullable String[] NAMES = {"a", "b", null};

    private static final long[] LIMITS = {MILLI, SECOND, 50 * MILLI, 10 * SECOND, 1};

    private final Script script;
    private final Setup setup;
    private final Journal journal;
    private final FakeShell shell;
    private final CheckedState state;
    private final List<Story> stories = new ArrayList<>();
    private final @Nullable SplittableRandom order;
    private long now;
    private int ticksAtRest;

    PoolStateRun(Script script, Fault fault, Journal journal, Coverage coverage) {
        this.script = script;
        this.setup = new Setup(script.setup());
        this.journal = journal;
        this.shell = new FakeShell(setup, journal, coverage, fault);
        this.state = shell.state();
        this.order = setup.order == 0 ? null : new SplittableRandom(setup.order);
        this.now = setup.clock;
    }

    /** How often time had to pass until all had come to rest. */
    int ticksAtRest() {
        return ticksAtRest;
    }

    void execute() {
        if (journal.isKept()) {
            journal.line(setup.toString());
        }
        state.open(now);
        shell.dispatch(null);
        for (int event : script.events()) {
            happen(Move.of(event), Move.number(event));
        }
        journal.line("---- all is let come to rest");
        settle("every task has ended", false);
        if (state.isRunning()) {
            finish();
        }
        settle("the pool has terminated", true);
        journal.line("---- what is left of the processes goes");
        windUp();
        state.checkEnd(stories);
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    private void happen(Move move, int number) {
        switch (move) {
            case SUBMIT -> submit(story(Task.UNLIMITED, 0), number);
            case SUBMIT_LIMITED -> submit(story(LIMITS[number % LIMITS.length], 0), number);
            case SUBMIT_URGENT -> submit(story(Task.UNLIMITED, 2 - number % 5), number);
            case SUBMIT_IMPATIENT -> {
                Story story = story(Task.UNLIMITED, 0);
                story.mayWait(LIMITS[number % LIMITS.length]);
                submit(story, number);
            }
            case GIVE_UP_WAITING -> {
                if (!stories.isEmpty()) {
                    state.withdraw(stories.get(number % stories.size()), now);
                    shell.dispatch(null);
                }
            }
            case CANCEL, CANCEL_AND_KILL -> {
                if (!stories.isEmpty()) {
                    cancel(stories.get(number % stories.size()), move == Move.CANCEL_AND_KILL);
                }
            }
            case PRESTART -> {
                state.prestart(now);
                shell.dispatch(null);
            }
            case RELEASE -> {
                state.release(NAMES[number % 2], now);
                shell.dispatch(null);
            }
            case CRASH_AGAIN -> crashAgain(2 + number % 3);
            case END_LARGER -> shell.endLarger(number, now);
            case RESIZE -> resize(1 + number % 6);
            case SHUTDOWN -> {
                state.shutdown(now);
                shell.dispatch(null);
            }
            case STOP -> stop();
            case BREAK_DOWN -> {
                state.breakDown(now);
                shell.dispatch(null);
            }
            case PASS -> {
                pass(number);
                tick();
            }
            case PASS_UNNOTICED -> pass(number);
            case PERFORM -> shell.perform(number, now);
            case CATCH_UP -> catchUp();
            case PASS_HEARTBEATS -> passHeartbeats(1 + number % 9);
            case ACT -> shell.act(number);
            case READ -> shell.read(number, now);
            case BE_UNFIT -> {
                FakeProcess process = shell.process(number / REASONS.length);
                if (process != null) {
                    shell.beUnfit(process, REASONS[number % REASONS.length]);
                }
            }
            default -> suffer(move, shell.process(number));
        }
    }

    /** Something befalls a process. */
    private void suffer(Move move, @Nullable FakeProcess process) {
        if (process == null) {
            return;
        }
        switch (move) {
            case DIE -> shell.die(process);
            case ANSWER_UNASKED -> shell.answerUnasked(process);
            case FREEZE -> {
                shell.say(process, "freezes");
                process.frozen = true;
            }
            case THAW -> {
                shell.say(process, "thaws");
                process.frozen = false;
            }
            case TAKE_TOO_MUCH -> {
                shell.say(process, "takes too much memory");
                process.takesTooMuch = true;
            }
            case BECOME_UNKILLABLE -> {
                shell.say(process, "can no longer be killed");
                process.unkillable = true;
            }
            case HOLD_PIPE -> {
                if (process.life == Life.RUNNING) {
                    shell.say(process, "has its pipe held open by another");
                    process.pipeHeld = true;
                }
            }
            case LET_PIPE_GO -> shell.letPipeGo(process);
            default -> throw new IllegalArgumentException(move.toString());
        }
    }

    private Story story(long limit, int priority) {
        Story story = new Story(stories.size() + 1L, limit, priority);
        story.rerun(new Rerun(setup.retries, NAMES[stories.size() % 3], setup.enlarges ? "4g" : null));
        return story;
    }

    private void submit(Story story, int number) {
        if (number % 64 == 63) {
            cancel(story, false);
        }
        stories.add(story);
        state.submit(story, now);
        shell.dispatch(null);
    }

    private void cancel(Story story, boolean kill) {
        state.cancel(story, kill, now);
        shell.dispatch(null);
    }

    private void resize(int maxWorkers) {
        state.resize(maxWorkers, now);
        shell.dispatch(null);
    }

    private void stop() {
        state.stop(now);
        shell.dispatch(null);
    }

    private void finish() {
        switch (setup.ending) {
            case SHUTDOWN -> {}
            case STOP -> stop();
            case SHRINK_AND_SHUTDOWN -> resize(1);
        }
        state.shutdown(now);
        shell.dispatch(null);
    }

    private void pass(int number) {
        long due = state.nextDeadline();
        long untilDue = due > CENTURIES ? 0 : Math.max(0, due - now);
        now += switch (number % 10) {
            case 0, 1, 2 -> untilDue;
            case 3 -> Math.max(0, untilDue - 1);
            case 4 -> untilDue + 1;
            case 5 -> 1;
            case 6 -> MILLI;
            case 7 -> 100 * MILLI;
            case 8 -> 3 * SECOND;
            default -> 0;
        };
    }

    private void catchUp() {
        while (shell.perform(0, now)) {
            // until there is nothing to do
        }
    }

    /** All goes on until a worker has begun a task, and dies; so often, if there is so much to begin. */
    private void crashAgain(int times) {
        int left = times;
        while (left > 0) {
            if (crashOne()) {
                left--;
            } else if (!shell.perform(0, now) && !shell.act(0) && !shell.read(0, now)) {
                return;
            }
        }
    }

    private boolean crashOne() {
        for (FakeProcess process : shell.processes()) {
            if (process.current != null && process.current == process.lastBegun && shell.die(process)) {
                return true;
            }
        }
        return false;
    }

    private void passHeartbeats(int count) {
        for (int i = 0; i < count && setup.heartbeat != FOREVER; i++) {
            now += setup.heartbeat;
            tick();
            catchUp();
        }
    }

    private void tick() {
        state.tick(now);
        shell.dispatch(null);
    }

    // ---- rest -------------------------------------------------------------------------------------------------------

    private boolean isAtRest(boolean untilTerminated) {
        return !shell.hasActions() && (untilTerminated ? state.isTerminated() : !state.hasOpenTasks());
    }

    /** Lets happen what can happen, and time pass where nothing can, until the end that must come. */
    private void settle(String what, boolean untilTerminated) {
        int steps = 0;
        while (!isAtRest(untilTerminated)) {
            if (++steps > ENOUGH_STEPS || ticksAtRest > ENOUGH_TICKS) {
                throw new Violation("this never comes: " + what);
            }
            if (shell.perform(choose(), now)
                    || actAtRest()
                    || shell.read(choose(), now)
                    || shell.endLarger(choose(), now)) {
                continue;
            }
            long due = state.nextDeadline();
            if (due > CENTURIES) {
                throw new Violation("nothing can happen any more, and yet not: " + what);
            }
            now = Math.max(now, due);
            ticksAtRest++;
            tick();
        }
    }

    private int choose() {
        return order == null ? 0 : order.nextInt(1 << 16);
    }

    private boolean actAtRest() {
        List<FakeProcess> processes = shell.processes();
        int from = choose();
        int size = processes.size();
        for (int i = 0; i < size; i++) {
            if (actAtRest(processes.get((from + i) % size))) {
                return true;
            }
        }
        return false;
    }

    private boolean actAtRest(FakeProcess process) {
        if (process.life == Life.NOT_STARTED || (setup.rest == Rest.REACH_LIMITS && willBeEnded(process))) {
            return false;
        }
        if (process.frozen) {
            shell.say(process, "thaws");
            process.frozen = false;
            return true;
        }
        if (process.life == Life.DEAD) {
            boolean held = process.pipeHeld;
            shell.letPipeGo(process);
            return held;
        }
        if (!process.greeted && !process.killed) {
            if (setup.rest == Rest.STARTS_DIE) {
                return shell.die(process);
            } else if (setup.rest == Rest.STARTS_HANG && setup.startTimeout != FOREVER) {
                return false;
            }
        }
        return shell.actAlone(process) || (process.killed && shell.die(process));
    }

    /** Whether the pool will see to it that this process ends, though it does nothing by itself. */
    private boolean willBeEnded(FakeProcess process) {
        boolean stuck = process.frozen || process.life == Life.DEAD;
        return switch (process.seen) {
            case STARTING -> stuck && setup.startTimeout != FOREVER;
            case BUSY ->
                (process.assigned != null && process.assigned.limitNanos() != Task.UNLIMITED)
                        || (stuck && setup.heartbeat != FOREVER && process.greeted);
            case INTERRUPTED -> setup.cancelGrace != FOREVER;
            case IDLE -> process.hasPlace && setup.minWorkers == 0;
            case SPARE -> false;
            case RETIRING, KILLING, GONE -> true;
        };
    }

    /** The pool has ended. Whatever still comes must mean nothing to it. */
    private void windUp() {
        for (FakeProcess process : shell.processes()) {
            process.frozen = false;
            while (shell.actAlone(process)) {
                // until it has done all that it would
            }
            shell.die(process);
            shell.letPipeGo(process);
        }
        while (shell.read(0, now)) {
            if (shell.hasActions()) {
                throw new Violation("the pool has terminated and does something");
            }
        }
        tick();
        List<FakeProcess> left = shell.processes();
        if (!left.isEmpty()) {
            throw new Violation("nobody has told the end of " + left);
        }
    }
}
