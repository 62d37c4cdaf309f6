/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * What a process of its own costs a task: the time from {@code submit} to the result, in a pool of one worker, in a parent
 * that is warm.
 *
 * <pre>
 *   warm            one worker for all tasks
 *   none            a worker for each task, no spares
 *   spares          the same with two spares, one task right after the other
 *   paused          the same with a pause before each task, in which spares come up
 *   paused-values   the same with a plain lambda that takes and returns a few values
 *   paused-failure  the same with a task that fails
 *   cold            the first task of a new pool, from create on
 * </pre>
 *
 * <p>Usage: {@code FreshProcess [samples [pauseMillis [row...]]]}, by default 40 for each row, 700 ms, all rows. To compare two versions
 * of the library run it with each in turn, several times.
 */
public final class FreshProcess {
    private static final int WARM_UP = 2_000;
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(2);
    private static final List<String> ROWS =
            List.of("warm", "none", "spares", "paused", "paused-values", "paused-failure", "cold");

    private final int samples;
    private final long pauseMillis;

    private FreshProcess(int samples, long pauseMillis) {
        this.samples = samples;
        this.pauseMillis = pauseMillis;
    }

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a task does not end as it should
     */
    public static void main(String[] args) throws Exception {
        int samples = args.length > 0 ? Integer.parseInt(args[0]) : 40;
        long pauseMillis = args.length > 1 ? Long.parseLong(args[1]) : 700;
        run(samples, pauseMillis, args.length > 2 ? List.of(args).subList(2, args.length) : ROWS, System.out);
    }

    static void run(int samples, long pauseMillis, List<String> rows, PrintStream out) throws Exception {
        out.printf("%-16s %8s %9s %9s %9s%n", "ms", "samples", "median", "p95", "largest");
        FreshProcess benchmark = new FreshProcess(samples, pauseMillis);
        warmUpParent();
        for (String row : rows) {
            double[] millis = benchmark.row(row);
            out.printf(
                    Locale.ROOT,
                    "%-16s %8d %9.2f %9.2f %9.2f%n",
                    row,
                    millis.length,
                    Statistics.median(millis),
                    Statistics.p95(millis),
                    Statistics.max(millis));
        }
    }

    private static void warmUpParent() throws Exception {
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
            Timing.warmUp(WARM_UP, WARM_UP_LIMIT, () -> number(pool));
            Timing.warmUp(WARM_UP, WARM_UP_LIMIT, () -> values(pool));
            Timing.warmUp(WARM_UP, WARM_UP_LIMIT, () -> failure(pool));
        }
    }

    private double[] row(String name) throws Exception {
        ProcessPoolOptions.Builder one = ProcessPoolOptions.builder().maxWorkers(1);
        ProcessPoolOptions each = one.maxTasksPerWorker(1).build();
        ProcessPoolOptions spares = one.spareWorkers(2).build();
        return switch (name) {
            case "warm" -> {
                try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                    Timing.warmUp(WARM_UP, WARM_UP_LIMIT, () -> number(pool));
                    yield Timing.samples(samples, () -> timed(() -> number(pool)));
                }
            }
            case "none" -> row(each, 0, FreshProcess::number);
            case "spares" -> row(spares, 0, FreshProcess::number);
            case "paused" -> row(spares, pauseMillis, FreshProcess::number);
            case "paused-values" -> row(spares, pauseMillis, FreshProcess::values);
            case "paused-failure" -> row(spares, pauseMillis, FreshProcess::failure);
            case "cold" -> Timing.samples(samples, FreshProcess::cold);
            default -> throw new IllegalArgumentException("no row " + name + "; there are " + ROWS);
        };
    }

    private interface Job {
        void submit(ProcessPoolExecutor pool) throws Exception;
    }

    private double[] row(ProcessPoolOptions options, long pause, Job job) throws Exception {
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options)) {
            job.submit(pool); // the first one waits for the first worker whatever the options are
            return Timing.samples(samples, () -> {
                TimeUnit.MILLISECONDS.sleep(pause);
                return timed(() -> job.submit(pool));
            });
        }
    }

    private static double cold() throws Exception {
        long start = System.nanoTime();
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
            number(pool);
            return Timing.millisSince(start);
        }
    }

    private static double timed(Timing.Action action) throws Exception {
        long start = System.nanoTime();
        action.run();
        return Timing.millisSince(start);
    }

    private static void number(ProcessPoolExecutor pool) throws Exception {
        SerializableCallable<Integer> task = () -> 42;
        expect(pool.submit(task).get().equals(42));
    }

    private static void values(ProcessPoolExecutor pool) throws Exception {
        List<String> names = new ArrayList<>(List.of("some", "text"));
        LocalDate day = LocalDate.of(2020, 2, 29);
        Callable<Map<String, Object>> task = () -> Map.of("names", names, "day", day.plusDays(1), "size", 2.5);
        expect(pool.submit(task).get().size() == 3);
    }

    private static void failure(ProcessPoolExecutor pool) throws Exception {
        SerializableCallable<Integer> task = () -> {
            throw new IllegalStateException("as it should");
        };
        try {
            Object unused = pool.submit(task).get();
            expect(false);
        } catch (ExecutionException e) {
            expect(e.getCause() instanceof IllegalStateException);
        }
    }

    private static void expect(boolean right) {
        if (!right) {
            throw new IllegalStateException("a task did not end as it should");
        }
    }
}
