/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.Loky;
import io.loky.internal.capsule.LibraryVersion;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.machine.Machine;
import io.loky.internal.parent.launch.LaunchMeans;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be seen of the machine without starting a worker. */
final class MachineChecks {
    private static final Path PROC = Path.of("/proc/self");
    private static final Path SHARED = Path.of("/dev/shm");

    /** The directory of a worker takes a few pages; what a JVM writes when it crashes, some hundred KiB. */
    private static final long LEAST_SPACE = 64L << 20;

    /** With less a worker's heap is at its least size. */
    private static final long LEAST_MEMORY = 256L << 20;

    /** A JVM with its collector and compilers. */
    private static final int THREADS_OF_A_JVM = 40;

    /** The pipes of a worker, in the parent; and what a JVM has open itself. */
    private static final int FILES_OF_A_WORKER = 4;

    private static final int FILES_OF_A_JVM = 100;

    private final Consumer<Finding> found;

    MachineChecks(Consumer<Finding> found) {
        this.found = found;
    }

    void run() {
        java();
        library();
        system();
        int workers = cpus();
        memory();
        temporaryDirectory();
        limits(workers);
        launch();
    }

    private void java() {
        found.accept(Finding.ok(
                "Java",
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ", "
                        + System.getProperty("java.vm.name") + "), " + System.getProperty("java.home")));
    }

    private void library() {
        CodeSource source = MachineChecks.class.getProtectionDomain().getCodeSource();
        found.accept(Finding.ok(
                "Loky", LibraryVersion.get() + ", " + (source == null ? "from nowhere" : source.getLocation())));
    }

    private void system() {
        String name = System.getProperty("os.name", "");
        String text = name + " " + System.getProperty("os.version") + ", " + System.getProperty("os.arch");
        found.accept(
                name.equals("Linux")
                        ? Finding.ok("system", text)
                        : Finding.warn(
                                "system", text, "Loky is tested on Linux; expect differences, and tell of them"));
    }

    /** How many workers a pool has that is told nothing. */
    private int cpus() {
        try {
            OptionalDouble quota = Machine.cpuQuota();
            found.accept(Finding.ok(
                    "CPUs",
                    Loky.cpuCount() + ", so many workers has a pool that is told nothing; physical cores: "
                            + Loky.cpuCount(true) + ", seen by this JVM: "
                            + Runtime.getRuntime().availableProcessors() + ", quota of the control groups: "
                            + (quota.isPresent() ? String.format(Locale.ROOT, "%.2f", quota.getAsDouble()) : "none")));
            return Loky.cpuCount();
        } catch (IllegalArgumentException e) {
            found.accept(Finding.fail("CPUs", String.valueOf(e.getMessage()), "correct or unset that variable"));
            return 1;
        }
    }

    private void memory() {
        OptionalLong all = Machine.memoryBytes();
        OptionalLong limit = Machine.memoryLimit();
        if (all.isEmpty()) {
            found.accept(Finding.warn(
                    "memory",
                    "this system does not tell how much there is",
                    "set ProcessPoolOptions.maxHeap, since nobody warns of heaps that are too large together"));
            return;
        }
        String text = Units.bytes(all.getAsLong()) + " for all processes, limit of the control groups: "
                + (limit.isPresent() ? Units.bytes(limit.getAsLong()) : "none") + temporaryMemory();
        found.accept(
                all.getAsLong() < LEAST_MEMORY
                        ? Finding.warn("memory", text, "give it more, or each pool few workers with a small maxHeap")
                        : Finding.ok("memory", text));
    }

    /** For programs that have their temporary files there, or map memory that they share. */
    private static String temporaryMemory() {
        try {
            return Files.isDirectory(SHARED)
                    ? ", free in " + SHARED + ": "
                            + Units.bytes(Files.getFileStore(SHARED).getUsableSpace())
                    : "";
        } catch (IOException e) {
            return ""; // not shown to this process
        }
    }

    private void temporaryDirectory() {
        Path directory = WorkerDirectory.temporary();
        String remedy =
                "use another one: -Djava.io.tmpdir=..., also in ProcessPoolOptions.jvmArgs for what tasks do there";
        try {
            Path probe = Files.createTempFile(directory, "loky-selftest-", "");
            Files.delete(probe);
            FileStore store = Files.getFileStore(directory);
            String text = directory + " (" + store.type() + "), free: " + Units.bytes(store.getUsableSpace());
            if (store.getUsableSpace() < LEAST_SPACE) {
                found.accept(Finding.warn("temporary", text, "make room there, or " + remedy));
            } else if (Mounts.ofThisProcess().optionsOf(directory).contains("noexec")) {
                found.accept(Finding.warn(
                        "temporary",
                        text
                                + ", mounted noexec: Loky does not mind, but native libraries that unpack themselves there do",
                        remedy));
            } else {
                found.accept(Finding.ok("temporary", text));
            }
        } catch (IOException e) {
            found.accept(Finding.fail("temporary", directory + " cannot be written to: " + e, remedy));
        }
    }

    private void limits(int workers) {
        List<String> lines;
        try {
            lines = Files.readAllLines(PROC.resolve("limits"));
        } catch (IOException e) { // not Linux
            found.accept(Finding.ok("limits", "this system does not tell them"));
            return;
        }
        long processes = softLimit(lines, "Max processes");
        long files = softLimit(lines, "Max open files");
        String text = "processes and threads: " + number(processes) + ", open files: " + number(files);
        if (processes < (long) THREADS_OF_A_JVM * (workers + 1)
                || files < FILES_OF_A_JVM + FILES_OF_A_WORKER * workers) {
            found.accept(Finding.warn(
                    "limits",
                    text,
                    "few for " + workers + " workers: raise them (ulimit -u, ulimit -n), or use fewer"));
        } else {
            found.accept(Finding.ok("limits", text));
        }
    }

    /** The first number behind this name; {@link Long#MAX_VALUE} where there is none, or no limit. */
    static long softLimit(List<String> lines, String name) {
        Pattern line = Pattern.compile(Pattern.quote(name) + " +(\\d{1,18}) .*");
        for (String each : lines) {
            Matcher matcher = line.matcher(each);
            if (matcher.matches()) {
                return Long.parseLong(matcher.group(1));
            }
        }
        return Long.MAX_VALUE;
    }

    private static String number(long limit) {
        return limit == Long.MAX_VALUE ? "no limit" : Long.toString(limit);
    }

    private void launch() {
        try {
            List<String> session = LaunchMeans.session();
            String text = "channel: " + LaunchMeans.channel() + ", session: "
                    + (session.isEmpty() ? "that of the parent" : String.join(" ", session));
            if (session.isEmpty()) {
                found.accept(Finding.warn(
                        "start",
                        text,
                        "install setsid (util-linux) in /usr/bin, so that what tasks have started dies with their worker,"
                                + " however that dies"));
            } else {
                found.accept(Finding.ok("start", text));
            }
        } catch (IOException e) {
            found.accept(Finding.fail("start", String.valueOf(e.getMessage()), "correct or unset that property"));
        }
    }
}
