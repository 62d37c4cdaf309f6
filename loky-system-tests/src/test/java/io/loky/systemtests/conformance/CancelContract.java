/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Future.cancel}, before, while and after the task runs. */
abstract class CancelContract extends Contract {
    CancelContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(1);
    }

    private static void assertCancelled(Future<?> future) {
        assertThat(future.isCancelled()).isTrue();
        assertThat(future.isDone()).isTrue();
        assertThatThrownBy(future::get).isExactlyInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> future.get(0, TimeUnit.SECONDS)).isExactlyInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> future.get(60, TimeUnit.SECONDS)).isExactlyInstanceOf(CancellationException.class);
    }

    /** A task that waits never starts, whichever the argument, and the one behind it does. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancel_queuedTask_neverStarts(boolean mayInterrupt) throws Exception {
        Gate ran = gate();
        Blocker blocker = block(executor());
        Future<Integer> queued = executor().submit(opening(ran));
        Future<Integer> behind = executor().submit(value(5));

        assertThat(queued.cancel(mayInterrupt)).isTrue();

        assertCancelled(queued);
        blocker.release();
        assertThat(Await.result(behind)).isEqualTo(5);
        assertThat(ran.isOpen()).isFalse();
        assertThat(Await.result(blocker.future())).isEqualTo(1);
    }

    /** What is cancelled cannot be cancelled again: each later call says false. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancel_cancelledTask_isFalse(boolean mayInterrupt) throws Exception {
        Blocker blocker = block(executor());
        Future<Integer> queued = executor().submit(value(1));
        assertThat(queued.cancel(mayInterrupt)).isTrue();

        assertThat(queued.cancel(true)).isFalse();
        assertThat(queued.cancel(false)).isFalse();

        assertCancelled(queued);
        blocker.release();
    }

    /** A task that has ended cannot be cancelled, and keeps what it has. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancel_doneTask_isFalseAndChangesNothing(boolean mayInterrupt) throws Exception {
        Future<Integer> good = executor().submit(value(5));
        Future<Integer> bad = executor().submit(failing("no"));
        Await.until("both done", () -> good.isDone() && bad.isDone());

        assertThat(good.cancel(mayInterrupt)).isFalse();
        assertThat(bad.cancel(mayInterrupt)).isFalse();

        assertThat(good.isCancelled()).isFalse();
        assertThat(bad.isCancelled()).isFalse();
        assertThat(good.get()).isEqualTo(5);
        assertThatThrownBy(bad::get).hasCauseExactlyInstanceOf(IllegalStateException.class);
        assertServes(executor(), 1);
    }

    /** cancel(false) lets a running task run to its end; its future is cancelled at once. */
    @Test
    void cancelFalse_runningTask_runsToItsEnd() throws Exception {
        Gate started = gate();
        Gate go = gate();
        Gate ended = gate();
        Future<Integer> running = executor().submit(task(() -> {
            started.open();
            go.await();
            ended.open();
            return 1;
        }));
        started.await();

        assertThat(running.cancel(false)).isTrue();

        assertCancelled(running);
        assertThat(ended.isOpen()).isFalse();
        go.open();
        ended.await();
        assertServes(executor(), 1);
        assertCancelled(running);
    }

    /** cancel(true) interrupts a running task, which may clean up. */
    @Test
    void cancelTrue_runningTask_isInterruptedAndCleansUp() throws Exception {
        Gate started = gate();
        Gate never = gate();
        Gate cleanedUp = gate();
        Future<Integer> running = executor().submit(task(() -> {
            try {
                return blocking(started, never).call();
            } finally {
                cleanedUp.open();
            }
        }));
        started.await();

        assertThat(running.cancel(true)).isTrue();

        assertCancelled(running);
        assertThat(running.cancel(true)).isFalse();
        cleanedUp.await();
        assertServes(executor(), 1);
    }

    /** A task that ignores interrupts goes on in a thread. In a worker it does not. */
    @Test
    @Shows(Difference.CANCEL_KILLS)
    void cancelTrue_taskIgnoresInterrupts_goesOnOrIsKilled() throws Exception {
        Gate started = gate();
        Gate go = gate();
        Gate ended = gate();
        Future<Integer> running = executor().submit(task(() -> {
            started.open();
            while (!go.isOpen()) {
                Thread.onSpinWait();
            }
            ended.open();
            return 1;
        }));
        started.await();
        Future<Integer> behind = executor().submit(value(5));

        assertThat(running.cancel(true)).isTrue();

        assertCancelled(running);
        differ(
                Difference.CANCEL_KILLS,
                () -> {
                    if (!side.isInProcess()) { // there the pool has another thread at once
                        assertThat(behind.isDone()).isFalse();
                    }
                    go.open();
                    ended.await();
                    assertThat(Await.result(behind)).isEqualTo(5);
                },
                () -> {
                    assertThat(Await.result(behind)).isEqualTo(5);
                    go.open();
                    assertServes(executor(), 1);
                    assertThat(ended.isOpen()).isFalse();
                });
    }

    /** Who waits for a task that is cancelled hears of it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancel_othersWait_theyAreWoken(boolean mayInterrupt) throws Exception {
        Blocker blocker = block(executor());
        Future<Integer> queued = executor().submit(value(1));
        Call<Integer> waiting = Call.of(() -> queued.get()).awaitWaiting();
        Call<Integer> waitingTimed =
                Call.of(() -> queued.get(60, TimeUnit.SECONDS)).awaitWaiting();

        assertThat(queued.cancel(mayInterrupt)).isTrue();

        assertThat(waiting.failure()).isExactlyInstanceOf(CancellationException.class);
        assertThat(waitingTimed.failure()).isExactlyInstanceOf(CancellationException.class);
        blocker.release();
    }

    /** Of many that cancel at the same time exactly one is told that it was the one. */
    @Test
    void cancel_byManyAtOnce_onlyOneIsTrue() throws Exception {
        Blocker blocker = block(executor());
        for (int round = 0; round < 20; round++) {
            Future<Integer> queued = executor().submit(value(1));
            CyclicBarrier together = new CyclicBarrier(4);
            List<Call<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean mayInterrupt = i % 2 == 0;
                calls.add(Call.of(() -> {
                    together.await();
                    return queued.cancel(mayInterrupt);
                }));
            }

            int winners = 0;
            for (Call<Boolean> call : calls) {
                winners += call.result() ? 1 : 0;
            }

            assertThat(winners).isEqualTo(1);
            assertCancelled(queued);
        }
        blocker.release();
    }

    /** Where a cancel meets the end of the task, either wins, and the future says consistently which. */
    @Test
    void cancel_racingTheEnd_futureIsConsistent() throws Exception {
        for (int round = 0; round < 100; round++) {
            Future<Integer> future = executor().submit(value(5));
            if (round % 3 == 0) {
                Thread.onSpinWait();
            } else if (round % 3 == 1) {
                Await.result(executor().submit(value(1)));
            }

            boolean cancelled = future.cancel(false);

            assertThat(future.isDone()).isTrue();
            assertThat(future.isCancelled()).isEqualTo(cancelled);
            if (cancelled) {
                assertCancelled(future);
            } else {
                assertThat(future.get()).isEqualTo(5);
            }
        }
        assertServes(executor(), 1);
    }
}
