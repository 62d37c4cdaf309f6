/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A crash report in words: the short story, the facts, the remedy. */
final class CrashReportText {

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
            case LOST -> "is gone for an unknown reason" + details(report.signal().stream());
        };
    }

    /** By the pool, at its memory limit; a JVM whose heap is full ends by itself. */
    private boolean wasKilled() {
        return report.signal().isPresent();
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
            return report.cause() == CrashReport.Cause.START_FAILED ? "" : " while it was idle";
        }
        return report.cause() == CrashReport.Cause.START_FAILED ? " for " + task() : phase() + task();
    }

    private String phase() {
        return switch (report.taskPhase().orElse(CrashReport.TaskPhase.EXECUTING)) {
            case NOT_BEGUN -> " before it had begun ";
            case DECODING -> " while decoding ";
            case EXECUTING -> " while executing ";
            case RETURNING -> " while returning the result of ";
        };
    }

    private boolean notBegun() {
        return report.taskPhase().equals(Optional.of(CrashReport.TaskPhase.NOT_BEGUN));
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
            case EXIT -> ": " + culprit + " ended the JVM (System.exit or Runtime.halt)";
            case HALT -> ": " + culprit + " ended the JVM (Runtime.halt)";
            default -> "";
        };
    }

    private void addFacts() {
        lines.add("uptime " + Texts.duration(report.uptime()) + ", " + Texts.count(report.tasksDone(), "task")
                + " done before");
        report.nativeFrame().ifPresent(frame -> lines.add("native frame: " + frame));
        addBlock("Java frames, innermost first:", report.javaFrames());
        addBlock(
                "the JVM was ended from here:",
                report.exitStack().stream().map(frame -> "at " + frame).toList());
        addBlock("largest classes in the Java heap:", report.histogram());
        addBlock("last output:", report.output());
        addBlock("kept files:", report.kept().stream().map(Object::toString).toList());
    }

    private void addBlock(String title, List<String> content) {
        if (!content.isEmpty()) {
            lines.add(title);
            content.forEach(line -> lines.add("    " + line));
        }
    }

    private String outcome() {
        if (report.cause() == CrashReport.Cause.START_FAILED) {
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
            case NATIVE_CRASH ->
                "look up the native frame and the error report of the JVM, then change or update"
                        + " the native library (or the Java version) they name";
            case EXIT -> "let the code throw an exception instead of ending the JVM";
            case HALT -> "let the code throw an exception instead of calling Runtime.halt";
            case OUT_OF_MEMORY ->
                wasKilled()
                        ? "raise the limit (ProcessPoolOptions.workerMemoryLimit), lower what may fill it (maxHeap), or give"
                                + " each task less data"
                        : "give each worker a larger heap (ProcessPoolOptions.maxHeap), or each task less data";
            case KILLED_BY_KERNEL_FOR_MEMORY ->
                "use fewer workers (ProcessPoolOptions.maxWorkers) or smaller heaps"
                        + " (ProcessPoolOptions.maxHeap), or give the machine or container more memory";
            case KILLED_BY_SIGNAL -> killedRemedy();
            case START_FAILED ->
                "read what it printed, and check ProcessPoolOptions.jvmArgs, maxHeap, environment and"
                        + " workingDirectory";
            case UNRESPONSIVE ->
                "somebody has stopped it (SIGSTOP, a debugger), or the machine is so short of memory that nothing moves: look"
                        + " at its load and memory, or give workers more time (ProcessPoolOptions.heartbeat); submit the task"
                        + " again if it may run twice";
            case LOST -> "look at the log of the kernel, and submit the task again if it may run twice";
        };
    }

    private String killedRemedy() {
        if (report.signal().filter("SIGKILL"::equals).isPresent()) {
            return "somebody, or the kernel's out-of-memory killer, ended the process: look at the log of the kernel"
                    + " and at the worker's memory limit (ProcessPoolOptions.maxHeap)";
        }
        return "find out who sends this signal; submit the task again if it may run twice";
    }
}
