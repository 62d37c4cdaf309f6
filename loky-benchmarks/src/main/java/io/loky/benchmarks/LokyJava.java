/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** This library, as any program would use it. */
final class LokyJava implements Contender {

    static final String NAME = "loky-java";

    private static final int FIRST_RESULTS_TO_WARM_UP = 3;
    private static final long BUSY_MILLIS = 50;
    private static final long PATIENCE_SECONDS = 20;

    /** Longer than any run: the pools wait while the others have their turns. */
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    /** By the number of their workers. */
    private final Map<Integer, ProcessPoolExecutor> kept = new ConcurrentHashMap<>();

    private final Set<ProcessPoolExecutor> passing = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean measures(Metric metric) {
        return true;
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        switch (metric) {
            case ROUND_TRIP -> {
                ProcessPoolExecutor pool = kept(metric);
                Timing.warmUp(effort.warmUpCalls(), effort.warmUpTime(), () -> roundTrip(pool));
            }
            case THROUGHPUT_1, THROUGHPUT_2 -> {
                ProcessPoolExecutor pool = kept(metric);
                Timing.warmUp(Effort.WARM_UP_BATCHES, effort.warmUpTime(), () -> gather(pool, effort.tasks()));
            }
            case FIRST_RESULT -> Timing.samples(FIRST_RESULTS_TO_WARM_UP, this::firstResult);
            case LOSS -> loss();
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        return switch (metric) {
            case ROUND_TRIP -> {
                ProcessPoolExecutor pool = kept(metric);
                Timing.micros(Effort.REFRESH_CALLS, () -> roundTrip(pool));
                yield Timing.micros(effort.roundTrips(), () -> roundTrip(pool));
            }
            case THROUGHPUT_1, THROUGHPUT_2 -> {
                ProcessPoolExecutor pool = kept(metric);
                yield Timing.perSecond(effort.batches(), effort.tasks(), () -> gather(pool, effort.tasks()));
            }
            case FIRST_RESULT -> Timing.samples(effort.firstResults(), this::firstResult);
            case LOSS -> Timing.samples(effort.losses(), this::loss);
        };
    }

    private ProcessPoolExecutor kept(Metric metric) {
        return kept.computeIfAbsent(
                metric.workers(),
                workers -> ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                        .maxWorkers(workers)
                        .idleTimeout(IDLE_TIMEOUT)
                        .build()));
    }

    private static void roundTrip(ProcessPoolExecutor pool) throws Exception {
        pool.submit(() -> null).get();
    }

    private static void gather(ProcessPoolExecutor pool, int tasks) throws Exception {
        List<TaskFuture<?>> futures = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            futures.add(pool.submit(() -> null));
        }
        for (TaskFuture<?> future : futures) {
            future.get();
        }
    }

    /** A new pool to its first result; its end is not timed. */
    private double firstResult() throws Exception {
        long start = System.nanoTime();
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(1);
        passing.add(pool);
        try {
            pool.submit(() -> null).get();
            return Timing.millisSince(start);
        } finally {
            end(pool);
        }
    }

    /** SIGKILL of a worker that is executing a task to the exception that its caller gets. */
    private double loss() throws Exception {
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(1);
        passing.add(pool);
        try {
            pool.submit(() -> null).get();
            TaskFuture<?> victim = pool.submit(LokyJava::spin);
            ProcessHandle worker = ProcessHandle.of(pidOnceRunning(victim))
                    .orElseThrow(() -> new IllegalStateException("workerPid() is the pid of no process"));
            Thread.sleep(BUSY_MILLIS);
            long start = System.nanoTime();
            worker.destroyForcibly();
            try {
                victim.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                throw new IllegalStateException("a task that never ends has a result");
            } catch (ExecutionException e) {
                double millis = Timing.millisSince(start);
                requireWorkerTerminated(e);
                return millis;
            }
        } finally {
            end(pool);
        }
    }

    private static void spin() {
        while (!Thread.interrupted()) {
            Thread.onSpinWait();
        }
    }

    private static long pidOnceRunning(TaskFuture<?> future) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (OptionalLong pid = future.workerPid(); ; pid = future.workerPid()) {
            if (pid.isPresent()) {
                return pid.getAsLong();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the task had no workerPid() within " + PATIENCE_SECONDS + " s");
            }
            Thread.sleep(1);
        }
    }

    private static void requireWorkerTerminated(ExecutionException e) {
        if (!(e.getCause() instanceof WorkerTerminatedException)) {
            throw new IllegalStateException(
                    "the task of a killed worker failed with another error than WorkerTerminatedException: "
                            + e.getCause(),
                    e);
        }
    }

    private void end(ProcessPoolExecutor pool) {
        passing.remove(pool);
        pool.shutdownNow();
        pool.close();
    }

    @Override
    public void close() {
        List<ProcessPoolExecutor> all = new ArrayList<>(kept.values());
        all.addAll(passing);
        all.forEach(pool -> pool.shutdown(true));
        try {
            for (ProcessPoolExecutor pool : all) {
                if (!pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("a pool was not terminated within " + PATIENCE_SECONDS + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the workers have been killed: only the wait is cut short
        }
    }
}
