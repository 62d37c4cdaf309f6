/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.systemtests.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code awaitTermination}, in every state, with every kind of limit. */
abstract class AwaitTerminationContract extends Contract {
    AwaitTerminationContract(Side side) {
        super(side);
    }

    private ExecutorService terminated() throws Exception {
        ExecutorService executor = side.create(1);
        executor.shutdown();
        Await.until("terminated", executor::isTerminated);
        return executor;
    }

    /** A limit that passes first gives false: on an executor that runs, on one that is shut down; zero and less at once. */
    @ParameterizedTest
    @ValueSource(longs = {10, 0, -1, Long.MIN_VALUE})
    void awaitTermination_notInTime_isFalse(long millis) throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        assertThat(executor.awaitTermination(millis, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(executor.isShutdown()).isFalse();

        executor.shutdown();

        assertThat(executor.awaitTermination(millis, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(blocker.future().isDone()).isFalse();
    }

    /** On a terminated executor any limit will do. */
    @ParameterizedTest
    @ValueSource(longs = {1, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void awaitTermination_terminated_isTrue(long timeout) throws Exception {
        assertThat(terminated().awaitTermination(timeout, TimeUnit.DAYS)).isTrue();
    }

    /** All who wait are told of the end; the longest limit does not turn into none at all. */
    @Test
    void awaitTermination_several_areAllWoken() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        List<Call<Boolean>> calls = new ArrayList<>();
        for (long limit : new long[] {60_000_000_000L, Long.MAX_VALUE, Long.MAX_VALUE - 1}) {
            calls.add(Call.of(() -> executor.awaitTermination(limit, TimeUnit.NANOSECONDS))
                    .awaitWaiting());
        }
        calls.add(Call.of(() -> executor.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS))
                .awaitWaiting());

        executor.shutdown();
        blocker.release();

        for (Call<Boolean> call : calls) {
            assertThat(call.result()).isTrue();
        }
        assertThat(executor.isTerminated()).isTrue();
    }

    /** A null unit is refused, in every state. */
    @Test
    void awaitTermination_nullUnit_throwsNullPointerException() throws Exception {
        for (ExecutorService executor : List.of(side.create(1), terminated())) {
            assertThatThrownBy(() -> executor.awaitTermination(1, null)).isInstanceOf(NullPointerException.class);
        }
    }

    /** A caller that is interrupted stops waiting; the executor goes on. */
    @Test
    void awaitTermination_interruptedWhileWaiting_throwsAndExecutorGoesOn() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        executor.shutdown();
        Call<Boolean> call =
                Call.of(() -> executor.awaitTermination(60, TimeUnit.SECONDS)).awaitWaiting();

        call.interrupt();

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertThat(blocker.future().isDone()).isFalse();
        blocker.release();
        assertThat(Await.result(blocker.future())).isEqualTo(1);
    }

    /** A caller that was interrupted before does not wait at all. */
    @Test
    void awaitTermination_interruptedBefore_throws() throws Exception {
        ExecutorService executor = side.create(1);
        Call<Boolean> call = Call.interrupted(() -> executor.awaitTermination(60, TimeUnit.SECONDS));

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertThat(executor.isShutdown()).isFalse();
    }

    /** Where there is nothing to wait for, an interrupt changes nothing and is kept. */
    @Test
    void awaitTermination_interruptedAndNothingToWaitFor_answersAndKeepsTheFlag() throws Exception {
        ExecutorService running = side.create(1);
        ExecutorService terminated = terminated();
        Call<Boolean> noTime = Call.interrupted(() -> running.awaitTermination(0, TimeUnit.SECONDS));
        Call<Boolean> noWait = Call.interrupted(() -> terminated.awaitTermination(60, TimeUnit.SECONDS));

        assertThat(noTime.result()).isFalse();
        assertThat(noTime.flagAfterwards()).isTrue();
        assertThat(noWait.result()).isTrue();
        assertThat(noWait.flagAfterwards()).isTrue();
    }
}
