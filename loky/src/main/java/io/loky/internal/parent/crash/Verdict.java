/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.CrashReport;
import io.loky.CrashReport.Cause;
import io.loky.CrashReport.TaskPhase;
import io.loky.EndReason;
import io.loky.OutOfMemoryKind;
import io.loky.WorkerStartException;
import io.loky.internal.codec.SafeText;
import io.loky.internal.wire.ExitNote;
import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.WorkerExit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns the evidence of a worker's end into the exception that the user gets. */
public final class Verdict {
    private static final String OUT_OF_MEMORY = "java.lang.OutOfMemoryError: ";

    private Verdict() {}

    /**
     * What is known about its end.
     *
     * @param reason why it ended, as far as the pool knows
     * @param taskId the task that it was given; empty if none
     * @param argument see {@link CrashReport#taskArgument()}
     */
    public static CrashReport report(
            WorkerEnd end,
            EndReason reason,
            OptionalLong taskId,
            Optional<String> taskName,
            Optional<String> argument) {
        Optional<TaskPhase> phase = taskId.isEmpty() ? Optional.empty() : phase(end, taskId.getAsLong());
        return report(end, cause(end, reason), taskId, taskName, phase, argument);
    }

    /** Whether its Java heap, or another part of its JVM's memory, was full: with more of that the task may come to its end. */
    public static boolean ranOutOfMemory(Death death) {
        // A process that was larger than it may be is another matter: a larger heap makes it larger still.
        return death.reason() == EndReason.CRASHED && cause(death.end(), death.reason()) == Cause.OUT_OF_MEMORY;
    }

    private static CrashReport report(
            WorkerEnd end,
            Cause cause,
            OptionalLong taskId,
            Optional<String> taskName,
            Optional<TaskPhase> phase,
            Optional<String> argument) {
        Remains remains = end.remains();
        Optional<CrashLog> log = Optional.ofNullable(remains.crashLog());
        Optional<ExitNote> note = Optional.ofNullable(remains.exitNote()).filter(exit -> !exit.isBySignal());
        Optional<String> error = error(end, cause);
        List<String> output = output(end);
        return new CrashReport(
                cause,
                end.exitCode(),
                cause == Cause.EXIT ? Optional.empty() : signal(end),
                end.pid(),
                end.uptime(),
                end.tasksDone(),
                taskId,
                taskName,
                phase,
                argument,
                error,
                log.flatMap(CrashLog::thread)
                        .or(() -> note.map(ExitNote::thread).filter(name -> !name.isEmpty())),
                cause == Cause.OUT_OF_MEMORY ? kind(end, error) : Optional.empty(),
                remains.kernelKills(),
                note.map(ExitNote::frames).orElse(List.of()),
                remains.histogram(),
                log.flatMap(CrashLog::nativeFrame),
                log.map(CrashLog::javaFrames).orElse(List.of()),
                end.trouble() == null ? output : withTrouble(output, end.trouble()),
                remains.kept());
    }

    /** The JVM's own words. */
    private static Optional<String> error(WorkerEnd end, Cause cause) {
        Optional<String> logged = Optional.ofNullable(end.remains().crashLog()).flatMap(CrashLog::error);
        return switch (cause) {
            case START_FAILED -> logged.or(() -> JvmWords.startError(end.output()));
            case OUT_OF_MEMORY ->
                logged.or(() -> JvmWords.outOfMemory(end.output()))
                        .or(() -> lastWords(end, OUT_OF_MEMORY))
                        .or(() -> excess(end))
                        .or(() -> JvmWords.outOfMemoryInMain(end.output()))
                        .or(() -> JvmWords.outOfMemoryWithACommand(end.output()));
            case LOST -> whyLost(end);
            default -> logged;
        };
    }

    /** Why the pool has killed it, which is no error of its JVM. */
    private static Optional<String> excess(WorkerEnd end) {
        return Optional.ofNullable(end.trouble()).map(Throwable::getMessage);
    }

    private static Optional<OutOfMemoryKind> kind(WorkerEnd end, Optional<String> error) {
        if (error.isPresent() && error.equals(excess(end))) {
            return Optional.of(OutOfMemoryKind.PROCESS);
        }
        Optional<OutOfMemoryKind> logged =
                Optional.ofNullable(end.remains().crashLog()).flatMap(CrashLog::outOfMemory);
        return logged.or(() -> error.map(words -> {
                    int message = words.indexOf(OUT_OF_MEMORY);
                    return OutOfMemoryKind.ofMessage(
                            message < 0 ? words : words.substring(message + OUT_OF_MEMORY.length()));
                }))
                .or(() -> isOutOfMemory(end.exitCode()) ? Optional.of(OutOfMemoryKind.HEAP) : Optional.empty());
    }

    /** A worker that has said no more than this was so short of memory that it could not: that is the heap as a rule. */
    private static boolean isOutOfMemory(OptionalInt exitCode) {
        return exitCode.equals(OptionalInt.of(WorkerExit.OUT_OF_MEMORY));
    }

    /** The last words of the worker, if this is among them. */
    private static Optional<String> lastWords(WorkerEnd end, String text) {
        return end.output().stream()
                .filter(line -> LastWords.areIn(line) && line.contains(text))
                .reduce((first, last) -> last);
    }

    private static Optional<String> whyLost(WorkerEnd end) {
        if (end.trouble() != null) {
            return Optional.of(SafeText.of(end.trouble()));
        }
        boolean closed = end.exitCode().equals(OptionalInt.of(WorkerExit.PARENT_GONE));
        return closed ? Optional.of("its channel to the pool was closed in it") : lastWords(end, "");
    }

    /** The parent gave this worker up; why is its last line. */
    private static List<String> withTrouble(List<String> output, Throwable trouble) {
        List<String> lines = new ArrayList<>(output);
        lines.add("(the parent gave this worker up: " + SafeText.of(trouble) + ")");
        return lines;
    }

    private static Optional<TaskPhase> phase(WorkerEnd end, long taskId) {
        return switch (end.mark().of(taskId)) {
            case NOT_BEGUN -> Optional.of(TaskPhase.NOT_BEGUN);
            case DECODING -> Optional.of(TaskPhase.DECODING);
            case RUNNING -> Optional.of(TaskPhase.EXECUTING);
            case ENCODING -> Optional.of(TaskPhase.RETURNING);
        };
    }

    /**
     * For a task that waited when the last of several starts failed. Runs the user's code where the initializer has thrown.
     *
     * @param prefix the command that the worker's was put behind
     */
    public static WorkerStartException didNotStart(WorkerEnd end, int attempts, String task, List<String> prefix) {
        if (!(end.trouble() instanceof InitializerFailure failure)) {
            return startException(end, attempts, task, startTrouble(end), prefix);
        }
        Supplier<Throwable> decoder = failure.thrown();
        if (decoder != null) {
            Throwable thrown = decoder.get();
            return initializerFailed(end, attempts, task, threw(thrown), thrown, OptionalInt.empty());
        }
        return initializerFailed(end, attempts, task, endedWhileItRan(end), failure.getCause(), end.exitCode());
    }

    /**
     * Why this worker did not start, with all that is known of it and without a remedy. Runs the user's code where the initializer
     * has thrown.
     */
    public static String whyNotStarted(WorkerEnd end) {
        String why = startTrouble(end);
        if (end.trouble() instanceof InitializerFailure failure) {
            Supplier<Throwable> decoder = failure.thrown();
            why = "its initializer failed: " + (decoder == null ? endedWhileItRan(end) : threw(decoder.get()));
        }
        return why + evidence(end);
    }

    private static String threw(Throwable thrown) {
        return "it threw " + SafeText.of(thrown);
    }

    private static String endedWhileItRan(WorkerEnd end) {
        String how = end.exitCode().isEmpty() ? "its process was lost" : "its process " + exit(end);
        return how + frame(end) + " while it ran";
    }

    /** For a task that waited when the last of several starts took too long. */
    public static WorkerStartException startTimedOut(
            WorkerEnd end, Duration limit, int attempts, String task, List<String> prefix) {
        if (end.trouble() instanceof InitializerFailure failure) {
            String how = "it had not returned at the end of the start time-out of " + limit.toMillis()
                    + " ms, and its process was killed";
            return initializerFailed(end, attempts, task, how, failure.getCause(), OptionalInt.empty());
        }
        String trouble = "its process (pid " + end.pid() + ") was not ready within the start time-out of "
                + limit.toMillis() + " ms and was killed";
        return startException(end, attempts, task, trouble, prefix);
    }

    private static WorkerStartException initializerFailed(
            WorkerEnd end, int attempts, String task, String how, @Nullable Throwable cause, OptionalInt exitCode) {
        CrashReport report = notStarted(end, exitCode);
        String message = "the initializer failed in " + attempts + " workers in a row, so that " + task
                + " has none; the last time, in pid " + end.pid() + ", " + how + evidence(end)
                + "\nThe task was not executed. "
                + "Mend the initializer (ProcessPoolOptions.initializer)"
                + (report.exitStack().isEmpty()
                        ? ", or give it more time (startTimeout)"
                        : ": let it throw an exception instead of ending the JVM")
                + "; the pool tries again with the next task.";
        return new WorkerStartException(message, cause, report);
    }

    private static WorkerStartException startException(
            WorkerEnd end, int attempts, String task, String trouble, List<String> prefix) {
        String message = "no worker could be started for " + task + ": " + attempts
                + " starts in a row failed, the last because " + trouble + evidence(end)
                + "\nThe task was not executed. Look at what is said above, at ProcessPoolOptions.jvmArgs, maxHeap,"
                + " javaHome, environment, workingDirectory and startTimeout, and at the free memory and number of"
                + " processes of this machine."
                + (prefix.isEmpty()
                        ? ""
                        : " The commandPrefix is " + prefix
                                + ": a program that exists, runs the command behind it, in its"
                                + " own place or as a child that it waits for, and leaves all file descriptors open?");
        return new WorkerStartException(message, end.trouble(), notStarted(end, end.exitCode()));
    }

    /**
     * @param exitCode empty where it is the library's own doing
     */
    private static CrashReport notStarted(WorkerEnd end, OptionalInt exitCode) {
        WorkerEnd told = new WorkerEnd(
                end.pid(),
                end.ready(),
                exitCode,
                end.uptime(),
                end.tasksDone(),
                end.mark(),
                end.answers(),
                end.output(),
                end.remains(),
                null);
        return report(
                told, Cause.START_FAILED, OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What it printed, without what its error log says better, and without the name of a log that goes with the worker. */
    private static List<String> output(WorkerEnd end) {
        CrashLog log = end.remains().crashLog();
        if (log == null) {
            return end.output();
        }
        List<String> output = CrashLog.withoutBanner(end.output());
        return end.remains().kept().contains(log.file()) ? output : withoutName(output, log.file());
    }

    private static List<String> withoutName(List<String> output, Path file) {
        List<String> lines = new ArrayList<>();
        for (String line : output) {
            if (line.startsWith("#") && line.endsWith(file.toString())) {
                if (!lines.isEmpty() && lines.get(lines.size() - 1).endsWith("saved as:")) {
                    lines.remove(lines.size() - 1);
                }
            } else {
                lines.add(line);
            }
        }
        return lines;
    }

    /** What there is to read about a start that failed. */
    private static String evidence(WorkerEnd end) {
        CrashReport report = notStarted(end, end.exitCode());
        List<String> lines = new ArrayList<>();
        lines.add(
                end.output().isEmpty()
                        ? "; it printed nothing"
                        : report.output().isEmpty() ? "" : "; it printed:");
        report.output().forEach(line -> lines.add("    " + line));
        if (end.remains().crashLog() != null) {
            report.error()
                    .filter(error -> report.output().stream().noneMatch(line -> line.contains(error)))
                    .ifPresent(error -> lines.add("the JVM says: " + error));
        }
        addBlock(lines, "Java frames, innermost first:", "", report.javaFrames());
        String thread = report.thread().map(name -> " in thread " + name).orElse("");
        addBlock(lines, "System.exit was called" + thread + ":", "at ", report.exitStack());
        addBlock(lines, "kept files:", "", report.kept());
        return String.join("\n", lines);
    }

    private static void addBlock(List<String> lines, String title, String before, List<?> content) {
        if (!content.isEmpty()) {
            lines.add(title);
            content.forEach(line -> lines.add("    " + before + line));
        }
    }

    private static String startTrouble(WorkerEnd end) {
        OptionalInt code = end.exitCode();
        if (end.pid() == 0) {
            return "the process could not be started: " + end.trouble();
        }
        String process = "its process (pid " + end.pid() + ") ";
        if (code.isEmpty()) {
            return process + "was lost: " + end.trouble();
        }
        String givenUp = end.trouble() == null ? "" : " (" + SafeText.of(end.trouble()) + ")";
        return process + exit(end) + frame(end) + " after " + end.uptime().toMillis() + " ms, before it was ready"
                + givenUp;
    }

    private static String frame(WorkerEnd end) {
        return Optional.ofNullable(end.remains().crashLog())
                .flatMap(CrashLog::nativeFrame)
                .map(line -> " in " + line)
                .orElse("");
    }

    private static String exit(WorkerEnd end) {
        return signal(end)
                .map(name -> "was ended by " + name)
                .orElse("exited with code " + end.exitCode().orElseThrow());
    }

    /** The one that its log names; the exit code only knows that the JVM gave itself up then. */
    private static Optional<String> signal(WorkerEnd end) {
        Optional<String> logged = Optional.ofNullable(end.remains().crashLog()).flatMap(CrashLog::signal);
        return logged.or(() ->
                end.exitCode().isPresent() ? ExitCode.signal(end.exitCode().getAsInt()) : Optional.empty());
    }

    private static Cause cause(WorkerEnd end, EndReason reason) {
        return switch (reason) {
            case START_FAILED -> Cause.START_FAILED;
            case UNRESPONSIVE -> {
                CrashLog log = end.remains().crashLog(); // it was still busy with its crash, such as with a core
                yield log != null && log.error().isPresent() ? cause(log) : Cause.UNRESPONSIVE;
            }
            case MEMORY_LIMIT -> Cause.OUT_OF_MEMORY;
            default -> cause(end);
        };
    }

    private static Cause cause(WorkerEnd end) {
        if (end.exitCode().isEmpty()) {
            return Cause.LOST;
        }
        int code = end.exitCode().getAsInt();
        if (end.trouble() != null) {
            return Cause.LOST; // the signal is the library's own
        }
        boolean saidWhy = end.output().stream().anyMatch(LastWords::areIn);
        if (saidWhy && (code == WorkerExit.UNFIT || code == WorkerExit.OUT_OF_MEMORY)) {
            return code == WorkerExit.UNFIT ? Cause.LOST : Cause.OUT_OF_MEMORY;
        }
        CrashLog log = end.remains().crashLog();
        if (log != null) {
            return cause(log);
        }
        ExitNote note = end.remains().exitNote();
        if (ExitCode.isEndedByCommand(code)
                && (note == null || note.isBySignal())
                && JvmWords.outOfMemoryWithACommand(end.output()).isPresent()) {
            return Cause.OUT_OF_MEMORY; // such as kill -9 %p
        }
        if (note != null && !ExitCode.isKill(code)) { // else it was killed on its way out; its report has the note, too
            return note.isBySignal() ? Cause.KILLED_BY_SIGNAL : Cause.EXIT;
        }
        if (code == JvmWords.OUT_OF_MEMORY_CODE
                && JvmWords.outOfMemory(end.output()).isPresent()) {
            return Cause.OUT_OF_MEMORY;
        }
        if (code == JvmWords.MAIN_DIED_CODE
                && JvmWords.outOfMemoryInMain(end.output()).isPresent()) {
            return Cause.OUT_OF_MEMORY;
        }
        return withoutANote(end, code, saidWhy);
    }

    private static Cause cause(CrashLog log) {
        if (log.outOfMemory().isPresent()) {
            return Cause.OUT_OF_MEMORY;
        }
        return log.isOfASignalFromOutside() ? Cause.KILLED_BY_SIGNAL : Cause.NATIVE_CRASH;
    }

    private static Cause withoutANote(WorkerEnd end, int code, boolean saidWhy) {
        if (ExitCode.isCrash(code) || (code == CrashLog.EXIT_CODE && CrashLog.isTold(end.output(), end.pid()))) {
            return Cause.NATIVE_CRASH;
        }
        if (signal(end).isPresent()) {
            return end.remains().byKernel() ? Cause.KILLED_BY_KERNEL_FOR_MEMORY : Cause.KILLED_BY_SIGNAL;
        }
        return switch (code) {
            case WorkerExit.PARENT_GONE -> Cause.LOST; // it could not read from its pool any more
            case WorkerExit.UNFIT -> Cause.LOST; // what it wanted to say has not come through
            case WorkerExit.OUT_OF_MEMORY -> Cause.OUT_OF_MEMORY;
            case WorkerExit.EXIT_HUNG -> saidWhy ? Cause.EXIT : Cause.HALT;
            default -> Cause.HALT;
        };
    }
}
