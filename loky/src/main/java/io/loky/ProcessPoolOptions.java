/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.Option.Scope;
import io.loky.spi.PoolListener;
import io.loky.spi.Reducer;
import io.loky.spi.TaskCodec;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a pool of worker JVMs can be told when it is created. Immutable and thread-safe. Two instances with the same
 * values are equal; text is compared as it was given, so that the heaps {@code "1g"} and {@code "1024m"} differ.
 *
 * <pre>{@code
 * ProcessPoolOptions options = ProcessPoolOptions.builder()
 *         .maxWorkers(4)
 *         .maxHeap("512m")
 *         .build();
 * }</pre>
 *
 * <p>Each method of the builder refuses a bad value itself, by name; nothing is silently corrected.
 */
public final class ProcessPoolOptions {

    private static final Option<Integer> MAX_WORKERS =
            Option.<Integer>of("maxWorkers").in(Scope.SIZE);
    private static final Option<Integer> MIN_WORKERS =
            Option.of("minWorkers", 0).in(Scope.SIZE);
    private static final Option<Integer> SPARE_WORKERS =
            Option.of("spareWorkers", 0).in(Scope.SIZE);
    private static final Option<Integer> MAX_TASKS_PER_WORKER = Option.of("maxTasksPerWorker");
    private static final Option<Duration> MAX_WORKER_AGE = Option.of("maxWorkerAge");
    private static final Option<Long> MEMORY_GROWTH_LIMIT = Option.of("memoryGrowthLimit", 300_000_000L);
    private static final Option<Long> WORKER_MEMORY_LIMIT = Option.of("workerMemoryLimit");
    private static final Option<SerializableRunnable> WORKER_HEALTH_CHECK = Option.<SerializableRunnable>of(
                    "workerHealthCheck")
            .in(Scope.SENT)
            .shownAs(check -> check.getClass().getName());
    private static final Option<Integer> WORKER_HEALTH_CHECK_EVERY = Option.of("workerHealthCheckEvery");
    private static final Option<DirtyWorkers> DIRTY_WORKERS = Option.of("dirtyWorkers", DirtyWorkers.IGNORE);
    private static final Option<Integer> RETRIES_ON_CRASH = Option.of("retriesOnCrash", 0);
    private static final Option<String> RETRY_OUT_OF_MEMORY_WITH = Option.of("retryOutOfMemoryWith");
    private static final Option<Integer> QUARANTINE_AFTER = Option.of("quarantineAfter");
    private static final Option<Integer> MAX_CRASHES = Option.of("maxCrashes");
    private static final Option<Duration> MAX_CRASHES_WITHIN = Option.of("maxCrashesWithin");
    private static final Option<Receipts> RECEIPTS = Option.of("receipts", Receipts.TIMES);
    private static final Option<Integer> QUEUE_CAPACITY = Option.of("queueCapacity");
    private static final Option<WhenFull> WHEN_FULL = Option.of("whenFull");
    private static final Option<Duration> IDLE_TIMEOUT =
            Option.of("idleTimeout", Duration.ofSeconds(10)).in(Scope.SIZE);
    private static final Option<Duration> START_TIMEOUT = Option.of("startTimeout", Duration.ofSeconds(60));
    private static final Option<Duration> HEARTBEAT = Option.of("heartbeat", Duration.ofSeconds(5));
    private static final Option<Duration> TASK_TIMEOUT = Option.of("taskTimeout");
    private static final Option<Duration> QUEUE_TIMEOUT = Option.of("queueTimeout");
    private static final Option<Duration> CANCEL_GRACE = Option.of("cancelGrace", Duration.ofMillis(100));
    private static final Option<Duration> SLOW_TASK_THRESHOLD = Option.of("slowTaskThreshold");

    /** Its values are often secrets. */
    private static final Option<Map<String, String>> ENVIRONMENT =
            Option.<Map<String, String>>of("environment", Map.of()).shownAs(values -> new TreeSet<>(values.keySet()));

    private static final Option<List<String>> JVM_ARGS = Option.of("jvmArgs", List.of());
    private static final Option<String> MAX_HEAP = Option.of("maxHeap");
    private static final Option<Path> JAVA_HOME = Option.of("javaHome");
    private static final Option<List<String>> COMMAND_PREFIX = Option.of("commandPrefix", List.of());
    private static final Option<Path> WORKING_DIRECTORY = Option.of("workingDirectory");
    private static final Option<Path> CRASH_DIRECTORY = Option.of("crashDirectory");
    private static final Option<Path> CRASH_CAPSULES = Option.of("crashCapsules");
    private static final Option<Integer> MAX_CRASH_CAPSULES = Option.of("maxCrashCapsules", 10);
    private static final Option<SerializableRunnable> INITIALIZER = Option.<SerializableRunnable>of("initializer")
            .in(Scope.SENT)
            .shownAs(initializer -> initializer.getClass().getName());
    private static final Option<OutputRouting> OUTPUT = Option.of("output", OutputRouting.inherit());
    private static final Option<TaskCodec> CODEC = Option.<TaskCodec>of("codec")
            .in(Scope.SENT)
            .shownAs(codec -> codec.getClass().getName());
    private static final Option<Map<Class<?>, Reducer<?>>> REDUCERS = Option.<Map<Class<?>, Reducer<?>>>of(
                    "reducers", Map.of())
            .in(Scope.SENT)
            .shownAs(reducers -> reducers.keySet().stream().map(Class::getName).toList());
    private static final Option<Long> LARGE_DATA_THRESHOLD = Option.of("largeDataThreshold", 64L * 1024);
    private static final Option<ObjectInputFilter> RESULT_FILTER = Option.of("resultFilter");
    private static final Option<PoolListener> LISTENER = Option.of("listener", PoolListener.none())
            .shownAs(listener -> listener.getClass().getName());
    private static final Option<Boolean> JMX = Option.of("jmx", false);
    private static final Option<Reuse> REUSE = Option.of("reuse", Reuse.AUTO).in(Scope.CALL);
    private static final Option<Boolean> KILL_WORKERS =
            Option.of("killWorkers", false).in(Scope.CALL);
    private static final Option<Mode> MODE = Option.of("mode", Mode.PROCESSES);

    /** What only a process has. */
    private static final List<Option<?>> OF_PROCESSES = List.of(
            ENVIRONMENT,
            JVM_ARGS,
            MAX_HEAP,
            JAVA_HOME,
            COMMAND_PREFIX,
            WORKING_DIRECTORY,
            CRASH_DIRECTORY,
            CRASH_CAPSULES,
            OUTPUT,
            HEARTBEAT,
            CANCEL_GRACE,
            MEMORY_GROWTH_LIMIT,
            WORKER_MEMORY_LIMIT,
            WORKER_HEALTH_CHECK,
            DIRTY_WORKERS,
            RETRY_OUT_OF_MEMORY_WITH);

    private final OptionValues values;

    /** Whether the user has said how many workers; else it is as many as there are CPUs. */
    private final boolean sizeIsGiven;

    private ProcessPoolOptions(OptionValues values, boolean sizeIsGiven) {
        this.values = values;
        this.sizeIsGiven = sizeIsGiven;
    }

    /**
     * Returns a builder in which every option has its default.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder(new OptionValues());
    }

    /**
     * Returns a builder in which every option has the value that it has here, {@link #maxWorkers()} included even if it
     * was never set.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(new OptionValues(values));
    }

    /**
     * Returns the most workers that the pool may have.
     *
     * @return from 1 to 1024
     */
    public int maxWorkers() {
        return values.get(MAX_WORKERS);
    }

    /**
     * Returns how many workers are kept although they have no task.
     *
     * @return from 0 to {@link #maxWorkers()}
     */
    public int minWorkers() {
        return values.get(MIN_WORKERS);
    }

    /**
     * Returns how long a worker without a task is kept.
     *
     * @return longer than zero
     */
    public Duration idleTimeout() {
        return values.get(IDLE_TIMEOUT);
    }

    /**
     * Returns how long a worker may take to become ready, its {@link #initializer()} included.
     *
     * @return longer than zero
     */
    public Duration startTimeout() {
        return values.get(START_TIMEOUT);
    }

    /**
     * Returns what each worker does before its first task.
     *
     * @return the initializer as it was given; empty if there is none
     */
    public Optional<SerializableRunnable> initializer() {
        return values.find(INITIALIZER);
    }

    /**
     * Returns the environment variables that workers have in addition to those of the parent, or instead of them where
     * the name is the same.
     *
     * @return an immutable map
     */
    public Map<String, String> environment() {
        return values.get(ENVIRONMENT);
    }

    /**
     * Returns the arguments that the JVM of each worker gets after those of the library.
     *
     * @return an immutable list
     */
    public List<String> jvmArgs() {
        return values.get(JVM_ARGS);
    }

    /**
     * Returns the largest Java heap of each worker, in the notation of {@code java -Xmx}.
     *
     * @return the text as it was given; empty if the workers share the memory of the machine
     */
    public Optional<String> maxHeap() {
        return values.find(MAX_HEAP);
    }

    /**
     * Returns the Java installation from which workers are started.
     *
     * @return the directory that holds {@code bin/java}; empty if it is that of the parent
     */
    public Optional<Path> javaHome() {
        return values.find(JAVA_HOME);
    }

    /**
     * Returns the command that the command line of each worker is put behind.
     *
     * @return an immutable list; empty if there is none
     */
    public List<String> commandPrefix() {
        return values.get(COMMAND_PREFIX);
    }

    /**
     * Returns the directory in which workers start.
     *
     * @return the directory; empty if it is that of the parent
     */
    public Optional<Path> workingDirectory() {
        return values.find(WORKING_DIRECTORY);
    }

    /**
     * Returns the directory in which the error logs of JVMs that crashed are kept.
     *
     * @return the directory; empty if they are not kept
     */
    public Optional<Path> crashDirectory() {
        return values.find(CRASH_DIRECTORY);
    }

    /**
     * Returns where what is needed to run a task again is kept when that has killed its worker.
     *
     * @return the directory as it was given; empty if nothing is kept
     */
    public Optional<Path> crashCapsules() {
        return values.find(CRASH_CAPSULES);
    }

    /**
     * Returns how many {@link #crashCapsules()} are kept.
     *
     * @return 1 or more
     */
    public int maxCrashCapsules() {
        return values.get(MAX_CRASH_CAPSULES);
    }

    /**
     * Returns how often workers show that they are alive.
     *
     * @return longer than zero
     */
    public Duration heartbeat() {
        return values.get(HEARTBEAT);
    }

    /**
     * Returns how long each task may execute that was not given a limit of its own.
     *
     * @return longer than zero; empty if it may take as long as it likes
     */
    public Optional<Duration> taskTimeout() {
        return values.find(TASK_TIMEOUT);
    }

    /**
     * Returns how long a task may wait for a worker that was not given a limit of its own.
     *
     * @return longer than zero; empty if it may wait as long as it takes
     */
    public Optional<Duration> queueTimeout() {
        return values.find(QUEUE_TIMEOUT);
    }

    /**
     * Returns how long a task that was interrupted has to end before its worker is killed.
     *
     * @return zero or longer
     */
    public Duration cancelGrace() {
        return values.get(CANCEL_GRACE);
    }

    /**
     * Returns after what time a task that is still executing is told of in the log.
     *
     * @return longer than zero; empty if none is
     */
    public Optional<Duration> slowTaskThreshold() {
        return values.find(SLOW_TASK_THRESHOLD);
    }

    /**
     * Returns how many workers are kept ready in addition to those that are needed.
     *
     * @return from 0 to 1024
     */
    public int spareWorkers() {
        return values.get(SPARE_WORKERS);
    }

    /**
     * Returns after how many tasks a worker is replaced.
     *
     * @return 1 or more; empty if it may execute any number of tasks
     */
    public OptionalInt maxTasksPerWorker() {
        return number(MAX_TASKS_PER_WORKER);
    }

    /**
     * Returns after what time a worker is replaced.
     *
     * @return longer than zero; empty if it may serve as long as it is needed
     */
    public Optional<Duration> maxWorkerAge() {
        return values.find(MAX_WORKER_AGE);
    }

    /**
     * Returns by how much the memory of a worker may grow before it is replaced.
     *
     * @return bytes, 1 or more; {@link Long#MAX_VALUE} if by any amount
     */
    public long memoryGrowthLimit() {
        return values.get(MEMORY_GROWTH_LIMIT);
    }

    /**
     * Returns how much memory the process of a worker may take before it is replaced.
     *
     * @return bytes, 1 or more; empty if any amount
     */
    public OptionalLong workerMemoryLimit() {
        return values.find(WORKER_MEMORY_LIMIT).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /**
     * Returns from what size on the data of one array, text or list travels raw behind the message that refers to it.
     *
     * @return bytes, 1 or more; {@link Long#MAX_VALUE} if never
     */
    public long largeDataThreshold() {
        return values.get(LARGE_DATA_THRESHOLD);
    }

    /**
     * Returns what workers run from time to time to see whether they are fit for further tasks.
     *
     * @return the check as it was given; empty if there is none
     */
    public Optional<SerializableRunnable> workerHealthCheck() {
        return values.find(WORKER_HEALTH_CHECK);
    }

    /**
     * Returns after how many tasks a worker runs the {@link #workerHealthCheck()}.
     *
     * @return 1 or more; empty if there is no such check
     */
    public OptionalInt workerHealthCheckEvery() {
        return number(WORKER_HEALTH_CHECK_EVERY);
    }

    /**
     * Returns what happens when a task leaves something behind in its worker.
     *
     * @return the policy
     */
    public DirtyWorkers dirtyWorkers() {
        return values.get(DIRTY_WORKERS);
    }

    /**
     * Returns what is measured of each task.
     *
     * @return what {@link TaskFuture#receipt()} knows
     */
    public Receipts receipts() {
        return values.get(RECEIPTS);
    }

    /**
     * Returns how many tasks may wait for a worker.
     *
     * @return 1 or more; empty if any number may
     */
    public OptionalInt queueCapacity() {
        return number(QUEUE_CAPACITY);
    }

    /**
     * Returns what a submitter meets when as many tasks wait as {@link #queueCapacity()} allows.
     *
     * @return what was set; {@link WhenFull#BLOCK} unless something was
     */
    public WhenFull whenFull() {
        return values.find(WHEN_FULL).orElse(WhenFull.BLOCK);
    }

    private OptionalInt number(Option<Integer> option) {
        return values.find(option).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /**
     * Returns how often a task is executed again if the worker that executes it dies.
     *
     * @return 0 or more
     */
    public int retriesOnCrash() {
        return values.get(RETRIES_ON_CRASH);
    }

    /**
     * Returns with how large a Java heap a task is executed once more that has run out of memory.
     *
     * @return the text as it was given; empty if it is not
     */
    public Optional<String> retryOutOfMemoryWith() {
        return values.find(RETRY_OUT_OF_MEMORY_WITH);
    }

    /**
     * Returns after how many crashes in a row of tasks of one name tasks of that name are refused.
     *
     * @return 1 or more; empty if they never are
     */
    public OptionalInt quarantineAfter() {
        return number(QUARANTINE_AFTER);
    }

    /**
     * Returns how many workers may die within {@link #maxCrashesWithin()} before the pool starts nothing for a while.
     *
     * @return 1 or more; empty if any number may
     */
    public OptionalInt maxCrashes() {
        return number(MAX_CRASHES);
    }

    /**
     * Returns within what time no more than {@link #maxCrashes()} workers may die.
     *
     * @return longer than zero; empty if any number may
     */
    public Optional<Duration> maxCrashesWithin() {
        return values.find(MAX_CRASHES_WITHIN);
    }

    /**
     * Returns where the text goes that tasks print.
     *
     * @return the routing
     */
    public OutputRouting output() {
        return values.get(OUTPUT);
    }

    /**
     * Returns how arguments and results are turned into bytes.
     *
     * @return the codec; empty if they travel the library's own way
     */
    public Optional<TaskCodec> codec() {
        return values.find(CODEC);
    }

    /**
     * Returns how objects of certain types travel.
     *
     * @return an immutable map from types to their reducers, in the order of their registration
     */
    public Map<Class<?>, Reducer<?>> reducers() {
        return values.get(REDUCERS);
    }

    /**
     * Returns what decides which classes results and exceptions may hold.
     *
     * @return the filter; empty if only that of the JVM decides, if it has one
     */
    public Optional<ObjectInputFilter> resultFilter() {
        return values.find(RESULT_FILTER);
    }

    /**
     * Returns who hears of the workers of the pool.
     *
     * @return the listener as it was given; {@link PoolListener#none()} if there is none
     */
    public PoolListener listener() {
        return values.get(LISTENER);
    }

    /**
     * Returns whether the pool can be seen by management tools.
     *
     * @return what was set, whatever the system property says
     */
    public boolean jmx() {
        return values.get(JMX);
    }

    /**
     * Returns which pool {@link Loky#getReusableExecutor(ProcessPoolOptions)} returns for these options.
     *
     * @return the rule
     */
    public Reuse reuse() {
        return values.get(REUSE);
    }

    /**
     * Returns whether the pool that {@link Loky#getReusableExecutor(ProcessPoolOptions)} has returned before is killed when
     * it returns another one for these options.
     *
     * @return whether its tasks are ended
     */
    public boolean killWorkers() {
        return values.get(KILL_WORKERS);
    }

    /**
     * Returns where tasks are executed.
     *
     * @return the place
     */
    public Mode mode() {
        return values.get(MODE);
    }

    /** What the user has set in this scope, by name. */
    Map<String, Object> in(Scope scope) {
        Map<String, Object> found = values.in(scope);
        if (!sizeIsGiven) {
            found.remove(MAX_WORKERS.name());
        }
        return found;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProcessPoolOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns what was set as text, but of the environment only the names: its values are often secrets. */
    @Override
    public String toString() {
        return "ProcessPoolOptions[" + values + "]";
    }

    /** What a submitter meets when the queue of the pool is full. */
    public enum WhenFull {
        /**
         * It waits until there is room, in the order in which submitters came. Where the pool is shut down meanwhile, or
         * its thread is interrupted, it gets a {@link java.util.concurrent.RejectedExecutionException}; in the second
         * case with the {@link InterruptedException} as its cause, and the thread's interrupt status is set. In {@code
         * invokeAll} and {@code invokeAny}, which throw that exception themselves, they do so; and their time-out ends this wait
         * as it ends their others.
         *
         * <p>Code that runs when a task has ended (a stage of {@link TaskFuture}, say) may submit to the same pool and wait
         * so: workers get their next tasks from other threads, so that the queue gets shorter meanwhile. It must not wait
         * for itself: where all running tasks can end only when that code has ended, it waits forever.
         */
        BLOCK,

        /** It gets a {@link java.util.concurrent.RejectedExecutionException}, and its task is not executed. */
        REJECT,

        /**
         * It executes the task itself, in this JVM, on the calling thread: with the same snapshot of the arguments, the same codec,
         * filter and exceptions, but without what only a worker has. No initializer has run, there is no {@link
         * WorkerContext}, and what it prints, or exits, it does here. Nothing kills it: a time limit means nothing, and
         * where it is cancelled, or the pool is stopped, its future is done at once and its thread goes on until it ends.
         */
        CALLER_RUNS
    }

    /**
     * What happens when a task has left something behind in its worker that the tasks after it meet: another default time zone or
     * default locale; system properties; another object in {@code System.in}, {@code System.out} or {@code System.err}; living
     * threads that are not daemons; shutdown hooks; security providers; another default handler of uncaught exceptions.
     *
     * <p>The worker compares these before its first task, so that what its initializer has set up is no change, and after
     * each task, or item of a {@code map}, also one that could not be rebuilt. Of system properties only the names are told, since values are often secrets. A thread that
     * ends within 50 ms after the task is none that was left. What the JDK adds itself does not count: shutdown hooks that run code of the
     * JDK, and new properties whose names begin with {@code sun.}, {@code java.awt.} or {@code jdk.jfr.}; nor does the hook of pools that a task
     * makes. No hooks are seen where the system property {@code io.loky.internals} forbids it. Nothing else is seen: static
     * fields, daemon threads, files, connections.
     */
    public enum DirtyWorkers {
        /** Nobody looks. This is the default. */
        IGNORE,

        /**
         * The parent logs a warning ({@code io.loky.pool}) that names the task, the worker and what has changed. Each change is
         * told once: what a task has left is what the next one is compared with.
         */
        REPORT,

        /** The worker gets no further task and is replaced, with the reason {@link EndReason#DIRTY}. The task is none the worse. */
        RECYCLE,

        /**
         * As {@link #RECYCLE}, and the future of the task fails with a {@link DirtyWorkerException}, unless the task has failed
         * by itself. In a chunk of a {@code map} that is the item that has changed something; those behind it in the same
         * chunk run in the same worker.
         */
        FAIL
    }

    /** What is measured of each task, for {@link TaskFuture#receipt()}. */
    public enum Receipts {
        /** Nothing: there are no receipts. */
        OFF,

        /** How long it waited, was under way, and ran: a few looks at the clock. This is the default. */
        TIMES,

        /**
         * All that a {@link TaskReceipt} has. CPU time and memory are asked of the system for each task, which a short one
         * notices, and a worker loads the JDK's classes for management before its first task.
         */
        FULL
    }

    /** Which pool {@link Loky#getReusableExecutor(ProcessPoolOptions)} returns. */
    public enum Reuse {
        /**
         * The running pool of the same kind, adapted to the sizes that are asked for; a new one where there is none. This is
         * the default.
         */
        AUTO,

        /**
         * The running pool that was returned last, by any call of {@link Loky#getReusableExecutor(ProcessPoolOptions)} in
         * this JVM, whatever options it was made with. Of the options of this call only {@code maxWorkers} is applied, and
         * only where it was set; the others are not, environment and initializer included. At level {@code DEBUG} the log
         * {@code io.loky.reuse} says which of them differ. As {@link #AUTO} where none is running.
         */
        ALWAYS,

        /**
         * A new pool, always. The one of the same kind, if one is running, gives way to it: it is shut down and finishes its
         * tasks, or is killed where {@code killWorkers} says so.
         */
        NEVER
    }

    /** Where tasks are executed. */
    public enum Mode {
        /** In worker JVMs. */
        PROCESSES,

        /**
         * In the parent JVM, on threads, for debugging: breakpoints in tasks work. Arguments, tasks, results and exceptions
         * become bytes and objects again all the same, by the same codec, reducers and filter, so that what cannot be sent
         * fails here, too. Nothing is isolated:
         *
         * <ul>
         *   <li>A task that ends its JVM, or crashes it, ends this one. Static fields are those of the program.
         *   <li>{@link java.util.concurrent.Future#cancel cancel(true)}, a time limit and {@code shutdownNow} interrupt the
         *       task, which has no grace, and nobody looks where it was. One that takes no notice keeps its thread until it ends by itself: its future is done at once, the
         *       pool gives the thread up after 5 s, says so in the log as a warning, and goes on without it.
         *   <li>Workers are threads: each has the pid of this JVM, runs the initializer, and has a {@link WorkerContext}, which the
         *       threads have that its tasks start. What tasks print goes where the program prints.
         *   <li>A task that asks {@link Loky#getReusableExecutor(ProcessPoolOptions)} for a pool gets another one than the
         *       program, as in a worker process, but all tasks of this JVM that are as deep in such pools share it.
         * </ul>
         */
        IN_PROCESS
    }

    /** Collects the options of a pool. Not thread-safe; may be used again after {@link #build()}. */
    public static final class Builder {

        private static final int MOST_WORKERS = 1024;

        /** Each lambda on the wire consists of these; a reducer for them would be asked about what it returned itself. */
        private static final Set<Class<?>> WITHOUT_REDUCER =
                Set.of(Object.class, Object[].class, Class.class, String.class, Serializable.class);

        private final OptionValues values;

        private Builder(OptionValues values) {
            this.values = values;
        }

        /**
         * Sets the most workers that the pool may have; workers start as tasks need them. The default is
         * {@link Loky#cpuCount()} at the time of {@link #build()}, though never more than 1024. The CPUs and the memory of the
         * machine are divided by this number, and by that of the workers of other pools of this JVM: each worker has at least
         * one CPU to plan with.
         *
         * @param workers from 1 to 1024; the upper bound catches slips of the finger, since each worker is a JVM
         * @return this builder
         * @throws IllegalArgumentException if the number is outside that range
         */
        public Builder maxWorkers(int workers) {
            Checks.atLeast("maxWorkers", workers, 1);
            values.set(
                    MAX_WORKERS, Checks.atMost("maxWorkers", workers, MOST_WORKERS, "each worker is a JVM of its own"));
            return this;
        }

        /**
         * Sets how many workers are kept although they have no task. They are started when the pool is made, do not end
         * when they are idle, and are replaced when they end for another reason. After a {@link
         * ProcessPoolExecutor#resize(int) resize} to fewer it is as many as the pool may have. The default is 0.
         *
         * @param workers from 0 to {@link #maxWorkers(int) maxWorkers}, which {@link #build()} checks
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder minWorkers(int workers) {
            values.set(MIN_WORKERS, Checks.atLeast("minWorkers", workers, 0));
            return this;
        }

        /**
         * Sets how long a worker without a task is kept. The default is 10 s. A duration of more than 292 years means
         * 292 years.
         *
         * @param timeout longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder idleTimeout(Duration timeout) {
            values.set(IDLE_TIMEOUT, Checks.positive("idleTimeout", timeout));
            return this;
        }

        /**
         * Sets what each worker does before its first task: load a native library or a model, open a connection, register
         * a driver. It runs once in each worker, on the thread that then executes the tasks; {@link WorkerContext} keeps what
         * it makes for them, and tells workers apart. The default is none.
         *
         * <p>It is sent as tasks are, with the classes that it needs. It is encoded when the pool is created, which fails
         * with a {@link TaskSerializationException} if that cannot be done: each worker gets a copy of what it held then,
         * also one that is started much later. What it prints is output of the worker like that of tasks.
         *
         * <p>A worker is ready when its initializer has returned, and {@link #startTimeout} includes it. One whose
         * initializer throws, ends the JVM, or takes longer is ended with the reason {@link EndReason#START_FAILED
         * START_FAILED}, and another one is started after a pause. When three in a row have failed, and no other worker is
         * there, all tasks that wait fail with a {@link WorkerStartException} that tells of the last failure; what the
         * initializer has thrown is its cause. Tasks that are submitted later make the pool try again.
         *
         * <p>The initializer is part of what makes two options equal, and a lambda equals only itself. A reusable executor is
         * shared by all whose initializers are the same when they are sent: the same code with equal captured values.
         *
         * @param initializer runs in each worker
         * @return this builder
         * @throws NullPointerException if the initializer is {@code null}
         */
        public Builder initializer(SerializableRunnable initializer) {
            values.set(INITIALIZER, Objects.requireNonNull(initializer, "initializer"));
            return this;
        }

        /**
         * Sets environment variables of the workers. Each worker gets a copy of the parent's environment to which these
         * are added; where a name exists already, the value given here wins. The default is none. A second call
         * replaces what the first one set.
         *
         * <p>In the values <code>${worker.index}</code> stands for the {@link WorkerContext#index() index} of the worker, so
         * that {@code environment(Map.of("CUDA_VISIBLE_DEVICES", "${worker.index}"))} gives each worker a device of its own,
         * which it has in common with its successor where that starts before it has ended;
         * <code>$${worker.index}</code> stands for the text <code>${worker.index}</code>. Nothing else is replaced.
         *
         * @param variables names and values; copied
         * @return this builder
         * @throws NullPointerException if the map, a name or a value is {@code null}
         * @throws IllegalArgumentException if a name is empty, contains {@code '='} or the NUL character, or a value
         *     contains the NUL character
         */
        public Builder environment(Map<String, String> variables) {
            Objects.requireNonNull(variables, "environment");
            variables.forEach(Builder::checkVariable);
            values.set(ENVIRONMENT, Map.copyOf(variables));
            return this;
        }

        /**
         * Sets arguments for the JVM of each worker, such as {@code -XX:+UseSerialGC} or {@code -Dkey=value}. They come
         * after those of the library and so win over them: a collector, {@code -Xmx} or {@code -XX:ActiveProcessorCount} that is
         * set here replaces the worker's share. The default is none. A second call replaces what the first
         * one set. <code>${worker.index}</code> is replaced as in {@link #environment}.
         *
         * @param args one argument each, nothing is split at spaces; copied
         * @return this builder
         * @throws NullPointerException if the list or an argument is {@code null}
         * @throws IllegalArgumentException if an argument is empty or contains the NUL character
         */
        public Builder jvmArgs(List<String> args) {
            Objects.requireNonNull(args, "jvmArgs");
            for (String arg : args) {
                Objects.requireNonNull(arg, "argument in jvmArgs");
                if (arg.isEmpty()) {
                    throw new IllegalArgumentException("jvmArgs must not contain an empty argument, got " + args);
                }
                checkNoNul("jvmArgs", arg);
            }
            values.set(JVM_ARGS, List.copyOf(args));
            return this;
        }

        /**
         * Sets the largest Java heap of each worker. Unset, each worker may use a share of 80 % of the memory of
         * the machine, or of the container if that has less: an equal one among {@link #maxWorkers(int) maxWorkers}, {@link
         * #spareWorkers(int) spareWorkers} and the workers that other pools of this JVM have when it is started, but no more than leaves 50 MiB to
         * each JVM besides its heap, or than three quarters of {@link #workerMemoryLimit(long) workerMemoryLimit}, and at least 16 MiB. Where
         * nobody can tell the memory (systems other than Linux) it is that share, and at least some 126 MB. Heaps that are set and together exceed the memory are
         * warned of in the log, once for each pool.
         *
         * @param size digits and at most one of the letters k, m, g, t in either case, as {@code java -Xmx} takes it:
         *     {@code "512m"}; without a letter they are bytes; at least {@code "2m"}, with less no JVM starts
         * @return this builder
         * @throws IllegalArgumentException if the text is anything else
         */
        public Builder maxHeap(String size) {
            values.set(MAX_HEAP, HeapSize.check("maxHeap", size));
            return this;
        }

        /**
         * Sets the Java installation from which workers are started: Java 17 or later, newer or older than that of the
         * parent. Unset, workers run on the Java of the parent. Its version is read, from the file {@code release} in the
         * directory, when a pool is created, which fails with an {@link IllegalArgumentException} if that file does not tell
         * or the version is below 17.
         *
         * <p>Workers have the parent's class path, and are sent the parent's classes. So those have to be compiled for the
         * older of the two; a task with classes that its worker cannot read fails with the JVM's {@link
         * UnsupportedClassVersionError}, or with that as its cause. Flags of the parent that the other Java does not know
         * are not handed down.
         *
         * @param home the directory that holds {@code bin/java}; if relative, seen from the directory of the parent
         * @return this builder
         * @throws NullPointerException if the directory is {@code null}
         * @throws IllegalArgumentException if the path belongs to another file system, such as a zip file, or there is no
         *     executable {@code bin/java} in it
         */
        public Builder javaHome(Path home) {
            values.set(JAVA_HOME, JavaHome.check("javaHome", home));
            return this;
        }

        /**
         * Sets a command that the command line of each worker is put behind, such as {@code nice -n 10}, {@code taskset -c
         * 0} or {@code prlimit --nofile=1000}. The default is none. A second call replaces what the first one
         * set. <code>${worker.index}</code> is replaced as in {@link #environment}.
         *
         * <p>The command must end up running what stands behind it: in its own place ({@code exec}), as those do, or as a
         * child that it waits for, as {@code sh -c '"$@"; true' --} does. It must leave the file descriptors open that it
         * inherits, and show the worker the same files. Where it waits, its own exit code is what is known of the worker's
         * end, and a {@code SIGSTOP} for the worker holds up the worker's end when its parent is gone. One that leaves the
         * worker behind and ends, as {@code setsid --fork} does, or that closes descriptors, makes
         * tasks fail with a {@link WorkerStartException}; so does one that does not exist.
         *
         * @param prefix the command and its arguments, nothing is split at spaces; copied
         * @return this builder
         * @throws NullPointerException if the list or an element is {@code null}
         * @throws IllegalArgumentException if the first element is empty, or an element contains the NUL character
         */
        public Builder commandPrefix(List<String> prefix) {
            Objects.requireNonNull(prefix, "commandPrefix");
            for (String element : prefix) {
                Objects.requireNonNull(element, "element of commandPrefix");
                checkNoNul("commandPrefix", element);
            }
            if (!prefix.isEmpty() && prefix.get(0).isEmpty()) {
                throw new IllegalArgumentException("commandPrefix must begin with a command, got " + prefix);
            }
            values.set(COMMAND_PREFIX, List.copyOf(prefix));
            return this;
        }

        /**
         * Sets the directory in which workers start. Unset, it is that of the parent. Whether it exists shows when a
         * worker starts: if it does not, tasks fail with a {@link WorkerStartException} that names it.
         *
         * @param directory a path of the default file system; if relative, seen from the directory of the parent
         * @return this builder
         * @throws IllegalArgumentException if the path belongs to another file system, such as a zip file
         */
        public Builder workingDirectory(Path directory) {
            values.set(WORKING_DIRECTORY, Checks.ofDefaultFileSystem("workingDirectory", directory));
            return this;
        }

        /**
         * Sets the directory in which the error log of each worker's JVM that crashes is kept, as {@code
         * loky-hs_err-<time in UTC>-pid<pid>.log}; {@link CrashReport#kept()} names the file. Unset, the log goes with the worker, and
         * the {@link CrashReport} has what matters of it. A log has some 60 KB, and environment variables and command line of the
         * worker are in it: on systems with POSIX permissions only this user can read it. At most 50 logs are kept; then the oldest ones are deleted.
         *
         * @param directory a path of the default file system, made when the first worker crashes; if relative, seen from the
         *     directory of the parent
         * @return this builder
         * @throws IllegalArgumentException if the path belongs to another file system, such as a zip file
         */
        public Builder crashDirectory(Path directory) {
            values.set(CRASH_DIRECTORY, Checks.ofDefaultFileSystem("crashDirectory", directory));
            return this;
        }

        /**
         * Has a crash capsule written when a task fails with a {@link WorkerTerminatedException}: a file that holds what is needed to
         * run this one task again, with {@code java -jar loky.jar replay FILE}. The report names it among its {@link
         * CrashReport#kept() kept} files. Without this call none is written.
         *
         * <p>It holds the task as it was sent, so all the data that it refers to; of the initializer the same; class path, flags of
         * the JVM, command prefix, working directory and the variables of {@link #environment}, but not the environment of
         * the parent; classes that workers had asked the parent for, up to 64 MiB; the report. Of a chunk of a {@code map} it is the item that was being
         * executed. What is secret in these is secret in the file: on systems with POSIX permissions only this user can read it. Of a task of more than 256 MiB none is written.
         *
         * <p>The directory is made when the pool is created, unless it is there. The future of the task is done when the file is written. A file
         * that cannot be written is warned of in the log ({@code io.loky.worker}) and changes nothing else.
         *
         * @param directory a path of the default file system; if relative, seen from the directory of the parent
         * @return this builder
         * @throws NullPointerException if the directory is {@code null}
         * @throws IllegalArgumentException if the path belongs to another file system, such as a zip file
         */
        public Builder crashCapsules(Path directory) {
            values.set(CRASH_CAPSULES, Checks.ofDefaultFileSystem("crashCapsules", directory));
            return this;
        }

        /**
         * Sets how many crash capsules there may be in the directory: when one more is written, the oldest go, whichever pool or program
         * has written them. The default is 10.
         *
         * @param files 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxCrashCapsules(int files) {
            values.set(MAX_CRASH_CAPSULES, Checks.atLeast("maxCrashCapsules", files, 1));
            return this;
        }

        /**
         * Sets how the arguments and results of tasks are turned into bytes; {@link TaskOptions#codec(TaskCodec)} says
         * otherwise for one task. What a codec is for and what not is said in {@link TaskCodec}. The default is the library's
         * own way, also available as {@link Loky#ownCodec()}. A reusable executor is shared by those whose codecs are equal or
         * are the same in serialized form.
         *
         * @param codec used in the parent and in the workers
         * @return this builder
         * @throws NullPointerException if the codec is {@code null}
         */
        public Builder codec(TaskCodec codec) {
            values.set(CODEC, Objects.requireNonNull(codec, "codec"));
            return this;
        }

        /**
         * Says how objects of a type and its subtypes travel wherever the library's own way meets them: in functions and what
         * they capture, arguments, results and exceptions, in both directions, before everything else that the library does
         * for such an object. Of several types that fit an object the most specific one wins; of unrelated ones a class wins
         * over an interface, and else the one that was registered first. Texts are never reduced, and
         * what a {@link TaskCodec} writes by itself no reducer sees. Neither is an object whose class has a {@code writeReplace}
         * method, such as the lists of {@link java.util.List#of()} and the values of {@code java.time}: serialization asks the
         * object first, and the reducers for what that puts in its place. A second call with the same type replaces the first reducer. The default is none.
         *
         * <p>Reducers are part of what makes two options equal, where a lambda equals only itself. A reusable executor is
         * shared by those whose reducers are the same in serialized form, as those are that the same lambda in the source makes
         * of equal values.
         *
         * @param type not a primitive type, {@link Object}, {@code Object[]}, {@link Class}, {@link String} or {@link Serializable}
         * @param reducer used in the parent and in the workers
         * @param <T> the type
         * @return this builder
         * @throws NullPointerException if an argument is {@code null}
         * @throws IllegalArgumentException if the type is one that cannot have a reducer, or a class with a {@code writeReplace}
         *     method of its own or inherited
         */
        public <T> Builder reducer(Class<T> type, Reducer<? super T> reducer) {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(reducer, "reducer");
            if (type.isPrimitive() || WITHOUT_REDUCER.contains(type)) {
                throw new IllegalArgumentException(
                        "reducer must be for a type whose objects need one, got " + type.getName()
                                + (type.isPrimitive() ? ", which has no objects" : ", which must stay as it is"));
            }
            if (Checks.replacesItself(type)) {
                throw new IllegalArgumentException(
                        "reducer must be for a type whose objects do not replace themselves when they are serialized, got "
                                + type.getName() + ", which has a writeReplace method");
            }
            Map<Class<?>, Reducer<?>> reducers = new LinkedHashMap<>(values.get(REDUCERS));
            reducers.put(type, reducer);
            values.set(REDUCERS, Collections.unmodifiableMap(reducers));
            return this;
        }

        /**
         * Sets what decides, in this JVM, which classes the results and exceptions that workers send may hold. The filter is
         * asked before a class is used, as {@link java.io.ObjectInputStream} does; a result that it rejects fails its future
         * with a {@link ResultSerializationException} that names the class, an exception that it rejects becomes a {@link
         * RemoteTaskException}. The pool goes on. A filter of the whole JVM ({@code jdk.serialFilter}) is asked as well, with
         * or without this one, and each of the two can reject.
         *
         * <p>Not asked: about {@code null}, booleans, numbers, texts and byte arrays that are themselves the result, which
         * travel as plain bytes; about a few classes of the library's own that stand in for other objects, whose content it
         * is asked about; about the library's own failures in workers; and about what a {@link TaskCodec} reads by itself.
         *
         * @param filter asked from many threads at once
         * @return this builder
         * @throws NullPointerException if the filter is {@code null}
         */
        public Builder resultFilter(ObjectInputFilter filter) {
            values.set(RESULT_FILTER, Objects.requireNonNull(filter, "resultFilter"));
            return this;
        }

        /**
         * Limits how long each task may execute; {@link TaskOptions#timeout(Duration)} says otherwise for one task. The
         * limit counts from when a worker is given the task; for the time before there is {@link #queueTimeout}. When it is reached
         * the task is interrupted, and if it has not ended within {@link #cancelGrace} the worker is killed and replaced. Then, or when the task has
         * ended, whatever it has returned or thrown, the future fails with a {@link TaskTimeoutException} that tells where the task was. Without this call a
         * task may execute as long as it likes. A duration of more than 292 years means 292 years.
         *
         * @param timeout for each task; longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder taskTimeout(Duration timeout) {
            values.set(TASK_TIMEOUT, Checks.positive("taskTimeout", timeout));
            return this;
        }

        /**
         * Limits how long each task may wait for a worker; {@link TaskOptions#queueTimeout(Duration)} says otherwise for one
         * task, and what the limit means. It does not concern the items of a {@code map}, which takes no more of them ahead than its
         * window: for these there is {@link MapOptions#deadline(Duration)}. Without this call a task may wait as long as it
         * takes. A duration of more than 292 years means 292 years.
         *
         * @param timeout for each task; longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder queueTimeout(Duration timeout) {
            values.set(QUEUE_TIMEOUT, Checks.positive("queueTimeout", timeout));
            return this;
        }

        /**
         * Sets how long a task that is cancelled with {@code cancel(true)}, or has reached its time limit, has to end before its
         * worker is killed. Its thread is interrupted at the beginning of that time, and only while code of that very task is on
         * it. If the task has ended by then, by whatever result or exception, the worker goes on; what the task has
         * started in it and left behind stays. If not, the worker is killed with the processes that it has started, and replaced.
         *
         * <p>The default is 100 ms: long enough for code that listens to interrupts to clean up, and for looks where a task
         * with a time limit is stuck; short enough for whoever waits for the place of one that does not listen. More
         * suits tasks that must write something before they end; zero, with which nothing is interrupted and workers are killed at
         * once, those that must not. A worker hears of an interrupt up to 20 ms late when its task has just begun. {@code shutdownNow} and the
         * end of the program kill at once, whatever this says. A duration of more than 292 years means 292 years.
         *
         * @param grace zero or longer
         * @return this builder
         * @throws IllegalArgumentException if the duration is negative
         */
        public Builder cancelGrace(Duration grace) {
            values.set(CANCEL_GRACE, Checks.notNegative("cancelGrace", grace));
            return this;
        }

        /**
         * Sets after what time a task that is still executing is told of: a warning in the log {@code io.loky.task} says which task
         * it is, in which worker, how long it has been executing, and where it is now, with the innermost 20 frames of its stack; and again
         * each time when it has been executing for twice as long. Nothing is interrupted, and the task is not slowed down but for the moment in
         * which its stack is taken. Without this call no task is told of. A duration of more than 292 years means 292 years.
         *
         * @param threshold longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder slowTaskThreshold(Duration threshold) {
            values.set(SLOW_TASK_THRESHOLD, Checks.positive("slowTaskThreshold", threshold));
            return this;
        }

        /**
         * Sets how long a worker may take to become ready, its {@link #initializer} included; one that takes longer is
         * killed. The default is 60 s. A duration of more than 292 years means 292 years.
         *
         * @param timeout longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder startTimeout(Duration timeout) {
            values.set(START_TIMEOUT, Checks.positive("startTimeout", timeout));
            return this;
        }

        /**
         * Sets how often workers show that they are alive. A thread of its own in the worker does it, which no task can
         * keep from it. A worker that has shown no sign of life at 6 looks in a row, which is after 6 to 7 intervals, is
         * killed and replaced; the task that it was executing fails with
         * {@link CrashReport.Cause#UNRESPONSIVE UNRESPONSIVE}. That happens to a worker that somebody has stopped
         * ({@code SIGSTOP}, a debugger), and on a machine that is so short of memory that nothing moves any more; not to one
         * that merely computes, or whose collector pauses it for a shorter time. The default is 5 s, hence some 30 s until a
         * worker is given up. A longer interval suits workers that are debugged, or whose huge heap makes long pauses.
         *
         * @param interval longer than zero; a fraction of a millisecond is dropped, down to 1 ms
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder heartbeat(Duration interval) {
            values.set(HEARTBEAT, Checks.positive("heartbeat", interval));
            return this;
        }

        /**
         * Sets after how many tasks a worker is replaced, whatever became of them. Its successor is started while it executes
         * the last one, so that there is for that time one process more; no more tasks than {@link #maxWorkers(int)
         * maxWorkers} are executed at the same time. With 1 each task has a process of its own, for which {@link
         * #spareWorkers(int)} are started ahead. Without this call a worker may execute any number of tasks.
         *
         * @param tasks 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxTasksPerWorker(int tasks) {
            values.set(MAX_TASKS_PER_WORKER, Checks.atLeast("maxTasksPerWorker", tasks, 1));
            return this;
        }

        /**
         * Sets after what time a worker is replaced, counted from when it is ready for its first task. Its successor is
         * started then, and the worker serves until that one is ready and its task, if it has one, has ended; where no
         * successor can be started it goes on. Each worker is replaced up to 10 % earlier, so that those that were started
         * together do not leave together. Without this call a worker serves as long as it is needed. A duration of more than
         * 292 years means 292 years.
         *
         * @param age longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder maxWorkerAge(Duration age) {
            values.set(MAX_WORKER_AGE, Checks.positive("maxWorkerAge", age));
            return this;
        }

        /**
         * Sets by how many bytes the memory of a worker may grow, counted from after its first task, before the worker is
         * replaced: the protection from tasks that leak memory. It counts what of the Java heap survives a collection of
         * garbage, and what the process takes outside of the heap: direct buffers, and memory of native code. Caches that tasks
         * fill are growth, too. The default is 300 000 000; {@link Long#MAX_VALUE} switches it off.
         *
         * <p>The worker looks after a task, at most once a second. Garbage alone never has it replaced: when the heap, garbage included, has
         * grown by more than the limit, a collection is made first, after the task's answer and before the next task. Such collections take no
         * more than about a hundredth of the worker's time, or a tenth while more than half of the limit is found alive. Where the JVM is told not to collect when asked ({@code -XX:+DisableExplicitGC}) the heap does not count.
         * Memory of native code is noticed late while the heap has room that it has never used, by as much as that; and on systems
         * other than Linux only direct buffers are seen of what is outside the heap.
         *
         * <p>The worker gets no further task, and ends with the reason {@link EndReason#MEMORY_GROWTH}; another one is started in its
         * place. No task fails.
         *
         * @param bytes 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder memoryGrowthLimit(long bytes) {
            values.set(MEMORY_GROWTH_LIMIT, Checks.atLeast("memoryGrowthLimit", bytes, 1L));
            return this;
        }

        /**
         * Limits the memory of each worker process as a whole, its Java heap included, as the system counts it (resident set). Without
         * this call there is no such limit; {@link #maxHeap} limits the Java heap, whose tasks get an {@link OutOfMemoryError} then. Unless that is
         * set the heap is kept below three quarters of this limit, so that garbage does not exceed it.
         *
         * <p>A worker looks after each task. When its process takes more, and does so after a collection of garbage, the worker gets no further
         * task and is replaced, with the reason {@link EndReason#MEMORY_LIMIT}; the task is none the worse. Collections take a hundredth of
         * its time at most: where the last one was too lately it is replaced without another one. Most collectors keep what garbage has once
         * filled, so the limit should be well above a {@link #maxHeap} that is set. A JVM itself takes some 40 MB: with a limit below that each
         * worker is replaced after one look.
         *
         * <p>The pool looks, too, once in each {@link #heartbeat(Duration) heartbeat}: a worker whose process takes more than twice
         * the limit is killed, and the task that it executes fails with a {@link WorkerTerminatedException} whose cause is
         * {@link CrashReport.Cause#OUT_OF_MEMORY OUT_OF_MEMORY}. Between two looks a task can take any amount; a hard limit is
         * an affair of control groups, or of {@link #commandPrefix commandPrefix} with {@code prlimit}. On systems other than Linux neither look
         * sees anything.
         *
         * @param bytes 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder workerMemoryLimit(long bytes) {
            values.set(WORKER_MEMORY_LIMIT, Checks.atLeast("workerMemoryLimit", bytes, 1L));
            return this;
        }

        /**
         * Sets from what size on data travels raw: arrays of primitives, what is in a {@link java.nio.ByteBuffer}, texts, and lists and
         * arrays of boxed primitives of one type, each by itself. Such data, in arguments and in results, alone or inside of other
         * objects, is not made a part of the message, but follows it as it is in memory, and is read straight into the array that
         * the receiver gets. The default is 65 536.
         *
         * <p>What arrives does not depend on it: an array that is referred to twice within a task, or a result, arrives as one array either way,
         * and is sent once. But all that goes into the message itself is limited to 1 GiB together, and is copied more often; what travels raw
         * has no such limit. Where a {@link #codec(TaskCodec) codec} of your own writes arguments and results it decides alone; what
         * functions capture still travels by this.
         *
         * <p>The size of data is what it takes on the way: of a text one byte for each character, or two if there is one beyond Latin-1; of boxed numbers
         * their bytes without the boxes. To send something raw costs some microseconds, so that thresholds below some kilobytes
         * gain nothing.
         *
         * @param bytes 1 or more; {@link Long#MAX_VALUE} for never
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder largeDataThreshold(long bytes) {
            values.set(LARGE_DATA_THRESHOLD, Checks.atLeast("largeDataThreshold", bytes, 1L));
            return this;
        }

        /**
         * Sets what each worker runs after every so many tasks, to see whether it is fit for further ones: is the connection still
         * there, the device, the licence. One that throws says no: the worker gets no further task and is replaced, with
         * the reason {@link EndReason#UNHEALTHY}; the task before is none the worse. The default is none. A second call
         * replaces both values.
         *
         * <p>It is sent as the {@link #initializer} is, encoded when the pool is created, and rebuilt when it first runs in a worker;
         * that it cannot be rebuilt is a no. It runs on the thread of the tasks, after the answer of a task, and the worker gets no
         * other task before it has returned: its time counts in no task's time limit, but the worker is busy, and the pool may start another one.
         * Where it takes longer than {@link #startTimeout}, or ends the JVM, the worker counts as unhealthy, too. No task fails by it.
         *
         * @param check throws if the worker should be replaced
         * @param everyTasks 1 or more; a chunk of a {@code map} counts as one task
         * @return this builder
         * @throws NullPointerException if the check is {@code null}
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder workerHealthCheck(SerializableRunnable check, int everyTasks) {
            Objects.requireNonNull(check, "workerHealthCheck");
            values.set(WORKER_HEALTH_CHECK_EVERY, Checks.atLeast("workerHealthCheck everyTasks", everyTasks, 1));
            values.set(WORKER_HEALTH_CHECK, check);
            return this;
        }

        /**
         * Sets what happens when a task leaves something behind in its worker, such as another default time zone; {@link
         * DirtyWorkers} says what is seen. The default is {@link DirtyWorkers#IGNORE}; any other value has the worker look after each
         * task, which takes some ten to a hundred microseconds, and before its first one, which takes longer.
         *
         * @param policy what happens
         * @return this builder
         * @throws NullPointerException if the policy is {@code null}
         */
        public Builder dirtyWorkers(DirtyWorkers policy) {
            values.set(DIRTY_WORKERS, Objects.requireNonNull(policy, "dirtyWorkers"));
            return this;
        }

        /**
         * Sets what is measured of each task, for {@link TaskFuture#receipt()}. The default is {@link Receipts#TIMES}. With {@link
         * Receipts#FULL} each worker resets what the system remembers as the most memory of its process ({@code VmHWM}) before each
         * task, for all who look at that.
         *
         * @param receipts what is measured
         * @return this builder
         * @throws NullPointerException if it is {@code null}
         */
        public Builder receipts(Receipts receipts) {
            values.set(RECEIPTS, Objects.requireNonNull(receipts, "receipts"));
            return this;
        }

        /**
         * Sets how many workers are kept ready in addition to those that are needed. A spare worker gets no task, until a
         * worker ends or one more is needed: then it takes that place at once, and the next spare is started. While there is
         * one, no task waits for the start of a JVM as long as the pool may have one more worker. Spares come in addition to
         * {@link #maxWorkers(int) maxWorkers}, though no more tasks than that are executed at the same time. They are there
         * while the pool is in use, from its first task or {@link ProcessPoolExecutor#prestart()} on, and end when it has had no
         * task at all for the {@link #idleTimeout(Duration) idle time-out}. The default is 0.
         *
         * @param workers from 0 to 1024
         * @return this builder
         * @throws IllegalArgumentException if the number is outside that range
         */
        public Builder spareWorkers(int workers) {
            Checks.atLeast("spareWorkers", workers, 0);
            values.set(
                    SPARE_WORKERS,
                    Checks.atMost("spareWorkers", workers, MOST_WORKERS, "each worker is a JVM of its own"));
            return this;
        }

        /**
         * Sets how often a task is executed again if the worker that executes it dies. The default is 0, with which no task is
         * executed twice: whatever it had done before its worker died it does again, so more than 0 is for tasks that may be repeated. {@link
         * TaskOptions#retriesOnCrash(int)} sets another number for one task.
         *
         * <p>It is the crash of a worker that a task is executed again after: it died by itself, whatever it died of, or gave no sign
         * of life. Not what the task throws, nor a time limit, a cancellation, or a worker that was killed for its {@link #workerMemoryLimit}.
         * The task returns to the head of its priority in the queue, and each execution may take its whole time limit; from its second crash on it waits for 0.1 s first, and twice as long each time, up to 5 s. An
         * item of a {@code map} is executed again by the same rule, before those behind it in its chunk.
         *
         * <p>{@link TaskFuture#attempts()} counts the executions, each repetition is a warning in the log {@code io.loky.pool}, and the {@link
         * WorkerTerminatedException} of the last attempt holds the ones before.
         *
         * @param retries 0 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder retriesOnCrash(int retries) {
            values.set(RETRIES_ON_CRASH, Checks.atLeast("retriesOnCrash", retries, 0));
            return this;
        }

        /**
         * Sets with how large a Java heap a task is executed once more that has run out of memory. Without this call it is not. {@link
         * TaskOptions#retryOutOfMemoryWith(String)} sets another size for one task; items of a {@code map} are never executed so.
         *
         * <p>A task has run out of memory when it, or the way of its arguments or its result, ends with an {@link OutOfMemoryError} or
         * with something that has one as its cause, other than one for an array that no heap can hold, or when its worker dies of one. What it had done before it does again. It is executed
         * in a worker of its own, beside the others, which has this heap, no {@link #workerMemoryLimit}, and else the options of the pool, and ends with
         * it; of several such tasks one after the other is. Its {@link WorkerContext#index() index} is none of those of the pool's workers, but one beyond these:
         * what {@link #environment}, {@link #jvmArgs} and {@link #commandPrefix} make of <code>${worker.index}</code> must be good for it, too. What comes of that is what comes of the task: it is not executed a third time, and a crash there counts
         * neither for {@link #quarantineAfter} nor for {@link #maxCrashes}. A task that its submitter runs ({@link WhenFull#CALLER_RUNS}) is not executed so.
         *
         * @param maxHeap digits and at most one of the letters k, m, g, t, at least {@code "2m"}, as in {@code "4g"}
         * @return this builder
         * @throws IllegalArgumentException if the text is not such a size
         * @throws NullPointerException if it is {@code null}
         */
        public Builder retryOutOfMemoryWith(String maxHeap) {
            values.set(RETRY_OUT_OF_MEMORY_WITH, HeapSize.check("retryOutOfMemoryWith", maxHeap));
            return this;
        }

        /**
         * Sets after how many crashes in a row the name of a task is in quarantine. Then every task that was {@link TaskOptions#named(String) given}
         * this name fails with a {@link TaskQuarantinedException}, without a worker: those that wait, and those that are submitted
         * later, until {@link ProcessPoolExecutor#release(String)}. Tasks that were given no name are never in quarantine. Without this
         * call no name is.
         *
         * <p>What counts as a crash is said at {@link #retriesOnCrash}; each execution of a task counts. A task of the name that ends, and be it
         * with an exception, without the death of its worker, sets the count back to 0. Of names with a count, and of names in quarantine, the pool
         * remembers the last 1024 each.
         *
         * @param crashes 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder quarantineAfter(int crashes) {
            values.set(QUARANTINE_AFTER, Checks.atLeast("quarantineAfter", crashes, 1));
            return this;
        }

        /**
         * Limits how many workers may die within a time. When one more does, every task that waits fails with a {@link
         * TooManyCrashesException}, and so does every one that is submitted, and no worker is started, until none has died for this time; then
         * the pool goes on. Tasks that workers are executing go on. What counts as a crash is said at {@link #retriesOnCrash}, but the death of a worker
         * that has no task counts, too; failed starts do not. Without this call any number may die, and each costs its own task and no other.
         *
         * @param crashes 1 or more
         * @param within longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1, or the duration zero or negative
         * @throws NullPointerException if the duration is {@code null}
         */
        public Builder maxCrashes(int crashes, Duration within) {
            Checks.atLeast("maxCrashes", crashes, 1);
            values.set(MAX_CRASHES_WITHIN, Checks.positive("maxCrashes within", within));
            values.set(MAX_CRASHES, crashes);
            return this;
        }

        /**
         * Limits how many tasks may wait for a worker that is busy. Those that a worker has do not count, and neither do as many
         * as there may be more workers than there are ready ones: for these one is being started. {@link #whenFull(WhenFull)} says
         * what a submitter meets then, by whatever method: a single task, each task of {@code invokeAll}, each item of a {@code
         * map}. A task that returns to the queue because its worker died is not refused. Without this call any number may wait.
         *
         * @param tasks 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder queueCapacity(int tasks) {
            values.set(QUEUE_CAPACITY, Checks.atLeast("queueCapacity", tasks, 1));
            return this;
        }

        /**
         * Sets what a submitter meets when as many tasks wait as {@link #queueCapacity(int) queueCapacity} allows. The
         * default is {@link WhenFull#BLOCK}.
         *
         * @param policy what happens
         * @return this builder
         * @throws NullPointerException if the policy is {@code null}
         */
        public Builder whenFull(WhenFull policy) {
            values.set(WHEN_FULL, Objects.requireNonNull(policy, "whenFull"));
            return this;
        }

        /**
         * Sets where the text goes that tasks print. The default is {@link OutputRouting#inherit()}.
         *
         * @param routing for all workers of the pool
         * @return this builder
         */
        public Builder output(OutputRouting routing) {
            values.set(OUTPUT, Objects.requireNonNull(routing, "output"));
            return this;
        }

        /**
         * Sets who hears of the workers of the pool. The default is {@link PoolListener#none()}.
         *
         * @param listener hears when workers start and end
         * @return this builder
         * @throws NullPointerException if the listener is {@code null}
         */
        public Builder listener(PoolListener listener) {
            values.set(LISTENER, Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets whether the pool can be seen by management tools, such as JConsole, as a {@link ProcessPoolMXBean}: the platform's
         * MBean server has it under the name {@code io.loky:type=ProcessPool,name=loky-pool-1}, with the number of the pool, until it has
         * terminated. Where the name is taken, by another copy of the library in this JVM, there is another number behind it. A
         * pool that cannot be registered works without, and a warning is logged. The first pool that is registered
         * starts that server, if nothing else has, which takes some tenths of a second. The default is {@code false}; the system property
         * {@code io.loky.jmx}, set to {@code true} when the pool is created, means all pools.
         *
         * @param visible whether it can be seen
         * @return this builder
         */
        public Builder jmx(boolean visible) {
            values.set(JMX, visible);
            return this;
        }

        /**
         * Sets which pool {@link Loky#getReusableExecutor(ProcessPoolOptions)} returns. The default is {@link Reuse#AUTO}.
         * Means nothing to a pool of one's own.
         *
         * @param reuse the rule
         * @return this builder
         * @throws NullPointerException if the rule is {@code null}
         */
        public Builder reuse(Reuse reuse) {
            values.set(REUSE, Objects.requireNonNull(reuse, "reuse"));
            return this;
        }

        /**
         * Sets what becomes of the pool that {@link Loky#getReusableExecutor(ProcessPoolOptions)} has returned last, if it
         * returns another one for these options. With {@code true} that pool is shut down as by {@link
         * ProcessPoolExecutor#shutdownNow()}, whoever uses it: its tasks fail with an {@link ExecutorShutdownException} that
         * says why, its workers are killed, and its kind is made anew when somebody asks for it. With {@code false}, the
         * default, it goes on, and both can be used. Means nothing to a pool of one's own.
         *
         * @param kill whether it is killed
         * @return this builder
         */
        public Builder killWorkers(boolean kill) {
            values.set(KILL_WORKERS, kill);
            return this;
        }

        /**
         * Sets where tasks are executed. The default is {@link Mode#PROCESSES}.
         *
         * <p>With {@link Mode#IN_PROCESS} there are no processes, and {@link #build()} refuses the options that are about them:
         * {@code environment}, {@code jvmArgs}, {@code maxHeap}, {@code javaHome}, {@code commandPrefix}, {@code workingDirectory},
         * {@code crashDirectory}, {@code crashCapsules}, {@code output}, {@code heartbeat}, {@code cancelGrace}, {@code
         * memoryGrowthLimit}, {@code workerMemoryLimit}, {@code workerHealthCheck}, {@code dirtyWorkers} and {@code
         * retryOutOfMemoryWith}.
         *
         * @param mode the place
         * @return this builder
         */
        public Builder mode(Mode mode) {
            values.set(MODE, Objects.requireNonNull(mode, "mode"));
            return this;
        }

        /**
         * Returns the options as they are now.
         *
         * @return immutable options
         * @throws IllegalArgumentException if {@code minWorkers} is above {@code maxWorkers}, if {@code whenFull} is set without
         *     {@code queueCapacity} or {@code maxCrashCapsules} without {@code crashCapsules}, if {@code retryOutOfMemoryWith} is not more than {@code maxHeap}, or if an option is set that is about processes, and the mode is {@link Mode#IN_PROCESS}
         */
        public ProcessPoolOptions build() {
            OptionValues built = new OptionValues(values);
            if (built.get(MODE) == Mode.IN_PROCESS) {
                built.refuse(OF_PROCESSES, "with mode IN_PROCESS, which has no worker processes");
            }
            boolean sizeIsGiven = built.find(MAX_WORKERS).isPresent();
            if (!sizeIsGiven) {
                built.set(MAX_WORKERS, Math.min(Loky.cpuCount(), MOST_WORKERS));
            }
            int most = built.get(MAX_WORKERS);
            int least = built.get(MIN_WORKERS);
            if (least > most) {
                throw new IllegalArgumentException(
                        "minWorkers must be at most maxWorkers (" + most + "), got " + least);
            }
            Optional<String> heap = built.find(MAX_HEAP);
            Optional<String> larger = built.find(RETRY_OUT_OF_MEMORY_WITH);
            if (heap.isPresent() && larger.isPresent()) {
                HeapSize.checkMore("retryOutOfMemoryWith", larger.get(), "maxHeap", heap.get());
            }
            if (built.find(CRASH_CAPSULES).isEmpty()) {
                built.refuse(List.of(MAX_CRASH_CAPSULES), "without crashCapsules");
            }
            built.find(WHEN_FULL).ifPresent(policy -> {
                if (built.find(QUEUE_CAPACITY).isEmpty()) {
                    throw new IllegalArgumentException("whenFull must not be set without queueCapacity, got " + policy
                            + ": a queue without a limit is never full");
                }
                if (policy == WhenFull.BLOCK) {
                    built.unset(WHEN_FULL); // it is what happens anyway, and must not make two options differ
                }
            });
            return new ProcessPoolOptions(built, sizeIsGiven);
        }

        private static void checkVariable(String name, String value) {
            Objects.requireNonNull(name, "name in environment");
            Objects.requireNonNull(value, () -> "value of " + name + " in environment");
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw new IllegalArgumentException(
                        "environment must have names that are not empty and without '=', got \"" + name + "\"");
            }
            checkNoNul("environment", name);
            if (value.indexOf('\0') >= 0) {
                // The value itself stays out of the message: it may be a secret.
                throw new IllegalArgumentException(
                        "environment must not contain the NUL character, the value of " + name + " does");
            }
        }

        private static void checkNoNul(String option, String text) {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        option + " must not contain the NUL character, got \"" + text.replace("\0", "\\0") + "\"");
            }
        }
    }
}
