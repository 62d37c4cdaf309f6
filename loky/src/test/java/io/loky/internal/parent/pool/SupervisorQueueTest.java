/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.WhenFull;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.Serializable;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What submitters meet when as many tasks wait as may; with real threads, and one worker without a process. */
@Timeout(60)
class SupervisorQueueTest {
    private final FakeWorker worker = new FakeWorker(1);
    private Supervisor pool = supervisor(WhenFull.BLOCK);
    private long lastId;

    /** What another thread has submitted. */
    private volatile @Nullable RemoteTask<?> second;

    @AfterEach
    void endThePool() throws Exception {
        pool.shutdownNow();
        worker.dies(0);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void start_fullAndReject_saysCapacityStateAndRemedy() throws Exception {
        pool = supervisor(WhenFull.REJECT);
        RemoteTask<?> first = submit();
        RemoteTask<?> waiting = submit();

        assertThatThrownBy(this::submit)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage(
                        "task #3 'sample' rejected by pool[RUNNING, workers = 1 of 1, running tasks = 0, queued tasks"
                                + " = 2, completed tasks = 0]: queueCapacity (1) allows no more tasks to wait; submit it later,"
                                + " allow more, or let submitters wait with whenFull(BLOCK), or run the task themselves with"
                                + " whenFull(CALLER_RUNS)");
        worker.ready();
        worker.answer(1, "x");
        worker.answer(2, "y");
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("x");
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("y");
    }

    @Test
    void start_fullAndBlock_goesOnWhenThereIsRoom() throws Exception {
        fill();
        FutureTask<Boolean> submitter = submitElsewhere();

        worker.ready();
        worker.answer(1, "x");

        assertThat(submitter.get(60, TimeUnit.SECONDS)).isTrue();
        worker.answer(2, "y");
        worker.answer(3, "z");
        assertThat(Objects.requireNonNull(second).get(60, TimeUnit.SECONDS)).isEqualTo("z");
    }

    @Test
    void start_fullAndBlock_shutdownTurnsItAway() throws Exception {
        fill();
        FutureTask<Boolean> submitter = submitElsewhere();

        pool.shutdown();

        assertThatThrownBy(() -> submitter.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("rejected by pool[SHUTDOWN")
                .hasMessageContaining("the pool was shut down");
    }

    @Test
    void start_fullAndBlock_interruptEndsTheWait() throws Exception {
        fill();
        boolean[] flag = {false};
        FutureTask<Boolean> submitter = new FutureTask<>(() -> {
            try {
                second = submit();
            } finally {
                flag[0] = Thread.interrupted();
            }
            return true;
        });
        Thread thread = startAndAwaitBlocked(submitter);

        thread.interrupt();

        assertThatThrownBy(() -> submitter.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("interrupted while it waited for room")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(flag[0]).as("the interrupt status is set again").isTrue();
        assertThat(pool.snapshot().queuedTasks()).isEqualTo(2);
    }

    @Test
    void unfit_fromTheWorker_reachesTheState() throws Exception {
        RemoteTask<?> task = submit();
        worker.ready();

        worker.unfit(EndReason.UNHEALTHY, "planned");
        worker.answer(1, "x");

        assertThat(task.get(60, TimeUnit.SECONDS)).isEqualTo("x");
        assertThat(worker.wish()).isEqualTo("start");
        assertThat(worker.wish()).isEqualTo("send #1");
        assertThat(worker.wish()).isEqualTo("retire");
        worker.dies(0);
        assertThat(pool.snapshot().endedWorkers()).containsEntry(EndReason.UNHEALTHY, 1L);
    }

    // ---- the words of the scripts ---------------------------------------------------------------------------------

    private Supervisor supervisor(WhenFull policy) {
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .maxWorkers(1)
                .queueCapacity(1)
                .whenFull(policy)
                .build();
        return new Supervisor(
                "pool",
                options,
                (number, index, max) -> number == 1
                        ? worker
                        : new FakeWorker(number) {
                            @Override
                            public void kill() {
                                dies(0);
                            }
                        });
    }

    /** On a thread that is seen to wait. */
    private FutureTask<Boolean> submitElsewhere() throws InterruptedException {
        FutureTask<Boolean> submitter = new FutureTask<>(() -> {
            second = submit();
            return true;
        });
        startAndAwaitBlocked(submitter);
        return submitter;
    }

    private static Thread startAndAwaitBlocked(FutureTask<?> submitter) throws InterruptedException {
        Thread thread = new Thread(submitter, "submitter");
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).as("it waits").isTrue();
            Thread.sleep(1);
        }
        return thread;
    }

    /** One for the worker that starts, and one that waits for it to be free. */
    private void fill() throws Exception {
        assertThat(submit().isDone()).isFalse();
        assertThat(submit().isDone()).isFalse();
    }

    private RemoteTask<?> submit() throws Exception {
        ObjectCodec codec = new ObjectCodec(ClassNames.of(null));
        RemoteTask<?> task = new RemoteTask<>(++lastId, Task.UNLIMITED, 0, pool, "sample", codec, null);
        FrameBuffer buffer = FrameBuffer.take();
        TaskCall.of((Callable<String> & Serializable) () -> "x").write(codec, buffer);
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        pool.start(task);
        return task;
    }
}
