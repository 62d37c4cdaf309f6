/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableSupplier;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** {@link CompletableFuture}s whose values are computed by an executor. */
abstract class StageContract extends Contract {
    StageContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(2);
    }

    private <T> CompletableFuture<T> supplyAsync(SerializableSupplier<T> supplier) throws Exception {
        return side.supplyAsync(executor(), supplier);
    }

    private static SerializableSupplier<Integer> waiting(Gate started, Gate go) {
        return () -> {
            started.open();
            go.await();
            return 1;
        };
    }

    /** The JDK's own supplyAsync and runAsync take the executor, or are refused with the name of what to use. */
    @Test
    @Shows(Difference.SUPPLY_ASYNC)
    void completableFutureSupplyAsync_onTheExecutor_runsOrIsRefused() throws Exception {
        ExecutorService executor = executor();

        differ(
                Difference.SUPPLY_ASYNC,
                () -> {
                    assertThat(Await.result(CompletableFuture.supplyAsync(() -> 5, executor)))
                            .isEqualTo(5);
                    assertThat(Await.result(CompletableFuture.runAsync(() -> {}, executor)))
                            .isNull();
                },
                () -> {
                    assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> 5, executor))
                            .isExactlyInstanceOf(RejectedExecutionException.class)
                            .hasMessageContaining("Use ProcessPoolExecutor.supplyAsync(supplier)");
                    assertThatThrownBy(() -> CompletableFuture.runAsync(() -> {}, executor))
                            .isExactlyInstanceOf(RejectedExecutionException.class);
                });
        assertServes(executor, 2);
    }

    /** Values go down a chain, and what fails fails all that follows. */
    @Test
    void thenApply_valueAndFailure_goDownTheChain() throws Exception {
        CompletableFuture<Integer> good = supplyAsync(() -> 5).thenApply(five -> five + 1);
        CompletableFuture<Integer> bad =
                supplyAsync(() -> Integer.parseInt("x")).thenApply(number -> number + 1);

        assertThat(Await.result(good)).isEqualTo(6);
        assertThatThrownBy(bad::join)
                .isExactlyInstanceOf(CompletionException.class)
                .hasCauseExactlyInstanceOf(NumberFormatException.class);
        assertThatThrownBy(bad::get)
                .isExactlyInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(NumberFormatException.class);
        assertThat(bad.isCompletedExceptionally()).isTrue();
    }

    /** allOf waits for all, also for those that fail. */
    @Test
    void allOf_oneFails_waitsForAllAndFails() throws Exception {
        Gate go = gate();
        CompletableFuture<Integer> bad = supplyAsync(() -> Integer.parseInt("x"));
        CompletableFuture<Integer> slow = supplyAsync(waiting(gate(), go));
        CompletableFuture<Void> all = CompletableFuture.allOf(bad, slow, supplyAsync(() -> 2));
        Await.until("the failure", bad::isDone);
        assertThat(all.isDone()).isFalse();

        go.open();

        assertThatThrownBy(all::join).hasCauseExactlyInstanceOf(NumberFormatException.class);
        assertThat(slow.join()).isEqualTo(1);
    }

    /** anyOf ends with the first. */
    @Test
    void anyOf_oneIsSlow_endsWithTheOther() throws Exception {
        Gate go = gate();
        CompletableFuture<Integer> slow = supplyAsync(waiting(gate(), go));

        CompletableFuture<Object> any = CompletableFuture.anyOf(slow, supplyAsync(() -> 7));

        assertThat(Await.result(any)).isEqualTo(7);
        go.open();
        assertThat(Await.result(slow)).isEqualTo(1);
    }

    /** Two values become one; a failure becomes a value; a value becomes another task. */
    @Test
    void thenCombineExceptionallyCompose_doWhatTheySay() throws Exception {
        ExecutorService executor = executor();

        CompletableFuture<Integer> sum = supplyAsync(() -> 3).thenCombine(supplyAsync(() -> 4), Integer::sum);
        CompletableFuture<Integer> rescued =
                supplyAsync(() -> Integer.parseInt("x")).exceptionally(thrown -> -1);
        CompletableFuture<Integer> composed =
                supplyAsync(() -> 3).thenCompose(three -> side.supplyAsync(executor, () -> three + 1));

        assertThat(Await.result(sum)).isEqualTo(7);
        assertThat(Await.result(rescued)).isEqualTo(-1);
        assertThat(Await.result(composed)).isEqualTo(4);
    }

    /** A future that is completed by hand keeps that value, whatever the task returns. */
    @Test
    void complete_byHand_keepsThatValue() throws Exception {
        Gate started = gate();
        Gate go = gate();
        CompletableFuture<Integer> future = supplyAsync(waiting(started, go));
        started.await();

        assertThat(future.complete(9)).isTrue();

        assertThat(future.join()).isEqualTo(9);
        go.open();
        assertServes(executor(), 2);
        assertThat(future.complete(10)).isFalse();
        assertThat(future.join()).isEqualTo(9);
    }

    /** A limit on the stage fails the stage. */
    @Test
    void orTimeout_timeIsUp_failsTheStage() throws Exception {
        Gate go = gate();
        CompletableFuture<Integer> future = supplyAsync(waiting(gate(), go)).orTimeout(20, TimeUnit.MILLISECONDS);

        assertThatThrownBy(future::join)
                .isExactlyInstanceOf(CompletionException.class)
                .hasCauseExactlyInstanceOf(TimeoutException.class);
        go.open();
        assertServes(executor(), 2);
    }

    /** To cancel the future leaves the task to itself, or ends it. */
    @Test
    @Shows(Difference.CANCEL_OF_A_STAGE)
    void cancel_runningTask_goesOnOrIsEnded() throws Exception {
        Gate started = gate();
        Gate go = gate();
        Gate ended = gate();
        CompletableFuture<Integer> future = supplyAsync(() -> {
            waiting(started, go).get();
            ended.open();
            return 1;
        });
        started.await();

        assertThat(future.cancel(true)).isTrue();

        assertThat(future.isCancelled()).isTrue();
        assertThatThrownBy(future::join).isExactlyInstanceOf(CancellationException.class);
        differ(
                Difference.CANCEL_OF_A_STAGE,
                () -> {
                    go.open();
                    ended.await();
                },
                () -> {
                    assertServes(executor(), 2);
                    go.open();
                    assertThat(ended.isOpen()).isFalse();
                });
    }

    /** To cancel what follows leaves the task alone. */
    @Test
    void cancel_dependent_leavesTheTaskAlone() throws Exception {
        Gate go = gate();
        CompletableFuture<Integer> future = supplyAsync(waiting(gate(), go));
        CompletableFuture<Integer> dependent = future.thenApply(one -> one + 1);

        assertThat(dependent.cancel(true)).isTrue();
        go.open();

        assertThat(Await.result(future)).isEqualTo(1);
    }
}
