/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running {@code python_peer.py}, in a private directory that goes with it. */
final class PythonProcess implements AutoCloseable {

    private static final String SCRIPT = "python_peer.py";
    private static final String ERRORS = "errors.txt";

    /** More than the script gives itself after the end of its input. */
    private static final long PATIENCE_SECONDS = 5;

    /** Little, for an orphan that has ended looks alive until somebody reaps it. */
    private static final long ORPHANS_PATIENCE_SECONDS = 2;

    private final Process process;
    private final Path directory;
    private final Writer commands;
    private final BufferedReader replies;

    private PythonProcess(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
        this.commands = process.outputWriter();
        this.replies = process.inputReader();
    }

    static PythonProcess start(String library) throws IOException {
        Path directory = Files.createTempDirectory("loky-benchmarks-");
        try {
            Path script = directory.resolve(SCRIPT);
            try (InputStream resource = PythonProcess.class.getResourceAsStream(SCRIPT)) {
                if (resource == null) {
                    throw new IOException("the resource " + SCRIPT + " is missing");
                }
                Files.copy(resource, script);
            }
            Process process = new ProcessBuilder(Python.COMMAND, script.toString(), library, "private-copy")
                    .directory(directory.toFile()) // not where a folder named loky may be
                    .redirectError(directory.resolve(ERRORS).toFile())
                    .start();
            return new PythonProcess(process, directory);
        } catch (IOException e) {
            delete(directory);
            throw e;
        }
    }

    /** One command, one line back. */
    String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        String reply = replies.readLine();
        if (reply == null) {
            throw new IOException("the Python process ended: " + lastErrorLine());
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

    /** Lets Python and its workers end in order, so that they remove their semaphores; then makes sure of it. */
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
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException | UncheckedIOException e) {
            // The script deletes its own copy, too, and may have been faster
        }
    }
}
