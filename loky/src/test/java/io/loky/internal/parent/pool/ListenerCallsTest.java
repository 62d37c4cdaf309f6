/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.spi.PoolListener;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listener hears of workers that have no process. */
@Timeout(60)
class ListenerCallsTest {
    private final Logger logger = Logger.getLogger("io.loky.pool");
    private final List<FakeWorker> workers = new ArrayList<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<CrashReport> reports = new LinkedBlockingQueue<>();

    @AfterEach
    void restoreTheLog() {
        logger.setLevel(null);
    }

    /** Writes down what it hears. */
    private class Hearing implements PoolListener {
        @Override
        public void workerStarted(int number, long pid) {
            heard.add("started " + number + " " + pid);
        }

        @Override
        public void workerEnded(int number, long pid, EndReason reason, @Nullable CrashReport report) {
            if (report != null) {
                reports.add(report);
            }
            heard.add("ended " + number + " " + pid + " " + reason + (report == null ? "" : " " + report.cause()));
        }
    }

    private Supervisor pool(PoolListener listener) {
        ProcessPoolOptions options =
                ProcessPoolOptions.builder().maxWorkers(1).listener(listener).build();
        return new Supervisor("pool", options, (number, index, max) -> {
            FakeWorker worker = new FakeWorker(number);
            workers.add(worker);
            return worker;
        });
    }

    private static RemoteTask<?> submit(Supervisor pool, long id) throws Exception {
        ObjectCodec codec = new ObjectCodec(ClassNames.of(null));
        RemoteTask<?> task = new RemoteTask<>(id, Task.UNLIMITED, 0, pool, "sample", codec, null);
        FrameBuffer buffer = FrameBuffer.take();
        TaskCall.of((Callable<String> & Serializable) () -> "x").write(codec, buffer);
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        pool.start(task);
        return task;
    }

    private String next() throws InterruptedException {
        String next = heard.poll(60, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    @Test
    void worker_thatDiesInATaskAndItsSuccessor_areHeardOfInOrder() throws Exception {
        Supervisor pool = pool(new Hearing());
        var unused = submit(pool, 1);
        workers.get(0).ready();
        workers.get(0).dies(1);
        workers.get(1).ready();
        pool.shutdown();
        workers.get(1).dies(0);

        assertThat(next()).isEqualTo("started 1 1001");
        assertThat(next()).isEqualTo("ended 1 1001 CRASHED KILLED_BY_SIGNAL");
        assertThat(next()).isEqualTo("started 2 1002");
        assertThat(next()).isEqualTo("ended 2 1002 SHUTDOWN");
        CrashReport report = reports.remove();
        assertThat(report.taskId()).hasValue(1);
        assertThat(report.taskName()).hasValue("sample");
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void worker_thatDiesIdle_isReportedWithoutATask() throws Exception {
        Supervisor pool = pool(new Hearing());
        RemoteTask<?> task = submit(pool, 1);
        workers.get(0).ready();
        workers.get(0).answer(1, "x");
        task.get(60, TimeUnit.SECONDS);
        workers.get(0).dies(0);

        assertThat(next()).isEqualTo("started 1 1001");
        assertThat(next()).isEqualTo("ended 1 1001 CRASHED KILLED_BY_SIGNAL");
        assertThat(reports.remove().taskId()).isEmpty();
        pool.shutdownNow();
        List.copyOf(workers).forEach(worker -> worker.dies(0));
    }

    /** It has a pid, and had no task: nothing else knows of it. */
    @Test
    void worker_thatEndsBeforeItIsReady_isHeardOfAsAStartThatFailed() throws Exception {
        Supervisor pool = pool(new Hearing());
        var unused = submit(pool, 1);
        workers.get(0).dies(0);

        assertThat(next()).isEqualTo("ended 1 1001 START_FAILED START_FAILED");
        assertThat(reports.remove().describe()).contains("could not be started");
        pool.shutdownNow();
        List.copyOf(workers).forEach(worker -> worker.dies(0));
    }

    /** Whoever reads answers is not held up by it; what it throws is nobody's but the log's. */
    @Test
    void listener_thatBlocksOrThrows_holdsUpAndHarmsNothing() throws Exception {
        logger.setLevel(Level.OFF);
        CountDownLatch goOn = new CountDownLatch(1);
        Supervisor pool = pool(new Hearing() {
            @Override
            public void workerStarted(int number, long pid) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                throw new IllegalStateException("planned");
            }
        });
        RemoteTask<?> task = submit(pool, 1);
        workers.get(0).ready();
        workers.get(0).answer(1, "x");

        assertThat(task.get(60, TimeUnit.SECONDS)).isEqualTo("x");
        pool.shutdown();
        workers.get(0).dies(0);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(heard).isEmpty();
        goOn.countDown();
        assertThat(next()).isEqualTo("ended 1 1001 SHUTDOWN");
    }
}
