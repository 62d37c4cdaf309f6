/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, on the class path of this one. Closing kills it, and removes what it leaves. */
final class ChildJvm implements AutoCloseable {
    private static final long HANG_SECONDS = 90;

    /** How much of what it has printed goes into a message. */
    private static final int END = 10_000;

    private final Process process;
    private final Sink out;
    private final Sink err;

    private ChildJvm(Process process) {
        this.process = process;
        this.out = new Sink(process.getInputStream(), "child-jvm-out");
        this.err = new Sink(process.getErrorStream(), "child-jvm-err");
    }

    /** Starts the main method of a class. */
    static ChildJvm start(Class<?> main, String... args) throws IOException {
        return new Builder(main.getName()).args(args).start();
    }

    static Builder of(Class<?> main) {
        return new Builder(main.getName());
    }

    /** The main method of a class that is not on this JVM's class path, but in this folder. */
    static Builder of(String main, Path folder) {
        Builder builder = new Builder(main);
        builder.classPath = folder + ":" + builder.classPath;
        return builder;
    }

    /** A jar that says which class is the main one; nothing else is on the class path. */
    static Builder ofJar(Path jar) {
        Builder builder = new Builder(jar.toString());
        builder.isJar = true;
        return builder;
    }

    /** What a child JVM is told. */
    static final class Builder {
        private final String main;
        private final List<String> jvmArgs = new ArrayList<>();
        private final List<String> args = new ArrayList<>();
        private String classPath = TestClassPath.get();
        private Map<String, String> environment = Map.of();
        private Optional<Path> argumentFile = Optional.empty();
        private List<String> prefix = List.of();
        private boolean ownGroup;
        private boolean isJar;

        private Builder(String main) {
            this.main = main;
        }

        Builder jvmArgs(String... more) {
            jvmArgs.addAll(List.of(more));
            return this;
        }

        Builder args(String... more) {
            args.addAll(List.of(more));
            return this;
        }

        Builder environment(Map<String, String> variables) {
            environment = variables;
            return this;
        }

        /** Puts the command behind another one, which must become it. */
        Builder prefix(String... command) {
            prefix = List.of(command);
            return this;
        }

        /** Adds entries to the class path, all of which is then handed over in this file. */
        Builder longClassPath(List<String> entries, Path file) {
            classPath = classPath + ":" + String.join(":", entries);
            argumentFile = Optional.of(file);
            return this;
        }

        /** Makes it what a program in the foreground of a terminal is: the leader of a group, for which Ctrl-C ends it. */
        Builder ownGroup() {
            ownGroup = true;
            return this;
        }

        ChildJvm start() throws IOException {
            List<String> command = new ArrayList<>(prefix);
            if (ownGroup) {
                // builds in the background ignore SIGINT, those under nohup SIGHUP, and so would what they start; each
                // of
                // these becomes the next, so that the pid stays
                command.addAll(List.of("env", "--default-signal=HUP,INT,TERM", "setsid"));
            }
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmArgs);
            if (isJar) {
                command.add("-jar");
            } else if (argumentFile.isPresent()) {
                Files.writeString(argumentFile.get(), "-cp\n\"" + classPath + "\"\n");
                command.add("@" + argumentFile.get());
            } else {
                command.addAll(List.of("-cp", classPath));
            }
            command.add(main);
            command.addAll(args);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            return new ChildJvm(builder.start());
        }
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL: it has no time to clean up. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(HANG_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("child JVM " + pid() + " survives SIGKILL");
        }
    }

    /** Waits for its end and returns what it exited with. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(HANG_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("child JVM " + pid() + " does not end; " + this);
        }
        out.join();
        err.join();
        return process.exitValue();
    }

    /** What it has printed to standard output. */
    String out() {
        return out.text();
    }

    /** What it has printed to standard error. */
    String err() {
        return err.text();
    }

    /** Waits until it has printed this. */
    void awaitOut(String text) throws Exception {
        Await.until(
                "child JVM prints '" + text + "'",
                () -> {
                    if (!process.isAlive()) {
                        out.join();
                        if (!out().contains(text)) {
                            throw new AssertionError("child JVM ended without printing '" + text + "'; " + this);
                        }
                    }
                    return out().contains(text);
                },
                this::toString);
    }

    @Override
    public String toString() {
        return "child JVM " + pid() + (process.isAlive() ? "" : ", exit code " + process.exitValue()) + ", out:\n"
                + end(out()) + "err:\n" + end(err());
    }

    private static String end(String text) {
        return text.length() <= END ? text : "..." + text.substring(text.length() - END);
    }

    @Override
    public void close() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor();
            Await.until("no worker of child JVM " + pid() + " is left", () -> {
                Processes.workersOf(pid()).forEach(Processes::killIfAlive);
                return Processes.workersOf(pid()).isEmpty();
            });
            Processes.delete(Processes.directoriesOf(pid()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Collects what a stream says. */
    private static final class Sink {
        private final InputStream in;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Sink(InputStream in, String name) {
            this.in = in;
            this.thread = new Thread(this::read, name);
            thread.setDaemon(true);
            thread.start();
        }

        private void read() {
            try {
                in.transferTo(bytes);
            } catch (IOException e) {
                bytes.writeBytes(e.toString().getBytes(UTF_8)); // the stream was closed under it
            }
        }

        void join() throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(HANG_SECONDS));
        }

        String text() {
            return bytes.toString(UTF_8);
        }
    }
}
