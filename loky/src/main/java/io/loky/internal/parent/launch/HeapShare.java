/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.util.OptionalLong;

/**
 * The largest Java heap of a worker, where the user has named none: an equal share of the memory, so that all workers together
 * do not need more than there is.
 */
final class HeapShare {
    /** Of the memory of the machine, or container, for the heaps of all workers together. */
    private static final double PART_FOR_HEAPS = 0.8;

    /** Of what a process may take (workerMemoryLimit), for its heap. A heap fills with garbage up to its limit, whatever tasks keep. */
    private static final double PART_OF_LIMIT = 0.75;

    /** With less a JVM starts, or does not, and has no room for a task. */
    static final long LEAST = 16L << 20;

    /** What a JVM takes besides its heap. */
    static final long JVM_ITSELF = 50L << 20;

    private HeapShare() {}

    /**
     * In bytes, at least {@link #LEAST}.
     *
     * @param workers among how many the memory is divided
     * @param memory that of the machine
     * @param limit what the process of the worker may take; empty if any amount
     */
    static double bytes(int workers, long memory, OptionalLong limit) {
        double equal = Math.min(PART_FOR_HEAPS * memory / workers, (double) memory / workers - JVM_ITSELF);
        double allowed = limit.isPresent() ? PART_OF_LIMIT * limit.getAsLong() : Double.MAX_VALUE;
        return Math.max(LEAST, Math.min(equal, allowed));
    }

    /** Of the memory, as a JVM takes it. Where nobody knows how much there is, all that can be done is to divide. */
    static double percent(int workers, OptionalLong memory, OptionalLong limit) {
        return memory.isPresent()
                ? 100 * bytes(workers, memory.getAsLong(), limit) / memory.getAsLong()
                : 100 * PART_FOR_HEAPS / workers;
    }

    /** Whether so many workers need more than there is, however small their heaps are. */
    static boolean isTooSmall(int workers, long memory) {
        return (double) workers * (LEAST + JVM_ITSELF) > memory;
    }
}
