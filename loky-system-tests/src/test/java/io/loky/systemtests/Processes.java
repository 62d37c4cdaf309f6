/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of this machine, as far as these tests look at them. Linux. */
public final class Processes {
    private static final String WORKER_MAIN = "io.loky.internal.worker.WorkerMain";
    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** The pid of the JVM that this is called in. */
    public static long ownPid() {
        return ProcessHandle.current().pid();
    }

    /** The whole command line; empty if there is no such process, or only the entry of a dead one. */
    static String commandLine(long pid) {
        try {
            // not ProcessHandle.Info, which cuts long ones
            byte[] bytes = Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("cmdline"));
            return new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    static boolean isAlive(long pid) {
        return !commandLine(pid).isEmpty();
    }

    /** The worker JVMs below this JVM, on whatever level, those included that are only about to become one. */
    static List<Long> workersBelowThisJvm() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(pid -> isWorker(commandLine(pid)))
                .toList();
    }

    private static boolean isWorker(String commandLine) {
        // a worker with a long class path has all that in an argument file in its own directory
        return commandLine.contains(WORKER_MAIN) || commandLine.matches("\\S*java @\\S*/loky-\\d+-\\S*/arguments ?");
    }

    /** The workers that this parent has or had, found by their directories' name, wherever in the tree they are now. */
    static List<Long> workersOf(long parentPid) {
        List<Long> found = new ArrayList<>();
        for (long pid : all()) {
            String commandLine = commandLine(pid);
            if (isWorker(commandLine) && commandLine.contains("/" + directoryPrefix(parentPid))) {
                found.add(pid);
            }
        }
        return found;
    }

    /** The directories of the workers of this parent. */
    static List<Path> directoriesOf(long parentPid) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(
                Path.of(System.getProperty("java.io.tmpdir")), directoryPrefix(parentPid) + "*")) {
            directories.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** What this process has published in shared memory, or where there is none in the directory for temporary files. */
    static List<Path> sharedFilesOf(long pid) {
        List<Path> found = new ArrayList<>();
        for (String folder : List.of("/dev/shm", System.getProperty("java.io.tmpdir"))) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(folder), "loky-data-" + pid + "-*")) {
                files.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    /** What is in them, with the time when it was written: for the message of a test that fails. */
    static List<String> contentsOf(long parentPid) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path directory : directoriesOf(parentPid)) {
            found.add(directory + " " + Files.getLastModifiedTime(directory));
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    found.add(file.getFileName() + " " + Files.getLastModifiedTime(file));
                }
            }
        }
        return found;
    }

    /** Cleans up after a test that has failed, or that looks at something else. */
    static void delete(List<Path> directories) throws IOException {
        for (Path directory : directories) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(directory);
        }
    }

    private static String directoryPrefix(long parentPid) {
        return "loky-" + parentPid + "-";
    }

    private static List<Long> all() {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            entries.forEach(entry -> pids.add(Long.valueOf(entry.getFileName().toString())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pids;
    }

    /** A parent that is gone has to be without workers and directories after 5 s. */
    static void assertNothingIsLeftOf(long parentPid) throws Exception {
        Await.untilWithin(
                5,
                "no worker and no directory or file of parent " + parentPid + " is left",
                () -> workersOf(parentPid).isEmpty()
                        && directoriesOf(parentPid).isEmpty()
                        && sharedFilesOf(parentPid).isEmpty(),
                () -> workersOf(parentPid).stream()
                                .map(pid -> pid + ": " + commandLine(pid))
                                .toList()
                        + ", " + directoriesOf(parentPid) + ", " + sharedFilesOf(parentPid));
    }

    /** The files that a process has open at this moment. */
    static List<Path> openFiles(long pid) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(PROC.resolve(Long.toString(pid)).resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    files.add(Files.readSymbolicLink(descriptor));
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return files; // the process is gone
        }
        return files;
    }

    /** SIGKILL. */
    static void kill(long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty() || !process.get().destroyForcibly()) {
            throw new IllegalStateException("process " + pid + " cannot be killed");
        }
    }

    /** SIGKILL, unless it is gone already. */
    static void killIfAlive(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    static void signal(String name, long pid) throws IOException, InterruptedException {
        send(name, Long.toString(pid));
    }

    /** Sends a signal to each process of a group, as a terminal does for Ctrl-C. */
    static void signalGroup(String name, long group) throws IOException, InterruptedException {
        send(name, "-" + group);
    }

    private static void send(String name, String target) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, "--", target)
                .redirectErrorStream(true)
                .start();
        String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("kill -" + name + " -- " + target + ": " + output);
        }
    }

    /** Freezes a process and waits until it is. */
    static void stop(long pid) throws Exception {
        signal("STOP", pid);
        Await.until("process " + pid + " is stopped", () -> isStopped(pid), () -> commandLine(pid));
    }

    /** Lets a frozen process go on, if it is still there. */
    static void continueIfAlive(long pid) throws IOException, InterruptedException {
        if (isAlive(pid)) {
            signal("CONT", pid);
        }
    }

    private static boolean isStopped(long pid) throws IOException {
        return stat(pid)[0].equals("T");
    }

    /** The session that a living process belongs to, by the pid of its leader. */
    static long session(long pid) throws IOException {
        return Long.parseLong(stat(pid)[3]);
    }

    /** State, parent, group, session and more; see proc(5). The command's name, which may contain anything, is left out. */
    private static String[] stat(long pid) throws IOException {
        String line = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
        return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    }
}
