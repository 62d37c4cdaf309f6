/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

/**
 * Memory that tasks have left behind, and that nobody would ask for while the worker is idle. Used by one thread at a time, the
 * one that reads the channel.
 */
public final class IdleMemory {
    /** With less there is nothing to gain. */
    private static final long SMALL_HEAP = 32L << 20;

    /** A collection that makes the heap smaller by less than its eighth was in vain. */
    private static final int LEAST_PART = 8;

    private final MemoryGauge gauge;
    private final Collector collector;

    public IdleMemory() {
        this(new ProcessMemory());
    }

    IdleMemory(MemoryGauge gauge) {
        this.gauge = gauge;
        this.collector = new Collector(gauge);
    }

    /**
     * Collects, after which the JVM returns to the system what the heap does not need. Takes as long as it takes to go through what is
     * alive, some ten milliseconds where that is little, and a task that comes meanwhile waits, with its time limit running: hence
     * not more often than the collector allows.
     */
    public void giveBack() {
        long before = gauge.read().committed();
        if (before > SMALL_HEAP && collector.mayCollect()) {
            collector.collect();
            if (before - gauge.read().committed() < before / LEAST_PART) {
                collector.wasInVain();
            }
        }
    }
}
