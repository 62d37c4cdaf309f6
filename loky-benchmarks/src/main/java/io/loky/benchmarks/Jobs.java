/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Whole jobs, in warm workers or in the warm threads of one JVM. A job that is about a small heap has its threads in a JVM of their own, whose
 * heap is as large as those of all workers together.
 */
final class Jobs implements Contender {

    /** The compilers of two JVMs need some seconds for a job of one. */
    private static final int WARM_UPS = 8;

    private static final int TIMES_WARM_UP_TIME = 3;
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    /** What came out of a job, of whoever did it first: {@code metric/parts}. */
    private static final Map<String, Long> RESULTS = new ConcurrentHashMap<>();

    private final boolean threads;
    /** By what they have to be like: jobs that need the same share one. */
    private final Map<String, Runner> runners = new ConcurrentHashMap<>();

    private Jobs(boolean threads) {
        this.threads = threads;
    }

    static Jobs inWorkers() {
        return new Jobs(false);
    }

    static Jobs inThreads() {
        return new Jobs(true);
    }

    /** Does a job from beginning to end. */
    private interface Runner extends AutoCloseable {
        long run(Workload job) throws Exception;

        @Override
        void close();
    }

    @Override
    public String name() {
        return threads ? ThreadPool.NAME : LokyJava.NAME;
    }

    @Override
    public boolean measures(Metric metric) {
        return metric.kind() == Metric.Kind.JOB;
    }

    @Override
    public Optional<String> unavailable(Metric metric) {
        try {
            return Workload.of(metric, Effort.least()).parts() > 0
                    ? Optional.empty()
                    : Optional.of("there is no jar in the local Maven repository");
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        Workload job = Workload.of(metric, effort);
        Runner runner = runner(metric, job);
        Timing.warmUp(WARM_UPS, effort.warmUpTime().multipliedBy(TIMES_WARM_UP_TIME), () -> run(metric, runner, job));
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        Workload job = Workload.of(metric, effort);
        Runner runner = runner(metric, job);
        return Timing.millis(1, () -> run(metric, runner, job));
    }

    private static void run(Metric metric, Runner runner, Workload job) throws Exception {
        long result = runner.run(job);
        Long first = RESULTS.putIfAbsent(metric + "/" + job.parts(), result);
        if (first != null) {
            Sizes.require("came out of the job", first, result);
        }
    }

    private Runner runner(Metric metric, Workload job) {
        String what = metric.workers() + " of " + job.megabytes() + " MiB";
        return runners.computeIfAbsent(what, key -> {
            if (!threads) {
                return new Workers(pool(metric.workers(), job.megabytes()));
            }
            return job.megabytes() == 0
                    ? new Threads(metric.workers())
                    : new ThreadsElsewhere(pool(1, job.megabytes() * metric.workers()), metric.workers());
        });
    }

    private static ProcessPoolExecutor pool(int workers, int megabytes) {
        ProcessPoolOptions.Builder options =
                ProcessPoolOptions.builder().maxWorkers(workers).idleTimeout(IDLE_TIMEOUT);
        return ProcessPoolExecutor.create((megabytes == 0 ? options : options.maxHeap(megabytes + "m")).build());
    }

    private record Workers(ProcessPoolExecutor pool) implements Runner {

        @Override
        public long run(Workload job) throws Exception {
            List<Future<Long>> futures = new ArrayList<>(job.parts());
            for (int i = 0; i < job.parts(); i++) {
                futures.add(pool.submit(job.part(i)));
            }
            return sum(futures);
        }

        @Override
        public void close() {
            pool.shutdown(true);
            pool.close();
        }
    }

    private static final class Threads implements Runner {
        private final ExecutorService pool;

        Threads(int threads) {
            pool = Executors.newFixedThreadPool(threads, task -> {
                Thread thread = new Thread(task, "job");
                thread.setDaemon(true);
                return thread;
            });
        }

        @Override
        public long run(Workload job) throws Exception {
            List<Future<Long>> futures = new ArrayList<>(job.parts());
            for (int i = 0; i < job.parts(); i++) {
                futures.add(pool.submit(job.part(i)));
            }
            return sum(futures);
        }

        @Override
        public void close() {
            pool.shutdownNow();
        }
    }

    /** The pool is only a way to have a JVM with a heap of that size. */
    private record ThreadsElsewhere(ProcessPoolExecutor pool, int threads) implements Runner {

        @Override
        public long run(Workload job) throws Exception {
            int width = threads;
            SerializableCallable<Long> whole = () -> {
                try (Threads inside = new Threads(width)) {
                    return inside.run(job);
                }
            };
            return pool.submit(whole).get();
        }

        @Override
        public void close() {
            pool.shutdown(true);
            pool.close();
        }
    }

    private static long sum(List<Future<Long>> futures) throws Exception {
        long sum = 0;
        for (Future<Long> future : futures) {
            sum += future.get();
        }
        return sum;
    }

    @Override
    public void close() {
        runners.values().forEach(Runner::close);
    }
}
