/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.WhenFull;
import io.loky.WorkerSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.jvm.KeepAlive;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.local.CallerRun;
import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskOwner;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The shell around {@link PoolState}: takes the lock, tells the state what happened and when, releases the lock, and does
 * what the state wants done. Nothing that can block, fail or call user code happens under the lock.
 *
 * <p>It lives as long as the pool has work or workers, whether or not the user still holds the pool; so nothing in here refers
 * to {@link ProcessPool}, unless the pool is shared and is to be found again. While it has unfinished tasks this JVM does
 * not end by itself.
 */
final class Supervisor implements TaskOwner, ExitHook.AtExit {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    private final String label;
    private final FailureExceptions exceptions;
    private final RecyclingLog leaving;
    private final PoolLimits limits;
    private final WhenFull whenFull;
    private final CountDownLatch terminated = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final PoolState<WorkerHandle> state;

    /** Whether this JVM is kept alive for the tasks of this pool. Guarded by the lock. */
    private boolean holding;

    /** The pool as its users hold it, if it is one that may be asked for again. Null for others. */
    private volatile @Nullable WeakReference<Object> shared;

    /** The same while it is in use: then it stays warm for whoever asks next. Guarded by the lock. */
    @SuppressWarnings("UnusedVariable") // it is there for the garbage collector
    private @Nullable Object kept;

    private volatile Runnable whenTerminated = () -> {};

    /** Whether another pool has taken the place of this one. */
    private volatile boolean replaced;

    private final PoolAlarm alarm;
    private final KeepAlive keepAlive;

    /** What wakes threads because this JVM ends: futures that fail, and submitters that are turned away. Done only where that takes long. */
    private final Queue<Action<WorkerHandle>> heldAtExit = new ConcurrentLinkedQueue<>();

    /** Steps whose event has happened and that are not finished: futures that they complete may not be done yet. */
    private final AtomicInteger unfinishedSteps = new AtomicInteger();

    /** The last worker is cleared. The pool is terminated once the steps before are finished, too. */
    private volatile boolean allCleared;

    /** Whether the state is past RUNNING; for a look without the lock. */
    private volatile boolean shutDown;

    /**
     * @param label such as {@code loky-pool-1}
     * @param workers makes the handles of the workers
     */
    Supervisor(String label, ProcessPoolOptions options, HandleFactory<WorkerHandle> workers) {
        this(label, options, workers, KeepAlive.shared(), PoolAlarm::new);
    }

    /** With a keeper and an alarm of the caller's, for models without other threads. */
    Supervisor(
            String label,
            ProcessPoolOptions options,
            HandleFactory<WorkerHandle> workers,
            KeepAlive keepAlive,
            Function<Runnable, PoolAlarm> alarms) {
        this.label = label;
        this.keepAlive = keepAlive;
        this.alarm = alarms.apply(this::tick);
        this.exceptions = new FailureExceptions(label, options);
        this.leaving = new RecyclingLog(LOG, label);
        this.whenFull = options.whenFull();
        this.limits = PoolLimits.of(options);
        this.state = new PoolState<>(limits, workers);
        ExitHook.add(this);
    }

    // ---- what the user does ---------------------------------------------------------------------------------------

    /** Starts the workers that a pool has from the beginning. */
    void open() {
        handle(actions -> state.open(System.nanoTime(), actions));
    }

    @Override
    public void start(RemoteTask<?> task) {
        try {
            start(task, Admission.FOREVER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw rejected(task.description(), e);
        }
    }

    /**
     * The same.
     *
     * @param nanos how long to wait for room in the queue at most, or {@link Admission#FOREVER}
     * @return false if there was none by then: the pool does not have the task
     * @throws InterruptedException if this thread is interrupted while it waits; the pool does not have the task
     */
    boolean start(RemoteTask<?> task, long nanos) throws InterruptedException {
        if (task.isDone()) {
            return true;
        }
        Submission[] answer = {Submission.TAKEN};
        Admission[] admission = {null};
        Throwable defect = handle(actions -> {
            if (task.state() == TaskState.NEW) { // else the pool has it already
                answer[0] = state.submit(task, System.nanoTime(), actions);
                if (answer[0] == Submission.FULL && whenFull == WhenFull.BLOCK) {
                    admission[0] = new Admission(task);
                    state.waitForRoom(admission[0]);
                } else if (answer[0] == Submission.FULL && whenFull == WhenFull.CALLER_RUNS) {
                    state.runOutside(task);
                }
            }
        });
        if (defect != null) {
            task.failLocally(exceptions.of(task, new Failure.PoolBroken(defect))); // lost on its way into the state
        } else if (answer[0] == Submission.CLOSED) {
            throw rejected(task.description(), null);
        } else if (admission[0] != null) {
            return awaitRoom(admission[0], task, nanos);
        } else if (answer[0] == Submission.FULL && whenFull == WhenFull.CALLER_RUNS) {
            runOutside(task);
        } else if (answer[0] == Submission.FULL) {
            throw new RejectedExecutionException(task.description() + " rejected by " + this + ": queueCapacity ("
                    + limits.queueCapacity() + ") allows no more tasks to wait; submit it later, allow more, or let"
                    + " submitters wait with whenFull(BLOCK), or run the task themselves with whenFull(CALLER_RUNS)");
        }
        return true;
    }

    /** On the thread of the submitter. */
    private void runOutside(RemoteTask<?> task) {
        task.sentTo(ProcessHandle.current().pid());
        Frame answer = null;
        Throwable failure = null;
        try {
            answer = CallerRun.run(task);
        } catch (Throwable e) { // whatever it is, the future must say so
            failure = e;
        }
        endOutside(task, answer, failure);
    }

    private void endOutside(RemoteTask<?> task, @Nullable Frame answer, @Nullable Throwable failure) {
        boolean[] deliver = {false};
        handle(
                actions -> {
                    deliver[0] = state.ranOutside(task, System.nanoTime(), actions);
                },
                actions -> {
                    perform(actions);
                    if (!deliver[0]) {
                        task.dropFrame(); // it was cancelled meanwhile
                    } else if (answer != null) {
                        task.answer(answer);
                    } else {
                        task.failLocally(
                                failure != null ? failure : new IllegalStateException(task + " had nothing to run"));
                    }
                });
    }

    private boolean awaitRoom(Admission admission, RemoteTask<?> task, long nanos) throws InterruptedException {
        boolean decided = false;
        InterruptedException interrupt = null;
        try {
            decided = admission.await(nanos);
        } catch (InterruptedException e) {
            interrupt = e;
        }
        if (!decided && withdraw(admission)) {
            if (interrupt != null) {
                throw interrupt;
            }
            return false;
        }
        if (interrupt != null) { // too late: it is decided meanwhile
            Thread.currentThread().interrupt();
        }
        if (!admission.isTaken()) {
            throw rejected(task.description(), interrupt);
        }
        return true;
    }

    private boolean withdraw(Admission admission) {
        boolean[] withdrawn = {false};
        handle(actions -> {
            withdrawn[0] = state.withdraw(admission);
        });
        return withdrawn[0];
    }

    void ensureRunning() {
        if (isShutdown()) {
            throw rejected("a task", null);
        }
    }

    private RejectedExecutionException rejected(String task, @Nullable InterruptedException interrupt) {
        return new RejectedExecutionException(task + " rejected by " + this + ": " + whyRejected(), interrupt);
    }

    private String whyRejected() {
        if (ExitHook.isExiting()) {
            return "this JVM is exiting; submit before the exit, or wait for the future there";
        }
        if (replaced) {
            return "another reusable executor has taken its place; ask Loky.getReusableExecutor for it";
        }
        return isShutdown()
                ? "the pool was shut down; submit to a pool that is running"
                : "its thread was interrupted while it waited for room in the queue; submit it again if it is still wanted";
    }

    @Override
    public boolean cancel(RemoteTask<?> task, boolean killWorker) {
        boolean[] cancelled = {false};
        handle(
                actions -> {
                    cancelled[0] = state.cancel(task, killWorker, System.nanoTime(), actions);
                },
                actions -> {
                    if (cancelled[0]) {
                        task.cancelled(); // first: it waits for nothing that the actions do
                    }
                    perform(actions);
                });
        return cancelled[0];
    }

    void prestart() {
        handle(actions -> state.prestart(System.nanoTime(), actions));
    }

    /**
     * Gives the pool other sizes.
     *
     * @param sizes asked under the lock, so that of two callers at once one comes last in everything
     * @throws IllegalArgumentException if the supplier throws it; then nothing has changed
     */
    void adapt(Supplier<ProcessPoolOptions> sizes) {
        IllegalArgumentException[] refusal = {null};
        handle(actions -> {
            ProcessPoolOptions options;
            try {
                options = sizes.get();
            } catch (IllegalArgumentException e) {
                refusal[0] = e; // not a defect of the state
                return;
            }
            state.adapt(PoolLimits.of(options), System.nanoTime(), actions);
        });
        if (refusal[0] != null) {
            throw refusal[0];
        }
    }

    /** See {@link ProcessPool#share}. */
    void share(Object pool, Runnable terminated) {
        whenTerminated = terminated;
        shared = new WeakReference<>(pool);
    }

    /** Shuts down, or stops, since another pool takes the place of this one. */
    void giveWay(boolean kill) {
        handle(actions -> {
            if (state.phase() == PoolSnapshot.State.RUNNING) {
                replaced = true;
            }
            if (!kill) {
                state.shutdown(System.nanoTime(), actions);
            } else if (state.phase() != PoolSnapshot.State.STOP) {
                exceptions.killedForAnother();
                state.stop(System.nanoTime(), actions);
            }
        });
    }

    void shutdown() {
        handle(actions -> state.shutdown(System.nanoTime(), actions));
    }

    /** The tasks that no worker had been sent. */
    List<Runnable> shutdownNow() {
        List<Runnable> neverSent = new ArrayList<>();
        handle(actions -> {
            for (Task task : state.stop(System.nanoTime(), actions)) {
                neverSent.add((RemoteTask<?>) task);
            }
        });
        return neverSent;
    }

    boolean isShutdown() {
        return shutDown;
    }

    boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    void awaitTermination() throws InterruptedException {
        terminated.await();
    }

    boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    PoolSnapshot snapshot() {
        lock.lock();
        try {
            List<WorkerSnapshot> workers = new ArrayList<>();
            int running = 0;
            for (Worker<WorkerHandle> worker : state.workers()) {
                workers.add(snapshotOf(worker));
                if (worker.task != null && !worker.task.state().isTerminal()) {
                    running++;
                }
            }
            running += state.outside();
            return new PoolSnapshot(
                    state.phase(),
                    state.limits().maxWorkers(),
                    workers,
                    state.waiting(),
                    running,
                    state.completed(),
                    state.ended());
        } finally {
            lock.unlock();
        }
    }

    private static WorkerSnapshot snapshotOf(Worker<WorkerHandle> worker) {
        Task task = worker.task;
        return new WorkerSnapshot(
                worker.number(),
                worker.index(),
                worker.handle().pid(),
                WorkerSnapshot.State.valueOf(worker.state().name()),
                worker.tasksDone,
                task == null ? OptionalLong.empty() : OptionalLong.of(task.id()));
    }

    @Override
    public String toString() {
        PoolSnapshot now = snapshot();
        long spares = count(now, WorkerSnapshot.State.SPARE);
        long leaving = count(now, WorkerSnapshot.State.RETIRING) + count(now, WorkerSnapshot.State.KILLING);
        return label + "[" + now.state() + ", workers = "
                + (now.workers().size() - spares - leaving) + " of " + now.maxWorkers()
                + (spares == 0 ? "" : ", spares = " + spares) + (leaving == 0 ? "" : ", leaving = " + leaving)
                + ", running tasks = " + now.runningTasks() + ", queued tasks = " + now.queuedTasks()
                + ", completed tasks = " + now.completedTasks() + "]";
    }

    private static long count(PoolSnapshot snapshot, WorkerSnapshot.State state) {
        return snapshot.workers().stream()
                .filter(worker -> worker.state() == state)
                .count();
    }

    // ---- the end of this JVM --------------------------------------------------------------------------------------

    @Override
    public void stop() {
        handle(actions -> state.stop(System.nanoTime(), actions), actions -> {
            List<Action<WorkerHandle>> others = new ArrayList<>();
            for (Action<WorkerHandle> action : actions) {
                boolean wakes =
                        action instanceof Action.Fail<WorkerHandle> || action instanceof Action.Admit<WorkerHandle>;
                (wakes ? heldAtExit : others).add(action);
            }
            perform(others);
        });
    }

    @Override
    public void release() {
        perform(List.copyOf(heldAtExit));
    }

    @Override
    public void await(long nanos) throws InterruptedException {
        awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }

    // ---- events and actions ---------------------------------------------------------------------------------------

    /** One event of the state. */
    private interface Event {
        void happen(List<Action<WorkerHandle>> out);
    }

    /** What an event has made necessary. Made before the event: with no memory left nothing must have happened yet. */
    private static final class Step {
        final List<Action<WorkerHandle>> actions = new ArrayList<>(2);
        long dueNanos;
        boolean hold;
        boolean release;

        @Nullable
        Throwable defect;
    }

    /** Lets an event happen and does what it makes necessary. What is wrong in the state, if something is. */
    private @Nullable Throwable handle(Event event) {
        return handle(event, this::perform);
    }

    /** The same, with more to do than the actions, or with less. */
    private @Nullable Throwable handle(Event event, Consumer<List<Action<WorkerHandle>>> doing) {
        Step step = new Step();
        happen(event, step);
        try {
            if (step.hold) {
                keepAlive.hold();
            }
            doing.accept(step.actions);
        } finally {
            finish(step); // whatever was thrown: a step that is never finished keeps the pool from terminating
        }
        return step.defect;
    }

    private void happen(Event event, Step step) {
        lock.lock();
        try {
            try {
                event.happen(step.actions);
            } catch (RuntimeException | Error e) {
                // The state has lost its way. Whoever waits must hear of it instead of waiting forever.
                step.defect = e;
                state.breakDown(e, System.nanoTime(), step.actions);
            }
            shutDown = state.phase() != PoolSnapshot.State.RUNNING;
            step.dueNanos = state.nextDeadlineNanos();
            boolean unfinished = state.hasUnfinished();
            step.hold = unfinished && !holding;
            step.release = !unfinished && holding;
            holding = unfinished;
            keepWhileInUse();
            unfinishedSteps.incrementAndGet(); // under the lock: seen by whoever terminates the pool after this event
        } finally {
            lock.unlock();
        }
    }

    private void keepWhileInUse() {
        WeakReference<Object> pool = shared;
        if (pool != null) {
            boolean inUse = state.isInUse();
            if (inUse != (kept != null)) {
                kept = inUse ? pool.get() : null; // there: whoever submits holds it
            }
        }
    }

    /** After the actions: this JVM may end by itself only when the last future is done. */
    private void finish(Step step) {
        alarm.ringBy(step.dueNanos);
        if (unfinishedSteps.decrementAndGet() == 0 && allCleared) {
            alarm.off();
            terminated.countDown();
            whenTerminated.run();
        }
        if (step.release) {
            keepAlive.release();
        }
        if (step.defect != null) {
            LOG.log(Level.ERROR, label + " failed; all its tasks are failed", step.defect);
        }
    }

    private void tick() {
        handle(actions -> state.tick(System.nanoTime(), actions));
    }

    /** Does every one of them: what fails in one must not keep the others from being done. */
    private void perform(List<Action<WorkerHandle>> actions) {
        for (Action<WorkerHandle> action : actions) {
            try {
                perform(action);
            } catch (Throwable e) { // no memory, no thread
                LOG.log(
                        Level.ERROR,
                        label + " could not do " + action.getClass().getSimpleName(),
                        e);
                rescue(action, e);
            }
        }
    }

    private void perform(Action<WorkerHandle> action) {
        if (action instanceof Action.Send<WorkerHandle> send) {
            send(send.worker(), (RemoteTask<?>) send.task());
        } else if (action instanceof Action.Start<WorkerHandle> start) {
            start.worker().handle().start(new Link(start.worker()));
        } else if (action instanceof Action.Retire<WorkerHandle> retire) {
            leaving.leaves(retire.worker().number(), retire.reason(), retire.detail(), System.nanoTime());
            retire.worker().handle().retire();
        } else if (action instanceof Action.Kill<WorkerHandle> kill) {
            kill(kill.worker());
        } else if (action instanceof Action.Abandon<WorkerHandle> abandon) {
            abandon.worker().handle().abandon();
        } else if (action instanceof Action.Listen<WorkerHandle> listen) {
            look(listen.worker());
        } else if (action instanceof Action.Collect<WorkerHandle> collect) {
            collect.worker().handle().collect();
        } else if (action instanceof Action.Fail<WorkerHandle> fail) {
            fail((RemoteTask<?>) fail.task(), fail.failure());
        } else if (action instanceof Action.Admit<WorkerHandle> admit) {
            admit.admission().open();
        } else if (action instanceof Action.Terminated<WorkerHandle>) {
            if (heldAtExit.isEmpty()) {
                ExitHook.remove(this);
            }
            allCleared = true;
        }
    }

    /** For a sign of life, and at how much memory it takes. */
    private void look(Worker<WorkerHandle> worker) {
        WorkerHandle handle = worker.handle();
        Task task = taskOf(worker); // before its memory is looked at: a later one is not to blame
        long beats = handle.beats();
        IOException excess = handle.excess();
        boolean[] killed = {false};
        handle(
                more -> {
                    state.heard(worker, beats, System.nanoTime(), more);
                    killed[0] = excess != null && state.tookTooMuch(worker, task, System.nanoTime(), more);
                },
                more -> {
                    if (killed[0] && excess != null) {
                        handle.blame(excess);
                    }
                    perform(more);
                });
    }

    private @Nullable Task taskOf(Worker<WorkerHandle> worker) {
        lock.lock();
        try {
            return worker.task;
        } finally {
            lock.unlock();
        }
    }

    private static void kill(Worker<WorkerHandle> worker) {
        EndReason reason = worker.endReason; // written before it was to be killed, and not again
        if (reason == EndReason.SHUTDOWN || reason == EndReason.CANCELLED || reason == EndReason.TASK_TIMEOUT) {
            worker.handle().killUnreported(); // its task's future is done already
        } else {
            worker.handle().kill();
        }
    }

    private void fail(RemoteTask<?> task, Failure failure) {
        if (FailureExceptions.isForeign(failure)) {
            task.failLater(() -> exceptions.of(task, failure));
        } else {
            task.failLocally(exceptions.of(task, failure));
        }
    }

    /** Somebody waits for what could not be done: then it ends otherwise. */
    private static void rescue(Action<WorkerHandle> action, Throwable reason) {
        if (action instanceof Action.Fail<WorkerHandle> fail) {
            ((RemoteTask<?>) fail.task()).failLocally(reason);
        } else if (action instanceof Action.Send<WorkerHandle> send) {
            send.worker().handle().kill();
        }
    }

    private static void send(Worker<WorkerHandle> worker, RemoteTask<?> task) {
        WorkerHandle handle = worker.handle();
        handle.pid().ifPresent(task::sentTo);
        EncodedFrame frame = task.frame();
        TaskPrints prints = task.prints();
        if (prints != null) {
            handle.expectOutputOf(prints);
        }
        if (frame != null) { // else the task is over already, and its worker on the way out
            handle.send(frame);
        }
    }

    /** Connects a worker's process with the worker in the state. */
    private final class Link implements WorkerEvents {
        private final Worker<WorkerHandle> worker;

        Link(Worker<WorkerHandle> worker) {
            this.worker = worker;
        }

        @Override
        public void ready() {
            handle(actions -> state.workerReady(worker, System.nanoTime(), actions));
        }

        @Override
        public void unfit(EndReason reason, String detail) {
            handle(actions -> state.recycle(worker, reason, detail, System.nanoTime(), actions));
        }

        @Override
        public void holds() {
            handle(actions -> state.holds(worker));
        }

        @Override
        public void free() {
            handle(actions -> state.free(worker, System.nanoTime(), actions));
        }

        @Override
        public void remarked(long taskId, String text) {
            Task task = taskOf(worker);
            String name = task instanceof RemoteTask<?> remote && remote.id() == taskId
                    ? remote.description()
                    : "task #" + taskId;
            LOG.log(
                    Level.WARNING,
                    name + " has left something behind in worker " + worker.number() + " of " + label
                            + worker.handle().pid().stream()
                                    .mapToObj(pid -> " (pid " + pid + ")")
                                    .collect(Collectors.joining())
                            + ", which the tasks after it meet: " + text
                            + "; let it put back what it changes and end what it starts, in a finally block, or have"
                            + " such workers replaced with dirtyWorkers(RECYCLE)");
        }

        @Override
        public void answered(Frame answer) {
            if (answer.type() == FrameType.PARTIAL) {
                partlyAnswered(answer);
                return;
            }
            RemoteTask<?>[] task = {null};
            boolean[] deliver = {false};
            IllegalArgumentException[] stray = {null};
            handle(
                    actions -> {
                        task[0] = (RemoteTask<?>) worker.task;
                        try {
                            deliver[0] = state.answered(worker, answer.taskId(), System.nanoTime(), actions);
                        } catch (IllegalArgumentException e) {
                            stray[0] = e;
                        }
                    },
                    actions -> {
                        // The worker's next task first: then there is time for the answer.
                        perform(actions);
                        if (deliver[0]) {
                            deliver(task[0], answer);
                        } else if (task[0] != null && stray[0] == null) {
                            task[0].dropFrame();
                        }
                    });
            if (stray[0] != null) {
                throw stray[0]; // a task has got at the channel: the end of this worker, and of no other
            }
        }

        /** Nothing that would concern the state: the worker goes on with its task. */
        private void partlyAnswered(Frame answer) {
            RemoteTask<?> task;
            int round;
            lock.lock();
            try {
                if (worker.state() == WorkerState.GONE) {
                    return; // it was given up, and what it does is done elsewhere
                }
                task = (RemoteTask<?>) worker.task;
                round = task == null ? 0 : task.round();
            } finally {
                lock.unlock();
            }
            if (task == null || task.id() != answer.taskId()) {
                throw new IllegalArgumentException(worker + " answered a part of task #" + answer.taskId());
            }
            task.partlyAnswered(answer, round);
        }

        private void deliver(RemoteTask<?> task, Frame answer) {
            worker.handle().pid().ifPresent(task::sentTo);
            TaskPrints prints = task.prints();
            if (prints != null && prints.areKept()) {
                worker.handle().awaitOutputOf(task.id());
            }
            try {
                task.answer(answer);
            } catch (Throwable e) { // no memory left: the task has ended, and its future must say so
                task.failLocally(e);
            }
        }

        @Override
        public void gone(WorkerEnd end) {
            RemoteTask<?>[] last = {null};
            boolean[] goesOn = {false};
            handle(actions -> {
                RemoteTask<?> task = (RemoteTask<?>) worker.task;
                last[0] = task;
                boolean begun = task != null && end.hasBegun(task.id());
                goesOn[0] = begun && task != null && !task.state().isTerminal() && task.goesOnWithout(end);
                state.workerGone(worker, end, begun && !goesOn[0], System.nanoTime(), actions);
            });
            if (last[0] != null && goesOn[0]) {
                EndReason reason = worker.endReason == null ? EndReason.CRASHED : worker.endReason;
                last[0].partLost(exceptions.of(last[0], new Failure.WorkerDied(end, reason)));
            }
            if (last[0] != null && last[0].state().isTerminal()) {
                last[0].dropFrame(); // nobody can send it any more
            }
            LOG.log(Level.DEBUG, () -> label + ": " + worker + " has ended: " + end);
        }

        @Override
        public void cleared() {
            handle(actions -> state.workerCleared(System.nanoTime(), actions));
        }
    }
}
