/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a pool's state: random events, then everything is let come to rest, and checks after each step.
 *
 * <pre>
 *   the state  --- actions ---&gt;  batches, one for each event: a thread of the shell does its actions in order, but
 *       ^                        later, and threads overtake each other
 *       |                             |
 *       |                             v
 *       +--- messages, in order --- processes: may greet, begin, answer, die, leave or hang whenever they like
 * </pre>
 *
 * A worker's own thread does the actions of one message before it reads the next one, as in the shell.
 */
final class PoolStateRun {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long FOREVER = Long.MAX_VALUE;

    /** A deadline that nobody lives to see: where a time-out of {@link #FOREVER} began on the negative side of 0. */
    private static final long CENTURIES = FOREVER / 2;

    private static final int ENOUGH_STEPS = 20_000;

    private final SplittableRandom random;
    private final int events;
    private final @Nullable StringBuilder log;
    private Coverage coverage = new Coverage();

    private final int maxWorkers;
    private final boolean finiteStarts;
    private final PoolState<FakeProcess> state;
    private long now;

    /** Per hundred, how likely what may die, hang or be cancelled does so. */
    private final int deaths;

    private final int hangs;
    private final int cancels;
    private final int submits;

    private final List<FakeProcess> processes = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private final Map<Task, Story> stories = new HashMap<>();
    private long lastTask;
    private boolean submitted = true;
    private int terminations;

    /** While things come to rest: nothing dies without need, and what can go on does. */
    private boolean settling;

    /** What becomes of starts while things come to rest. */
    private enum Starts {
        SUCCEED,
        DIE,
        HANG
    }

    private final Starts startsAtLast;

    PoolStateRun(long seed, int events, @Nullable StringBuilder log) {
        this.random = new SplittableRandom(seed);
        this.events = events;
        this.log = log;
        this.maxWorkers = 1 + random.nextInt(4);
        this.finiteStarts = random.nextInt(4) > 0;
        this.deaths = random.nextInt(3) * 15;
        this.hangs = random.nextInt(3) * 25;
        this.cancels = random.nextInt(3) * 10;
        this.submits = 4 + random.nextInt(3) * 8;
        this.startsAtLast = finiteStarts ? Starts.values()[random.nextInt(3)] : Starts.SUCCEED;
        this.now = random.nextLong(-100 * SECOND, 100 * SECOND);
        long[] idleTimeouts = {MILLI, SECOND, 10 * SECOND, FOREVER};
        this.state = new PoolState<>(
                maxWorkers,
                idleTimeouts[random.nextInt(idleTimeouts.length)],
                finiteStarts ? 20 * SECOND : FOREVER,
                FOREVER,
                this::makeProcess);
    }

    /** What has become of a task, as the shell and its user see it. */
    private static final class Story {
        int delivered;
        int failed;
        int cancelled;
        boolean begun;
    }

    /** What one event made the state ask for, and the thread that is to do it. */
    private record Batch(
            ArrayDeque<Action<FakeProcess>> actions,
            @Nullable FakeProcess ownThread) {}

    private enum Life {
        NOT_STARTED,
        RUNNING,
        DEAD
    }

    /** A worker JVM, the pipe from it, and the thread in the parent that reads the pipe. */
    private static final class FakeProcess {
        final int index;

        @Nullable
        Worker<FakeProcess> worker;

        Life life = Life.NOT_STARTED;
        boolean killed;
        boolean greeted;
        boolean hangsAtStart;
        boolean hangsAtLeaving;
        boolean toldToLeave;

        /** What the worker has read and not answered. */
        @Nullable
        Task current;

        boolean currentBegun;

        /** What the state gave it and has not heard of again. */
        @Nullable
        Task assigned;

        /** What it has written and the parent not read: a greeting, answers by their task's id, its end. */
        final ArrayDeque<Object> pipe = new ArrayDeque<>();

        /** Its own thread has actions to do before it reads on. */
        boolean threadBusy;

        boolean endSeen;

        FakeProcess(int index) {
            this.index = index;
        }

        boolean isWaiting() {
            return life == Life.RUNNING && greeted && current == null && !toldToLeave;
        }
    }

    private static final Object GREETING = "greeting";
    private static final Object END = "end";
    private static final Object CLEARED = "cleared";

    private FakeProcess makeProcess(int index) {
        FakeProcess process = new FakeProcess(index);
        process.hangsAtStart = chance(hangs);
        process.hangsAtLeaving = chance(hangs);
        processes.add(process);
        return process;
    }

    // ---- the run --------------------------------------------------------------------------------------------------

    void execute(Coverage met) {
        coverage = met;
        for (int i = 0; i < events; i++) {
            randomEvent();
        }
        settling = true;
        settle("every task has ended", this::allTasksOver);
        if (state.phase() == PoolSnapshot.State.RUNNING) {
            if (random.nextBoolean()) {
                shutdown();
            } else {
                stop();
            }
        }
        settle("the pool has terminated", () -> terminations > 0 && batches.isEmpty());
        checkEnd();
    }

    private boolean allTasksOver() {
        return stories.keySet().stream().allMatch(task -> task.state().isTerminal()) && batches.isEmpty();
    }

    private void settle(String what, BooleanSupplier done) {
        for (int step = 0; !done.getAsBoolean(); step++) {
            require(step < ENOUGH_STEPS, "this never comes: " + what);
            if (!performSomething() && !processSomething() && !readSomething()) {
                long due = state.nextDeadlineNanos();
                require(due < CENTURIES, "nothing can happen any more, and yet not: " + what);
                now = Math.max(now, due);
                tick();
            }
        }
    }

    private void checkEnd() {
        require(state.phase() == PoolSnapshot.State.TERMINATED, "phase " + state.phase());
        require(terminations == 1, terminations + " Terminated actions");
        require(state.workers().isEmpty(), "workers are left: " + state.workers());
        require(state.waiting() == 0, "tasks are left");
        stories.forEach((task, story) -> {
            int outcomes = story.delivered + story.failed + story.cancelled;
            require(outcomes == 1, "task #" + task.id() + " has " + outcomes + " outcomes");
            TaskState expected =
                    story.delivered == 1 ? TaskState.DONE : story.failed == 1 ? TaskState.LOST : TaskState.CANCELLED;
            require(task.state() == expected, "task #" + task.id() + " is " + task.state() + ", not " + expected);
        });
        require(
                state.completed() == stories.size(),
                state.completed() + " tasks counted as completed of " + stories.size());
        long ended = state.ended().values().stream().mapToLong(Long::longValue).sum();
        require(ended == processes.size(), ended + " ends counted of " + processes.size() + " workers");
        processes.forEach(process -> require(process.endSeen, "the end of worker " + process.index + " was not seen"));
    }

    // ---- random events --------------------------------------------------------------------------------------------

    private void randomEvent() {
        int dice = random.nextInt(100);
        if (dice < submits) {
            submit();
        } else if (dice < submits + cancels / 3) {
            cancelSomething();
        } else if (dice < 32) {
            pass();
        } else if (dice < 34) {
            prestart();
        } else if (dice < 35 && random.nextInt(5) == 0) {
            shutdown();
        } else if (dice < 36 && random.nextInt(10) == 0) {
            stop();
        } else if (dice < 62) {
            performSomething();
        } else if (dice < 84) {
            processSomething();
        } else {
            readSomething();
        }
    }

    private void submit() {
        Task task = new Task(++lastTask, Task.UNLIMITED);
        stories.put(task, new Story());
        if (chance(cancels / 5)) {
            coverage.met("cancelled before submit");
            cancel(task);
        }
        boolean running = state.phase() == PoolSnapshot.State.RUNNING;
        submitted = false;
        happen("submit #" + task.id(), null, out -> submitted = state.submit(task, now, out));
        require(submitted == running, "submit in phase " + state.phase() + " says " + submitted);
        if (!submitted) {
            coverage.met("rejected");
            require(
                    task.state() == TaskState.NEW || task.state() == TaskState.CANCELLED,
                    "a rejected task is " + task.state());
            if (task.state() == TaskState.NEW) {
                stories.remove(task);
            }
        }
    }

    private void cancelSomething() {
        if (!stories.isEmpty()) {
            long id = 1 + random.nextLong(lastTask);
            for (Task task : stories.keySet()) {
                if (task.id() == id) {
                    cancel(task);
                    return;
                }
            }
        }
    }

    private void cancel(Task task) {
        TaskState before = task.state();
        boolean kill = random.nextBoolean();
        boolean[] cancelled = new boolean[1];
        happen(
                "cancel #" + task.id() + (kill ? " and kill" : ""),
                null,
                out -> cancelled[0] = state.cancel(task, kill, now, out));
        require(
                cancelled[0] != before.isTerminal(),
                "cancel of task #" + task.id() + " in " + before + " says " + cancelled[0]);
        if (cancelled[0]) {
            story(task).cancelled++;
            if (before == TaskState.QUEUED) {
                coverage.met("cancelled queued");
            } else if (before == TaskState.SENT) {
                coverage.met("cancelled running");
            }
        }
    }

    private void pass() {
        long due = state.nextDeadlineNanos();
        long[] steps = {0, 50 * MILLI, 3 * SECOND, due > CENTURIES ? SECOND : Math.max(0, due - now)};
        now += steps[random.nextInt(steps.length)];
        tick();
    }

    private void tick() {
        happen("tick", null, out -> state.tick(now, out));
        require(state.nextDeadlineNanos() > now, "the next deadline is not after the tick");
    }

    private void prestart() {
        happen("prestart", null, out -> state.prestart(now, out));
    }

    private void shutdown() {
        happen("shutdown", null, out -> state.shutdown(now, out));
    }

    private void stop() {
        List<Task> neverSent = new ArrayList<>();
        List<Task> queued = stories.keySet().stream()
                .filter(task -> task.state() == TaskState.QUEUED)
                .toList();
        boolean first = state.phase() == PoolSnapshot.State.RUNNING || state.phase() == PoolSnapshot.State.SHUTDOWN;
        happen("stop", null, out -> neverSent.addAll(state.stop(now, out)));
        require(
                neverSent.size() == queued.size() && neverSent.containsAll(queued),
                "stop gave back " + neverSent.size() + " tasks of " + queued.size() + " that waited");
        if (first && !queued.isEmpty()) {
            coverage.met("stopped with work");
        }
        require(
                state.workers().stream().allMatch(worker -> worker.state() == WorkerState.KILLING),
                "stop leaves workers alone: " + state.workers());
        require(
                stories.keySet().stream().allMatch(task -> task.state().isTerminal() || task.state() == TaskState.NEW),
                "a task is left after stop");
    }

    // ---- the shell: threads that do what the state wants
    // --------------------------------------------------------------

    private boolean performSomething() {
        if (batches.isEmpty()) {
            return false;
        }
        int choice = random.nextInt(batches.size());
        Batch batch = batches.get(choice);
        perform(batch.actions().removeFirst());
        if (batch.actions().isEmpty()) {
            batches.remove(choice);
            if (batch.ownThread() != null) {
                batch.ownThread().threadBusy = false;
            }
        }
        return true;
    }

    private void perform(Action<FakeProcess> action) {
        if (action instanceof Action.Start<FakeProcess> start) {
            FakeProcess process = start.worker().handle();
            log("  do start " + process.index);
            require(process.life == Life.NOT_STARTED, "worker " + process.index + " is started twice");
            process.life = Life.RUNNING;
            if (process.killed) {
                coverage.met("killed before started");
                die(process);
            }
        } else if (action instanceof Action.Send<FakeProcess> send) {
            FakeProcess process = send.worker().handle();
            log("  do send " + process.index + " #" + send.task().id());
            if (process.life == Life.DEAD) {
                coverage.met("sent to a dead worker");
                process.killed = true; // nothing is left to kill
            } else {
                require(process.isWaiting(), "worker " + process.index + " is sent a task but does not wait for one");
                process.current = send.task();
                process.currentBegun = false;
            }
        } else if (action instanceof Action.Retire<FakeProcess> retire) {
            FakeProcess process = retire.worker().handle();
            log("  do retire " + process.index);
            require(
                    process.life == Life.DEAD || process.isWaiting(),
                    "worker " + process.index + " is told to leave but does not wait");
            process.toldToLeave = true;
        } else if (action instanceof Action.Kill<FakeProcess> kill) {
            FakeProcess process = kill.worker().handle();
            log("  do kill " + process.index);
            process.killed = true;
            if (process.life == Life.RUNNING) {
                if (process.toldToLeave) {
                    coverage.met("leaving worker killed");
                }
                die(process);
            }
        }
    }

    // ---- the processes
    // --------------------------------------------------------------------------------------------------

    private boolean processSomething() {
        int first = processes.isEmpty() ? 0 : random.nextInt(processes.size());
        for (int i = 0; i < processes.size(); i++) {
            FakeProcess process = processes.get((first + i) % processes.size());
            if (process.life == Life.RUNNING && step(process)) {
                return true;
            }
        }
        return false;
    }

    /** The process does something, or nothing. */
    private boolean step(FakeProcess process) {
        if (!settling && chance(deaths)) {
            die(process);
        } else if (!process.greeted) {
            if (settling && startsAtLast == Starts.DIE) {
                die(process);
                return true;
            }
            if (settling ? startsAtLast == Starts.HANG : process.hangsAtStart) {
                return false;
            }
            log("worker " + process.index + " greets");
            process.greeted = true;
            process.pipe.addLast(GREETING);
        } else if (process.toldToLeave) {
            if (process.hangsAtLeaving) {
                return false;
            }
            die(process);
        } else if (process.current == null) {
            return false;
        } else if (!process.currentBegun) {
            log("worker " + process.index + " begins #" + process.current.id());
            process.currentBegun = true;
            Story story = story(process.current);
            require(!story.begun, "task #" + process.current.id() + " is begun twice");
            story.begun = true;
        } else {
            log("worker " + process.index + " answers #" + process.current.id());
            process.pipe.addLast(process.current.id());
            process.current = null;
        }
        return true;
    }

    private void die(FakeProcess process) {
        log("worker " + process.index + " dies");
        process.life = Life.DEAD;
        process.pipe.addLast(END);
    }

    /** A worker's own thread in the parent reads the next of what the worker wrote. */
    private boolean readSomething() {
        int first = processes.isEmpty() ? 0 : random.nextInt(processes.size());
        for (int i = 0; i < processes.size(); i++) {
            FakeProcess process = processes.get((first + i) % processes.size());
            if (!process.threadBusy && !process.pipe.isEmpty()) {
                read(process, process.pipe.removeFirst());
                return true;
            }
        }
        return false;
    }

    private void read(FakeProcess process, Object message) {
        Worker<FakeProcess> worker = worker(process);
        if (message == GREETING) {
            if (worker.state() == WorkerState.KILLING) {
                coverage.met("late greeting");
            }
            happen("ready " + process.index, process, out -> state.workerReady(worker, now, out));
        } else if (message == END) {
            gone(process, worker);
            process.pipe.addLast(CLEARED);
        } else if (message == CLEARED) {
            happen("cleared " + process.index, process, out -> state.workerCleared(now, out));
        } else {
            answered(process, worker, (Long) message);
        }
    }

    private void answered(FakeProcess process, Worker<FakeProcess> worker, long id) {
        Task task = process.assigned;
        require(task != null && task.id() == id, "worker " + process.index + " has answered another task");
        process.assigned = null;
        boolean wanted = task.state() == TaskState.SENT;
        boolean[] deliver = new boolean[1];
        happen(
                "answered " + process.index + " #" + id,
                process,
                out -> deliver[0] = state.answered(worker, id, now, out));
        require(deliver[0] == wanted, "answer of #" + id + (wanted ? " is not delivered" : " is delivered"));
        if (deliver[0]) {
            story(task).delivered++;
            coverage.met("delivered");
        } else {
            coverage.met("answer dropped");
        }
    }

    private void gone(FakeProcess process, Worker<FakeProcess> worker) {
        Task task = process.assigned;
        // What was sent and not read any more was not begun.
        boolean begun = task != null && process.current == task && process.currentBegun;
        boolean open = task != null && task.state() == TaskState.SENT;
        int lostStarts = task == null ? 0 : task.lostStarts();
        int failedBefore = task == null ? 0 : story(task).failed;
        process.assigned = null;
        process.endSeen = true;
        if (worker.endReason == EndReason.START_FAILED) {
            coverage.met("start timed out");
        }
        List<Action<FakeProcess>> done = happen(
                "gone " + process.index + (begun ? " begun" : ""),
                process,
                out -> state.workerGone(worker, end(process), begun, now, out));
        for (Action<FakeProcess> action : done) {
            if (action instanceof Action.Fail<FakeProcess> fail && fail.failure() instanceof Failure.WorkerDied) {
                require(open && fail.task() == task, "a death fails a task that the worker did not have");
            }
        }
        if (open) {
            boolean failed = story(task).failed > failedBefore;
            if (begun) {
                coverage.met("died with its task begun");
                require(failed, "task #" + task.id() + " was begun, its worker died, and it goes on");
            } else {
                coverage.met("died before it had begun its task");
                boolean givenUp = lostStarts >= PoolState.MAX_LOST_STARTS;
                if (givenUp) {
                    coverage.met("given up after lost starts");
                }
                boolean noWorkers = done.stream()
                        .anyMatch(action -> action instanceof Action.Fail<FakeProcess> fail
                                && fail.failure() instanceof Failure.NoWorkerStarts);
                require(
                        failed == givenUp || noWorkers,
                        "task #" + task.id() + " lost its start " + (lostStarts + 1) + " times, failed: " + failed);
            }
        }
    }

    private static WorkerEnd end(FakeProcess process) {
        return new WorkerEnd(
                process.index,
                process.greeted,
                OptionalInt.of(1),
                Duration.ZERO,
                0,
                BeginMark.Reading.NONE,
                List.of(),
                null,
                null);
    }

    // ---- events and checks
    // ----------------------------------------------------------------------------------------------

    private interface Event {
        void happen(List<Action<FakeProcess>> out);
    }

    /** One event, what came of it, and the checks that hold at any time. */
    private List<Action<FakeProcess>> happen(String name, @Nullable FakeProcess ownThread, Event event) {
        List<Action<FakeProcess>> out = new ArrayList<>();
        log("@" + now + " " + name);
        event.happen(out);
        for (int i = 0; i < out.size(); i++) {
            check(out.get(i), i == out.size() - 1);
        }
        checkAlways();
        if (!out.isEmpty()) {
            batches.add(new Batch(new ArrayDeque<>(out), ownThread));
            if (ownThread != null) {
                ownThread.threadBusy = true;
            }
        }
        return out;
    }

    private void check(Action<FakeProcess> action, boolean last) {
        log("  -> " + words(action));
        require(terminations == 0, "after the end: " + words(action));
        if (action instanceof Action.Start<FakeProcess> start) {
            require(
                    state.phase() == PoolSnapshot.State.RUNNING || state.phase() == PoolSnapshot.State.SHUTDOWN,
                    "started in phase " + state.phase());
            start.worker().handle().worker = start.worker();
        } else if (action instanceof Action.Send<FakeProcess> send) {
            FakeProcess process = send.worker().handle();
            require(process.assigned == null, "worker " + process.index + " gets a second task");
            require(!story(send.task()).begun, "task #" + send.task().id() + " was begun and is sent again");
            process.assigned = send.task();
        } else if (action instanceof Action.Retire<FakeProcess> retire) {
            require(retire.worker().handle().assigned == null, "a worker with a task is told to leave");
            if (retire.worker().endReason == EndReason.IDLE_TIMEOUT) {
                coverage.met("idle timeout");
            }
        } else if (action instanceof Action.Fail<FakeProcess> fail) {
            Story story = story(fail.task());
            story.failed++;
            require(
                    story.failed + story.cancelled + story.delivered == 1,
                    "task #" + fail.task().id() + " fails, but was over");
            if (fail.failure() instanceof Failure.NoWorkerStarts none) {
                coverage.met("no worker starts");
                require(
                        none.attempts() >= StartBackoff.MAX_FAILURES,
                        "given up after " + none.attempts() + " failed starts");
                // One that is started by this very event, after the failure, has not been told of yet.
                require(
                        state.workers().stream()
                                .noneMatch(worker -> worker.isMember() && worker.handle().worker != null),
                        "given up while there are workers: " + state.workers());
            }
        } else if (action instanceof Action.Terminated<FakeProcess>) {
            terminations++;
            coverage.met("terminated");
            require(last, "Terminated is not the last");
            require(state.workers().isEmpty(), "terminated with workers: " + state.workers());
        }
    }

    private static String words(Action<FakeProcess> action) {
        if (action instanceof Action.Send<FakeProcess> send) {
            return "send " + send.worker() + " #" + send.task().id();
        } else if (action instanceof Action.Fail<FakeProcess> fail) {
            return "fail #" + fail.task().id() + " " + fail.failure().getClass().getSimpleName();
        } else {
            return action.toString();
        }
    }

    private void checkAlways() {
        int members = 0;
        boolean idle = false;
        long earliest = Worker.NEVER;
        for (Worker<FakeProcess> worker : state.workers()) {
            members += worker.isMember() ? 1 : 0;
            idle |= worker.state() == WorkerState.IDLE;
            earliest = Math.min(earliest, worker.deadlineNanos);
            FakeProcess process = worker.handle();
            require(process.assigned == worker.task, "worker " + process.index + " has another task than it was sent");
        }
        require(members <= maxWorkers, members + " members of at most " + maxWorkers);
        require(state.nextDeadlineNanos() <= earliest, "a worker's deadline would be missed");
        if (state.waiting() > 0) {
            require(!idle, "a task waits while a worker is idle");
            require(
                    !state.workers().isEmpty() || state.nextDeadlineNanos() != Worker.NEVER,
                    "tasks wait, but there is neither a worker nor a deadline");
            require(
                    state.phase() == PoolSnapshot.State.RUNNING || state.phase() == PoolSnapshot.State.SHUTDOWN,
                    "tasks wait in phase " + state.phase());
        }
        long queued = 0;
        for (Task task : stories.keySet()) {
            queued += task.state() == TaskState.QUEUED ? 1 : 0;
        }
        require(queued == state.waiting(), state.waiting() + " counted as waiting of " + queued);
    }

    private static Worker<FakeProcess> worker(FakeProcess process) {
        Worker<FakeProcess> worker = process.worker;
        if (worker == null) {
            throw new AssertionError("worker " + process.index + " was never started");
        }
        return worker;
    }

    private Story story(Task task) {
        Story story = stories.get(task);
        if (story == null) {
            throw new AssertionError("task #" + task.id() + " was never submitted");
        }
        return story;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            log("FAILED: " + otherwise);
            throw new AssertionError(otherwise);
        }
    }

    private void log(String line) {
        if (log != null) {
            log.append(line).append('\n');
        }
    }
}
