/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static io.loky.internal.wire.Measured.UNKNOWN;

import io.loky.internal.process.ResidentMemory;
import io.loky.internal.wire.Measured;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures all that can be known of a task. Time, CPU time and what is allocated are those of the task's thread while the task's
 * code runs. The pauses are those of the whole JVM in that time. The memory is that of the whole process, from before the task is
 * rebuilt until its answer is encoded, since its argument and its result are a part of what it needs.
 */
final class FullMeter extends Stopwatch {
    /** Whether the peak of the process can be that of one task. */
    private boolean seesPeak;

    /** Made for the first task: it loads many classes. */
    private @Nullable Counters counters;

    private long cpu;
    private long allocated;
    private long paused;

    FullMeter(boolean ownsProcess) {
        this.seesPeak = ownsProcess;
    }

    private Counters counters() {
        Counters made = counters;
        if (made == null) {
            made = new Counters();
            counters = made;
        }
        return made;
    }

    @Override
    void arrives() {
        counters();
        seesPeak = seesPeak && ResidentMemory.forgetPeakOfThis(); // where that cannot be done it is not tried again
    }

    @Override
    void starts() {
        Counters now = counters();
        paused = now.pauseMillis();
        allocated = now.allocatedBytes();
        cpu = now.cpuNanos();
        super.starts();
    }

    @Override
    void ends() {
        super.ends();
        Counters now = counters();
        cpu = difference(cpu, now.cpuNanos());
        allocated = difference(allocated, now.allocatedBytes());
        paused = difference(paused, now.pauseMillis());
    }

    private static long difference(long before, long after) {
        return before < 0 || after < 0 ? UNKNOWN : after - before;
    }

    @Override
    Measured measured() {
        return new Measured(
                nanos(), cpu, allocated, paused < 0 ? UNKNOWN : TimeUnit.MILLISECONDS.toNanos(paused), peak());
    }

    private long peak() {
        try {
            long bytes = seesPeak ? ResidentMemory.peakOfThis() : 0;
            return bytes == 0 ? UNKNOWN : bytes;
        } catch (OutOfMemoryError e) { // it looks at a file; the answer, which is encoded, must go out all the same
            return UNKNOWN;
        }
    }
}
