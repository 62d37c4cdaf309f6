/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one task can be told when it is submitted. Start from {@link #named} or {@link #defaults}; the other methods
 * return a changed copy. Immutable and thread-safe; two instances with the same values are equal.
 */
public final class TaskOptions {

    private static final TaskOptions DEFAULTS = new TaskOptions(null);

    private final @Nullable String name;

    private TaskOptions(@Nullable String name) {
        this.name = name;
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
        return new TaskOptions(name);
    }

    /**
     * Limits how long the task may execute, counted from the start of its execution.
     *
     * <p>Not available yet: every limit is refused. Without this call a task may execute as long as it likes.
     *
     * @param timeout longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     * @throws UnsupportedOperationException otherwise, in this version
     */
    public TaskOptions timeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        throw Checks.unavailable("TaskOptions.timeout");
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
     * Says how early the task leaves the queue of its pool: a higher number before a lower one.
     *
     * <p>Not available yet: only 0, the default, is accepted, with which tasks leave the queue in the order in which
     * they were submitted.
     *
     * @param priority 0 is the priority of a task that was told nothing
     * @return a copy with this priority
     * @throws UnsupportedOperationException if the number is not 0, in this version
     */
    public TaskOptions priority(int priority) {
        if (priority != 0) {
            throw Checks.unavailable("TaskOptions.priority", priority, 0);
        }
        return this;
    }

    /**
     * Returns the name of the task.
     *
     * @return the name; empty if none was given
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TaskOptions options && Objects.equals(options.name, name);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(name);
    }

    @Override
    public String toString() {
        return name == null ? "TaskOptions[]" : "TaskOptions[name=" + name + "]";
    }
}
