/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.spi.PoolListener;
import io.loky.spi.Reducer;
import io.loky.spi.TaskCodec;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 * <p>Each method of the builder refuses a bad value itself, by name; nothing is silently corrected. An option whose
 * description says "Not available yet" throws {@link UnsupportedOperationException} for every value that would change
 * anything, and is never ignored.
 */
public final class ProcessPoolOptions {

    private final int maxWorkers;
    private final Duration idleTimeout;
    private final Duration startTimeout;
    private final Duration heartbeat;
    private final @Nullable Duration taskTimeout;
    private final Map<String, String> environment;
    private final List<String> jvmArgs;
    private final @Nullable String maxHeap;
    private final @Nullable Path workingDirectory;
    private final OutputRouting output;
    private final @Nullable TaskCodec codec;
    private final Map<Class<?>, Reducer<?>> reducers;
    private final @Nullable ObjectInputFilter resultFilter;

    private ProcessPoolOptions(Builder builder, int maxWorkers) {
        this.maxWorkers = maxWorkers;
        this.idleTimeout = builder.idleTimeout;
        this.startTimeout = builder.startTimeout;
        this.heartbeat = builder.heartbeat;
        this.taskTimeout = builder.taskTimeout;
        this.environment = builder.environment;
        this.jvmArgs = builder.jvmArgs;
        this.maxHeap = builder.maxHeap;
        this.workingDirectory = builder.workingDirectory;
        this.output = builder.output;
        this.codec = builder.codec;
        this.reducers = Collections.unmodifiableMap(new LinkedHashMap<>(builder.reducers));
        this.resultFilter = builder.resultFilter;
    }

    /**
     * Returns a builder in which every option has its default.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder in which every option has the value that it has here, {@link #maxWorkers()} included even if it
     * was never set.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Returns the most workers that the pool may have.
     *
     * @return from 1 to 1024
     */
    public int maxWorkers() {
        return maxWorkers;
    }

    /**
     * Returns how many workers are kept although they have no task.
     *
     * @return always 0 in this version
     */
    public int minWorkers() {
        return 0;
    }

    /**
     * Returns how long a worker without a task is kept.
     *
     * @return longer than zero
     */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /**
     * Returns how long the JVM of a worker may take to become ready.
     *
     * @return longer than zero
     */
    public Duration startTimeout() {
        return startTimeout;
    }

    /**
     * Returns the environment variables that workers have in addition to those of the parent, or instead of them where
     * the name is the same.
     *
     * @return an immutable map
     */
    public Map<String, String> environment() {
        return environment;
    }

    /**
     * Returns the arguments that the JVM of each worker gets after those of the library.
     *
     * @return an immutable list
     */
    public List<String> jvmArgs() {
        return jvmArgs;
    }

    /**
     * Returns the largest Java heap of each worker, in the notation of {@code java -Xmx}.
     *
     * @return the text as it was given; empty if the workers share the memory of the machine
     */
    public Optional<String> maxHeap() {
        return Optional.ofNullable(maxHeap);
    }

    /**
     * Returns the command that the command line of each worker is put behind.
     *
     * @return always empty in this version
     */
    public List<String> commandPrefix() {
        return List.of();
    }

    /**
     * Returns the directory in which workers start.
     *
     * @return the directory; empty if it is that of the parent
     */
    public Optional<Path> workingDirectory() {
        return Optional.ofNullable(workingDirectory);
    }

    /**
     * Returns how often workers show that they are alive.
     *
     * @return longer than zero
     */
    public Duration heartbeat() {
        return heartbeat;
    }

    /**
     * Returns how long each task may execute that was not given a limit of its own.
     *
     * @return longer than zero; empty if it may take as long as it likes
     */
    public Optional<Duration> taskTimeout() {
        return Optional.ofNullable(taskTimeout);
    }

    /**
     * Returns how long a cancelled task that is executing has to end before its worker is killed.
     *
     * @return always zero in this version
     */
    public Duration cancelGrace() {
        return Duration.ZERO;
    }

    /**
     * Returns how many workers are kept ready in addition to those that are needed.
     *
     * @return always 0 in this version
     */
    public int spareWorkers() {
        return 0;
    }

    /**
     * Returns how often a task is submitted again if the worker that executes it dies.
     *
     * @return always 0 in this version
     */
    public int retriesOnCrash() {
        return 0;
    }

    /**
     * Returns where the text goes that tasks print.
     *
     * @return the routing
     */
    public OutputRouting output() {
        return output;
    }

    /**
     * Returns how arguments and results are turned into bytes.
     *
     * @return the codec; empty if they travel the library's own way
     */
    public Optional<TaskCodec> codec() {
        return Optional.ofNullable(codec);
    }

    /**
     * Returns how objects of certain types travel.
     *
     * @return an immutable map from types to their reducers, in the order of their registration
     */
    public Map<Class<?>, Reducer<?>> reducers() {
        return reducers;
    }

    /**
     * Returns what decides which classes results and exceptions may hold.
     *
     * @return the filter; empty if only that of the JVM decides, if it has one
     */
    public Optional<ObjectInputFilter> resultFilter() {
        return Optional.ofNullable(resultFilter);
    }

    /**
     * Returns who hears of the workers of the pool.
     *
     * @return always {@link PoolListener#none()} in this version
     */
    public PoolListener listener() {
        return PoolListener.none();
    }

    /**
     * Returns when the reusable executor is used again.
     *
     * @return always {@link Reuse#AUTO} in this version
     */
    public Reuse reuse() {
        return Reuse.AUTO;
    }

    /**
     * Returns whether a reusable executor that gives way to another kills its workers.
     *
     * @return always {@code false} in this version
     */
    public boolean killWorkers() {
        return false;
    }

    /**
     * Returns where tasks are executed.
     *
     * @return always {@link Mode#PROCESSES} in this version
     */
    public Mode mode() {
        return Mode.PROCESSES;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProcessPoolOptions that
                && maxWorkers == that.maxWorkers
                && idleTimeout.equals(that.idleTimeout)
                && startTimeout.equals(that.startTimeout)
                && heartbeat.equals(that.heartbeat)
                && Objects.equals(taskTimeout, that.taskTimeout)
                && environment.equals(that.environment)
                && jvmArgs.equals(that.jvmArgs)
                && Objects.equals(maxHeap, that.maxHeap)
                && Objects.equals(workingDirectory, that.workingDirectory)
                && output.equals(that.output)
                && Objects.equals(codec, that.codec)
                && reducers.equals(that.reducers)
                && Objects.equals(resultFilter, that.resultFilter);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                maxWorkers,
                idleTimeout,
                startTimeout,
                heartbeat,
                taskTimeout,
                environment,
                jvmArgs,
                maxHeap,
                workingDirectory,
                output,
                codec,
                reducers,
                resultFilter);
    }

    /** Returns all options as text, but of the environment only the names: its values are often secrets. */
    @Override
    public String toString() {
        return "ProcessPoolOptions[maxWorkers=" + maxWorkers
                + ", idleTimeout=" + idleTimeout
                + ", startTimeout=" + startTimeout
                + ", heartbeat=" + heartbeat
                + ", taskTimeout=" + (taskTimeout == null ? "unset" : taskTimeout)
                + ", environment=" + new TreeSet<>(environment.keySet())
                + ", jvmArgs=" + jvmArgs
                + ", maxHeap=" + (maxHeap == null ? "unset" : maxHeap)
                + ", workingDirectory=" + (workingDirectory == null ? "unset" : workingDirectory)
                + ", output=" + output
                + ", codec=" + (codec == null ? "unset" : codec.getClass().getName())
                + ", reducers=" + reducers.keySet().stream().map(Class::getName).toList()
                + ", resultFilter=" + (resultFilter == null ? "unset" : resultFilter) + "]";
    }

    /** What a submitter meets when the queue of the pool is full. */
    public enum WhenFull {
        /** It waits until there is room. */
        BLOCK,

        /** It gets a {@link java.util.concurrent.RejectedExecutionException}. */
        REJECT,

        /** It executes the task itself, in the parent JVM. */
        CALLER_RUNS
    }

    /** When {@link Loky#getReusableExecutor(ProcessPoolOptions)} returns a pool that exists already. */
    public enum Reuse {
        /** If the existing pool was made with the same options; it is resized where only the size differs. */
        AUTO,

        /** Whatever options the existing pool was made with. */
        ALWAYS,

        /** Never. */
        NEVER
    }

    /** Where tasks are executed. */
    public enum Mode {
        /** In worker JVMs. */
        PROCESSES,

        /** In the parent JVM, on threads. */
        IN_PROCESS
    }

    /** Collects the options of a pool. Not thread-safe; may be used again after {@link #build()}. */
    public static final class Builder {

        private static final int MOST_WORKERS = 1024;

        /** Each lambda on the wire consists of these; a reducer for them would be asked about what it returned itself. */
        private static final Set<Class<?>> WITHOUT_REDUCER =
                Set.of(Object.class, Object[].class, Class.class, String.class, Serializable.class);

        private @Nullable Integer maxWorkers;
        private Duration idleTimeout = Duration.ofSeconds(10);
        private Duration startTimeout = Duration.ofSeconds(60);
        private Duration heartbeat = Duration.ofSeconds(5);
        private @Nullable Duration taskTimeout;
        private Map<String, String> environment = Map.of();
        private List<String> jvmArgs = List.of();
        private @Nullable String maxHeap;
        private @Nullable Path workingDirectory;
        private OutputRouting output = OutputRouting.inherit();
        private @Nullable TaskCodec codec;
        private final Map<Class<?>, Reducer<?>> reducers = new LinkedHashMap<>();
        private @Nullable ObjectInputFilter resultFilter;

        private Builder() {}

        private Builder(ProcessPoolOptions options) {
            maxWorkers = options.maxWorkers;
            idleTimeout = options.idleTimeout;
            startTimeout = options.startTimeout;
            heartbeat = options.heartbeat;
            taskTimeout = options.taskTimeout;
            environment = options.environment;
            jvmArgs = options.jvmArgs;
            maxHeap = options.maxHeap;
            workingDirectory = options.workingDirectory;
            output = options.output;
            codec = options.codec;
            reducers.putAll(options.reducers);
            resultFilter = options.resultFilter;
        }

        /**
         * Sets the most workers that the pool may have; workers start as tasks need them. The default is
         * {@link Loky#cpuCount()} at the time of {@link #build()}, though never more than 1024.
         *
         * @param workers from 1 to 1024; the upper bound catches slips of the finger, since each worker is a JVM
         * @return this builder
         * @throws IllegalArgumentException if the number is outside that range
         */
        public Builder maxWorkers(int workers) {
            Checks.atLeast("maxWorkers", workers, 1);
            maxWorkers = Checks.atMost("maxWorkers", workers, MOST_WORKERS, "each worker is a JVM of its own");
            return this;
        }

        /**
         * Sets how many workers are kept although they have no task.
         *
         * <p>Not available yet: only 0, the default, is accepted, with which every worker that is idle for long enough
         * ends.
         *
         * @param workers 0 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         * @throws UnsupportedOperationException if it is above 0, in this version
         */
        public Builder minWorkers(int workers) {
            if (Checks.atLeast("minWorkers", workers, 0) > 0) {
                throw Checks.unavailable("ProcessPoolOptions.minWorkers", workers, 0);
            }
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
            idleTimeout = Checks.positive("idleTimeout", timeout);
            return this;
        }

        /**
         * Sets what each worker does before its first task.
         *
         * <p>Not available yet: every initializer is refused.
         *
         * @param initializer runs in each worker
         * @return this builder
         * @throws UnsupportedOperationException always, in this version
         */
        public Builder initializer(SerializableRunnable initializer) {
            Objects.requireNonNull(initializer, "initializer");
            throw Checks.unavailable("ProcessPoolOptions.initializer");
        }

        /**
         * Sets environment variables of the workers. Each worker gets a copy of the parent's environment to which these
         * are added; where a name exists already, the value given here wins. The default is none. A second call
         * replaces what the first one set.
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
            environment = Map.copyOf(variables);
            return this;
        }

        /**
         * Sets arguments for the JVM of each worker, such as {@code -XX:+UseSerialGC} or {@code -Dkey=value}. They come
         * after those of the library and so win over them. The default is none. A second call replaces what the first
         * one set.
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
            jvmArgs = List.copyOf(args);
            return this;
        }

        /**
         * Sets the largest Java heap of each worker. Unset, each worker may use an equal share of 80 % of the memory of
         * the machine, or of the container if that has less.
         *
         * @param size digits and at most one of the letters k, m, g, t in either case, as {@code java -Xmx} takes it:
         *     {@code "512m"}; without a letter they are bytes; at least {@code "2m"}, with less no JVM starts
         * @return this builder
         * @throws IllegalArgumentException if the text is anything else
         */
        public Builder maxHeap(String size) {
            maxHeap = HeapSize.check("maxHeap", size);
            return this;
        }

        /**
         * Sets the Java installation from which workers are started.
         *
         * <p>Not available yet: every directory is refused. Workers run on the Java of the parent.
         *
         * @param home the directory that holds {@code bin/java}
         * @return this builder
         * @throws UnsupportedOperationException always, in this version
         */
        public Builder javaHome(Path home) {
            Objects.requireNonNull(home, "javaHome");
            throw Checks.unavailable("ProcessPoolOptions.javaHome");
        }

        /**
         * Sets a command that the command line of each worker is put behind, such as {@code nice -n 10}.
         *
         * <p>Not available yet: only the empty list, the default, is accepted.
         *
         * @param prefix the command and its arguments
         * @return this builder
         * @throws UnsupportedOperationException if the list is not empty, in this version
         */
        public Builder commandPrefix(List<String> prefix) {
            Objects.requireNonNull(prefix, "commandPrefix");
            if (!prefix.isEmpty()) {
                throw Checks.unavailable("ProcessPoolOptions.commandPrefix", prefix, List.of());
            }
            return this;
        }

        /**
         * Sets the directory in which workers start. Unset, it is that of the parent. Whether it exists shows when a
         * worker starts.
         *
         * @param directory a path of the default file system; if relative, seen from the directory of the parent
         * @return this builder
         * @throws IllegalArgumentException if the path belongs to another file system, such as a zip file
         */
        public Builder workingDirectory(Path directory) {
            Objects.requireNonNull(directory, "workingDirectory");
            if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
                throw new IllegalArgumentException(
                        "workingDirectory must be a path of the default file system, got " + directory.toUri());
            }
            workingDirectory = directory;
            return this;
        }

        /**
         * Sets how the arguments and results of tasks are turned into bytes; {@link TaskOptions#codec(TaskCodec)} says
         * otherwise for one task. What a codec is for and what not is said in {@link TaskCodec}. The default is the library's
         * own way, also available as {@link Loky#ownCodec()}. Options with different codecs, as their {@code equals} says,
         * are different: so a reusable executor is shared by those who give the same codec.
         *
         * @param codec used in the parent and in the workers
         * @return this builder
         * @throws NullPointerException if the codec is {@code null}
         */
        public Builder codec(TaskCodec codec) {
            this.codec = Objects.requireNonNull(codec, "codec");
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
         * <p>Reducers are part of what makes two options equal. A lambda equals only itself, so keep the options, or the
         * reducer, for further calls of {@link Loky#getReusableExecutor(ProcessPoolOptions)}.
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
            reducers.put(type, reducer);
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
            resultFilter = Objects.requireNonNull(filter, "resultFilter");
            return this;
        }

        /**
         * Limits how long each task may execute; {@link TaskOptions#timeout(Duration)} says otherwise for one task. The
         * limit counts from when a worker is given the task: a task may wait for a worker for any time. When it is reached
         * the worker is killed and replaced, and the future fails with a {@link TaskTimeoutException}. Without this call a
         * task may execute as long as it likes. A duration of more than 292 years means 292 years.
         *
         * @param timeout for each task; longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder taskTimeout(Duration timeout) {
            taskTimeout = Checks.positive("taskTimeout", timeout);
            return this;
        }

        /**
         * Sets how long a cancelled task that is executing has to end before its worker is killed.
         *
         * <p>Not available yet: only zero, the default, is accepted, with which the worker is killed at once.
         *
         * @param grace zero or longer
         * @return this builder
         * @throws IllegalArgumentException if the duration is negative
         * @throws UnsupportedOperationException if it is longer than zero, in this version
         */
        public Builder cancelGrace(Duration grace) {
            if (!Checks.notNegative("cancelGrace", grace).isZero()) {
                throw Checks.unavailable("ProcessPoolOptions.cancelGrace", grace, Duration.ZERO);
            }
            return this;
        }

        /**
         * Sets how long the JVM of a worker may take to become ready; one that takes longer is killed. The default is
         * 60 s. A duration of more than 292 years means 292 years.
         *
         * @param timeout longer than zero
         * @return this builder
         * @throws IllegalArgumentException if the duration is zero or negative
         */
        public Builder startTimeout(Duration timeout) {
            startTimeout = Checks.positive("startTimeout", timeout);
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
            heartbeat = Checks.positive("heartbeat", interval);
            return this;
        }

        /**
         * Sets after how many tasks a worker is replaced.
         *
         * <p>Not available yet: every number is refused. A worker may execute any number of tasks.
         *
         * @param tasks 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         * @throws UnsupportedOperationException otherwise, in this version
         */
        public Builder maxTasksPerWorker(int tasks) {
            Checks.atLeast("maxTasksPerWorker", tasks, 1);
            throw Checks.unavailable("ProcessPoolOptions.maxTasksPerWorker");
        }

        /**
         * Sets by how many bytes the memory of a worker may grow before the worker is replaced.
         *
         * <p>Not available yet: every limit is refused.
         *
         * @param bytes 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         * @throws UnsupportedOperationException otherwise, in this version
         */
        public Builder memoryGrowthLimit(long bytes) {
            Checks.atLeast("memoryGrowthLimit", bytes, 1L);
            throw Checks.unavailable("ProcessPoolOptions.memoryGrowthLimit");
        }

        /**
         * Limits the memory of each worker process as a whole, its Java heap included.
         *
         * <p>Not available yet: every limit is refused. {@link #maxHeap} limits the Java heap.
         *
         * @param bytes 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         * @throws UnsupportedOperationException otherwise, in this version
         */
        public Builder workerMemoryLimit(long bytes) {
            Checks.atLeast("workerMemoryLimit", bytes, 1L);
            throw Checks.unavailable("ProcessPoolOptions.workerMemoryLimit");
        }

        /**
         * Sets how many workers are kept ready in addition to those that are needed.
         *
         * <p>Not available yet: only 0, the default, is accepted.
         *
         * @param workers 0 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         * @throws UnsupportedOperationException if it is above 0, in this version
         */
        public Builder spareWorkers(int workers) {
            if (Checks.atLeast("spareWorkers", workers, 0) > 0) {
                throw Checks.unavailable("ProcessPoolOptions.spareWorkers", workers, 0);
            }
            return this;
        }

        /**
         * Sets how often a task is submitted again if the worker that executes it dies.
         *
         * <p>Not available yet: only 0, the default, is accepted, with which nothing is run twice.
         *
         * @param retries 0 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         * @throws UnsupportedOperationException if it is above 0, in this version
         */
        public Builder retriesOnCrash(int retries) {
            if (Checks.atLeast("retriesOnCrash", retries, 0) > 0) {
                throw Checks.unavailable("ProcessPoolOptions.retriesOnCrash", retries, 0);
            }
            return this;
        }

        /**
         * Limits how many tasks may wait for a worker.
         *
         * <p>Not available yet: every limit is refused. The queue of a pool has no limit.
         *
         * @param tasks 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         * @throws UnsupportedOperationException otherwise, in this version
         */
        public Builder queueCapacity(int tasks) {
            Checks.atLeast("queueCapacity", tasks, 1);
            throw Checks.unavailable("ProcessPoolOptions.queueCapacity");
        }

        /**
         * Sets what a submitter meets when the queue is full.
         *
         * <p>Not available yet: every value is refused. The queue of a pool is never full.
         *
         * @param policy what happens
         * @return this builder
         * @throws UnsupportedOperationException always, in this version
         */
        public Builder whenFull(WhenFull policy) {
            Objects.requireNonNull(policy, "whenFull");
            throw Checks.unavailable("ProcessPoolOptions.whenFull");
        }

        /**
         * Sets where the text goes that tasks print. The default is {@link OutputRouting#inherit()}.
         *
         * @param routing for all workers of the pool
         * @return this builder
         */
        public Builder output(OutputRouting routing) {
            output = Objects.requireNonNull(routing, "output");
            return this;
        }

        /**
         * Sets who hears of the workers of the pool.
         *
         * <p>Not available yet: only {@link PoolListener#none()}, the default, is accepted.
         *
         * @param listener hears when workers start and end
         * @return this builder
         * @throws UnsupportedOperationException if it is another listener, in this version
         */
        public Builder listener(PoolListener listener) {
            Objects.requireNonNull(listener, "listener");
            if (listener != PoolListener.none()) {
                throw Checks.unavailable("ProcessPoolOptions.listener", listener, PoolListener.none());
            }
            return this;
        }

        /**
         * Sets when {@link Loky#getReusableExecutor(ProcessPoolOptions)} returns a pool that exists already.
         *
         * <p>Not available yet: only {@link Reuse#AUTO}, the default, is accepted.
         *
         * @param reuse the rule
         * @return this builder
         * @throws UnsupportedOperationException if it is another value, in this version
         */
        public Builder reuse(Reuse reuse) {
            if (Objects.requireNonNull(reuse, "reuse") != Reuse.AUTO) {
                throw Checks.unavailable("ProcessPoolOptions.reuse", reuse, Reuse.AUTO);
            }
            return this;
        }

        /**
         * Sets whether a reusable executor that gives way to another kills its workers, or lets them finish.
         *
         * <p>Not available yet: only {@code false}, the default, is accepted.
         *
         * @param kill whether they are killed
         * @return this builder
         * @throws UnsupportedOperationException if it is {@code true}, in this version
         */
        public Builder killWorkers(boolean kill) {
            if (kill) {
                throw Checks.unavailable("ProcessPoolOptions.killWorkers", true, false);
            }
            return this;
        }

        /**
         * Sets where tasks are executed.
         *
         * <p>Not available yet: only {@link Mode#PROCESSES}, the default, is accepted.
         *
         * @param mode the place
         * @return this builder
         * @throws UnsupportedOperationException if it is another value, in this version
         */
        public Builder mode(Mode mode) {
            if (Objects.requireNonNull(mode, "mode") != Mode.PROCESSES) {
                throw Checks.unavailable("ProcessPoolOptions.mode", mode, Mode.PROCESSES);
            }
            return this;
        }

        /**
         * Returns the options as they are now.
         *
         * @return immutable options
         */
        public ProcessPoolOptions build() {
            int workers = maxWorkers == null ? Math.min(Loky.cpuCount(), MOST_WORKERS) : maxWorkers;
            return new ProcessPoolOptions(this, workers);
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
