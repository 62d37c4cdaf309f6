/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableCallable;
import io.loky.TaskSerializationException;
import io.loky.systemtests.Await;
import io.loky.systemtests.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What else of the JDK takes an executor or a future. */
abstract class HelpersContract extends Contract {
    HelpersContract(Side side) {
        super(side);
    }

    /** A view that hides what else the executor can do does what ExecutorService says. */
    @Test
    void unconfigurable_everyMethod_worksAsOnTheExecutor() throws Exception {
        ExecutorService executor = side.create(1);
        ExecutorService view = Executors.unconfigurableExecutorService(executor);
        Gate ran = gate();

        assertThat(Await.result(view.submit(value(1)))).isEqualTo(1);
        assertThat(Await.result(view.submit(action(ran::open), 2))).isEqualTo(2);
        view.execute(action(gate()::open));
        assertThat(view.invokeAll(List.of(value(3))).get(0).get()).isEqualTo(3);
        assertThat(view.invokeAny(List.of(value(4)))).isEqualTo(4);
        assertThat(view.invokeAny(List.of(value(4)), 60, TimeUnit.SECONDS)).isEqualTo(4);
        assertThatThrownBy(() -> view.submit((SerializableCallable<Integer>) null))
                .isInstanceOf(NullPointerException.class);
        view.shutdown();
        assertThat(view.isShutdown()).isTrue();
        assertThatThrownBy(() -> view.submit(value(1))).isInstanceOf(RejectedExecutionException.class);
        assertThat(view.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(view.shutdownNow()).isEmpty();
        assertThat(ran.isOpen()).isTrue();
    }

    /** A completion service over a view makes futures of its own: they run, or are refused with what to use instead. */
    @Test
    @Shows(Difference.VIEW_OF_A_POOL)
    void completionService_overAView_worksOrIsRefused() throws Exception {
        ExecutorService executor = side.shared(1);
        ExecutorService view = Executors.unconfigurableExecutorService(executor);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(view);

        differ(
                Difference.VIEW_OF_A_POOL,
                () -> {
                    Future<Integer> submitted = service.submit(value(5));
                    assertThat(service.take()).isSameAs(submitted);
                    assertThat(submitted.get()).isEqualTo(5);
                },
                () -> {
                    assertThatThrownBy(() -> service.submit(value(5)))
                            .isExactlyInstanceOf(TaskSerializationException.class)
                            .hasMessageContaining("the pool itself, not a view of it, to ExecutorCompletionService");
                    assertThat(service.poll()).isNull();
                });
        assertServes(executor, 1);
    }

    /** And that is so after an invokeAll for which there was no time: its tasks are not mistaken for those of the service. */
    @Test
    @Shows(Difference.VIEW_OF_A_POOL)
    void completionService_overAViewAfterInvokeAllWithoutTime_worksOrIsRefused() throws Exception {
        ExecutorService executor = side.shared(1);
        ExecutorCompletionService<Integer> service =
                new ExecutorCompletionService<>(Executors.unconfigurableExecutorService(executor));
        assertThat(executor.invokeAll(List.of(value(1)), 0, TimeUnit.SECONDS)).allMatch(Future::isCancelled);

        differ(
                Difference.VIEW_OF_A_POOL,
                () -> {
                    Future<Integer> submitted = service.submit(value(5));
                    assertThat(service.take()).isSameAs(submitted);
                },
                () -> {
                    assertThatThrownBy(() -> service.submit(value(5)))
                            .isExactlyInstanceOf(TaskSerializationException.class);
                    assertThat(service.poll(100, TimeUnit.MILLISECONDS)).isNull();
                });
    }

    /** A FutureTask, and a future of another executor, is a command like any other; or is refused with what to do. */
    @Test
    @Shows(Difference.FUTURE_AS_TASK)
    void execute_future_runsItOrIsRefused() throws Exception {
        ExecutorService executor = side.shared(1);
        FutureTask<Integer> own = new FutureTask<>(value(5));
        ExecutorService other = side.create(1);
        Future<Integer> foreign = other.submit(value(6));
        assertThat(Await.result(foreign)).isEqualTo(6);

        differ(
                Difference.FUTURE_AS_TASK,
                () -> {
                    executor.execute(own);
                    assertThat(Await.result(own)).isEqualTo(5);
                    executor.execute((Runnable) foreign); // done already: nothing happens
                    assertThat(Await.result(executor.submit((Runnable) foreign)))
                            .isNull();
                },
                () -> {
                    for (Runnable future : List.of(own, (Runnable) foreign)) {
                        assertThatThrownBy(() -> executor.execute(future))
                                .isExactlyInstanceOf(TaskSerializationException.class)
                                .hasMessageContaining("it is itself a future")
                                .hasMessageContaining("pass the callable or runnable that it was made from to submit");
                        assertThatThrownBy(() -> Await.result(executor.submit(future)))
                                .isExactlyInstanceOf(ExecutionException.class)
                                .hasCauseExactlyInstanceOf(TaskSerializationException.class)
                                .hasMessageContaining("it is itself a future");
                    }
                    assertThat(own.isDone()).isFalse();
                });
        assertServes(executor, 1);
    }

    /** Fork/join tasks may wait for tasks of the executor. */
    @Test
    void forkJoinTask_waitsForTasksOfTheExecutor_getsTheirResults() throws Exception {
        ExecutorService executor = side.shared(2);
        ForkJoinPool forkJoin = new ForkJoinPool(2);
        try {
            List<ForkJoinTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                tasks.add(forkJoin.submit(() -> executor.submit(value(number)).get() + 1));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(Await.result(tasks.get(i))).isEqualTo(i + 1);
            }
        } finally {
            forkJoin.shutdown();
            assertThat(forkJoin.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
