/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How workers are started and used, how the idle leave, and what must never happen. */
class PoolStateTest extends PoolStateScript {
    @Test
    void submit_noWorker_startsOne() {
        submit();

        assertThat(actions()).containsExactly("start 1");
        assertThat(pool.waiting()).isEqualTo(1);
    }

    @Test
    void submit_moreTasksThanWorkers_startsUpToTheMost() {
        submit();
        submit();
        submit();

        assertThat(actions()).containsExactly("start 1", "start 2");
        assertThat(pool.waiting()).isEqualTo(3);
    }

    @Test
    void submit_idleWorker_sendsAtOnceAndStartsNone() {
        idleWorkers(1);

        Task task = submit();

        assertThat(actions()).containsExactly("send 1 #" + task.id());
        assertThat(task.state()).isEqualTo(TaskState.SENT);
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void submit_idleWorkerWhileOthersAreBusy_doesNotStartOne() {
        idleWorkers(2);
        submit();
        submit();
        assertThat(actions()).containsExactly("send 2 #3", "send 1 #4");

        submit();

        assertThat(actions()).as("both are busy, and there may be no more").isEmpty();
    }

    @Test
    void submit_twoIdle_usesTheOneUsedLast() {
        idleWorkers(2);
        Task first = submit();
        answer(2, first);
        actions();

        submit();

        assertThat(actions()).as("so that the other one can expire").containsExactly("send 2 #4");
    }

    @Test
    void ready_tasksWait_takesTheOldest() {
        Task first = submit();
        Task second = submit();
        Task third = submit();
        actions();

        ready(2);
        ready(1);

        assertThat(actions()).containsExactly("send 2 #" + first.id(), "send 1 #" + second.id());
        answer(1, second);
        assertThat(actions()).containsExactly("send 1 #" + third.id());
    }

    @Test
    void ready_nothingWaitsAnyMore_isIdle() {
        idleWorkers(1);
        submit();
        submit(); // starts worker 2
        answer(1, 2); // and worker 1 is quicker
        answer(1, 3);
        actions();

        ready(2);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE", "2 IDLE");
    }

    @Test
    void answered_taskThatRan_isDeliveredAndCounted() {
        idleWorkers(1);
        Task task = submit();
        long before = pool.completed();

        assertThat(answer(1, task)).isTrue();

        assertThat(task.state()).isEqualTo(TaskState.DONE);
        assertThat(pool.completed()).isEqualTo(before + 1);
        assertThat(worker(1).tasksDone).isEqualTo(2);
    }

    @Test
    void prestart_emptyPool_startsAll() {
        pool.prestart(now, out);
        assertThat(actions()).containsExactly("start 1", "start 2");

        pool.prestart(now, out);
        assertThat(actions()).isEmpty();
    }

    @Test
    void prestart_whileWorkersStart_isNotStartedAgainByTasks() {
        pool.prestart(now, out);
        actions();

        submit();
        submit();

        assertThat(actions()).isEmpty();
    }

    @Test
    void tick_beforeTheIdleTimeout_keepsTheWorker() {
        idleWorkers(1);
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + IDLE_TIMEOUT);

        pass(IDLE_TIMEOUT - 1);

        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
    }

    @Test
    void tick_atTheIdleTimeout_tellsItToLeave() {
        idleWorkers(1);

        pass(IDLE_TIMEOUT);

        assertThat(actions()).containsExactly("retire 1");
        assertThat(states()).containsExactly("1 RETIRING");
        gone(1, 0, false);
        assertThat(actions()).as("one that was to leave is not replaced").isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.IDLE_TIMEOUT, 1L).hasSize(1);
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + PoolState.RETIRE_PATIENCE_NANOS);
        pass(PoolState.RETIRE_PATIENCE_NANOS);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(Worker.NEVER);
    }

    @Test
    void tick_busyWorker_neverExpires() {
        idleWorkers(1);
        submit();
        actions();

        pass(1_000 * IDLE_TIMEOUT);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY");
    }

    @Test
    void tick_twoWorkersOfWhichOneIsUsed_onlyTheOtherExpires() {
        idleWorkers(2);
        pass(IDLE_TIMEOUT / 2);
        Task task = submit();
        answer(2, task);
        actions();

        pass(IDLE_TIMEOUT / 2);

        assertThat(actions()).containsExactly("retire 1");
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + IDLE_TIMEOUT / 2);
    }

    @Test
    void submit_whileTheLastWorkerLeaves_startsANewOne() {
        pool = pool(1);
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        actions();

        submit();

        assertThat(actions()).as("one that leaves is no member").containsExactly("start 2");
    }

    @Test
    void tick_idleTimeoutOfCenturies_doesNotOverflow() {
        Duration centuries = Duration.ofSeconds(Long.MAX_VALUE);
        pool = pool(
                1,
                options ->
                        options.idleTimeout(centuries).startTimeout(centuries).maxWorkerAge(centuries));
        now = 5 * SECOND;
        submit();
        pass(0);
        ready(1);
        answer(1, 1);
        actions();

        pass(100_000 * SECOND);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE");
        assertThat(pool.nextDeadlineNanos()).isEqualTo(Worker.NEVER);
    }

    @Test
    void tick_leavingWorkerThatHangs_isKilled() {
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        actions();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + PoolState.RETIRE_PATIENCE_NANOS);

        pass(PoolState.RETIRE_PATIENCE_NANOS - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.IDLE_TIMEOUT, 1L).hasSize(1);
    }

    @Test
    void answered_workerWithoutTask_isAProtocolViolation() {
        idleWorkers(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> answer(1, 5))
                .withMessage("worker 1[IDLE] answered task #5, but has none");
    }

    @Test
    void answered_otherTaskThanTheWorkerHas_isAProtocolViolation() {
        idleWorkers(1);
        Task task = submit();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> answer(1, 77))
                .withMessage("worker 1[BUSY] answered task #77, but has #" + task.id());
        assertThat(task.state()).isEqualTo(TaskState.SENT);
    }

    @Test
    void answered_sameTaskTwice_isAProtocolViolation() {
        idleWorkers(1);
        Task task = submit();
        answer(1, task);

        assertThatIllegalArgumentException().isThrownBy(() -> answer(1, task));
    }

    @Test
    void gone_twice_isADefect() {
        idleWorkers(1);
        Worker<String> worker = worker(1);
        pool.workerGone(worker, end(1, 0), false, now, out);

        assertThatIllegalStateException().isThrownBy(() -> pool.workerGone(worker, end(1, 0), false, now, out));
    }

    @Test
    void submit_taskThatIsAlreadyThere_isADefect() {
        Task task = submit();

        assertThatIllegalStateException().isThrownBy(() -> pool.submit(task, now, out));
    }

    @Test
    void become_everyPairOfStates_onlyTheLegalPathsAreOpen() {
        assertPaths(WorkerState.STARTING, WorkerState.IDLE, WorkerState.SPARE, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.IDLE, WorkerState.BUSY, WorkerState.RETIRING, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.BUSY, WorkerState.IDLE, WorkerState.INTERRUPTED, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.INTERRUPTED, WorkerState.BUSY, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.SPARE, WorkerState.IDLE, WorkerState.RETIRING, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.RETIRING, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.GONE);
    }

    @Test
    void become_illegalPath_saysWhoFromToAndWhy() {
        Worker<String> worker = new Worker<>(3, 0, true, "w3");

        assertThatIllegalStateException()
                .isThrownBy(() -> worker.become(WorkerState.BUSY, 0, "because"))
                .withMessage("worker 3 cannot go from STARTING to BUSY: because");
    }

    private static void assertPaths(WorkerState from, WorkerState... legal) {
        for (WorkerState to : WorkerState.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s -> %s", from, to)
                    .isEqualTo(List.of(legal).contains(to));
        }
    }
}
