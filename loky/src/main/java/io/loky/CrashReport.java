/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What was found out about the death of a worker JVM. Immutable, thread-safe and serializable. What is not known is
 * empty.
 *
 * @param cause how the worker died
 * @param exitCode what the process exited with; on Linux 128 plus the number of the signal that ended it
 * @param signal the name of the signal that ended it, such as {@code SIGKILL}
 * @param pid the process id that it had; 0 if there was no process
 * @param uptime how long it lived
 * @param tasksDone how many tasks it had finished, failed ones included
 * @param taskId the task that it was executing, see {@link TaskFuture#taskId()}; empty if it was idle
 * @param taskName the name that this task was given; empty if it was given none
 * @param taskPhase how far it was with this task; empty if it was idle
 * @param exitStack who ended the JVM from inside, innermost frame first
 * @param histogram what filled the Java heap, one class each line, the largest first
 * @param nativeFrame the native function in which it crashed
 * @param javaFrames the Java frames above that function, innermost first
 * @param output the last lines that it printed, on either stream, oldest first
 * @param kept files about the death that were kept for later, such as a JVM's own error report
 * @serial exclude
 */
// serial: Optional and Path are not serializable, CrashReportForm is written instead
// InvalidBlockTag: Error Prone does not know that records, too, may have @serial
@SuppressWarnings({"serial", "InvalidBlockTag"})
public record CrashReport(
        Cause cause,
        OptionalInt exitCode,
        Optional<String> signal,
        long pid,
        Duration uptime,
        long tasksDone,
        OptionalLong taskId,
        Optional<String> taskName,
        Optional<TaskPhase> taskPhase,
        List<StackTraceElement> exitStack,
        List<String> histogram,
        Optional<String> nativeFrame,
        List<String> javaFrames,
        List<String> output,
        List<Path> kept)
        implements Serializable {

    /**
     * Makes a report; the lists are copied.
     *
     * @param cause see {@link #cause()}
     * @param exitCode see {@link #exitCode()}
     * @param signal see {@link #signal()}
     * @param pid see {@link #pid()}
     * @param uptime see {@link #uptime()}
     * @param tasksDone see {@link #tasksDone()}
     * @param taskId see {@link #taskId()}
     * @param taskName see {@link #taskName()}
     * @param taskPhase see {@link #taskPhase()}
     * @param exitStack see {@link #exitStack()}
     * @param histogram see {@link #histogram()}
     * @param nativeFrame see {@link #nativeFrame()}
     * @param javaFrames see {@link #javaFrames()}
     * @param output see {@link #output()}
     * @param kept see {@link #kept()}
     * @throws NullPointerException if an argument, or something in a list, is {@code null}
     */
    public CrashReport {
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(exitCode, "exitCode");
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(uptime, "uptime");
        Objects.requireNonNull(taskId, "taskId");
        Objects.requireNonNull(taskName, "taskName");
        Objects.requireNonNull(taskPhase, "taskPhase");
        exitStack = List.copyOf(Objects.requireNonNull(exitStack, "exitStack"));
        histogram = List.copyOf(Objects.requireNonNull(histogram, "histogram"));
        Objects.requireNonNull(nativeFrame, "nativeFrame");
        javaFrames = List.copyOf(Objects.requireNonNull(javaFrames, "javaFrames"));
        output = List.copyOf(Objects.requireNonNull(output, "output"));
        kept = List.copyOf(Objects.requireNonNull(kept, "kept"));
    }

    /**
     * Makes a report that does not say how far the worker was with its task; the lists are copied.
     *
     * @param cause see {@link #cause()}
     * @param exitCode see {@link #exitCode()}
     * @param signal see {@link #signal()}
     * @param pid see {@link #pid()}
     * @param uptime see {@link #uptime()}
     * @param tasksDone see {@link #tasksDone()}
     * @param taskId see {@link #taskId()}
     * @param taskName see {@link #taskName()}
     * @param exitStack see {@link #exitStack()}
     * @param histogram see {@link #histogram()}
     * @param nativeFrame see {@link #nativeFrame()}
     * @param javaFrames see {@link #javaFrames()}
     * @param output see {@link #output()}
     * @param kept see {@link #kept()}
     * @throws NullPointerException if an argument, or something in a list, is {@code null}
     */
    public CrashReport(
            Cause cause,
            OptionalInt exitCode,
            Optional<String> signal,
            long pid,
            Duration uptime,
            long tasksDone,
            OptionalLong taskId,
            Optional<String> taskName,
            List<StackTraceElement> exitStack,
            List<String> histogram,
            Optional<String> nativeFrame,
            List<String> javaFrames,
            List<String> output,
            List<Path> kept) {
        this(
                cause,
                exitCode,
                signal,
                pid,
                uptime,
                tasksDone,
                taskId,
                taskName,
                Optional.empty(),
                exitStack,
                histogram,
                nativeFrame,
                javaFrames,
                output,
                kept);
    }

    /**
     * Returns the report as text: the first line is the short story, then come the facts with their units and the last
     * output, and the last line is what to do about it. The wording may change between versions.
     *
     * @return several lines, separated by {@code '\n'}, without one at the end
     */
    public String describe() {
        return CrashReportText.of(this);
    }

    private Object writeReplace() {
        return new CrashReportForm(this);
    }

    /** How far a worker was with a task. */
    public enum TaskPhase {
        /** It had been sent the task and had not begun it. */
        NOT_BEGUN,

        /** It was rebuilding the task from its bytes, which may run code of the task's classes. */
        DECODING,

        /** It was executing the task. */
        EXECUTING,

        /** The task had ended, and its result was being turned into bytes or sent. */
        RETURNING
    }

    /** How a worker died. */
    public enum Cause {
        /** Native code, or the JVM itself, did something that the operating system forbids. */
        NATIVE_CRASH,

        /** The JVM was ended from inside, by {@code System.exit} or in a way that cannot be told from it. */
        EXIT,

        /** The JVM was ended from inside, by {@code Runtime.halt}. */
        HALT,

        /**
         * The JVM ended itself because its Java heap was full; or the pool ended it because its process took far more than
         * {@link ProcessPoolOptions#workerMemoryLimit()}.
         */
        OUT_OF_MEMORY,

        /** The kernel killed it because the machine or the container was short of memory. */
        KILLED_BY_KERNEL_FOR_MEMORY,

        /** It was ended by a signal; who sent it is not known. */
        KILLED_BY_SIGNAL,

        /** It never became ready for a task. */
        START_FAILED,

        /** It gave no sign of life and was killed for that. */
        UNRESPONSIVE,

        /** It is gone, and nothing says why. */
        LOST
    }
}
