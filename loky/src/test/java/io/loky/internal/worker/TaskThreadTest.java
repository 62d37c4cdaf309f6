/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Interrupt;
import io.loky.internal.wire.Look;
import io.loky.internal.wire.StackSample;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread of each test is the one that runs tasks. */
@Timeout(60)
class TaskThreadTest {
    private final BlockingQueue<StackSample> told = new LinkedBlockingQueue<>();
    private final TaskThread thread = new TaskThread(this::tell);

    private void tell(EncodedFrame frame) throws IOException {
        assertThat(frame.toFrame().type()).isEqualTo(FrameType.STACK);
        told.add(StackSample.decode(frame.toFrame()));
    }

    private void interrupt(long taskId, boolean sampled) {
        thread.asked(new Interrupt(taskId, 100, sampled));
    }

    @Test
    void interrupt_ofTheTaskThatRuns_interruptsIt() {
        thread.codeBegins(7);
        interrupt(7, false);

        assertThat(isInterrupted()).isTrue();
        thread.codeEnds();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void interrupt_ofATaskThatHasEnded_meetsNobody() throws Exception {
        thread.codeBegins(7);
        thread.codeEnds();
        interrupt(7, true);
        thread.codeBegins(8);

        assertThat(whatALookFinds(8)).isNotEmpty(); // what was asked before it is done
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(told).isEmpty();
    }

    /** The parent writes from several threads: the request may overtake its task. */
    @Test
    void codeBegins_ofATaskThatWasInterruptedBefore_isRefused() {
        interrupt(7, false);

        assertThat(thread.codeBegins(7)).isFalse();
        assertThat(thread.codeBegins(8)).isTrue();
        thread.codeEnds();
    }

    /** The rest of its chunk is not wanted either. */
    @Test
    void codeBegins_ofTheNextItemOfATaskThatWasInterrupted_isRefused() {
        assertThat(thread.codeBegins(7)).isTrue();
        interrupt(7, false);
        assertThat(isInterrupted()).isTrue();
        thread.codeEnds();

        assertThat(thread.codeBegins(7)).isFalse();
    }

    /** Whatever comes of it is dropped: it need not be encoded. */
    @Test
    void isWanted_ofATaskThatWasInterrupted_isFalseAlsoBeforeItNotices() {
        thread.codeBegins(7);
        assertThat(thread.isWanted(7)).isTrue();

        interrupt(7, false);

        assertThat(thread.isWanted(7)).isFalse();
        assertThat(thread.isWanted(8)).isTrue();
        assertThat(isInterrupted()).isTrue();
        thread.codeEnds();
    }

    @Test
    void interrupt_sampled_tellsWhereTheTaskIsBeforeAndAfter() throws Exception {
        thread.codeBegins(7);
        interrupt(7, true);
        for (int number = 0; number < 10; number++) {
            StackSample sample = nextInSpiteOfInterrupts();
            assertThat(sample.taskId()).isEqualTo(7);
            assertThat(sample.look()).isEqualTo(StackSample.UNASKED);
            assertThat(sample.frames())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("nextInSpiteOfInterrupts");
        }
        thread.codeEnds();

        assertThat(told.poll(30, TimeUnit.MILLISECONDS)).as("one more").isNull();
    }

    private StackSample nextInSpiteOfInterrupts() {
        for (; ; ) {
            try {
                return told.take();
            } catch (InterruptedException e) {
                // this is what it is about
            }
        }
    }

    @Test
    void look_atTheTaskThatRuns_tellsWhereItIsAndInterruptsNothing() throws Exception {
        thread.codeBegins(7);

        assertThat(whatALookFinds(7))
                .extracting(StackTraceElement::getMethodName)
                .contains("look_atTheTaskThatRuns_tellsWhereItIsAndInterruptsNothing");
        assertThat(whatALookFinds(8)).as("another task").isEmpty();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        thread.codeEnds();
        assertThat(whatALookFinds(7)).as("one that has ended").isEmpty();
    }

    /** Whoever asks knows nothing of when tasks end: no task may ever meet an interrupt that was for another one. */
    @Test
    void interrupt_whileTasksComeAndGo_neverReachesAnotherOne() throws Exception {
        AtomicLong current = new AtomicLong();
        CountDownLatch enough = new CountDownLatch(5_000);
        FutureTask<Boolean> asking = new FutureTask<>(() -> {
            while (enough.getCount() > 0) {
                interrupt(current.get(), false);
                whatALookFinds(0); // it is done
                enough.countDown();
            }
            return true;
        });
        new Thread(asking, "parent").start();
        SplittableRandom random = new SplittableRandom(1);
        long interrupted = 0;
        long wronged = 0;
        for (long task = 1; enough.getCount() > 0; task++) {
            boolean wanted = thread.codeBegins(task);
            wronged += Thread.currentThread().isInterrupted() ? 1 : 0; // nobody knows its number yet
            current.set(task);
            for (int spin = wanted ? random.nextInt(5_000) : 0; spin > 0; spin--) {
                Thread.onSpinWait();
            }
            interrupted += Thread.currentThread().isInterrupted() ? 1 : 0;
            thread.codeEnds();
            wronged += Thread.currentThread().isInterrupted() ? 1 : 0;
        }

        assertThat(asking.get()).isTrue();
        assertThat(wronged).isZero();
        assertThat(interrupted).as("those that it was for").isPositive();
    }

    private List<StackTraceElement> whatALookFinds(long taskId) throws InterruptedException {
        thread.asked(new Look(taskId, 3));
        StackSample answer = told.take();
        assertThat(answer.look()).isEqualTo(3);
        assertThat(answer.taskId()).isEqualTo(taskId);
        return answer.frames();
    }

    private static boolean isInterrupted() {
        while (!Thread.currentThread().isInterrupted()) { // the time-out of the test ends it
            Thread.onSpinWait();
        }
        return true;
    }
}
