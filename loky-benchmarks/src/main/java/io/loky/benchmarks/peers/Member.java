/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The one member of a cluster, in a JVM like this one. It says on which port it listens, and ends at the end of its standard
 * input, that is with the JVM that has started it, however that ended.
 */
final class Member implements AutoCloseable {

    private static final String PORT = "port ";

    private final Process process;
    private final int port;

    private Member(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a main class, and waits until it listens. */
    static Member start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new Member(process, port(process.inputReader()));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static int port(BufferedReader words) throws IOException {
        for (String line = words.readLine(); line != null; line = words.readLine()) {
            if (line.startsWith(PORT)) {
                return Integer.parseInt(line.substring(PORT.length()));
            }
        }
        throw new EOFException("the member ended before it listened");
    }

    /** In the member: what its main does from then on. */
    @SuppressWarnings("PMD.DoNotTerminateVM")
    static void serve(PrintStream out, int port) throws IOException {
        out.println(PORT + port);
        out.flush();
        while (System.in.read() >= 0) {
            Thread.onSpinWait(); // nobody writes
        }
        Runtime.getRuntime().halt(0);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // SIGKILL was sent: the kernel does the rest
        }
    }
}
