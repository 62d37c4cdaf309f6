/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.spi.TaskCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one task can be told when it is submitted. Start from {@link #named} or {@link #defaults}; the other methods
 * return a changed copy. Immutable and thread-safe; two instances with the same values are equal.
 */
public final class TaskOptions {

    private static final TaskOptions DEFAULTS = new TaskOptions(null, null, null, null, 0, null, null);

    private final @Nullable String name;
    private final @Nullable Duration timeout;
    private final @Nullable Duration queueTimeout;
    private final @Nullable TaskCodec codec;
    private final int priority;
    private final @Nullable Integer retriesOnCrash;
    private final @Nullable String retryHeap;

    private TaskOptions(
            @Nullable String name,
            @Nullable Duration timeout,
            @Nullable Duration queueTimeout,
            @Nullable TaskCodec codec,
            int priority,
            @Nullable Integer retriesOnCrash,
            @Nullable String retryHeap) {
        this.name = name;
        this.timeout = timeout;
        this.queueTimeout = queueTimeout;
        this.codec = codec;
        this.priority = priority;
        this.retriesOnCrash = retriesOnCrash;
        this.retryHeap = retryHeap;
    }

    /**
     * Returns the options of a task that was told nothing: no name, priority 0, and for all else what the pool was told.
     *
     * @return the defaults
     */
    public static TaskOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Names the task. The name appears in {@link TaskFuture#name()}, in exceptions and in crash reports; it need not be
     * unique. Tasks of one name are judged together where the pool has a {@link ProcessPoolOptions.Builder#quarantineAfter(int)
     * quarantine}. All else is as in {@link #defaults()}.
     *
     * @param name not blank
     * @return options with this name
     * @throws IllegalArgumentException if the name is empty or only white space
     */
    public static TaskOptions named(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank, got \"" + name + "\"");
        }
        return new TaskOptions(name, null, null, null, 0, null, null);
    }

    /**
     * Limits how long the task may execute, in place of {@link ProcessPoolOptions#taskTimeout()}. The limit counts from when
     * a worker is given the task, not from its submission. When it is reached the task is interrupted, and if it has not ended
     * within {@link ProcessPoolOptions#cancelGrace()} the worker is killed and replaced. Then, or when the task has ended, whatever it has returned or
     * thrown, the future fails with a {@link TaskTimeoutException} that tells where the task was. A duration of more than 292 years means 292 years.
     *
     * @param timeout longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public TaskOptions timeout(Duration timeout) {
        return new TaskOptions(
                name, Checks.positive("timeout", timeout), queueTimeout, codec, priority, retriesOnCrash, retryHeap);
    }

    /**
     * Limits how long the task may wait for a worker, in place of {@link ProcessPoolOptions#queueTimeout()}. The limit counts from
     * when the pool has taken the task: what a submitter has waited for room in the queue does not count. A task that no worker
     * has been given by then leaves the queue, and its future fails with a {@link TaskTimeoutException}; it is not executed. One that
     * comes back because its worker died before it had begun the task has no more time for that; one that is executed again
     * ({@link #retriesOnCrash}) has waited, and is under no such limit any more. A duration of more than
     * 292 years means 292 years.
     *
     * @param timeout longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public TaskOptions queueTimeout(Duration timeout) {
        return new TaskOptions(
                name,
                this.timeout,
                Checks.positive("queueTimeout", timeout),
                codec,
                priority,
                retriesOnCrash,
                retryHeap);
    }

    /**
     * Sets how the argument and the result of the task are turned into bytes, in place of {@link
     * ProcessPoolOptions#codec()}; what a codec is for and what not is said in {@link TaskCodec}. To have one task of a pool
     * travel the library's own way, give {@link Loky#ownCodec()}. Keep one instance for many tasks: a pool serializes a codec
     * when it meets the instance for the first time.
     *
     * @param codec used in the parent and in the worker
     * @return a copy with this codec
     * @throws NullPointerException if the codec is {@code null}
     */
    public TaskOptions codec(TaskCodec codec) {
        return new TaskOptions(
                name,
                timeout,
                queueTimeout,
                Objects.requireNonNull(codec, "codec"),
                priority,
                retriesOnCrash,
                retryHeap);
    }

    /**
     * Sets how often the task is executed again if the worker that executes it dies, in place of {@link
     * ProcessPoolOptions#retriesOnCrash()}; what that means is said at {@link
     * ProcessPoolOptions.Builder#retriesOnCrash(int)}. With 0 it is executed once, whatever the pool was told.
     *
     * @param retries 0 or more
     * @return a copy with this number
     * @throws IllegalArgumentException if the number is negative
     */
    public TaskOptions retriesOnCrash(int retries) {
        return new TaskOptions(
                name, timeout, queueTimeout, codec, priority, Checks.atLeast("retriesOnCrash", retries, 0), retryHeap);
    }

    /**
     * Sets with how large a Java heap the task is executed once more if it runs out of memory, in place of {@link
     * ProcessPoolOptions#retryOutOfMemoryWith()}; what that means is said at {@link
     * ProcessPoolOptions.Builder#retryOutOfMemoryWith(String)}. Means nothing in a pool without processes.
     *
     * @param maxHeap digits and at most one of the letters k, m, g, t, at least {@code "2m"}, as in {@code "4g"}
     * @return a copy with this size
     * @throws IllegalArgumentException if the text is not such a size
     * @throws NullPointerException if it is {@code null}
     */
    public TaskOptions retryOutOfMemoryWith(String maxHeap) {
        return new TaskOptions(
                name,
                timeout,
                queueTimeout,
                codec,
                priority,
                retriesOnCrash,
                HeapSize.check("retryOutOfMemoryWith", maxHeap));
    }

    /**
     * Says how early the task leaves the queue of its pool: a higher number before a lower one, equal numbers in the order in
     * which the tasks were submitted. A task whose worker died before it had begun it returns to the head of its priority.
     * The priority matters only while no worker is free, and a task that executes is not interrupted for another one. Where
     * tasks of a higher priority come without end, those of a lower one wait without end.
     *
     * @param priority any number; 0 is the priority of a task that was told nothing
     * @return a copy with this priority
     */
    public TaskOptions priority(int priority) {
        return new TaskOptions(name, timeout, queueTimeout, codec, priority, retriesOnCrash, retryHeap);
    }

    /**
     * Returns the name of the task.
     *
     * @return the name; empty if none was given
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * Returns how long the task may execute.
     *
     * @return longer than zero; empty if the pool's limit holds, if it has one
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * Returns how long the task may wait for a worker.
     *
     * @return longer than zero; empty if the pool's limit holds, if it has one
     */
    public Optional<Duration> queueTimeout() {
        return Optional.ofNullable(queueTimeout);
    }

    /**
     * Returns how the argument and the result of the task are turned into bytes.
     *
     * @return the codec; empty if it is that of the pool, if it has one
     */
    public Optional<TaskCodec> codec() {
        return Optional.ofNullable(codec);
    }

    /**
     * Returns how early the task leaves the queue of its pool.
     *
     * @return higher before lower; 0 unless it was set
     */
    public int priority() {
        return priority;
    }

    /**
     * Returns how often the task is executed again if the worker that executes it dies.
     *
     * @return 0 or more; empty if the pool's number holds
     */
    public OptionalInt retriesOnCrash() {
        return retriesOnCrash == null ? OptionalInt.empty() : OptionalInt.of(retriesOnCrash);
    }

    /**
     * Returns with how large a Java heap the task is executed once more if it runs out of memory.
     *
     * @return the text as it was given; empty if the pool's size holds, if it has one
     */
    public Optional<String> retryOutOfMemoryWith() {
        return Optional.ofNullable(retryHeap);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TaskOptions options
                && Objects.equals(options.name, name)
                && Objects.equals(options.timeout, timeout)
                && Objects.equals(options.queueTimeout, queueTimeout)
                && Objects.equals(options.codec, codec)
                && options.priority == priority
                && Objects.equals(options.retriesOnCrash, retriesOnCrash)
                && Objects.equals(options.retryHeap, retryHeap);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, timeout, queueTimeout, codec, priority, retriesOnCrash, retryHeap);
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        name().ifPresent(given -> parts.add("name=" + given));
        timeout().ifPresent(given -> parts.add("timeout=" + given));
        queueTimeout().ifPresent(given -> parts.add("queueTimeout=" + given));
        codec().ifPresent(given -> parts.add("codec=" + given.getClass().getName()));
        if (priority != 0) {
            parts.add("priority=" + priority);
        }
        retriesOnCrash().ifPresent(given -> parts.add("retriesOnCrash=" + given));
        retryOutOfMemoryWith().ifPresent(given -> parts.add("retryOutOfMemoryWith=" + given));
        return "TaskOptions[" + String.join(", ", parts) + "]";
    }
}
