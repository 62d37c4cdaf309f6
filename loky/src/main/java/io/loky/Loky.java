/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.internal.codec.OwnCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.WrappedValue;
import io.loky.internal.parent.launch.CpuBudget;
import io.loky.internal.parent.pool.DryRun;
import io.loky.internal.parent.reuse.ReusableExecutors;
import io.loky.spi.TaskCodec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * The reusable executor, and what a program may ask about its machine.
 *
 * <p>{@link #getReusableExecutor()} is the shortest way to a pool: all callers that ask with equal options share one, whose
 * workers stay warm between uses and leave after a time without work. Who shuts it down does so for all who share it; the
 * next call then makes a new one. A pool of one's own comes from {@link ProcessPoolExecutor#create(ProcessPoolOptions)}.
 *
 * <p>Thread-safe.
 */
public final class Loky {
    private Loky() {}

    /**
     * Returns the reusable executor with {@link #cpuCount()} workers at the most and an idle time-out of 10 s.
     *
     * @return a running pool, shared with every caller that asks for the same
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor() {
        return getReusableExecutor(ProcessPoolOptions.builder().build());
    }

    /**
     * Returns the reusable executor with this many workers at the most and an idle time-out of 10 s.
     *
     * @param maxWorkers the most workers that it may have, 1 to 1024
     * @return a running pool, shared with every caller that asks for the same
     * @throws IllegalArgumentException if {@code maxWorkers} is out of its range
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(int maxWorkers) {
        return getReusableExecutor(
                ProcessPoolOptions.builder().maxWorkers(maxWorkers).build());
    }

    /**
     * Returns the reusable executor with this many workers at the most and this idle time-out.
     *
     * @param maxWorkers the most workers that it may have, 1 to 1024
     * @param idleTimeout how long a worker without a task stays, more than zero
     * @return a running pool, shared with every caller that asks for the same
     * @throws IllegalArgumentException if an argument is out of its range
     * @throws NullPointerException if {@code idleTimeout} is {@code null}
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(int maxWorkers, Duration idleTimeout) {
        return getReusableExecutor(ProcessPoolOptions.builder()
                .maxWorkers(maxWorkers)
                .idleTimeout(idleTimeout)
                .build());
    }

    /**
     * Returns the reusable executor with these options: the running pool that was asked for with equal options before, or
     * a new one. One that was shut down is replaced. Pools that were asked for with other options are not touched.
     *
     * @param options the options
     * @return a running pool, shared with every caller that asks for the same
     * @throws NullPointerException if {@code options} is {@code null}
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(ProcessPoolOptions options) {
        return ReusableExecutors.get(options);
    }

    /**
     * Tells whether a task can be sent to a worker, and what keeps it here: encodes it as {@link
     * ProcessPoolExecutor#submit(SerializableCallable)} does, with the options of a pool that has no codec and no reducers, and
     * does not run it. Starts no worker. Runs the code of the user's that serialization runs, such as {@code writeObject}.
     *
     * @param task what would be submitted
     * @return the size, the classes and the problems
     * @throws NullPointerException if {@code task} is {@code null}
     */
    public static TaskCheck check(SerializableCallable<?> task) {
        return DryRun.of(TaskCall.of((Callable<?>) Objects.requireNonNull(task, "task")));
    }

    /**
     * The same for a task without a result.
     *
     * @param task what would be submitted
     * @return the size, the classes and the problems
     * @throws NullPointerException if {@code task} is {@code null}
     */
    public static TaskCheck check(SerializableRunnable task) {
        return DryRun.of(TaskCall.of((Runnable) Objects.requireNonNull(task, "task")));
    }

    /**
     * The same for a task in a variable of the JDK's type.
     *
     * @param task what would be submitted
     * @return the size, the classes and the problems
     * @throws NullPointerException if {@code task} is {@code null}
     */
    public static TaskCheck check(Callable<?> task) {
        return DryRun.of(TaskCall.of(Objects.requireNonNull(task, "task")));
    }

    /**
     * The same for a task in a variable of the JDK's type.
     *
     * @param task what would be submitted
     * @return the size, the classes and the problems
     * @throws NullPointerException if {@code task} is {@code null}
     */
    public static TaskCheck check(Runnable task) {
        return DryRun.of(TaskCall.of(Objects.requireNonNull(task, "task")));
    }

    /**
     * Wraps a value so that every serializer can take it, whether or not it could take the value itself: inside the handle
     * the value travels the library's own way, which takes more kinds of objects than most. For values inside of arguments
     * and results that a {@link TaskCodec} handles, and for files and channels of a program's own that use {@link
     * java.io.ObjectOutputStream}.
     *
     * @param value what to wrap; may be {@code null}
     * @param <T> the type of the value
     * @return a handle that gives the value here, and a copy of it in each JVM to which the handle travels
     */
    public static <T> Wrapped<T> wrap(T value) {
        return new WrappedValue<>(value);
    }

    /**
     * Returns the library's own way to turn data into bytes as a codec, for codecs that build on it, such as one that
     * compresses, and for codecs that leave to it what they cannot handle. Pools without a codec use the same.
     *
     * <p>Called by a codec while the pool calls that codec, and on the same thread, it finds classes, and uses reducers and
     * filters, as the pool does. Called elsewhere it finds classes by the loader that it is given, or by the context class
     * loader of the thread, uses no reducers, and asks no filter but that of the whole JVM ({@code jdk.serialFilter}): so do not
     * read there what you do not trust.
     * Unlike other codecs it reads its stream to the end.
     *
     * @return a codec without state, always the same
     */
    public static TaskCodec ownCodec() {
        return OwnCodec.INSTANCE;
    }

    /**
     * Returns how many CPUs this process may plan with, the smallest of these: what {@link
     * Runtime#availableProcessors()} says, which respects the limits of its container (a fraction counts as a whole CPU)
     * and its CPU affinity; the value of the environment variable {@code LOKY_MAX_CPU_COUNT} where that is set; and in a
     * worker its share of what its parent has.
     *
     * <p>That share is the parent's own number divided by the {@code maxWorkers} of the pool's options, at least 1, so
     * that pools in tasks do not multiply the load: by default they have that many workers. It comes in the environment
     * variable {@code LOKY_CPU_BUDGET}; {@link ProcessPoolOptions.Builder#environment} may set another.
     *
     * @return the number, at least 1
     * @throws IllegalArgumentException if one of the two variables is set and not a whole number of at least 1
     */
    public static int cpuCount() {
        return CpuBudget.count();
    }

    /**
     * Returns how many CPUs this process may use. Counting physical cores is not available in this version.
     *
     * @param onlyPhysicalCores must be {@code false}: then the same as {@link #cpuCount()}
     * @return the number, at least 1
     * @throws UnsupportedOperationException if {@code onlyPhysicalCores} is {@code true}
     * @throws IllegalArgumentException if one of the two variables is set and not a whole number of at least 1
     */
    public static int cpuCount(boolean onlyPhysicalCores) {
        if (onlyPhysicalCores) {
            throw Checks.unavailable("Loky.cpuCount(onlyPhysicalCores = true)");
        }
        return cpuCount();
    }
}
