/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.Broadcast;
import io.loky.CrashReport;
import io.loky.ExecutorShutdownException;
import io.loky.MapOptions;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Receipts;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.SerializableRunnable;
import io.loky.SerializableSupplier;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskSerializationException;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.Dialect;
import io.loky.internal.codec.Dialects;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SharedValue;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.context.CurrentContext;
import io.loky.internal.parent.broadcast.Broadcasts;
import io.loky.internal.parent.classes.Shell;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.parent.launch.CpuBudget;
import io.loky.internal.parent.launch.Initializer;
import io.loky.internal.parent.launch.LaunchPlan;
import io.loky.internal.parent.launch.NestingDepth;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.launch.WorkerProcess;
import io.loky.internal.parent.local.LocalWorker;
import io.loky.internal.parent.map.ItemMap;
import io.loky.internal.parent.map.MapHead;
import io.loky.internal.parent.map.MapPlan;
import io.loky.internal.parent.output.OutputPlan;
import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.SubmitSite;
import io.loky.internal.parent.task.SubmitSites;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.ObjectInputFilter;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pool as its user holds it: makes tasks of what is submitted. All that a pool is beyond that, the {@link Supervisor} is,
 * which does not refer to this. So a pool that its user has dropped can be found out, and is shut down: it finishes its work,
 * and goes.
 *
 * <p>A user may well drop a pool in the very call that submits a task to it; the methods that submit keep it until they are
 * through.
 */
public final class ProcessPool extends InvokingExecutorService implements ProcessPoolExecutor {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Cleaner CLEANER = Cleaner.create(runnable -> ServiceThread.of("loky-cleaner", runnable));

    private final CurrentOptions options;
    private final Supervisor supervisor;
    private final Broadcasts broadcasts;
    private final AtomicLong lastTaskId = new AtomicLong();
    private final Dialects dialects;
    private final long large;
    private final OutputPlan output;
    private final boolean keepsReceipts;
    private final SubmitSites sites = new SubmitSites();
    private final AnswerCodecs answerCodecs = new AnswerCodecs();

    /** Of tasks that have none of their own; {@link Task#UNLIMITED} for none. Asked for each task, which the options take long to say. */
    private final long taskLimitNanos;

    private final long queueLimitNanos;

    /** Has it found by management tools, if that is wanted. */
    private final Runnable management;

    /** Of tasks that were told nothing. */
    private final Rerun rerun;

    /** Decides which classes answers may hold: the user's, and that of the JVM, which would otherwise give way to it. */
    private final @Nullable ObjectInputFilter filter;

    private ProcessPool(CurrentOptions current, Supervisor supervisor, Broadcasts broadcasts, Runnable management) {
        this.options = current;
        this.supervisor = supervisor;
        this.broadcasts = broadcasts;
        this.management = management;
        ProcessPoolOptions options = current.get();
        this.taskLimitNanos = limit(options.taskTimeout(), Task.UNLIMITED);
        this.queueLimitNanos = limit(options.queueTimeout(), Task.UNLIMITED);
        this.output = new OutputPlan(options.output());
        this.rerun = new Rerun(
                options.retriesOnCrash(), null, options.retryOutOfMemoryWith().orElse(null));
        this.large = options.largeDataThreshold();
        this.keepsReceipts = options.receipts() != Receipts.OFF;
        this.dialects = new Dialects(Dialect.of(options.codec().orElse(null), options.reducers()));
        ObjectInputFilter ofJvm = ObjectInputFilter.Config.getSerialFilter();
        this.filter = options.resultFilter()
                .map(own -> ObjectInputFilter.merge(own, ofJvm))
                .orElse(ofJvm);
    }

    /**
     * A pool whose {@code minWorkers} are being started; the first of the others is started by a task.
     *
     * @throws io.loky.NestingLimitException if this JVM is a worker so deep that it may have none itself
     * @throws IllegalArgumentException if one of the system properties {@code io.loky.internals} and {@code io.loky.jmx}, or one of the environment variables
     *     that begin with {@code LOKY_}, has a value that it cannot have, or {@code javaHome} is no Java for workers
     * @throws TaskSerializationException if the initializer cannot be sent
     */
    public static ProcessPool create(ProcessPoolOptions options) {
        ProcessPool pool = unopened(options);
        pool.open();
        return pool;
    }

    /** The same before {@link #open}: it has started nothing, and can be dropped without a trace once it is shut down. */
    public static ProcessPool unopened(ProcessPoolOptions options) {
        Objects.requireNonNull(options, "options");
        boolean inProcess = options.mode() == ProcessPoolOptions.Mode.IN_PROCESS;
        if (inProcess) {
            NestingDepth.checkInProcess();
        } else {
            NestingDepth.check();
            CpuBudget.check();
        }
        JdkInternals.checkSetting();
        boolean managed = ManagedPool.isWanted(options);
        String label = "loky-pool-" + NUMBER.incrementAndGet();
        CurrentOptions current = new CurrentOptions(options);
        Initializer initializer = Initializers.encode(options);
        EncodedFrame check = Initializers.encodeCheck(options);
        LaunchPlan plan = new LaunchPlan(options, label, initializer, check);
        int level = CurrentContext.level() + 1;
        if (!inProcess) {
            plan.prepare();
        }
        HandleFactory<WorkerHandle> workers = inProcess
                ? (number, index, maxWorkers) -> new LocalWorker(
                        label + "-worker-" + number,
                        index,
                        level,
                        options.receipts(),
                        options.largeDataThreshold(),
                        initializer)
                : (number, index, maxWorkers) -> new WorkerProcess(plan.withMaxWorkers(maxWorkers), number, index);
        Supervisor supervisor = new Supervisor(label, options, workers);
        if (!inProcess) {
            supervisor.enlargeBy(
                    (heap, ownIndex) -> larger(options, heap, ownIndex, label + "-larger", initializer, check));
        }
        Runnable management = () -> {
            if (managed) {
                ManagedPool.register(label, supervisor, size -> resize(supervisor, current, size));
            }
        };
        Broadcasts broadcasts = new Broadcasts(label, CLEANER);
        supervisor.beforeTerminated(broadcasts::close);
        ProcessPool pool = new ProcessPool(current, supervisor, broadcasts, management);
        CLEANER.register(pool, supervisor::shutdown);
        return pool;
    }

    /**
     * A pool like the other one for one task, whose worker has another heap. Nothing in it refers to the other one.
     *
     * @param ownIndex of its worker, which is beside those of the other pool: what an index stands for is theirs
     */
    private static Supervisor larger(
            ProcessPoolOptions other,
            String heap,
            int ownIndex,
            String label,
            @Nullable Initializer initializer,
            @Nullable EncodedFrame check) {
        List<String> jvmArgs = new ArrayList<>(other.jvmArgs());
        jvmArgs.add("-Xmx" + heap); // the last one counts: also if the user has set one there, or maxHeap
        ProcessPoolOptions.Builder options =
                other.toBuilder().maxWorkers(1).minWorkers(0).spareWorkers(0).jvmArgs(jvmArgs);
        if (other.workerMemoryLimit().isPresent()) {
            options.workerMemoryLimit(Long.MAX_VALUE);
        }
        LaunchPlan plan = new LaunchPlan(options.build(), label, initializer, check);
        return new Supervisor(
                label, options.build(), (number, index, maxWorkers) -> new WorkerProcess(plan, 0, ownIndex));
    }

    /** Starts the workers that it has from the beginning. */
    public void open() {
        try {
            supervisor.open();
            management.run(); // takes a while the first time: the workers start meanwhile
        } finally {
            Reference.reachabilityFence(this);
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
        supervisor.ensureRunning(); // also for a task that is done already, since it could not be encoded
        if (command instanceof RemoteTask<?> own && own.isOwnedBy(supervisor)) {
            hand(own);
        } else if (wrapped != null) {
            hand(wrapped);
            wrapped.afterwards(command, bridge.deliveries());
        } else {
            CompletionServiceBridge.refuseAsynchronousCompletion(command, supervisor);
            executeAndForget(command);
        }
    }

    private void executeAndForget(Runnable command) {
        RemoteTask<?> task = make(TaskCall.of(command), null, null);
        if (task.isDone()) { // could not be encoded; there is no future that would tell
            throw (ProcessPoolException) task.exceptionNow();
        }
        Supervisor owner = supervisor; // not this, which the action would keep
        task.afterwards(() -> {
            if (task.status() == TaskFuture.Status.FAILED) {
                // what shutdownNow gives up, somebody wanted to be given up, and has in the list that it returns
                boolean givenUp = task.exceptionNow() instanceof ExecutorShutdownException;
                LOG.log(
                        givenUp ? Level.DEBUG : Level.WARNING,
                        task.description() + " given to execute failed in " + owner,
                        task.exceptionNow());
            }
        });
        hand(task);
    }

    @Override
    <T> RemoteTask<T> taskOf(Callable<T> callable) {
        return make(TaskCall.of(Objects.requireNonNull(callable, "task")), null, null);
    }

    @Override
    boolean hand(RemoteTask<?> task, long nanos) throws InterruptedException {
        try {
            supervisor.ensureRunning(); // also for a task that is done already, since it could not be encoded
            return supervisor.start(task, nanos);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        RemoteTask<T> task = taskOf(callable);
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
        supervisor.ensureRunning();
        try {
            return ItemMap.stream(items, plan(function, mapOptions), mapOptions);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private <T> MapPlan<T> plan(SerializableFunction<? super T, ?> function, MapOptions mapOptions) {
        Class<?> type = function.getClass();
        long limitNanos = limit(mapOptions.timeout(), taskLimitNanos);
        int chunkSize = mapOptions.chunkSize().orElse(1);
        if (limitNanos != Task.UNLIMITED && chunkSize > 1) {
            throw new IllegalArgumentException(
                    "chunkSize must be 1 where items have a time limit (MapOptions.timeout or"
                            + " ProcessPoolOptions.taskTimeout), got " + chunkSize);
        }
        TaskClassNames names = new TaskClassNames(type);
        ObjectCodec codec = new ObjectCodec(names, dialects.of(null), filter);
        MapHead head = MapHead.NONE;
        Throwable failure = null;
        try {
            FrameBuffer buffer = FrameBuffer.takeForSnapshot(large);
            TaskHeader.write(names.root(), Shell.variables(type, new ObjectCodec(names)), buffer);
            ChunkCall.writeHead(codec, function, buffer);
            head = MapHead.of(buffer);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            failure = e;
        }
        String label = TaskNames.of(type);
        return new MapPlan<>(
                label,
                limitNanos,
                new Rerun(rerun.retries(), null, null),
                codec,
                head,
                large,
                failure,
                new SubmitSite(),
                supervisor,
                (subject, item, e) -> new TaskSerializationException(
                        Refusals.cannotBeSent(subject, TaskCall.of(function, item), codec, e), e),
                lastTaskId::incrementAndGet,
                id -> printsOfChunk(id, label),
                this::hand,
                () -> options.get().maxWorkers());
    }

    /** Nothing is kept of what a chunk prints: it has no future that could be asked for it. */
    private @Nullable TaskPrints printsOfChunk(long id, String name) {
        return output.prints(id, name) == null ? null : new TaskPrints(id, name, 0);
    }

    private <T> RemoteTask<T> start(TaskCall call, @Nullable TaskOptions taskOptions, @Nullable T fixedResult) {
        supervisor.ensureRunning(); // before the work of encoding; asked again when the state takes the task
        RemoteTask<T> task = make(call, taskOptions, fixedResult);
        hand(task);
        return task;
    }

    /** Hands a task to the supervisor. The pool is not dropped before it has arrived there. */
    private void hand(RemoteTask<?> task) {
        try {
            supervisor.start(task);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** A task with its snapshot taken; it has failed already if that could not be done. */
    private <T> RemoteTask<T> make(TaskCall call, @Nullable TaskOptions taskOptions, @Nullable T fixedResult) {
        long begun = keepsReceipts ? System.nanoTime() : 0;
        Class<?> function = call.functionClass();
        String name = taskOptions == null
                ? TaskNames.of(function)
                : taskOptions.name().orElseGet(() -> TaskNames.of(function));
        long limitNanos = limit(taskOptions == null ? Optional.empty() : taskOptions.timeout(), taskLimitNanos);
        int priority = taskOptions == null ? 0 : taskOptions.priority();
        TaskClassNames names = new TaskClassNames(function);
        Dialect dialect =
                dialects.of(taskOptions == null ? null : taskOptions.codec().orElse(null));
        ObjectCodec codec = new ObjectCodec(names, dialect, filter);
        RemoteTask<T> task = new RemoteTask<>(
                lastTaskId.incrementAndGet(),
                limitNanos,
                priority,
                supervisor,
                name,
                codec,
                fixedResult,
                sites.here(supervisor.roughlyWaiting()));
        task.rerun(taskOptions == null ? rerun : rerunOf(taskOptions));
        if (keepsReceipts) {
            task.keepTimes(begun);
        }
        task.printsTo(output.prints(task.id(), name));
        task.wasGiven(call.argumentSketch());
        task.mayWait(limit(taskOptions == null ? Optional.empty() : taskOptions.queueTimeout(), queueLimitNanos));
        FrameBuffer buffer = FrameBuffer.takeForSnapshot(large);
        try {
            TaskHeader.write(names.root(), Shell.variables(function, new ObjectCodec(names)), buffer);
            call.write(codec, buffer);
            task.encoded(buffer.finish(FrameType.TASK, task.id()), answerCodecs.of(names, dialect, codec));
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            task.failLocally(
                    new TaskSerializationException(Refusals.cannotBeSent(task.description(), call, codec, e), e));
        }
        return task;
    }

    private static long limit(Optional<Duration> ofTask, long ofPool) {
        return ofTask.map(PoolLimits::nanos).orElse(ofPool);
    }

    private Rerun rerunOf(TaskOptions taskOptions) {
        taskOptions.retryOutOfMemoryWith().ifPresent(this::checkLarger);
        String heap = options().mode() == ProcessPoolOptions.Mode.IN_PROCESS
                ? null
                : taskOptions.retryOutOfMemoryWith().orElse(rerun.heap());
        return new Rerun(
                taskOptions.retriesOnCrash().orElse(rerun.retries()),
                taskOptions.name().orElse(null),
                heap);
    }

    /** As the pool's own would have been. */
    private void checkLarger(String heap) {
        if (options().maxHeap().isPresent()) {
            ProcessPoolOptions unused =
                    options().toBuilder().retryOutOfMemoryWith(heap).build();
        }
    }

    // ---- broadcasts -----------------------------------------------------------------------------------------------

    @Override
    public <T> Broadcast<T> broadcast(T value) {
        try {
            supervisor.ensureRunning("a broadcast");
            Broadcast<T> made = publish(value);
            if (made == null) { // the pool has ended meanwhile
                throw supervisor.rejected("a broadcast", null);
            }
            return made;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private <T> @Nullable Broadcast<T> publish(T value) {
        TaskClassNames names = new TaskClassNames(value == null ? Object.class : value.getClass());
        ObjectCodec codec = new ObjectCodec(names, dialects.of(null), null);
        String sketch = SharedValue.sketch(value);
        try {
            return broadcasts.make(value, SharedValue.of(value, names.root(), codec), sketch, names);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            throw new TaskSerializationException(Refusals.cannotBeShared(sketch, value, codec, e), e);
        }
    }

    // ---- the pool's life ------------------------------------------------------------------------------------------

    @Override
    public void prestart() {
        try {
            supervisor.ensureRunning();
            supervisor.prestart();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void resize(int maxWorkers) {
        try {
            resize(supervisor, options, maxWorkers);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static void resize(Supervisor supervisor, CurrentOptions options, int maxWorkers) {
        supervisor.adapt(() -> options.change(now -> now.toBuilder()
                .maxWorkers(maxWorkers)
                .minWorkers(Math.min(now.minWorkers(), maxWorkers))
                .build()));
    }

    /** Takes over what a running pool can be told, as far as it differs. */
    public void adapt(ProcessPoolOptions asked) {
        if (!PoolLimits.of(asked).equals(PoolLimits.of(options()))) {
            change(before -> before.toBuilder()
                    .maxWorkers(asked.maxWorkers())
                    .minWorkers(asked.minWorkers())
                    .spareWorkers(asked.spareWorkers())
                    .idleTimeout(asked.idleTimeout())
                    .build());
        }
    }

    private void change(UnaryOperator<ProcessPoolOptions> change) {
        try {
            supervisor.adapt(() -> options.change(change));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Makes this a pool that is kept while it has workers or tasks, even if its user has dropped it: somebody may ask for it
     * again. Called before anybody else knows this pool, and before it has a worker.
     *
     * @param whenTerminated must not block
     */
    public void share(Runnable whenTerminated) {
        supervisor.share(this, whenTerminated);
    }

    /** Shuts down, since another pool takes the place of this one. */
    public void giveWay(boolean killWorkers) {
        supervisor.giveWay(killWorkers);
    }

    @Override
    public void shutdown() {
        supervisor.shutdown();
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
        return supervisor.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return supervisor.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return supervisor.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long nanos = Objects.requireNonNull(unit, "unit").toNanos(timeout);
        // as on ThreadPoolExecutor, an interrupt ends a wait, and where nothing is waited for there is none
        return isTerminated() || (nanos > 0 && supervisor.awaitTermination(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void close() {
        supervisor.shutdown();
        boolean interrupted = false;
        while (!isTerminated()) {
            try {
                supervisor.awaitTermination();
            } catch (InterruptedException e) {
                interrupted = true;
                supervisor.shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public ProcessPoolOptions options() {
        return options.get();
    }

    @Override
    public Map<String, CrashReport> quarantined() {
        return supervisor.quarantined();
    }

    @Override
    public boolean release(String name) {
        return supervisor.release(Objects.requireNonNull(name, "name"));
    }

    @Override
    public PoolSnapshot snapshot() {
        return supervisor.snapshot();
    }

    @Override
    public String dumpState() {
        return supervisor.dumpState();
    }

    @Override
    public String toString() {
        return supervisor.toString();
    }
}
