/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.task.Task;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that are told of because they execute for long. */
class PoolStateSlowTest extends PoolStateScript {
    private static final long SLOW = SECOND;

    @BeforeEach
    void oneWorker() {
        pool = pool(1, options -> options.slowTaskThreshold(Duration.ofNanos(SLOW)));
        idleWorkers(1);
    }

    @Test
    void tick_taskExecutesForLong_isToldOfAtEachDoubling() {
        Task task = submit();
        actions();
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + SLOW);

        pass(SLOW - 1);
        assertThat(actions()).isEmpty();
        pass(1);
        assertThat(actions()).containsExactly("tell #" + task.id() + " slow after 1000 ms");
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + SLOW);
        pass(SLOW);
        assertThat(actions()).containsExactly("tell #" + task.id() + " slow after 2000 ms");
        pass(2 * SLOW - 1);
        assertThat(actions()).isEmpty();
        pass(1);
        assertThat(actions()).containsExactly("tell #" + task.id() + " slow after 4000 ms");
    }

    /** This JVM was stopped: what it has missed is not told afterwards. */
    @Test
    void tick_afterSeveralDoublings_isToldOnce() {
        Task task = submit();
        actions();

        pass(5 * SLOW);

        assertThat(actions()).containsExactly("tell #" + task.id() + " slow after 5000 ms");
        pass(3 * SLOW);
        assertThat(actions()).containsExactly("tell #" + task.id() + " slow after 8000 ms");
    }

    @Test
    void answered_beforeTheThreshold_isNotToldOf() {
        Task task = submit();
        pass(SLOW / 2);
        answer(1, task);
        Task next = submit();
        actions();

        pass(SLOW / 2);

        assertThat(actions()).isEmpty();
        pass(SLOW / 2);
        assertThat(actions()).containsExactly("tell #" + next.id() + " slow after 1000 ms");
    }

    @Test
    void tick_taskWasCancelledAndRunsOn_isToldOf() {
        Task task = submit();
        cancel(task, false);
        actions();

        pass(SLOW);

        assertThat(actions()).containsExactly("tell #" + task.id() + " slow after 1000 ms");
    }

    @Test
    void kill_ofItsWorker_isNotToldOf() {
        Task task = submit();
        cancel(task, true);
        actions();

        pass(SLOW);

        assertThat(actions()).isEmpty();
    }
}
