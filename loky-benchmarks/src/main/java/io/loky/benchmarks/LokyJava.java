/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.lang.reflect.Array;
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
import java.util.stream.Stream;

/** This library, as any program would use it: one pool and a clock. */
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
        return switch (metric.kind()) {
            case ROUND_TRIP, GATHER, MAP, ECHO, FIRST_RESULT, LOSS, SUBMITTERS -> true;
            case REST, QUEUED, THREADS, SCALE, JOB -> false;
        };
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        switch (metric.kind()) {
            case FIRST_RESULT -> Timing.samples(FIRST_RESULTS_TO_WARM_UP, this::firstResult);
            case LOSS -> loss();
            case ROUND_TRIP -> {
                ProcessPoolExecutor pool = kept(metric);
                Timing.warmUp(effort.warmUpCalls(), effort.warmUpTime(), () -> roundTrip(pool));
            }
            default -> {
                Timing.Action action = action(metric, effort);
                Timing.warmUp(Effort.WARM_UP_BATCHES, effort.warmUpTime(), action);
            }
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        return switch (metric.kind()) {
            case FIRST_RESULT -> Timing.samples(effort.firstResults(), this::firstResult);
            case LOSS -> Timing.samples(effort.losses(), this::loss);
            case ROUND_TRIP -> {
                ProcessPoolExecutor pool = kept(metric);
                Timing.micros(Effort.REFRESH_CALLS, () -> roundTrip(pool));
                yield Timing.micros(effort.roundTrips(), () -> roundTrip(pool));
            }
            case ECHO -> Timing.millis(effort.echoes(metric), action(metric, effort));
            case MAP -> Timing.perSecond(effort.batches(), effort.items(), action(metric, effort));
            case SUBMITTERS -> Timing.perSecond(effort.batches(), effort.submits(), action(metric, effort));
            default -> Timing.perSecond(effort.batches(metric), effort.tasks(metric), action(metric, effort));
        };
    }

    private Timing.Action action(Metric metric, Effort effort) {
        ProcessPoolExecutor pool = kept(metric);
        return switch (metric.kind()) {
            case MAP -> () -> map(pool, effort.items());
            case ECHO -> {
                Object array = effort.echoed(metric);
                yield () -> echo(pool, array);
            }
            case SUBMITTERS -> () -> Submitters.run(Effort.SUBMITTERS, effort.submits(), n -> gather(pool, n));
            default -> () -> gather(pool, effort.tasks(metric));
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

    static void roundTrip(ProcessPoolExecutor pool) throws Exception {
        pool.submit(() -> null).get();
    }

    private static void map(ProcessPoolExecutor pool, int items) {
        try (Stream<Integer> results = pool.map(item -> item, new Numbers(items))) {
            Sizes.require("results of a map", items, results.count());
        }
    }

    /** What comes back is a copy: of the same length, or something is wrong. */
    private static void echo(ProcessPoolExecutor pool, Object array) throws Exception {
        Object copy = pool.submitWith(same -> same, array).get();
        Sizes.require("elements of an echo", Array.getLength(array), Array.getLength(copy));
    }

    static void gather(ProcessPoolExecutor pool, int tasks) throws Exception {
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
