/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a thread has done since it began, as Linux counts it.
 *
 * @param name as the system knows it: no more than the first 15 characters of a Java thread's
 * @param cpuNanos its CPU time
 * @param waits how often it stopped because it had nothing to do
 * @param displaced how often it was taken off its CPU although it had
 * @param reads system calls that read, of pipes too
 * @param writes system calls that write
 */
record ThreadUse(String name, long cpuNanos, long waits, long displaced, long reads, long writes) {

    /** Of all threads of a process, by their numbers. One that ends meanwhile is not there. */
    static Map<Long, ThreadUse> of(long pid) throws IOException {
        Map<Long, ThreadUse> threads = new HashMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                try {
                    threads.put(Long.valueOf(String.valueOf(task.getFileName())), read(task));
                } catch (IOException e) {
                    // It has ended; whoever takes part in every round trip has not
                }
            }
        }
        return threads;
    }

    private static ThreadUse read(Path task) throws IOException {
        List<String> status = Files.readAllLines(task.resolve("status"));
        List<String> io = Files.readAllLines(task.resolve("io"));
        String cpuNanos = Files.readString(task.resolve("schedstat")).split(" ", 2)[0];
        return new ThreadUse(
                Files.readString(task.resolve("comm")).strip(),
                Long.parseLong(cpuNanos),
                Processes.number(status, "voluntary_ctxt_switches:"),
                Processes.number(status, "nonvoluntary_ctxt_switches:"),
                Processes.number(io, "syscr:"),
                Processes.number(io, "syscw:"));
    }

    static ThreadUse none(String name) {
        return new ThreadUse(name, 0, 0, 0, 0, 0);
    }

    /** What happened since then. */
    ThreadUse since(ThreadUse before) {
        return new ThreadUse(
                name,
                cpuNanos - before.cpuNanos,
                waits - before.waits,
                displaced - before.displaced,
                reads - before.reads,
                writes - before.writes);
    }

    /** Both together, under this one's name. */
    ThreadUse plus(ThreadUse other) {
        return new ThreadUse(
                name,
                cpuNanos + other.cpuNanos,
                waits + other.waits,
                displaced + other.displaced,
                reads + other.reads,
                writes + other.writes);
    }
}
