/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Receipts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * What it costs a task that it is measured for a receipt, that it is under a limit after which its stack is taken, and that
 * somebody asks for its stack a hundred times a second: the warm round trip of a task that does nothing, in pools of one worker that
 * differ in nothing else, which take turns; and the first result of a new pool, whose worker has to load what it measures with. Each
 * figure is the median of its rounds' medians, and the difference is that to the first row.
 *
 * <p>Usage: {@code WatchingCost [rounds [calls]]}, by default 15 rounds of 2000 calls.
 */
public final class WatchingCost {
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(5);
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final long LOOK_MILLIS = 10;

    private WatchingCost() {}

    /** One kind of pool, and what its rounds took: a task in microseconds, a first result in milliseconds. */
    private static final class Row implements AutoCloseable {
        private final String name;
        private final ProcessPoolOptions options;
        private final ProcessPoolExecutor pool;
        private final boolean lookedAt;
        private final List<Double> micros = new ArrayList<>();
        private final List<Double> firstMillis = new ArrayList<>();

        Row(String name, boolean lookedAt, UnaryOperator<ProcessPoolOptions.Builder> measuring) {
            this.name = name;
            this.lookedAt = lookedAt;
            this.options = measuring
                    .apply(ProcessPoolOptions.builder()
                            .maxWorkers(1)
                            .idleTimeout(AN_HOUR)
                            .receipts(Receipts.OFF))
                    .build();
            this.pool = ProcessPoolExecutor.create(options);
        }

        void warmUp(int calls) throws Exception {
            Timing.warmUp(calls, WARM_UP_LIMIT, () -> roundTrip(pool));
        }

        void turn(int calls) throws Exception {
            Timing.micros(Math.min(calls, Effort.REFRESH_CALLS), () -> roundTrip(pool));
            Thread looking = new Thread(this::look, "looking");
            looking.setDaemon(true);
            if (lookedAt) {
                looking.start();
            }
            try {
                micros.add(Statistics.median(Timing.micros(calls, () -> roundTrip(pool))));
            } finally {
                looking.interrupt();
                looking.join();
            }
            firstMillis.add(firstResult());
        }

        private void look() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    pool.dumpState();
                    Thread.sleep(LOOK_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // that is how it is told to end
            }
        }

        private double firstResult() throws Exception {
            long start = System.nanoTime();
            try (ProcessPoolExecutor fresh = ProcessPoolExecutor.create(options)) {
                roundTrip(fresh);
                return Timing.millisSince(start);
            }
        }

        private static void roundTrip(ProcessPoolExecutor pool) throws Exception {
            pool.submit(() -> null).get();
        }

        private static double median(List<Double> samples) {
            return Statistics.median(
                    samples.stream().mapToDouble(Double::doubleValue).toArray());
        }

        void print(Row first, PrintStream out) {
            out.printf(
                    Locale.ROOT,
                    "%-18s %14.2f %+12.2f %18.1f%n",
                    name,
                    median(micros),
                    median(micros) - median(first.micros),
                    median(firstMillis));
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a task does not end as it should
     */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        int calls = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
        run(rounds, calls, System.out);
    }

    static void run(int rounds, int calls, PrintStream out) throws Exception {
        try (Row off = new Row("receipts OFF", false, options -> options);
                Row times = new Row("receipts TIMES", false, options -> options.receipts(Receipts.TIMES));
                Row full = new Row("receipts FULL", false, options -> options.receipts(Receipts.FULL));
                Row slow = new Row("slowTaskThreshold", false, options -> options.slowTaskThreshold(AN_HOUR));
                Row limited = new Row("taskTimeout", false, options -> options.taskTimeout(AN_HOUR));
                Row looked = new Row("100 looks/s", true, options -> options)) {
            List<Row> rows = List.of(off, times, full, slow, limited, looked);
            for (Row row : rows) {
                row.warmUp(10 * calls);
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < rows.size(); i++) {
                    rows.get((round + i) % rows.size()).turn(calls); // nobody is always the one after the slowest
                }
            }
            out.printf("%-18s %14s %12s %18s%n", "", "round trip, us", "difference", "first result, ms");
            for (Row row : rows) {
                row.print(off, out);
            }
        }
    }
}
