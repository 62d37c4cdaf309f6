/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import io.loky.OutputRouting;
import io.loky.ProcessPoolOptions;
import io.loky.internal.capsule.Capsule;
import io.loky.internal.capsule.CapsuleFile;
import io.loky.internal.capsule.ClassPathEntry;
import io.loky.internal.capsule.LibraryVersion;
import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.parent.classes.ClassSupply;
import io.loky.internal.parent.launch.Initializer;
import io.loky.internal.parent.launch.LaunchPlan;
import io.loky.internal.parent.launch.WorkerProcess;
import io.loky.internal.wire.EncodedFrame;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs the task of a crash capsule again: in a worker like the one that it has killed, and by the same bytes. There is no pool around
 * it, so nothing limits its time, and no heartbeat is missed while a debugger holds it.
 */
final class Replay {
    private static final String LABEL = "loky-replay";
    private static final String INDEX = "${worker.index}";
    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+]Use\\w+GC");

    /** A JVM takes one only. */
    private static final Pattern DEBUGGER = Pattern.compile("-agentlib:jdwp\\b.*|-Xrunjdwp\\b.*");

    private final ReplayArguments arguments;
    private final PrintStream out;

    Replay(ReplayArguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    /**
     * Returns the exit code.
     *
     * @throws UsageException if the file is no capsule that can be read
     */
    int run() throws UsageException {
        Capsule capsule = read();
        introduce(capsule);
        try (ReplayedAnswers answers = new ReplayedAnswers(capsule)) {
            LaunchPlan plan = plan(capsule, answers);
            announce();
            ReplayRun run =
                    new ReplayRun(new WorkerProcess(plan, 1, capsule.worker().index()), capsule.frame());
            return run.finish(answers, capsule, out);
        } catch (IOException e) { // only memory is written to
            throw new UsageException(arguments.file() + " cannot be replayed: " + e);
        } catch (IllegalArgumentException e) { // a Java home that is none, a flag that is empty
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private Capsule read() throws UsageException {
        try {
            return CapsuleFile.read(arguments.file());
        } catch (NoSuchFileException e) {
            throw new UsageException("there is no file " + arguments.file());
        } catch (IOException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    // ---- what is said before ----------------------------------------------------------------------------------------

    private void introduce(Capsule capsule) {
        WorkerSetup worker = capsule.worker();
        out.println("task #" + capsule.taskId() + " '" + capsule.taskName() + "', whose worker died at "
                + capsule.written() + ":");
        out.println(capsule.report().indent(4).stripTrailing());
        if (!capsule.library().equals(LibraryVersion.get())) {
            note("it was sent by Loky " + capsule.library() + ", this is Loky " + LibraryVersion.get());
        }
        for (ClassPathEntry entry : worker.classPath()) {
            entry.difference().ifPresent(this::note);
        }
        if (!Files.isDirectory(Path.of(worker.directory()))) {
            note("its working directory " + worker.directory() + " is not there any more; it runs in this one");
        }
        if (arguments.javaHome() == null && !hasJava(worker)) {
            note("its Java " + worker.javaVersion() + " is not at " + worker.javaHome() + " any more; it runs on Java "
                    + System.getProperty("java.version") + " (--java-home names another one)");
        }
    }

    private void announce() {
        out.println("replaying it"
                + (arguments.jvmArgs().isEmpty() ? "" : " with " + String.join(" ", arguments.jvmArgs())) + " ...");
        arguments
                .debugPort()
                .ifPresent(port -> out.println("it waits for a debugger on port " + port
                        + " of this machine; for example: jdb -connect com.sun.jdi.SocketAttach:hostname=localhost,port="
                        + port));
        out.flush();
    }

    private void note(String text) {
        out.println("note: " + text);
    }

    private static boolean hasJava(WorkerSetup worker) {
        return Files.isExecutable(Path.of(worker.javaHome(), "bin", "java"))
                || Files.isExecutable(Path.of(worker.javaHome(), "bin", "java.exe"));
    }

    // ---- the worker -------------------------------------------------------------------------------------------------

    private LaunchPlan plan(Capsule capsule, ReplayedAnswers answers) {
        WorkerSetup worker = capsule.worker();
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder()
                .maxWorkers(1)
                .environment(literally(worker.environment()))
                .commandPrefix(literally(worker.prefix()))
                .output(OutputRouting.inherit());
        if (Files.isDirectory(Path.of(worker.directory()))) {
            options.workingDirectory(Path.of(worker.directory()));
        }
        Path javaHome = arguments.javaHome();
        if (javaHome != null) {
            options.javaHome(javaHome);
        } else if (hasJava(worker)) {
            options.javaHome(Path.of(worker.javaHome()));
        }
        options.jvmArgs(flags(recorded(worker, options.build())));
        EncodedFrame frame = worker.initializer();
        Initializer initializer = frame == null ? null : new Initializer(frame, answers.codecOf(frame.toFrame()));
        List<String> classPath =
                worker.classPath().stream().map(ClassPathEntry::path).toList();
        return new LaunchPlan(
                options.build(), LABEL, initializer, null, ClassSupply.recorded(classPath, worker.classes()));
    }

    /** The flags that the dead worker had, without those that keep a JVM from starting. */
    private List<String> recorded(WorkerSetup worker, ProcessPoolOptions options) {
        for (String prefix : arguments.dropped()) {
            if (worker.flags().stream().noneMatch(flag -> flag.startsWith(prefix))) {
                note("no flag of its JVM begins with " + prefix + "; they were " + String.join(" ", worker.flags()));
            }
        }
        List<String> wanted =
                worker.flags().stream().filter(flag -> !isReplaced(flag)).toList();
        List<String> known = LaunchPlan.known(wanted, options);
        wanted.stream()
                .filter(flag -> !known.contains(flag))
                .forEach(flag -> note("the Java that it runs on has no " + flag + ", and so it runs without"));
        return known;
    }

    private boolean isReplaced(String flag) {
        boolean otherCollector = arguments.jvmArgs().stream().anyMatch(Replay::isCollector);
        return arguments.dropped().stream().anyMatch(flag::startsWith)
                || (otherCollector && isCollector(flag))
                || (arguments.debugPort().isPresent() && DEBUGGER.matcher(flag).matches());
    }

    /** They come after those of a worker of this machine, and win. */
    private List<String> flags(List<String> recorded) {
        List<String> flags = new ArrayList<>(literally(recorded));
        flags.addAll(literally(arguments.jvmArgs()));
        arguments
                .debugPort()
                .ifPresent(port ->
                        flags.add("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=localhost:" + port));
        return flags;
    }

    private static boolean isCollector(String flag) {
        return COLLECTOR.matcher(flag).matches();
    }

    /** The worker's index has been put in already. */
    private static String literally(String text) {
        return text.replace(INDEX, "$" + INDEX);
    }

    private static List<String> literally(List<String> texts) {
        return texts.stream().map(Replay::literally).toList();
    }

    private static Map<String, String> literally(Map<String, String> texts) {
        Map<String, String> literal = new LinkedHashMap<>();
        texts.forEach((name, value) -> literal.put(name, literally(value)));
        return literal;
    }
}
