/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Objects;

/**
 * What one finished task has cost. Immutable and thread-safe.
 *
 * <p>Not available yet: {@link TaskFuture#receipt()} throws {@link UnsupportedOperationException} in this version.
 *
 * @param queueTime how long the task waited in the parent for a worker
 * @param runTime how long it executed in the worker, by the clock on the wall
 * @param transferTime how long the task and its result were encoded, under way and decoded
 * @param cpuTime the CPU time of the thread that executed it
 * @param allocatedBytes how many bytes that thread allocated on the Java heap
 * @param peakMemoryBytes the most memory that the worker process had in use while the task ran, in bytes
 */
public record TaskReceipt(
        Duration queueTime,
        Duration runTime,
        Duration transferTime,
        Duration cpuTime,
        long allocatedBytes,
        long peakMemoryBytes) {

    /**
     * Makes a receipt.
     *
     * @param queueTime see {@link #queueTime()}
     * @param runTime see {@link #runTime()}
     * @param transferTime see {@link #transferTime()}
     * @param cpuTime see {@link #cpuTime()}
     * @param allocatedBytes see {@link #allocatedBytes()}
     * @param peakMemoryBytes see {@link #peakMemoryBytes()}
     * @throws NullPointerException if a duration is {@code null}
     */
    public TaskReceipt {
        Objects.requireNonNull(queueTime, "queueTime");
        Objects.requireNonNull(runTime, "runTime");
        Objects.requireNonNull(transferTime, "transferTime");
        Objects.requireNonNull(cpuTime, "cpuTime");
    }
}
