/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.loky.CrashReport.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CrashReportTest {

    private static final StackTraceElement FRAME = new StackTraceElement("com.acme.Job", "quit", "Job.java", 7);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NATIVE_CRASH                | SIGABRT | 134 | worker pid 4711 crashed in native code (SIGABRT, exit code 134) while executing task #12 'parse foo.jar'
            EXIT                        |         | 0   | worker pid 4711 exited with code 0 while executing task #12 'parse foo.jar': the task, or a library that it calls, called System.exit
            HALT                        |         | 3   | worker pid 4711 was halted with code 3 while executing task #12 'parse foo.jar': the task, or a library that it calls, ended the JVM at once (Runtime.halt, or exit in native code)
            OUT_OF_MEMORY               |         | 3   | worker pid 4711 ran out of memory (exit code 3) while executing task #12 'parse foo.jar'
            OUT_OF_MEMORY               | SIGKILL | 137 | worker pid 4711 took more memory than it may and was killed (exit code 137) while executing task #12 'parse foo.jar'
            KILLED_BY_KERNEL_FOR_MEMORY | SIGKILL | 137 | worker pid 4711 was killed by the kernel, which was short of memory (SIGKILL, exit code 137) while executing task #12 'parse foo.jar'
            KILLED_BY_SIGNAL            | SIGKILL | 137 | worker pid 4711 was killed by SIGKILL (exit code 137) while executing task #12 'parse foo.jar'
            KILLED_BY_SIGNAL            |         |     | worker pid 4711 was killed by a signal while executing task #12 'parse foo.jar'
            START_FAILED                |         | 1   | worker pid 4711 could not be started (exit code 1) for task #12 'parse foo.jar'
            UNRESPONSIVE                | SIGKILL | 137 | worker pid 4711 gave no sign of life and was killed (exit code 137) while executing task #12 'parse foo.jar'
            LOST                        |         |     | worker pid 4711 is gone for an unknown reason while executing task #12 'parse foo.jar'
            """)
    void describe_withTask_beginsWithTheShortStory(Cause cause, String signal, Integer exitCode, String story) {
        CrashReport report = busy(cause, Optional.ofNullable(signal), exitCode(exitCode));

        assertThat(report.describe().lines().findFirst()).contains(story);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NATIVE_CRASH                | worker pid 4711 crashed in native code while it was idle
            EXIT                        | worker pid 4711 exited while it was idle: something in the worker called System.exit
            HALT                        | worker pid 4711 was halted while it was idle: something in the worker ended the JVM at once (Runtime.halt, or exit in native code)
            OUT_OF_MEMORY               | worker pid 4711 ran out of memory while it was idle
            KILLED_BY_KERNEL_FOR_MEMORY | worker pid 4711 was killed by the kernel, which was short of memory while it was idle
            KILLED_BY_SIGNAL            | worker pid 4711 was killed by a signal while it was idle
            START_FAILED                | worker pid 4711 could not be started
            UNRESPONSIVE                | worker pid 4711 gave no sign of life and was killed while it was idle
            LOST                        | worker pid 4711 is gone for an unknown reason while it was idle
            """)
    void describe_withoutTask_beginsWithTheShortStory(Cause cause, String story) {
        assertThat(bare(cause, 4711).describe().lines().findFirst()).contains(story);
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void describe_anyCause_endsWithOutcomeAndRemedy(Cause cause) {
        String last = busy(cause, Optional.empty(), OptionalInt.empty())
                .describe()
                .lines()
                .reduce((first, second) -> second)
                .orElseThrow();

        assertThat(last)
                .startsWith(
                        cause == Cause.START_FAILED
                                ? "no task was executed by it; "
                                : "only this task failed, and another worker takes the place of this one; ");
        assertThat(last.substring(last.indexOf(';')).length()).isGreaterThan(30);
    }

    /** A larger heap would make a worker that was killed at its limit take more still. */
    @Test
    void describe_killedAtTheMemoryLimit_namesTheLimitAndNoLargerHeap() {
        assertThat(busy(Cause.OUT_OF_MEMORY, Optional.of("SIGKILL"), exitCode(137))
                        .describe())
                .contains("raise the limit (ProcessPoolOptions.workerMemoryLimit), lower what may fill it (maxHeap)")
                .doesNotContain("larger heap");
        assertThat(busy(Cause.OUT_OF_MEMORY, Optional.empty(), exitCode(3)).describe())
                .contains("give the workers a larger heap (ProcessPoolOptions.maxHeap)")
                .doesNotContain("workerMemoryLimit");
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void describe_nothingKnown_isThreeLines(Cause cause) {
        assertThat(bare(cause, 0).describe())
                .startsWith("a worker ")
                .doesNotContain("pid")
                .doesNotContain("Optional")
                .hasLineCount(3);
    }

    @Test
    void describe_everythingKnown_isAllOfIt() {
        assertThat(full().describe()).isEqualTo("""
                        worker pid 4711 was killed by SIGKILL (exit code 137) while executing task #12 'parse foo.jar'
                        uptime 3.2 s, 41 tasks done before
                        argument of the task: "foo.jar"
                        the JVM says: the JVM's words
                        SIGKILL: no process can catch it; kill -9, container runtimes and the kernel send it
                        processes that the kernel killed for lack of memory: 2 when this worker started, 2 when it had \
                        died (/proc/vmstat)
                        native frame: C  [libfoo.so+0x1]  parse
                        Java frames, innermost first:
                            com.acme.Native.parse
                            com.acme.Job.call
                        System.exit was called in thread main:
                            at com.acme.Job.quit(Job.java:7)
                        largest classes in the Java heap, garbage included:
                            1: 100 6400 [B
                        last output:
                            one
                            two
                        kept files:
                            /tmp/hs_err_pid4711.log
                        only this task failed, and another worker takes the place of this one; find out who killed \
                        it: a person, a container runtime, a batch system that enforces a limit; the kernel did not do \
                        it for lack of memory; submit the task again if it may run twice""");
    }

    @ParameterizedTest
    @CsvSource({"DECODING,decoding", "EXECUTING,executing", "RETURNING,returning the result of"})
    void describe_taskPhase_isTold(CrashReport.TaskPhase phase, String words) {
        CrashReport report = unnamed(Cause.EXIT, OptionalInt.of(3), phase);

        assertThat(report.describe()).startsWith("worker pid 4711 exited with code 3 while " + words + " task #12: ");
    }

    @Test
    void describe_taskNotBegun_saysThatItWasGivenToSeveral() {
        CrashReport report = unnamed(Cause.EXIT, OptionalInt.of(3), CrashReport.TaskPhase.NOT_BEGUN);

        assertThat(report.describe())
                .startsWith("worker pid 4711 exited with code 3 before it had begun task #12: something in the worker")
                .contains(
                        "\nonly this task failed, since this worker and those before it that were given it died before they"
                                + " had begun it; another worker takes the place of this one; ");
    }

    @Test
    void describe_outOfMemory_namesWhichAndItsRemedy() {
        CrashReport report = new CrashReport(
                Cause.OUT_OF_MEMORY,
                OptionalInt.of(3),
                Optional.empty(),
                4711,
                Duration.ofMillis(250),
                1,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("java.lang.OutOfMemoryError: Metaspace"),
                Optional.empty(),
                Optional.of(OutOfMemoryKind.METASPACE),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());

        assertThat(report.describe())
                .startsWith("worker pid 4711 ran out of memory (exit code 3) while it was idle:"
                        + " java.lang.OutOfMemoryError: Metaspace\n")
                .endsWith(OutOfMemoryKind.METASPACE.remedy());
    }

    @Test
    void describe_taskWithoutName_hasNoQuotes() {
        CrashReport report = unnamed(Cause.LOST, OptionalInt.empty(), CrashReport.TaskPhase.EXECUTING);

        assertThat(report.describe())
                .contains("while executing task #12\n")
                .contains("\nuptime 250 ms, 1 task done before\n");
    }

    @Test
    void lists_changedLater_stayAsTheyWere() {
        List<String> output = new ArrayList<>(List.of("one"));
        CrashReport report = new CrashReport(
                Cause.LOST,
                OptionalInt.empty(),
                Optional.empty(),
                4711,
                Duration.ZERO,
                0,
                OptionalLong.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                output,
                List.of());
        output.add("two");

        assertThat(report.output()).containsExactly("one").isUnmodifiable();
    }

    @Test
    void component_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> busy(null, Optional.empty(), OptionalInt.empty()))
                .withMessage("cause");
        assertThatNullPointerException()
                .isThrownBy(() -> busy(Cause.EXIT, null, OptionalInt.empty()))
                .withMessage("signal");
        assertThatNullPointerException()
                .isThrownBy(() -> busy(Cause.EXIT, Optional.empty(), null))
                .withMessage("exitCode");
    }

    @Test
    void report_serialized_isEqualAfterwards() throws Exception {
        assertThat(Copies.copyOf(full())).isEqualTo(full()).isNotSameAs(full());
        assertThat(Copies.copyOf(bare(Cause.LOST, 0))).isEqualTo(bare(Cause.LOST, 0));
    }

    static CrashReport full() {
        return new CrashReport(
                Cause.KILLED_BY_SIGNAL,
                OptionalInt.of(137),
                Optional.of("SIGKILL"),
                4711,
                Duration.ofMillis(3210),
                41,
                OptionalLong.of(12),
                Optional.of("parse foo.jar"),
                Optional.of(CrashReport.TaskPhase.EXECUTING),
                Optional.of("\"foo.jar\""),
                Optional.of("the JVM's words"),
                Optional.of("main"),
                Optional.of(OutOfMemoryKind.HEAP),
                Optional.of(new CrashReport.KernelKills("/proc/vmstat", 2, 2)),
                List.of(FRAME),
                List.of("1: 100 6400 [B"),
                Optional.of("C  [libfoo.so+0x1]  parse"),
                List.of("com.acme.Native.parse", "com.acme.Job.call"),
                List.of("one", "two"),
                List.of(Path.of("/tmp/hs_err_pid4711.log")));
    }

    private static CrashReport busy(Cause cause, Optional<String> signal, OptionalInt exitCode) {
        return new CrashReport(
                cause,
                exitCode,
                signal,
                4711,
                Duration.ofSeconds(3),
                41,
                OptionalLong.of(12),
                Optional.of("parse foo.jar"),
                Optional.of(CrashReport.TaskPhase.EXECUTING),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());
    }

    private static CrashReport unnamed(Cause cause, OptionalInt exitCode, CrashReport.TaskPhase phase) {
        return new CrashReport(
                cause,
                exitCode,
                Optional.empty(),
                4711,
                Duration.ofMillis(250),
                1,
                OptionalLong.of(12),
                Optional.empty(),
                Optional.of(phase),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());
    }

    private static CrashReport bare(Cause cause, long pid) {
        return new CrashReport(
                cause,
                OptionalInt.empty(),
                Optional.empty(),
                pid,
                Duration.ZERO,
                0,
                OptionalLong.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());
    }

    private static OptionalInt exitCode(Integer code) {
        return code == null ? OptionalInt.empty() : OptionalInt.of(code);
    }
}
