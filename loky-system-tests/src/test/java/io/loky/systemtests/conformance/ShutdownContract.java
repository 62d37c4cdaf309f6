/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code shutdown} and the states that follow it. */
abstract class ShutdownContract extends Contract {
    ShutdownContract(Side side) {
        super(side);
    }

    private static void assertTerminates(ExecutorService executor) throws Exception {
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isTrue();
    }

    /** An executor runs until it is told otherwise, with or without tasks. */
    @Test
    void states_runningExecutor_areFalse() throws Exception {
        ExecutorService executor = side.create(1);
        assertThat(executor.isShutdown()).isFalse();
        assertThat(executor.isTerminated()).isFalse();

        Blocker blocker = block(executor);
        assertThat(executor.isShutdown()).isFalse();
        assertThat(executor.isTerminated()).isFalse();

        blocker.release();
        assertThat(Await.result(blocker.future())).isEqualTo(1);
        assertThat(executor.isShutdown()).isFalse();
        assertThat(executor.isTerminated()).isFalse();
    }

    /** One that never had a task ends at once. */
    @Test
    void shutdown_unusedExecutor_isTerminatedAtOnce() throws Exception {
        ExecutorService executor = side.create(2);

        executor.shutdown();

        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(executor.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
    }

    /** One whose threads or workers wait for tasks ends. */
    @Test
    void shutdown_idleExecutor_terminates() throws Exception {
        ExecutorService executor = side.warm(2);

        executor.shutdown();

        assertTerminates(executor);
    }

    /** What runs and what waits is finished first; the states say where it is. */
    @Test
    void shutdown_runningAndQueuedTasks_areFinished() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        List<Future<Integer>> queued = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            queued.add(executor.submit(value(i)));
        }
        Gate executed = gate();
        executor.execute(action(executed::open));

        executor.shutdown();

        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(blocker.future().isDone()).isFalse();
        blocker.release();
        assertTerminates(executor);
        assertThat(blocker.future().get()).isEqualTo(1);
        for (int i = 0; i < 10; i++) {
            assertThat(queued.get(i).isDone()).as("done when terminated").isTrue();
            assertThat(queued.get(i).get()).isEqualTo(i);
        }
        assertThat(executed.isOpen()).isTrue();
    }

    /** A second shutdown does nothing, in whatever state. */
    @Test
    void shutdown_again_hasNoEffect() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Future<Integer> queued = executor.submit(value(5));
        executor.shutdown();

        executor.shutdown();

        assertThat(executor.isTerminated()).isFalse();
        blocker.release();
        assertTerminates(executor);
        assertThat(queued.get()).isEqualTo(5);
        executor.shutdown();
        assertThat(executor.isTerminated()).isTrue();
    }

    /** A task that is cancelled is nothing to wait for. */
    @Test
    void shutdown_queuedTaskIsCancelled_terminatesWithoutIt() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        Gate ran = gate();
        Future<Integer> queued = executor.submit(opening(ran));
        executor.shutdown();

        assertThat(queued.cancel(false)).isTrue();
        blocker.release();

        assertTerminates(executor);
        assertThat(ran.isOpen()).isFalse();
    }

    /** A running task can still be cancelled when the executor is shut down. */
    @Test
    void cancel_afterShutdown_endsTheRunningTask() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        executor.shutdown();

        assertThat(blocker.future().cancel(true)).isTrue();

        assertTerminates(executor);
        assertThat(blocker.future().isCancelled()).isTrue();
    }

    /** invokeAll that waits while its executor is shut down gets all its results. */
    @Test
    void shutdown_invokeAllWaits_getsItsResults() throws Exception {
        ExecutorService executor = side.create(1);
        Gate started = gate();
        Gate go = gate();
        Call<List<Future<Integer>>> call = Call.of(() -> executor.invokeAll(List.of(blocking(started, go), value(5))));
        started.await();
        call.awaitWaiting();

        executor.shutdown();
        go.open();

        assertThat(call.result().get(0).get()).isEqualTo(1);
        assertThat(call.result().get(1).get()).isEqualTo(5);
        assertTerminates(executor);
    }

    /** A failing task does not keep its executor from ending. */
    @Test
    void shutdown_tasksFail_terminates() throws Exception {
        ExecutorService executor = side.create(1);
        Blocker blocker = block(executor);
        List<Future<Integer>> failing = List.of(executor.submit(failing("one")), executor.submit(failing("two")));
        executor.shutdown();

        blocker.release();

        assertTerminates(executor);
        assertThat(failing).allMatch(Future::isDone).noneMatch(Future::isCancelled);
    }
}
