/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The task executed for longer than it was allowed to, or waited for longer for a worker to execute it. No other task failed for
 * it.
 *
 * <p>One that executed was interrupted when it had reached its limit, and ended in its {@link ProcessPoolOptions#cancelGrace()
 * grace} or with its worker. Meanwhile the worker has looked where it was: if all looks saw the same, the task was stuck
 * there; if they did not, it was busy around what they have in common. The message says so.
 *
 * <p>One that waited was never executed: its {@link #ran()} is zero, and its category is {@link
 * ProcessPoolException.Category#POOL POOL}.
 *
 * @see ProcessPoolOptions.Builder#taskTimeout(Duration)
 * @see TaskOptions#timeout(Duration)
 * @see MapOptions#timeout(Duration)
 * @see ProcessPoolOptions.Builder#queueTimeout(Duration)
 * @see TaskOptions#queueTimeout(Duration)
 */
public class TaskTimeoutException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** How long the task was allowed to execute, or to wait. */
    private final Duration limit;

    /** How long the task executed. */
    private final Duration ran;

    /** Where the task was: one row for each look at it. */
    private final StackTraceElement[][] stacks;

    /**
     * Makes an exception for a task that executed for too long.
     *
     * @param task what the task is called in the message
     * @param limit how long it was allowed to execute
     * @param ran how long it executed
     * @param stacks the stacks of its thread from when it had reached its limit, oldest first, each with the innermost frame
     *     first; copied
     * @param end how it ended, for the message: {@code "was ended with its worker"}
     */
    public TaskTimeoutException(
            String task, Duration limit, Duration ran, List<List<StackTraceElement>> stacks, String end) {
        super(
                Category.TASK,
                Objects.requireNonNull(task, "task") + " has reached its limit of "
                        + Texts.duration(Objects.requireNonNull(limit, "limit")) + ": it executed for "
                        + Texts.duration(Objects.requireNonNull(ran, "ran")) + ", and "
                        + Objects.requireNonNull(end, "end") + "; "
                        + CommonStack.of(Objects.requireNonNull(stacks, "stacks"))
                        + "shorten the task or raise the limit");
        this.limit = limit;
        this.ran = ran;
        this.stacks = stacks.stream()
                .map(stack -> List.copyOf(stack).toArray(StackTraceElement[]::new))
                .toArray(StackTraceElement[][]::new);
    }

    /**
     * Makes an exception for a task that waited for too long.
     *
     * @param task what the task is called in the message
     * @param limit how long it was allowed to wait
     */
    public TaskTimeoutException(String task, Duration limit) {
        super(
                Category.POOL,
                Objects.requireNonNull(task, "task") + " has waited for a worker for longer than its queue limit of "
                        + Texts.duration(Objects.requireNonNull(limit, "limit"))
                        + ", and was not executed; give the pool more workers (maxWorkers), let fewer tasks wait"
                        + " (queueCapacity), or raise the limit (queueTimeout)");
        this.limit = limit;
        this.ran = Duration.ZERO;
        this.stacks = new StackTraceElement[0][];
    }

    /**
     * Returns how long the task was allowed to execute, or, where {@link #ran()} is zero, to wait for a worker.
     *
     * @return the limit
     */
    public Duration limit() {
        return limit;
    }

    /**
     * Returns how long the task executed, from when its worker was given it until it answered or the worker was ended: its limit, and
     * what it took of its grace.
     *
     * @return zero if it was never executed
     */
    public Duration ran() {
        return ran;
    }

    /**
     * Returns where the task was when it had reached its limit, and after that until it ended: what is the task's of the stack of the
     * thread that executed it, some ten times. Of a stack of more than 256 frames the innermost 192 and the outermost 64 are told.
     *
     * @return the stacks, oldest first, each with the innermost frame first; immutable, empty if none could be had: the task was not
     *     executed, {@link ProcessPoolOptions#cancelGrace()} is zero, its worker was frozen, or the mode is {@link
     *     ProcessPoolOptions.Mode#IN_PROCESS}
     */
    public List<List<StackTraceElement>> stacks() {
        return Arrays.stream(stacks).map(List::of).toList();
    }
}
