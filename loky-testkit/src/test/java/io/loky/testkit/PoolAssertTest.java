/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.PoolSnapshot;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import io.loky.WorkerSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The assertions hold where they should, and fail where they should. */
class PoolAssertTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    @RegisterExtension
    final Pools pools = new Pools();

    private static PoolSnapshot with(PoolSnapshot real, List<WorkerSnapshot> workers, int running) {
        return new PoolSnapshot(real.state(), real.maxWorkers(), workers, 0, running, 0, Map.of());
    }

    // ---- assertSurvived ---------------------------------------------------------------------------------------------

    @Test
    void assertSurvived_newPool_holds() throws Exception {
        PoolAssert.assertSurvived(pools.create(2));
    }

    @Test
    void assertSurvived_afterADeath_holds() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        Pools.death(pool.submit(Faults.halt(1)));

        PoolAssert.assertSurvived(pool);
    }

    @Test
    void assertSurvived_shutDownPool_fails() {
        ProcessPoolExecutor pool = pools.create(1);
        pool.shutdown();

        assertThatThrownBy(() -> PoolAssert.assertSurvived(pool))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("not RUNNING")
                .hasMessageContaining("PoolSnapshot[state=");
    }

    /** A task that hangs occupies the only worker, so no fresh task is done; the task itself is left alone. */
    @Test
    void assertSurvived_onlyWorkerHangs_fails() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> hanging = pool.submit(Faults.sleepIgnoringInterrupts());
        Pools.await("running", () -> hanging.status() == TaskFuture.Status.RUNNING);

        assertThatThrownBy(() -> PoolAssert.assertSurvived(pool, SHORT))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("10 of 10 fresh tasks are not done");
        assertThat(hanging.isDone()).isFalse();
    }

    /** A task that is left over is found, although the pool serves. */
    @Test
    void assertSurvived_oneTaskIsLeftOver_fails() {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor busy = answering(real, with(real.snapshot(), List.of(), 1));

        assertThatThrownBy(() -> PoolAssert.assertSurvived(busy, SHORT))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("after PT2S 0 tasks wait and 1 run");
    }

    /** A pool whose fresh tasks are done at once, however busy this machine is, and that looks as it is told to. */
    private static ProcessPoolExecutor answering(ProcessPoolExecutor real, PoolSnapshot snapshot) {
        return Fakes.pool(real, Map.of("snapshot", args -> snapshot, "submitWith", args -> {
            Object future =
                    Fakes.future(real.submit(Faults.unserializableTask()), Map.of("get", limit -> -(Integer) args[1]));
            return future;
        }));
    }

    /** An idle worker that is stopped looks alive, and gets one of the fresh tasks. */
    @Test
    void assertSurvived_idleWorkerIsStopped_fails() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        PoolAssert.assertSurvived(pool);
        long pid = pool.snapshot().workers().get(0).pid().orElseThrow();
        Signals.send("STOP", pid);

        assertThatThrownBy(() -> PoolAssert.assertSurvived(pool, SHORT))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("fresh tasks are not done");

        // its fresh tasks were cancelled, and that has ended the worker
        PoolAssert.assertSurvived(pool);
    }

    @Test
    void assertSurvived_poolGivesWrongAnswers_fails() {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor liar = Fakes.pool(real, "submitWith", args -> real.submit(() -> 12345));

        assertThatThrownBy(() -> PoolAssert.assertSurvived(liar))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("fresh task 1 of 10 returned 12345 instead of 0");
    }

    @Test
    void assertSurvived_freshTaskFails_fails() {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor deadly = Fakes.pool(real, "submitWith", args -> real.submit(Faults.halt(3)));

        assertThatThrownBy(() -> PoolAssert.assertSurvived(deadly))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("a fresh task failed")
                .hasMessageContaining("code 3");
    }

    @Test
    void assertSurvived_poolRefuses_fails() {
        ProcessPoolExecutor refusing = Fakes.pool(pools.create(1), Map.of("submitWith", args -> {
            throw new RejectedExecutionException("full");
        }));

        assertThatThrownBy(() -> PoolAssert.assertSurvived(refusing))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("refused fresh task 1 of 10")
                .hasRootCauseInstanceOf(RejectedExecutionException.class);
    }

    private static WorkerSnapshot worker(WorkerSnapshot.State state) {
        return new WorkerSnapshot(1, 0, OptionalLong.of(1), state, 0, OptionalLong.empty());
    }

    @Test
    void assertSurvived_tooManyWorkers_fails() {
        ProcessPoolExecutor real = pools.create(1);
        WorkerSnapshot idle = worker(WorkerSnapshot.State.IDLE);
        ProcessPoolExecutor crowded = answering(real, with(real.snapshot(), List.of(idle, idle), 0));

        assertThatThrownBy(() -> PoolAssert.assertSurvived(crowded))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("there are 2 workers, more than the 1 allowed");
    }

    @Test
    void assertSurvived_workerIsStuckWithoutATask_fails() {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor stuck =
                answering(real, with(real.snapshot(), List.of(worker(WorkerSnapshot.State.KILLING)), 0));

        assertThatThrownBy(() -> PoolAssert.assertSurvived(stuck, SHORT))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("workers that are not idle")
                .hasMessageContaining("KILLING");
    }

    @Test
    void badArguments_areRefusedByName() {
        ProcessPoolExecutor pool = pools.create(1);

        assertThatThrownBy(() -> PoolAssert.assertSurvived(null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("pool");
        assertThatThrownBy(() -> PoolAssert.assertSurvived(pool, null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("limit");
        assertThatThrownBy(() -> PoolAssert.assertSurvived(pool, Duration.ZERO))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit must be from");
        assertThatThrownBy(() -> PoolAssert.processesOf(null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("pool");
        assertThatThrownBy(() -> PoolAssert.assertNothingLeft(pool, null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("processes");
    }

    // ---- assertNothingLeft ------------------------------------------------------------------------------------------

    /** The child that a task has left behind is among the processes, and gone with its worker. */
    @Test
    void assertNothingLeft_afterShutdownNow_holds() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        long child = Pools.result(pool.submit(Faults.childProcess(Duration.ofMinutes(10))));
        Set<ProcessHandle> processes = PoolAssert.processesOf(pool);
        assertThat(processes).extracting(ProcessHandle::pid).contains(child).hasSize(2);

        pool.shutdownNow();

        PoolAssert.assertNothingLeft(pool, processes);
    }

    @Test
    void assertNothingLeft_poolIsRunning_fails() {
        ProcessPoolExecutor pool = pools.create(1);

        assertThatThrownBy(() -> PoolAssert.assertNothingLeft(pool, Set.of()))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("was not shut down");
    }

    @Test
    void assertNothingLeft_taskStillRuns_fails() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> hanging = pool.submit(Faults.sleepIgnoringInterrupts());
        pool.shutdown();

        assertThatThrownBy(() -> PoolAssert.assertNothingLeft(pool, Set.of(), SHORT))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("is not terminated");
        assertThat(hanging.cancel(true)).isTrue();
        PoolAssert.assertNothingLeft(pool, Set.of());
    }

    @Test
    void assertNothingLeft_processIsAlive_fails() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        pool.shutdown();
        Process stranger = new ProcessBuilder("/bin/sh", "-c", "exec sleep 600").start();
        try {
            assertThatThrownBy(() -> PoolAssert.assertNothingLeft(pool, List.of(stranger.toHandle()), SHORT))
                    .isExactlyInstanceOf(AssertionError.class)
                    .hasMessageContaining("these processes are still alive: [" + stranger.pid());
        } finally {
            stranger.destroyForcibly().waitFor();
        }
        PoolAssert.assertNothingLeft(pool, List.of(stranger.toHandle()));
    }

    @Test
    void assertNothingLeft_terminatedPoolHasWorkers_fails() {
        ProcessPoolExecutor real = pools.create(1);
        real.shutdown();
        WorkerSnapshot idle = worker(WorkerSnapshot.State.IDLE);
        ProcessPoolExecutor liar =
                Fakes.pool(real, Map.of("snapshot", args -> with(real.snapshot(), List.of(idle), 0)));

        assertThatThrownBy(() -> PoolAssert.assertNothingLeft(liar, Set.of()))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining("still has workers or tasks");
    }
}
