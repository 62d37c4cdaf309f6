/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.CrashReport.Cause;
import io.loky.CrashReport.KernelKills;
import io.loky.CrashReport.TaskPhase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A crash report in words: the short story, the facts, the remedy. */
final class CrashReportText {
    /** The frames of {@code Unsafe} itself: what is further out only calls something that does. */
    private static final int INNERMOST = 4;

    /** How the names of crash capsules end. */
    private static final String CAPSULE = ".capsule";

    private final CrashReport report;
    private final List<String> lines = new ArrayList<>();

    private CrashReportText(CrashReport report) {
        this.report = report;
    }

    static String of(CrashReport report) {
        CrashReportText text = new CrashReportText(report);
        text.lines.add(text.story());
        text.addFacts();
        text.lines.add(text.outcome() + "; " + text.remedy());
        return String.join("\n", text.lines);
    }

    // ---- the story: one line ---------------------------------------------------------------------------------------

    private String story() {
        String worker = report.pid() == 0 ? "a worker" : "worker pid " + report.pid();
        return worker + " " + death() + when() + hint();
    }

    private String death() {
        return switch (report.cause()) {
            case NATIVE_CRASH -> "crashed in native code" + details(report.signal().stream());
            case EXIT -> "exited" + withCode();
            case HALT -> "was halted" + withCode();
            case OUT_OF_MEMORY ->
                (wasKilled() ? "took more memory than it may and was killed" : "ran out of memory")
                        + details(Stream.of());
            case KILLED_BY_KERNEL_FOR_MEMORY ->
                "was killed by the kernel, which was short of memory" + details(report.signal().stream());
            case KILLED_BY_SIGNAL -> "was killed by " + report.signal().orElse("a signal") + details(Stream.of());
            case START_FAILED -> "could not be started" + details(report.signal().stream());
            case UNRESPONSIVE -> "gave no sign of life and was killed" + details(Stream.of());
            case LOST ->
                report.error().isPresent()
                        ? "could not go on"
                        : "is gone for an unknown reason" + details(report.signal().stream());
        };
    }

    /** By the pool, at its memory limit; a JVM whose heap is full ends by itself. */
    private boolean wasKilled() {
        return report.cause() == Cause.OUT_OF_MEMORY
                && report.outOfMemory().orElse(OutOfMemoryKind.PROCESS) == OutOfMemoryKind.PROCESS
                && report.signal().filter("SIGKILL"::equals).isPresent();
    }

    private String withCode() {
        return report.exitCode().isPresent() ? " with code " + report.exitCode().getAsInt() : "";
    }

    /** {@code " (SIGKILL, exit code 137)"}, as far as it is known. */
    private String details(Stream<String> first) {
        Stream<String> code = report.exitCode().stream().mapToObj(number -> "exit code " + number);
        List<String> known = Stream.concat(first, code).toList();
        return known.isEmpty() ? "" : " (" + String.join(", ", known) + ")";
    }

    private String when() {
        if (report.taskId().isEmpty()) {
            return report.cause() == Cause.START_FAILED ? "" : " while it was idle";
        }
        return report.cause() == Cause.START_FAILED ? " for " + task() : phase() + task();
    }

    private String phase() {
        return switch (report.taskPhase().orElse(TaskPhase.EXECUTING)) {
            case NOT_BEGUN -> " before it had begun ";
            case DECODING -> " while decoding ";
            case EXECUTING -> " while executing ";
            case RETURNING -> " while returning the result of ";
        };
    }

    private boolean notBegun() {
        return report.taskPhase().filter(TaskPhase.NOT_BEGUN::equals).isPresent();
    }

    private String task() {
        String name = report.taskName().map(given -> " '" + given + "'").orElse("");
        return "task #" + report.taskId().orElseThrow() + name;
    }

    private String hint() {
        String culprit = report.taskId().isEmpty() || notBegun()
                ? "something in the worker"
                : "the task, or a library that it calls,";
        return switch (report.cause()) {
            case EXIT -> ": " + culprit + " called System.exit";
            case HALT -> ": " + culprit + " ended the JVM at once (Runtime.halt, or exit in native code)";
            case OUT_OF_MEMORY, START_FAILED, LOST ->
                report.error().map(error -> ": " + error).orElse("");
            default -> "";
        };
    }

    // ---- the facts -------------------------------------------------------------------------------------------------

    private void addFacts() {
        lines.add("uptime " + Texts.duration(report.uptime()) + ", " + Texts.count(report.tasksDone(), "task")
                + " done before");
        report.taskArgument().ifPresent(argument -> lines.add("argument of the task: " + argument));
        if (report.cause() == Cause.NATIVE_CRASH || report.cause() == Cause.KILLED_BY_SIGNAL) {
            report.error().ifPresent(error -> lines.add("the JVM says: " + error));
        }
        if (report.signal().isPresent() && !isOfThePool()) {
            String signal = report.signal().get();
            lines.add(signal + ": " + meaning(signal));
        }
        report.kernelKills().ifPresent(kills -> lines.add(words(kills)));
        report.nativeFrame().ifPresent(frame -> lines.add("native frame: " + frame));
        if (report.exitStack().isEmpty()) {
            report.thread().ifPresent(thread -> lines.add("thread: " + thread));
        }
        addBlock("Java frames, innermost first:", report.javaFrames());
        addBlock(
                "System.exit was called"
                        + report.thread().map(thread -> " in thread " + thread).orElse("") + ":",
                report.exitStack().stream().map(frame -> "at " + frame).toList());
        addBlock("largest classes in the Java heap, garbage included:", report.histogram());
        addBlock("last output:", report.output());
        addBlock("kept files:", report.kept().stream().map(Object::toString).toList());
        report.kept().stream()
                .filter(file -> file.toString().endsWith(CAPSULE))
                .forEach(file -> lines.add("to run this task again, alone: java -jar loky.jar replay " + file));
    }

    /** Whether the signal is the last thing that the pool did about it, and not the first that happened. */
    private boolean isOfThePool() {
        return wasKilled() || report.cause() == Cause.UNRESPONSIVE || report.cause() == Cause.LOST;
    }

    private static String words(KernelKills kills) {
        return "processes that the kernel killed for lack of memory: " + kills.before() + " when this worker started, "
                + kills.after() + " when it had died (" + kills.counter() + ")";
    }

    /** What a name of a signal says to who does not know it. */
    private static String meaning(String signal) {
        return switch (signal) {
            case "SIGSEGV" -> "it touched memory that it does not have";
            case "SIGBUS" ->
                "there was nothing behind memory that it touched, as when a mapped file is cut or its disk is full";
            case "SIGILL" -> "it came to an instruction that this processor does not have";
            case "SIGFPE" -> "it did a calculation in native code that has no result, such as a division by zero";
            case "SIGSYS" -> "it made a system call that is forbidden here";
            case "SIGABRT" ->
                "it gave itself up, as the JVM and native code do after an error that they detect themselves";
            case "SIGTRAP" -> "it ran into a breakpoint in native code";
            case "SIGKILL" -> "no process can catch it; kill -9, container runtimes and the kernel send it";
            case "SIGTERM" -> "the usual request to end, from kill, a service manager or a container runtime";
            case "SIGINT" -> "Ctrl-C";
            case "SIGHUP" -> "its terminal or session has ended";
            case "SIGQUIT" -> "Ctrl-\\";
            case "SIGPIPE" -> "it wrote to a pipe that nobody reads";
            case "SIGALRM" -> "a timer in native code went off";
            case "SIGXCPU" -> "it used up the CPU time that a limit (ulimit -t) gives it";
            case "SIGXFSZ" -> "it wrote a file larger than a limit (ulimit -f) lets it";
            default -> "see signal(7)";
        };
    }

    private void addBlock(String title, List<String> content) {
        if (!content.isEmpty()) {
            lines.add(title);
            content.forEach(line -> lines.add("    " + line));
        }
    }

    // ---- the remedy: one line --------------------------------------------------------------------------------------

    private String outcome() {
        if (report.cause() == Cause.START_FAILED) {
            return "no task was executed by it";
        }
        if (notBegun()) {
            return "only this task failed, since this worker and those before it that were given it died before they had"
                    + " begun it; another worker takes the place of this one";
        }
        return report.taskId().isPresent()
                ? "only this task failed, and another worker takes the place of this one"
                : "no task failed, and another worker takes the place of this one when one is needed";
    }

    private String remedy() {
        return switch (report.cause()) {
            case NATIVE_CRASH -> nativeRemedy();
            case EXIT -> "let the code throw an exception instead of ending the JVM";
            case HALT -> "let the code throw an exception instead of ending the JVM";
            case OUT_OF_MEMORY ->
                report.outOfMemory()
                        .orElse(wasKilled() ? OutOfMemoryKind.PROCESS : OutOfMemoryKind.HEAP)
                        .remedy();
            case KILLED_BY_KERNEL_FOR_MEMORY -> OutOfMemoryKind.NATIVE_MEMORY.remedy();
            case KILLED_BY_SIGNAL -> killedRemedy();
            case START_FAILED -> startRemedy();
            case UNRESPONSIVE ->
                "somebody has stopped it (SIGSTOP, a debugger), or the machine is so short of memory that nothing moves: look"
                        + " at its load and memory, or give workers more time (ProcessPoolOptions.heartbeat); submit the task"
                        + " again if it may run twice";
            case LOST ->
                (report.error().isPresent()
                                ? "something in it may have written to a file descriptor that is not its own, or closed one: look at"
                                        + " what is said above"
                                : "look at the log of the kernel")
                        + ", and submit the task again if it may run twice";
        };
    }

    private String startRemedy() {
        if (!report.exitStack().isEmpty()) { // by then nobody else's code runs in it
            return "let the initializer (ProcessPoolOptions.initializer) throw an exception instead of ending the JVM";
        }
        return "read what is said above, and check ProcessPoolOptions.jvmArgs, maxHeap, environment, workingDirectory and"
                + " initializer";
    }

    private String nativeRemedy() {
        if (report.javaFrames().stream().limit(INNERMOST).anyMatch(frame -> frame.contains(".Unsafe."))) {
            return "whoever calls Unsafe in the Java frames gave it an address that is none: mend or update that library";
        }
        String where = report.nativeFrame().isEmpty()
                ? "find out which native code the task calls"
                : "look up the native frame";
        String keep = report.kept().isEmpty() && report.nativeFrame().isPresent()
                ? "; ProcessPoolOptions.crashDirectory keeps the JVM's own error log"
                : "";
        return where + ", then change or update the library, or the Java version, that it belongs to" + keep;
    }

    private String killedRemedy() {
        if (report.signal().filter("SIGKILL"::equals).isPresent()) {
            return "find out who killed it: a person, a container runtime, a batch system that enforces a limit"
                    + (report.kernelKills().isEmpty()
                            ? ", or the kernel for lack of memory (look at its log)"
                            : "; the kernel did not do it for lack of memory")
                    + "; submit the task again if it may run twice";
        }
        return "find out who sends this signal; submit the task again if it may run twice";
    }
}
