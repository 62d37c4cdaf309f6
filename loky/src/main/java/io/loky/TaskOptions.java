/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.spi.TaskCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one task can be told when it is submitted. Start from {@link #named} or {@link #defaults}; the other methods
 * return a changed copy. Immutable and thread-safe; two instances with the same values are equal.
 */
public final class TaskOptions {

    private static final TaskOptions DEFAULTS = new TaskOptions(null, null, null, 0);

    private final @Nullable String name;
    private final @Nullable Duration timeout;
    private final @Nullable TaskCodec codec;
    private final int priority;

    private TaskOptions(@Nullable String name, @Nullable Duration timeout, @Nullable TaskCodec codec, int priority) {
        this.name = name;
        this.timeout = timeout;
        this.codec = codec;
        this.priority = priority;
    }

    /**
     * Returns the options of a task that was told nothing: no name, no time limit, no retries, priority 0.
     *
     * @return the defaults
     */
    public static TaskOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Names the task. The name appears in {@link TaskFuture#name()}, in exceptions and in crash reports; it need not be
     * unique. All else is as in {@link #defaults()}.
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
        return new TaskOptions(name, null, null, 0);
    }

    /**
     * Limits how long the task may execute, in place of {@link ProcessPoolOptions#taskTimeout()}. The limit counts from when
     * a worker is given the task, not from its submission. When it is reached the worker is killed and replaced, and the
     * future fails with a {@link TaskTimeoutException}. A duration of more than 292 years means 292 years.
     *
     * @param timeout longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public TaskOptions timeout(Duration timeout) {
        return new TaskOptions(name, Checks.positive("timeout", timeout), codec, priority);
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
        return new TaskOptions(name, timeout, Objects.requireNonNull(codec, "codec"), priority);
    }

    /**
     * Says how often the task is submitted again if the worker that executes it dies.
     *
     * <p>Not available yet: only 0, the default, is accepted, with which nothing is run twice.
     *
     * @param retries 0 or more
     * @return a copy with this number
     * @throws IllegalArgumentException if the number is negative
     * @throws UnsupportedOperationException if it is above 0, in this version
     */
    public TaskOptions retriesOnCrash(int retries) {
        if (Checks.atLeast("retriesOnCrash", retries, 0) > 0) {
            throw Checks.unavailable("TaskOptions.retriesOnCrash", retries, 0);
        }
        return this;
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
        return new TaskOptions(name, timeout, codec, priority);
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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TaskOptions options
                && Objects.equals(options.name, name)
                && Objects.equals(options.timeout, timeout)
                && Objects.equals(options.codec, codec)
                && options.priority == priority;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, timeout, codec, priority);
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        name().ifPresent(given -> parts.add("name=" + given));
        timeout().ifPresent(given -> parts.add("timeout=" + given));
        codec().ifPresent(given -> parts.add("codec=" + given.getClass().getName()));
        if (priority != 0) {
            parts.add("priority=" + priority);
        }
        return "TaskOptions[" + String.join(", ", parts) + "]";
    }
}
