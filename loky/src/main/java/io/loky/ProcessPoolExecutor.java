/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.internal.parent.pool.ProcessPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An {@link ExecutorService} whose tasks run in worker JVMs on the same machine. A task that crashes, exits or fills
 * the memory of its JVM ends a worker, and neither the program nor another task. Thread-safe.
 *
 * <pre>{@code
 * try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(4)) {
 *     TaskFuture<Integer> answer = pool.submit(() -> 6 * 7);
 *     System.out.println(answer.get());
 * }
 * }</pre>
 *
 * <h2>The life of a pool</h2>
 *
 * <p>A pool starts a worker when a task needs one and {@link ProcessPoolOptions#maxWorkers()} allows it, and ends a
 * worker that was idle for {@link ProcessPoolOptions#idleTimeout()}. A worker that dies is replaced. {@link
 * #shutdown()} lets the tasks that were submitted end and refuses others; {@link #shutdownNow()} gives up the tasks
 * that wait and kills the workers; {@link #close()} shuts down and waits.
 *
 * <p>Every worker gives a sign of life in each {@link ProcessPoolOptions#heartbeat()}; one that does not is killed. The
 * processes that a task has started die with its worker, however that ends; only one that has opened a session of its own
 * ({@code setsid}, as daemons do) survives a worker that the pool has not killed itself.
 *
 * <p>A pool that the program does not refer to any more finishes the tasks that were submitted, and shuts down. A pool that is
 * kept and never closed costs no thread once its workers have left.
 *
 * <h2>The end of the program</h2>
 *
 * <p>A JVM whose {@code main} method has returned, or thrown, goes on until the tasks that were submitted have ended, and the
 * dependents of their futures have run; then it ends by itself, whether or not its pools were closed. {@code System.exit}, Ctrl-C
 * and SIGTERM wait for nothing: no task is begun any more, the workers are killed, and the futures fail with {@link
 * ExecutorShutdownException}. Where the JVM has no time for that, because it halts, crashes or is killed, the workers notice, and
 * end what they have started, and themselves. No worker and no file is left in any of these cases. Only where a worker is
 * killed together with the program its directory stays among the temporary files; the next program of the same user that
 * starts a worker removes it.
 *
 * <h2>Submission</h2>
 *
 * <p>A task and everything that it captures are turned into bytes by the call that submits it. They are a snapshot:
 * what the program changes later, the task does not see, and what the task changes, the program does not see; only the
 * result comes back. A lambda or method reference that is written in the call picks an overload with a serializable
 * type and needs no cast. One that is kept in a variable of type {@link Callable} or {@link Runnable} is not
 * serializable, and is sent all the same, if the JVM lets the library look into it; where it does not, declare the variable as
 * {@link SerializableCallable} or {@link SerializableRunnable}. So is an object of a class of the program's own that is
 * not serializable: with the values of all its fields but the transient ones. What belongs to this process (a thread, an
 * open stream, an executor, a future) cannot be sent.
 *
 * <p>A task that cannot be turned into bytes fails its own future with {@link TaskSerializationException}, which names
 * the object that is to blame. It does not throw from {@code submit}, and no worker is lost. Only {@code execute},
 * which has no future, throws it.
 *
 * <p>After shutdown every method that submits throws {@link RejectedExecutionException} with the state of the pool in
 * its message. So they do, as {@link ProcessPoolOptions.WhenFull} says, where {@link ProcessPoolOptions#queueCapacity()}
 * limits how many tasks may wait, and as many do. A task that is submitted while a worker is free never waits.
 *
 * <h2>Failure</h2>
 *
 * <p>Every future becomes done. It fails with the exception of its task, as thrown in the worker, or with a
 * {@link ProcessPoolException}: {@link WorkerTerminatedException} if its worker died while executing it,
 * {@link TaskQuarantinedException} or {@link TooManyCrashesException} if the pool was told not to execute it after crashes, {@link
 * WorkerStartException} if no worker could be started, {@link TaskTimeoutException} if it has reached its time limit,
 * {@link TaskSerializationException} and
 * {@link ResultSerializationException} if something could not be sent. The death of a worker fails the task that it was
 * executing and no other: tasks that had not begun run elsewhere. No task is run twice, unless {@link
 * ProcessPoolOptions#retriesOnCrash()} or {@link ProcessPoolOptions#retryOutOfMemoryWith()} says so.
 *
 * <h2>Memory consistency effects</h2>
 *
 * <p>Program and tasks share no memory. What a thread did before it submitted a task happens-before the task is turned
 * into bytes, so the task sees it as far as it is part of the snapshot. What a task did happens-before another thread
 * returns from {@link Future#get()}, in that the result that it sees was made from what the task returned. Static
 * fields of a worker are those of another JVM; tasks that happen to run in the same worker see each other's changes to
 * them, which tasks should not rely on.
 */
public interface ProcessPoolExecutor extends ExecutorService, AutoCloseable {

    /**
     * Creates a pool with the defaults of {@link ProcessPoolOptions}: as many workers as {@link Loky#cpuCount()} says
     * at most. No worker is started yet.
     *
     * @return a new pool
     * @throws NestingLimitException if this JVM is a worker of a pool of a worker, and so on, for too many levels
     */
    static ProcessPoolExecutor create() {
        return create(ProcessPoolOptions.builder().build());
    }

    /**
     * Creates a pool with at most this many workers and the defaults of {@link ProcessPoolOptions} for all else. No
     * worker is started yet.
     *
     * @param maxWorkers from 1 to 1024
     * @return a new pool
     * @throws IllegalArgumentException if the number is outside that range
     * @throws NestingLimitException if this JVM is a worker of a pool of a worker, and so on, for too many levels
     */
    static ProcessPoolExecutor create(int maxWorkers) {
        return create(ProcessPoolOptions.builder().maxWorkers(maxWorkers).build());
    }

    /**
     * Creates a pool. No worker is started yet, but for the {@link ProcessPoolOptions#minWorkers() minWorkers} if there are
     * any.
     *
     * @param options what the pool is told
     * @return a new pool
     * @throws NestingLimitException if this JVM is a worker of a pool of a worker, and so on, for too many levels
     */
    static ProcessPoolExecutor create(ProcessPoolOptions options) {
        return ProcessPool.create(options);
    }

    /**
     * Submits a task that returns a value. A bare lambda or method reference picks this overload.
     *
     * @param <T> the type of the result
     * @param task runs in a worker
     * @return the task's future; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object> TaskFuture<T> submit(SerializableCallable<T> task);

    /**
     * Submits a task that returns nothing. A bare lambda or method reference without a result picks this overload.
     *
     * @param task runs in a worker
     * @return the task's future, whose result is {@code null}; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    TaskFuture<?> submit(SerializableRunnable task);

    /**
     * Submits a task that returns a value, with options.
     *
     * @param <T> the type of the result
     * @param task runs in a worker
     * @param options what this task is told, such as its name
     * @return the task's future; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object> TaskFuture<T> submit(SerializableCallable<T> task, TaskOptions options);

    /**
     * Submits a task that returns nothing, with options.
     *
     * @param task runs in a worker
     * @param options what this task is told, such as its name
     * @return the task's future, whose result is {@code null}; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    TaskFuture<?> submit(SerializableRunnable task, TaskOptions options);

    /**
     * Submits a function with its argument. Both are sent as they are now.
     *
     * @param <A> the type of the argument
     * @param <T> the type of the result
     * @param function runs in a worker
     * @param argument what it is applied to; may be {@code null} if the function takes that
     * @return the task's future; failed already if function or argument cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <A extends @Nullable Object, T extends @Nullable Object> TaskFuture<T> submitWith(
            SerializableFunction<? super A, ? extends T> function, A argument);

    /**
     * Does what {@link #submit(SerializableCallable)} does, under a name that has no overloads: for languages such as
     * Kotlin and Scala, in which overloads for bare lambdas are ambiguous.
     *
     * @param <T> the type of the result
     * @param task runs in a worker
     * @return the task's future; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object> TaskFuture<T> call(SerializableCallable<T> task);

    /**
     * Does what {@link #submit(SerializableRunnable)} does, under a name that has no overloads: for languages such as
     * Kotlin and Scala, in which overloads for bare lambdas are ambiguous.
     *
     * @param task runs in a worker
     * @return the task's future, whose result is {@code null}; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    TaskFuture<?> run(SerializableRunnable task);

    /**
     * Submits a supplier and returns a {@link CompletableFuture}. This is what {@link
     * CompletableFuture#supplyAsync(java.util.function.Supplier, java.util.concurrent.Executor)} cannot do across
     * processes: a pool that is passed to it refuses the task.
     *
     * @param <T> the type of the result
     * @param supplier runs in a worker
     * @return a future of the value, to cancel it cancels the task; failed already if the supplier cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object> CompletableFuture<T> supplyAsync(SerializableSupplier<T> supplier);

    /**
     * Submits a task that nobody waits for. If it fails later, that is logged as a warning by the logger
     * {@code io.loky.pool}, and nobody else is told: use {@code submit} to find out.
     *
     * @param task runs in a worker
     * @throws TaskSerializationException if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    void execute(SerializableRunnable task);

    /**
     * Submits all tasks and waits until each is done. Takes a {@link List}, so that bare lambdas in
     * {@code List.of(...)} are serializable; any other collection goes to the method of {@link ExecutorService}.
     *
     * @param <T> the type of the results
     * @param tasks run in workers
     * @return the futures in the order of the tasks, each of them done
     * @throws InterruptedException if the waiting thread was interrupted; tasks that are not done are cancelled
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object> List<Future<T>> invokeAll(List<? extends SerializableCallable<T>> tasks)
            throws InterruptedException;

    /**
     * Submits a task that returns a value. The type of the task does not say that it is serializable, but the object
     * has to be.
     *
     * @param <T> the type of the result
     * @param task runs in a worker
     * @return the task's future; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    @Override
    <T extends @Nullable Object> TaskFuture<T> submit(Callable<T> task);

    /**
     * Submits a task that returns nothing. The type of the task does not say that it is serializable, but the object
     * has to be.
     *
     * @param task runs in a worker
     * @return the task's future, whose result is {@code null}; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    @Override
    TaskFuture<?> submit(Runnable task);

    /**
     * Submits a task that returns nothing, for a future with a given result. The result stays in the parent. The type
     * of the task does not say that it is serializable, but the object has to be.
     *
     * @param <T> the type of the result
     * @param task runs in a worker
     * @param result what the future returns when the task has succeeded; may be {@code null}
     * @return the task's future; failed already if the task cannot be serialized
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    @Override
    <T extends @Nullable Object> TaskFuture<T> submit(Runnable task, T result);

    /**
     * Applies a function to each item, in the workers. Does what
     * {@link #map(SerializableFunction, Iterable, MapOptions)} does with {@link MapOptions#defaults()}.
     *
     * @param <T> the type of the items
     * @param <R> the type of the results
     * @param function runs in workers
     * @param items what it is applied to
     * @return the results in the order of the items
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object, R extends @Nullable Object> Stream<R> map(
            SerializableFunction<? super T, ? extends R> function, Iterable<? extends T> items);

    /**
     * Applies a function to each item, in the workers. The results come in the order of the items, or as they are ready with
     * {@link MapOptions#unordered()}. Items are taken from the input as results are consumed, and only a bounded number ahead, so
     * the input may be endless. The stream is sequential. Closing it cancels what is not done, also what is executing; a stream
     * that is not consumed to its end should be closed. Who still asks a closed one for results gets those that are there, up to the
     * first that is missing, and then a {@link java.util.concurrent.CancellationException}.
     *
     * <p>Several items may travel to a worker together. The function is encoded once, by this call, and decoded once for each such
     * chunk; items share it there, and nothing else. Each item is encoded when it is taken.
     *
     * <p>An item that fails fails alone: because its function throws, it or its result cannot be sent, its time is up, or its
     * worker dies while it is being executed. It throws from the operation that would have delivered its result: the
     * exception itself if it is unchecked, otherwise in a {@link java.util.concurrent.CompletionException}. All other items are
     * computed, once, or as {@link ProcessPoolOptions#retriesOnCrash()} says. An operation of the stream ends with the first exception; whoever wants the other results, too, asks the
     * stream's {@link Stream#iterator() iterator}, or its {@link Stream#spliterator() spliterator}, again, which goes on with
     * the next one.
     *
     * @param <T> the type of the items
     * @param <R> the type of the results
     * @param function runs in workers
     * @param items what it is applied to
     * @param options what this map is told
     * @return the results in the order of the items, or as they are ready
     * @throws IllegalArgumentException if the chunk size is above 1 and items have a time limit, be it that of the pool
     * @throws RejectedExecutionException if the pool was shut down, or its queue has no room
     */
    <T extends @Nullable Object, R extends @Nullable Object> Stream<R> map(
            SerializableFunction<? super T, ? extends R> function, Iterable<? extends T> items, MapOptions options);

    /**
     * Sends a value once to each worker that needs it, instead of once with each task: tasks capture the handle and call
     * {@link Broadcast#get()}.
     *
     * <p>The value is encoded now, in the same way as an argument, with the pool's codec and reducers: what changes in it afterwards
     * workers do not see. It is kept in shared memory, readable by this user only, or in the heap of this JVM where it is
     * small or there is no room. A worker reads and rebuilds it when one of its tasks calls {@code get} for the first time, and keeps it for
     * all others. An array of a primitive type may be of any length; a {@link java.nio.ByteBuffer}, direct ones included, is read where it
     * is, without a copy; the encoded form of anything else may be 1 GiB long.
     *
     * <p>The handle works in all workers below this JVM: those of other pools, and those of pools that tasks make. It should be closed when no
     * task needs it any more. That happens by itself when this JVM no longer refers to it (a task that is not done does), and when the pool has
     * terminated.
     *
     * @param <T> the type of the value
     * @param value what is sent; {@code null} is a value like any other. Tasks share it, and must not change it
     * @return the handle
     * @throws RejectedExecutionException if the pool was shut down
     * @throws TaskSerializationException if the value cannot be sent: the message names the object that is to blame
     */
    <T extends @Nullable Object> Broadcast<T> broadcast(T value);

    /**
     * Changes the most workers that the pool may have. No task is lost or repeated, and the call does not wait for
     * tasks that are being executed. A pool that becomes larger starts workers as tasks need them; one that becomes smaller
     * ends idle workers at once, and busy ones when their task is over. The other workers stay. {@link #options()} says the
     * new number from then on; {@link ProcessPoolOptions#minWorkers()} becomes as many where it was more. A worker's share of memory, of CPUs and of the collector's threads is the one for the number
     * that held when the worker was started.
     *
     * @param maxWorkers from 1 to 1024
     * @throws IllegalArgumentException if the number is out of range
     */
    void resize(int maxWorkers);

    /**
     * Starts as many workers as the pool may have, and its spare workers if it has any, and returns at once, without waiting
     * until they are ready. Workers that get no task end after the usual time.
     *
     * @throws RejectedExecutionException if the pool was shut down
     */
    void prestart();

    /**
     * Shuts the pool down. With {@code false} this is {@link #shutdown()}; with {@code true} it is
     * {@link #shutdownNow()}: the workers are killed at once, and the processes that they have started with them.
     *
     * @param killWorkers whether tasks that are being executed are ended
     */
    void shutdown(boolean killWorkers);

    /**
     * Returns a consistent picture of the pool: its state, its workers, how many tasks wait, and how many workers ended
     * for which reason.
     *
     * @return the pool as it is now
     */
    PoolSnapshot snapshot();

    /**
     * Describes the pool for a person who wonders what it does: its state, what waits and for how long, and what each worker
     * does, since when, and where: the stack of the task that it executes, or of the initializer. What its lines look like is not
     * fixed; {@link #snapshot()} is for programs.
     *
     * <p>The workers are asked for the stacks, all at once, and have one second together to answer. Who does not, because it is
     * stopped, say, is told to have given no answer. Neither the pool nor a task waits meanwhile. May be called from
     * any thread, also after shutdown; if that is interrupted the method waits no longer, and leaves it interrupted.
     *
     * @return the text, of several lines
     */
    String dumpState();

    /**
     * Returns the names of tasks that are in {@linkplain ProcessPoolOptions.Builder#quarantineAfter(int) quarantine}.
     *
     * @return an immutable map of each name to the report of the death that has brought it there, the oldest first; empty if there are none
     */
    Map<String, CrashReport> quarantined();

    /**
     * Ends the quarantine of a name: tasks of this name are executed again, and their crashes are counted from 0.
     *
     * @param name as it was given to {@link TaskOptions#named(String)}
     * @return {@code false} if it was not in quarantine
     * @throws NullPointerException if the name is {@code null}
     */
    boolean release(String name);

    /**
     * Returns what the pool was told when it was created, with the sizes as they are now: {@link #resize(int)} changes
     * {@code maxWorkers}, and a reusable executor takes over those that it was asked for with last.
     *
     * @return the options
     */
    ProcessPoolOptions options();

    /**
     * Shuts the pool down and waits until every task and every worker has ended. If the waiting thread is interrupted,
     * the pool is shut down as {@link #shutdownNow()} does it, the wait goes on, and the thread is interrupted again
     * when the method returns. Closing twice does no more than wait.
     */
    @Override
    void close();
}
