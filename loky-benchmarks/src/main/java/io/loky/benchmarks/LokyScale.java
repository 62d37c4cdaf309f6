/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerSnapshot;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/**
 * This library as the pool grows: round trips and throughput with 1 to 64 workers. A pool of 64 would disturb whoever has the
 * next turn, so each is made for one turn and gone after it. One pool serves both metrics of its size: the figures of
 * the second one are kept for its turn.
 */
final class LokyScale implements Contender {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);
    private static final int WARM_UP_BATCHES = 10;

    private final Map<Metric, double[]> measured = new EnumMap<>(Metric.class);
    private final Set<ProcessPoolExecutor> open = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return LokyJava.NAME;
    }

    @Override
    public boolean measures(Metric metric) {
        return metric.kind() == Metric.Kind.SCALE;
    }

    /** Nothing: each turn warms its own pool up. */
    @Override
    public void warmUp(Metric metric, Effort effort) {}

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        double[] kept = measured.remove(metric);
        if (kept != null) {
            return kept;
        }
        measureBoth(metric.workers(), effort.tasks(metric), effort);
        double[] figures = measured.remove(metric);
        if (figures == null) {
            throw new IllegalArgumentException(metric + " is not about scale");
        }
        return figures;
    }

    private void measureBoth(int workers, int tasks, Effort effort) throws Exception {
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(IDLE_TIMEOUT)
                .build());
        open.add(pool);
        try {
            awaitWorkers(pool, workers);
            Timing.warmUp(WARM_UP_BATCHES, effort.warmUpTime(), () -> LokyJava.gather(pool, tasks));
            double[] rates = Timing.perSecond(effort.batches(), tasks, () -> LokyJava.gather(pool, tasks));
            Timing.warmUp(effort.roundTrips(), effort.warmUpTime(), () -> LokyJava.roundTrip(pool));
            double[] micros = Timing.micros(effort.roundTrips(), () -> LokyJava.roundTrip(pool));
            for (Metric metric : Metric.values()) {
                if (measures(metric) && metric.workers() == workers) {
                    measured.put(metric, metric.moreIsBetter() ? rates : micros);
                }
            }
        } finally {
            open.remove(pool);
            pool.shutdown(true);
            pool.close();
        }
    }

    /** Starts all workers and waits until each is ready for a task. */
    static void awaitWorkers(ProcessPoolExecutor pool, int workers) throws InterruptedException, TimeoutException {
        pool.prestart();
        long start = System.nanoTime();
        while (ready(pool) < workers) {
            if (System.nanoTime() - start > START_LIMIT.toNanos()) {
                throw new TimeoutException(ready(pool) + " of " + workers + " workers were ready within "
                        + START_LIMIT.toSeconds() + " s");
            }
            Thread.sleep(1);
        }
    }

    private static long ready(ProcessPoolExecutor pool) {
        return pool.snapshot().workers().stream()
                .filter(worker -> worker.state() == WorkerSnapshot.State.IDLE)
                .count();
    }

    @Override
    public void close() {
        open.forEach(pool -> pool.shutdown(true));
    }
}
