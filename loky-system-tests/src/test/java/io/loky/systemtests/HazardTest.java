/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerSnapshot;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What has brought other pools of processes to a halt, one test for each. */
class HazardTest {
    private static final int LARGE = 50 << 20;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    // ---- both sides blocked in write --------------------------------------------------------------------------------

    /** Huge arguments and huge results at the same time, from several submitters, to workers that always have a next task. */
    @Test
    void bothSidesWrite_largeFramesInBothDirections_allArrive() throws Exception {
        ProcessPoolExecutor pool = pools.create(4);
        List<FutureTask<List<TaskFuture<byte[]>>>> submitting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte fill = (byte) (i + 1);
            FutureTask<List<TaskFuture<byte[]>>> submit = new FutureTask<>(() -> {
                List<TaskFuture<byte[]>> futures = new ArrayList<>();
                for (int round = 0; round < 8; round++) {
                    byte[] bytes = new byte[4 << 20];
                    Arrays.fill(bytes, fill);
                    futures.add(pool.submitWith(argument -> argument, bytes));
                }
                return futures;
            });
            submitting.add(submit);
            new Thread(submit, "submitter").start();
        }

        for (int i = 0; i < 3; i++) {
            byte[] expected = new byte[4 << 20];
            Arrays.fill(expected, (byte) (i + 1));
            for (TaskFuture<byte[]> future : Await.result(submitting.get(i))) {
                assertThat(Arrays.equals(Await.result(future), expected)).isTrue();
            }
        }
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** The worker writes a huge result while its next task, a huge one too, is already waiting. */
    @Test
    void bothSidesWrite_hugeTaskBehindAHugeResult_bothArrive() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        TaskFuture<byte[]> result = pool.submit(() -> new byte[LARGE]);
        TaskFuture<Integer> task = pool.submitWith(bytes -> bytes.length, new byte[LARGE]);

        assertThat(Await.result(task)).isEqualTo(LARGE);
        assertThat(Await.result(result)).hasSize(LARGE);
    }

    // ---- a callback on the thread that must read the next result ----------------------------------------------------

    /** A dependent waits for a later answer of the same, only worker. */
    @Test
    void callback_waitsForALaterTaskOfTheSameWorker_getsIt() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        TaskFuture<Integer> first = pool.submit(() -> 1);
        TaskFuture<Integer> later = pool.submit(() -> 2);
        CompletableFuture<Integer> sum = first.toCompletableFuture()
                .thenApply(value -> value + later.toCompletableFuture().join())
                .thenApply(value ->
                        value + pool.submit(() -> 3).toCompletableFuture().join());

        assertThat(Await.result(sum)).isEqualTo(6);
    }

    /** A result that is rebuilt by code which waits for a later answer of the same, only worker. */
    @Test
    void resultReadObject_waitsForALaterTaskOfTheSameWorker_getsIt() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        TaskFuture<AsksWhenRead> first = pool.submit(() -> new AsksWhenRead());
        AsksWhenRead.asked.set(pool.submit(() -> 2));

        assertThat(Await.result(first).answer).isEqualTo(2);
    }

    /** Waits, when it is read in the parent, for the future that it was told of. */
    private static final class AsksWhenRead implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final AtomicReference<TaskFuture<Integer>> asked = new AtomicReference<>();

        private int answer;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            try {
                answer = asked.get().get();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    // ---- a submitter blocked by a frozen worker ---------------------------------------------------------------------

    /** An argument that no pipe can hold: submit returns while the worker is frozen, and so does everything else. */
    @Test
    void submitter_idleWorkerIsFrozen_isNotBlocked() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        long frozen = Pools.pids(pool).iterator().next();
        Processes.stop(frozen);
        try {
            FutureTask<List<TaskFuture<Integer>>> submit = new FutureTask<>(() -> {
                List<TaskFuture<Integer>> futures = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    futures.add(pool.submitWith(bytes -> bytes.length, new byte[LARGE]));
                }
                return futures;
            });
            new Thread(submit, "submitter").start();

            // longer than this nobody should look at a frozen prompt; the worker is killed much later
            Await.untilWithin(10, "the submitter returns", submit::isDone, pool::toString);
            List<TaskFuture<Integer>> futures = submit.get();
            assertThat(Processes.isAlive(frozen)).isTrue();
            assertThat(futures.get(2).cancel(true)).isTrue();
            assertThat(pool.snapshot().queuedTasks()).isEqualTo(1);

            Processes.signal("CONT", frozen);

            assertThat(Await.result(futures.get(0))).isEqualTo(LARGE);
            assertThat(Await.result(futures.get(1))).isEqualTo(LARGE);
        } finally {
            Processes.continueIfAlive(frozen);
        }
    }

    /** A frozen worker with a half-written task is in nobody's way when the pool is ended. */
    @Test
    void shutdownNow_whileATaskIsWrittenToAFrozenWorker_returnsAtOnce() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        long frozen = Pools.pids(pool).iterator().next();
        Processes.stop(frozen);
        FutureTask<TaskFuture<Integer>> submit =
                new FutureTask<>(() -> pool.submitWith(bytes -> bytes.length, new byte[LARGE]));
        new Thread(submit, "submitter").start();
        Await.until("it is with the worker", () -> pool.snapshot().runningTasks() == 1);

        assertThat(pool.shutdownNow()).isEmpty();

        Pools.failure(Await.result(submit));
        Await.until("the frozen worker is gone", () -> !Processes.isAlive(frozen));
    }

    // ---- a result already in the pipe when its worker dies ----------------------------------------------------------

    /** The parent is looked after only when the worker is dead: the result, which fits into a pipe, is there. */
    @Test
    void result_inThePipeWhenItsWorkerDies_isDelivered() throws Exception {
        assertThat(dieWhileTheParentIsStopped(20_000, Progress.READING)).isEqualTo("result of 20000 bytes\nserves 1\n");
    }

    /** A result that is larger than any pipe has come in part only. */
    @Test
    void result_partlyInThePipeWhenItsWorkerDies_failsTheTask() throws Exception {
        assertThat(dieWhileTheParentIsStopped(LARGE, Progress.WRITING)).isEqualTo("died by SIGKILL\nserves 1\n");
    }

    private String dieWhileTheParentIsStopped(int length, Progress when) throws Exception {
        try (ChildJvm parent =
                ChildJvm.start(ResultParent.class, folder.toString(), Integer.toString(length), when.name())) {
            Gate started = new Gate(folder, "started");
            Await.until("the task runs", started::isOpen, parent::toString);
            long worker = Processes.workersOf(parent.pid()).get(0);
            Processes.stop(parent.pid());
            try {
                new Gate(folder, "go").open();
                Gate there = new Gate(folder, "there");
                Await.until("the result is written", there::isOpen, () -> Processes.commandLine(worker));
                Processes.kill(worker);
                Await.until("the worker is dead", () -> !Processes.isAlive(worker));
            } finally {
                Processes.signal("CONT", parent.pid());
            }

            assertThat(parent.exitCode()).as("%s", parent).isZero();
            assertThat(parent.err()).isEmpty();
            return parent.out();
        }
    }

    /** How far a worker has got with a result. */
    private enum Progress {
        /** It waits for its next task. */
        READING,

        /** It writes, or is blocked in that. */
        WRITING;

        /** Waits until the thread has come back from the task, and has got this far. */
        void await(Thread thread) {
            for (; ; ) {
                StackTraceElement[] stack = thread.getStackTrace();
                if (stack.length > 0 && Arrays.stream(stack).noneMatch(Progress::isTask) && isAt(thread, stack[0])) {
                    return;
                }
            }
        }

        private static boolean isTask(StackTraceElement frame) {
            return frame.getClassName().startsWith(HazardTest.class.getName());
        }

        private boolean isAt(Thread thread, StackTraceElement top) {
            return switch (this) {
                // after a long task another thread reads, and this one waits for it
                case READING -> top.getMethodName().startsWith("read") || thread.getState() == Thread.State.WAITING;
                case WRITING -> top.getMethodName().startsWith("write");
            };
        }
    }

    /** A parent whose one task says when its result is written, or when that blocks. */
    static final class ResultParent {
        private ResultParent() {}

        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            int length = Integer.parseInt(args[1]);
            Progress when = Progress.valueOf(args[2]);
            Gate started = new Gate(folder, "started");
            Gate go = new Gate(folder, "go");
            Gate there = new Gate(folder, "there");
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                TaskFuture<byte[]> future = pool.submit(() -> {
                    started.open();
                    go.await();
                    Thread main = Thread.currentThread();
                    new Thread(() -> {
                                when.await(main);
                                there.open();
                            })
                            .start();
                    return new byte[length];
                });
                Await.until("done", future::isDone);
                if (future.status() == TaskFuture.Status.SUCCEEDED) {
                    System.out.println("result of " + future.resultNow().length + " bytes");
                } else {
                    CrashReport report = ((WorkerTerminatedException) future.exceptionNow()).report();
                    System.out.println("died by " + report.signal().orElse("?"));
                }
                System.out.println("serves " + pool.submit(() -> 1).get());
            }
        }
    }

    // ---- a death between "sent" and "begun" -------------------------------------------------------------------------

    /** Four workers were sent a task that they cannot begin: after their death each task is executed, elsewhere and once. */
    @Test
    void death_betweenSentAndBegun_tasksAreExecutedOnceElsewhere() throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        Set<Long> frozen = Pools.pids(pool);
        for (long pid : frozen) {
            Processes.stop(pid);
        }
        Traces traces = new Traces(folder);
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                traces.leave(number);
                return Processes.ownPid();
            }));
        }
        assertThat(pool.snapshot().runningTasks()).isEqualTo(4);

        frozen.forEach(Processes::kill);

        for (int i = 0; i < 8; i++) {
            long pid = Await.result(futures.get(i));
            assertThat(frozen).doesNotContain(pid);
            assertThat(traces.of(i)).containsExactly(pid);
            assertThat(futures.get(i).attempts()).isEqualTo(1);
        }
        assertThat(pool.snapshot().endedWorkers()).containsOnly(Map.entry(EndReason.CRASHED, 4L));
    }

    /** Workers are killed at any moment: a task has succeeded and was executed once, or it is the one that was hit. */
    @Test
    void death_atAnyMoment_noTaskIsExecutedTwiceAndNoneIsLost() throws Exception {
        Random random = new Random(20261122);
        ProcessPoolExecutor pool = pools.warm(3);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        int kills = 0;
        for (int i = 0; i < 400; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                traces.leave(number);
                return number;
            }));
            if (i % 40 == 20) {
                // not those that were never of use: three such deaths in a row are a failure to start
                List<WorkerSnapshot> useful = pool.snapshot().workers().stream()
                        .filter(worker -> worker.tasksDone() > 0)
                        .toList();
                if (!useful.isEmpty()) {
                    Processes.killIfAlive(
                            useful.get(random.nextInt(useful.size())).pid().orElseThrow());
                    kills++;
                }
            }
            if (i % 10 == 0) {
                Thread.sleep(random.nextInt(20)); // now the queue is empty, now it is not
            }
        }

        int hit = 0;
        for (int i = 0; i < futures.size(); i++) {
            TaskFuture<Integer> future = futures.get(i);
            Await.until("done: " + future, future::isDone, pool::toString);
            if (future.status() == TaskFuture.Status.SUCCEEDED) {
                assertThat(future.resultNow()).isEqualTo(i);
                assertThat(traces.of(i)).hasSize(1);
            } else {
                assertThat(Pools.failure(future)).isExactlyInstanceOf(WorkerTerminatedException.class);
                assertThat(traces.of(i)).hasSizeLessThanOrEqualTo(1);
                hit++;
            }
        }
        assertThat(hit).isLessThanOrEqualTo(kills);
        Pools.assertServes(pool);
    }

    // ---- start failures in a loop -----------------------------------------------------------------------------------

    /** A flag that names a file which is not there: few starts, the JVM's own words in each future, and a pool that recovers. */
    @Test
    void startFailures_untilAFileAppears_failWhatWaitsAndThenThePoolWorks() throws Exception {
        Path flags = folder.resolve("flags");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .idleTimeout(Duration.ofHours(1))
                .jvmArgs(List.of("-XX:VMOptionsFile=" + flags))
                .build());
        List<TaskFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            futures.add(pool.submit(() -> System.getProperty("late")));
        }

        for (TaskFuture<String> future : futures) {
            Throwable failure = Pools.failure(future);
            assertThat(failure).isExactlyInstanceOf(WorkerStartException.class).hasMessageContaining(flags.toString());
            assertThat(String.join("\n", ((WorkerStartException) failure).output()))
                    .contains(flags.toString());
            assertThat(((WorkerStartException) failure).exitCode()).hasValue(1);
        }
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.START_FAILED);
        assertThat(pool.snapshot().endedWorkers().get(EndReason.START_FAILED)).isLessThanOrEqualTo(6);

        Files.writeString(flags, "-Dlate=yes\n");

        assertThat(Await.result(pool.submit(() -> System.getProperty("late")))).isEqualTo("yes");
        pool.prestart();
        Pools.awaitIdle(pool, 2);
        Pools.assertServes(pool);
    }

    /** Workers that cannot be replaced: those that live go on, what waits is executed by them, and starts are rare. */
    @Test
    void startFailures_besideALivingWorker_leaveItTheWork() throws Exception {
        Path flags = folder.resolve("flags");
        Files.writeString(flags, "-Dlate=yes\n");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .idleTimeout(Duration.ofHours(1))
                .jvmArgs(List.of("-XX:VMOptionsFile=" + flags))
                .build());
        pool.prestart();
        Pools.awaitIdle(pool, 2);
        Gate go = new Gate(folder, "go");
        TaskFuture<Long> survivor = pool.submit(() -> {
            go.await();
            return Processes.ownPid();
        });
        Files.delete(flags);

        Pools.failure(pool.submit(() -> Runtime.getRuntime().halt(1)));
        List<TaskFuture<Long>> behind = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            behind.add(pool.submit(() -> Processes.ownPid()));
        }
        Await.until(
                "three starts have failed",
                () -> pool.snapshot().endedWorkers().getOrDefault(EndReason.START_FAILED, 0L) >= 3,
                pool::toString);
        assertThat(behind).noneMatch(TaskFuture::isDone);
        go.open();

        long pid = Await.result(survivor);
        for (TaskFuture<Long> task : behind) {
            assertThat(Await.result(task)).isEqualTo(pid);
        }
        assertThat(pool.snapshot().endedWorkers()).containsEntry(EndReason.CRASHED, 1L);
        assertThat(pool.snapshot().endedWorkers().get(EndReason.START_FAILED)).isLessThanOrEqualTo(6);
    }
}
