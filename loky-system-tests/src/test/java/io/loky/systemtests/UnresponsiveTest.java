/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ExecutorShutdownException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.WorkerTerminatedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker that gives no sign of life for six heartbeats is killed and replaced. One that is only busy is left alone. */
class UnresponsiveTest {
    /** For tests in which a worker is to be killed: it is after 1.2 s. */
    private static final Duration FAST = Duration.ofMillis(200);

    /** For tests in which no worker is to be killed, on a machine that is busy with others: it would be after 3 s. */
    private static final Duration SLOW = Duration.ofMillis(500);

    private static final Duration SLOW_LIMIT = SLOW.multipliedBy(6);

    private static final int LARGE = 50 << 20;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ProcessPoolExecutor warm(int workers, Duration heartbeat) throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(Duration.ofHours(1))
                .heartbeat(heartbeat)
                .build());
        pool.prestart();
        Pools.awaitIdle(pool, workers);
        return pool;
    }

    private static void awaitUnresponsive(ProcessPoolExecutor pool, long workers) throws Exception {
        Await.until(
                workers + " unresponsive workers were ended",
                () -> pool.snapshot().endedWorkers().getOrDefault(EndReason.UNRESPONSIVE, 0L) == workers,
                () -> pool.snapshot().toString());
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.UNRESPONSIVE);
    }

    /** The task fails with the reason, its neighbours do not notice, and the pool is whole again. */
    @Test
    void sigstop_busyWorker_failsItsTaskAndIsReplaced() throws Exception {
        ProcessPoolExecutor pool = warm(2, FAST);
        Gate go = new Gate(folder, "go");
        TaskFuture<Long> neighbour = pool.submit(() -> {
            go.await();
            return Processes.ownPid();
        });
        Gate started = new Gate(folder, "started");
        TaskFuture<?> victim = pool.submit(
                () -> {
                    started.open();
                    Thread.sleep(600_000);
                },
                TaskOptions.named("the victim"));
        started.await();
        long frozen = victim.workerPid().orElseThrow();

        Processes.stop(frozen);

        Throwable failure = Pools.failure(victim);
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        CrashReport report = ((WorkerTerminatedException) failure).report();
        assertThat(report.cause()).isEqualTo(CrashReport.Cause.UNRESPONSIVE);
        assertThat(report.pid()).isEqualTo(frozen);
        assertThat(report.taskId()).hasValue(victim.taskId());
        assertThat(report.taskName()).hasValue("the victim");
        assertThat(failure).hasMessageContaining("the victim").hasMessageContaining(Long.toString(frozen));
        assertThat(victim.attempts()).isEqualTo(1);
        Await.until("the frozen process is gone", () -> !Processes.isAlive(frozen));
        Await.until(
                "two workers",
                () -> Pools.pids(pool).size() == 2 && !Pools.pids(pool).contains(frozen));
        go.open();
        assertThat(Await.result(neighbour)).isNotEqualTo(frozen);
        assertThat(neighbour.attempts()).isEqualTo(1);
        Pools.assertServes(pool);
        awaitUnresponsive(pool, 1);
    }

    /** No task was with them: no future fails, they are replaced, and the next tasks succeed. */
    @Test
    void sigstop_allIdleWorkers_areReplaced() throws Exception {
        ProcessPoolExecutor pool = warm(2, FAST);
        Set<Long> frozen = Pools.pids(pool);

        for (long pid : frozen) {
            Processes.stop(pid);
        }

        awaitUnresponsive(pool, 2);
        Pools.awaitIdle(pool, 2);
        assertThat(Pools.pids(pool)).doesNotContainAnyElementsOf(frozen);
        Pools.assertServes(pool);
    }

    /** Tasks that were sent to frozen workers, and not begun, run elsewhere, once. */
    @Test
    void sigstop_taskNotBegun_runsElsewhere() throws Exception {
        ProcessPoolExecutor pool = warm(2, FAST);
        Set<Long> frozen = Pools.pids(pool);
        for (long pid : frozen) {
            Processes.stop(pid);
        }
        Traces traces = new Traces(folder);
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                traces.leave(number);
                return Processes.ownPid();
            }));
        }

        for (TaskFuture<Long> future : futures) {
            assertThat(frozen).doesNotContain(Await.result(future));
            assertThat(future.attempts()).isEqualTo(1);
        }
        for (int i = 0; i < 6; i++) {
            assertThat(traces.of(i)).hasSize(1);
        }
        awaitUnresponsive(pool, 2);
    }

    /** The submitter of an argument that no pipe can hold does not wait for a frozen worker; the task runs elsewhere. */
    @Test
    void submit_largeArgumentToAFrozenWorker_returnsAtOnceAndRunsElsewhere() throws Exception {
        ProcessPoolExecutor pool = warm(1, SLOW);
        long frozen = Pools.pids(pool).iterator().next();
        Processes.stop(frozen);

        FutureTask<TaskFuture<Integer>> submit =
                new FutureTask<>(() -> pool.submitWith(bytes -> bytes.length, new byte[LARGE]));
        new Thread(submit, "submitter").start();
        TaskFuture<Integer> first = Await.result(submit);
        assertThat(Processes.isAlive(frozen))
                .as("the frozen worker is there, when submit returns")
                .isTrue();
        TaskFuture<Integer> second = pool.submitWith(bytes -> bytes.length, new byte[LARGE]);

        assertThat(Await.result(first)).isEqualTo(LARGE);
        assertThat(Await.result(second)).isEqualTo(LARGE);
        assertThat(first.attempts()).isEqualTo(1);
        awaitUnresponsive(pool, 1);
    }

    /** What is stopped for less than six heartbeats goes on as if nothing had been. */
    @Test
    void sigstop_continuedBeforeTheLimit_isLeftAlone() throws Exception {
        ProcessPoolExecutor pool = warm(2, Duration.ofSeconds(1));
        Set<Long> before = Pools.pids(pool);
        Gate started = new Gate(folder, "started");
        Gate go = new Gate(folder, "go");
        TaskFuture<Integer> busy = pool.submit(() -> {
            started.open();
            go.await();
            return 1;
        });
        started.await();

        for (int round = 0; round < 2; round++) {
            for (long pid : before) {
                Processes.stop(pid);
            }
            Thread.sleep(1500); // of 6000
            for (long pid : before) {
                Processes.signal("CONT", pid);
            }
        }

        go.open();
        assertThat(Await.result(busy)).isEqualTo(1);
        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).isEqualTo(before);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** Not an answer for more than six heartbeats, and nothing wrong: each is one task of one worker. */
    @ParameterizedTest
    @EnumSource(Work.class)
    void busyWorker_longerThanTheLimit_isLeftAlone(Work work) throws Exception {
        ProcessPoolExecutor pool = warm(1, SLOW);
        Set<Long> before = Pools.pids(pool);
        long nanos = SLOW_LIMIT.plusSeconds(1).toNanos();

        TaskFuture<Long> future = pool.submit(() -> {
            work.workFor(nanos);
            return Processes.ownPid();
        });

        assertThat(before).contains(Await.result(future));
        assertThat(Await.result(pool.submit(() -> Processes.ownPid())))
                .as("a worker's flags and threads have survived")
                .isIn(before);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
        // and it is still being watched
        Processes.stop(before.iterator().next());
        awaitUnresponsive(pool, 1);
    }

    private enum Work {
        /** Every core is busy, twice over. */
        COMPUTE_ON_ALL_CORES,

        /** One full collection after the other. */
        COLLECT_GARBAGE,

        /** The task's thread is in a system call. */
        BLOCK_IN_NATIVE_CODE,

        /** Every thread of the JVM is interrupted, the library's own included, and again, and again. */
        INTERRUPT_ALL_THREADS;

        void workFor(long nanos) throws Exception {
            long end = System.nanoTime() + nanos;
            switch (this) {
                case COMPUTE_ON_ALL_CORES -> computeUntil(end);
                case COLLECT_GARBAGE -> {
                    byte[][] live = new byte[20_000][100];
                    while (System.nanoTime() - end < 0) {
                        System.gc();
                    }
                    live[0] = live[1];
                }
                case BLOCK_IN_NATIVE_CODE -> {
                    Process sleep = new ProcessBuilder("sleep", Double.toString(nanos / 1e9)).start();
                    while (sleep.getInputStream().read() >= 0) {
                        // it prints nothing
                    }
                }
                case INTERRUPT_ALL_THREADS -> {
                    while (System.nanoTime() - end < 0) {
                        Thread.getAllStackTraces().keySet().forEach(Thread::interrupt);
                    }
                }
            }
        }

        private static void computeUntil(long end) throws InterruptedException {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 2; i++) {
                threads.add(new Thread(
                        () -> {
                            while (System.nanoTime() - end < 0) {
                                spin();
                            }
                        },
                        "computing"));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        /** A counted loop, in which a JVM may have no safepoint. */
        private static void spin() {
            long sum = 0;
            for (int i = 0; i < 100_000_000; i++) {
                sum += i ^ sum << 3;
            }
            if (sum == 42) {
                throw new AssertionError(sum);
            }
        }
    }

    /** A process that is stopped while it starts is given up at the start's time limit; the task runs elsewhere. */
    @Test
    void sigstop_startingWorker_isReplacedAfterTheStartTimeout() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .startTimeout(Duration.ofSeconds(3))
                .build());
        TaskFuture<Long> future = pool.submit(() -> Processes.ownPid());
        Await.until("a process", () -> !Pools.pids(pool).isEmpty());
        long frozen = Pools.pids(pool).iterator().next();

        Processes.stop(frozen);

        assertThat(Await.result(future)).isNotEqualTo(frozen);
        assertThat(Processes.isAlive(frozen)).isFalse();
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.START_FAILED);
    }

    /** A pool is ended in a bounded time, also with frozen workers. */
    @ParameterizedTest
    @EnumSource(End.class)
    void end_ofAPoolWithFrozenWorkers_takesABoundedTime(End end) throws Exception {
        ProcessPoolExecutor pool = warm(2, FAST);
        Gate started = new Gate(folder, "started");
        TaskFuture<?> busy = pool.submit(() -> {
            started.open();
            Thread.sleep(600_000);
        });
        started.await(); // one that was frozen before it had begun the task would not fail it: it would run elsewhere
        for (long pid : Pools.pids(pool)) {
            Processes.stop(pid);
        }

        switch (end) {
            case SHUTDOWN -> pool.shutdown();
            case SHUTDOWN_NOW -> assertThat(pool.shutdownNow()).isEmpty();
            case CANCEL_AND_SHUTDOWN -> {
                assertThat(busy.cancel(true)).isTrue();
                pool.shutdown();
            }
        }

        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        switch (end) {
            case SHUTDOWN -> assertThat(Pools.failure(busy)).isExactlyInstanceOf(WorkerTerminatedException.class);
            case SHUTDOWN_NOW -> assertThat(Pools.failure(busy)).isExactlyInstanceOf(ExecutorShutdownException.class);
            case CANCEL_AND_SHUTDOWN -> assertThat(busy.isCancelled()).isTrue();
        }
    }

    private enum End {
        SHUTDOWN,
        SHUTDOWN_NOW,
        CANCEL_AND_SHUTDOWN
    }

    /**
     * A parent that was stopped for longer than the limit, alone or together with its workers, as a paused container is, has
     * no reason to think ill of them.
     */
    @ParameterizedTest
    @EnumSource(Pause.class)
    void parent_stoppedLongerThanTheLimit_leavesItsWorkersAlone(Pause pause) throws Exception {
        try (ChildJvm parent = ChildJvm.start(Parent.class, folder.toString())) {
            parent.awaitOut("READY");
            List<Long> workers = pause == Pause.ALL ? Processes.workersOf(parent.pid()) : List.of();
            try {
                Processes.stop(parent.pid());
                for (long worker : workers) {
                    Processes.stop(worker);
                }
                TimeUnit.NANOSECONDS.sleep(SLOW_LIMIT.plusSeconds(1).toNanos());
            } finally {
                Processes.continueIfAlive(parent.pid());
                for (long worker : workers) {
                    Processes.continueIfAlive(worker);
                }
            }
            TimeUnit.NANOSECONDS.sleep(SLOW.multipliedBy(2).toNanos());
            new Gate(folder, "go").open();

            assertThat(parent.exitCode()).as("%s", parent).isZero();
            assertThat(parent.out()).isEqualTo("READY\nresult 1\nended workers {}\n");
            assertThat(parent.err()).isEmpty();
        }
    }

    private enum Pause {
        PARENT,
        ALL
    }

    /** A parent with a busy and an idle worker. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            Gate started = new Gate(Path.of(args[0]), "started");
            Gate go = new Gate(Path.of(args[0]), "go");
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                    .maxWorkers(2)
                    .idleTimeout(Duration.ofHours(1))
                    .heartbeat(SLOW)
                    .build())) {
                pool.prestart();
                Pools.awaitIdle(pool, 2);
                TaskFuture<Integer> task = pool.submit(() -> {
                    started.open();
                    go.await();
                    return 1;
                });
                started.await();
                System.out.println("READY");
                System.out.println("result " + task.get());
                System.out.println("ended workers " + pool.snapshot().endedWorkers());
            }
        }
    }
}
