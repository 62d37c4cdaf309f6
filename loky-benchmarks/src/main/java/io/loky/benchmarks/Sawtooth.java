/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerSnapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How a pool fits itself to a load that comes in bursts with pauses in between: the number of workers, their memory and how
 * long tasks take, a row for each burst and each pause. In a burst, twice as many threads as the pool may have workers submit
 * one task after the other, each of which computes for some milliseconds. What differs from row to row should be nothing.
 *
 * <p>Needs {@code /proc}, from which the memory is read. Usage: {@code Sawtooth [seconds [workers [phaseSeconds]]]}, by
 * default 300 s, 4 workers, 15 s for a burst or a pause; the idle time-out is a third of that.
 */
public final class Sawtooth {
    private static final int TASK_MILLIS = 5;
    private static final long SAMPLE_MILLIS = 100;

    private final ProcessPoolExecutor pool;
    private final int threads;
    private final PrintStream out;

    private Sawtooth(ProcessPoolExecutor pool, int threads, PrintStream out) {
        this.pool = pool;
        this.threads = threads;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a task fails, or the memory cannot be read
     */
    public static void main(String[] args) throws Exception {
        long[] numbers = {300, 4, 15};
        for (int i = 0; i < args.length; i++) {
            numbers[i] = Long.parseLong(args[i]);
        }
        run(Duration.ofSeconds(numbers[0]), Math.toIntExact(numbers[1]), Duration.ofSeconds(numbers[2]), System.out);
    }

    static void run(Duration all, int workers, Duration phase, PrintStream out) throws Exception {
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(phase.dividedBy(3))
                .build();
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options)) {
            new Sawtooth(pool, 2 * workers, out).run(all, phase);
        }
    }

    private void run(Duration all, Duration phase) throws Exception {
        out.printf(
                "%8s  %-6s %9s %9s %9s %8s %9s %9s %9s%n",
                "from, s", "phase", "workers", "RSS, MiB", "at end", "tasks", "first, ms", "median", "p99");
        long start = System.nanoTime();
        for (boolean burst = true; System.nanoTime() - start < all.toNanos(); burst = !burst) {
            long from = System.nanoTime();
            Phase row = phase(burst, from + phase.toNanos());
            out.println(row.text((from - start) / 1e9));
        }
        Map<EndReason, Long> ended = pool.snapshot().endedWorkers();
        out.printf(
                "%d tasks; workers that ended, by reason: %s%n", pool.snapshot().completedTasks(), ended);
    }

    private Phase phase(boolean burst, long until) throws Exception {
        Phase row = new Phase(burst);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(burst ? threads : 0);
        for (int i = 0; burst && i < threads; i++) {
            Thread submitter = new Thread(() -> submit(row, until, failure, done), "submitter-" + i);
            submitter.setDaemon(true);
            submitter.start();
        }
        while (System.nanoTime() < until) {
            row.sample(pool.snapshot().workers());
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        }
        done.await();
        row.sample(pool.snapshot().workers());
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a task of the burst failed", thrown);
        }
        return row;
    }

    private void submit(Phase row, long until, AtomicReference<@Nullable Throwable> failure, CountDownLatch done) {
        try {
            while (System.nanoTime() < until) {
                long start = System.nanoTime();
                Object unused = pool.submit(() -> compute(TASK_MILLIS)).get();
                row.took(System.nanoTime() - start);
            }
        } catch (InterruptedException | ExecutionException | RuntimeException e) {
            failure.set(e);
        } finally {
            done.countDown();
        }
    }

    /** Keeps a CPU busy for so long. */
    private static long compute(long millis) {
        long sum = 0;
        for (long end = System.nanoTime() + millis * 1_000_000; System.nanoTime() < end; ) {
            sum += Long.hashCode(sum);
        }
        return sum;
    }

    /** What was seen in a burst or a pause. */
    private static final class Phase {
        private final boolean burst;
        private final Queue<Double> millis = new ConcurrentLinkedQueue<>();
        private int fewest = Integer.MAX_VALUE;
        private int most;
        private int last;
        private long mostMemory;
        private long lastMemory;

        Phase(boolean burst) {
            this.burst = burst;
        }

        void took(long nanos) {
            millis.add(nanos / 1e6);
        }

        void sample(List<WorkerSnapshot> workers) {
            last = workers.size();
            fewest = Math.min(fewest, last);
            most = Math.max(most, last);
            lastMemory = workers.stream()
                    .mapToLong(worker -> residentBytes(worker.pid().orElse(-1)))
                    .sum();
            mostMemory = Math.max(mostMemory, lastMemory);
        }

        /** 0 where there is no such process, or it has ended meanwhile. */
        private static long residentBytes(long pid) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                    if (line.startsWith("VmRSS:")) {
                        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                    }
                }
            } catch (IOException e) {
                return 0;
            }
            return 0;
        }

        String text(double fromSeconds) {
            String sizes = fewest == most ? Integer.toString(most) : fewest + " to " + most;
            String memory = String.format(
                    Locale.ROOT,
                    "%8.0f  %-6s %9s %9d %9d",
                    fromSeconds,
                    burst ? "burst" : "pause",
                    sizes,
                    mostMemory >> 20,
                    lastMemory >> 20);
            double[] times = millis.stream().mapToDouble(Double::doubleValue).toArray();
            return times.length == 0
                    ? memory
                    : memory
                            + String.format(
                                    Locale.ROOT,
                                    " %8d %9.1f %9.1f %9.1f",
                                    times.length,
                                    times[0],
                                    Statistics.median(times),
                                    Statistics.p99(times));
        }
    }
}
