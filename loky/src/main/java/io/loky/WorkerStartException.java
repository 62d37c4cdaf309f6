/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * No worker could be started for this task, so it was never executed. Where that is because the {@link
 * ProcessPoolOptions#initializer() initializer} of the pool has thrown something, that is the cause.
 */
public class WorkerStartException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** What the JVM printed, line by line. */
    private final String[] output;

    /** What the JVM exited with; null if it did not, or nobody knows. */
    private final @Nullable Integer exitCode;

    /** What was found out about the last attempt; null if nothing was. */
    private final @Nullable CrashReport report;

    /**
     * Makes an exception without an exit code.
     *
     * @param message what happened, and what to do about it
     * @param cause what led to it; {@code null} if nothing else did
     * @param output the last lines that the JVM printed; copied
     */
    public WorkerStartException(String message, @Nullable Throwable cause, List<String> output) {
        this(message, cause, output, OptionalInt.empty());
    }

    /**
     * Makes an exception.
     *
     * @param message what happened, and what to do about it
     * @param cause what led to it; {@code null} if nothing else did
     * @param output the last lines that the JVM printed; copied
     * @param exitCode what the JVM exited with; empty if it did not, or nobody knows
     */
    public WorkerStartException(String message, @Nullable Throwable cause, List<String> output, OptionalInt exitCode) {
        this(message, cause, output, exitCode, null);
    }

    /**
     * Makes an exception with all that is known.
     *
     * @param message what happened, and what to do about it
     * @param cause what led to it; {@code null} if nothing else did
     * @param report what was found out about the last attempt
     */
    public WorkerStartException(String message, @Nullable Throwable cause, CrashReport report) {
        this(message, cause, Objects.requireNonNull(report, "report").output(), report.exitCode(), report);
    }

    private WorkerStartException(
            String message,
            @Nullable Throwable cause,
            List<String> output,
            OptionalInt exitCode,
            @Nullable CrashReport report) {
        super(Category.POOL, message, cause);
        this.report = report;
        this.output = List.copyOf(Objects.requireNonNull(output, "output")).toArray(String[]::new);
        Objects.requireNonNull(exitCode, "exitCode");
        this.exitCode = exitCode.isPresent() ? exitCode.getAsInt() : null;
    }

    /**
     * Returns the last lines that the JVM of the worker printed, on either stream.
     *
     * @return an immutable list; empty if it printed nothing or there was no process
     */
    public List<String> output() {
        return List.of(output);
    }

    /**
     * Returns what the JVM of the worker exited with.
     *
     * @return the code; empty if there was no process, it did not exit by itself, or nobody knows
     */
    public OptionalInt exitCode() {
        return exitCode == null ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }

    /**
     * Returns what was found out about the last of the attempts to start a worker.
     *
     * @return a report with the cause {@link CrashReport.Cause#START_FAILED}; empty if the exception was made without one
     */
    public Optional<CrashReport> report() {
        return Optional.ofNullable(report);
    }
}
