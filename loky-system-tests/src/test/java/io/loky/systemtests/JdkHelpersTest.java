/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.TaskSerializationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own helpers around an executor: they work, or are refused in words that help. */
class JdkHelpersTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private static <T> SerializableCallable<T> task(SerializableCallable<T> task) {
        return task;
    }

    /** Results arrive in the order in which they are ready, made in workers, delivered in the parent. */
    @Test
    void executorCompletionService_threeTasks_deliversThemAsTheyComplete() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        ExecutorCompletionService<String> service = new ExecutorCompletionService<>(pool);
        Gate go = new Gate(folder, "go");

        Future<String> slow = service.submit(task(() -> {
            go.await();
            return "slow " + ProcessHandle.current().pid();
        }));
        Future<String> quick = service.submit(task(() -> "quick"));
        assertThat(Await.result(service.take())).isEqualTo("quick");
        Future<String> failing = service.submit(task(() -> {
            throw new IllegalStateException("failing");
        }));
        Future<String> third = service.take();
        assertThat(third.isDone()).isTrue();
        assertThatThrownBy(third::get).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(service.poll()).isNull();
        go.open();
        String pid = Await.result(service.take()).substring("slow ".length());

        assertThat(Long.parseLong(pid)).isNotEqualTo(Processes.ownPid());
        assertThat(slow.isDone() && quick.isDone() && failing.isDone()).isTrue();
    }

    /** Each of many tasks is delivered exactly once, whoever else uses the pool from the same thread. */
    @Test
    void executorCompletionService_manyTasksBetweenOthers_eachDeliveredOnce() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(pool);
        List<Future<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            Future<Integer> unused = service.submit(task(() -> number));
            others.add(pool.submit(() -> -number));
        }

        List<Integer> delivered = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            delivered.add(Await.result(service.take()));
        }

        assertThat(delivered)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).boxed().toList());
        for (int i = 0; i < 100; i++) {
            assertThat(Await.result(others.get(i))).isEqualTo(-i);
        }
    }

    /** A task that cannot be sent is delivered too, as a failure. */
    @Test
    void executorCompletionService_unsendableTask_isDeliveredAsFailure() throws Exception {
        ExecutorCompletionService<String> service = new ExecutorCompletionService<>(pools.create(1));
        Thread thread = new Thread();
        Callable<String> unsendable = () -> thread.getName();
        Future<String> submitted = service.submit(unsendable);

        Future<String> delivered = service.poll(60, TimeUnit.SECONDS);

        assertThat(delivered).isNotNull();
        assertThatThrownBy(delivered::get).hasCauseExactlyInstanceOf(TaskSerializationException.class);
        assertThat(submitted.isDone()).isTrue();
    }

    /** The first success wins, failures do not count, and the losers are ended. */
    @Test
    void invokeAny_oneSucceeds_returnsItAndCancelsTheOthers() throws Exception {
        ProcessPoolExecutor pool = pools.warm(3);
        Gate hanging = new Gate(folder, "hanging");
        Gate never = new Gate(folder, "never");

        String winner = pool.invokeAny(List.of(
                task(() -> {
                    throw new IllegalStateException("not me");
                }),
                task(() -> {
                    hanging.open();
                    never.await();
                    return "loser";
                }),
                task(() -> {
                    hanging.await();
                    return "winner";
                })));

        assertThat(winner).isEqualTo("winner");
        Await.until(
                "nothing runs",
                () -> pool.snapshot().runningTasks() == 0,
                () -> pool.snapshot().toString());
        Pools.assertServes(pool);
    }

    /** If all fail, the caller gets one of the failures. */
    @Test
    void invokeAny_allFail_throwsOneOfTheFailures() {
        ProcessPoolExecutor pool = pools.create(2);
        List<SerializableCallable<Integer>> tasks = List.of(() -> Integer.parseInt("x"), () -> Integer.parseInt("y"));

        assertThatThrownBy(() -> pool.invokeAny(tasks))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NumberFormatException.class);
    }

    /** A limit that passes without a success is a time-out, and the tasks are ended. */
    @Test
    void invokeAny_withTimeout_throwsAndCancels() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate never = new Gate(folder, "never");
        List<SerializableCallable<Integer>> tasks = List.of(() -> {
            never.await();
            return 1;
        });

        assertThatThrownBy(() -> pool.invokeAny(tasks, 50, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        Await.until("nothing runs", () -> pool.snapshot().runningTasks() == 0);
    }

    /** invokeAll with a limit returns done futures for all: what was not done in time is cancelled. */
    @Test
    void invokeAll_withTimeout_cancelsWhatIsNotDone() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate never = new Gate(folder, "never");
        Gate ran = new Gate(folder, "ran");
        List<SerializableCallable<Integer>> tasks = List.of(
                () -> {
                    never.await();
                    return 1;
                },
                () -> {
                    ran.open();
                    return 2;
                });

        List<Future<Integer>> futures = pool.invokeAll(tasks, 50, TimeUnit.MILLISECONDS);

        assertThat(futures).hasSize(2).allMatch(Future::isCancelled);
        Pools.assertServes(pool);
        assertThat(ran.isOpen()).isFalse();
    }

    /** invokeAll with a limit that is not reached is invokeAll. */
    @Test
    void invokeAll_withTimeoutNotReached_returnsAllResults() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        List<SerializableCallable<Integer>> tasks = List.of(() -> 1, () -> 2, () -> 3);

        List<Future<Integer>> futures = pool.invokeAll(tasks, 60, TimeUnit.SECONDS);

        List<Integer> results = new ArrayList<>();
        for (Future<Integer> future : futures) {
            results.add(future.get());
        }
        assertThat(results).containsExactly(1, 2, 3);
    }

    /** A caller of invokeAll that is interrupted leaves nothing running. */
    @Test
    void invokeAll_callerInterrupted_cancelsAll() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate started = new Gate(folder, "started");
        Gate never = new Gate(folder, "never");
        List<SerializableCallable<Integer>> tasks = List.of(() -> {
            started.open();
            never.await();
            return 1;
        });
        FutureTask<Boolean> calling = new FutureTask<>(() -> {
            try {
                pool.invokeAll(tasks);
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread caller = new Thread(calling, "caller");
        caller.start();
        started.await();

        caller.interrupt();

        assertThat(Await.result(calling)).as("interrupted").isTrue();
        Await.until("nothing runs", () -> pool.snapshot().runningTasks() == 0);
        Pools.assertServes(pool);
    }

    /** What would complete a future of this process cannot run in another one; the refusal names what to use. */
    @Test
    void completableFutureSupplyAsync_onAPool_isRefusedNamingSupplyAsync() {
        ProcessPoolExecutor pool = pools.create(1);

        assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> 1, pool))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("supplyAsync");
        assertThatThrownBy(() -> CompletableFuture.runAsync(() -> {}, pool))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("supplyAsync");
        assertThat(pool.snapshot().workers()).isEmpty();
    }

    /** The same for a dependent that is to run on the pool: it fails, and does not hang. */
    @Test
    void thenApplyAsync_onAPool_failsNamingSupplyAsync() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        CompletableFuture<Integer> start = new CompletableFuture<>();
        CompletableFuture<Integer> dependent = start.thenApplyAsync(one -> one + 1, pool);

        start.complete(1);

        assertThatThrownBy(() -> Await.result(dependent))
                .hasRootCauseInstanceOf(RejectedExecutionException.class)
                .hasStackTraceContaining("supplyAsync");
    }
}
