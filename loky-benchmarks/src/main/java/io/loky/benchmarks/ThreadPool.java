/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A {@code ThreadPoolExecutor} in this JVM: what there is without isolation. It copies nothing and encodes nothing, so it is the
 * upper bound of what a pool can do behind this interface.
 */
final class ThreadPool implements Contender {

    static final String NAME = "threads";

    /** By the number of their threads. */
    private final Map<Integer, ExecutorService> kept = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean measures(Metric metric) {
        return switch (metric.kind()) {
            case ROUND_TRIP, GATHER, MAP, ECHO, FIRST_RESULT, QUEUED, SCALE, SUBMITTERS -> true;
            case LOSS, REST, THREADS, JOB -> false;
        };
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        switch (metric.kind()) {
            case QUEUED, FIRST_RESULT -> measure(metric, effort);
            case ROUND_TRIP -> Timing.warmUp(effort.warmUpCalls(), effort.warmUpTime(), action(metric, effort));
            default -> Timing.warmUp(Effort.WARM_UP_BATCHES, effort.warmUpTime(), action(metric, effort));
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        Timing.Action action = action(metric, effort);
        return switch (metric.kind()) {
            case ROUND_TRIP -> {
                Timing.micros(Effort.REFRESH_CALLS, action);
                yield Timing.micros(effort.roundTrips(), action);
            }
            case ECHO -> Timing.millis(effort.echoes(metric), action);
            case FIRST_RESULT -> Timing.samples(effort.firstResults(), ThreadPool::firstResult);
            case QUEUED -> new double[] {bytesPerTask(effort.queued() / 10)};
            case MAP -> Timing.perSecond(effort.batches(), effort.items(), action);
            case SUBMITTERS -> Timing.perSecond(effort.batches(), effort.submits(), action);
            default ->
                metric.moreIsBetter()
                        ? Timing.perSecond(effort.batches(metric), effort.tasks(metric), action)
                        : Timing.micros(effort.roundTrips(), action);
        };
    }

    private Timing.Action action(Metric metric, Effort effort) {
        ExecutorService pool = kept.computeIfAbsent(metric.workers(), ThreadPool::open);
        return switch (metric.kind()) {
            case MAP -> () -> gather(pool, effort.items());
            case SUBMITTERS -> () -> Submitters.run(Effort.SUBMITTERS, effort.submits(), n -> gather(pool, n));
            case ECHO -> {
                Object array = effort.echoed(metric);
                yield () -> pool.submit(() -> array).get();
            }
            default -> metric.moreIsBetter() ? () -> gather(pool, effort.tasks(metric)) : () -> roundTrip(pool);
        };
    }

    private static ExecutorService open(int threads) {
        return Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "thread-pool");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void roundTrip(ExecutorService pool) throws Exception {
        Callable<?> nothing = () -> null;
        pool.submit(nothing).get();
    }

    private static void gather(ExecutorService pool, int tasks) throws Exception {
        Callable<?> nothing = () -> null;
        List<Future<?>> futures = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            futures.add(pool.submit(nothing));
        }
        for (Future<?> future : futures) {
            future.get();
        }
    }

    private static double firstResult() throws Exception {
        long start = System.nanoTime();
        ExecutorService pool = open(1);
        try {
            roundTrip(pool);
            return Timing.millisSince(start);
        } finally {
            pool.shutdownNow();
        }
    }

    private static double bytesPerTask(int tasks) throws Exception {
        ExecutorService pool = open(1);
        try {
            return HeapUse.perTask(tasks, () -> pool.submit(ThreadPool::sleep), () -> pool.submit(() -> null));
        } finally {
            pool.shutdownNow();
        }
    }

    private static boolean sleep() throws InterruptedException {
        TimeUnit.HOURS.sleep(1);
        return true;
    }

    @Override
    public void close() {
        kept.values().forEach(ExecutorService::shutdownNow);
    }
}
