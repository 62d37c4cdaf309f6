/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code invokeAll} and {@code invokeAny} where submitters wait for room: that is one of the waits that they promise to end. In
 * a pool whose one worker runs a task that ends when the test says so, and whose queue has room for one more.
 */
@Timeout(60)
class InvokeTest {
    private static volatile CountDownLatch runs = new CountDownLatch(1);
    private static volatile CountDownLatch go = new CountDownLatch(1);

    private final ProcessPool pool = ProcessPool.create(ProcessPoolOptions.builder()
            .mode(Mode.IN_PROCESS)
            .maxWorkers(1)
            .queueCapacity(1)
            .build());
    private final List<SerializableCallable<Integer>> tasks = List.of(() -> 1, () -> 2, () -> 3);

    private TaskFuture<?> running;
    private TaskFuture<Integer> waiting;

    @BeforeEach
    @SuppressWarnings("serial") // the task runs in this JVM and is to meet what the test has
    void fill() throws Exception {
        runs = new CountDownLatch(1);
        go = new CountDownLatch(1);
        running = pool.submit(() -> {
            runs.countDown();
            go.await();
        });
        runs.await();
        waiting = pool.submit(() -> 7);
    }

    @AfterEach
    void endThePool() throws Exception {
        pool.shutdownNow();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** The pool has none of them, and what it had before it still has. */
    private void assertNothingHasHappened() throws Exception {
        assertThat(pool.snapshot().queuedTasks()).isEqualTo(1);
        go.countDown();
        assertThat(running.get(60, TimeUnit.SECONDS)).isNull();
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(pool.submit(() -> 8).get(60, TimeUnit.SECONDS)).isEqualTo(8);
    }

    @Test
    void invokeAllTimed_noRoom_returnsWhenTheTimeIsUp() throws Exception {
        long start = System.nanoTime();

        List<Future<Integer>> futures = pool.invokeAll(tasks, 20, TimeUnit.MILLISECONDS);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(futures).hasSize(3).allMatch(Future::isCancelled);
        assertNothingHasHappened();
    }

    @Test
    void invokeAnyTimed_noRoom_throwsWhenTheTimeIsUp() throws Exception {
        assertThatThrownBy(() -> pool.invokeAny(tasks, 20, TimeUnit.MILLISECONDS))
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessageContaining("none of the 1 tasks that were submitted");
        assertNothingHasHappened();
    }

    @Test
    void invokeAll_interruptedWithoutRoom_throwsInterruptedException() throws Exception {
        assertInterruptible(() -> pool.invokeAll(tasks));
        assertNothingHasHappened();
    }

    @Test
    void invokeAllTimed_interruptedWithoutRoom_throwsInterruptedException() throws Exception {
        assertInterruptible(() -> pool.invokeAll(tasks, 1, TimeUnit.HOURS));
        assertNothingHasHappened();
    }

    @Test
    void invokeAny_interruptedWithoutRoom_throwsInterruptedException() throws Exception {
        assertInterruptible(() -> pool.invokeAny(tasks));
        assertNothingHasHappened();
    }

    private static void assertInterruptible(Callable<?> call) throws Exception {
        FutureTask<Boolean> caller = new FutureTask<>(() -> {
            try {
                call.call();
                return null;
            } catch (InterruptedException e) {
                return Thread.currentThread().isInterrupted();
            }
        });
        Thread thread = new Thread(caller, "caller");
        thread.start();
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).as("it waits").isTrue();
            Thread.sleep(1);
        }

        thread.interrupt();

        assertThat(caller.get(60, TimeUnit.SECONDS))
                .as("the interrupt status of who is told by the exception")
                .isFalse();
    }

    @Test
    void invokeAll_roomComesInTime_allAreExecuted() throws Exception {
        FutureTask<List<Future<Integer>>> caller = new FutureTask<>(() -> pool.invokeAll(tasks, 1, TimeUnit.HOURS));
        new Thread(caller, "caller").start();
        go.countDown();

        List<Future<Integer>> futures = caller.get(60, TimeUnit.SECONDS);

        for (int i = 0; i < 3; i++) {
            assertThat(futures.get(i).get()).isEqualTo(i + 1);
        }
    }

    @Test
    void invokeAny_roomComesInTime_returnsTheFirst() throws Exception {
        FutureTask<Integer> caller = new FutureTask<>(() -> pool.invokeAny(tasks, 1, TimeUnit.HOURS));
        new Thread(caller, "caller").start();
        go.countDown();

        assertThat(caller.get(60, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void invokeAny_allFail_throwsWhatOneHasThrown() throws Exception {
        go.countDown();
        List<SerializableCallable<Integer>> failing = List.of(
                () -> {
                    throw new IllegalStateException("planned");
                },
                () -> {
                    throw new IllegalStateException("planned");
                });

        assertThatThrownBy(() -> pool.invokeAny(failing))
                .isExactlyInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
    }
}
