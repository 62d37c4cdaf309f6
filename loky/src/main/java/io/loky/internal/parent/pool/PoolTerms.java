/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.PoolSnapshot;

/**
 * What all parts of a pool's state go by: how far its life has come, its limits, and when time will matter to one of them.
 * Guarded by the pool's lock.
 */
final class PoolTerms {
    PoolSnapshot.State phase = PoolSnapshot.State.RUNNING;
    PoolLimits limits;

    /** No later than the earliest deadline of all; exact after {@link PoolState#tick}. */
    private long nextDeadlineNanos = Worker.NEVER;

    PoolTerms(PoolLimits limits) {
        this.limits = limits;
    }

    boolean isRunning() {
        return phase == PoolSnapshot.State.RUNNING;
    }

    long nextDeadlineNanos() {
        return nextDeadlineNanos;
    }

    /** All that have a deadline say so again. */
    void forgetDeadlines() {
        nextDeadlineNanos = Worker.NEVER;
    }

    void deadline(long nanos) {
        nextDeadlineNanos = Math.min(nextDeadlineNanos, nanos);
    }

    /** Saturates: a time-out of centuries must not wrap around into the past. */
    static long later(long now, long delay) {
        long sum = now + delay;
        return delay > 0 && sum < now ? Worker.NEVER : sum;
    }
}
