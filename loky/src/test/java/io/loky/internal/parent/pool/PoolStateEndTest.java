/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shutdown, stop, and a pool that breaks. */
class PoolStateEndTest extends PoolStateScript {
    @Test
    void shutdown_unusedPool_terminatesAtOnce() {
        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.TERMINATED);
        pool.shutdown(now, out);
        assertThat(pool.stop(now, out)).isEmpty();
        pool.tick(now, out);
        assertThat(actions()).as("and only once").isEmpty();
    }

    @Test
    void submit_afterShutdown_isRefusedAndChangesNothing() {
        idleWorkers(1);
        pool.shutdown(now, out);
        actions();

        Task task = new Task(99, Task.UNLIMITED, 0);
        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.CLOSED);

        assertThat(actions()).isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.NEW);
    }

    @Test
    void shutdown_idleWorkers_leaveAndThenItTerminates() {
        idleWorkers(2);

        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("retire 1", "retire 2");
        gone(1, 0, false);
        assertThat(actions()).isEmpty();
        gone(2, 0, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 2L).hasSize(1);
    }

    @Test
    void shutdown_startingWorkersThatNothingNeeds_areKilled() {
        pool.prestart(now, out);
        actions();

        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("kill 1", "kill 2");
        gone(2, 137, false);
        ready(1); // it had greeted just before
        assertThat(actions()).isEmpty();
        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 2L).hasSize(1);
    }

    @Test
    void shutdown_tasksWait_finishesThemFirst() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task waiting = submit();
        actions();

        pool.shutdown(now, out);
        assertThat(actions()).isEmpty();
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.SHUTDOWN);

        answer(1, running);
        assertThat(actions()).containsExactly("send 1 #" + waiting.id());
        answer(1, waiting);
        assertThat(actions()).containsExactly("retire 1");
        gone(1, 0, false);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void shutdown_tasksWaitForAWorkerThatStarts_finishesThemFirst() {
        Task task = submit();
        actions();
        pool.shutdown(now, out);
        assertThat(actions()).isEmpty();

        ready(1);

        assertThat(actions()).containsExactly("send 1 #" + task.id());
    }

    @Test
    void gone_notBegunTaskAfterShutdown_stillRunsElsewhere() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submit();
        pool.shutdown(now, out);
        actions();

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + task.id());
    }

    @Test
    void gone_startsFailAfterShutdown_failsWhatWaitsAndTerminates() {
        pool = pool(1);
        Task task = submit();
        pool.shutdown(now, out);
        failStarts(1, 2);
        actions();

        gone(3, 1, false);

        assertThat(actions()).containsExactly("fail #" + task.id() + " NoWorkerStarts 3 of 3", "terminated");
    }

    @Test
    void tick_leavingWorkerOfAPoolThatIsShutDownHangs_isKilled() {
        idleWorkers(1);
        pool.shutdown(now, out);
        actions();

        pass(PoolState.RETIRE_PATIENCE_NANOS);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 1L).hasSize(1);
    }

    @Test
    void stop_runningAndWaitingTasks_failsAllAndKillsAll() {
        idleWorkers(2);
        Task running = submit();
        Task alsoRunning = submit();
        Task waiting = submit();
        actions();

        List<Task> neverSent = pool.stop(now, out);

        assertThat(neverSent).containsExactly(waiting);
        assertThat(actions())
                .containsExactlyInAnyOrder(
                        "fail #" + waiting.id() + " PoolStopped before",
                        "fail #" + running.id() + " PoolStopped while it ran",
                        "fail #" + alsoRunning.id() + " PoolStopped while it ran",
                        "kill 1",
                        "kill 2");
        gone(1, 137, true);
        gone(2, 137, true);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void stop_startingLeavingAndIdleWorkers_killsEach() {
        pool = pool(3);
        idleWorkers(2);
        pass(IDLE_TIMEOUT / 2);
        Task task = submit();
        answer(2, task);
        pass(IDLE_TIMEOUT / 2); // worker 1 leaves, worker 2 stays
        submit();
        submit(); // starts worker 3
        actions();
        assertThat(states()).containsExactly("1 RETIRING", "2 BUSY", "3 STARTING");

        pool.stop(now, out);

        assertThat(actions()).contains("kill 1", "kill 2", "kill 3");
        ready(3);
        gone(1, 137, false);
        gone(3, 137, false);
        gone(2, 137, true);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 3L).hasSize(1);
    }

    @Test
    void stop_afterShutdown_dropsWhatShutdownWouldHaveFinished() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task waiting = submit();
        pool.shutdown(now, out);
        actions();

        assertThat(pool.stop(now, out)).containsExactly(waiting);

        assertThat(running.state()).isEqualTo(TaskState.LOST);
        assertThat(actions()).contains("kill 1");
        assertThat(pool.stop(now, out)).as("the second time").isEmpty();
        assertThat(actions()).isEmpty();
    }

    @Test
    void answered_afterStop_isNotDelivered() {
        idleWorkers(1);
        Task task = submit();
        pool.stop(now, out);
        actions();

        assertThat(answer(1, task)).isFalse();

        assertThat(task.state()).isEqualTo(TaskState.LOST);
        assertThat(actions()).isEmpty();
        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void stop_whileStartsFail_terminatesWithoutAnotherStart() {
        submit();
        gone(1, 1, false);
        actions();

        pool.stop(now, out);
        assertThat(actions()).containsExactly("fail #1 PoolStopped before", "terminated");

        pass(10 * SECOND);
        assertThat(actions()).isEmpty();
    }

    @Test
    void prestart_afterShutdown_startsNothing() {
        pool.shutdown(now, out);
        actions();

        pool.prestart(now, out);

        assertThat(actions()).isEmpty();
    }

    @Test
    void breakDown_anyTasks_failsAllWithTheDefectAndStops() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task waiting = submit();
        actions();

        pool.breakDown(new IllegalStateException("lost its way"), now, out);

        assertThat(actions())
                .containsExactly(
                        "fail #" + waiting.id() + " PoolBroken lost its way",
                        "fail #" + running.id() + " PoolBroken lost its way",
                        "kill 1");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("terminated");
    }
}
