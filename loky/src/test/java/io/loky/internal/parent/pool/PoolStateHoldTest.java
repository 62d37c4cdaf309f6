/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that look, after an answer, whether they are fit for another task. */
class PoolStateHoldTest extends PoolStateScript {
    @BeforeEach
    void oneWorker() {
        pool = pool(1);
        idleWorkers(1);
    }

    private Task answeredAndHeld(long limitNanos) {
        Task task = submitWithin(limitNanos);
        allActions();
        pool.holds(worker(1));
        assertThat(answer(1, task)).as("its answer is delivered").isTrue();
        return task;
    }

    private void free() {
        pool.free(worker(1), now, out);
    }

    @Test
    void answered_workerHolds_theNextTaskWaitsUntilItIsFree() {
        Task done = answeredAndHeld(Task.UNLIMITED);
        Task next = submit();

        assertThat(done.state()).isEqualTo(TaskState.DONE);
        assertThat(allActions()).isEmpty();
        free();

        assertThat(allActions()).containsExactly("send 1 #" + next.id());
        answer(1, next);
        assertThat(states()).as("the answer after it frees as ever").containsExactly("1 IDLE");
    }

    @Test
    void recycle_workerHolds_theNextTaskNeverReachesIt() {
        answeredAndHeld(Task.UNLIMITED);
        submit();

        pool.recycle(worker(1), EndReason.UNHEALTHY, "planned", now, out);
        free();

        assertThat(actions()).containsExactly("start 2", "retire 1");
        assertThat(states()).containsExactly("1 RETIRING", "2 STARTING");
    }

    @Test
    void tick_workerHolds_itsTasksLimitIsOverWithItsAnswer() {
        answeredAndHeld(SECOND);

        pass(SECOND);

        assertThat(allActions()).isEmpty();
        free();
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void tick_workerHoldsForTooLong_isReplacedAndNoTaskFails() {
        answeredAndHeld(SECOND);
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + START_TIMEOUT);

        pass(START_TIMEOUT - 1);
        assertThat(actions()).isEmpty();
        pass(1);
        assertThat(actions()).contains("retire 1");
        pass(PoolState.RETIRE_PATIENCE_NANOS);
        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);

        assertThat(pool.ended()).containsOnlyKeys(EndReason.UNHEALTHY);
    }

    /** What its process tells right before its end. */
    @Test
    void workerGone_whileItHolds_isOfItsReasonAndNoTaskFails() {
        answeredAndHeld(Task.UNLIMITED);
        Task next = submit();
        pool.recycle(worker(1), EndReason.UNHEALTHY, "planned", now, out);
        free();
        gone(1, 3, false);

        assertThat(pool.ended()).containsOnlyKeys(EndReason.UNHEALTHY);
        ready(2);
        assertThat(allActions()).contains("send 2 #" + next.id()).noneMatch(action -> action.startsWith("fail"));
    }

    /** It ended between the two: then its task has failed like any other whose worker ends. */
    @Test
    void free_withoutAnAnswer_changesNothing() {
        Task task = submit();
        allActions();
        pool.holds(worker(1));
        free();
        assertThat(states()).containsExactly("1 BUSY");

        gone(1, 3, true);

        assertThat(actions()).contains("fail #" + task.id() + " WorkerDied 1");
    }
}
