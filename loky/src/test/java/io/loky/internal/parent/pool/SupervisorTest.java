/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ExecutorShutdownException;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture.Status;
import io.loky.WorkerTerminatedException;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shell with workers that have no process. What goes wrong in here must still end every future. */
class SupervisorTest {
    private static final ProcessPoolOptions OPTIONS =
            ProcessPoolOptions.builder().maxWorkers(2).build();

    private final Logger logger = Logger.getLogger("io.loky.pool");
    private final List<FakeWorker> workers = new ArrayList<>();
    private long lastId;

    /** The defects are planned; their log is not for the console of the build. */
    @BeforeEach
    void silenceTheLog() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void restoreTheLog() {
        logger.setLevel(null);
    }

    @Test
    void task_sentAndAnswered_completesItsFuture() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> task = submit(pool);

        assertThat(workers.get(0).wish()).isEqualTo("start");
        workers.get(0).ready();
        assertThat(workers.get(0).wish()).isEqualTo("send #1");
        workers.get(0).answer(1, "x");

        assertThat(task.get(60, TimeUnit.SECONDS)).isEqualTo("x");
        end(pool);
    }

    /** Hazard: an exception in the supervisor itself. */
    @Test
    void state_thatBreaksWhileATaskComesIn_failsEveryFutureAndEndsThePool() throws Exception {
        Supervisor pool = supervisor(number -> {
            if (number == 2) {
                throw new IllegalStateException("planned");
            }
            return fake(number);
        });
        RemoteTask<?> running = submit(pool);
        workers.get(0).ready();
        RemoteTask<?> queued = submit(pool); // asks for worker 2

        for (RemoteTask<?> task : List.of(running, queued)) {
            assertThat(task.status()).isEqualTo(Status.FAILED);
            assertThat(task.exceptionNow())
                    .isInstanceOf(ExecutorShutdownException.class)
                    .hasMessageContaining("defect of Loky: java.lang.IllegalStateException: planned")
                    .hasMessageContaining("make a new pool");
        }
        assertThatThrownBy(() -> submit(pool)).isInstanceOf(RejectedExecutionException.class);
        assertThat(wishes(workers.get(0), 3)).containsExactly("start", "send #1", "kill");
        workers.get(0).dies(1);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** A task can get at the channel of its worker. That must cost the worker, and neither the pool nor another task. */
    @Test
    void answer_thatNobodyAskedFor_endsOnlyThatWorker() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> task = submit(pool);
        RemoteTask<?> other = submit(pool);
        workers.get(0).ready();
        workers.get(1).ready();

        assertThatThrownBy(() -> workers.get(0).answer(2, "not its own"))
                .as("what ends the thread that reads this worker")
                .hasMessageContaining("answered task #2, but has #1");
        workers.get(0).dies(1);
        workers.get(1).answer(2, "its own");

        assertThat(task.exceptionNow()).isInstanceOf(WorkerTerminatedException.class);
        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo("its own");
        assertThat(pool.isShutdown()).isFalse();
        end(pool);
    }

    /** The worker waits for a task that could not be sent: it is ended, and so its task is settled. */
    @Test
    void send_thatFails_killsTheWorkerAndTheTaskRunsElsewhere() throws Exception {
        Supervisor pool = supervisor(number -> number > 1
                ? fake(number)
                : new FakeWorker(number) {
                    {
                        workers.add(this);
                    }

                    @Override
                    public void send(EncodedFrame frame) {
                        throw new OutOfMemoryError("planned");
                    }
                });
        RemoteTask<?> task = submit(pool);
        workers.get(0).ready();

        assertThat(wishes(workers.get(0), 2)).containsExactly("start", "kill");
        workers.get(0).dies(0);
        workers.get(1).ready();
        assertThat(wishes(workers.get(1), 2)).containsExactly("start", "send #1");
        workers.get(1).answer(1, "elsewhere");

        assertThat(task.get(60, TimeUnit.SECONDS)).isEqualTo("elsewhere");
        end(pool);
    }

    /** One that was given up may come back to life. */
    @Test
    void answer_ofAWorkerThatWasGivenUp_isDropped() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> task = submit(pool);
        workers.get(0).ready();
        workers.get(0).dies(1);

        workers.get(0).answer(1, "too late");

        assertThat(task.exceptionNow()).isInstanceOf(WorkerTerminatedException.class);
        assertThat(pool.isShutdown()).isFalse();
        end(pool);
    }

    @Test
    void terminated_notBeforeTheLastWorkerIsCleared() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> task = submit(pool);
        workers.get(0).ready();
        pool.shutdownNow();

        assertThat(task.status()).isEqualTo(Status.FAILED);
        assertThat(pool.isTerminated()).isFalse();
        workers.get(0).dies(1);
        assertThat(pool.isTerminated()).isTrue();
    }

    /** Both workers die by themselves while the pool is still busy with failing the first future. */
    @Test
    void terminated_notBeforeTheLastFutureIsDone() throws Exception {
        List<Boolean> seen = new ArrayList<>();
        List<RemoteTask<?>> tasks = new ArrayList<>();
        Supervisor[] pool = {null};
        pool[0] = supervisor(number -> new FakeWorker(number) {
            {
                workers.add(this);
            }

            @Override
            public void kill() {
                workers.get(0).dies(1);
                workers.get(1).dies(2);
                seen.add(pool[0].isTerminated() && !tasks.get(1).isDone());
            }
        });
        tasks.add(submit(pool[0]));
        tasks.add(submit(pool[0]));
        workers.forEach(FakeWorker::ready);

        pool[0].shutdownNow();

        assertThat(seen).containsExactly(false, false);
        assertThat(tasks).allMatch(RemoteTask::isDone);
        assertThat(pool[0].isTerminated()).isTrue();
    }

    // ---- the words of the scripts ---------------------------------------------------------------------------------

    private static Supervisor supervisor(IntFunction<FakeWorker> make) {
        return new Supervisor("pool", OPTIONS, (number, index, max) -> make.apply(number));
    }

    private FakeWorker fake(int number) {
        FakeWorker worker = new FakeWorker(number);
        workers.add(worker);
        return worker;
    }

    private RemoteTask<?> submit(Supervisor pool) throws Exception {
        ObjectCodec codec = new ObjectCodec(ClassNames.of(null));
        RemoteTask<?> task = new RemoteTask<>(++lastId, Task.UNLIMITED, 0, pool, "sample", codec, null);
        FrameBuffer buffer = FrameBuffer.take();
        TaskCall.of((Callable<String> & Serializable) () -> "x").write(codec, buffer);
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        pool.start(task);
        return task;
    }

    private static List<String> wishes(FakeWorker worker, int count) throws InterruptedException {
        List<String> wishes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            wishes.add(worker.wish());
        }
        return wishes;
    }

    private void end(Supervisor pool) throws Exception {
        pool.shutdownNow();
        List.copyOf(workers).forEach(worker -> worker.dies(0));
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
}
