/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that are replaced by plan: their successor is started before they leave, and has their index. */
class PoolStateSuccessionTest extends PoolStateScript {
    private static final long MAX_AGE = 100 * SECOND;

    // ---- maxTasksPerWorker --------------------------------------------------------------------------------------

    @Test
    void send_lastTask_startsTheSuccessor() {
        pool = pool(1, options -> options.maxTasksPerWorker(2));
        idleWorkers(1);

        submit();

        assertThat(actions()).containsExactly("send 1 #2", "start 2");
        assertThat(worker(2).index()).isEqualTo(worker(1).index()).isZero();
    }

    @Test
    void answered_lastTask_theSuccessorThatIsReadyGoesOn() {
        pool = pool(1, options -> options.maxTasksPerWorker(1));
        Task first = submit();
        Task second = submit();
        ready(1);
        ready(2);
        actions();

        answer(1, first);

        assertThat(actions()).containsExactly("retire 1", "send 2 #" + second.id(), "start 3");
        gone(1, 0, false);
        assertThat(actions()).isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.MAX_TASKS, 1L).hasSize(1);
    }

    @Test
    void answered_lastTaskAndTheSuccessorStarts_getsTheNextTaskWhenItIsReady() {
        pool = pool(1, options -> options.maxTasksPerWorker(1));
        Task first = submit();
        ready(1);
        Task second = submit();
        actions();

        answer(1, first);
        assertThat(actions()).as("no other one is started").containsExactly("retire 1");
        ready(2);

        assertThat(actions()).containsExactly("send 2 #" + second.id(), "start 3");
    }

    @Test
    void answered_lastTaskAndNothingWaits_theSuccessorIsIdleAndExpires() {
        pool = pool(1, options -> options.maxTasksPerWorker(1));
        Task task = submit();
        ready(1);
        ready(2);
        answer(1, task);
        actions();
        assertThat(states()).containsExactly("1 RETIRING", "2 IDLE");
        gone(1, 0, false);

        pass(IDLE_TIMEOUT);

        assertThat(actions()).containsExactly("retire 2");
    }

    @Test
    void ready_successor_servesNoTaskWhileItsPredecessorDoes() {
        pool = pool(1, options -> options.maxTasksPerWorker(1));
        submit();
        submit();
        ready(1);
        actions();

        ready(2);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY", "2 SPARE");
    }

    @Test
    void gone_inItsLastTask_theSuccessorTakesItsPlace() {
        pool = pool(1, options -> options.maxTasksPerWorker(1));
        submit();
        ready(1);
        ready(2);
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #1 WorkerDied 1");
        assertThat(states()).containsExactly("2 IDLE");
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L).hasSize(1);
    }

    @Test
    void answered_lastTaskAndNoSuccessorStarts_leavesNevertheless() {
        pool = pool(1, options -> options.maxTasksPerWorker(1));
        Task first = submit();
        submit();
        ready(1);
        gone(2, 1, false);
        actions();

        answer(1, first);

        assertThat(actions()).containsExactly("retire 1");
        assertPauseThenStart(100 * MILLI, 3);
        assertThat(worker(3).isMember()).isTrue();
    }

    @Test
    void answered_lastTaskOfTwo_eachHasItsSuccessor() {
        pool = pool(2, options -> options.maxTasksPerWorker(1));
        submit();
        Task second = submit();
        ready(1);
        ready(2);
        assertThat(actions()).containsExactly("start 1", "start 2", "send 1 #1", "start 3", "send 2 #2", "start 4");
        assertThat(pool.workers()).extracting(Worker::index).containsExactly(0, 1, 0, 1);
        ready(3);

        Task waiting = submit();
        answer(2, second);

        assertThat(actions())
                .as("worker 3 is ready, but its index is that of worker 1, which goes on")
                .containsExactly("retire 2");
        ready(4);
        assertThat(actions()).containsExactly("send 4 #" + waiting.id(), "start 5");
    }

    // ---- maxWorkerAge -------------------------------------------------------------------------------------------

    @Test
    void tick_oldAndIdle_staysUntilItsSuccessorIsReady() {
        agingPool(1);
        pass(MAX_AGE);
        assertThat(actions()).containsExactly("start 2");
        assertThat(states()).containsExactly("1 IDLE", "2 STARTING");

        ready(2);

        assertThat(actions()).containsExactly("retire 1");
        assertThat(states()).containsExactly("1 RETIRING", "2 IDLE");
        assertThat(worker(2).index()).isZero();
        gone(1, 0, false);
        assertThat(pool.ended()).containsEntry(EndReason.MAX_AGE, 1L).hasSize(1);
    }

    @Test
    void tick_oldAndBusy_servesUntilItsSuccessorIsReadyAndItsTaskIsOver() {
        agingPool(1);
        Task running = submit();
        Task waiting = submit();
        pass(MAX_AGE);
        actions();

        answer(1, running);
        assertThat(actions()).as("the successor is not ready").containsExactly("send 1 #" + waiting.id());
        ready(2);
        assertThat(actions()).isEmpty();
        Task last = submit();
        answer(1, waiting);

        assertThat(actions()).containsExactly("retire 1", "send 2 #" + last.id());
    }

    @Test
    void tick_noSuccessorStarts_theOldOneGoesOnAndItIsTriedAgain() {
        agingPool(1);
        pass(MAX_AGE);
        actions();

        gone(2, 1, false);
        Task task = submit();

        assertThat(actions()).containsExactly("send 1 #" + task.id());
        assertPauseThenStart(100 * MILLI, 3);
        gone(3, 1, false);
        assertPauseThenStart(200 * MILLI, 4);
        answer(1, task);
        ready(4);
        assertThat(actions()).containsExactly("retire 1");
    }

    @Test
    void tick_oldTogether_areReplacedOneAfterTheOther() {
        agingPool(2);

        pass(MAX_AGE - MAX_AGE / 10);
        int started = 0;
        while (started < 2) {
            assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + MAX_AGE / 10);
            pass(Math.max(1, pool.nextDeadlineNanos() - now));
            long starts = actions().stream()
                    .filter(action -> action.startsWith("start"))
                    .count();
            assertThat(starts).isLessThanOrEqualTo(1);
            started += (int) starts;
        }
    }

    @Test
    void tick_oldAndASpareIsReady_givesWayAtOnce() {
        pool = pool(
                1,
                options -> options.spareWorkers(1)
                        .maxWorkerAge(Duration.ofNanos(MAX_AGE))
                        .idleTimeout(Duration.ofHours(1)));
        idleWorkers(1);
        ready(2);

        pass(MAX_AGE);

        assertThat(actions()).containsExactly("retire 1", "start 3");
        assertThat(states()).containsExactly("1 RETIRING", "2 IDLE", "3 STARTING");
    }

    /** Or a pool whose workers are replaced more often than they expire would never be empty. */
    @Test
    void ready_successorOfAnIdleWorker_expiresWhenThatOneWouldHave() {
        pool = pool(1, options -> options.maxWorkerAge(Duration.ofNanos(IDLE_TIMEOUT / 2)));
        idleWorkers(1);
        pass(IDLE_TIMEOUT / 2);
        ready(2);
        gone(1, 0, false);
        actions();

        pass(IDLE_TIMEOUT / 2);

        assertThat(actions()).contains("retire 2");
        assertThat(worker(2).endReason).isEqualTo(EndReason.IDLE_TIMEOUT);
    }

    // ---- what a worker says of itself -----------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(names = {"MEMORY_LIMIT", "OUT_OF_MEMORY", "UNHEALTHY", "DIRTY"})
    void recycle_forAReasonThatAllowsNoFurtherTask_leavesAfterItsAnswer(EndReason reason) {
        idleWorkers(1);
        Task running = submit();
        actions();

        recycle(1, reason);
        assertThat(actions()).containsExactly("start 2");
        Task waiting = submit();
        actions();
        answer(1, running);

        assertThat(actions()).contains("retire 1").doesNotContain("send 1 #" + waiting.id());
        gone(1, 0, false);
        assertThat(pool.ended()).containsEntry(reason, 1L).hasSize(1);
    }

    @Test
    void recycle_detail_isInTheAction() {
        idleWorkers(1);

        pool.recycle(worker(1), EndReason.UNHEALTHY, "the connection is gone", now, out);

        assertThat(out.get(0)).isEqualTo(new Action.Retire<>(worker(1), EndReason.UNHEALTHY, "the connection is gone"));
    }

    @Test
    void recycle_secondReason_theOneThatAllowsLessHolds() {
        idleWorkers(1);
        Task running = submit();

        recycle(1, EndReason.MAX_AGE);
        recycle(1, EndReason.OUT_OF_MEMORY);
        recycle(1, EndReason.MAX_AGE);
        answer(1, running);

        assertThat(worker(1).endReason).isEqualTo(EndReason.OUT_OF_MEMORY);
    }

    @Test
    void recycle_workerThatLeavesAlready_changesNothing() {
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        actions();

        recycle(1, EndReason.UNHEALTHY);

        assertThat(actions()).isEmpty();
        assertThat(worker(1).endReason).isEqualTo(EndReason.IDLE_TIMEOUT);
    }

    @Test
    void resize_smallerWhileOneIsToBeReplaced_itHasNoSuccessor() {
        idleWorkers(2);
        submit();
        submit();
        recycle(1, EndReason.MEMORY_GROWTH);
        actions();

        pool.adapt(Limits.maxWorkers(pool.limits(), 1), now, out);

        assertThat(actions()).containsExactly("kill 3");
        assertThat(states()).containsExactly("1 BUSY", "2 BUSY", "3 KILLING");
    }

    // ---- indexes ------------------------------------------------------------------------------------------------

    @Test
    void start_any_hasTheSmallestIndexThatIsFree() {
        pool = pool(4);
        idleWorkers(3);
        assertThat(pool.workers()).extracting(Worker::index).containsExactly(0, 1, 2);

        gone(2, 137, false);

        assertThat(actions()).containsExactly("start 4");
        assertThat(worker(4).index()).isEqualTo(1);
    }

    @Test
    void start_whileTheOneThatItReplacesIsBeingKilled_hasItsIndex() {
        idleWorkers(2);
        Task victim = submit();
        submit();
        submit();
        actions();

        cancel(victim, true);

        assertThat(actions()).containsExactly("kill 2", "start 3");
        assertThat(worker(3).index()).isEqualTo(worker(2).index()).isEqualTo(1);
    }

    private void recycle(int number, EndReason reason) {
        pool.recycle(worker(number), reason, "", now, out);
    }

    private void agingPool(int maxWorkers) {
        pool = pool(
                maxWorkers,
                options -> options.maxWorkerAge(Duration.ofNanos(MAX_AGE)).idleTimeout(Duration.ofHours(1)));
        idleWorkers(maxWorkers);
    }
}
