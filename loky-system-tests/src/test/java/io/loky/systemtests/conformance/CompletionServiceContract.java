/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ExecutorShutdownException;
import io.loky.SerializableRunnable;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ExecutorCompletionService} over an executor. */
abstract class CompletionServiceContract extends Contract {
    CompletionServiceContract(Side side) {
        super(side);
    }

    private ExecutorCompletionService<Integer> service(int threads) throws Exception {
        return new ExecutorCompletionService<>(side.shared(threads));
    }

    /** What is taken is the future that submit returned, and it is done. */
    @Test
    void take_taskEnds_returnsItsFutureDone() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        Future<Integer> submitted = service.submit(value(5));

        Future<Integer> taken = service.take();

        assertThat(taken).isSameAs(submitted);
        assertThat(taken.isDone()).isTrue();
        assertThat(taken.get()).isEqualTo(5);
        assertThat(service.poll()).isNull();
    }

    /** A runnable comes with its result, the same instance. */
    @Test
    void submitRunnable_ends_hasTheGivenResult() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        Gate ran = gate();
        SerializableRunnable action = ran::open;
        Integer result = 123456;

        Future<Integer> submitted = service.submit(action, result);

        assertThat(service.take()).isSameAs(submitted);
        assertThat(submitted.get()).isSameAs(result);
        assertThat(ran.isOpen()).isTrue();
    }

    /** They come in the order in which they end, not in that in which they were submitted. */
    @Test
    void take_twoTasks_inTheOrderOfTheirEnds() throws Exception {
        ExecutorCompletionService<Integer> service = service(2);
        Gate go = gate();
        Future<Integer> slow = service.submit(blocking(gate(), go));
        Future<Integer> quick = service.submit(value(2));

        assertThat(service.take()).isSameAs(quick);
        assertThat(service.poll()).isNull();
        go.open();

        assertThat(service.take()).isSameAs(slow);
    }

    /** Of one thread or worker they come in the order of submission, however quickly they follow each other. */
    @Test
    void take_manyQuickTasksOfOneWorker_inTheirOrder() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        List<Future<Integer>> submitted = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            submitted.add(service.submit(value(i)));
        }

        for (int i = 0; i < 500; i++) {
            assertThat(service.take()).as("number %d", i).isSameAs(submitted.get(i));
        }
    }

    /** poll does not wait, or no longer than it is told. */
    @Test
    void poll_nothingHasEnded_isNull() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        Gate go = gate();
        Future<Integer> submitted = service.submit(blocking(gate(), go));

        assertThat(service.poll()).isNull();
        assertThat(service.poll(20, TimeUnit.MILLISECONDS)).isNull();
        assertThat(service.poll(0, TimeUnit.MILLISECONDS)).isNull();
        assertThat(service.poll(-1, TimeUnit.MILLISECONDS)).isNull();
        go.open();

        assertThat(service.poll(60, TimeUnit.SECONDS)).isSameAs(submitted);
        assertThat(service.poll()).isNull();
    }

    /** A failure is delivered like a result. */
    @Test
    void take_taskFails_returnsItsFuture() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        Future<Integer> submitted = service.submit(failing("no"));

        assertThat(service.take()).isSameAs(submitted);

        assertThatThrownBy(submitted::get).hasCauseExactlyInstanceOf(IllegalStateException.class);
    }

    /** A task that is cancelled while it runs is delivered. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void take_runningTaskCancelled_returnsItsFuture(boolean mayInterrupt) throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        Gate started = gate();
        Gate go = gate();
        Future<Integer> submitted = service.submit(blocking(started, go));
        started.await();

        assertThat(submitted.cancel(mayInterrupt)).isTrue();
        go.open();

        assertThat(service.take()).isSameAs(submitted);
        assertThat(submitted.isCancelled()).isTrue();
        assertThat(service.poll()).isNull();
        assertServes(side.shared(1), 1);
    }

    /** A task that is cancelled while it waits is delivered: when its turn would have come, or at once. */
    @Test
    @Shows(Difference.EARLY_DELIVERY)
    void take_queuedTaskCancelled_returnsItsFutureSoonerOrLater() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);
        Blocker blocker = block(side.shared(1));
        Future<Integer> queued = service.submit(value(1));

        assertThat(queued.cancel(true)).isTrue();

        differ(
                Difference.EARLY_DELIVERY,
                () -> {
                    assertThat(service.poll()).isNull();
                    blocker.release();
                    assertThat(service.take()).isSameAs(queued);
                },
                () -> assertThat(service.take()).isSameAs(queued));
        assertThat(service.poll()).isNull();
        blocker.release();
        assertThat(Await.result(blocker.future())).isEqualTo(1);
    }

    /** A null task is refused, and nothing is delivered for it. */
    @Test
    void submit_null_throwsNullPointerException() throws Exception {
        ExecutorCompletionService<Integer> service = service(1);

        assertThatThrownBy(() -> service.submit(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> service.submit(null, 1)).isInstanceOf(NullPointerException.class);
        assertThat(service.poll()).isNull();
    }

    /** An executor that was shut down refuses, and nothing is delivered. */
    @Test
    void submit_afterShutdown_throwsRejectedExecutionException() throws Exception {
        ExecutorService executor = side.create(1);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
        executor.shutdown();

        assertThatThrownBy(() -> service.submit(value(1))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> service.submit(action(() -> {}), 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(service.poll()).isNull();
    }

    /** What was accepted is delivered after a shutdown, too. */
    @Test
    void take_shutdownMeanwhile_returnsAll() throws Exception {
        ExecutorService executor = side.create(1);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
        Gate go = gate();
        Future<Integer> running = service.submit(blocking(gate(), go));
        Future<Integer> queued = service.submit(value(5));

        executor.shutdown();
        go.open();

        assertThat(service.take()).isSameAs(running);
        assertThat(service.take()).isSameAs(queued);
    }

    /** What shutdownNow drops is never delivered, or delivered as a failure. */
    @Test
    @Shows(Difference.STOP_SETTLES)
    void take_shutdownNowMeanwhile_isNeverOrAFailure() throws Exception {
        ExecutorService executor = side.create(1);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
        Blocker blocker = block(executor);
        Future<Integer> queued = service.submit(value(5));

        assertThat(executor.shutdownNow()).hasSize(1);
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

        differ(
                Difference.STOP_SETTLES,
                () -> {
                    assertThat(queued.isDone()).isFalse();
                    assertThat(service.poll()).isNull();
                },
                () -> {
                    assertThat(service.take()).isSameAs(queued);
                    assertThatThrownBy(queued::get).hasCauseExactlyInstanceOf(ExecutorShutdownException.class);
                });
        assertThat(blocker.future().isDone()).isTrue();
    }

    /** The user's own queue gets the futures. */
    @Test
    void ownQueue_tasksEnd_hasTheirFutures() throws Exception {
        BlockingQueue<Future<Integer>> queue = new LinkedBlockingQueue<>();
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(side.shared(1), queue);

        Future<Integer> first = service.submit(value(1));
        Future<Integer> second = service.submit(value(2));

        List<Future<Integer>> delivered = List.of(queue.take(), queue.take());
        assertThat(delivered).containsExactlyInAnyOrder(first, second);
        assertThat(queue).isEmpty();
    }

    /** What does not fit into the user's queue is lost, as documented; the failure goes to the last resort. */
    @Test
    @Shows(Difference.UNHEARD_FAILURE)
    void ownQueue_full_losesTheFutureAndTheExecutorGoesOn() throws Exception {
        BlockingQueue<Future<Integer>> queue = new ArrayBlockingQueue<>(1);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(side.shared(1), queue);
        Future<Integer> first = service.submit(value(1));
        Await.until("the first one is delivered", () -> queue.peek() == first);

        Future<Integer> second = service.submit(value(2));

        Await.until("a report", () -> side.lastResort().stream().anyMatch(text -> text.contains("Queue full")));
        assertThat(Await.result(second)).isEqualTo(2);
        assertThat(queue).hasSize(1);
        assertServes(side.shared(1), 1);
        differ(
                Difference.UNHEARD_FAILURE,
                () -> assertThat(side.lastResort()).contains("java.lang.IllegalStateException: Queue full"),
                () -> assertThat(side.lastResort()).anyMatch(text -> text.contains("at the end of a task")));
    }

    /** Each of many is delivered exactly once, whatever else the same thread does with the executor meanwhile. */
    @Test
    void take_manyTasksBetweenOthers_eachOnce() throws Exception {
        ExecutorService executor = side.shared(2);
        ExecutorCompletionService<Integer> service = service(2);
        Set<Future<Integer>> submitted = new HashSet<>();
        List<Future<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            submitted.add(service.submit(value(i)));
            others.add(executor.submit(value(-i)));
            assertThat(executor.invokeAll(List.of(value(1)), 0, TimeUnit.SECONDS))
                    .hasSize(1);
        }

        Set<Future<Integer>> taken = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            taken.add(service.take());
        }

        assertThat(taken).isEqualTo(submitted);
        assertThat(service.poll()).isNull();
        for (int i = 0; i < 100; i++) {
            assertThat(Await.result(others.get(i))).isEqualTo(-i);
        }
    }
}
