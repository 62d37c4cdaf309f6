/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.internal.context.CurrentContext;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * The worker that the calling code runs in: which one it is, and what it keeps from one task to the next. For tasks, the
 * {@link ProcessPoolOptions.Builder#initializer initializer}, and the threads that either has started. Thread-safe.
 *
 * <pre>{@code
 * Model model = WorkerContext.current().computeIfAbsent(Model.class, () -> Model.load("model.bin"));
 * }</pre>
 *
 * <p>What is kept has a class as its key, and lives as long as the worker unless it is removed. When the worker leaves in an
 * orderly way (it was idle for long enough, its pool was shut down without force or made smaller) each kept value that is
 * {@link AutoCloseable} is closed, the one whose key came last first, before the shutdown hooks of the JVM run. That takes
 * place within the 5 s after which a worker that was told to leave is killed. Nothing is closed where a worker is killed, or
 * its JVM ends otherwise.
 *
 * <p>Programs with several class loaders: two classes with the same name are two keys, so tasks from different loaders do
 * not meet each other's values. When a class loader of the parent is gone, its workers drop what they keep by classes of that
 * loader, and close it. A value that is kept by a class of another loader, or of the JDK, stays, and with it all that it
 * refers to.
 */
public interface WorkerContext {

    /**
     * Returns the context of the calling code.
     *
     * @return the worker that this code runs in; empty if it does not run in one
     */
    static Optional<WorkerContext> find() {
        return CurrentContext.find();
    }

    /**
     * Returns the context of the calling code, which has to run in a worker.
     *
     * @return the worker that this code runs in
     * @throws IllegalStateException if it does not run in one
     */
    static WorkerContext current() {
        return find().orElseThrow(() -> new IllegalStateException(
                "there is no WorkerContext outside of a worker; call this in a task or in the initializer of a pool, or use"
                        + " WorkerContext.find() where the code runs in both"));
    }

    /**
     * Returns the number of this worker among those that its pool gives tasks to at the same time. A worker that takes the
     * place of another one gets its index. That one may still be there: it may be dying, or leaving; and with
     * {@link ProcessPoolOptions#maxTasksPerWorker()}, {@link ProcessPoolOptions#maxWorkerAge()} and the other reasons to
     * replace a worker that lives, the successor starts, and runs its initializer, while its predecessor executes its last
     * task. One that is started for one task, with a larger heap ({@link
     * ProcessPoolOptions#retryOutOfMemoryWith()}), has a number that none of these has, beyond theirs: {@code maxWorkers +
     * spareWorkers} in most cases. Where the number stands for something that only one process may use at a time, the task that uses it has to take
     * a lock; not the initializer, since the predecessor may get tasks until its successor is ready.
     *
     * @return from 0
     */
    int index();

    /**
     * Returns the task that this worker is executing, as {@link TaskFuture#taskId()} has it.
     *
     * @return the task's number; empty between tasks, where a thread that a task has left behind may ask, and in the
     *     initializer
     */
    OptionalLong taskId();

    /**
     * Returns what is kept by this class, and makes it first if there is nothing. It is made once, however many threads ask:
     * the others wait for it. If that fails nothing is kept, and whoever asks next makes it.
     *
     * @param type the key
     * @param maker is called at most once, on the calling thread; may itself use this context, with other keys
     * @param <T> what is kept
     * @return what is kept now
     * @throws Exception what the maker throws
     * @throws NullPointerException if an argument is {@code null}, or the maker makes nothing
     * @throws IllegalStateException if the maker asks for the same key, or the worker is leaving
     */
    <T> T computeIfAbsent(Class<T> type, Callable<? extends T> maker) throws Exception;

    /**
     * Returns what is kept by this class. Where another thread is making it, that is waited for.
     *
     * @param type the key
     * @param <T> what is kept
     * @return what is kept; empty if there is nothing
     * @throws NullPointerException if the class is {@code null}
     */
    <T> Optional<T> get(Class<T> type);

    /**
     * Keeps a value by this class.
     *
     * @param type the key
     * @param value what to keep
     * @param <T> what is kept
     * @return what was kept before, which is not closed; empty if there was nothing
     * @throws NullPointerException if an argument is {@code null}
     * @throws IllegalStateException if the worker is leaving, or the thread is making the value of this key
     */
    <T> Optional<T> put(Class<T> type, T value);

    /**
     * Keeps nothing by this class any more.
     *
     * @param type the key
     * @param <T> what is kept
     * @return what was kept, which is not closed; empty if there was nothing
     * @throws NullPointerException if the class is {@code null}
     */
    <T> Optional<T> remove(Class<T> type);
}
