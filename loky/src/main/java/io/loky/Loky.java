/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.Option.Scope;
import io.loky.internal.codec.OwnCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.WrappedValue;
import io.loky.internal.parent.launch.CpuBudget;
import io.loky.internal.parent.pool.DryRun;
import io.loky.internal.parent.reuse.PoolKey;
import io.loky.internal.parent.reuse.ReusableExecutors;
import io.loky.spi.TaskCodec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * The reusable executor, and what a program may ask about its machine.
 *
 * <p>{@link #getReusableExecutor()} is the shortest way to a pool: all callers that ask for the same kind of workers share one,
 * whose workers stay warm between uses and leave after a time without work. There is one such pool for each kind, side by
 * side: whoever asks for workers with another environment gets other workers at once, and waits for nobody's tasks. What is
 * submitted to a pool always runs with the options of that pool, whoever has asked for what in the meantime.
 *
 * <p>Who shuts a reusable executor down does so for all who share it; the next call makes a new one. Code that submits to a
 * pool which others may shut down asks for it each time, which costs microseconds, instead of keeping it. A pool of one's own
 * comes from {@link ProcessPoolExecutor#create(ProcessPoolOptions)}.
 *
 * <p>"All callers" are those that use the same copy of this class: a JVM in which several class loaders have loaded the library
 * has several sets of pools. Each worker is a JVM with a set of its own, for tasks that use pools. To ask for a pool starts
 * no process, unless {@code minWorkers} is set, and so a static initializer may do so.
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
     * Returns the reusable executor with these options. Unless {@link ProcessPoolOptions#reuse()} says otherwise that is the
     * running pool that was asked for with the same options before, or else a new one.
     *
     * <p>The same are options that make the workers the same, and let tasks mean the same there. So {@code maxWorkers} and
     * {@code idleTimeout} need not be the same: the running pool takes over those of the latest call, without waiting for
     * tasks, and {@link ProcessPoolExecutor#options()} says which they are. Initializers, health checks, codecs and reducers are the
     * same if their serialized forms are, which each call makes where there are such objects: a lambda that is evaluated again with equal
     * captured values is the same, and one object whose contents have been changed since is not. Other objects are compared
     * by {@code equals}. A pool is not shared across changes of the system properties {@code java.class.path} and {@code
     * java.home}, which workers take over when they start.
     *
     * <p>Pools that were asked for with other options are not touched, unless {@link ProcessPoolOptions#killWorkers()} says so:
     * they finish their tasks, can be used, and let their idle workers go. One that has no workers and no tasks, and that
     * nobody refers to, is forgotten.
     *
     * <p>The call never waits. It starts no workers, the first task does; except for those that {@code minWorkers} says,
     * which are being started when it returns.
     *
     * @param options the options
     * @return a running pool, shared with every caller that asks for the same
     * @throws NullPointerException if {@code options} is {@code null}
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(ProcessPoolOptions options) {
        return ReusableExecutors.get(request(Objects.requireNonNull(options, "options")));
    }

    static ReusableExecutors.Request request(ProcessPoolOptions options) {
        PoolKey key = PoolKey.of(options.in(Scope.KIND), options.in(Scope.SENT));
        return new ReusableExecutors.Request(options, key, options.in(Scope.SIZE));
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
     * Runtime#availableProcessors()} says, which respects the CPU affinity of this process; the quotas of the control groups,
     * and with them containers, that it is in, of which a fraction counts as a whole CPU; the value of the environment variable
     * {@code LOKY_MAX_CPU_COUNT} where that is set; and in a worker its share of what its parent has. The quotas are looked at
     * when this is called first. The rules are those of Python's loky.
     *
     * <p>That share is the parent's own number divided by the {@code maxWorkers} of the pool plus the workers that other pools
     * of the parent had when the worker was started, at least 1, so
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
     * Returns how many CPUs, or how many physical cores, this process may plan with. Logical CPUs that share a core, as with
     * hyper-threading, count once; computations that keep a core busy gain little from a second one on it. Where something
     * keeps this process from using all CPUs of the machine (affinity, a quota, one of the two variables), the result is that
     * of {@link #cpuCount()}, since whoever set it may have chosen by core already; as it is where the system does not tell
     * its cores, of which Linux alone is asked.
     *
     * @param onlyPhysicalCores whether CPUs that share a core count once
     * @return the number, at least 1
     * @throws IllegalArgumentException if one of the two variables is set and not a whole number of at least 1
     */
    public static int cpuCount(boolean onlyPhysicalCores) {
        return onlyPhysicalCores ? CpuBudget.cores() : CpuBudget.count();
    }
}
