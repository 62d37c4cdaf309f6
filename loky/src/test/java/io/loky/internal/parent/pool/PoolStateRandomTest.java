/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Drives the state through random orders of all events, against a model of worker processes, and checks the guarantees
 * at every step; see {@link PoolStateRun}. The seed of a failure is in its message: {@code -Dloky.seed=<seed>} repeats it.
 */
class PoolStateRandomTest {
    private static final int RUNS = 20_000;
    private static final long BASE_SEED =
            Long.getLong("loky.seed", ThreadLocalRandom.current().nextLong());

    @Test
    void anyOrderOfEvents_everyTaskEndsOnceAndThePoolTerminates() {
        SplittableRandom seeds = new SplittableRandom(BASE_SEED);
        Coverage coverage = new Coverage();
        long begin = System.nanoTime();
        for (int run = 0; run < RUNS; run++) {
            long seed = seeds.nextLong();
            int events = 50 + (int) Math.floorMod(seed, 151L);
            try {
                new PoolStateRun(seed, events, null).execute(coverage);
            } catch (RuntimeException | AssertionError failure) {
                fail(report(run, seed, events), failure);
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.getLogger(PoolStateRandomTest.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        () -> String.format(
                                "%d runs, %.0f a second, seed %d: %s", RUNS, RUNS / seconds, BASE_SEED, coverage));
        assertThat(coverage.rareCases())
                .as(
                        "each case that the model can make was made, or this test checks less than it says; seed %d",
                        BASE_SEED)
                .allSatisfy((name, count) -> assertThat(count).as(name).isPositive());
    }

    /** The shortest prefix of the run's events that still fails, and what happened in it. */
    private static String report(int run, long seed, int events) {
        for (int fewer = 0; fewer <= events; fewer++) {
            StringBuilder log = new StringBuilder();
            try {
                new PoolStateRun(seed, fewer, log).execute(new Coverage());
            } catch (RuntimeException | AssertionError failure) {
                return "run " + run + " of base seed " + BASE_SEED + " (repeat it with -Dloky.seed=" + BASE_SEED
                        + ") fails after " + fewer + " events with: " + failure + "\n" + log;
            }
        }
        return "run " + run + " of base seed " + BASE_SEED
                + " failed once and not again: it does not depend on the seed" + " alone";
    }
}
