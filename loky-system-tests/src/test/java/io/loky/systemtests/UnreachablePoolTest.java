/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pools that nobody closes and nobody can reach any more: what was submitted is finished, then the pool goes. They are made
 * in methods of their own, so that no variable of the test keeps them.
 */
class UnreachablePoolTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** Idle workers of an unreachable pool would stay for an hour. */
    private static ProcessPoolExecutor pool(int workers) {
        return ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(Duration.ofHours(1))
                .build());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("loky-pool-"))
                .toList();
    }

    private static void awaitAllIsGone() throws Exception {
        Await.until(
                "no worker and no thread of a pool is left",
                () -> {
                    System.gc();
                    return Processes.workersBelowThisJvm().isEmpty()
                            && threads().isEmpty();
                },
                () -> Processes.workersBelowThisJvm() + " " + threads());
    }

    private static void collectGarbage() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
    }

    /** Tasks run and wait when the handle is dropped: each future gets its value, then workers and threads go. */
    @Test
    void pool_droppedWithRunningAndQueuedTasks_finishesThemAndGoes() throws Exception {
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Integer>> futures = submitTen(go);
        Await.until("two run", () -> running(futures) == 2);

        collectGarbage();
        assertThat(Processes.workersBelowThisJvm()).hasSize(2);
        go.open();

        for (int i = 0; i < 10; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
            collectGarbage();
        }
        awaitAllIsGone();
        assertThat(futures).as("the futures are still in use").hasSize(10);
    }

    private static List<TaskFuture<Integer>> submitTen(Gate go) {
        ProcessPoolExecutor pool = pool(2);
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                go.await();
                return number;
            }));
        }
        return futures;
    }

    private static long running(List<? extends TaskFuture<?>> futures) {
        return futures.stream()
                .filter(future -> future.status() == TaskFuture.Status.RUNNING)
                .count();
    }

    /** A pool with idle workers. */
    @Test
    void pool_droppedWhileIdle_goes() throws Exception {
        useAndDrop();

        awaitAllIsGone();
    }

    private static void useAndDrop() throws Exception {
        ProcessPoolExecutor pool = pool(2);
        pool.prestart();
        Pools.awaitIdle(pool, 2);
    }

    /** A task whose worker dies after the handle has gone fails as ever, and the tasks behind it are executed. */
    @Test
    void pool_droppedBeforeACrash_failsTheFuture() throws Exception {
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Integer>> futures = submitAHalt(go);
        collectGarbage();

        go.open();

        assertThat(Pools.failure(futures.get(0))).isExactlyInstanceOf(WorkerTerminatedException.class);
        assertThat(Await.result(futures.get(1))).isEqualTo(1);
        awaitAllIsGone();
    }

    private static List<TaskFuture<Integer>> submitAHalt(Gate go) {
        ProcessPoolExecutor pool = pool(1);
        return List.of(
                pool.submit(() -> {
                    go.await();
                    Runtime.getRuntime().halt(1);
                    return 0;
                }),
                pool.submit(() -> 1));
    }

    /** A task of a pool that has gone out of reach can still be cancelled. */
    @Test
    void pool_dropped_runningTaskCanBeCancelled() throws Exception {
        Gate never = new Gate(folder, "never");
        List<TaskFuture<Integer>> futures = submitTen(never);
        Await.until("two run", () -> running(futures) == 2);
        collectGarbage();

        assertThat(futures).allMatch(future -> future.cancel(true));

        awaitAllIsGone();
    }

    /** The shortest program there is, fifty times. */
    @Test
    void oneLiner_fiftyTimes_worksAndLeavesNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            int number = i;
            TaskFuture<Integer> future = ProcessPoolExecutor.create(1).submit(() -> number);
            System.gc();

            assertThat(Await.result(future)).isEqualTo(i);
        }

        awaitAllIsGone();
    }

    /** Only a stream of results is left of the pool, and more items are taken as it is consumed. */
    @Test
    void map_poolReachableOnlyThroughTheStream_givesAllResults() throws Exception {
        consume();

        awaitAllIsGone();
    }

    private static void consume() {
        Iterator<Integer> results = pool(2).map(
                        x -> x + 1, IntStream.range(0, 100).boxed().toList())
                .iterator();
        for (int i = 0; i < 100; i++) {
            if (i % 10 == 0) {
                System.gc();
            }
            assertThat(results.next()).isEqualTo(i + 1);
        }
        assertThat(results.hasNext()).isFalse();
    }

    /** A stream that is dropped in the middle: what was submitted ahead is finished, then the pool goes. */
    @Test
    void map_streamDroppedInTheMiddle_poolGoes() throws Exception {
        assertThat(firstOfMany()).isEqualTo(1);

        awaitAllIsGone();
    }

    private static int firstOfMany() {
        return pool(2).map(x -> x + 1, IntStream.range(0, 100).boxed().toList())
                .iterator()
                .next();
    }

    /** Only what hangs on a task is left of the pool. */
    @Test
    void dependent_poolReachableOnlyThroughIt_isCompleted() throws Exception {
        Gate go = new Gate(folder, "go");
        CompletableFuture<String> dependent = addDependent(go);
        collectGarbage();

        go.open();

        assertThat(Await.result(dependent)).isEqualTo("value 5");
        awaitAllIsGone();
    }

    private static CompletableFuture<String> addDependent(Gate go) {
        return pool(1).supplyAsync(() -> {
                    go.await();
                    return 5;
                })
                .thenApply(value -> "value " + value);
    }

    /** Nobody holds anything: neither the pool nor the future. */
    @Test
    void execute_everythingDropped_isExecuted() throws Exception {
        Gate executed = new Gate(folder, "executed");
        pool(1).execute(() -> {
            Thread.sleep(300);
            executed.open();
        });

        awaitAllIsGone();

        assertThat(executed.isOpen()).isTrue();
    }

    /** A pool that was closed is nobody's burden. */
    @Test
    void pool_closed_isCollected() throws Exception {
        var reference = useAndClose();

        Await.until("the closed pool is collected", () -> {
            System.gc();
            return reference.get() == null;
        });
    }

    private static WeakReference<ProcessPoolExecutor> useAndClose() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        assertThat(Await.result(pool.submit(() -> 1))).isEqualTo(1);
        pool.close();
        return new WeakReference<>(pool);
    }
}
