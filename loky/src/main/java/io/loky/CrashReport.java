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
 * @param signal the name of the signal that ended it, such as {@code SIGKILL}; of a native crash the one that its error log names
 * @param pid the process id that it had; 0 if there was no process
 * @param uptime how long it lived
 * @param tasksDone how many tasks it had finished, failed ones included
 * @param taskId the task that it was executing, see {@link TaskFuture#taskId()}; empty if it was idle
 * @param taskName the name that this task was given; empty if it was given none
 * @param taskPhase how far it was with this task; empty if it was idle
 * @param taskArgument what the task was given, in a few words and without a call of its methods: a number or short text
 *     itself, of anything else the type and perhaps the size; empty if it was given nothing apart from its function
 * @param error what it ended for, in one line: in the words of the JVM, or of the worker or the pool that gave it up
 * @param thread the name of the thread that ended the JVM, or crashed
 * @param outOfMemory which memory was short, where it is known
 * @param kernelKills how many processes the kernel has killed for lack of memory; empty if it does not tell, or if it was not
 *     {@code SIGKILL} that ended the worker
 * @param exitStack who called {@code System.exit}, innermost frame first
 * @param histogram what filled the Java heap, one class each line, the largest first
 * @param nativeFrame the native function in which it crashed
 * @param javaFrames the Java frames above that function, innermost first, down to where the task begins
 * @param output the last lines that it printed, on either stream, oldest first
 * @param kept files about the death that were kept for later, such as the JVM's own error log, see {@link
 *     ProcessPoolOptions.Builder#crashDirectory(Path)}, or what {@link ProcessPoolOptions.Builder#crashCapsules} asks for
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
        Optional<String> taskArgument,
        Optional<String> error,
        Optional<String> thread,
        Optional<OutOfMemoryKind> outOfMemory,
        Optional<KernelKills> kernelKills,
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
     * @param taskArgument see {@link #taskArgument()}
     * @param error see {@link #error()}
     * @param thread see {@link #thread()}
     * @param outOfMemory see {@link #outOfMemory()}
     * @param kernelKills see {@link #kernelKills()}
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
        Objects.requireNonNull(taskArgument, "taskArgument");
        Objects.requireNonNull(error, "error");
        Objects.requireNonNull(thread, "thread");
        Objects.requireNonNull(outOfMemory, "outOfMemory");
        Objects.requireNonNull(kernelKills, "kernelKills");
        exitStack = List.copyOf(Objects.requireNonNull(exitStack, "exitStack"));
        histogram = List.copyOf(Objects.requireNonNull(histogram, "histogram"));
        Objects.requireNonNull(nativeFrame, "nativeFrame");
        javaFrames = List.copyOf(Objects.requireNonNull(javaFrames, "javaFrames"));
        output = List.copyOf(Objects.requireNonNull(output, "output"));
        kept = List.copyOf(Objects.requireNonNull(kept, "kept"));
    }

    /**
     * Makes a report without those facts that are seldom known; the lists are copied.
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
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
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

    /**
     * How many processes the kernel has killed because memory was short, as the kernel counts them.
     *
     * @param counter what counts: a file of the worker's control group, or {@code /proc/vmstat} for the whole machine
     * @param before when the worker had started
     * @param after when it had died
     * @serial exclude
     */
    public record KernelKills(String counter, long before, long after) implements Serializable {
        /**
         * Makes one.
         *
         * @param counter see {@link #counter()}
         * @param before see {@link #before()}
         * @param after see {@link #after()}
         * @throws NullPointerException if the counter is {@code null}
         */
        public KernelKills {
            Objects.requireNonNull(counter, "counter");
        }
    }

    /** How a worker died. */
    public enum Cause {
        /** Native code, or the JVM itself, did something that the operating system forbids. */
        NATIVE_CRASH,

        /** Code in the worker called {@code System.exit}; {@link CrashReport#exitStack()} says who. */
        EXIT,

        /**
         * The JVM was ended from inside at once, without its shutdown hooks: by {@code Runtime.halt}, or by native code that
         * called {@code exit}.
         */
        HALT,

        /**
         * The JVM ended itself because it was short of memory, {@link CrashReport#outOfMemory()} says of which; or the pool ended
         * it because its process took far more than {@link ProcessPoolOptions#workerMemoryLimit()}.
         */
        OUT_OF_MEMORY,

        /**
         * The kernel killed it because the machine or the container was short of memory. {@link CrashReport#kernelKills()} is what
         * says so.
         */
        KILLED_BY_KERNEL_FOR_MEMORY,

        /** It was ended by a signal; who sent it is not known. */
        KILLED_BY_SIGNAL,

        /** It never became ready for a task. */
        START_FAILED,

        /** It gave no sign of life and was killed for that. */
        UNRESPONSIVE,

        /** It was given up, since what it sent could not be understood or it could not go on, see {@link CrashReport#error()}; or it is gone, and nothing says why. */
        LOST
    }
}
