/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that their user cancels. */
class PoolStateCancelTest extends PoolStateScript {
    @Test
    void cancel_queuedTask_isNeverSent() {
        pool = pool(1);
        Task first = submit();
        Task second = submit();
        actions();

        assertThat(cancel(first, true)).isTrue();

        assertThat(actions()).isEmpty();
        assertThat(pool.waiting()).isEqualTo(1);
        ready(1);
        assertThat(actions()).containsExactly("send 1 #" + second.id());
    }

    @Test
    void cancel_allQueuedTasks_leavesNothingWaiting() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            tasks.add(submit());
        }
        for (int i = 0; i < 300; i++) {
            assertThat(cancel(tasks.get(i), i % 2 == 0)).isTrue();
            assertThat(pool.waiting()).isEqualTo(299 - i);
        }
        actions();

        answer(1, running);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void cancel_runningTaskWithKill_killsAndReplacesItsWorkerOnly() {
        idleWorkers(2);
        Task other = submit();
        Task task = submit();
        actions();

        assertThat(cancel(task, true)).isTrue();

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, true);
        assertThat(actions()).as("nothing is failed").containsExactly("start 3");
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(other.state()).isEqualTo(TaskState.SENT);
        assertThat(pool.ended()).containsEntry(EndReason.CANCELLED, 1L).hasSize(1);
    }

    /** The killed one may hang in the kernel: nothing waits for its end. */
    @Test
    void cancel_runningTaskWithKillWhileAnotherWaits_startsAWorkerAtOnce() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submit();
        Task waiting = submit();
        actions();

        cancel(task, true);

        assertThat(actions()).containsExactly("kill 1", "start 2");
        gone(1, 137, true);
        assertThat(actions()).as("one for one").isEmpty();
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + waiting.id());
    }

    @Test
    void cancel_runningTaskWithoutKill_runsOnAndItsAnswerIsDropped() {
        idleWorkers(1);
        Task task = submit();
        actions();

        assertThat(cancel(task, false)).isTrue();
        assertThat(actions()).isEmpty();
        Task next = submit();
        assertThat(actions()).as("the worker is not free yet").containsExactly("start 2");

        assertThat(answer(1, task)).isFalse();
        assertThat(actions()).containsExactly("send 1 #" + next.id());
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void answered_afterCancelWithKill_isNotDeliveredAndTheWorkerGetsNoMore() {
        idleWorkers(1);
        Task task = submit();
        cancel(task, true);
        submit();
        actions();

        assertThat(answer(1, task)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(states()).contains("1 KILLING");
    }

    @Test
    void cancel_taskThatIsOver_changesNothing() {
        idleWorkers(1);
        Task done = submit();
        answer(1, done);
        Task lost = submit();
        gone(1, 1, true);
        actions();
        long completed = pool.completed();

        assertThat(cancel(done, true)).isFalse();
        assertThat(cancel(lost, true)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(done.state()).isEqualTo(TaskState.DONE);
        assertThat(lost.state()).isEqualTo(TaskState.LOST);
        assertThat(pool.completed()).isEqualTo(completed);
    }

    @Test
    void cancel_twice_isTrueOnce() {
        Task task = submit();

        assertThat(cancel(task, false)).isTrue();
        assertThat(cancel(task, true)).isFalse();
    }

    @Test
    void submit_taskThatWasCancelledBefore_isNotStarted() {
        Task task = new Task(1, Task.UNLIMITED, 0);
        assertThat(cancel(task, true)).isTrue();

        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.TAKEN);

        assertThat(actions()).isEmpty();
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void cancel_lastTaskOfAPoolThatIsShutDown_terminatesIt() {
        pool = pool(1);
        Task task = submit();
        gone(1, 1, false); // now there is a pause and no worker
        pool.shutdown(now, out);
        assertThat(actions()).containsExactly("start 1");

        cancel(task, true);

        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.TERMINATED);
    }
}
