/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The task executed for longer than it was allowed to, and its worker was ended. No other task failed for it.
 *
 * <p>In this version a pool does not look where the task was stuck: {@link #stacks()} is empty.
 *
 * @see ProcessPoolOptions.Builder#taskTimeout(Duration)
 * @see TaskOptions#timeout(Duration)
 * @see MapOptions#timeout(Duration)
 */
public class TaskTimeoutException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** How long the task was allowed to execute. */
    private final Duration limit;

    /** Where the task was stuck: one row for each look at it. */
    private final StackTraceElement[][] stacks;

    /**
     * Makes an exception.
     *
     * @param limit how long the task was allowed to execute
     * @param stacks the stacks of the task's thread, oldest first, each with the innermost frame first; copied
     */
    public TaskTimeoutException(Duration limit, List<List<StackTraceElement>> stacks) {
        super(
                Category.TASK,
                "the task executed for longer than its limit of "
                        + Texts.duration(Objects.requireNonNull(limit, "limit"))
                        + ", and its worker was ended; "
                        + (Objects.requireNonNull(stacks, "stacks").isEmpty()
                                ? ""
                                : "see stacks() for where it was, and ")
                        + "shorten the task or raise the limit");
        this.limit = limit;
        this.stacks = stacks.stream()
                .map(stack -> List.copyOf(stack).toArray(StackTraceElement[]::new))
                .toArray(StackTraceElement[][]::new);
    }

    /**
     * Returns how long the task was allowed to execute.
     *
     * @return the limit
     */
    public Duration limit() {
        return limit;
    }

    /**
     * Returns where the task was stuck.
     *
     * @return the stacks of the task's thread, oldest first, each with the innermost frame first; immutable, empty if
     *     none could be had
     */
    public List<List<StackTraceElement>> stacks() {
        return Arrays.stream(stacks).map(List::of).toList();
    }
}
