/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.Broadcast;
import io.loky.ExecutorShutdownException;
import io.loky.MapOptions;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.SerializableRunnable;
import io.loky.SerializableSupplier;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskSerializationException;
import io.loky.WorkerSnapshot;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.launch.LaunchPlan;
import io.loky.internal.parent.launch.NestingDepth;
import io.loky.internal.parent.launch.WorkerEvents;
import io.loky.internal.parent.launch.WorkerProcess;
import io.loky.internal.parent.task.OrderedMap;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskOwner;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shell around {@link PoolState}: takes the lock, tells the state what happened and when, releases the lock, and does
 * what the state wants done. Nothing that can block, fail or call user code happens under the lock.
 */
public final class ProcessPool extends InvokingExecutorService implements ProcessPoolExecutor, TaskOwner {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int WINDOW_PER_WORKER = 4;

    private final ProcessPoolOptions options;
    private final String label = "loky-pool-" + NUMBER.incrementAndGet();
    private final AtomicLong lastTaskId = new AtomicLong();
    private final CountDownLatch terminated = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final PoolState<WorkerProcess> state;

    private final PoolAlarm alarm = new PoolAlarm(this::tick);

    /** Whether the state is past RUNNING; for a look without the lock. */
    private volatile boolean shutDown;

    /** An enormous frame is not written while an answer waits to be delivered: writing it takes as long as its worker does. */
    private static final int QUICKLY_WRITTEN = 32 * 1024;

    private ProcessPool(ProcessPoolOptions options) {
        this.options = options;
        LaunchPlan plan = new LaunchPlan(options, label);
        this.state = new PoolState<>(
                options.maxWorkers(),
                nanos(options.idleTimeout()),
                nanos(options.startTimeout()),
                index -> new WorkerProcess(plan, index));
    }

    /**
     * A pool without workers; the first is started by the first task.
     *
     * @throws io.loky.NestingLimitException if this JVM is a worker so deep that it may have none itself
     */
    public static ProcessPool create(ProcessPoolOptions options) {
        Objects.requireNonNull(options, "options");
        NestingDepth.check();
        return new ProcessPool(options);
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE; // beyond 292 years
        }
    }

    // ---- submission -----------------------------------------------------------------------------------------------

    @Override
    public <T> TaskFuture<T> submit(SerializableCallable<T> task) {
        return start(TaskCall.of((Callable<T>) Objects.requireNonNull(task, "task")), null, null);
    }

    @Override
    public TaskFuture<?> submit(SerializableRunnable task) {
        return start(TaskCall.of((Runnable) Objects.requireNonNull(task, "task")), null, null);
    }

    @Override
    public <T> TaskFuture<T> submit(SerializableCallable<T> task, TaskOptions taskOptions) {
        Objects.requireNonNull(task, "task");
        return start(TaskCall.of((Callable<T>) task), Objects.requireNonNull(taskOptions, "options"), null);
    }

    @Override
    public TaskFuture<?> submit(SerializableRunnable task, TaskOptions taskOptions) {
        Objects.requireNonNull(task, "task");
        return start(TaskCall.of((Runnable) task), Objects.requireNonNull(taskOptions, "options"), null);
    }

    @Override
    public <A, T> TaskFuture<T> submitWith(SerializableFunction<? super A, ? extends T> function, A argument) {
        return start(TaskCall.of(Objects.requireNonNull(function, "function"), argument), null, null);
    }

    @Override
    public <T> TaskFuture<T> call(SerializableCallable<T> task) {
        return submit(task);
    }

    @Override
    public TaskFuture<?> run(SerializableRunnable task) {
        return submit(task);
    }

    @Override
    public <T> CompletableFuture<T> supplyAsync(SerializableSupplier<T> supplier) {
        RemoteTask<T> task = start(TaskCall.of(Objects.requireNonNull(supplier, "supplier")), null, null);
        return task.toCompletableFuture();
    }

    @Override
    public <T> TaskFuture<T> submit(Callable<T> task) {
        return start(TaskCall.of(Objects.requireNonNull(task, "task")), null, null);
    }

    @Override
    public TaskFuture<?> submit(Runnable task) {
        return start(TaskCall.of(Objects.requireNonNull(task, "task")), null, null);
    }

    @Override
    public <T> TaskFuture<T> submit(Runnable task, T result) {
        return start(TaskCall.of(Objects.requireNonNull(task, "task")), null, result);
    }

    @Override
    public void execute(SerializableRunnable task) {
        execute((Runnable) Objects.requireNonNull(task, "task"));
    }

    @Override
    public void execute(Runnable command) {
        Objects.requireNonNull(command, "command");
        RemoteTask<?> wrapped = bridge.unwrap(command);
        ensureRunning(); // also for a task that is done already, since it could not be encoded
        if (command instanceof RemoteTask<?> own && own.isOwnedBy(this)) {
            start(own);
        } else if (wrapped != null) {
            start(wrapped);
            wrapped.afterwards(command, bridge.deliveries());
        } else {
            CompletionServiceBridge.refuseAsynchronousCompletion(command, this);
            executeAndForget(command);
        }
    }

    private void executeAndForget(Runnable command) {
        RemoteTask<?> task = make(TaskCall.of(command), null, null);
        if (task.isDone()) { // could not be encoded; there is no future that would tell
            throw (ProcessPoolException) task.exceptionNow();
        }
        task.afterwards(() -> {
            if (task.status() == TaskFuture.Status.FAILED) {
                // what shutdownNow gives up, somebody wanted to be given up, and has in the list that it returns
                boolean givenUp = task.exceptionNow() instanceof ExecutorShutdownException;
                LOG.log(
                        givenUp ? Level.DEBUG : Level.WARNING,
                        task.description() + " given to execute failed in " + label,
                        task.exceptionNow());
            }
        });
        start(task);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        RemoteTask<T> task = make(TaskCall.of(Objects.requireNonNull(callable, "task")), null, null);
        bridge.made(task);
        return task;
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        RemoteTask<T> task = make(TaskCall.of(Objects.requireNonNull(runnable, "task")), null, value);
        bridge.made(task);
        return task;
    }

    @Override
    public <T> List<Future<T>> invokeAll(List<? extends SerializableCallable<T>> tasks) throws InterruptedException {
        return invokeAll((Collection<? extends Callable<T>>) Objects.requireNonNull(tasks, "tasks"));
    }

    @Override
    public <T, R> Stream<R> map(SerializableFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return map(function, items, MapOptions.defaults());
    }

    @Override
    public <T, R> Stream<R> map(
            SerializableFunction<? super T, ? extends R> function, Iterable<? extends T> items, MapOptions mapOptions) {
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(mapOptions, "options");
        int window = mapOptions.window().orElse(WINDOW_PER_WORKER * options.maxWorkers());
        ensureRunning();
        return OrderedMap.<T, R>stream(items, item -> start(TaskCall.of(function, item), null, null), window);
    }

    private <T> RemoteTask<T> start(TaskCall call, @Nullable TaskOptions taskOptions, @Nullable T fixedResult) {
        ensureRunning(); // before the work of encoding; asked again when the state takes the task
        RemoteTask<T> task = make(call, taskOptions, fixedResult);
        start(task);
        return task;
    }

    /** A task with its snapshot taken; it has failed already if that could not be done. */
    private <T> RemoteTask<T> make(TaskCall call, @Nullable TaskOptions taskOptions, @Nullable T fixedResult) {
        Class<?> function = call.functionClass();
        String name = taskOptions == null
                ? TaskNames.of(function)
                : taskOptions.name().orElseGet(() -> TaskNames.of(function));
        ClassLoader loader = function.getClassLoader();
        if (loader == null) {
            loader = Thread.currentThread().getContextClassLoader();
        }
        RemoteTask<T> task = new RemoteTask<>(lastTaskId.incrementAndGet(), this, name, loader, fixedResult);
        FrameBuffer buffer = FrameBuffer.take();
        try {
            call.write(buffer);
            task.encoded(buffer.finish(FrameType.TASK, task.id()));
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            task.failLocally(new TaskSerializationException(Refusals.cannotBeSent(task.description(), function, e), e));
        }
        return task;
    }

    @Override
    public void start(RemoteTask<?> task) {
        if (task.isDone()) {
            return;
        }
        List<Action<WorkerProcess>> actions = new ArrayList<>(2);
        boolean accepted;
        long due;
        lock.lock();
        try {
            accepted = task.state() != TaskState.NEW || state.submit(task, System.nanoTime(), actions);
            due = state.nextDeadlineNanos();
        } finally {
            lock.unlock();
        }
        if (!accepted) {
            throw rejected(task.description());
        }
        perform(actions);
        alarm.ringBy(due);
    }

    private void ensureRunning() {
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
        handle(actions -> {
            cancelled[0] = state.cancel(task, killWorker, System.nanoTime(), actions);
        });
        if (cancelled[0]) {
            task.cancelled();
        }
        return cancelled[0];
    }

    // ---- not there yet --------------------------------------------------------------------------------------------

    @Override
    public <T> Broadcast<T> broadcast(T value) {
        throw notAvailable("broadcast");
    }

    @Override
    public void resize(int maxWorkers) {
        throw notAvailable("resize");
    }

    private static UnsupportedOperationException notAvailable(String method) {
        return new UnsupportedOperationException(
                "ProcessPoolExecutor." + method + " is not available in this version of Loky");
    }

    // ---- the pool's life ------------------------------------------------------------------------------------------

    @Override
    public void prestart() {
        ensureRunning();
        handle(actions -> state.prestart(System.nanoTime(), actions));
    }

    @Override
    public void shutdown() {
        handle(actions -> state.shutdown(System.nanoTime(), actions));
    }

    @Override
    public void shutdown(boolean killWorkers) {
        if (killWorkers) {
            shutdownNow();
        } else {
            shutdown();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> neverSent = new ArrayList<>();
        handle(actions -> {
            for (Task task : state.stop(System.nanoTime(), actions)) {
                neverSent.add((RemoteTask<?>) task);
            }
        });
        return neverSent;
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long nanos = Objects.requireNonNull(unit, "unit").toNanos(timeout);
        // as on ThreadPoolExecutor, an interrupt ends a wait, and where nothing is waited for there is none
        return isTerminated() || (nanos > 0 && terminated.await(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void close() {
        shutdown();
        boolean interrupted = false;
        for (; ; ) {
            try {
                terminated.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public ProcessPoolOptions options() {
        return options;
    }

    @Override
    public PoolSnapshot snapshot() {
        lock.lock();
        try {
            List<WorkerSnapshot> workers = new ArrayList<>();
            int running = 0;
            for (Worker<WorkerProcess> worker : state.workers()) {
                workers.add(snapshotOf(worker));
                if (worker.task != null && !worker.task.state().isTerminal()) {
                    running++;
                }
            }
            return new PoolSnapshot(
                    state.phase(),
                    options.maxWorkers(),
                    workers,
                    state.waiting(),
                    running,
                    state.completed(),
                    state.ended());
        } finally {
            lock.unlock();
        }
    }

    private static WorkerSnapshot snapshotOf(Worker<WorkerProcess> worker) {
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

    // ---- events and actions ---------------------------------------------------------------------------------------

    /** One event of the state. */
    private interface Event {
        void happen(List<Action<WorkerProcess>> out);
    }

    private void handle(Event event) {
        List<Action<WorkerProcess>> actions = new ArrayList<>();
        Throwable defect = null;
        long due;
        lock.lock();
        try {
            try {
                event.happen(actions);
            } catch (RuntimeException | Error e) {
                // The state has lost its way. Whoever waits must hear of it instead of waiting forever.
                defect = e;
                state.breakDown(e, System.nanoTime(), actions);
            }
            shutDown = state.phase() != PoolSnapshot.State.RUNNING;
            due = state.nextDeadlineNanos();
        } finally {
            lock.unlock();
        }
        perform(actions);
        alarm.ringBy(due);
        if (defect != null) {
            LOG.log(Level.ERROR, label + " failed; all its tasks are failed", defect);
        }
    }

    private void tick() {
        handle(actions -> state.tick(System.nanoTime(), actions));
    }

    /** Does every one of them: what fails in one must not keep the others from being done. */
    private void perform(List<Action<WorkerProcess>> actions) {
        for (Action<WorkerProcess> action : actions) {
            try {
                perform(action);
            } catch (Throwable e) {
                LOG.log(
                        Level.ERROR,
                        label + " could not do " + action.getClass().getSimpleName(),
                        e);
            }
        }
    }

    private void perform(Action<WorkerProcess> action) {
        if (action instanceof Action.Send<WorkerProcess> send) {
            send(send.worker(), (RemoteTask<?>) send.task());
        } else if (action instanceof Action.Start<WorkerProcess> start) {
            WorkerProcess process = start.worker().handle();
            process.start(new Link(start.worker()));
        } else if (action instanceof Action.Retire<WorkerProcess> retire) {
            retire.worker().handle().retire();
        } else if (action instanceof Action.Kill<WorkerProcess> kill) {
            kill.worker().handle().kill();
        } else if (action instanceof Action.Fail<WorkerProcess> fail) {
            RemoteTask<?> task = (RemoteTask<?>) fail.task();
            task.failLocally(exceptionFor(task, fail.failure()));
        } else if (action instanceof Action.Terminated<WorkerProcess>) {
            alarm.off();
            terminated.countDown();
        }
    }

    private static void send(Worker<WorkerProcess> worker, RemoteTask<?> task) {
        WorkerProcess process = worker.handle();
        process.pid().ifPresent(task::sentTo);
        EncodedFrame frame = task.frame();
        if (frame != null) { // else the task is over already, and its worker on the way out
            process.send(frame);
        }
    }

    private Throwable exceptionFor(RemoteTask<?> task, Failure failure) {
        if (failure instanceof Failure.WorkerDied died) {
            return Verdict.died(died.end(), task.id(), task.name());
        }
        if (failure instanceof Failure.NoWorkerStarts none) {
            return none.timedOut()
                    ? Verdict.startTimedOut(none.last(), options.startTimeout(), none.attempts(), task.description())
                    : Verdict.didNotStart(none.last(), none.attempts(), task.description());
        }
        if (failure instanceof Failure.PoolShutDown shutDown) {
            return new ExecutorShutdownException(task.description() + " was given up because " + label
                    + " was shut down by shutdownNow() or shutdown(true) "
                    + (shutDown.begun() ? "while it was running" : "before a worker had begun it")
                    + "; use shutdown() or close() to let submitted tasks finish");
        }
        Throwable defect = ((Failure.PoolBroken) failure).defect();
        return new ExecutorShutdownException(task.description() + " was given up because " + label
                + " failed, which is a defect of Loky: " + defect + "; make a new pool, and report this with the log of"
                + " io.loky.pool");
    }

    /** Connects a worker's process with the worker in the state. Called on the worker's own thread. */
    private final class Link implements WorkerEvents {
        private final Worker<WorkerProcess> worker;

        Link(Worker<WorkerProcess> worker) {
            this.worker = worker;
        }

        @Override
        public void ready() {
            handle(actions -> state.workerReady(worker, System.nanoTime(), actions));
        }

        @Override
        public void answered(Frame answer) {
            List<Action<WorkerProcess>> actions = new ArrayList<>(2);
            RemoteTask<?> task;
            boolean deliver;
            long due;
            lock.lock();
            try {
                task = (RemoteTask<?>) worker.task;
                deliver = state.answered(worker, answer.taskId(), System.nanoTime(), actions);
                due = state.nextDeadlineNanos();
            } finally {
                lock.unlock();
            }
            if (task == null) {
                return;
            }
            // The worker's next task first: then there is time for the answer.
            boolean nextFirst = areQuick(actions);
            if (nextFirst) {
                perform(actions);
            }
            if (deliver) {
                worker.handle().pid().ifPresent(task::sentTo);
                task.answer(answer);
            } else {
                task.dropFrame();
            }
            if (!nextFirst) {
                perform(actions);
            }
            alarm.ringBy(due);
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
    }

    private static boolean areQuick(List<Action<WorkerProcess>> actions) {
        for (Action<WorkerProcess> action : actions) {
            if (action instanceof Action.Send<WorkerProcess> send) {
                EncodedFrame frame = ((RemoteTask<?>) send.task()).frame();
                if (frame != null && frame.length() > QUICKLY_WRITTEN) {
                    return false;
                }
            }
        }
        return true;
    }
}
