/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Cancelling in a hurry, from several threads, and right before the end. */
class CancelRaceTest {
    private static final int THREADS = 10;
    private static final int TASKS = 50;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** Each thread cancels half of its tasks right after submitting them; the other half is executed, once. */
    @Test
    void submitAndCancel_fromTenThreads_everyFutureIsRight() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Traces traces = new Traces(folder);
        List<FutureTask<List<TaskFuture<Integer>>>> submitting = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread * TASKS;
            FutureTask<List<TaskFuture<Integer>>> submit = new FutureTask<>(() -> {
                List<TaskFuture<Integer>> futures = new ArrayList<>();
                for (int i = 0; i < TASKS; i++) {
                    int number = first + i;
                    TaskFuture<Integer> future = pool.submit(() -> {
                        traces.leave(number);
                        return number;
                    });
                    if (number % 2 == 1) {
                        future.cancel(false);
                    }
                    futures.add(future);
                }
                return futures;
            });
            submitting.add(submit);
            new Thread(submit, "submitter").start();
        }

        for (int thread = 0; thread < THREADS; thread++) {
            List<TaskFuture<Integer>> futures = Await.result(submitting.get(thread));
            for (int i = 0; i < TASKS; i++) {
                int number = thread * TASKS + i;
                TaskFuture<Integer> future = futures.get(i);
                if (number % 2 == 0) {
                    assertThat(Await.result(future)).isEqualTo(number);
                    assertThat(traces.of(number)).hasSize(1);
                } else {
                    assertThat(future.isDone()).isTrue();
                    assertThat(traces.of(number)).hasSizeLessThanOrEqualTo(1);
                }
            }
        }
        Pools.assertServes(pool);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** Submitted, cancelled, closed: the pool ends, whichever of the two the workers have seen. */
    @Test
    void close_rightAfterCancel_ends() throws Exception {
        Random random = new Random(20261122);
        for (int round = 0; round < 8; round++) {
            ProcessPoolExecutor pool = round % 2 == 0 ? pools.warm(2) : pools.create(2);
            List<TaskFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                futures.add(pool.submit(() -> Thread.sleep(600_000)));
            }
            for (TaskFuture<?> future : futures) {
                if (random.nextBoolean()) {
                    Thread.sleep(random.nextInt(5));
                }
                assertThat(future.cancel(true)).isTrue();
            }

            pool.shutdown();

            assertThat(pool.awaitTermination(60, TimeUnit.SECONDS))
                    .as("%s", pool)
                    .isTrue();
            assertThat(futures).allMatch(TaskFuture::isCancelled);
        }
    }

    /** cancel(true) from many threads at once kills one worker, once. */
    @Test
    void cancelTrue_fromTenThreads_endsOneWorker() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate started = new Gate(folder, "started");
        TaskFuture<?> victim = pool.submit(() -> {
            started.open();
            while (true) { // does not listen
                Thread.onSpinWait();
            }
        });
        started.await();
        List<FutureTask<Boolean>> cancelling = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            FutureTask<Boolean> cancel = new FutureTask<>(() -> victim.cancel(true));
            cancelling.add(cancel);
            new Thread(cancel, "canceller").start();
        }

        int succeeded = 0;
        for (FutureTask<Boolean> cancel : cancelling) {
            succeeded += Await.result(cancel) ? 1 : 0;
        }

        assertThat(succeeded).isGreaterThanOrEqualTo(1);
        Pools.awaitIdle(pool, 2);
        Pools.assertServes(pool);
        assertThat(pool.snapshot().endedWorkers().get(EndReason.CANCELLED)).isEqualTo(1);
    }
}
