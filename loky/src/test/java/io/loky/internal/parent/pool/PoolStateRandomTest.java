/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.loky.internal.parent.pool.FakeShell.Fault;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Drives the state through random orders of all events, against a model of processes and threads, and checks the guarantees
 * at every step; see {@link PoolStateRun}. A failure says with which seed it is repeated, and the smallest script found that
 * still fails. {@code -Dloky.runs=<n>} for more runs.
 */
class PoolStateRandomTest {
    private static final long USUAL_RUNS = 500_000;
    private static final long RUNS = Long.getLong("loky.runs", USUAL_RUNS);
    private static final long BASE_SEED =
            Long.getLong("loky.seed", ThreadLocalRandom.current().nextLong());

    /** So many runs meet even the rarest case a dozen times. */
    private static final long RUNS_THAT_MEET_ALL = 500_000;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES) // half a minute on two processors that do nothing else
    void anyOrderOfEvents_everyGuaranteeHolds() throws Exception {
        RandomRuns runs = new RandomRuns(BASE_SEED, RUNS, Fault.NONE);
        long begin = System.nanoTime();
        Counterexample counterexample = runs.execute();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (counterexample != null) {
            fail(counterexample.toString(), counterexample.failure());
        }
        System.getLogger(PoolStateRandomTest.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        () -> String.format(
                                "%d runs, %.0f a second, seed %d, at most %d ticks to come to rest: %s",
                                RUNS, RUNS / seconds, BASE_SEED, runs.mostTicks(), runs.coverage()));
        if (RUNS >= RUNS_THAT_MEET_ALL) {
            assertThat(runs.coverage().neverMet())
                    .as("cases that the model can make and that no run made; seed %d", BASE_SEED)
                    .isEmpty();
        }
    }
}
