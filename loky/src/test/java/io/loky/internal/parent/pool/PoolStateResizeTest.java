/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pool that is made larger or smaller, in each of its phases and with workers in each of their states. */
class PoolStateResizeTest extends PoolStateScript {
    @Test
    void resize_largerWhileTasksWait_startsAWorkerForEach() {
        pool = pool(1);
        idleWorkers(1);
        submit();
        submit();
        submit();
        actions();

        resize(4);

        assertThat(actions()).containsExactly("start 2", "start 3");
        assertThat(pool.limits().maxWorkers()).isEqualTo(4);
        assertThat(states()).containsExactly("1 BUSY", "2 STARTING", "3 STARTING");
    }

    @Test
    void resize_largerWhileNothingWaits_startsNone() {
        idleWorkers(2);

        resize(6);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE", "2 IDLE");
    }

    @Test
    void resize_toTheSame_changesNothing() {
        idleWorkers(2);
        submit();

        actions();
        resize(2);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE", "2 BUSY");
    }

    @Test
    void resize_smallerWithIdleWorkers_thoseIdleLongestLeave() {
        pool = pool(4);
        idleWorkers(4);
        Task task = submit();
        answer(4, task);
        actions();

        resize(2);

        assertThat(actions()).containsExactly("retire 1", "retire 2");
        assertThat(states()).containsExactly("1 RETIRING", "2 RETIRING", "3 IDLE", "4 IDLE");
        gone(1, 0, false);
        gone(2, 0, false);
        assertThat(actions()).as("they are not replaced").isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.RESIZED, 2L).hasSize(1);
    }

    @Test
    void resize_smallerWithStartingWorkers_killsNoMoreThanNecessary() {
        pool = pool(3);
        pool.prestart(now, out);
        actions();

        resize(2);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).as("it is no start that failed, and not replaced").isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.RESIZED, 1L).hasSize(1);
        submit();
        ready(2);
        assertThat(actions()).containsExactly("send 2 #1");
    }

    @Test
    void resize_smallerWithIdleAndStartingWorkers_idleOnesLeaveFirst() {
        pool = pool(3);
        idleWorkers(1);
        pool.prestart(now, out);
        actions();

        resize(2);

        assertThat(actions()).containsExactly("retire 1");
        assertThat(states()).containsExactly("1 RETIRING", "2 STARTING", "3 STARTING");
    }

    @Test
    void resize_smallerWithBusyWorkers_theyFinishTheirTasksAndLeave() {
        pool = pool(3);
        idleWorkers(3);
        List<Task> tasks = List.of(submit(), submit(), submit());
        Task waiting = submit();
        actions();

        resize(1);
        assertThat(actions()).as("nobody is disturbed").isEmpty();

        assertThat(answer(3, tasks.get(0))).isTrue();
        assertThat(actions()).containsExactly("retire 3");
        assertThat(answer(2, tasks.get(1))).isTrue();
        assertThat(actions()).containsExactly("retire 2");
        assertThat(answer(1, tasks.get(2))).isTrue();
        assertThat(actions()).as("the last one stays").containsExactly("send 1 #" + waiting.id());
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void gone_busyWorkerBeyondTheNewSize_isNotReplaced() {
        idleWorkers(2);
        submit();
        Task victim = submit();
        actions();
        resize(1);

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #" + victim.id() + " WorkerDied 1");
    }

    @Test
    void resize_smallerAndLargerAgain_theBusyGoOnAsBefore() {
        idleWorkers(2);
        Task first = submit();
        submit();
        actions();

        resize(1);
        resize(2);
        answer(2, first);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY", "2 IDLE");
    }

    @Test
    void resize_smallerWithBusyAndIdleWorkers_theIdleLeave() {
        pool = pool(3);
        idleWorkers(3);
        submit();
        actions();

        resize(1);

        assertThat(actions()).containsExactly("retire 1", "retire 2");
        assertThat(states()).containsExactly("1 RETIRING", "2 RETIRING", "3 BUSY");
    }

    @Test
    void resize_smallerWhileATaskWaitsForTheOneThatStarts_anotherStillComes() {
        submit();
        submit();
        actions();

        resize(1);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        ready(2);
        assertThat(actions()).containsExactly("send 2 #1");
        answer(2, 1);
        assertThat(actions()).containsExactly("send 2 #2");
    }

    @Test
    void resize_duringThePauseAfterAFailedStart_startsNoneBeforeItsEnd() {
        pool = pool(1);
        submit();
        submit();
        gone(1, 1, false);
        actions();

        resize(3);

        assertThat(actions()).isEmpty();
        pass(100 * MILLI);
        assertThat(actions()).as("and then one at a time").containsExactly("start 2");
    }

    @Test
    void resize_whileOneIsKilledAndOneLeaves_countsThemNoMore() {
        pool = pool(3);
        idleWorkers(2);
        pass(IDLE_TIMEOUT / 2);
        Task task = submit();
        pass(IDLE_TIMEOUT / 2); // worker 1 leaves
        cancel(task, true); // worker 2 is killed
        actions();
        assertThat(states()).containsExactly("1 RETIRING", "2 KILLING");
        submit();

        resize(1);

        assertThat(actions()).containsExactly("start 3");
    }

    @Test
    void resize_largerAfterShutdown_finishesWhatWaitsSooner() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        submit();
        submit();
        pool.shutdown(now, out);
        actions();

        resize(2);

        assertThat(actions()).containsExactly("start 2");
        ready(2);
        assertThat(actions()).containsExactly("send 2 #3");
        answer(1, running);
        answer(2, 3);
        answer(1, 4);
        assertThat(actions()).containsExactly("send 1 #4", "retire 2", "retire 1");
    }

    @Test
    void resize_smallerAfterShutdown_finishesWhatWaits() {
        idleWorkers(2);
        Task first = submit();
        Task second = submit();
        Task third = submit();
        pool.shutdown(now, out);
        actions();

        resize(1);
        answer(2, first);
        answer(1, second);
        answer(1, third);

        assertThat(actions()).containsExactly("retire 2", "send 1 #" + third.id(), "retire 1");
        gone(2, 0, false);
        gone(1, 0, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(third.state()).isEqualTo(TaskState.DONE);
        assertThat(pool.ended())
                .containsEntry(EndReason.RESIZED, 1L)
                .containsEntry(EndReason.SHUTDOWN, 1L)
                .hasSize(2);
    }

    @Test
    void resize_afterStop_startsNothing() {
        idleWorkers(1);
        submit();
        pool.stop(now, out);
        actions();

        resize(6);

        assertThat(actions()).isEmpty();
        gone(1, 137, true);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void resize_afterTheEnd_changesNothing() {
        pool.shutdown(now, out);
        actions();

        resize(6);
        resize(1);

        assertThat(actions()).isEmpty();
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.TERMINATED);
    }

    /** What has an index beside the pool has it alone, whatever the size of that becomes. */
    @Test
    void resize_whileIndexesAreLent_givesThemToNobody() {
        pool = pool(2);
        idleWorkers(2);
        assertThat(pool.lendIndex()).isEqualTo(2);
        assertThat(pool.lendIndex()).isEqualTo(3);
        pool.giveBackIndex(2);

        resize(5);
        pool.prestart(now, out);

        assertThat(indexes()).containsExactly(0, 1, 2, 4, 5);
        for (int worker = 3; worker <= 5; worker++) {
            ready(worker);
        }
        resize(1);
        assertThat(pool.lendIndex())
                .as("of those that leave none is given out, either")
                .isEqualTo(6);
    }

    private List<Integer> indexes() {
        return pool.workers().stream().map(Worker::index).toList();
    }

    private void resize(int maxWorkers) {
        pool.adapt(Limits.maxWorkers(pool.limits(), maxWorkers), now, out);
    }
}
