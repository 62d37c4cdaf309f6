/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.PoolSnapshot;
import io.loky.ProcessPoolOptions;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.parent.jvm.KeepAlive;
import io.loky.internal.parent.launch.Initializer;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The text about a pool, with workers that have no process and answer as they are told. */
@Timeout(60)
class StateDumpTest {
    private final List<Answering> workers = new ArrayList<>();
    private long lastId;

    /** By what it is asked for; without an entry it does not answer. */
    private static final class Answering extends FakeWorker {
        final Map<Long, List<StackTraceElement>> stacks = new HashMap<>();
        final List<CompletableFuture<?>> asked = new ArrayList<>();
        Runnable whenAsked = () -> {};

        Answering(int number) {
            super(number);
        }

        @Override
        public CompletableFuture<List<StackTraceElement>> look(long taskId) {
            whenAsked.run();
            CompletableFuture<List<StackTraceElement>> answer = new CompletableFuture<>();
            asked.add(answer);
            if (stacks.containsKey(taskId)) {
                answer.complete(stacks.get(taskId));
            }
            return answer;
        }
    }

    private static StackTraceElement frame(String method) {
        return new StackTraceElement("a.B", method, "B.java", 17);
    }

    /** No time passes in its pool: pauses do not end. */
    private static final class NoAlarm extends PoolAlarm {
        NoAlarm(Runnable ring) {
            super(ring);
        }

        @Override
        synchronized void ringBy(long nanos) {}
    }

    private Supervisor pool(int maxWorkers) {
        return pool(ProcessPoolOptions.builder().maxWorkers(maxWorkers).cancelGrace(Duration.ofHours(1)));
    }

    private Supervisor pool(ProcessPoolOptions.Builder options) {
        HandleFactory<WorkerHandle> handles = (number, index, max) -> {
            Answering worker = new Answering(number);
            workers.add(worker);
            return worker;
        };
        return new Supervisor("pool", options.build(), handles, KeepAlive.shared(), NoAlarm::new);
    }

    /** The task that comes next, of a name that its submitter gave, is the end of its worker. */
    private long crash(Supervisor pool, String name, int retries) throws Exception {
        RemoteTask<?> task = task(pool, name, Task.UNLIMITED);
        task.rerun(new Rerun(retries, name, null));
        pool.start(task);
        Answering worker = workers.get(workers.size() - 1);
        worker.ready();
        worker.dies(task.id());
        return task.id();
    }

    private void submit(Supervisor pool, String name, long limitNanos) throws Exception {
        pool.start(task(pool, name, limitNanos));
    }

    private RemoteTask<?> task(Supervisor pool, String name, long limitNanos) throws Exception {
        ObjectCodec codec = new ObjectCodec(ClassNames.of(null));
        RemoteTask<?> task = new RemoteTask<>(++lastId, limitNanos, 0, pool, name, codec, null);
        FrameBuffer buffer = FrameBuffer.take();
        TaskCall.of((Callable<String> & Serializable) () -> "x").write(codec, buffer);
        task.encoded(buffer.finish(FrameType.TASK, task.id()));
        return task;
    }

    private void end(Supervisor pool) throws Exception {
        pool.shutdownNow();
        List.copyOf(workers).forEach(worker -> worker.dies(0));
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** With times and dates left out. */
    private static List<String> lines(Supervisor pool) {
        return pool.dumpState()
                .replaceAll(" at \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", " at NOW")
                .replaceAll("\\b(for|in) \\d+(\\.\\d)? m?s\\b", "$1 TIME")
                .lines()
                .toList();
    }

    @Test
    void of_busyPool_saysWhatEachWorkerDoesAndWhatWaits() throws Exception {
        Supervisor pool = pool(2);
        submit(pool, "first", Task.UNLIMITED);
        submit(pool, "second", 90_000_000_000L);
        workers.forEach(Answering::ready);
        for (int i = 0; i < 5; i++) {
            submit(pool, "waiting", Task.UNLIMITED);
        }
        workers.get(0).stacks.put(1L, List.of(frame("inner"), frame("outer")));
        workers.get(1).stacks.put(2L, List.of());

        assertThat(lines(pool))
                .containsExactly(
                        "pool: RUNNING at NOW",
                        "workers: 2 (2 BUSY), maxWorkers 2",
                        "tasks: 2 running, 5 waiting (the longest for TIME), 0 ended",
                        "next: task #3 'waiting', task #4 'waiting', task #5 'waiting', and 2 more",
                        "",
                        "worker 1, index 0, pid 1001: BUSY for TIME, 0 tasks done",
                        "    task #1 'first'",
                        "        at a.B.inner(B.java:17)",
                        "        at a.B.outer(B.java:17)",
                        "",
                        "worker 2, index 1, pid 1002: BUSY for TIME, 0 tasks done",
                        "    task #2 'second' (time limit 90.0 s)",
                        "        none of its code runs right now: it begins, or ends");
        end(pool);
    }

    @Test
    void of_workersThatStartOrAreIdle_saysSo() throws Exception {
        Supervisor pool = pool(3);
        for (int i = 0; i < 3; i++) {
            submit(pool, "task", Task.UNLIMITED);
        }
        workers.get(0).ready();
        workers.get(0).answer(1, "x");
        workers.get(0).answer(2, "x");
        workers.get(0).answer(3, "x");
        workers.get(1).stacks.put(Initializer.ID, List.of(frame("load")));
        workers.get(2).stacks.put(Initializer.ID, List.of());

        assertThat(lines(pool))
                .containsExactly(
                        "pool: RUNNING at NOW",
                        "workers: 3 (2 STARTING, 1 IDLE), maxWorkers 3",
                        "tasks: 0 running, 0 waiting, 3 ended",
                        "",
                        "worker 1, index 0, pid 1001: IDLE for TIME, 3 tasks done",
                        "",
                        "worker 2, index 1, pid 1002: STARTING for TIME, 0 tasks done",
                        "    runs the initializer",
                        "        at a.B.load(B.java:17)",
                        "",
                        "worker 3, index 2, pid 1003: STARTING for TIME, 0 tasks done",
                        "    its JVM starts");
        end(pool);
    }

    @Test
    void of_cancelledTaskThatGoesOn_saysThatItIsNotOver() throws Exception {
        Supervisor pool = pool(1);
        RemoteTask<?> task = task(pool, "task", Task.UNLIMITED);
        pool.start(task);
        workers.get(0).ready();
        workers.get(0).stacks.put(1L, List.of(frame("on")));
        task.cancel(false);

        assertThat(lines(pool)).contains("    task #1 'task' (CANCELLED, and not over in its worker)");
        end(pool);
    }

    /** What is told of a task was true when its pool was looked at, however long the answers take. */
    @Test
    void of_taskThatEndsMeanwhile_isToldOfAsItWas() throws Exception {
        Supervisor pool = pool(1);
        submit(pool, "task", Task.UNLIMITED);
        workers.get(0).ready();
        workers.get(0).stacks.put(1L, List.of());
        workers.get(0).whenAsked = () -> workers.get(0).answer(1, "x");

        assertThat(lines(pool)).contains("tasks: 1 running, 0 waiting, 0 ended", "    task #1 'task'");
        end(pool);
    }

    @Test
    void of_taskInItsGrace_saysWhyItWasInterrupted() throws Exception {
        Supervisor pool = pool(1);
        RemoteTask<?> task = task(pool, "task", Task.UNLIMITED);
        pool.start(task);
        workers.get(0).ready();
        workers.get(0).stacks.put(1L, List.of(frame("on")));
        task.cancel(true);

        assertThat(lines(pool))
                .contains(
                        "    task #1 'task' (interrupted for CANCELLED, CANCELLED, and not over in its worker)",
                        "        at a.B.on(B.java:17)");
        end(pool);
    }

    /** However many there are: all are waited for together, for a second. */
    @Test
    void of_workersThatDoNotAnswer_saysSoAfterABoundedTime() throws Exception {
        Supervisor pool = pool(20);
        for (int i = 0; i < 20; i++) {
            submit(pool, "task", Task.UNLIMITED);
        }
        workers.forEach(Answering::ready);
        long begun = System.nanoTime();

        List<String> lines = lines(pool);

        assertThat(System.nanoTime() - begun).isBetween(900_000_000L, 15_000_000_000L);
        assertThat(Collections.frequency(lines, "        no answer: it may be stopped, or in a long pause of its JVM"))
                .isEqualTo(20);
        assertThat(workers).allSatisfy(worker -> assertThat(worker.asked).allMatch(CompletableFuture::isDone));
        end(pool);
    }

    @Test
    void of_callerInterrupted_doesNotWaitAndStaysInterrupted() throws Exception {
        Supervisor pool = pool(1);
        submit(pool, "task", Task.UNLIMITED);
        workers.get(0).ready();
        Thread.currentThread().interrupt();

        List<String> lines = lines(pool);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(lines).anyMatch(line -> line.startsWith("        no answer: "));
        end(pool);
    }

    @Test
    void of_deepStack_isCut() throws Exception {
        Supervisor pool = pool(1);
        submit(pool, "task", Task.UNLIMITED);
        workers.get(0).ready();
        workers.get(0).stacks.put(1L, Collections.nCopies(60, frame("again")));

        assertThat(lines(pool)).contains("        ... 10 more").hasSize(4 + 2 + 50 + 1);
        end(pool);
    }

    @Test
    void of_workersThatEnded_countsThemByReason() throws Exception {
        Supervisor pool = pool(1);
        submit(pool, "task", Task.UNLIMITED);
        workers.get(0).ready();
        workers.get(0).dies(1);
        end(pool);

        assertThat(pool.snapshot().state()).isEqualTo(PoolSnapshot.State.TERMINATED);
        assertThat(lines(pool))
                .startsWith(
                        "pool: TERMINATED at NOW", "workers: 0, maxWorkers 1", "tasks: 0 running, 0 waiting, 1 ended")
                .anyMatch(line -> line.matches("workers that have ended: 1 SHUTDOWN, 1 CRASHED"));
    }

    /** Else a pool in which a task waits, and a worker is idle, looked stuck. */
    @Test
    void of_taskInThePauseBeforeItsNextAttempt_saysWhichAndForHowLong() throws Exception {
        Supervisor pool = pool(1);
        long id = crash(pool, "importer", 9);
        workers.get(1).ready();
        workers.get(1).dies(id);
        workers.get(2).ready();

        assertThat(lines(pool))
                .containsExactly(
                        "pool: RUNNING at NOW",
                        "workers: 1 (1 IDLE), maxWorkers 1",
                        "tasks: 0 running, 1 waiting (the longest for TIME), 0 ended",
                        "to be executed again after a pause: task #1 'importer' (attempt 3, in TIME)",
                        "workers that have ended: 2 CRASHED",
                        "",
                        "worker 3, index 0, pid 1003: IDLE for TIME, 0 tasks done");
        end(pool);
    }

    /** Else a pool that runs, has no worker, and takes no task, said no word about it. */
    @Test
    void of_poolThatRestsSinceWorkersDieTooFast_saysForHowLong() throws Exception {
        Supervisor pool = pool(ProcessPoolOptions.builder().maxWorkers(1).maxCrashes(1, Duration.ofSeconds(100)));
        crash(pool, "one", 0);
        assertThat(pool.toString()).doesNotContain("maxCrashes");
        crash(pool, "two", 0);

        assertThat(lines(pool))
                .containsExactly(
                        "pool: RUNNING at NOW",
                        "workers: 0, maxWorkers 1",
                        "tasks: 0 running, 0 waiting, 2 ended",
                        "refuses all tasks for TIME more, since too many workers have died (maxCrashes)",
                        "workers that have ended: 2 CRASHED");
        assertThat(pool.toString()).matches(".*, completed tasks = 2, refuses all tasks for \\S+ s \\(maxCrashes\\)]");
        end(pool);
        assertThat(lines(pool)).noneMatch(line -> line.startsWith("refuses"));
    }

    @Test
    void of_namesInQuarantine_saysThem() throws Exception {
        Supervisor pool = pool(ProcessPoolOptions.builder().maxWorkers(1).quarantineAfter(1));
        crash(pool, "a", 0);
        assertThat(lines(pool)).contains("in quarantine, so that tasks of that name are refused: 'a'");
        for (String name : List.of("b", "c", "d", "e")) {
            crash(pool, name, 0);
        }

        assertThat(lines(pool))
                .contains("in quarantine, so that tasks of that name are refused: 'a', 'b', 'c', and 2 more");
        assertThat(pool.toString()).endsWith(", completed tasks = 5, names in quarantine = 5]");
        end(pool);
    }

    @Test
    void duration_any_hasTheUnitThatOneReads() {
        assertThat(StateDump.duration(999_000_000)).isEqualTo("999 ms");
        assertThat(StateDump.duration(1_000_000_000)).isEqualTo("1.0 s");
        assertThat(StateDump.duration(119_940_000_000L)).isEqualTo("119.9 s");
        assertThat(StateDump.duration(TimeUnit.SECONDS.toNanos(605))).isEqualTo("10 min 5 s");
        assertThat(StateDump.duration(TimeUnit.MINUTES.toNanos(121))).isEqualTo("2 h 1 min");
    }
}
