/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers that are always there, and spare workers that take the place of whoever leaves. */
class PoolStateElasticTest extends PoolStateScript {
    // ---- minWorkers ---------------------------------------------------------------------------------------------

    @Test
    void open_leastWorkers_areStarted() {
        pool = pool(3, options -> options.minWorkers(2));

        pool.open(now, out);

        assertThat(actions()).containsExactly("start 1", "start 2");
    }

    @Test
    void tick_atTheIdleTimeout_leastWorkersStay() {
        pool = pool(3, options -> options.minWorkers(1));
        idleWorkers(3);

        pass(IDLE_TIMEOUT);

        assertThat(actions()).as("those idle longest leave").containsExactly("retire 1", "retire 2");
        assertThat(states()).contains("3 IDLE");
    }

    @Test
    void tick_keptWorker_needsNoFurtherTick() {
        pool = pool(2, options -> options.minWorkers(1));
        idleWorkers(1);

        pass(IDLE_TIMEOUT);

        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).as("no alarm rings for it").isGreaterThan(now + 1_000_000 * IDLE_TIMEOUT);
    }

    /** The one that starts may never become ready. */
    @Test
    void tick_anotherOneStarts_theLastThatIsReadyStays() {
        pool = pool(2, options -> options.minWorkers(1));
        idleWorkers(1);
        pass(IDLE_TIMEOUT - SECOND);
        pool.prestart(now, out);
        actions();

        pass(SECOND);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE", "2 STARTING");
    }

    @Test
    void gone_oneOfTheLeast_isReplacedWhateverItsReason() {
        pool = pool(2, options -> options.minWorkers(1));
        idleWorkers(1);

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
    }

    @Test
    void gone_startOfOneOfTheLeastFails_isTriedAgainAfterThePause() {
        pool = pool(1, options -> options.minWorkers(1));
        pool.open(now, out);
        actions();

        gone(1, 1, false);

        assertPauseThenStart(100 * MILLI, 2);
        gone(2, 1, false);
        assertPauseThenStart(200 * MILLI, 3);
    }

    @Test
    void resize_belowTheLeast_theSmallerHolds() {
        pool = pool(3, options -> options.minWorkers(3));
        idleWorkers(3);

        pool.adapt(Limits.maxWorkers(pool.limits(), 1), now, out);
        assertThat(actions()).containsExactly("retire 1", "retire 2");
        pass(IDLE_TIMEOUT);
        assertThat(states()).contains("3 IDLE");
        actions();

        pool.adapt(Limits.maxWorkers(pool.limits(), 2), now, out);
        assertThat(actions()).as("as many of the least as there may be").containsExactly("start 4");
    }

    @Test
    void shutdown_leastWorkers_leave() {
        pool = pool(2, options -> options.minWorkers(2));
        idleWorkers(2);

        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("retire 1", "retire 2");
        gone(1, 0, false);
        gone(2, 0, false);
        assertThat(actions()).containsExactly("terminated");
    }

    /** Nobody who could ask for it again keeps such a pool: workers that are there in any case are no reason for it. */
    @Test
    void isInUse_minWorkersAlone_untilTheIdleTimeoutAfterTheLastTask() {
        pool = pool(2, options -> options.minWorkers(1));
        pool.open(now, out);
        ready(1);
        assertThat(pool.isInUse()).as("just made").isTrue();
        pass(IDLE_TIMEOUT);
        assertThat(pool.isInUse()).isFalse();

        Task task = submit();
        assertThat(pool.isInUse()).isTrue();
        answer(1, task);
        pass(IDLE_TIMEOUT - 1);
        assertThat(pool.isInUse()).isTrue();
        pass(1);
        assertThat(pool.isInUse()).isFalse();
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void isInUse_withoutMinWorkers_whileThereIsAWorker() {
        idleWorkers(1);
        assertThat(pool.isInUse()).isTrue();

        pass(IDLE_TIMEOUT);
        gone(1, 0, false);

        assertThat(pool.isInUse()).isFalse();
    }

    // ---- spareWorkers -------------------------------------------------------------------------------------------

    @Test
    void open_spares_areNotStartedBeforeThePoolIsUsed() {
        pool = pool(1, options -> options.spareWorkers(2));

        pool.open(now, out);
        assertThat(actions()).isEmpty();

        submit();
        assertThat(actions()).containsExactly("start 1", "start 2", "start 3");
    }

    @Test
    void ready_spare_getsNoTaskWhileThePlacesAreTaken() {
        sparePool(1, 1);
        Task first = submit();
        submit();
        actions();

        ready(2);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY", "2 SPARE");
        assertThat(worker(2).isMember()).isFalse();
        answer(1, first);
        assertThat(actions()).containsExactly("send 1 #3");
    }

    @Test
    void gone_spareIsReady_takesThePlaceAtOnceAndIsReplacedItself() {
        sparePool(1, 1);
        ready(2);
        submit();
        Task waiting = submit();
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #2 WorkerDied 1", "send 2 #" + waiting.id(), "start 3");
    }

    @Test
    void cancel_killsTheWorker_aTaskThatWaitsGetsTheSpare() {
        sparePool(1, 1);
        ready(2);
        Task running = submit();
        Task waiting = submit();
        actions();

        cancel(running, true);

        assertThat(actions()).containsExactly("kill 1", "send 2 #" + waiting.id(), "start 3");
        gone(1, 137, true);
        assertThat(actions()).as("its place is taken already").isEmpty();
    }

    @Test
    void cancel_killsTheWorkerAndNothingWaits_theSpareTakesItsPlace() {
        sparePool(1, 1);
        ready(2);
        Task running = submit();
        actions();

        cancel(running, true);

        assertThat(actions()).containsExactly("kill 1", "start 3");
        assertThat(states()).containsExactly("1 KILLING", "2 IDLE", "3 STARTING");
    }

    @Test
    void submit_fewerWorkersThanThereMayBe_theSpareServesAtOnce() {
        sparePool(2, 1);
        ready(2);
        submit();
        actions();

        Task second = submit();

        assertThat(actions()).containsExactly("send 2 #" + second.id(), "start 3");
    }

    /** No task waits for a start while a spare is ready. */
    @Test
    void ready_spareBeforeTheOneThatWasStartedForTheTask_theyChangePlaces() {
        pool = pool(1, options -> options.spareWorkers(1));
        Task task = submit();
        actions();

        ready(2);

        assertThat(actions()).containsExactly("send 2 #" + task.id());
        ready(1);
        assertThat(states()).containsExactly("1 SPARE", "2 BUSY");
    }

    @Test
    void tick_poolUnusedForTheIdleTimeout_sparesLeave() {
        sparePool(1, 1);
        ready(2);
        actions();

        pass(IDLE_TIMEOUT - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).containsExactly("retire 1", "retire 2");
        assertThat(pool.workers()).extracting(worker -> worker.endReason).containsOnly(EndReason.IDLE_TIMEOUT);
        gone(1, 0, false);
        gone(2, 0, false);
        assertThat(actions()).isEmpty();
        submit();
        assertThat(actions()).containsExactly("start 3", "start 4");
    }

    @Test
    void tick_oneTaskRunsForEver_sparesStay() {
        sparePool(1, 1);
        ready(2);
        submit();
        actions();

        pass(1_000 * IDLE_TIMEOUT);

        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isGreaterThan(now + 1_000_000 * IDLE_TIMEOUT);
    }

    @Test
    void tick_leastWorkersStayAndThePoolIsUnused_sparesLeave() {
        pool = pool(1, options -> options.spareWorkers(1).minWorkers(1));
        idleWorkers(1);
        ready(2);

        pass(IDLE_TIMEOUT);

        assertThat(actions()).containsExactly("retire 2");
    }

    @Test
    void ready_spareThatIsNotWantedAnyMore_leaves() {
        sparePool(1, 1);
        pass(IDLE_TIMEOUT);
        actions();

        ready(2);

        assertThat(actions()).containsExactly("retire 2");
    }

    @Test
    void gone_spare_isReplacedAndCountsAsAFailedStart() {
        sparePool(1, 1);
        ready(2);
        actions();

        gone(2, 137, false);

        assertPauseThenStart(100 * MILLI, 3);
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L);
    }

    @Test
    void prestart_spares_areStartedToo() {
        pool = pool(2, options -> options.spareWorkers(1));

        pool.prestart(now, out);

        assertThat(actions()).containsExactly("start 1", "start 2", "start 3");
        assertThat(pool.workers()).extracting(Worker::index).containsExactly(0, 1, 2);
    }

    @Test
    void shutdown_spares_leaveWhenNothingWaits() {
        sparePool(1, 2);
        ready(2);
        Task last = submit();
        actions();

        pool.shutdown(now, out);
        assertThat(actions()).as("nothing waits for them").containsExactly("retire 2", "kill 3");
        answer(1, last);
        assertThat(actions()).containsExactly("retire 1");
    }

    @Test
    void resize_smaller_anotherStartsNoMoreForWhatSparesAreThere() {
        pool = pool(2, options -> options.spareWorkers(1));
        pool.prestart(now, out);
        actions();

        pool.adapt(Limits.maxWorkers(pool.limits(), 1), now, out);

        assertThat(actions()).containsExactly("kill 1");
        assertThat(states()).containsExactly("1 KILLING", "2 STARTING", "3 STARTING");
        assertThat(List.of(worker(2).hasPlace(), worker(3).hasPlace())).containsExactly(true, false);
    }

    /** Worker 1 idle, with one task behind it; the spares are starting. */
    private void sparePool(int maxWorkers, int spares) {
        pool = pool(maxWorkers, options -> options.spareWorkers(spares));
        idleWorkers(1);
    }
}
