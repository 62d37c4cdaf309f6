/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import io.loky.internal.wire.Unfit;
import io.loky.internal.wire.WorkerRules;
import io.loky.internal.worker.health.MemoryGauge.Reading;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether this worker's memory has grown too much since its first task, or is too much. Looked at between tasks: whether it is too
 * much after each one, whether it has grown once a second at most; otherwise a look is one comparison.
 *
 * <p>What a process takes of the machine's memory says little about leaks in a JVM: a heap keeps what garbage has once filled. So
 * two things are added up. The Java heap counts with what survives a collection, which is made only when the heap, garbage
 * included, looks too large. What is outside the heap counts with what it must have grown by at least:
 *
 * <pre>
 *   resident now - resident then             what the process has grown by
 *   - (committed heap now - used heap then)  what of that can be heap that was touched for the first time
 * </pre>
 *
 * That is never too much, and it is too little where the heap has room that it does not use; so direct buffers, which the JDK
 * counts, are also looked at by themselves.
 *
 * <p>Where a limit for all of the process is exceeded and the last collection was too lately for another one, it is not waited
 * for: the next task could be killed for what this one has left.
 */
final class MemoryWatch {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long memoryLimit;
    private final MemoryGauge gauge;
    private final Collector collector;

    private final long growthLimit;
    private long nextLookNanos;

    /** After the first task. */
    private @Nullable Reading first;

    /** The least of the heap that was found: what garbage the first task had left is no reference. */
    private long leastUsed;

    /** When it was first asked for: to ask takes longer than a short task. */
    private long firstDirect = -1;

    MemoryWatch(WorkerRules rules, MemoryGauge gauge) {
        this.growthLimit = rules.growthLimit();
        this.memoryLimit = rules.memoryLimit();
        this.gauge = gauge;
        this.collector = new Collector(gauge);
        this.nextLookNanos = gauge.nanoTime();
    }

    /** After a task: whether it looks, garbage included, as if {@link #judge} would find that this worker should be replaced. */
    boolean look() {
        if (first == null && memoryLimit == WorkerRules.UNLIMITED) {
            return false;
        }
        long now = gauge.nanoTime();
        boolean isDue = now - nextLookNanos >= 0 && collector.mayCollect();
        if (!isDue && memoryLimit == WorkerRules.UNLIMITED) {
            return false;
        }
        Reading reading = gauge.read();
        return reading.resident() > memoryLimit || (isDue && looksGrown(reading, now));
    }

    private boolean looksGrown(Reading reading, long now) {
        nextLookNanos = now + INTERVAL_NANOS;
        Reading reference = first;
        if (reference == null || growthLimit == WorkerRules.UNLIMITED) {
            return false;
        }
        leastUsed = Math.min(leastUsed, reading.used());
        return reading.used() - leastUsed + outside(reference, reading, directGrowth()) > growthLimit;
    }

    /** After the answer of a task: the first one must not wait until all that is needed here is loaded. */
    void settle() {
        if (first == null && growthLimit != WorkerRules.UNLIMITED) {
            Reading reading = gauge.read();
            first = reading;
            leastUsed = reading.used();
            nextLookNanos = gauge.nanoTime() + INTERVAL_NANOS;
        }
    }

    /** Why this worker should be replaced; null if it need not be. Takes as long as a collection, where there may be one. */
    @Nullable
    Unfit judge() {
        boolean mayCollect = collector.mayCollect();
        boolean collected = mayCollect && collector.collect();
        Reading reading = gauge.read();
        nextLookNanos = gauge.nanoTime() + INTERVAL_NANOS;
        if (reading.resident() > memoryLimit) {
            return new Unfit(
                    "MEMORY_LIMIT",
                    "its process takes " + mebi(reading.resident()) + ", workerMemoryLimit is " + mebi(memoryLimit));
        }
        Reading reference = first;
        if (!mayCollect || reference == null || growthLimit == WorkerRules.UNLIMITED) {
            return null;
        }
        if (collected) {
            leastUsed = Math.min(leastUsed, reading.used());
        }
        // Without a collection nobody knows what of the heap is garbage.
        long heap = collected ? reading.used() - leastUsed : 0;
        long outside = outside(reference, reading, directGrowth());
        if (heap + outside <= growthLimit) {
            if (heap > growthLimit / 2) {
                collector.wasClose();
            }
            return null;
        }
        String detail = "its memory has grown by " + mebi(heap + outside) + " since its first task (heap by "
                + mebi(heap) + ", outside the heap by " + mebi(outside) + " or more, process from "
                + mebi(reference.resident()) + " to " + mebi(reading.resident()) + "), memoryGrowthLimit is "
                + mebi(growthLimit);
        return new Unfit("MEMORY_GROWTH", detail);
    }

    private long directGrowth() {
        long direct = gauge.direct();
        if (firstDirect < 0) {
            firstDirect = direct;
        }
        return direct - firstDirect;
    }

    private static long outside(Reading reference, Reading now, long directGrowth) {
        long newHeap = Math.max(0, now.committed() - reference.used());
        return Math.max(0, Math.max(directGrowth, now.resident() - reference.resident() - newHeap));
    }

    private static String mebi(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
