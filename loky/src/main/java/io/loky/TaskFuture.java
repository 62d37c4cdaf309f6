/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A task that was given to a {@link ProcessPoolExecutor}, and the result that it will have. Every future becomes done,
 * whatever dies and when. Thread-safe.
 *
 * <p><b>Failure.</b> {@link #get()} throws {@link ExecutionException}, whose cause is either the exception that the
 * task has thrown, with its frames in the worker and the place in the program that submitted it, or a {@link
 * ProcessPoolException}, with which the library itself says why there is no result. Each future has an instance of its
 * own.
 *
 * <p><b>Dependents.</b> What is added with {@code thenApply} and the other methods of {@link CompletionStage} never
 * runs on a thread that serves a worker, so it may block without holding up other tasks. To cancel or complete a
 * dependent stage does not change the task.
 *
 * @param <V> the type of the result
 */
public interface TaskFuture<V extends @Nullable Object> extends Future<V>, CompletionStage<V> {

    /**
     * Returns the number of the task in its pool.
     *
     * @return from 1 upward in the order of submission, never used twice in one pool
     */
    long taskId();

    /**
     * Returns the name of the task.
     *
     * @return the name given with {@link TaskOptions#named}, otherwise one that the library made up
     */
    String name();

    /**
     * Returns the process id of the worker that the task was last given to.
     *
     * @return the process id; empty as long as no worker has the task
     */
    OptionalLong workerPid();

    /**
     * Returns how many times the task was executed, the present time included: more than once only where {@link
     * ProcessPoolOptions#retriesOnCrash()} or {@link ProcessPoolOptions#retryOutOfMemoryWith()} allows it. A worker that died before it had begun
     * the task does not count: nothing of the task was executed there.
     *
     * @return 0 as long as no worker has the task
     */
    int attempts();

    /**
     * Returns what the task has cost, as far as {@link ProcessPoolOptions#receipts()} has it measured. Decodes the answer if nobody
     * has done so: that takes time which is in the receipt. There is a receipt of every task that a worker had when the future
     * became done, whatever became of it; {@link TaskReceipt} says what is known where there was no answer.
     *
     * @return the receipt; empty as long as the task is not done, if it was cancelled or failed while no worker had it, and
     *     with {@link ProcessPoolOptions.Receipts#OFF}
     */
    Optional<TaskReceipt> receipt();

    /**
     * Returns what the task has printed so far, where the pool was told to keep it, see {@link OutputRouting#andCapture}. When
     * the future is done that is all, except where a listener is slow to take the output, or the worker was killed on
     * behalf of the pool: then the rest is there a moment later.
     *
     * @return the output; empty if it is not kept
     */
    Optional<TaskOutput> output();

    /**
     * Returns where the task is in its life. This is {@code Future.state()} of Java 19 and later, available on Java 17
     * too, and tells a queued task from a running one.
     *
     * @return the state at this moment; what is not terminal may have changed already
     */
    Status status();

    /**
     * Returns the result of a task that has succeeded, without waiting.
     *
     * @return the result
     * @throws IllegalStateException if the task is not done, has failed, or was cancelled
     */
    V resultNow();

    /**
     * Returns the exception of a task that has failed, without waiting: what {@link #get()} would give as the cause of
     * its {@link ExecutionException}.
     *
     * @return the exception
     * @throws IllegalStateException if the task is not done, has succeeded, or was cancelled
     */
    Throwable exceptionNow();

    /**
     * Cancels the task. One that waits for a worker never starts, whichever the argument. One that a worker is
     * executing is ended if {@code mayInterruptIfRunning} is {@code true}: its thread is interrupted, and if it has not ended
     * within {@link ProcessPoolOptions#cancelGrace()}, the worker is killed, with the processes that it has started, and the pool replaces it. The
     * future is cancelled at once in any case. If it is {@code false}, the task runs on and its result is dropped.
     *
     * @param mayInterruptIfRunning whether a task that is executing is ended
     * @return {@code false} if the task was done already; otherwise {@code true}, and the future is cancelled
     */
    @Override
    boolean cancel(boolean mayInterruptIfRunning);

    /**
     * Waits until the task is done and returns its result.
     *
     * @return the result
     * @throws CancellationException if the task was cancelled
     * @throws ExecutionException if it failed; the cause is the task's own exception or a {@link ProcessPoolException}
     * @throws InterruptedException if the waiting thread was interrupted; the task goes on
     */
    @Override
    V get() throws InterruptedException, ExecutionException;

    /**
     * Returns a future that is completed as this one is: with the same value, the same exception, or cancellation. To
     * cancel it cancels the task; to complete it by hand does not change the task. Its {@code join()} throws
     * {@link CompletionException} where {@link #get()} throws {@link ExecutionException}.
     *
     * @return a future that follows this one
     */
    @Override
    CompletableFuture<V> toCompletableFuture();

    /** Where a task is in its life: {@code QUEUED -> RUNNING -> SUCCEEDED | FAILED | CANCELLED}. */
    enum Status {
        /** It waits for a worker. It comes back to this if its worker died before the task began, or it is to be executed again. */
        QUEUED,

        /** A worker has it, or it is to be executed once more with a larger heap. */
        RUNNING,

        /** It has a result. Terminal. */
        SUCCEEDED,

        /** It has an exception instead of a result. Terminal. */
        FAILED,

        /** It was cancelled. Terminal. */
        CANCELLED
    }
}
