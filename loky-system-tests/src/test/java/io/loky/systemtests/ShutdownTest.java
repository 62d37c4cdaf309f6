/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ExecutorShutdownException;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The ways to end a pool. */
class ShutdownTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** What was submitted before a graceful shutdown is executed, all of it. */
    @Test
    void shutdown_fiftyQueuedTasks_allAreExecuted() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                go.await();
                return number;
            }));
        }

        pool.shutdown();

        assertThat(pool.isShutdown()).isTrue();
        assertThat(pool.isTerminated()).isFalse();
        assertThat(pool.snapshot().state()).isEqualTo(PoolSnapshot.State.SHUTDOWN);
        assertThat(pool.awaitTermination(20, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(pool.awaitTermination(0, TimeUnit.SECONDS)).isFalse();
        go.open();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.isTerminated()).isTrue();
        assertThat(pool.isShutdown()).isTrue();
        for (int i = 0; i < 50; i++) {
            assertThat(futures.get(i).resultNow()).isEqualTo(i);
        }
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.SHUTDOWN);
    }

    /** A second shutdown, of whatever kind, does nothing. */
    @Test
    void shutdown_twice_isHarmless() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        pool.shutdown();
        pool.shutdown();
        pool.close();
        pool.close();
        pool.shutdown();

        assertThat(pool.shutdownNow()).isEmpty();
        pool.shutdown(true);
        pool.shutdown(false);
        assertThat(pool.isTerminated()).isTrue();
    }

    /** A pool that never had a worker ends at once. */
    @Test
    void shutdown_poolWithoutWorkers_isTerminatedAtOnce() {
        ProcessPoolExecutor pool = pools.create(4);

        pool.shutdown();

        assertThat(pool.isTerminated()).isTrue();
    }

    /** A pool whose workers are only starting ends, too. */
    @Test
    void shutdown_workersStillStarting_ends() throws Exception {
        ProcessPoolExecutor pool = pools.create(4);
        pool.prestart();

        pool.shutdown();

        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Four tasks that run and 100 that wait: all futures fail with the reason, the 100 are handed back, workers die. */
    @Test
    void shutdownNow_runningAndQueuedTasks_failsAllAndReturnsTheQueued() throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        Gate never = new Gate(folder, "never");
        List<TaskFuture<?>> running = new ArrayList<>();
        List<Gate> started = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Gate mine = new Gate(folder, "started-" + i);
            started.add(mine);
            running.add(pool.submit(() -> {
                mine.open();
                Thread.sleep(600_000);
            }));
        }
        for (Gate gate : started) {
            gate.await();
        }
        List<TaskFuture<?>> queued = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            queued.add(pool.submit(() -> never.open()));
        }

        List<Runnable> returned = pool.shutdownNow();

        List<TaskFuture<?>> all = new ArrayList<>(running);
        all.addAll(queued);
        assertThat(all).as("done when shutdownNow returns").allMatch(TaskFuture::isDone);
        assertThat(returned).hasSize(100);
        assertThat(returned).isEqualTo(queued);
        for (TaskFuture<?> future : all) {
            assertThat(Pools.failure(future)).isExactlyInstanceOf(ExecutorShutdownException.class);
        }
        assertThat(((ProcessPoolException) Pools.failure(running.get(0))).category())
                .isEqualTo(ProcessPoolException.Category.POOL);
        assertThat(Pools.failure(queued.get(0))).isNotSameAs(Pools.failure(queued.get(1)));
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(never.isOpen()).as("a queued task has run").isFalse();
        assertThat(pool.shutdownNow()).isEmpty();
    }

    /** shutdownNow after a shutdown ends what the shutdown would have waited for. */
    @Test
    void shutdownNow_afterShutdown_endsTheRunningTask() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        TaskFuture<?> running = pool.submit(() -> Thread.sleep(600_000));
        pool.shutdown();

        assertThat(pool.shutdownNow()).isEmpty();

        assertThat(Pools.failure(running)).isExactlyInstanceOf(ExecutorShutdownException.class);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** A process that a task has started dies with shutdown(true). */
    @Test
    void shutdownTrue_taskHasStartedAProcess_killsIt() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Path pidFile = folder.resolve("pid");
        String path = pidFile.toString();
        Gate started = new Gate(folder, "started");
        TaskFuture<?> future = pool.submit(() -> {
            Process sleep = new ProcessBuilder("sleep", "600").start();
            Files.writeString(Path.of(path), Long.toString(sleep.pid()));
            started.open();
            sleep.waitFor();
        });
        started.await();
        long pid = Long.parseLong(Files.readString(pidFile));
        assertThat(Processes.isAlive(pid)).isTrue();

        pool.shutdown(true);

        assertThat(Pools.failure(future)).isExactlyInstanceOf(ExecutorShutdownException.class);
        Await.untilWithin(5, "the process of the task is gone", () -> !Processes.isAlive(pid), () -> "");
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** close from several threads at once: each returns when the pool has ended, and the task was finished. */
    @Test
    void close_fromSeveralThreads_allReturnWhenTerminated() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate go = new Gate(folder, "go");
        TaskFuture<Integer> future = pool.submit(() -> {
            go.await();
            return 1;
        });
        List<FutureTask<Boolean>> closing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FutureTask<Boolean> close = new FutureTask<>(() -> {
                pool.close();
                return pool.isTerminated();
            });
            closing.add(close);
            new Thread(close, "closer").start();
        }
        Await.until("shut down", pool::isShutdown);
        assertThat(closing).noneMatch(FutureTask::isDone);
        go.open();

        for (FutureTask<Boolean> close : closing) {
            assertThat(Await.result(close)).isTrue();
        }
        assertThat(future.resultNow()).isEqualTo(1);
    }

    /** A close that is interrupted ends the tasks, still waits for the end, and leaves the flag as it was. */
    @Test
    void close_interrupted_shutsDownNowAndRestoresTheFlag() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate started = new Gate(folder, "started");
        TaskFuture<?> running = pool.submit(() -> {
            started.open();
            Thread.sleep(600_000);
        });
        TaskFuture<Integer> queued = pool.submit(() -> 1);
        started.await();
        FutureTask<Boolean> close = new FutureTask<>(() -> {
            pool.close();
            return Thread.currentThread().isInterrupted() && pool.isTerminated();
        });
        Thread closer = new Thread(close, "closer");
        closer.start();
        Await.until("close waits", () -> closer.getState() == Thread.State.WAITING);

        closer.interrupt();

        assertThat(Await.result(close)).as("terminated, flag set").isTrue();
        assertThat(Pools.failure(running)).isExactlyInstanceOf(ExecutorShutdownException.class);
        assertThat(Pools.failure(queued)).isExactlyInstanceOf(ExecutorShutdownException.class);
    }

    /** A worker that died during the shutdown does not stop it: the tasks behind the lost one are executed. */
    @Test
    void shutdown_taskHaltsItsWorker_restIsExecuted() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate go = new Gate(folder, "go");
        TaskFuture<?> halting = pool.submit(() -> {
            go.await();
            Runtime.getRuntime().halt(9);
        });
        List<TaskFuture<Integer>> behind = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            behind.add(pool.submitWith(number -> number, i));
        }
        pool.shutdown();
        go.open();

        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Pools.failure(halting)).isExactlyInstanceOf(WorkerTerminatedException.class);
        for (int i = 0; i < 5; i++) {
            assertThat(behind.get(i).resultNow()).isEqualTo(i);
        }
    }

    /** Submits from eight threads race with a shutdown: each is refused, or its future becomes done. */
    @Test
    void submit_racingShutdown_isRejectedOrBecomesDone() throws Exception {
        for (boolean now : new boolean[] {false, true, false, true}) {
            ProcessPoolExecutor pool = pools.warm(2);
            int threads = 8;
            CountDownLatch submitted = new CountDownLatch(threads * 5);
            List<FutureTask<List<TaskFuture<Integer>>>> submitting = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                FutureTask<List<TaskFuture<Integer>>> submit = new FutureTask<>(() -> {
                    List<TaskFuture<Integer>> futures = new ArrayList<>();
                    try {
                        for (; ; ) {
                            futures.add(pool.submit(() -> 1));
                            submitted.countDown();
                        }
                    } catch (RejectedExecutionException e) {
                        return futures;
                    }
                });
                submitting.add(submit);
                new Thread(submit, "submitter").start();
            }
            assertThat(submitted.await(60, TimeUnit.SECONDS)).isTrue();

            pool.shutdown(now);

            assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            for (FutureTask<List<TaskFuture<Integer>>> submit : submitting) {
                for (TaskFuture<Integer> future : Await.result(submit)) {
                    Await.until("done: " + future, future::isDone);
                    if (future.status() != TaskFuture.Status.SUCCEEDED) {
                        assertThat(now)
                                .as("tasks are given up by shutdown(true) only")
                                .isTrue();
                        assertThat(Pools.failure(future)).isExactlyInstanceOf(ExecutorShutdownException.class);
                    }
                }
            }
        }
    }
}
