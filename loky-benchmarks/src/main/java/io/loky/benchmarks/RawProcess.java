/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A child JVM of the raw limit and the two pipes to it. */
final class RawProcess implements AutoCloseable {

    private static final Path SHELL = Path.of("/bin/sh");
    private static final Path DESCRIPTORS = Path.of("/dev/fd");

    /** Moves the pipes of a {@link ProcessBuilder} to descriptors 3 and 4 and becomes the JVM: same pid, no extra process. */
    private static final String MOVE_PIPES = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2";

    private final Process process;
    private final InputStream in;
    private final OutputStream out;

    private RawProcess(Process process) {
        this.process = process;
        this.in = process.getInputStream();
        this.out = process.getOutputStream();
    }

    /** Whether this machine has the shell and the descriptor files that the private pipes need. */
    static boolean isPossible() {
        return Files.isExecutable(SHELL) && Files.isDirectory(DESCRIPTORS);
    }

    /** Starts {@link RawChild} in a JVM like this one. */
    static RawProcess start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(SHELL.toString(), "-c", MOVE_PIPES));
        command.addAll(java(RawChild.class));
        command.addAll(List.of(args));
        return new RawProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** The command that runs a class of this module in the same JVM, with nothing else on its class path. */
    static List<String> java(Class<?> main) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(java, "-cp", home(main).toString(), main.getName());
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no path to " + type, e);
        }
    }

    /** One write, if the frame is no longer than a {@link RawChild#SLICE slice}. */
    void write(byte[] frame) throws IOException {
        RawChild.write(frame, 0, frame.length, out);
        out.flush();
    }

    /** Fills the frame, or fails at the end of the channel. */
    void read(byte[] frame) throws IOException {
        for (int got = 0; got < frame.length; ) {
            int count = in.read(frame, got, Math.min(RawChild.SLICE, frame.length - got));
            if (count < 0) {
                throw new EOFException("the raw child closed its channel");
            }
            got += count;
        }
    }

    /** What the death of this process does to the child. */
    void closeChannel() throws IOException {
        out.close();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Kills the child and waits until it is gone. */
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
