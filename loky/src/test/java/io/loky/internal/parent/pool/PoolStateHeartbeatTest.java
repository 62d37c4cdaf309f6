/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Looks for signs of life, and what is done where there are none. */
class PoolStateHeartbeatTest extends PoolStateScript {
    private static final long HEARTBEAT = 2 * SECOND;

    /** What is seen of a worker of which nothing can be seen. */
    private static final long NOTHING_SEEN = -1;

    @BeforeEach
    void look() {
        pool = pool(2, HEARTBEAT);
    }

    @Test
    void tick_noWorkerIsReady_looksAtNone() {
        submit();
        actions();

        pass(5 * HEARTBEAT);

        assertThat(actions()).isEmpty();
    }

    @Test
    void ready_firstWorker_isLookedAtAfterAHeartbeat() {
        submit();
        ready(1);
        actions();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + HEARTBEAT);

        pass(HEARTBEAT - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).containsExactly("listen 1");
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + HEARTBEAT);
    }

    @Test
    void tick_severalWorkers_looksAtThoseThatAreReady() {
        pool = pool(3, HEARTBEAT);
        idleWorkers(2);
        submit();
        submit();
        submit(); // starts the third
        actions();

        pass(HEARTBEAT);

        assertThat(actions()).containsExactly("listen 1", "listen 2");
    }

    /** A JVM that was stopped for an hour has missed an hour of looks, and its workers nothing. */
    @Test
    void tick_longAfterItWasDue_looksOnce() {
        idleWorkers(1);
        submit();
        actions();

        pass(1_000 * HEARTBEAT);

        assertThat(actions()).containsExactly("listen 1");
    }

    @Test
    void heard_silentForFiveLooksThenABeat_isLeftAlone() {
        idleWorkers(1);
        submit();
        actions();
        hear(1, 10);

        for (int round = 0; round < 3; round++) {
            for (int look = 1; look <= 5; look++) {
                hear(1, 10 + round);
            }
            hear(1, 11 + round);
        }

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY");
    }

    @Test
    void heard_silentForSixLooks_killsTheWorker() {
        idleWorkers(1);
        Task task = submit();
        actions();
        hear(1, 10);

        for (int look = 1; look <= 5; look++) {
            hear(1, 10);
        }
        assertThat(actions()).isEmpty();
        hear(1, 10);

        assertThat(actions()).containsExactly("kill 1");
        hear(1, 10);
        assertThat(actions()).as("once").isEmpty();
        gone(1, 137, true);
        assertThat(actions()).containsExactly("fail #" + task.id() + " WorkerDied 1", "start 2");
        assertThat(pool.ended()).containsEntry(EndReason.UNRESPONSIVE, 1L).hasSize(1);
    }

    @Test
    void heard_silentBeforeItHadBegunItsTask_theTaskRunsElsewhere() {
        idleWorkers(1);
        Task task = submit();
        silence(1);
        actions();

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + task.id());
    }

    @Test
    void heard_silentAndIdle_isReplaced() {
        idleWorkers(1);

        silence(1);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).containsExactly("start 2");
    }

    @Test
    void heard_silentWhileATaskWaits_startsAWorkerAtOnce() {
        pool = pool(1, HEARTBEAT);
        idleWorkers(1);
        submit();
        submit();
        actions();

        silence(1);

        assertThat(actions()).containsExactly("kill 1", "start 2");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("fail #2 WorkerDied 1");
    }

    @Test
    void tookTooMuch_executing_isKilledAndReplacedWhenATaskWaits() {
        pool = pool(1, HEARTBEAT);
        idleWorkers(1);
        Task task = submit();
        Task next = submit();
        actions();

        pool.tookTooMuch(worker(1), task, now, out);
        pool.tookTooMuch(worker(1), task, now, out);

        assertThat(actions()).as("once").containsExactly("kill 1", "start 2");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("fail #" + task.id() + " WorkerDied 1");
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + next.id());
        assertThat(pool.ended()).containsEntry(EndReason.MEMORY_LIMIT, 1L).hasSize(1);
    }

    @Test
    void answered_afterItWasKilledForItsSilence_isDelivered() {
        idleWorkers(1);
        Task task = submit();
        silence(1);

        assertThat(answer(1, task)).isTrue();

        assertThat(task.state()).isEqualTo(TaskState.DONE);
        assertThat(states()).contains("1 KILLING");
    }

    @Test
    void tookTooMuch_nothingWaits_isReplacedAllTheSame() {
        pool = pool(1, HEARTBEAT);
        idleWorkers(1);
        Task task = submit();
        actions();

        pool.tookTooMuch(worker(1), task, now, out);
        gone(1, 137, true);

        assertThat(actions()).containsExactly("kill 1", "fail #" + task.id() + " WorkerDied 1", "start 2");
    }

    @Test
    void heard_nothingSeen_countsNeitherWay() {
        idleWorkers(1);
        submit();
        actions();
        hear(1, 10);

        for (int look = 1; look <= 5; look++) {
            hear(1, 10);
            hear(1, NOTHING_SEEN);
        }
        assertThat(actions()).as("five that saw no beat").isEmpty();
        hear(1, NOTHING_SEEN);
        assertThat(actions()).isEmpty();
        hear(1, 10);

        assertThat(actions()).containsExactly("kill 1");
    }

    @Test
    void heard_neverAnythingSeen_isLeftAlone() {
        idleWorkers(1);

        for (int look = 1; look <= 100; look++) {
            hear(1, NOTHING_SEEN);
        }

        assertThat(actions()).isEmpty();
    }

    @Test
    void heard_workerThatLeaves_isLeftToItsPatience() {
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        actions();

        silence(1);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 RETIRING");
    }

    @Test
    void heard_workerThatIsGone_changesNothing() {
        idleWorkers(1);
        Worker<String> worker = worker(1);
        gone(1, 1, false);
        actions();

        for (int look = 1; look <= 10; look++) {
            pool.heard(worker, 10, now, out);
        }

        assertThat(actions()).isEmpty();
    }

    @Test
    void ready_afterATimeWithoutWorkers_looksAgain() {
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        gone(1, 0, false);
        pass(HEARTBEAT);
        actions();
        pass(100 * HEARTBEAT);
        assertThat(actions()).as("there is nobody to look at").isEmpty();
        submit();
        ready(2);
        actions();

        pass(HEARTBEAT - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).containsExactly("listen 2");
    }

    private void hear(int number, long beats) {
        pool.heard(worker(number), beats, now, out);
    }

    /** Looks enough, from the first that sees a beat to the one that is too much. */
    private void silence(int number) {
        for (int look = 0; look <= PoolState.MAX_SILENT_LOOKS; look++) {
            hear(number, 1);
        }
    }
}
