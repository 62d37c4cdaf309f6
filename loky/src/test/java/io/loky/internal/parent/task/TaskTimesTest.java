/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.TaskReceipt;
import io.loky.internal.wire.Measured;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskTimesTest {
    private static final Duration UNKNOWN = Duration.ofNanos(-1);

    /** The JDK's clock may be negative, and pass zero. */
    private final TaskTimes times = new TaskTimes(-100);

    private static Duration nanos(long nanos) {
        return Duration.ofNanos(nanos);
    }

    /** Encoded in 10, submitted 20 later, sent after another 30. */
    private void send() {
        times.encoded(-90);
        times.submitted(-70);
        times.sent(-40);
    }

    private @Nullable TaskReceipt answered(@Nullable Measured measured) {
        send();
        times.answered(960);
        times.measured(measured);
        times.over();
        times.decoded(5);
        return times.receipt();
    }

    @Test
    void receipt_answered_dividesTheTimeAndTakesTheRestAsItWasMeasured() {
        assertThat(answered(new Measured(800, 700, 600, 5_000_000, 400)))
                .isEqualTo(new TaskReceipt(
                        nanos(30), nanos(800), nanos(200 + 10 + 5), nanos(700), 600, 400, nanos(5_000_000)));
    }

    @Test
    void receipt_onlyTimesMeasured_doesNotKnowTheRest() {
        assertThat(answered(new Measured(800, -1, -1, -1, -1)))
                .isEqualTo(new TaskReceipt(nanos(30), nanos(800), nanos(215), UNKNOWN, -1, -1, UNKNOWN));
    }

    @Test
    void receipt_workerCouldNotRebuildIt_hasNotRun() {
        assertThat(answered(null))
                .isEqualTo(new TaskReceipt(nanos(30), Duration.ZERO, nanos(1015), UNKNOWN, -1, -1, UNKNOWN));
    }

    /** The clocks of two processes. */
    @Test
    void receipt_ranLongerThanItWasAway_hasNoNegativeTime() {
        TaskReceipt receipt = answered(new Measured(5_000, -1, -1, -1, -1));

        assertThat(receipt).isNotNull();
        assertThat(receipt.queueTime()).isZero();
    }

    /** The answer to the task before it was read here only when this one had begun. */
    @Test
    void receipt_begunBeforeTheParentKnew_waitedForLessAndTheSumIsRight() {
        assertThat(answered(new Measured(1_010, -1, -1, -1, -1)))
                .isEqualTo(new TaskReceipt(nanos(20), nanos(1_010), nanos(15), UNKNOWN, -1, -1, UNKNOWN));
    }

    @Test
    void receipt_noWorkerHadIt_isNone() {
        times.encoded(-90);
        times.submitted(-70);
        times.over();

        assertThat(times.receipt()).isNull();
    }

    @Test
    void receipt_endedWithoutAnAnswer_knowsTheQueueAndHowLongTheWorkerHadIt() {
        TaskTimes real = new TaskTimes(System.nanoTime());
        real.encoded(System.nanoTime());
        long submitted = System.nanoTime();
        real.submitted(submitted);
        real.sent(submitted + 7);
        real.over();

        TaskReceipt receipt = real.receipt();

        assertThat(receipt).isNotNull();
        assertThat(receipt).isEqualTo(new TaskReceipt(nanos(7), receipt.runTime(), UNKNOWN, UNKNOWN, -1, -1, UNKNOWN));
        assertThat(receipt.runTime()).isLessThan(Duration.ofSeconds(60));
    }

    /** Its worker died before it had begun it: all that was waiting. */
    @Test
    void receipt_sentTwice_waitedUntilTheSecondTime() {
        send();
        times.requeued();
        times.sent(60);
        times.answered(960);
        times.measured(new Measured(800, -1, -1, -1, -1));
        times.over();

        assertThat(times.receipt())
                .isEqualTo(new TaskReceipt(nanos(130), nanos(800), nanos(110), UNKNOWN, -1, -1, UNKNOWN));
    }

    @Test
    void receipt_backInTheQueueWhenItEnded_isNone() {
        send();
        times.requeued();
        times.over();

        assertThat(times.receipt()).isNull();
    }
}
