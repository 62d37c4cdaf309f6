/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import org.junit.jupiter.api.Test;

/** What the death of a worker means for its task, and for the pool. */
class PoolStateDeathTest extends PoolStateScript {
    @Test
    void gone_taskWasBegun_failsThatTaskAndReplacesTheWorker() {
        idleWorkers(2);
        Task other = submit();
        Task victim = submit();
        Task waiting = submit();
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #" + victim.id() + " WorkerDied 1", "start 3");
        assertThat(victim.state()).isEqualTo(TaskState.LOST);
        assertThat(other.state()).isEqualTo(TaskState.SENT);
        assertThat(waiting.state()).isEqualTo(TaskState.QUEUED);
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L);
    }

    @Test
    void gone_taskWasNotBegun_runsElsewhereBeforeAllOthers() {
        pool = pool(1);
        idleWorkers(1);
        Task unlucky = submit();
        Task next = submit();
        actions();

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
        assertThat(unlucky.state()).isEqualTo(TaskState.QUEUED);
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + unlucky.id());
        answer(2, unlucky);
        assertThat(actions()).containsExactly("send 2 #" + next.id());
        assertThat(unlucky.attempts()).isEqualTo(1);
    }

    @Test
    void gone_taskWasNotBegunAndAnotherWorkerIsIdle_isSentThereAtOnce() {
        idleWorkers(2);
        Task task = submit();
        actions();

        gone(2, 137, false);

        assertThat(actions()).containsExactly("send 1 #" + task.id(), "start 3");
    }

    @Test
    void gone_sameTaskNeverBegunAgainAndAgain_failsItAtLast() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submit();
        for (int worker = 1; worker <= PoolState.MAX_LOST_STARTS; worker++) {
            actions();
            gone(worker, 137, false);
            assertThat(task.state()).isEqualTo(TaskState.QUEUED);
            pass(1);
            ready(worker + 1);
            assertThat(actions()).contains("send " + (worker + 1) + " #" + task.id());
        }

        gone(PoolState.MAX_LOST_STARTS + 1, 137, false);

        assertThat(task.state()).isEqualTo(TaskState.LOST);
        assertThat(actions()).contains("fail #" + task.id() + " WorkerDied 3");
    }

    @Test
    void gone_workersKilledAtOnce_taskThatMeetsOneAfterTheOtherLives() {
        int workers = PoolState.MAX_LOST_STARTS_AT_ONCE;
        Task task = meetsDeadWorkers(workers);

        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
        pass(1);
        ready(workers + 1);
        assertThat(actions()).contains("send " + (workers + 1) + " #" + task.id());
    }

    @Test
    void gone_workersKilledAtOnceAndThenANewOne_failsIt() {
        int workers = PoolState.MAX_LOST_STARTS;
        Task task = meetsDeadWorkers(workers);
        pass(1);
        ready(workers + 1);

        gone(workers + 1, 137, false);

        assertThat(task.state()).isEqualTo(TaskState.LOST);
    }

    @Test
    void gone_taskMeetsMoreDeadWorkersThanThereAreByChance_failsIt() {
        Task task = meetsDeadWorkers(PoolState.MAX_LOST_STARTS_AT_ONCE + 1);

        assertThat(task.state()).isEqualTo(TaskState.LOST);
    }

    /** One task, sent to so many workers that were all dead before, and it is told of one after the other. */
    private Task meetsDeadWorkers(int workers) {
        pool = pool(workers);
        idleWorkers(workers);
        Task task = submit();
        for (int i = 0; i < workers; i++) {
            assertThat(task.state()).isEqualTo(TaskState.SENT);
            int number = pool.workers().stream()
                    .filter(worker -> worker.task == task)
                    .findAny()
                    .orElseThrow()
                    .number();
            gone(number, 137, false);
        }
        return task;
    }

    @Test
    void gone_idleWorker_isReplaced() {
        idleWorkers(2);
        Task task = submit();
        answer(2, task);
        actions();

        gone(2, 137, false);

        assertThat(actions()).containsExactly("start 3");
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L);
    }

    @Test
    void gone_idleWorkerThatNeverHadATask_isReplacedAfterAPause() {
        pool.prestart(now, out);
        ready(1);
        ready(2);
        actions();

        gone(1, 1, false);

        assertThat(actions()).as("it would die again").isEmpty();
        pass(100 * MILLI);
        assertThat(actions()).containsExactly("start 3");
    }

    @Test
    void gone_afterShutdownWithoutWork_isNotReplaced() {
        idleWorkers(1);
        Task task = submit();
        pool.shutdown(now, out);
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #" + task.id() + " WorkerDied 1", "terminated");
    }
}
