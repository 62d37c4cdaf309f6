/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.time.Duration;

/**
 * How much is done for one figure.
 *
 * @param roundTrips timed calls of a round of metric a
 * @param warmUpCalls calls before round 1, unless {@code warmUpTime} is over first
 * @param warmUpTime the longest warm-up of one contender for one metric
 * @param tasks submits that are gathered in metric b
 * @param batches how often a round repeats them; Python does it once, for its batch takes seconds
 * @param firstResults new pools of a round of metric f
 * @param losses killed workers of a round of metric g
 */
record Effort(
        int roundTrips, int warmUpCalls, Duration warmUpTime, int tasks, int batches, int firstResults, int losses) {

    /** Untimed calls at the head of each round of metric a: caches and branch predictors served others since. */
    static final int REFRESH_CALLS = 200;

    static final int WARM_UP_BATCHES = 10;

    static Effort full() {
        return new Effort(2_000, 20_000, Duration.ofSeconds(3), 20_000, 3, 3, 2);
    }

    /** For a first impression: the rates of Python settle within 5000 tasks, ours are a little low. */
    static Effort quick() {
        return new Effort(1_000, 10_000, Duration.ofSeconds(1), 5_000, 3, 1, 1);
    }
}
