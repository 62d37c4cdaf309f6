/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import com.sun.management.ThreadMXBean;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * What is left in a round trip: for each thread that takes part, in the parent and in the worker, its CPU time, how often it waited,
 * was displaced, read and wrote; and what both processes allocated. All of it per round trip, counted by the system, so nothing is
 * slowed down by the counting. Then the same of the raw limit: what is in one and not in the other is the pool's.
 *
 * <p>Usage: {@code RoundTripCost [SECONDS [loky-java|raw]]}, by default 5 seconds of each. The pids are printed first, so that a
 * profiler may be attached meanwhile. Needs Linux.
 */
public final class RoundTripCost {

    private static final double DEFAULT_SECONDS = 5;
    private static final int WARM_UP_CALLS = 20_000;
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);
    private static final int FRAME = 16;

    /** Looking at the clock should not be part of the round trip. */
    private static final int CALLS_PER_LOOK = 10;

    /** Whoever waits less often per round trip, and takes less CPU time, takes no part in it. */
    private static final double WAITS_TO_BE_SHOWN = 0.1;

    private static final double MICROS_TO_BE_SHOWN = 0.5;

    private static final String[] COLUMNS = {"", "thread", "CPU, µs", "waits", "displaced", "reads", "writes"};

    private final double seconds;
    private final PrintStream out;

    private RoundTripCost(double seconds, PrintStream out) {
        this.seconds = seconds;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a round trip does not end as it should, or the system does not count
     */
    public static void main(String[] args) throws Exception {
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : DEFAULT_SECONDS;
        List<String> names = args.length > 1 ? List.of(args[1]) : List.of(LokyJava.NAME, RawLimit.NAME);
        run(seconds, names, new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    }

    static void run(double seconds, List<String> names, PrintStream out) throws Exception {
        if (!Processes.areVisible()) {
            throw new UnsupportedOperationException("needs Linux's /proc");
        }
        RoundTripCost cost = new RoundTripCost(seconds, out);
        for (String name : names) {
            switch (name) {
                case LokyJava.NAME -> cost.ours();
                case RawLimit.NAME -> cost.raw();
                default ->
                    throw new IllegalArgumentException(
                            "there are " + LokyJava.NAME + " and " + RawLimit.NAME + ", and not " + name);
            }
        }
    }

    private void ours() throws Exception {
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(IDLE_TIMEOUT)
                .build())) {
            TaskFuture<Long> first = pool.submit(RoundTripCost::allocated);
            first.get();
            long worker = first.workerPid().orElseThrow();
            measure(
                    LokyJava.NAME,
                    worker,
                    () -> LokyJava.roundTrip(pool),
                    () -> pool.submit(RoundTripCost::allocated).get());
        }
    }

    /** Its child allocates nothing. */
    private void raw() throws Exception {
        try (RawChannel channel = RawChannel.echoing(FRAME)) {
            measure(
                    RawLimit.NAME,
                    channel.handle().pid(),
                    () -> channel.submit().get(),
                    () -> 0L);
        }
    }

    private void measure(String name, long worker, Timing.Action roundTrip, Callable<Long> allocatedThere)
            throws Exception {
        FutureTask<Boolean> measuring = new FutureTask<>(() -> {
            Timing.warmUp(WARM_UP_CALLS, Duration.ofNanos((long) (seconds * 1e9)), roundTrip);
            counted(name, worker, roundTrip, allocatedThere);
            return true;
        });
        Thread caller = new Thread(measuring, "caller"); // the system has no name for the main thread but "java"
        caller.setDaemon(true);
        caller.start();
        measuring.get();
    }

    private void counted(String name, long worker, Timing.Action roundTrip, Callable<Long> allocatedThere)
            throws Exception {
        long parent = ProcessHandle.current().pid();
        out.printf(Locale.ROOT, "%n%s: parent pid %d, worker pid %d, %.1f s%n", name, parent, worker, seconds);
        long there = allocatedThere.call();
        Map<Long, ThreadUse> workerBefore = ThreadUse.of(worker);
        Map<Long, ThreadUse> parentBefore = ThreadUse.of(parent);
        long here = allocated();
        long start = System.nanoTime();

        long calls = 0;
        while (System.nanoTime() - start < seconds * 1e9) {
            for (int i = 0; i < CALLS_PER_LOOK; i++) {
                roundTrip.run();
            }
            calls += CALLS_PER_LOOK;
        }

        double micros = (System.nanoTime() - start) / 1e3;
        here = allocated() - here;
        Map<Long, ThreadUse> parentAfter = ThreadUse.of(parent);
        Map<Long, ThreadUse> workerAfter = ThreadUse.of(worker);
        there = allocatedThere.call() - there;

        Table table = new Table(COLUMNS);
        ThreadUse all = rows(table, "parent", parentBefore, parentAfter, calls)
                .plus(rows(table, "worker", workerBefore, workerAfter, calls));
        row(table, "both", all, calls);
        out.print(table.render());
        out.printf(
                Locale.ROOT,
                "   %.1f µs a round trip (%d of them); allocated: %d bytes in the parent, %d in the worker%n",
                micros / calls,
                calls,
                here / calls,
                there / calls);
    }

    /** Of each thread that takes part, and of the others together; the sum of all. */
    private static ThreadUse rows(
            Table table, String process, Map<Long, ThreadUse> before, Map<Long, ThreadUse> after, long calls) {
        List<ThreadUse> shown = new ArrayList<>();
        ThreadUse others = ThreadUse.none("all others");
        for (Map.Entry<Long, ThreadUse> thread : after.entrySet()) {
            ThreadUse now = thread.getValue();
            ThreadUse use = now.since(before.getOrDefault(thread.getKey(), ThreadUse.none(now.name())));
            if ((double) use.waits() / calls >= WAITS_TO_BE_SHOWN
                    || use.cpuNanos() / 1e3 / calls >= MICROS_TO_BE_SHOWN) {
                shown.add(use);
            } else {
                others = others.plus(use);
            }
        }
        shown.sort(Comparator.comparing(ThreadUse::cpuNanos).reversed());
        shown.add(others);
        ThreadUse sum = ThreadUse.none("");
        for (ThreadUse use : shown) {
            row(table, process, use, calls);
            sum = sum.plus(use);
        }
        return sum;
    }

    private static void row(Table table, String process, ThreadUse use, long calls) {
        table.row(
                process,
                use.name(),
                each(use.cpuNanos() / 1e3, calls),
                each((double) use.waits(), calls),
                each((double) use.displaced(), calls),
                each((double) use.reads(), calls),
                each((double) use.writes(), calls));
    }

    private static String each(double count, long calls) {
        return String.format(Locale.ROOT, "%.2f", count / calls);
    }

    /** By the threads of the JVM that asks, in bytes. */
    private static long allocated() throws IOException {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)) {
            throw new IOException("this JVM does not count what its threads allocate");
        }
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes); // negative: it has just ended
        }
        return sum;
    }
}
