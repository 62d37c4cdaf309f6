/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.PoolSnapshot;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.jvm.KeepAlive;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskOwner;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import java.lang.System.Logger.Level;
import java.time.Duration;
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
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The shell around {@link PoolState}: takes the lock, tells the state what happened and when, releases the lock, and does
 * what the state wants done. Nothing that can block, fail or call user code happens under the lock.
 *
 * <p>It lives as long as the pool has work or workers, whether or not the user still holds the pool; so nothing in here refers
 * to {@link ProcessPool}. While it has unfinished tasks this JVM does not end by itself.
 */
final class Supervisor implements TaskOwner, ExitHook.AtExit {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    private final String label;
    private final FailureExceptions exceptions;
    private final CountDownLatch terminated = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final PoolState<WorkerHandle> state;

    /** Whether this JVM is kept alive for the tasks of this pool. Guarded by the lock. */
    private boolean holding;

    private final PoolAlarm alarm;
    private final KeepAlive keepAlive;

    /** Futures that are failed by the end of this JVM, and are told so only where it takes long. */
    private final Queue<Action<WorkerHandle>> failedAtExit = new ConcurrentLinkedQueue<>();

    /** Steps whose event has happened and that are not finished: futures that they complete may not be done yet. */
    private final AtomicInteger unfinishedSteps = new AtomicInteger();

    /** The last worker is cleared. The pool is terminated once the steps before are finished, too. */
    private volatile boolean allCleared;

    /** Whether the state is past RUNNING; for a look without the lock. */
    private volatile boolean shutDown;

    /**
     * @param label such as {@code loky-pool-1}
     * @param workers makes the handle of the worker with this index; starts nothing
     */
    Supervisor(String label, ProcessPoolOptions options, IntFunction<WorkerHandle> workers) {
        this(label, options, workers, KeepAlive.shared(), PoolAlarm::new);
    }

    /** With a keeper and an alarm of the caller's, for models without other threads. */
    Supervisor(
            String label,
            ProcessPoolOptions options,
            IntFunction<WorkerHandle> workers,
            KeepAlive keepAlive,
            Function<Runnable, PoolAlarm> alarms) {
        this.label = label;
        this.keepAlive = keepAlive;
        this.alarm = alarms.apply(this::tick);
        this.exceptions = new FailureExceptions(label, options.startTimeout());
        this.state = new PoolState<>(
                options.maxWorkers(),
                nanos(options.idleTimeout()),
                nanos(options.startTimeout()),
                nanos(options.heartbeat()),
                workers);
        ExitHook.add(this);
    }

    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE; // beyond 292 years
        }
    }

    // ---- what the user does ---------------------------------------------------------------------------------------

    @Override
    public void start(RemoteTask<?> task) {
        if (task.isDone()) {
            return;
        }
        boolean[] accepted = {true};
        Throwable defect = handle(actions -> {
            if (task.state() == TaskState.NEW) { // else the pool has it already
                accepted[0] = state.submit(task, System.nanoTime(), actions);
            }
        });
        if (defect != null) {
            task.failLocally(exceptions.of(task, new Failure.PoolBroken(defect))); // lost on its way into the state
        } else if (!accepted[0]) {
            throw rejected(task.description());
        }
    }

    void ensureRunning() {
        if (isShutdown()) {
            throw rejected("a task");
        }
    }

    private RejectedExecutionException rejected(String task) {
        return new RejectedExecutionException(
                task + " rejected by " + this + ": the pool was shut down; submit to a pool that is running");
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

    void resize(int maxWorkers) {
        handle(actions -> state.resize(maxWorkers, System.nanoTime(), actions));
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
            return new PoolSnapshot(
                    state.phase(),
                    state.maxWorkers(),
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
                worker.index(),
                worker.handle().pid(),
                WorkerSnapshot.State.valueOf(worker.state().name()),
                worker.tasksDone,
                task == null ? OptionalLong.empty() : OptionalLong.of(task.id()));
    }

    @Override
    public String toString() {
        PoolSnapshot now = snapshot();
        return label + "[" + now.state() + ", workers = " + now.workers().size() + " of " + now.maxWorkers()
                + ", running tasks = " + now.runningTasks() + ", queued tasks = " + now.queuedTasks()
                + ", completed tasks = " + now.completedTasks() + "]";
    }

    // ---- the end of this JVM --------------------------------------------------------------------------------------

    @Override
    public void stop() {
        handle(actions -> state.stop(System.nanoTime(), actions), actions -> {
            List<Action<WorkerHandle>> others = new ArrayList<>();
            for (Action<WorkerHandle> action : actions) {
                (action instanceof Action.Fail<WorkerHandle> ? failedAtExit : others).add(action);
            }
            perform(others);
        });
    }

    @Override
    public void release() {
        perform(List.copyOf(failedAtExit));
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
            unfinishedSteps.incrementAndGet(); // under the lock: seen by whoever terminates the pool after this event
        } finally {
            lock.unlock();
        }
    }

    /** After the actions: this JVM may end by itself only when the last future is done. */
    private void finish(Step step) {
        alarm.ringBy(step.dueNanos);
        if (unfinishedSteps.decrementAndGet() == 0 && allCleared) {
            alarm.off();
            terminated.countDown();
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
            retire.worker().handle().retire();
        } else if (action instanceof Action.Kill<WorkerHandle> kill) {
            kill.worker().handle().kill();
        } else if (action instanceof Action.Abandon<WorkerHandle> abandon) {
            abandon.worker().handle().abandon();
        } else if (action instanceof Action.Listen<WorkerHandle> listen) {
            long beats = listen.worker().handle().beats();
            handle(more -> state.heard(listen.worker(), beats, System.nanoTime(), more));
        } else if (action instanceof Action.Fail<WorkerHandle> fail) {
            RemoteTask<?> task = (RemoteTask<?>) fail.task();
            task.failLocally(exceptions.of(task, fail.failure()));
        } else if (action instanceof Action.Terminated<WorkerHandle>) {
            if (failedAtExit.isEmpty()) {
                ExitHook.remove(this);
            }
            allCleared = true;
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
        public void answered(Frame answer) {
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

        private void deliver(RemoteTask<?> task, Frame answer) {
            worker.handle().pid().ifPresent(task::sentTo);
            try {
                task.answer(answer);
            } catch (Throwable e) { // no memory left: the task has ended, and its future must say so
                task.failLocally(e);
            }
        }

        @Override
        public void gone(WorkerEnd end) {
            RemoteTask<?>[] last = {null};
            handle(actions -> {
                RemoteTask<?> task = (RemoteTask<?>) worker.task;
                last[0] = task;
                boolean begun = task != null && end.hasBegun(task.id());
                state.workerGone(worker, end, begun, System.nanoTime(), actions);
            });
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
