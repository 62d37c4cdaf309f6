/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerContext;
import io.loky.WorkerSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How many workers there are, and when. */
class SizingTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** A pool that nobody uses costs no process, and no directory. */
    @Test
    void create_withoutTasks_startsNoProcess() {
        ProcessPoolExecutor pool = pools.create(8);

        assertThat(pool.snapshot().workers()).isEmpty();
        assertThat(Processes.workersBelowThisJvm()).isEmpty();
        assertThat(Processes.directoriesOf(Processes.ownPid())).isEmpty();
        assertThat(pool.snapshot().state()).isEqualTo(PoolSnapshot.State.RUNNING);
        assertThat(pool.snapshot().maxWorkers()).isEqualTo(8);
    }

    /** One task after the other needs one worker, however many the pool may have. */
    @Test
    void submit_sequentially_usesOneWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(8);

        Set<Long> pids = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            pids.add(Await.result(pool.submit(() -> ProcessHandle.current().pid())));
        }

        assertThat(pids).hasSize(1);
        assertThat(Pools.pids(pool)).isEqualTo(pids);
        assertThat(Processes.workersBelowThisJvm()).hasSize(1);
    }

    /** Tasks that wait get workers, up to the limit; the first four are seen to run at the same time. */
    @Test
    void submit_manyAtOnce_usesMaxWorkersAndNeverMore() throws Exception {
        ProcessPoolExecutor pool = pools.create(4);
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            futures.add(pool.submit(() -> {
                go.await();
                return ProcessHandle.current().pid();
            }));
        }
        Await.until("four run", () -> {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.workers()).hasSizeLessThanOrEqualTo(4);
            assertThat(now.runningTasks() + now.queuedTasks()).isEqualTo(40);
            return now.runningTasks() == 4;
        });
        assertThat(Processes.workersBelowThisJvm()).hasSize(4);
        go.open();

        Set<Long> pids = new TreeSet<>();
        for (TaskFuture<Long> future : futures) {
            pids.add(Await.result(future));
            assertThat(Pools.pids(pool)).hasSizeLessThanOrEqualTo(4);
        }
        assertThat(pids).hasSize(4);
        assertThat(pool.snapshot().completedTasks()).isEqualTo(40);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** Workers start side by side, and whichever is there first takes the first task, not the one that was started first. */
    @Test
    void submit_twoAtOnce_theFirstWorkerThatIsUpServes() throws Exception {
        Gate gate = new Gate(folder, "gate");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .commandPrefix(List.of(
                        "sh",
                        "-c",
                        "while [ ${worker.index} = 0 -a ! -e '" + folder.resolve("gate")
                                + "' ]; do sleep 0.01; done; exec \"$@\"",
                        "sh"))
                .build());

        TaskFuture<Integer> first = pool.submit(() -> WorkerContext.current().index());
        TaskFuture<Integer> second = pool.submit(() -> WorkerContext.current().index());

        assertThat(Await.result(first)).isEqualTo(1);
        assertThat(Await.result(second)).isEqualTo(1);
        assertThat(pool.snapshot().workers()).hasSize(2);
        gate.open();
        Pools.awaitIdle(pool, 2);
    }

    /** prestart returns at once, and brings as many workers as the pool may have, also when called twice. */
    @Test
    void prestart_twice_startsMaxWorkersOnce() throws Exception {
        ProcessPoolExecutor pool = pools.create(3);

        pool.prestart();
        pool.prestart();
        Pools.awaitIdle(pool, 3);

        Set<Long> pids = Pools.pids(pool);
        assertThat(pids).hasSize(3);
        assertThat(Processes.workersBelowThisJvm()).containsExactlyInAnyOrderElementsOf(pids);
        assertThat(pids)
                .contains(Await.result(pool.submit(() -> ProcessHandle.current().pid())));
    }

    /** Workers that are idle for long enough leave, processes and all; the next task gets a new one. Several times. */
    @Test
    void idleTimeout_reached_workersLeaveAndTheNextTaskGetsANewOne() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .idleTimeout(Duration.ofMillis(200))
                .build());
        Set<Long> pids = new TreeSet<>();
        for (int cycle = 1; cycle <= 3; cycle++) {
            pids.add(Await.result(pool.submit(() -> ProcessHandle.current().pid())));
            Await.until("no workers", () -> pool.snapshot().workers().isEmpty());
            assertThat(Processes.workersBelowThisJvm()).isEmpty();
            assertThat(pids).hasSize(cycle);
            assertThat(pool.snapshot().endedWorkers()).containsEntry(EndReason.IDLE_TIMEOUT, (long) cycle);
        }
    }

    /** A worker that is busy for longer than the idle time-out stays. */
    @Test
    void idleTimeout_shorterThanATask_doesNotEndItsWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofMillis(50))
                .build());
        TaskFuture<Integer> future = pool.submit(() -> {
            Thread.sleep(300);
            return 1;
        });

        assertThat(Await.result(future)).isEqualTo(1);
        assertThat(future.attempts()).isEqualTo(1);
    }

    /** The shortest idle time-out, against a stream of tasks: every task is executed, none twice. */
    @Test
    void idleTimeout_oneMillisecond_losesNoTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .idleTimeout(Duration.ofMillis(1))
                .build());

        for (int i = 0; i < 15; i++) {
            TaskFuture<Integer> future = pool.submitWith(number -> number, i);
            assertThat(Await.result(future)).isEqualTo(i);
        }
        assertThat(pool.snapshot().endedWorkers().keySet()).isSubsetOf(EndReason.IDLE_TIMEOUT);
    }

    /** A snapshot shows who does what. */
    @Test
    void snapshot_busyPool_namesWorkersAndTasks() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate go = new Gate(folder, "go");
        TaskFuture<?> running = pool.submit(() -> go.await());

        PoolSnapshot now = pool.snapshot();

        assertThat(now.runningTasks()).isEqualTo(1);
        assertThat(now.queuedTasks()).isZero();
        WorkerSnapshot busy = now.workers().stream()
                .filter(worker -> worker.state() == WorkerSnapshot.State.BUSY)
                .findFirst()
                .orElseThrow();
        assertThat(busy.taskId()).hasValue(running.taskId());
        assertThat(busy.pid()).isEqualTo(running.workerPid());
        assertThat(pool.toString()).contains("RUNNING").contains("running tasks = 1");
        go.open();
        assertThat(Await.result(running)).isNull();
    }
}
