/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.internal.wire.Measured;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a task costs, on the thread that runs it, which calls these methods in this order. The code of the task is what
 * its {@code call()} runs; to rebuild it before and to encode its answer afterwards is transfer. This one measures nothing.
 */
public class Meter {
    /** Measures nothing. */
    public static final Meter OFF = new Meter();

    Meter() {}

    /**
     * One for these receipts. A chain of questions: a switch over an enum is a class more for each worker to load.
     *
     * @param ownsProcess whether nobody else in this process would notice, or be noticed, when its memory is measured
     */
    public static Meter of(Receipts receipts, boolean ownsProcess) {
        if (receipts == Receipts.OFF) {
            return OFF;
        }
        return receipts == Receipts.TIMES ? new Stopwatch() : new FullMeter(ownsProcess);
    }

    /** A task is rebuilt next. */
    void arrives() {}

    /** Its code runs next. */
    void starts() {}

    /** Its code is through, in whatever way. */
    void ends() {}

    /** What was measured, after the answer was encoded; null if nothing was. */
    @Nullable
    Measured measured() {
        return null;
    }
}
