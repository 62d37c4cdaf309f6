/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import org.junit.jupiter.api.Test;

/** Tasks that may be with a worker for so long. */
class PoolStateLimitTest extends PoolStateScript {
    private static final long LIMIT = 3 * SECOND;

    @Test
    void tick_atTheLimit_failsTheTaskAndReplacesItsWorker() {
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        assertThat(actions()).containsExactly("send 1 #" + task.id());
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + LIMIT);

        pass(LIMIT - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);

        assertThat(actions()).containsExactly("fail #" + task.id() + " TimedOut " + LIMIT, "kill 1");
        assertThat(task.state()).isEqualTo(TaskState.LOST);
        gone(1, 137, true);
        assertThat(actions()).as("it fails once").containsExactly("start 2");
        assertThat(pool.ended()).containsEntry(EndReason.TASK_TIMEOUT, 1L).hasSize(1);
    }

    @Test
    void tick_timeInTheQueue_doesNotCount() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task limited = submitWithin(LIMIT);
        pass(10 * LIMIT);
        answer(1, running);
        actions();

        pass(LIMIT - 1);
        assertThat(actions()).isEmpty();
        assertThat(limited.state()).isEqualTo(TaskState.SENT);
        pass(1);

        assertThat(actions()).containsExactly("fail #" + limited.id() + " TimedOut " + LIMIT, "kill 1");
    }

    @Test
    void answered_justBeforeTheLimit_isDelivered() {
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        pass(LIMIT - 1);

        assertThat(answer(1, task)).isTrue();
        actions();
        pass(1);

        assertThat(actions())
                .as("what it does next has nothing to do with that limit")
                .isEmpty();
        assertThat(states()).containsExactly("1 IDLE");
    }

    /** The alarm may be late; an answer that is there is not thrown away for that. */
    @Test
    void answered_afterTheLimitAndBeforeTheAlarm_isDelivered() {
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        now += 2 * LIMIT;

        assertThat(answer(1, task)).isTrue();
        pass(0);

        assertThat(task.state()).isEqualTo(TaskState.DONE);
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void answered_afterTheTaskHasTimedOut_isDropped() {
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        pass(LIMIT);
        actions();

        assertThat(answer(1, task)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.LOST);
        assertThat(states()).containsExactly("1 KILLING");
    }

    /** Its user no longer waits for it, but its worker is not to be lost to it for ever. */
    @Test
    void tick_limitOfATaskThatWasCancelledAndRunsOn_killsItsWorker() {
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        cancel(task, false);
        actions();

        pass(LIMIT);

        assertThat(actions()).as("the future is done already").containsExactly("kill 1");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("start 2");
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(pool.ended()).containsEntry(EndReason.TASK_TIMEOUT, 1L).hasSize(1);
    }

    @Test
    void tick_limitsOfTwoTasks_onlyTheOneThatIsOverFails() {
        idleWorkers(2);
        Task quick = submitWithin(LIMIT);
        Task slow = submitWithin(2 * LIMIT);
        actions();

        pass(LIMIT);

        assertThat(actions()).containsExactly("fail #" + quick.id() + " TimedOut " + LIMIT, "kill 2");
        assertThat(slow.state()).isEqualTo(TaskState.SENT);
        pass(LIMIT);
        assertThat(actions()).contains("fail #" + slow.id() + " TimedOut " + 2 * LIMIT, "kill 1");
    }

    @Test
    void tick_limitWhileATaskWaits_startsAWorkerAtOnce() {
        pool = pool(1);
        idleWorkers(1);
        Task limited = submitWithin(LIMIT);
        submit();
        actions();

        pass(LIMIT);

        assertThat(actions()).containsExactly("fail #" + limited.id() + " TimedOut " + LIMIT, "kill 1", "start 2");
    }

    @Test
    void gone_limitedTaskThatWasNotBegun_hasItsWholeLimitElsewhere() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        pass(LIMIT - 1);
        gone(1, 137, false);
        ready(2);
        actions();

        pass(LIMIT - 1);

        assertThat(actions()).isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.SENT);
    }

    @Test
    void tick_limitAfterShutdown_stillHolds() {
        idleWorkers(1);
        Task task = submitWithin(LIMIT);
        pool.shutdown(now, out);
        actions();

        pass(LIMIT);

        assertThat(actions()).containsExactly("fail #" + task.id() + " TimedOut " + LIMIT, "kill 1");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("terminated");
    }
}
