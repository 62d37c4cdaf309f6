/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a start-up archive is worth: new pools of one worker with and without, in turn, in a parent that is warm. Linux only.
 *
 * <pre>
 *   first result   from create on, ms
 *   CPU            what the worker's threads have used when it executes its next task, ms
 *   RSS, PSS       of the worker, a while after that, MiB
 * </pre>
 *
 * <p>Usage: {@code StartUp [samples]}, by default 15 for each row. The archive is made first, in a folder for temporary files; how long after the first
 * result that was, and how large it is, is printed, too.
 */
public final class StartUp {
    private static final String CACHE = "io.loky.cache";
    private static final int ROUNDS_BEFORE = 2;
    private static final long PAUSE_MILLIS = 1_500;
    private static final long MAKING_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final double KIBIBYTES = 1024;

    private final Map<String, List<Double>> rows = new TreeMap<>();

    private StartUp() {}

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a task does not end as it should
     */
    public static void main(String[] args) throws Exception {
        run(args.length > 0 ? Integer.parseInt(args[0]) : 15, System.out);
    }

    static void run(int samples, PrintStream out) throws Exception {
        Path library = Path.of(ProcessPoolExecutor.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (!Files.isRegularFile(library)) {
            throw new IllegalStateException("there are archives for jars only, and the library is in " + library);
        }
        Path cache = Files.createTempDirectory("loky-start-up-");
        String before = System.getProperty(CACHE);
        try {
            make(cache, out);
            StartUp benchmark = new StartUp();
            for (int round = -Math.min(ROUNDS_BEFORE, samples - 1); round < samples; round++) {
                benchmark.round("without", "off", round >= 0);
                benchmark.round("with", cache.toString(), round >= 0);
            }
            benchmark.print(out);
        } finally {
            if (before == null) {
                System.clearProperty(CACHE);
            } else {
                System.setProperty(CACHE, before);
            }
            delete(cache);
        }
    }

    private static void make(Path cache, PrintStream out) throws Exception {
        System.setProperty(CACHE, cache.toString());
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
            pool.submit(() -> 42).get();
            long begun = System.nanoTime();
            Optional<Path> archive = find(cache);
            while (archive.isEmpty()) {
                if (System.nanoTime() - begun > MAKING_NANOS) {
                    throw new IllegalStateException(
                            "no archive was made; the logger io.loky.worker says why, at DEBUG");
                }
                TimeUnit.MILLISECONDS.sleep(20);
                pool.submit(() -> 42).get(); // a worker that leaves for want of work ends what is being made
                archive = find(cache);
            }
            out.printf(
                    Locale.ROOT,
                    "archive: %.1f MiB, %.1f s after the first result%n",
                    Files.size(archive.get()) / KIBIBYTES / KIBIBYTES,
                    Timing.millisSince(begun) / 1000);
        }
    }

    private static Optional<Path> find(Path cache) throws IOException {
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(cache, "*.archive")) {
            var found = archives.iterator();
            return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
        }
    }

    private void round(String mode, String cache, boolean counts) throws Exception {
        System.setProperty(CACHE, cache);
        long start = System.nanoTime();
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
            pool.submit(() -> 42).get();
            double first = Timing.millisSince(start);
            double cpu = pool.submit(StartUp::cpuMillis).get();
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            long pid = pool.snapshot().workers().get(0).pid().orElseThrow();
            double rss = mebibytes(pid, "Rss:");
            double pss = mebibytes(pid, "Pss:");
            if (counts) {
                add("first result, ms " + mode, first);
                add("CPU, ms " + mode, cpu);
                add("RSS, MiB " + mode, rss);
                add("PSS, MiB " + mode, pss);
            }
        }
    }

    private void add(String row, double value) {
        rows.computeIfAbsent(row, name -> new ArrayList<>()).add(value);
    }

    private void print(PrintStream out) {
        out.printf("%-26s %8s %9s %9s %9s%n", "", "samples", "median", "least", "largest");
        rows.forEach((row, values) -> {
            double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
            out.printf(
                    Locale.ROOT,
                    "%-26s %8d %9.1f %9.1f %9.1f%n",
                    row,
                    all.length,
                    Statistics.median(all),
                    Statistics.min(all),
                    Statistics.max(all));
        });
    }

    /** Of the process that calls it: the first number of each thread's statistics of its scheduling is in nanoseconds. */
    private static double cpuMillis() throws IOException {
        double nanos = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                nanos += nanos(thread);
            }
        }
        return nanos / 1e6;
    }

    private static long nanos(Path thread) {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        } catch (IOException e) {
            return 0; // it has just ended: a compiler's that is not needed any more
        }
    }

    private static double mebibytes(long pid, String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            String line =
                    lines.filter(each -> each.startsWith(name)).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) / KIBIBYTES;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
