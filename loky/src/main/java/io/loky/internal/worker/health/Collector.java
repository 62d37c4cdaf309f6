/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

/** Collects garbage, in a hundredth of the time at most: the next collection may come a hundred times later than one took. */
final class Collector {
    private static final int SHARE = 100;

    /** How much later than that after one that was for nothing. */
    private static final int IN_VAIN = 10;

    /** How much earlier after one that was right, and that did not settle the matter. */
    private static final int CLOSE = 10;

    private final MemoryGauge gauge;
    private long nextNanos;
    private long pauseNanos;

    Collector(MemoryGauge gauge) {
        this.gauge = gauge;
        this.nextNanos = gauge.nanoTime();
    }

    /** Whether enough time has passed since the last one. */
    boolean mayCollect() {
        return gauge.nanoTime() - nextNanos >= 0;
    }

    /** False if the JVM does not do it when asked. */
    boolean collect() {
        long begun = gauge.nanoTime();
        boolean collected = gauge.collect();
        long ended = gauge.nanoTime();
        pauseNanos = SHARE * (ended - begun);
        nextNanos = ended + pauseNanos;
        return collected;
    }

    /** After the last one much was left: a leak that is found a hundred collections late has gone on for as long. */
    void wasClose() {
        nextNanos -= pauseNanos - pauseNanos / CLOSE;
    }

    /** The last one was for nothing. */
    void wasInVain() {
        nextNanos += (IN_VAIN - 1) * pauseNanos;
    }
}
