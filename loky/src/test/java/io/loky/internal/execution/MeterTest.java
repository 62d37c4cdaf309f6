/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static io.loky.internal.wire.Measured.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.ProcessPoolOptions.Receipts;
import io.loky.internal.process.ResidentMemory;
import io.loky.internal.wire.Measured;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final int LARGE = 50_000_000;

    /** Else the JIT compiler might find that nobody needs it. */
    @SuppressWarnings("UnusedVariable")
    private static volatile byte @Nullable [] kept;

    private static @Nullable Measured measure(Meter meter, Runnable code) {
        meter.arrives();
        meter.starts();
        code.run();
        meter.ends();
        return meter.measured();
    }

    private static Measured measured(Meter meter, Runnable code) {
        return Objects.requireNonNull(measure(meter, code));
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void off_anyCode_hasMeasuredNothing() {
        assertThat(measure(Meter.of(Receipts.OFF, true), () -> {})).isNull();
    }

    @Test
    void times_anyCode_isHowLongItRanAndNothingElse() {
        Measured measured = measured(Meter.of(Receipts.TIMES, true), () -> spin(3_000_000));

        assertThat(measured.runNanos()).isGreaterThanOrEqualTo(3_000_000);
        assertThat(measured).isEqualTo(new Measured(measured.runNanos(), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN));
    }

    @Test
    void full_codeThatSpins_tookCpuTimeButNoMoreThanItRan() {
        Measured measured = measured(Meter.of(Receipts.FULL, false), () -> spin(30_000_000));

        assertThat(measured.runNanos()).isGreaterThanOrEqualTo(30_000_000);
        assertThat(measured.cpuNanos()).isBetween(1L, measured.runNanos() + 20_000_000); // two clocks
        assertThat(measured.pauseNanos()).isNotNegative();
    }

    @Test
    void full_codeThatAllocates_hasAllocatedThat() {
        Measured measured = measured(Meter.of(Receipts.FULL, false), () -> kept = new byte[LARGE]);
        kept = null;

        assertThat(measured.allocatedBytes()).isBetween((long) LARGE, 2L * LARGE);
    }

    /** As a task that is run by a submitter that is one. */
    @Test
    void full_onAVirtualThread_doesNotKnowItsCpuTime() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "there are virtual threads");
        AtomicReference<Measured> measured = new AtomicReference<>();
        Runnable code = () -> measured.set(measured(Meter.of(Receipts.FULL, false), () -> spin(3_000_000)));

        ((Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, code)).join();

        assertThat(measured.get()).isNotNull();
        assertThat(measured.get().runNanos()).isGreaterThanOrEqualTo(3_000_000);
        assertThat(measured.get().cpuNanos()).isEqualTo(UNKNOWN);
        assertThat(measured.get().allocatedBytes()).isGreaterThanOrEqualTo(UNKNOWN);
    }

    /** Its process is the program's, whose memory nobody resets. */
    @Test
    void full_notAloneInItsProcess_hasNoPeak() {
        assertThat(measured(Meter.of(Receipts.FULL, false), () -> {}).peakBytes())
                .isEqualTo(UNKNOWN);
    }

    @Test
    void full_aloneInItsProcess_hasAPeakWhereTheSystemCanForgetTheLastOne() {
        Measured measured = measured(Meter.of(Receipts.FULL, true), () -> {});

        assertThat(measured.peakBytes() > 0).isEqualTo(ResidentMemory.forgetPeakOfThis());
    }

    /** What the first task did is not the second one's. */
    @Test
    void full_twoTasks_eachHasItsOwn() {
        Meter meter = Meter.of(Receipts.FULL, false);
        measured(meter, () -> {
            kept = new byte[LARGE];
            spin(30_000_000);
        });
        kept = null;

        assertThat(measured(meter, () -> {}).allocatedBytes()).isLessThan(LARGE);
    }
}
