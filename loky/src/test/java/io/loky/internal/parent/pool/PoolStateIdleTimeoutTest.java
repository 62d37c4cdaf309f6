/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.task.Task;
import org.junit.jupiter.api.Test;

/** An idle time-out that changes while the pool runs. */
class PoolStateIdleTimeoutTest extends PoolStateScript {
    @Test
    void idleTimeout_shorter_countsFromWhenTheWorkerBecameIdle() {
        idleWorkers(2);
        pass(2 * SECOND);

        pool.adapt(Limits.idleTimeout(pool.limits(), 5 * SECOND), now, out);

        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 3 * SECOND);
        pass(3 * SECOND - 1);
        assertThat(actions()).isEmpty();
        pass(1);
        assertThat(actions()).containsExactly("retire 1", "retire 2");
    }

    /** Nothing is ended by the event itself; the clock that was set for a later time rings at once. */
    @Test
    void idleTimeout_shorterThanTheyAreIdle_theyLeaveAtOnce() {
        idleWorkers(2);
        pass(6 * SECOND);

        pool.adapt(Limits.idleTimeout(pool.limits(), 5 * SECOND), now, out);

        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now);
        pass(0);
        assertThat(actions()).containsExactly("retire 1", "retire 2");
    }

    @Test
    void idleTimeout_longer_keepsThemLonger() {
        idleWorkers(1);
        pass(9 * SECOND);

        pool.adapt(Limits.idleTimeout(pool.limits(), 20 * SECOND), now, out);

        pass(10 * SECOND);
        assertThat(actions()).isEmpty();
        pass(SECOND);
        assertThat(actions()).containsExactly("retire 1");
    }

    @Test
    void idleTimeout_shorter_countsForSparesToo() {
        pool = pool(1, options -> options.spareWorkers(1));
        idleWorkers(1);
        ready(2);
        pass(2 * SECOND);
        actions();

        pool.adapt(Limits.idleTimeout(pool.limits(), 5 * SECOND), now, out);

        pass(3 * SECOND);
        assertThat(actions()).containsExactly("retire 1", "retire 2");
    }

    @Test
    void idleTimeout_longer_keepsSparesLonger() {
        pool = pool(1, options -> options.spareWorkers(1));
        idleWorkers(1);
        ready(2);
        pass(9 * SECOND);
        actions();

        pool.adapt(Limits.idleTimeout(pool.limits(), 20 * SECOND), now, out);

        pass(10 * SECOND);
        assertThat(actions()).isEmpty();
        pass(SECOND);
        assertThat(actions()).containsExactly("retire 1", "retire 2");
    }

    /** Whoever asks for workers now gets them for the whole time. */
    @Test
    void prestart_shortlyBeforeTheTimeout_countsAnew() {
        pool = pool(1, options -> options.spareWorkers(1));
        idleWorkers(1);
        ready(2);
        pass(9 * SECOND);
        actions();

        pool.prestart(now, out);

        pass(9 * SECOND);
        assertThat(actions()).isEmpty();
        pass(SECOND);
        assertThat(actions()).containsExactly("retire 1", "retire 2");
    }

    @Test
    void idleTimeout_ofCenturies_keepsThem() {
        idleWorkers(1);

        pool.adapt(Limits.idleTimeout(pool.limits(), Long.MAX_VALUE), now, out);

        pass(1_000 * SECOND);
        assertThat(actions()).isEmpty();
    }

    /** Since when it was idle is not known any more. It leaves once it has been idle again. */
    @Test
    void idleTimeout_shorterAfterCenturies_holdsFromTheNextTask() {
        idleWorkers(1);
        now = Long.MAX_VALUE / 2;
        pool.adapt(Limits.idleTimeout(pool.limits(), Long.MAX_VALUE), now, out);

        pool.adapt(Limits.idleTimeout(pool.limits(), SECOND), now, out);
        Task task = submit();
        answer(1, task);
        out.clear();

        pass(SECOND);
        assertThat(actions()).containsExactly("retire 1");
    }

    /** What is busy is idle later, and stays for as long as the time-out is then. */
    @Test
    void idleTimeout_whileBusy_holdsWhenTheTaskIsOver() {
        Task task = submit();
        ready(1);

        pool.adapt(Limits.idleTimeout(pool.limits(), SECOND), now, out);
        answer(1, task);
        out.clear();

        pass(SECOND - 1);
        assertThat(actions()).isEmpty();
        pass(1);
        assertThat(actions()).containsExactly("retire 1");
    }
}
