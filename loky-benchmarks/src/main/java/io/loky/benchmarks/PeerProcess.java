/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.peers.PeerMain;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process that is asked for figures, a line each way: {@code python_peer.py} or {@link io.loky.benchmarks.peers.PeerMain}. It has
 * a private directory that goes with it.
 */
final class PeerProcess implements AutoCloseable {

    private static final String PREFIX = "loky-benchmarks-";
    private static final String SCRIPT = "python_peer.py";
    private static final String ERRORS = "errors.txt";

    /** More than a peer gives itself after the end of its input. */
    private static final long PATIENCE_SECONDS = 5;

    /** Little, for an orphan that has ended looks alive until somebody reaps it. */
    private static final long ORPHANS_PATIENCE_SECONDS = 2;

    private final Process process;
    private final Path directory;
    private final Writer commands;
    private final BufferedReader replies;

    private PeerProcess(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
        this.commands = process.outputWriter();
        this.replies = process.inputReader();
    }

    /** The script, for a library of Python. */
    static PeerProcess python(String library) throws IOException {
        Path directory = Files.createTempDirectory(PREFIX);
        try {
            Path script = directory.resolve(SCRIPT);
            try (InputStream resource = PeerProcess.class.getResourceAsStream(SCRIPT)) {
                if (resource == null) {
                    throw new IOException("the resource " + SCRIPT + " is missing");
                }
                Files.copy(resource, script);
            }
            return start(directory, List.of(Python.COMMAND, script.toString(), library, "private-copy"));
        } catch (IOException e) {
            delete(directory);
            throw e;
        }
    }

    /** A JVM, for a library of Java, whose temporary files are in the private directory. */
    static PeerProcess java(String library, List<String> jvmArgs, String classPath) throws IOException {
        Path directory = Files.createTempDirectory(PREFIX);
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmArgs);
            command.add("-Djava.io.tmpdir=" + directory);
            command.addAll(List.of("-cp", absolute(classPath), PeerMain.class.getName(), library));
            return start(directory, command);
        } catch (IOException e) {
            delete(directory);
            throw e;
        }
    }

    /** The peer works in another directory than this JVM, whose class path is often relative: {@code java -jar target/...}. */
    static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static PeerProcess start(Path directory, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile()) // not where a folder named loky may be
                .redirectError(directory.resolve(ERRORS).toFile())
                .start();
        return new PeerProcess(process, directory);
    }

    /** One command, one line back. */
    String ask(String command) throws IOException {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new IOException("the process of the peer has ended: " + lastErrorLine(), e);
        }
        String reply = replies.readLine();
        if (reply == null) {
            throw new IOException("the process of the peer ended: " + lastErrorLine());
        }
        return reply;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Path directory() {
        return directory;
    }

    private String lastErrorLine() {
        try {
            List<String> lines = Files.readAllLines(directory.resolve(ERRORS));
            return lines.isEmpty() ? "it wrote no error" : lines.get(lines.size() - 1);
        } catch (IOException e) {
            return "its error output is gone";
        }
    }

    /** Lets the peer and its workers end in order, so that they remove what is theirs; then makes sure of it. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        try {
            commands.close();
        } catch (IOException e) {
            // It is gone already: nothing to tell it
        }
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                awaitEnd(descendants);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            descendants.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            delete(directory);
        }
    }

    /** The last of them, Python's resource tracker, ends a moment after its parent. */
    private static void awaitEnd(List<ProcessHandle> processes) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ORPHANS_PATIENCE_SECONDS);
        while (processes.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - deadline < 0) {
            Thread.sleep(10);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // The peer deletes its own copy, too, and may have been faster
        }
    }
}
