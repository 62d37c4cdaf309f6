/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ExecutorShutdownException;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture.Status;
import io.loky.TaskReceipt;
import io.loky.TaskTimeoutException;
import io.loky.WorkerSnapshot;
import io.loky.WorkerTerminatedException;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shell with workers that have no process. What goes wrong in here must still end every future. */
class SupervisorTest {
    private static final ProcessPoolOptions OPTIONS =
            ProcessPoolOptions.builder().maxWorkers(2).build();

    private static final List<StackTraceElement> STACK = List.of(new StackTraceElement("a.B", "c", "B.java", 1));

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

    /** Where it was comes from the worker; that it was too long, from the state. */
    @Test
    void task_reachesItsLimit_failsWithTheStacksThatItsWorkerTold() throws Exception {
        Supervisor pool = withoutHurry();
        RemoteTask<?> task = submit(pool, 1_000_000);
        workers.get(0).ready();
        assertThat(wishes(workers.get(0), 3)).containsExactly("start", "send #1", "interrupt #1");

        workers.get(0).sampled(1, STACK);
        workers.get(0).sampled(2, List.of(new StackTraceElement("of.Another", "task", null, 1)));
        workers.get(0).answer(1, "too late");

        assertThat(task.exceptionNow())
                .isInstanceOfSatisfying(TaskTimeoutException.class, timeout -> {
                    assertThat(timeout.stacks()).containsExactly(STACK);
                    assertThat(timeout.limit()).isEqualTo(Duration.ofMillis(1));
                    assertThat(timeout.ran()).isGreaterThan(timeout.limit());
                })
                .hasMessageContaining("and ended when it was interrupted; it was in\n    at a.B.c(B.java:1)\n");
        end(pool);
    }

    @Test
    void task_isCancelledAndAnswers_keepsItsWorker() throws Exception {
        Supervisor pool = withoutHurry();
        RemoteTask<?> task = submit(pool);
        workers.get(0).ready();

        assertThat(task.cancel(true)).isTrue();

        assertThat(task.isCancelled()).isTrue();
        assertThat(pool.snapshot().workers().get(0).state())
                .as("its grace is nobody's business")
                .isEqualTo(WorkerSnapshot.State.BUSY);
        workers.get(0).answer(1, "dropped");
        RemoteTask<?> next = submit(pool);
        assertThat(wishes(workers.get(0), 4)).containsExactly("start", "send #1", "interrupt #1", "send #2");
        workers.get(0).answer(2, "x");
        assertThat(next.get(60, TimeUnit.SECONDS)).isEqualTo("x");
        end(pool);
    }

    @Test
    void task_isSlow_isToldOfWithItsStack() throws Exception {
        Logger log = Logger.getLogger("io.loky.task");
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                told.add(record.getLevel() + " " + record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        log.setUseParentHandlers(false);
        try {
            Supervisor pool = supervisor(OPTIONS.toBuilder().slowTaskThreshold(Duration.ofMillis(20)));
            var unused = submit(pool);
            workers.get(0).ready();
            assertThat(wishes(workers.get(0), 3)).containsExactly("start", "send #1", "look #1");

            workers.get(0).stack.complete(STACK);

            assertThat(told.poll(60, TimeUnit.SECONDS))
                    .startsWith("WARNING task #1 'sample' has been executing for ")
                    .endsWith(" ms in worker 1 of pool (pid 1001), and goes on; it is here:\n    at a.B.c(B.java:1)");
            end(pool);
        } finally {
            log.removeHandler(handler);
            log.setUseParentHandlers(true);
        }
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
                    public void flush() {
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

    // ---- receipts -------------------------------------------------------------------------------------------------

    @Test
    void receipt_beforeTheAnswerNoneAndThenTheTimes() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> task = submit(pool);

        assertThat(task.receipt()).as("of a task that waits").isEmpty();
        workers.get(0).ready();
        assertThat(task.receipt()).as("of a task that a worker has").isEmpty();
        workers.get(0).answer(1, "x");

        assertThat(task.receipt()).hasValueSatisfying(receipt -> {
            assertThat(receipt.queueTime()).isPositive();
            assertThat(receipt.runTime()).as("the fake has measured nothing").isZero();
            assertThat(receipt.transferTime()).isPositive();
            assertThat(receipt.cpuTime()).isNegative();
        });
        end(pool);
    }

    /** It ends without an answer: what the parent has seen is known, and nothing else. */
    @Test
    void receipt_workerDiesOrTaskIsCancelled_saysHowLongAWorkerHadIt() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> lost = submit(pool);
        RemoteTask<?> cancelled = submit(pool);
        workers.get(0).ready();
        workers.get(1).ready();

        workers.get(0).dies(1);
        cancelled.cancel(false);

        for (RemoteTask<?> task : List.of(lost, cancelled)) {
            assertThat(task.receipt()).hasValueSatisfying(receipt -> {
                assertThat(receipt.queueTime()).isPositive();
                assertThat(receipt.runTime()).isPositive();
                assertThat(receipt.transferTime()).isNegative();
            });
        }
        TaskReceipt before = cancelled.receipt().orElseThrow();
        workers.get(1).answer(2, "too late");
        assertThat(cancelled.receipt())
                .as("after an answer that nobody waits for")
                .hasValue(before);
        end(pool);
    }

    @Test
    void receipt_noWorkerHasBegunIt_isNone() throws Exception {
        Supervisor pool = supervisor(this::fake);
        RemoteTask<?> waiting = submit(pool);
        RemoteTask<?> given = submit(pool);
        waiting.cancel(true);
        workers.get(0).ready();
        workers.get(0).dies(0);
        given.cancel(true);

        assertThat(waiting.receipt()).isEmpty();
        assertThat(given.receipt()).isEmpty();
        end(pool);
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
        return submit(pool, Task.UNLIMITED);
    }

    private RemoteTask<?> submit(Supervisor pool, long limitNanos) throws Exception {
        ObjectCodec codec = new ObjectCodec(ClassNames.of(null));
        RemoteTask<?> task = new RemoteTask<>(++lastId, limitNanos, 0, pool, "sample", codec, null);
        task.keepTimes(System.nanoTime());
        FrameBuffer buffer = FrameBuffer.take();
        TaskCall.of((Callable<String> & Serializable) () -> "x").write(codec, buffer);
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        pool.start(task);
        return task;
    }

    /** Its workers are given any time to answer what was cancelled. */
    private Supervisor withoutHurry() {
        return supervisor(OPTIONS.toBuilder().cancelGrace(Duration.ofHours(1)));
    }

    private Supervisor supervisor(ProcessPoolOptions.Builder options) {
        return new Supervisor("pool", options.build(), (number, index, max) -> fake(number));
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
