/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.task.Task;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Workers that have nothing to do give back the memory that their tasks have left. */
class PoolStateCollectTest extends PoolStateScript {
    private static final long PAUSE = PoolState.COLLECT_AFTER_NANOS;

    @Test
    void tick_idleForAWhileAfterATask_collectsOnce() {
        idleWorkers(1);
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + PAUSE);

        pass(PAUSE - 1);
        assertThat(allActions()).isEmpty();
        pass(1);
        assertThat(allActions()).containsExactly("collect 1");

        pass(5 * PAUSE);
        assertThat(allActions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void tick_nextTaskComesBefore_countsFromItsAnswer() {
        idleWorkers(1);
        pass(PAUSE - 1);
        Task task = submit();
        allActions();

        pass(PAUSE);
        assertThat(allActions()).as("it is busy").isEmpty();
        answer(1, task);
        pass(PAUSE - 1);
        assertThat(allActions()).isEmpty();
        pass(1);

        assertThat(allActions()).containsExactly("collect 1");
    }

    @Test
    void tick_afterACollectionAndAnotherTask_collectsAgain() {
        idleWorkers(1);
        pass(PAUSE);
        answer(1, submit());
        allActions();

        pass(PAUSE);

        assertThat(allActions()).containsExactly("collect 1");
    }

    @Test
    void tick_workerThatHadNoTask_hasNothingToGive() {
        pool.prestart(now, out);
        ready(1);
        ready(2);
        allActions();

        pass(PAUSE);

        assertThat(allActions()).isEmpty();
    }

    @Test
    void tick_idleTimeoutIsShorter_leavesAtOnce() {
        pool = pool(1, options -> options.idleTimeout(Duration.ofNanos(PAUSE)));
        idleWorkers(1);

        pass(PAUSE);

        assertThat(allActions()).containsExactly("retire 1");
        pass(PAUSE);
        assertThat(allActions()).isEmpty();
    }

    @Test
    void tick_severalIdle_eachWhenItsTimeHasCome() {
        idleWorkers(2);
        pass(PAUSE / 2);
        answer(2, submit());
        allActions();

        pass(PAUSE / 2);
        assertThat(allActions()).containsExactly("collect 1");
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + PAUSE / 2);
        pass(PAUSE / 2);
        assertThat(allActions()).containsExactly("collect 2");
    }

    /** The timer is not set for every task of a load that never pauses. */
    @Test
    void answered_whileTasksWait_setsNoDeadline() {
        pool = pool(1);
        idleWorkers(1);
        Task first = submit();
        submit();
        pass(PAUSE);

        answer(1, first);

        assertThat(pool.nextDeadlineNanos()).isGreaterThan(now + PAUSE);
    }
}
