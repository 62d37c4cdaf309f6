/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Receipts;
import io.loky.ProcessPoolOptions.WhenFull;
import io.loky.WorkerSnapshot;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.execution.Meter;
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
import io.loky.internal.wire.Sections;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

    /** For what has no answer to decode. */
    private static final ObjectCodec NO_CODEC = new ObjectCodec(ClassNames.of(null));

    private static final SendingAhead.Claimed<WorkerHandle> CLAIMED = new SendingAhead.Claimed<>() {
        @Override
        public boolean canTakeBack(WorkerHandle worker) {
            return worker.canTakeBack();
        }

        @Override
        public long takeBack(WorkerHandle worker, long kept, long sent) {
            return worker.takeBack(kept, sent);
        }
    };

    private final String label;
    private final FailureExceptions exceptions;
    private final RecyclingLog leaving;
    private volatile ListenerCalls listener;
    private final SlowTaskLog slowTasks;

    /** Null where there is no worker that could have another heap. */
    private volatile @Nullable LargerHeaps largerHeaps;

    private final PoolLimits limits;
    private final WhenFull whenFull;
    private final Receipts receipts;
    private final long large;
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

    /** Done once, right before the pool counts as terminated. */
    private final AtomicReference<Runnable> farewell = new AtomicReference<>(() -> {});

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
        this.listener = new ListenerCalls(label, options.listener());
        this.slowTasks = new SlowTaskLog(label);
        this.whenFull = options.whenFull();
        this.receipts = options.receipts();
        this.large = options.largeDataThreshold();
        this.limits = PoolLimits.of(options);
        this.state = new PoolState<>(limits, workers, CLAIMED);
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
                long now = System.nanoTime();
                task.noteSubmitted(now);
                answer[0] = state.submit(task, now, actions);
                if (answer[0] == Submission.FULL && whenFull == WhenFull.BLOCK) {
                    admission[0] = new Admission(task);
                    state.waitForRoom(admission[0]);
                } else if (answer[0] == Submission.FULL && whenFull == WhenFull.CALLER_RUNS) {
                    state.runOutside(task);
                    task.noteSent(System.nanoTime());
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
            answer = CallerRun.run(task, Meter.of(receipts, false), large);
        } catch (Throwable e) { // whatever it is, the future must say so
            failure = e;
        }
        endOutside(task, answer, failure);
    }

    /** A task that ran without a worker of this pool has this answer, or this failure. */
    void endOutside(RemoteTask<?> task, @Nullable Frame answer, @Nullable Throwable failure) {
        endOutside(task, answer != null, () -> {
            if (answer != null) {
                task.answer(answer);
            } else {
                task.failLocally(failure != null ? failure : new IllegalStateException(task + " had nothing to run"));
            }
        });
    }

    /** The same with a failure that is made by the user's code, when somebody asks for it. */
    void endOutside(RemoteTask<?> task, Supplier<Throwable> failure) {
        endOutside(task, false, () -> task.failLater(failure));
    }

    private void endOutside(RemoteTask<?> task, boolean answered, Runnable delivery) {
        boolean[] deliver = {false};
        handle(
                actions -> {
                    long now = System.nanoTime();
                    deliver[0] =
                            answered ? state.answeredOutside(task, now, actions) : state.ranOutside(task, now, actions);
                },
                actions -> {
                    perform(actions);
                    if (deliver[0]) {
                        delivery.run();
                    } else {
                        task.dropFrame(); // it was cancelled meanwhile
                    }
                });
    }

    // ---- tasks that are executed once more with a larger heap -------------------------------------------------------

    /** Makes a pool with one worker, which has this heap and this index. */
    interface LargerMaker {
        Supervisor make(String heap, int index);
    }

    /** Sets how; called before there is a task. */
    void enlargeBy(LargerMaker maker) {
        largerHeaps = new LargerHeaps(heap -> {
            int index = lendIndex();
            Supervisor larger;
            try {
                larger = maker.make(heap, index);
            } catch (Throwable e) {
                giveBackIndex(index);
                throw e;
            }
            larger.listener = listener.ofOneTask();
            larger.beforeTerminated(() -> giveBackIndex(index));
            return larger;
        });
    }

    private int lendIndex() {
        lock.lock();
        try {
            return state.lendIndex();
        } finally {
            lock.unlock();
        }
    }

    private void giveBackIndex(int index) {
        lock.lock();
        try {
            state.giveBackIndex(index);
        } finally {
            lock.unlock();
        }
    }

    private void enlarge(RemoteTask<?> task, Failure.@Nullable WorkerDied death, String error) {
        LargerHeaps larger = largerHeaps;
        if (larger == null) {
            throw new IllegalStateException(task + " cannot have a larger heap in " + label);
        }
        String story = death == null ? error : FailureExceptions.story(task, death);
        task.isSecondAfter(story);
        LOG.log(
                Level.WARNING,
                () -> task.description() + " of " + label + " has run out of memory (" + story
                        + ") and is executed once more, with a heap of "
                        + task.rerun().heap() + " (retryOutOfMemoryWith)");
        larger.add(new LargerAttempt<>(task, this, NO_CODEC));
    }

    /** The task has ended otherwise. */
    private void giveUpEnlarged(RemoteTask<?> task, Consumer<LargerAttempt<?>> ending) {
        LargerHeaps larger = largerHeaps;
        if (larger != null && task.isEnlarged()) {
            larger.giveUp(task, ending);
        }
    }

    void executedOnceMore(RemoteTask<?> task) {
        handle(actions -> task.executedOnceMore(System.nanoTime()));
    }

    Throwable withEarlier(RemoteTask<?> task, Throwable failure) {
        return exceptions.withEarlier(task, failure);
    }

    void outsideCleared(RemoteTask<?> task) {
        handle(actions -> state.outsideCleared(task, System.nanoTime(), actions));
        if (task.state().isTerminal()) {
            task.dropFrame();
        }
    }

    /** What is done when this pool has ended; called before it has anything to end. Must not block. */
    void whenTerminated(Runnable action) {
        whenTerminated = action;
    }

    // ---- names in quarantine ----------------------------------------------------------------------------------------

    Map<String, CrashReport> quarantined() {
        Map<String, Failure.Quarantined> detained;
        lock.lock();
        try {
            detained = state.quarantined();
        } finally {
            lock.unlock();
        }
        Map<String, CrashReport> reports = new LinkedHashMap<>();
        detained.forEach((name, failure) -> reports.put(name, FailureExceptions.report(failure)));
        return Collections.unmodifiableMap(reports);
    }

    boolean release(String name) {
        boolean[] released = {false};
        handle(actions -> {
            released[0] = state.release(name);
        });
        return released[0];
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

    /** About how many tasks wait, without the lock. */
    int roughlyWaiting() {
        return state.roughlyQueued();
    }

    void ensureRunning() {
        ensureRunning("a task");
    }

    /** @param what is to be rejected otherwise */
    void ensureRunning(String what) {
        if (isShutdown()) {
            throw rejected(what, null);
        }
    }

    RejectedExecutionException rejected(String task, @Nullable InterruptedException interrupt) {
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
        boolean[] waited = {false};
        handle(
                actions -> {
                    waited[0] = task.state() == TaskState.QUEUED;
                    cancelled[0] = state.cancel(task, killWorker, System.nanoTime(), actions);
                },
                actions -> {
                    if (cancelled[0]) {
                        task.cancelled(); // first: it waits for nothing that the actions do
                        if (waited[0]) { // perhaps to be executed again: nobody sends it any more
                            task.dropFrame();
                        }
                    }
                    perform(actions);
                    if (cancelled[0]) {
                        giveUpEnlarged(task, attempt -> attempt.cancelInPool(killWorker));
                    }
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

    /** Runs the action right before the pool counts as terminated, at once if it does. It must not block. */
    void beforeTerminated(Runnable action) {
        farewell.updateAndGet(before -> () -> {
            before.run();
            action.run();
        });
        if (isTerminated()) { // looked at after it was set: either the last step has seen the action, or this the end
            sayFarewell();
        }
    }

    private void sayFarewell() {
        try {
            farewell.getAndSet(() -> {}).run();
        } catch (Throwable e) { // no memory: whoever waits for the end of this pool does not wait for that
            LOG.log(Level.WARNING, label + " could not be taken leave of", e);
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

    /** Those that waited and of which nothing was executed. */
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
            running += state.outside() + state.begunBeyond();
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

    /** See {@link io.loky.ProcessPoolExecutor#dumpState()}. */
    String dumpState() {
        LargerHeaps larger = largerHeaps;
        Supervisor running = larger == null ? null : larger.running();
        return StateDump.of(label, running == null ? picture() : picture().with(running.picture()));
    }

    private PoolPicture picture() {
        lock.lock();
        try {
            return PoolPicture.of(snapshot(), state, System.nanoTime());
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
                worker.state().isBusy()
                        ? WorkerSnapshot.State.BUSY
                        : WorkerSnapshot.State.valueOf(worker.state().name()),
                worker.tasksDone,
                task == null ? OptionalLong.empty() : OptionalLong.of(task.id()));
    }

    @Override
    public String toString() {
        PoolPicture picture = picture();
        PoolSnapshot now = picture.pool();
        long spares = count(now, WorkerSnapshot.State.SPARE);
        long leaving = count(now, WorkerSnapshot.State.RETIRING) + count(now, WorkerSnapshot.State.KILLING);
        return label + "[" + now.state() + ", workers = "
                + (now.workers().size() - spares - leaving) + " of " + now.maxWorkers()
                + (spares == 0 ? "" : ", spares = " + spares) + (leaving == 0 ? "" : ", leaving = " + leaving)
                + ", running tasks = " + now.runningTasks() + ", queued tasks = " + now.queuedTasks()
                + ", completed tasks = " + now.completedTasks()
                + (picture.restNanos() == 0
                        ? ""
                        : ", refuses all tasks for " + StateDump.duration(picture.restNanos()) + " (maxCrashes)")
                + (picture.quarantined().isEmpty()
                        ? ""
                        : ", names in quarantine = " + picture.quarantined().size())
                + "]";
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

        /** What could not be given its place among a worker's tasks, and why. */
        @Nullable
        Map<Action<WorkerHandle>, Throwable> unsent;
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
            if (step.unsent != null) {
                step.unsent.forEach(this::couldNot);
            }
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
                step.actions.forEach(action -> queue(action, step));
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

    /**
     * Under the lock: each worker is to have its tasks in the order in which the state has given them, whichever thread is the first
     * to come to the actions of its step.
     */
    private void queue(Action<WorkerHandle> action, Step step) {
        try {
            if (action instanceof Action.Send<WorkerHandle> send) {
                queue(send.worker().handle(), (RemoteTask<?>) send.task());
            } else if (action instanceof Action.SendAhead<WorkerHandle> send) {
                queue(send.worker().handle(), (RemoteTask<?>) send.task());
            }
        } catch (RuntimeException | Error e) { // no memory left: it is the end of one worker, and not of the pool
            step.unsent = step.unsent == null ? new LinkedHashMap<>() : step.unsent;
            step.unsent.put(action, e);
        }
    }

    private static void queue(WorkerHandle worker, RemoteTask<?> task) {
        EncodedFrame frame = task.frame();
        TaskPrints prints = task.prints();
        if (prints != null) {
            worker.expectOutputOf(prints);
        }
        if (frame != null) { // else the task is over already, and its worker on the way out
            worker.pid().ifPresent(task::sentTo);
            worker.queue(frame);
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
            sayFarewell();
            terminated.countDown();
            sayFarewell(); // one that was set in between
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
                couldNot(action, e);
            }
        }
    }

    private void couldNot(Action<WorkerHandle> action, Throwable reason) {
        LOG.log(Level.ERROR, label + " could not do " + action.getClass().getSimpleName(), reason);
        rescue(action, reason);
    }

    private void perform(Action<WorkerHandle> action) {
        if (action instanceof Action.Send<WorkerHandle> send) {
            send.worker().handle().flush();
        } else if (action instanceof Action.SendAhead<WorkerHandle> send) {
            send.worker().handle().flush(); // all of them, with the first
        } else if (action instanceof Action.Start<WorkerHandle> start) {
            start.worker().handle().start(new Link(start.worker()));
        } else if (action instanceof Action.Retire<WorkerHandle> retire) {
            leaving.leaves(retire.worker().number(), retire.reason(), retire.detail(), System.nanoTime());
            retire.worker().handle().retire();
        } else if (action instanceof Action.Interrupt<WorkerHandle> interrupt) {
            interrupt.worker().handle().interrupt(interrupt.task().id(), limits.cancelGrace(), interrupt.sampled());
        } else if (action instanceof Action.TellSlow<WorkerHandle> slow) {
            slowTasks.tell(slow.worker(), (RemoteTask<?>) slow.task(), slow.ranNanos());
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
            giveUpEnlarged((RemoteTask<?>) fail.task(), LargerAttempt::stop);
        } else if (action instanceof Action.Again<WorkerHandle> again) {
            tellAgain((RemoteTask<?>) again.task(), again.death());
        } else if (action instanceof Action.LosePart<WorkerHandle> lose) {
            RemoteTask<?> task = (RemoteTask<?>) lose.task();
            task.partLost(exceptions.of(task, lose.failure()));
        } else if (action instanceof Action.Enlarge<WorkerHandle> enlarge) {
            enlarge((RemoteTask<?>) enlarge.task(), enlarge.death(), enlarge.error());
        } else if (action instanceof Action.Admit<WorkerHandle> admit) {
            admit.admission().open();
        } else if (action instanceof Action.Terminated<WorkerHandle>) {
            if (heldAtExit.isEmpty()) {
                ExitHook.remove(this);
            }
            allCleared = true;
        }
    }

    private void tellAgain(RemoteTask<?> task, Failure.WorkerDied died) {
        LOG.log(
                Level.WARNING,
                () -> task.description() + " of " + label + " is executed again (retriesOnCrash), since its attempt "
                        + died.attempt() + " of " + died.attempts() + " has ended so: "
                        + FailureExceptions.story(task, died));
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
    private void rescue(Action<WorkerHandle> action, Throwable reason) {
        if (action instanceof Action.Fail<WorkerHandle> fail) {
            ((RemoteTask<?>) fail.task()).failLocally(reason);
        } else if (action instanceof Action.LosePart<WorkerHandle> lose) {
            ((RemoteTask<?>) lose.task()).partLost(reason);
        } else if (action instanceof Action.Enlarge<WorkerHandle> enlarge) {
            endOutside((RemoteTask<?>) enlarge.task(), null, reason);
            outsideCleared((RemoteTask<?>) enlarge.task());
        } else if (action instanceof Action.Send<WorkerHandle> send) {
            send.worker().handle().kill();
        } else if (action instanceof Action.SendAhead<WorkerHandle> send) {
            send.worker().handle().kill();
        }
    }

    /** Connects a worker's process with the worker in the state. */
    private final class Link implements WorkerEvents {
        private final Worker<WorkerHandle> worker;

        /** Whether the listener hears of its end. Guarded by this. */
        private boolean endTold;

        Link(Worker<WorkerHandle> worker) {
            this.worker = worker;
        }

        @Override
        public void ready() {
            handle(actions -> state.workerReady(worker, System.nanoTime(), actions), actions -> {
                tellStart(); // before it has a task that may be its end
                perform(actions);
            });
        }

        private synchronized void tellStart() {
            if (!endTold) { // who gives a worker up does not wait for its thread, which may be here only now
                listener.started(worker.number(), worker.handle().pid());
            }
        }

        private synchronized void tellEnd(WorkerEnd end, @Nullable RemoteTask<?> task) {
            endTold = true;
            listener.ended(worker.number(), end, reason(), task);
        }

        /** Why it has ended. */
        private EndReason reason() {
            return worker.endReason == null ? EndReason.CRASHED : worker.endReason;
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
        public void sampled(long taskId, List<StackTraceElement> stack) {
            if (taskOf(worker) instanceof RemoteTask<?> task && task.id() == taskId) {
                task.sampled(stack);
            }
        }

        /** A result has begun to come. A capsule would still need what was sent, if the worker dies in the middle of it. */
        @Override
        public Sections spare(FrameType type, long taskId) {
            return type == FrameType.VALUE
                            && !exceptions.keepsCapsules()
                            && taskOf(worker) instanceof RemoteTask<?> task
                            && task.id() == taskId
                    ? task.giveUpArrays()
                    : Sections.NONE;
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
                        } else if (task[0] != null
                                && stray[0] == null
                                && task[0].state().isTerminal()) {
                            task[0].dropFrame(); // else it is executed once more
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
                if (worker.state() == WorkerState.GONE || worker.interruptedFor == EndReason.TASK_TIMEOUT) {
                    return; // it was given up, and what it does is done elsewhere; or is too late, however it is sent
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
            boolean[] hasBegun = {false};
            handle(
                    actions -> {
                        RemoteTask<?> task = (RemoteTask<?>) worker.task;
                        last[0] = task;
                        boolean begun = task != null && end.hasBegun(task.id());
                        hasBegun[0] = begun;
                        state.workerGone(worker, end, begun, System.nanoTime(), actions);
                    },
                    actions -> {
                        tellEnd(end, hasBegun[0] ? last[0] : null); // before its successor starts
                        perform(actions);
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
