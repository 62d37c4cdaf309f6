/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What this library costs the JVM that submits: memory for each task that waits, threads for each worker. */
final class LokyBook implements Contender {

    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    private final Set<ProcessPoolExecutor> open = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return LokyJava.NAME;
    }

    @Override
    public boolean measures(Metric metric) {
        return metric.kind() == Metric.Kind.QUEUED || metric.kind() == Metric.Kind.THREADS;
    }

    /** Once for nothing: what is loaded and made once is no task's. */
    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        if (metric.kind() == Metric.Kind.QUEUED) {
            measure(metric, effort);
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        return new double[] {
            metric.kind() == Metric.Kind.QUEUED
                    ? bytesPerTask(effort.queued() / 10)
                    : threadsPerWorker(effort.workers(metric))
        };
    }

    /** Its only worker sleeps meanwhile. */
    private double bytesPerTask(int tasks) throws Exception {
        ProcessPoolExecutor pool = open(1);
        try {
            pool.submit(() -> null).get();
            return HeapUse.perTask(tasks, () -> pool.submit(LokyBook::sleep), () -> pool.submit(() -> null));
        } finally {
            end(pool);
        }
    }

    private static void sleep() throws InterruptedException {
        TimeUnit.HOURS.sleep(1);
    }

    /** The threads that further workers add to those of the first one. */
    private double threadsPerWorker(int workers) throws Exception {
        ProcessPoolExecutor pool = open(workers);
        try {
            pool.submit(() -> null).get();
            int withOne = threads();
            LokyScale.awaitWorkers(pool, workers);
            return (double) (threads() - withOne) / (workers - 1);
        } finally {
            end(pool);
        }
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private ProcessPoolExecutor open(int workers) {
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(IDLE_TIMEOUT)
                .build());
        open.add(pool);
        return pool;
    }

    private void end(ProcessPoolExecutor pool) {
        open.remove(pool);
        pool.shutdown(true);
        pool.close();
    }

    @Override
    public void close() {
        open.forEach(pool -> pool.shutdown(true));
    }
}
