/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The death of a worker fails the task that it was executing, and no other; and the future says what happened. */
class CrashTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private static CrashReport reportOf(TaskFuture<?> future) throws Exception {
        Throwable failure = Pools.failure(future);
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        WorkerTerminatedException terminated = (WorkerTerminatedException) failure;
        assertThat(terminated.category()).isEqualTo(ProcessPoolException.Category.WORKER);
        assertThat(terminated).hasMessageContaining(terminated.report().describe());
        return terminated.report();
    }

    /** The task in the middle of three others that run; they finish on their workers, and the pool is whole again. */
    private CrashReport crashAmongNeighbours(SerializableRunnable crash) throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        Set<Long> before = Pools.pids(pool);
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Long>> neighbours = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            neighbours.add(pool.submit(() -> {
                go.await();
                return ProcessHandle.current().pid();
            }));
        }
        TaskFuture<?> victim = pool.submit(crash, TaskOptions.named("the victim"));

        CrashReport report = reportOf(victim);

        assertThat(report.taskId()).hasValue(victim.taskId());
        assertThat(report.taskName()).hasValue("the victim");
        assertThat(report.pid()).isEqualTo(victim.workerPid().orElseThrow());
        assertThat(before).contains(report.pid());
        assertThat(report.describe()).contains("the victim", Long.toString(report.pid()));
        assertThat(victim.attempts()).isEqualTo(1);
        assertThat(Pools.failure(victim).getStackTrace()[0].getMethodName())
                .as("the stack is that of the submit")
                .isEqualTo("crashAmongNeighbours");
        Await.until(
                "four workers again",
                () -> Pools.pids(pool).size() == 4 && !Pools.pids(pool).contains(report.pid()),
                () -> pool.snapshot().toString());
        go.open();
        Set<Long> after = new TreeSet<>();
        for (TaskFuture<Long> neighbour : neighbours) {
            after.add(Await.result(neighbour));
            assertThat(neighbour.attempts()).isEqualTo(1);
        }
        assertThat(after).hasSize(3).isSubsetOf(before);
        Pools.assertServes(pool);
        Pools.awaitIdle(pool, 4);
        assertThat(Pools.pids(pool)).containsAll(after);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CRASHED);
        return report;
    }

    /** An exit code of 0 before a result is a crash, not a success. */
    @Test
    void halt0_oneOfFourTasks_failsOnlyThatTask() throws Exception {
        CrashReport report = crashAmongNeighbours(() -> Runtime.getRuntime().halt(0));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.HALT);
        assertThat(report.exitCode()).hasValue(0);
        assertThat(report.signal()).isEmpty();
    }

    /** SIGKILL, from outside or from the kernel, is named with its number as exit code. */
    @Test
    void sigkill_oneOfFourTasks_failsOnlyThatTask() throws Exception {
        CrashReport report = crashAmongNeighbours(() -> {
            Processes.signal("KILL", ProcessHandle.current().pid());
            Thread.sleep(600_000);
        });

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.KILLED_BY_SIGNAL);
        assertThat(report.signal()).hasValue("SIGKILL");
        assertThat(report.exitCode()).hasValue(137);
        assertThat(report.describe()).contains("SIGKILL", "137");
    }

    /** A busy worker that the test kills from outside. */
    @Test
    void sigkill_fromOutside_failsTheTaskThatRan() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate started = new Gate(folder, "started");
        TaskFuture<?> victim = pool.submit(() -> {
            started.open();
            Thread.sleep(600_000);
        });
        TaskFuture<Integer> behind = pool.submit(() -> 1);
        started.await();

        Processes.kill(victim.workerPid().orElseThrow());

        assertThat(reportOf(victim).signal()).hasValue("SIGKILL");
        assertThat(Await.result(behind)).isEqualTo(1);
    }

    /** The future knows of the death at once; at least in the best of five times, however busy this machine is. */
    @Test
    void sigkill_fromOutside_failsTheTaskWithin200Millis() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Duration best = Duration.ofDays(1);
        for (int round = 0; round < 5; round++) {
            Gate started = new Gate(folder, "started-" + round);
            TaskFuture<?> victim = pool.submit(() -> {
                started.open();
                Thread.sleep(600_000);
            });
            started.await();
            long before = System.nanoTime();
            Processes.kill(victim.workerPid().orElseThrow());
            assertThatThrownBy(() -> victim.get(60, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            Duration took = Duration.ofNanos(System.nanoTime() - before);
            best = took.compareTo(best) < 0 ? took : best;
            Pools.awaitIdle(pool, 1);
        }

        assertThat(best).isLessThan(Duration.ofMillis(200));
    }

    /** System.exit with a shutdown hook that takes a second and a thread that never ends: fails with its code. */
    @Test
    void exit3_withSlowHookAndNonDaemonThread_failsOnlyThatTaskWithCode3() throws Exception {
        CrashReport report = crashAmongNeighbours(() -> {
            new Thread(() -> sleep(600_000), "not a daemon").start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> sleep(1000)));
            System.exit(3);
        });

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.EXIT);
        assertThat(report.exitCode()).hasValue(3);
        assertThat(report.describe()).contains("code 3");
    }

    /** No task is given to a worker that is on its way out. */
    @Test
    void exit3_withSlowHook_noOtherTaskStartsOnThatWorker() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        TaskFuture<?> victim = pool.submit(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> sleep(500)));
            System.exit(3);
        });
        List<TaskFuture<Long>> behind = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            behind.add(pool.submit(() -> ProcessHandle.current().pid()));
        }

        long pid = reportOf(victim).pid();

        for (TaskFuture<Long> task : behind) {
            assertThat(Await.result(task)).isNotEqualTo(pid);
            assertThat(task.attempts()).isEqualTo(1);
        }
    }

    /** A task that lets another thread exit is the one that fails. */
    @Test
    void exit_fromAnotherThreadOfTheTask_failsTheTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> victim = pool.submit(() -> {
            Thread other = new Thread(() -> System.exit(4));
            other.start();
            other.join();
        });

        assertThat(reportOf(victim).exitCode()).hasValue(4);
        Pools.assertServes(pool);
    }

    /** An argument that ends the worker while it is being read fails its own task, once; it is not tried elsewhere. */
    @Test
    void exit3_inReadObjectOfAnArgument_failsOnlyThatTask() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        TaskFuture<Boolean> victim = pool.submitWith(argument -> true, new ExitsWhenRead());

        CrashReport report = reportOf(victim);

        assertThat(report.exitCode()).hasValue(3);
        assertThat(report.taskId()).hasValue(victim.taskId());
        assertThat(report.describe()).contains("code 3", "decoding", "#" + victim.taskId());
        assertThat(victim.attempts()).isEqualTo(1);
        Pools.assertServes(pool);
        Pools.awaitIdle(pool, 2);
    }

    /** A result that ends the worker while it is being written fails its own task. */
    @Test
    void halt_inWriteObjectOfAResult_failsOnlyThatTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Object> victim = pool.submit(() -> (Object) new HaltsWhenWritten());

        assertThat(reportOf(victim).exitCode()).hasValue(5);
        Pools.assertServes(pool);
    }

    /** The death of an idle worker fails nobody: what is submitted right afterwards is executed. */
    @Test
    void sigkill_idleWorker_nextTwentySubmitsSucceed() throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        for (int round = 0; round < 3; round++) {
            Set<Long> before = Pools.pids(pool);
            // the one that was idle for the shortest time is the next to be used
            long pid = Await.result(pool.submit(() -> ProcessHandle.current().pid()));

            Processes.kill(pid);
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                futures.add(pool.submitWith(number -> number, i));
            }

            for (int i = 0; i < 20; i++) {
                assertThat(Await.result(futures.get(i))).isEqualTo(i);
            }
            Pools.awaitIdle(pool, 4);
            Set<Long> after = Pools.pids(pool);
            assertThat(after).doesNotContain(pid).hasSize(4);
            before.remove(pid);
            assertThat(after).containsAll(before);
        }
    }

    /** All workers at once, while idle. */
    @Test
    void sigkill_allIdleWorkers_nextTwentySubmitsSucceed() throws Exception {
        ProcessPoolExecutor pool = pools.warm(3);

        Pools.pids(pool).forEach(Processes::kill);

        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(pool.submitWith(number -> number, i));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
        }
    }

    /** A task that its worker had not begun when it died runs elsewhere. */
    @Test
    void sigkill_beforeTheTaskHadBegun_taskRunsElsewhere() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        long frozen = Pools.pids(pool).iterator().next();
        Processes.signal("STOP", frozen);
        TaskFuture<Long> future = pool.submit(() -> ProcessHandle.current().pid());
        assertThat(future.workerPid()).hasValue(frozen);
        assertThat(future.status()).isEqualTo(TaskFuture.Status.RUNNING);

        Processes.kill(frozen);

        assertThat(Await.result(future)).isNotEqualTo(frozen);
        assertThat(future.attempts()).as("executed once").isEqualTo(1);
        assertThat(future.workerPid()).hasValue(Await.result(future));
    }

    /** Workers that are killed while they start cost no task. */
    @Test
    void sigkill_startingWorker_tasksRunElsewhere() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Integer> future = pool.submit(() -> 1);
        Await.until("a process", () -> !Pools.pids(pool).isEmpty());

        Pools.pids(pool).forEach(Processes::killIfAlive);

        assertThat(Await.result(future)).isEqualTo(1);
    }

    /** A task that needs more memory than its worker has fails with the error of Java, and no other task does. */
    @Test
    void outOfMemory_inASmallHeap_failsOnlyThatTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().maxWorkers(1).maxHeap("64m").build());
        TaskFuture<Integer> future = pool.submit(() -> {
            List<byte[]> all = new ArrayList<>();
            for (int i = 0; i < 1024; i++) {
                all.add(new byte[1 << 20]);
            }
            return all.size();
        });

        assertThat(Pools.failure(future)).isExactlyInstanceOf(OutOfMemoryError.class);
        Pools.assertServes(pool);
    }

    /** A result too large for its worker's memory fails that task. */
    @Test
    void outOfMemory_whileWritingTheResult_failsOnlyThatTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().maxWorkers(1).maxHeap("64m").build());
        TaskFuture<byte[]> future = pool.submit(() -> new byte[40 << 20]);

        assertThat(Pools.failure(future)).hasStackTraceContaining("OutOfMemoryError");
        Pools.assertServes(pool);
    }

    /** The last lines that a worker printed are in the report of its death. */
    @Test
    void halt_afterPrinting_reportHasTheLastOutput() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> victim = pool.submit(() -> {
            System.out.println("the last words");
            System.out.flush();
            Runtime.getRuntime().halt(1);
        });

        assertThat(reportOf(victim).output()).contains("the last words");
        assertThat(pools.console().err()).contains("the last words");
    }

    /** A result that is on its way when its worker ends arrives whole, or not at all. */
    @Test
    void halt_whileABigResultIsOnItsWay_resultIsWholeOrTheTaskFails() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        for (int round = 0; round < 10; round++) {
            int millis = round;
            TaskFuture<byte[]> future = pool.submit(() -> {
                byte[] result = new byte[5_000_000];
                Arrays.fill(result, (byte) millis);
                new Thread(() -> {
                            sleep(2L * millis);
                            Runtime.getRuntime().halt(6);
                        })
                        .start();
                return result;
            });
            Await.until("done", future::isDone);
            if (future.status() == TaskFuture.Status.SUCCEEDED) {
                byte[] expected = new byte[5_000_000];
                Arrays.fill(expected, (byte) millis);
                assertThat(Arrays.equals(future.resultNow(), expected)).isTrue();
            } else {
                assertThat(reportOf(future).exitCode()).hasValue(6);
            }
            // its last deed: what runs there next would be what it ends
            Await.until(
                    "the worker is gone",
                    () -> !Processes.isAlive(future.workerPid().orElseThrow()));
        }
        Pools.assertServes(pool);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class ExitsWhenRead implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            System.exit(3);
        }
    }

    private static final class HaltsWhenWritten implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object writeReplace() {
            Runtime.getRuntime().halt(5);
            return this;
        }
    }
}
