/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Objects;

/**
 * What a task has cost. What is not known is negative: {@code -1} byte, or a duration of {@code -1} ns, for which {@link
 * Duration#isNegative()} is {@code true}. Immutable and thread-safe.
 *
 * <p><b>Times.</b> {@code queueTime}, {@code runTime} and {@code transferTime} are together the time from the submission until the
 * result was there as an object, but for the time in which the answer lay there and nobody had asked for it yet.
 *
 * <p><b>More</b> is measured only with {@link ProcessPoolOptions.Receipts#FULL}: CPU time, bytes and pauses while the code of the
 * task runs, the memory also while the worker rebuilds the task and encodes its result.
 *
 * <p><b>Without an answer</b>, where the worker died, the time limit was reached, or the task was cancelled or given up while a
 * worker had it, {@code runTime} is how long the worker had the task, as the parent has seen it, and of the rest only {@code
 * queueTime} is known.
 *
 * @param queueTime how long the task waited in the parent, from the submission until the worker that executed it was given it, or, where a short task was sent to that ahead, until it began:
 *     for room in the queue, for a worker, for a second worker where the first one died before it had begun the task; where it was executed again, the executions before are
 *     in it
 * @param runTime how long the code of the task ran in the worker, by the clock on the wall; zero if the worker could not rebuild
 *     the task
 * @param transferTime how long the task and its result were encoded, under way and decoded
 * @param cpuTime the CPU time of the thread that executed the task, without that of other threads that it has used
 * @param allocatedBytes how many bytes that thread allocated on the Java heap, however many of them were garbage at once
 * @param peakMemoryBytes the most memory that the worker process took of the machine while it had the task (resident set), in
 *     bytes: the JVM itself is in it, and what earlier tasks have left; known on Linux, where tasks have a process of their own
 * @param gcTime for how long collectors of garbage have paused the JVM, whole milliseconds; what they do beside the program
 *     does not count
 */
public record TaskReceipt(
        Duration queueTime,
        Duration runTime,
        Duration transferTime,
        Duration cpuTime,
        long allocatedBytes,
        long peakMemoryBytes,
        Duration gcTime) {

    /**
     * Makes a receipt.
     *
     * @param queueTime see {@link #queueTime()}
     * @param runTime see {@link #runTime()}
     * @param transferTime see {@link #transferTime()}
     * @param cpuTime see {@link #cpuTime()}
     * @param allocatedBytes see {@link #allocatedBytes()}
     * @param peakMemoryBytes see {@link #peakMemoryBytes()}
     * @param gcTime see {@link #gcTime()}
     * @throws NullPointerException if a duration is {@code null}
     */
    public TaskReceipt {
        Objects.requireNonNull(queueTime, "queueTime");
        Objects.requireNonNull(runTime, "runTime");
        Objects.requireNonNull(transferTime, "transferTime");
        Objects.requireNonNull(cpuTime, "cpuTime");
        Objects.requireNonNull(gcTime, "gcTime");
    }

    /**
     * Makes a receipt whose {@link #gcTime()} is not known.
     *
     * @param queueTime see {@link #queueTime()}
     * @param runTime see {@link #runTime()}
     * @param transferTime see {@link #transferTime()}
     * @param cpuTime see {@link #cpuTime()}
     * @param allocatedBytes see {@link #allocatedBytes()}
     * @param peakMemoryBytes see {@link #peakMemoryBytes()}
     * @throws NullPointerException if a duration is {@code null}
     */
    public TaskReceipt(
            Duration queueTime,
            Duration runTime,
            Duration transferTime,
            Duration cpuTime,
            long allocatedBytes,
            long peakMemoryBytes) {
        this(queueTime, runTime, transferTime, cpuTime, allocatedBytes, peakMemoryBytes, Duration.ofNanos(-1));
    }
}
