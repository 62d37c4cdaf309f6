/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ExecutorShutdownException;
import io.loky.SerializableRunnable;
import io.loky.TaskSerializationException;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** {@code shutdownNow}, what it returns, and what becomes of the futures. */
abstract class ShutdownNowContract extends Contract {
    ShutdownNowContract(Side side) {
        super(side);
    }

    private static void assertTerminates(ExecutorService executor) throws Exception {
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isTrue();
    }

    private static void assertGivenUp(Future<?> future) {
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isFalse();
        assertThatThrownBy(future::get)
                .isExactlyInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(ExecutorShutdownException.class);
    }

    /** Without tasks there is nothing to return. */
    @Test
    void shutdownNow_unusedAndIdleExecutor_returnsNothingAndTerminates() throws Exception {
        for (ExecutorService executor : List.of(side.create(1), side.warm(1))) {
            assertThat(executor.shutdownNow()).isEmpty();
            assertTerminates(executor);
        }
    }

    /** It returns the tasks that never began, in the order of their submission, and they are the futures of submit. */
    @Test
    void shutdownNow_queuedTasks_returnsTheirFuturesInOrder() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Gate ran = gate();
        List<Future<?>> queued = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            queued.add(i % 2 == 0 ? executor.submit(opening(ran)) : executor.submit(action(ran::open)));
        }

        List<Runnable> returned = executor.shutdownNow();

        assertThat(executor.isShutdown()).isTrue();
        assertThat(returned).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat((Object) returned.get(i)).isSameAs(queued.get(i));
        }
        assertTerminates(executor);
        assertThat(ran.isOpen()).isFalse();
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** A second time there is nothing left to return, and a shutdown has no effect any more. */
    @Test
    void shutdownNow_again_returnsNothing() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(1));

        assertThat(executor.shutdownNow()).hasSize(1);
        assertThat(executor.shutdownNow()).isEmpty();
        executor.shutdown();

        assertTerminates(executor);
        assertThat(executor.shutdownNow()).isEmpty();
        assertThat(blocker.future().isDone()).isTrue();
        assertThat(queued.isCancelled()).isFalse();
    }

    /** It ends what a shutdown would have waited for. */
    @Test
    void shutdownNow_afterShutdown_returnsTheQueuedTasks() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(1));
        executor.shutdown();

        List<Runnable> returned = executor.shutdownNow();

        assertThat(returned).hasSize(1);
        assertThat((Object) returned.get(0)).isSameAs(queued);
        assertTerminates(executor);
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** The list is the caller's own. */
    @Test
    void shutdownNow_returnedList_isModifiable() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(1));

        List<Runnable> returned = executor.shutdownNow();
        returned.clear();

        assertThat(returned).isEmpty();
        assertThat(queued.isCancelled()).isFalse();
        assertTerminates(executor);
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** A running task is interrupted, and ends as it likes; or it is killed with its worker, and its future says so. */
    @Test
    @Shows(Difference.STOP_KILLS)
    void shutdownNow_runningTask_isInterruptedOrKilled() throws Exception {
        ExecutorService executor = side.create(1);
        Gate started = gate();
        Gate never = gate();
        Future<String> running = executor.submit(task(() -> {
            try {
                return blocking(started, never).call().toString();
            } catch (IllegalStateException e) {
                return "interrupted";
            }
        }));
        started.await();

        assertThat(executor.shutdownNow()).isEmpty();

        differ(
                Difference.STOP_KILLS,
                () -> assertThat(Await.result(running)).isEqualTo("interrupted"),
                () -> assertGivenUp(running));
        assertTerminates(executor);
    }

    /** A task that ignores interrupts keeps its executor from ending. In a worker it does not. */
    @Test
    @Shows(Difference.STOP_KILLS)
    void shutdownNow_taskIgnoresInterrupts_isWaitedForOrKilled() throws Exception {
        ExecutorService executor = side.create(1);
        Gate started = gate();
        Gate go = gate();
        Gate ended = gate();
        Future<Integer> running = executor.submit(task(() -> {
            started.open();
            while (!go.isOpen()) {
                Thread.onSpinWait();
            }
            ended.open();
            return 1;
        }));
        started.await();

        assertThat(executor.shutdownNow()).isEmpty();

        differ(
                Difference.STOP_KILLS,
                () -> {
                    assertThat(executor.awaitTermination(50, TimeUnit.MILLISECONDS))
                            .isFalse();
                    go.open();
                    assertTerminates(executor);
                    assertThat(running.get()).isEqualTo(1);
                },
                () -> {
                    assertTerminates(executor);
                    assertGivenUp(running);
                });
        if (side.isInProcess()) { // nobody can kill a thread
            go.open();
            ended.await();
        }
    }

    /** The futures of tasks that never began: never done, or failed with the reason. */
    @Test
    @Shows(Difference.STOP_SETTLES)
    void shutdownNow_queuedTask_futureStaysOpenOrFails() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(1));

        assertThat(executor.shutdownNow()).hasSize(1);

        differ(
                Difference.STOP_SETTLES,
                () -> {
                    assertTerminates(executor);
                    assertThat(queued.isDone()).isFalse();
                    assertThatThrownBy(() -> queued.get(1, TimeUnit.MILLISECONDS))
                            .isExactlyInstanceOf(TimeoutException.class);
                    assertThat(queued.cancel(false)).isTrue();
                },
                () -> {
                    assertGivenUp(queued); // when shutdownNow returns
                    assertThat(queued.cancel(false)).isFalse();
                });
        assertTerminates(executor);
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** Who waits in invokeAll for tasks that never begin waits for ever, or is told. */
    @Test
    @Shows(Difference.STOP_SETTLES)
    void shutdownNow_invokeAllWaits_itHangsOrReturns() throws Exception {
        ExecutorService executor = side.create(1);
        Gate started = gate();
        Call<List<Future<Integer>>> call =
                Call.of(() -> executor.invokeAll(List.of(blocking(started, gate()), value(5))));
        started.await();
        call.awaitWaiting();

        assertThat(executor.shutdownNow()).hasSize(1);
        assertTerminates(executor);

        differ(
                Difference.STOP_SETTLES,
                () -> {
                    call.awaitWaiting(); // for a task that nobody will run
                    assertThat(call.isDone()).isFalse();
                    call.interrupt();
                    assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
                },
                () -> {
                    assertThat(call.result()).hasSize(2);
                    call.result().forEach(ShutdownNowContract::assertGivenUp);
                });
    }

    /** What to do with the returned tasks: run them here or elsewhere, or, where they are over, submit them anew. */
    @Test
    @Shows(Difference.RETURNED_TASKS)
    void shutdownNow_returnedTasks_canBeRunOrAreOver() throws Exception {
        ExecutorService executor = side.create(1);
        ExecutorService other = side.shared(1);
        Blocker blocker = block(executor);
        Future<Integer> first = executor.submit(value(1));
        Future<Integer> second = executor.submit(value(2));
        List<Runnable> returned = executor.shutdownNow();

        returned.get(0).run();

        assertThatThrownBy(() -> executor.execute(returned.get(1))).isInstanceOf(RejectedExecutionException.class);
        differ(
                Difference.RETURNED_TASKS,
                () -> {
                    assertThat(first.get()).isEqualTo(1);
                    other.execute(returned.get(1));
                    assertThat(Await.result(second)).isEqualTo(2);
                },
                () -> {
                    assertGivenUp(first);
                    assertThatThrownBy(() -> other.execute(returned.get(1)))
                            .isExactlyInstanceOf(TaskSerializationException.class)
                            .hasMessageContaining("it is itself a future")
                            .hasMessageContaining("pass the callable or runnable that it was made from to submit");
                    assertGivenUp(second);
                });
        assertTerminates(executor);
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** A command that was given to execute comes back as it was given, or as the task that was made of it. */
    @Test
    @Shows(Difference.RETURNED_COMMANDS)
    void shutdownNow_executedCommand_isReturnedItselfOrAsATask() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        SerializableRunnable command = action(gate()::open);
        executor.execute(command);

        List<Runnable> returned = executor.shutdownNow();

        assertThat(returned).hasSize(1);
        differ(
                Difference.RETURNED_COMMANDS,
                () -> assertThat(returned.get(0)).isSameAs(command),
                () -> assertThat(returned.get(0)).isNotSameAs(command).isInstanceOf(Future.class));
        assertTerminates(executor);
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** A cancelled task that was still in the queue is returned, or not. */
    @Test
    @Shows(Difference.CANCELLED_TASKS)
    void shutdownNow_cancelledTaskInTheQueue_isReturnedOrNot() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> cancelled = executor.submit(value(1));
        Future<Integer> queued = executor.submit(value(2));
        assertThat(cancelled.cancel(false)).isTrue();

        List<Runnable> returned = executor.shutdownNow();

        differ(
                Difference.CANCELLED_TASKS,
                () -> assertThat(returned).isEqualTo(List.of(cancelled, queued)),
                () -> assertThat(returned).isEqualTo(List.of(queued)));
        assertTerminates(executor);
        assertThat(cancelled.isCancelled()).isTrue();
        assertThat(blocker.future().isDone()).isTrue();
    }
}
