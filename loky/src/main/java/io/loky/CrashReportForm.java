/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A crash report as it is written to a stream. Exceptions that hold a report travel between JVMs when a task uses a
 * pool of its own, and neither {@link Optional} nor {@link Path} is serializable.
 */
final class CrashReportForm implements Serializable {

    private static final long serialVersionUID = 1L;

    private final CrashReport.Cause cause;
    private final @Nullable Integer exitCode;
    private final @Nullable String signal;
    private final long pid;
    private final Duration uptime;
    private final long tasksDone;
    private final @Nullable Long taskId;
    private final @Nullable String taskName;
    private final CrashReport.@Nullable TaskPhase taskPhase;
    private final @Nullable String taskArgument;
    private final @Nullable String error;
    private final @Nullable String thread;
    private final @Nullable OutOfMemoryKind outOfMemory;
    private final CrashReport.@Nullable KernelKills kernelKills;
    private final StackTraceElement[] exitStack;
    private final String[] histogram;
    private final @Nullable String nativeFrame;
    private final String[] javaFrames;
    private final String[] output;
    private final String[] kept;

    CrashReportForm(CrashReport report) {
        cause = report.cause();
        exitCode = report.exitCode().isPresent() ? report.exitCode().getAsInt() : null;
        signal = report.signal().orElse(null);
        pid = report.pid();
        uptime = report.uptime();
        tasksDone = report.tasksDone();
        taskId = report.taskId().isPresent() ? report.taskId().getAsLong() : null;
        taskName = report.taskName().orElse(null);
        taskPhase = report.taskPhase().orElse(null);
        taskArgument = report.taskArgument().orElse(null);
        error = report.error().orElse(null);
        thread = report.thread().orElse(null);
        outOfMemory = report.outOfMemory().orElse(null);
        kernelKills = report.kernelKills().orElse(null);
        exitStack = report.exitStack().toArray(StackTraceElement[]::new);
        histogram = report.histogram().toArray(String[]::new);
        nativeFrame = report.nativeFrame().orElse(null);
        javaFrames = report.javaFrames().toArray(String[]::new);
        output = report.output().toArray(String[]::new);
        kept = report.kept().stream().map(Path::toString).toArray(String[]::new);
    }

    private Object readResolve() {
        return new CrashReport(
                cause,
                exitCode == null ? OptionalInt.empty() : OptionalInt.of(exitCode),
                Optional.ofNullable(signal),
                pid,
                uptime,
                tasksDone,
                taskId == null ? OptionalLong.empty() : OptionalLong.of(taskId),
                Optional.ofNullable(taskName),
                Optional.ofNullable(taskPhase),
                Optional.ofNullable(taskArgument),
                Optional.ofNullable(error),
                Optional.ofNullable(thread),
                Optional.ofNullable(outOfMemory),
                Optional.ofNullable(kernelKills),
                List.of(exitStack),
                List.of(histogram),
                Optional.ofNullable(nativeFrame),
                List.of(javaFrames),
                List.of(output),
                Arrays.stream(kept).map(Path::of).toList());
    }
}
