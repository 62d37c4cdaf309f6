/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What Linux knows about processes. */
final class Processes {

    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** Whether the system tells what is asked for here. */
    static boolean areVisible() {
        return Files.isReadable(PROC.resolve("self/smaps_rollup")) && Files.isReadable(PROC.resolve("self/schedstat"));
    }

    /** A sum over all mappings of a process ("Rss:", "Pss:"), in bytes. */
    static long memory(long pid, String field) throws IOException {
        return number(Files.readAllLines(PROC.resolve(pid + "/smaps_rollup")), field) << 10;
    }

    /** The number behind the name of a field. */
    static long number(List<String> lines, String field) throws IOException {
        return lines.stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("no field " + field));
    }

    /**
     * What threads have done since they began.
     *
     * @param threads for each thread, by its number: its CPU time in nanoseconds, and how often it stopped to wait
     */
    record Activity(Map<Long, Counts> threads) {

        record Counts(long cpuNanos, long wakeUps) {}

        /** Only what happened in between. What a thread did that has ended meanwhile is not known. */
        Activity since(Activity before) {
            Map<Long, Counts> spent = new HashMap<>();
            threads.forEach((thread, now) -> {
                Counts then = before.threads.getOrDefault(thread, new Counts(0, 0));
                spent.put(thread, new Counts(now.cpuNanos - then.cpuNanos, now.wakeUps - then.wakeUps));
            });
            return new Activity(spent);
        }

        long cpuNanos() {
            return threads.values().stream().mapToLong(Counts::cpuNanos).sum();
        }

        long wakeUps() {
            return threads.values().stream().mapToLong(Counts::wakeUps).sum();
        }
    }

    /** Of all threads of these processes: {@code stat} counts in hundredths of a second, which is too coarse here. */
    static Activity activity(List<Long> pids) {
        Map<Long, Activity.Counts> threads = new HashMap<>();
        for (long pid : pids) {
            try (Stream<Path> tasks = Files.list(PROC.resolve(pid + "/task"))) {
                tasks.forEach(task -> add(task, threads));
            } catch (IOException | UncheckedIOException e) {
                // A process that has ended does nothing any more
            }
        }
        return new Activity(threads);
    }

    private static void add(Path task, Map<Long, Activity.Counts> threads) {
        try {
            long cpuNanos =
                    Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
            long wakeUps = number(Files.readAllLines(task.resolve("status")), "voluntary_ctxt_switches:");
            threads.put(Long.valueOf(String.valueOf(task.getFileName())), new Activity.Counts(cpuNanos, wakeUps));
        } catch (IOException e) {
            // A thread that has ended does nothing any more
        }
    }
}
