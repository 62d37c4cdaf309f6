/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.SerializableSupplier;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code close}, in every state, by one and by several, interrupted and not. */
abstract class CloseContract extends Contract {
    CloseContract(Side side) {
        super(side);
    }

    /** Nothing to wait for: it is terminated when close returns. */
    @Test
    void close_unusedAndIdleExecutor_isTerminated() throws Exception {
        for (ExecutorService executor : List.of(side.create(1), side.warm(1))) {
            Since19.close(executor);

            assertThat(executor.isShutdown()).isTrue();
            assertThat(executor.isTerminated()).isTrue();
        }
    }

    /** It waits for what runs and for what waits, and has its results. */
    @Test
    void close_runningAndQueuedTasks_waitsForThem() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(5));
        Call<Void> call = closing(executor).awaitWaiting();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(call.isDone()).isFalse();

        blocker.release();

        assertClosed(call, executor, false);
        assertThat(blocker.future().get()).isEqualTo(1);
        assertThat(queued.get()).isEqualTo(5);
    }

    private static Call<Void> closing(ExecutorService executor) throws Exception {
        Since19.assumeClose(executor);
        return Call.of(() -> Since19.close(executor));
    }

    private static void assertClosed(Call<Void> call, ExecutorService executor, boolean flag) throws Exception {
        assertThat(call.result()).isNull();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(call.flagAfterwards()).as("interrupt flag").isEqualTo(flag);
    }

    /** On an executor that was shut down it does no more than wait. */
    @Test
    void close_afterShutdown_waits() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(5));
        executor.shutdown();
        Call<Void> call = closing(executor).awaitWaiting();

        blocker.release();

        assertClosed(call, executor, false);
        assertThat(queued.get()).isEqualTo(5);
    }

    /** After shutdownNow, and a second time, it returns when the executor has ended. */
    @Test
    void close_afterShutdownNowAndAgain_returns() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        assertThat(executor.shutdownNow()).isEmpty();

        for (int i = 0; i < 3; i++) {
            assertClosed(closing(executor), executor, false);
        }
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** All who close wait for the same end. */
    @Test
    void close_bySeveralThreads_allReturnAtTheEnd() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        List<Call<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(closing(executor).awaitWaiting());
        }
        assertThat(calls).noneMatch(Call::isDone);

        blocker.release();

        for (Call<Void> call : calls) {
            assertClosed(call, executor, false);
        }
        assertThat(blocker.future().get()).isEqualTo(1);
    }

    /** Interrupted while it waits it ends the tasks as shutdownNow does, waits for the end, and keeps the interrupt. */
    @Test
    void close_interruptedWhileWaiting_shutsDownNowAndKeepsTheFlag() throws Exception {
        ExecutorService executor = side.create(1);
        Gate ran = gate();
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(opening(ran));
        Call<Void> call = closing(executor).awaitWaiting();

        call.interrupt();

        assertClosed(call, executor, true);
        assertThat(blocker.future().isDone()).isTrue();
        assertThat(ran.isOpen()).isFalse();
        assertThat(queued.isCancelled()).isFalse();
    }

    /** One of several that is interrupted ends the tasks for all; the others return without a flag. */
    @Test
    void close_oneOfSeveralInterrupted_allReturn() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Call<Void> patient = closing(executor).awaitWaiting();
        Call<Void> interrupted = closing(executor).awaitWaiting();

        interrupted.interrupt();

        assertClosed(interrupted, executor, true);
        assertClosed(patient, executor, false);
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** A caller that was interrupted before does not wait for the tasks either. */
    @Test
    void close_interruptedBefore_shutsDownNowAndKeepsTheFlag() throws Exception {
        ExecutorService executor = side.create(1);
        Since19.assumeClose(executor);
        Gate ran = gate();
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(opening(ran));

        Call<Void> call = Call.interrupted(() -> Since19.close(executor));

        assertClosed(call, executor, true);
        assertThat(blocker.future().isDone()).isTrue();
        assertThat(ran.isOpen()).isFalse();
        assertThat(queued.isCancelled()).isFalse();
    }

    /** Where there is nothing to wait for an interrupt is kept, and that is all. */
    @Test
    void close_interruptedBeforeAndTerminated_keepsTheFlag() throws Exception {
        ExecutorService executor = side.create(1);
        Since19.assumeClose(executor);
        executor.shutdown();

        Call<Void> call = Call.interrupted(() -> Since19.close(executor));

        assertClosed(call, executor, true);
    }

    private static SerializableSupplier<Integer> waitingFor(Gate go) {
        return () -> {
            go.await();
            return 1;
        };
    }

    /** A shutdown by what follows on a task of the executor works. */
    @Test
    void shutdown_byADependentOfItsTask_terminates() throws Exception {
        for (boolean now : new boolean[] {false, true}) {
            ExecutorService executor = side.create(1);
            Gate go = gate();
            CompletableFuture<Void> dependent = side.supplyAsync(executor, waitingFor(go))
                    .thenRun(() -> {
                        if (now) {
                            List<Runnable> unused = executor.shutdownNow();
                        } else {
                            executor.shutdown();
                        }
                    });

            go.open();

            assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Await.result(dependent)).isNull();
        }
    }

    /** What follows on a task runs on the thread of the executor, where close would wait for itself, or on another. */
    @Test
    @Shows(Difference.CALLBACK_THREADS)
    void close_byADependentOfItsTask_isPossibleOnlyOffItsThreads() throws Exception {
        ExecutorService executor = side.create(1);
        Gate go = gate();
        CompletableFuture<Integer> stage = side.supplyAsync(executor, waitingFor(go));

        differ(
                Difference.CALLBACK_THREADS,
                () -> {
                    CompletableFuture<String> thread =
                            stage.thenApply(one -> Thread.currentThread().getName());
                    go.open();
                    assertThat(Await.result(thread)).startsWith("oracle-");
                },
                () -> {
                    CompletableFuture<Void> closing = stage.thenRun(() -> {
                        try {
                            Since19.close(executor);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
                    go.open();
                    assertThat(Await.result(closing)).isNull();
                    assertThat(executor.isTerminated()).isTrue();
                });
    }
}
