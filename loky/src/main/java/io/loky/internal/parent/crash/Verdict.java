/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.CrashReport;
import io.loky.CrashReport.Cause;
import io.loky.CrashReport.TaskPhase;
import io.loky.EndReason;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import io.loky.internal.codec.SafeText;
import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.WorkerExit;
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
    private Verdict() {}

    /**
     * For the task that it had begun.
     *
     * @param reason why it ended, as far as the pool knows
     */
    public static WorkerTerminatedException died(WorkerEnd end, EndReason reason, long taskId, String taskName) {
        Optional<CrashLog> log = Optional.ofNullable(end.crashLog());
        WorkerTerminatedException exception = new WorkerTerminatedException(new CrashReport(
                cause(end, reason),
                end.exitCode(),
                signal(end),
                end.pid(),
                end.uptime(),
                end.tasksDone(),
                OptionalLong.of(taskId),
                Optional.of(taskName),
                phase(end, taskId),
                List.of(),
                List.of(),
                log.flatMap(CrashLog::nativeFrame),
                log.map(CrashLog::javaFrames).orElse(List.of()),
                end.trouble() == null ? end.output() : withTrouble(end.output(), end.trouble()),
                List.of()));
        if (end.trouble() != null) {
            exception.addSuppressed(end.trouble());
        }
        return exception;
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
            return initializerFailed(
                    end, attempts, task, "it threw " + SafeText.of(thrown), thrown, OptionalInt.empty());
        }
        String how = end.exitCode().isEmpty() ? "its process was lost" : "its process " + exit(end);
        String frame = Optional.ofNullable(end.crashLog())
                .flatMap(CrashLog::nativeFrame)
                .map(line -> " in " + line)
                .orElse("");
        return initializerFailed(
                end, attempts, task, how + frame + " while it ran", failure.getCause(), end.exitCode());
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
        String message = "the initializer failed in " + attempts + " workers in a row, so that " + task
                + " has none; the last time, in pid " + end.pid() + ", " + how + printed(end)
                + "\nThe task was not executed. Mend the initializer (ProcessPoolOptions.initializer), or give it more"
                + " time (startTimeout); the pool tries again with the next task.";
        return new WorkerStartException(message, cause, end.output(), exitCode);
    }

    private static WorkerStartException startException(
            WorkerEnd end, int attempts, String task, String trouble, List<String> prefix) {
        String message = "no worker could be started for " + task + ": " + attempts
                + " starts in a row failed, the last because " + trouble + printed(end)
                + "\nThe task was not executed. Look at what is said above, at ProcessPoolOptions.jvmArgs, maxHeap,"
                + " javaHome, environment, workingDirectory and startTimeout, and at the free memory and number of"
                + " processes of this machine."
                + (prefix.isEmpty()
                        ? ""
                        : " The commandPrefix is " + prefix
                                + ": a program that exists, runs the command behind it, in its"
                                + " own place or as a child that it waits for, and leaves all file descriptors open?");
        return new WorkerStartException(message, end.trouble(), end.output(), end.exitCode());
    }

    private static String printed(WorkerEnd end) {
        StringBuilder text = new StringBuilder(end.output().isEmpty() ? "; it printed nothing" : "; it printed:");
        for (String line : end.output()) {
            text.append("\n    ").append(line);
        }
        return text.toString();
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
        return process + exit(end) + " after " + end.uptime().toMillis() + " ms, before it was ready" + givenUp;
    }

    private static String exit(WorkerEnd end) {
        return signal(end)
                .map(name -> "was ended by " + name)
                .orElse("exited with code " + end.exitCode().orElseThrow());
    }

    private static Optional<String> signal(WorkerEnd end) {
        return end.exitCode().isPresent() ? ExitCode.signal(end.exitCode().getAsInt()) : Optional.empty();
    }

    private static Cause cause(WorkerEnd end, EndReason reason) {
        return switch (reason) {
            case UNRESPONSIVE -> Cause.UNRESPONSIVE;
            case MEMORY_LIMIT -> Cause.OUT_OF_MEMORY;
            default -> cause(end);
        };
    }

    private static Cause cause(WorkerEnd end) {
        if (end.exitCode().isEmpty()) {
            return Cause.LOST;
        }
        int code = end.exitCode().getAsInt();
        boolean gaveItselfUp = code == WorkerExit.UNFIT && end.output().stream().anyMatch(LastWords::areIn);
        if (end.trouble() != null || gaveItselfUp) {
            return Cause.LOST; // the signal or the code is the library's own
        }
        if (end.crashLog() != null || ExitCode.isAbort(code)) {
            return Cause.NATIVE_CRASH;
        }
        return signal(end).isPresent() ? Cause.KILLED_BY_SIGNAL : Cause.EXIT;
    }
}
