/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A line that a worker printed, and who printed it. Immutable and thread-safe.
 *
 * @param text the line without its end. A line of more than 8 KiB comes in pieces, and one that a task has begun and not
 *     ended ends with the task. Bytes that are UTF-8 are decoded as such, others as {@code native.encoding} says
 * @param workerNumber the number of the worker in its pool, from 1; a number is never used twice. 0 for one that was started
 *     for one task, with a larger heap
 * @param workerIndex which of the workers at a time it is, from 0; the same for a worker and its successor
 * @param workerPid the process id of the worker's JVM; a process that a task has started prints as its worker
 * @param taskId the task that the worker executed when the line arrived, see {@link TaskFuture#taskId()}; empty if it
 *     executed none. A thread that a task has left behind prints as the task that is executed then
 * @param taskName the name of that task, see {@link TaskFuture#name()}
 */
public record OutputLine(
        String text,
        int workerNumber,
        int workerIndex,
        long workerPid,
        OptionalLong taskId,
        Optional<String> taskName) {

    /**
     * Makes a line.
     *
     * @param text see {@link #text()}
     * @param workerNumber see {@link #workerNumber()}
     * @param workerIndex see {@link #workerIndex()}
     * @param workerPid see {@link #workerPid()}
     * @param taskId see {@link #taskId()}
     * @param taskName see {@link #taskName()}
     * @throws NullPointerException if {@code text}, {@code taskId} or {@code taskName} is {@code null}
     */
    public OutputLine {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(taskId, "taskId");
        Objects.requireNonNull(taskName, "taskName");
    }
}
