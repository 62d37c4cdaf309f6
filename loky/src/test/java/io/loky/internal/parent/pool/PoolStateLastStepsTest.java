/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.PoolSnapshot;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import org.junit.jupiter.api.Test;

/** The end of a worker: one that SIGKILL does not end, what is left of one that is gone, and what keeps the pool from its end. */
class PoolStateLastStepsTest extends PoolStateScript {
    // ---- giving up ------------------------------------------------------------------------------------------------

    @Test
    void tick_killedWorkerDoesNotEnd_isGivenUpOnce() {
        idleWorkers(1);
        Task task = submit();
        cancel(task, true);
        actions();

        pass(PoolState.KILL_PATIENCE_NANOS - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);

        assertThat(actions()).containsExactly("abandon 1");
        assertThat(states()).as("until its end is told").containsExactly("1 KILLING");
        pass(10 * PoolState.KILL_PATIENCE_NANOS);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(Worker.NEVER);
    }

    @Test
    void tick_workerThatDoesNotLeaveAndCannotBeKilled_isGivenUpInTheEnd() {
        idleWorkers(1);
        pool.shutdown(now, out);
        assertThat(actions()).containsExactly("retire 1");

        pass(PoolState.RETIRE_PATIENCE_NANOS);
        assertThat(actions()).containsExactly("kill 1");
        pass(PoolState.KILL_PATIENCE_NANOS);
        assertThat(actions()).containsExactly("abandon 1");

        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void tick_overdueStartCannotBeKilled_theNextStartComesWhenItIsGivenUp() {
        pool = pool(1);
        submit();
        pass(START_TIMEOUT);
        pass(PoolState.KILL_PATIENCE_NANOS);
        assertThat(actions()).containsExactly("start 1", "kill 1", "abandon 1");

        gone(1, 137, false);

        assertPauseThenStart(100 * MILLI, 2);
    }

    @Test
    void answered_workerThatWasGivenUp_isDropped() {
        idleWorkers(1);
        Task task = submit();
        Worker<String> worker = worker(1);
        silence(worker);
        pass(PoolState.KILL_PATIENCE_NANOS);
        gone(1, 137, true);
        actions();
        assertThat(task.state()).isEqualTo(TaskState.LOST);

        assertThat(pool.answered(worker, task.id(), now, out)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.LOST);
    }

    /** The other way round: the answer was on its way when the worker was given up. */
    @Test
    void gone_givenUpAfterItsAnswerWasRead_failsNothing() {
        idleWorkers(1);
        Task task = submit();
        silence(worker(1));
        pass(PoolState.KILL_PATIENCE_NANOS);
        assertThat(answer(1, task)).isTrue();
        actions();

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
        assertThat(task.state()).isEqualTo(TaskState.DONE);
    }

    @Test
    void ready_workerThatWasGivenUp_isIgnored() {
        pool = pool(1);
        submit();
        Worker<String> worker = worker(1);
        pass(START_TIMEOUT);
        pass(PoolState.KILL_PATIENCE_NANOS);
        gone(1, 137, false);
        actions();

        pool.workerReady(worker, now, out);

        assertThat(actions()).isEmpty();
        assertThat(pool.workers()).isEmpty();
    }

    // ---- what is left of one that is gone -------------------------------------------------------------------------

    @Test
    void shutdown_somethingIsLeftOfAWorker_terminatesWhenItIsCleared() {
        idleWorkers(1);
        pool.shutdown(now, out);
        actions();

        goneUncleared(1, false);
        assertThat(actions()).as("its files are still there").isEmpty();
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.SHUTDOWN);
        pool.workerCleared(now, out);

        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.TERMINATED);
    }

    @Test
    void stop_twoWorkersOfWhichTheFirstIsClearedLate_terminatesAfterBoth() {
        idleWorkers(2);
        pool.stop(now, out);
        actions();

        goneUncleared(1, false);
        goneUncleared(2, false);
        pool.workerCleared(now, out);
        assertThat(actions()).isEmpty();
        pool.workerCleared(now, out);

        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void shutdown_unusedAgainButSomethingIsLeft_doesNotTerminateYet() {
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        goneUncleared(1, false);
        actions();

        pool.shutdown(now, out);
        assertThat(actions()).isEmpty();
        pool.workerCleared(now, out);

        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void gone_somethingIsLeftOfIt_nobodyWaitsForThat() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submit();
        submit();
        actions();

        goneUncleared(1, true);

        assertThat(actions()).containsExactly("fail #" + task.id() + " WorkerDied 1", "start 2");
        pool.workerCleared(now, out);
        assertThat(actions()).isEmpty();
    }

    // ---- unfinished tasks -----------------------------------------------------------------------------------------

    @Test
    void hasUnfinished_taskUntilItsAnswer_isTrue() {
        pool = pool(1);
        assertThat(pool.hasUnfinished()).isFalse();

        Task first = submit();
        assertThat(pool.hasUnfinished()).as("queued").isTrue();
        ready(1);
        Task second = submit();
        answer(1, first);
        assertThat(pool.hasUnfinished()).as("the second is sent").isTrue();
        answer(1, second);

        assertThat(pool.hasUnfinished()).isFalse();
    }

    @Test
    void hasUnfinished_taskThatReturnsToTheQueue_staysTrue() {
        idleWorkers(1);
        Task task = submit();

        gone(1, 137, false);
        assertThat(pool.hasUnfinished()).isTrue();
        ready(2);
        answer(2, task);

        assertThat(pool.hasUnfinished()).isFalse();
    }

    @Test
    void hasUnfinished_cancelledTask_isFalseThoughItRunsOn() {
        idleWorkers(1);
        Task task = submit();

        cancel(task, false);

        assertThat(pool.hasUnfinished()).isFalse();
        answer(1, task);
        assertThat(pool.hasUnfinished()).isFalse();
    }

    @Test
    void hasUnfinished_taskThatWasCancelledBeforeItCame_isFalse() {
        Task task = new Task(1, Task.UNLIMITED, 0);
        cancel(task, true);
        pool.submit(task, now, out);

        assertThat(pool.hasUnfinished()).isFalse();
        submit();
        assertThat(pool.hasUnfinished()).isTrue();
    }

    @Test
    void hasUnfinished_tasksThatFail_areNotCountedAnyMore() {
        idleWorkers(2);
        submitWithin(SECOND);
        submit();
        submit();
        pass(SECOND);
        assertThat(pool.hasUnfinished()).isTrue();

        pool.stop(now, out);

        assertThat(pool.hasUnfinished()).isFalse();
        gone(1, 137, true);
        gone(2, 137, true);
        assertThat(pool.hasUnfinished()).isFalse();
    }

    @Test
    void hasUnfinished_poolThatBroke_isFalse() {
        pool = pool(1);
        idleWorkers(1);
        submit();
        submit();

        pool.breakDown(new IllegalStateException("lost its way"), now, out);

        assertThat(pool.hasUnfinished()).isFalse();
    }

    private void goneUncleared(int number, boolean begun) {
        pool.workerGone(worker(number), end(number, 137), begun, now, out);
    }

    private void silence(Worker<String> worker) {
        for (int look = 0; look <= PoolState.MAX_SILENT_LOOKS; look++) {
            pool.heard(worker, 1, now, out);
        }
    }
}
