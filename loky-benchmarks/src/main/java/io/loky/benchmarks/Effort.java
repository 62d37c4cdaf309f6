/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.time.Duration;

/**
 * How much is done for one figure.
 *
 * @param roundTrips timed calls of a round of metrics a and r
 * @param warmUpCalls calls before round 1, unless {@code warmUpTime} is over first
 * @param warmUpTime the longest warm-up of one contender for one metric
 * @param tasks submits that are gathered in metric b; a quarter of that in metric s
 * @param batches how often a round repeats them; Python does it once, for its batch takes seconds
 * @param firstResults new pools of a round of metric f
 * @param losses killed workers of a round of metric g
 * @param items what metric c maps over
 * @param echoes timed echoes of a round of metric d
 * @param largeBytes how large the arrays of metric e are
 * @param idleTime how long metric i looks at a pool that has nothing to do
 * @param queued tasks that wait at once in metric q; a tenth of that in metric j
 * @param submits of all threads of metric t together
 * @param job the size of the jobs of metrics w to z: 100 is the whole job
 * @param mostWorkers larger pools than this are made smaller
 */
record Effort(
        int roundTrips,
        int warmUpCalls,
        Duration warmUpTime,
        int tasks,
        int batches,
        int firstResults,
        int losses,
        int items,
        int echoes,
        int largeBytes,
        Duration idleTime,
        int queued,
        int submits,
        int job,
        int mostWorkers) {

    /** Untimed calls at the head of each round of metric a: caches and branch predictors served others since. */
    static final int REFRESH_CALLS = 200;

    static final int WARM_UP_BATCHES = 10;

    /** Of metric e: a second large array, more would take the others' time. */
    static final int LARGE_ECHOES = 3;

    /** Of metric d. */
    static final int ECHO_BYTES = 1 << 20;

    /** Of metric t. */
    static final int SUBMITTERS = 64;

    private static final int ALL_WORKERS = 64;

    /** Of metric s: pools of seven sizes, in which new workers do the first of their tasks slowly, would take most of the run. */
    private static final int SCALE_SHARE = 4;

    static Effort full() {
        return new Effort(
                2_000,
                20_000,
                Duration.ofSeconds(3),
                20_000,
                3,
                3,
                2,
                100_000,
                50,
                64 << 20,
                Duration.ofSeconds(4),
                1_000_000,
                10_000,
                100,
                ALL_WORKERS);
    }

    /** For a first impression: the rates of Python settle within 5000 tasks, ours are a little low. */
    static Effort quick() {
        return new Effort(
                1_000,
                10_000,
                Duration.ofSeconds(1),
                5_000,
                3,
                1,
                1,
                100_000,
                20,
                64 << 20,
                Duration.ofSeconds(1),
                200_000,
                5_000,
                30,
                ALL_WORKERS);
    }

    /** To see whether everything works; the figures say nothing. */
    static Effort least() {
        return new Effort(
                20, 20, Duration.ofMillis(10), 50, 1, 1, 1, 200, 2, 1 << 20, Duration.ofMillis(50), 1_000, 128, 1, 2);
    }

    /** The workers that the pool of this metric has. */
    int workers(Metric metric) {
        return Math.min(metric.workers(), mostWorkers);
    }

    /** The tasks that are gathered for this metric. */
    int tasks(Metric metric) {
        return switch (metric.kind()) {
            case SCALE -> tasks / SCALE_SHARE;
            default -> metric == Metric.MILLION ? queued : tasks;
        };
    }

    /** How often a round repeats it: a million are one batch. */
    int batches(Metric metric) {
        return metric == Metric.MILLION ? 1 : batches;
    }

    /** The size of the array that is sent and comes back, in bytes. */
    int echoBytes(Metric metric) {
        return metric == Metric.ECHO ? ECHO_BYTES : largeBytes;
    }

    int echoes(Metric metric) {
        return metric == Metric.ECHO ? echoes : Math.min(echoes, LARGE_ECHOES);
    }

    /** The array that is sent: of bytes or of doubles, with something in it. */
    Object echoed(Metric metric) {
        if (metric == Metric.LARGE_DOUBLES) {
            double[] doubles = new double[echoBytes(metric) / Double.BYTES];
            for (int i = 0; i < doubles.length; i++) {
                doubles[i] = i;
            }
            return doubles;
        }
        byte[] bytes = new byte[echoBytes(metric)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
