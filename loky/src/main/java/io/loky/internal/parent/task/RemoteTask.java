/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.ResultSerializationException;
import io.loky.TaskFuture;
import io.loky.TaskReceipt;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * A task and its future.
 *
 * <p>Callers wait on a latch that the thread which serves the worker opens; that is the shortest way from a worker's
 * answer to a waiting {@link #get}. Dependents hang on a {@link CompletableFuture} of their own, which is made when the
 * first one is added and is completed on another thread (see {@link CompletionThreads}).
 */
public final class RemoteTask<V> extends Task implements TaskFuture<V>, StageView<V>, RunnableFuture<V> {
    private final TaskOwner owner;
    private final String label;
    private final @Nullable ClassLoader loader;
    private final @Nullable V fixedResult;
    private final SubmitSite site = new SubmitSite();
    private final Outcome<V> outcome = new Outcome<>();

    /** What is sent; dropped when the task is over, so that a kept future does not keep its arguments. */
    private volatile @Nullable EncodedFrame frame;

    private volatile long workerPid = -1;
    private volatile @Nullable CompletableFuture<V> stage;
    private volatile @Nullable Runnable afterwards;

    /**
     * @param label the name that the user gave, or that was made from the function's class
     * @param loader finds the classes of the result
     * @param fixedResult is the value instead of what the worker returns, unless null
     */
    public RemoteTask(long id, TaskOwner owner, String label, @Nullable ClassLoader loader, @Nullable V fixedResult) {
        super(id);
        this.owner = owner;
        this.label = label;
        this.loader = loader;
        this.fixedResult = fixedResult;
    }

    // ---- for the pool -------------------------------------------------------------------------------------------

    public void encoded(EncodedFrame encoded) {
        frame = encoded;
    }

    public boolean isOwnedBy(TaskOwner candidate) {
        return owner == candidate;
    }

    /** What to send. Null once the task is over. */
    public @Nullable EncodedFrame frame() {
        return frame;
    }

    /** Lets go of what was sent, when nobody will send it again. */
    public void dropFrame() {
        frame = null;
    }

    public void sentTo(long pid) {
        workerPid = pid;
    }

    /** Runs the action on a completion thread when the task is over, at once if it is. At most one action. */
    public void afterwards(Runnable action) {
        afterwards = action;
        if (isDone()) {
            runAfterwards();
        }
    }

    /** Decodes the worker's answer and completes the future with it. */
    @SuppressWarnings("unchecked") // the task's static type says what it returns
    public void answer(Frame answer) {
        if (answer.type() == FrameType.ERROR) {
            fail(decodeThrowable(answer));
            return;
        }
        V value;
        try {
            value = fixedResult != null ? fixedResult : (V) ObjectCodec.read(answer.payload(), loader);
        } catch (Throwable e) { // also what the user's readObject throws, stack overflows included
            fail(new ResultSerializationException(
                    "the result of " + description() + " could not be rebuilt in the parent: " + e
                            + "; its classes must be there, and their readObject must work",
                    e));
            return;
        }
        finish(Outcome.VALUE, value, null);
    }

    private Throwable decodeThrowable(Frame answer) {
        Throwable thrown;
        try {
            thrown = ThrowableCodec.read(answer.payload(), loader);
        } catch (Throwable e) { // whatever it is, this future must be completed
            return new ResultSerializationException(
                    "the exception that " + description() + " ended with could not be rebuilt in the parent: " + e, e);
        }
        try {
            site.appendTo(thrown, workerPid);
        } catch (Throwable e) {
            // The user's class overrides getStackTrace or setStackTrace, and fails there: it goes without the site.
        }
        return thrown;
    }

    /** Completes the future with a failure that the library made. Its stack becomes that of the submit. */
    public void failLocally(Throwable failure) {
        site.replaceIn(failure);
        fail(failure);
    }

    private void fail(Throwable failure) {
        finish(Outcome.FAILURE, null, failure);
    }

    private void finish(int how, @Nullable V value, @Nullable Throwable failure) {
        if (!outcome.complete(how, value, failure)) {
            return;
        }
        // A task that was cancelled while a thread is about to send it must be sent: its worker is waiting.
        if (how != Outcome.CANCELLED || attempts() == 0) {
            dropFrame();
        }
        CompletableFuture<V> dependents = stage;
        if (dependents != null) {
            CompletionThreads.execute(() -> completeStage(dependents));
        }
        if (afterwards != null) {
            runAfterwards();
        }
    }

    private void runAfterwards() {
        Runnable action;
        synchronized (outcome) { // completion and registration may meet here; the action runs once
            action = afterwards;
            afterwards = null;
        }
        if (action != null) {
            CompletionThreads.execute(action);
        }
    }

    /** For messages: {@code task #12 'parse foo.jar'}. */
    public String description() {
        return "task #" + id() + " '" + label + "'";
    }

    // ---- TaskFuture ---------------------------------------------------------------------------------------------

    @Override
    public long taskId() {
        return id();
    }

    @Override
    public String name() {
        return label;
    }

    @Override
    public OptionalLong workerPid() {
        long pid = workerPid;
        return pid < 0 ? OptionalLong.empty() : OptionalLong.of(pid);
    }

    @Override
    public Optional<TaskReceipt> receipt() {
        throw new UnsupportedOperationException("TaskFuture.receipt is not available in this version of Loky");
    }

    @Override
    public Status status() {
        return switch (outcome.how()) {
            case Outcome.VALUE -> Status.SUCCEEDED;
            case Outcome.FAILURE -> Status.FAILED;
            case Outcome.CANCELLED -> Status.CANCELLED;
            default -> state() == TaskState.NEW || state() == TaskState.QUEUED ? Status.QUEUED : Status.RUNNING;
        };
    }

    /** Submits a task that {@code newTaskFor} made, and waits for it. Nothing to do where the pool already has it. */
    @Override
    public void run() {
        owner.start(this);
        outcome.awaitUninterruptibly();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone() || !owner.cancel(this, mayInterruptIfRunning)) {
            return false;
        }
        finish(Outcome.CANCELLED, null, null);
        return true;
    }

    @Override
    public boolean isCancelled() {
        return outcome.how() == Outcome.CANCELLED;
    }

    @Override
    public boolean isDone() {
        return outcome.how() != Outcome.PENDING;
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        outcome.await();
        return report();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!outcome.await(unit.toNanos(timeout))) {
            throw new TimeoutException(description() + " was not done within " + timeout + " " + unit + "; it is "
                    + status() + " and goes on");
        }
        return report();
    }

    private V report() throws ExecutionException {
        if (outcome.how() == Outcome.CANCELLED) {
            throw cancellation();
        }
        Throwable failure = outcome.failure();
        if (failure != null) {
            throw new ExecutionException(failure);
        }
        return outcome.value();
    }

    private CancellationException cancellation() {
        return new CancellationException(description() + " was cancelled");
    }

    @Override
    public V resultNow() {
        return switch (outcome.how()) {
            case Outcome.VALUE -> outcome.value();
            case Outcome.FAILURE ->
                throw new IllegalStateException(description() + " failed: it has no result", outcome.failure());
            case Outcome.CANCELLED -> throw new IllegalStateException(description() + " was cancelled");
            default -> throw new IllegalStateException(description() + " has not completed");
        };
    }

    @Override
    public Throwable exceptionNow() {
        Throwable failure = outcome.failure();
        if (outcome.how() == Outcome.FAILURE && failure != null) {
            return failure;
        }
        throw new IllegalStateException(
                switch (outcome.how()) {
                    case Outcome.VALUE -> description() + " succeeded: it has no exception";
                    case Outcome.CANCELLED -> description() + " was cancelled";
                    default -> description() + " has not completed";
                });
    }

    @Override
    public CompletableFuture<V> toCompletableFuture() {
        return stage();
    }

    @Override
    public CompletableFuture<V> stage() {
        CompletableFuture<V> dependents = stage;
        if (dependents == null) {
            synchronized (outcome) {
                dependents = stage;
                if (dependents == null) {
                    dependents = new CancellingFuture<>(this);
                    stage = dependents;
                }
            }
            // Whoever completed the task before the stage was there did not see it.
            if (isDone()) {
                completeStage(dependents);
            }
        }
        return dependents;
    }

    private void completeStage(CompletableFuture<V> dependents) {
        Throwable failure = outcome.failure();
        switch (outcome.how()) {
            case Outcome.CANCELLED -> dependents.completeExceptionally(cancellation());
            case Outcome.FAILURE -> dependents.completeExceptionally(failure);
            default -> dependents.complete(outcome.value());
        }
    }

    @Override
    public String toString() {
        return description() + "[" + status() + "]";
    }

    /** The stage of a task: cancelling it cancels the task. */
    private static final class CancellingFuture<V> extends CompletableFuture<V> {
        private final RemoteTask<V> task;

        CancellingFuture(RemoteTask<V> task) {
            this.task = task;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (task.cancel(mayInterruptIfRunning) || task.isCancelled()) {
                return super.cancel(mayInterruptIfRunning);
            }
            return isCancelled(); // the task has ended otherwise, and this becomes what it became
        }

        /** Stages made from this one are ordinary: cancelling one of them does not cancel the task. */
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    /**
     * How the task ended, and the latch that its callers wait on.
     *
     * <pre>   PENDING -> COMPLETING -> VALUE | FAILURE | CANCELLED</pre>
     */
    private static final class Outcome<V> extends AbstractQueuedSynchronizer {
        private static final long serialVersionUID = 1L;
        static final int PENDING = 0;
        private static final int COMPLETING = 1;
        static final int VALUE = 2;
        static final int FAILURE = 3;
        static final int CANCELLED = 4;

        // Written between COMPLETING and the end state, whose volatile write publishes them.
        private transient @Nullable V value;
        private transient @Nullable Throwable failure;

        int how() {
            int state = getState();
            return state == COMPLETING ? PENDING : state;
        }

        boolean complete(int how, @Nullable V newValue, @Nullable Throwable newFailure) {
            if (!compareAndSetState(PENDING, COMPLETING)) {
                return false;
            }
            value = newValue;
            failure = newFailure;
            return releaseShared(how);
        }

        @SuppressWarnings("NullAway") // a task may well return null; its type V then says so
        V value() {
            return value;
        }

        @Nullable
        Throwable failure() {
            return failure;
        }

        void await() throws InterruptedException {
            acquireSharedInterruptibly(0);
        }

        boolean await(long nanos) throws InterruptedException {
            return tryAcquireSharedNanos(0, nanos);
        }

        void awaitUninterruptibly() {
            acquireShared(0);
        }

        @Override
        protected int tryAcquireShared(int ignored) {
            return getState() > COMPLETING ? 1 : -1;
        }

        @Override
        protected boolean tryReleaseShared(int how) {
            setState(how);
            return true;
        }
    }
}
