/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.CrashReport.Cause;
import io.loky.CrashReport.KernelKills;
import io.loky.EndReason;
import io.loky.OutOfMemoryKind;
import io.loky.WorkerStartException;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.ExitNote;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From each kind of evidence to its cause. */
class VerdictTest {
    private static final StackTraceElement EXIT = new StackTraceElement("java.lang.System", "exit", "System.java", 1);
    private static final ExitNote BY_CODE = new ExitNote("worker", List.of(EXIT));
    private static final ExitNote BY_SIGNAL = new ExitNote(
            "SIGTERM handler",
            List.of(new StackTraceElement("java.lang.Terminator$1", "handle", "Terminator.java", 1)));
    private static final CrashLog SEGMENTATION_FAULT = CrashLog.parse(
            Path.of("hs_err_1.log"), List.of("#  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, pid=16849, tid=16874"));

    @ParameterizedTest
    @CsvSource({
        "0, HALT",
        "3, HALT",
        "113, LOST",
        "114, LOST",
        "115, HALT",
        "116, OUT_OF_MEMORY",
        "134, NATIVE_CRASH",
        "139, NATIVE_CRASH",
        "137, KILLED_BY_SIGNAL",
        "143, KILLED_BY_SIGNAL"
    })
    void died_nothingButACode_isWhatTheCodeSays(int code, Cause cause) {
        assertThat(report(code, Remains.NONE).cause()).isEqualTo(cause);
    }

    @Test
    void died_processWithoutAnEnd_isLost() {
        assertThat(report(end(OptionalInt.empty(), List.of(), Remains.NONE, null))
                        .cause())
                .isEqualTo(Cause.LOST);
    }

    /** A code that stands for a signal is only a number where somebody called System.exit with it. */
    @ParameterizedTest
    @CsvSource({"0", "3", "134", "143", "114", "115", "116"})
    void died_exitNote_isAnExitWithItsStack(int code) {
        CrashReport report = report(code, exited(BY_CODE));

        assertThat(report.cause()).isEqualTo(Cause.EXIT);
        assertThat(report.signal()).isEmpty();
        assertThat(report.exitStack()).containsExactly(EXIT);
        assertThat(report.thread()).contains("worker");
    }

    @Test
    void died_exitNoteOfTheSignalHandler_isTheSignal() {
        CrashReport report = report(143, exited(BY_SIGNAL));

        assertThat(report.cause()).isEqualTo(Cause.KILLED_BY_SIGNAL);
        assertThat(report.signal()).contains("SIGTERM");
        assertThat(report.exitStack()).isEmpty();
        assertThat(report.thread()).isEmpty();
    }

    /** Which is more likely than System.exit(137); the stack is there for who has called that. */
    @Test
    void died_killedOnItsWayOut_isTheSignalWithTheStack() {
        CrashReport report = report(137, exited(BY_CODE));

        assertThat(report.cause()).isEqualTo(Cause.KILLED_BY_SIGNAL);
        assertThat(report.signal()).contains("SIGKILL");
        assertThat(report.exitStack()).containsExactly(EXIT);
    }

    /** The kernel's count tells who it was. */
    @Test
    void died_killedByTheKernelOnItsWayOut_isTheKernelWithTheStack() {
        CrashReport report =
                report(137, exited(BY_CODE).with(Optional.of(new KernelKills("memory.events", 3, 4)), true));

        assertThat(report.cause()).isEqualTo(Cause.KILLED_BY_KERNEL_FOR_MEMORY);
        assertThat(report.signal()).contains("SIGKILL");
        assertThat(report.exitStack()).containsExactly(EXIT);
    }

    /** With -XX:-CreateCoredumpOnCrash the code is 1. */
    @ParameterizedTest
    @CsvSource({"134", "1"})
    void died_crashLog_isANativeCrashByTheSignalOfTheLog(int code) {
        CrashReport report = report(code, crashed(SEGMENTATION_FAULT));

        assertThat(report.cause()).isEqualTo(Cause.NATIVE_CRASH);
        assertThat(report.signal()).contains("SIGSEGV");
        assertThat(report.error()).contains("SIGSEGV (0xb) at pc=0x00007fe8f50d2f94");
    }

    /** No disk had room for it. */
    @ParameterizedTest
    @CsvSource({"4711, NATIVE_CRASH", "4712, HALT"})
    void died_crashThatIsOnlyPrinted_isANativeCrashWhereItIsItsOwn(long pid, Cause cause) {
        List<String> output = List.of(
                "# A fatal error has been detected by the Java Runtime Environment:",
                "#",
                "#  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, pid=" + pid + ", tid=16874");

        assertThat(report(end(OptionalInt.of(1), output, Remains.NONE, null)).cause())
                .isEqualTo(cause);
    }

    @Test
    void died_crashSignalThatAnotherProcessHasSent_isThatSignal() {
        CrashLog log = CrashLog.parse(
                Path.of("x"),
                List.of(
                        "#  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94 (sent by kill), pid=16849, tid=16874",
                        "siginfo: si_signo: 11 (SIGSEGV), si_code: 0 (SI_USER), si_pid: 4712, si_uid: 0"));

        CrashReport report = report(1, crashed(log));

        assertThat(report.cause()).isEqualTo(Cause.KILLED_BY_SIGNAL);
        assertThat(report.describe()).contains("was killed by SIGSEGV", "sent by process 4712");
    }

    /** Killed by its pool, since it gave no sign of life while it wrote a core. */
    @Test
    void died_unresponsiveWithACrashLog_isANativeCrash() {
        assertThat(unresponsive(crashed(SEGMENTATION_FAULT)).cause()).isEqualTo(Cause.NATIVE_CRASH);
        assertThat(unresponsive(crashed(CrashLog.parse(Path.of("x"), List.of())))
                        .cause())
                .as("a log without an error")
                .isEqualTo(Cause.UNRESPONSIVE);
        assertThat(unresponsive(Remains.NONE).cause()).isEqualTo(Cause.UNRESPONSIVE);
    }

    private static CrashReport unresponsive(Remains remains) {
        return Verdict.report(
                end(OptionalInt.of(137), List.of(), remains, null),
                EndReason.UNRESPONSIVE,
                OptionalLong.of(7),
                Optional.empty(),
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"137, OUT_OF_MEMORY", "143, OUT_OF_MEMORY", "3, HALT"})
    void died_commandOnOutOfMemory_isThatWhereItWasKilled(int code, Cause cause) {
        List<String> output = List.of(
                "#",
                "# java.lang.OutOfMemoryError: Metaspace",
                "# -XX:OnOutOfMemoryError=\"kill -9 %p\"",
                "#   Executing /bin/sh -c \"kill -9 15151\"...");
        Remains remains = code == 143 ? exited(BY_SIGNAL) : Remains.NONE;

        CrashReport report = report(end(OptionalInt.of(code), output, remains, null));

        assertThat(report.cause()).isEqualTo(cause);
        assertThat(report.outOfMemory())
                .isEqualTo(cause == Cause.OUT_OF_MEMORY ? Optional.of(OutOfMemoryKind.METASPACE) : Optional.empty());
        assertThat(report.describe()).doesNotContain("took more memory than it may");
    }

    @Test
    void died_crashLogOfAFullHeap_isOutOfMemory() {
        CrashLog log =
                CrashLog.parse(Path.of("x"), List.of("#  fatal error: OutOfMemory encountered: Java heap space"));

        CrashReport report = report(134, crashed(log));

        assertThat(report.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
        assertThat(report.outOfMemory()).contains(OutOfMemoryKind.HEAP);
        assertThat(report.describe()).contains("ran out of memory (exit code 134)", "Java heap space", "maxHeap");
    }

    @ParameterizedTest
    @CsvSource({"Java heap space, HEAP", "Metaspace, METASPACE", "GC overhead limit exceeded, GC_OVERHEAD"})
    void died_jvmTerminatedItself_isOutOfMemoryOfThatKind(String message, OutOfMemoryKind kind) {
        List<String> output = List.of("Terminating due to java.lang.OutOfMemoryError: " + message);

        CrashReport report = report(end(OptionalInt.of(3), output, Remains.NONE, null));

        assertThat(report.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
        assertThat(report.outOfMemory()).contains(kind);
        assertThat(report.error()).contains("java.lang.OutOfMemoryError: " + message);
    }

    /** The library's own code met the full heap. */
    @Test
    void died_lastWordsOfAFullHeap_isOutOfMemoryWithItsHistogram() {
        Remains remains =
                new Remains(null, null, List.of("1 bytes in 1 objects of byte[]"), Optional.empty(), false, List.of());
        List<String> output = List.of("loky worker: cannot go on: java.lang.OutOfMemoryError: Java heap space");

        CrashReport report = report(end(OptionalInt.of(116), output, remains, null));

        assertThat(report.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
        assertThat(report.outOfMemory()).contains(OutOfMemoryKind.HEAP);
        assertThat(report.histogram()).containsExactly("1 bytes in 1 objects of byte[]");
    }

    /** It had no memory for them. */
    @Test
    void died_outOfMemoryWithoutWords_isTheHeap() {
        WorkerEnd end = end(OptionalInt.of(116), List.of("what the task printed"), Remains.NONE, null);

        assertThat(report(end).outOfMemory()).contains(OutOfMemoryKind.HEAP);
        assertThat(report(end).describe()).contains("ran out of memory (exit code 116)", "maxHeap");
        assertThat(Verdict.ranOutOfMemory(new Death(end, EndReason.CRASHED))).isTrue();
    }

    @Test
    void died_outOfMemoryOfAnotherKind_isThatKind() {
        List<String> output = List.of("loky worker: cannot go on: java.lang.OutOfMemoryError: Metaspace");

        assertThat(report(end(OptionalInt.of(116), output, Remains.NONE, null)).outOfMemory())
                .contains(OutOfMemoryKind.METASPACE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | Exception in thread \"loky-pool-1-worker-1\" java.lang.OutOfMemoryError: Metaspace | OUT_OF_MEMORY",
                "1 | Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread \"main\""
                        + " | OUT_OF_MEMORY",
                "1 | Exception in thread \"mine\" java.lang.OutOfMemoryError: Java heap space | HALT",
                "2 | Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space | HALT"
            })
    void died_mainThreadHasDied_isOutOfMemoryWhereItDiedOfThat(int code, String line, Cause cause) {
        assertThat(report(end(OptionalInt.of(code), List.of(line), Remains.NONE, null))
                        .cause())
                .isEqualTo(cause);
    }

    @Test
    void died_hooksThatHungWithLastWords_isAnExit() {
        List<String> output = List.of("loky worker: told to exit (System.exit), and its shutdown hooks had not ended");

        assertThat(report(end(OptionalInt.of(115), output, Remains.NONE, null)).cause())
                .isEqualTo(Cause.EXIT);
    }

    @Test
    void died_otherLastWords_isLost() {
        List<String> output = List.of("loky worker: cannot go on: java.io.IOException: what");

        assertThat(report(end(OptionalInt.of(114), output, Remains.NONE, null)).cause())
                .isEqualTo(Cause.LOST);
    }

    @Test
    void died_killThatTheKernelCounts_isTheKernels() {
        Optional<KernelKills> kills = Optional.of(new KernelKills("memory.events", 3, 4));

        CrashReport report = report(137, Remains.NONE.with(kills, true));

        assertThat(report.cause()).isEqualTo(Cause.KILLED_BY_KERNEL_FOR_MEMORY);
        assertThat(report.kernelKills()).isEqualTo(kills);
        assertThat(report.describe())
                .contains("killed by the kernel", "3 when this worker started, 4 when it had died (memory.events)");
    }

    @Test
    void died_killThatTheKernelDoesNotCount_isSomebodyElses() {
        Optional<KernelKills> kills = Optional.of(new KernelKills("memory.events", 3, 3));

        CrashReport report = report(137, Remains.NONE.with(kills, false));

        assertThat(report.cause()).isEqualTo(Cause.KILLED_BY_SIGNAL);
        assertThat(report.describe()).contains("the kernel did not do it for lack of memory");
    }

    @Test
    void died_poolsOwnTrouble_isLostAndSaysWhy() {
        CrashReport report =
                report(end(OptionalInt.of(137), List.of(), Remains.NONE, new IOException("garbage in the channel")));

        assertThat(report.cause()).isEqualTo(Cause.LOST);
        assertThat(String.join("\n", report.output())).contains("garbage in the channel");
    }

    @Test
    void didNotStart_badFlag_hasAReportInTheJvmsOwnWords() {
        WorkerEnd end = end(
                OptionalInt.of(1),
                List.of("Unrecognized VM option 'NoSuchFlag'", "Error: Could not create the Java Virtual Machine."),
                Remains.NONE,
                null);

        CrashReport report =
                Verdict.didNotStart(end, 3, "task #7", List.of()).report().orElseThrow();

        assertThat(report.cause()).isEqualTo(Cause.START_FAILED);
        assertThat(report.error()).contains("Unrecognized VM option 'NoSuchFlag'");
        assertThat(report.describe())
                .startsWith(
                        "worker pid 4711 could not be started (exit code 1): Unrecognized VM option 'NoSuchFlag'\n");
    }

    @Test
    void didNotStart_initializerThatExits_saysWhereAndWhatToDo() {
        WorkerEnd end = end(OptionalInt.of(3), List.of(), exited(BY_CODE), InitializerFailure.ended(null));

        WorkerStartException failure = Verdict.didNotStart(end, 3, "task #7", List.of());

        String exit = "System.exit was called in thread worker:\n    at " + EXIT;
        assertThat(failure)
                .hasMessageContaining("its process exited with code 3 while it ran; it printed nothing\n" + exit)
                .hasMessageContaining(
                        "Mend the initializer (ProcessPoolOptions.initializer): let it throw an exception");
        assertThat(failure.report().orElseThrow().describe())
                .contains(exit)
                .endsWith(
                        "let the initializer (ProcessPoolOptions.initializer) throw an exception instead of ending the"
                                + " JVM")
                .doesNotContain("jvmArgs");
        assertThat(Verdict.whyNotStarted(end)).startsWith("its initializer failed: its process exited with code 3");
    }

    /** The JVM's banner names a file that goes with the worker. */
    @Test
    void didNotStart_initializerThatCrashes_saysWhereAndNamesOnlyWhatIsKept() {
        CrashLog log = CrashLog.parse(
                Path.of("/tmp/loky-1/hs_err_1.log"),
                List.of(
                        "#  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, pid=16849, tid=16874",
                        "# Problematic frame:",
                        "# C  [libnative.so+0x5]",
                        "Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)",
                        "j  app.Model.load()V+0"));
        List<String> output = List.of(
                "loading",
                "#",
                "# A fatal error has been detected by the Java Runtime Environment:",
                "#",
                "#  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, pid=16849, tid=16874",
                "# An error report file with more information is saved as:",
                "# /tmp/loky-1/hs_err_1.log");
        Remains remains = crashed(log).keeping(List.of(Path.of("/var/log/kept.log")));
        WorkerEnd end = end(OptionalInt.of(134), output, remains, InitializerFailure.ended(null));

        assertThat(Verdict.didNotStart(end, 3, "task #7", List.of()))
                .hasMessageContaining(
                        "was ended by SIGSEGV in C  [libnative.so+0x5] while it ran; it printed:\n    loading\n")
                .hasMessageContaining("the JVM says: SIGSEGV (0xb) at pc=0x00007fe8f50d2f94\n")
                .hasMessageContaining("\n    j  app.Model.load()V+0\n")
                .hasMessageContaining("kept files:\n    /var/log/kept.log\n")
                .hasMessageNotContaining("hs_err_1.log");
    }

    /** Such a log has another banner, which says what the report needs. */
    @Test
    void didNotStart_jvmWithoutMemory_doesNotNameTheLogThatIsGone() {
        String why = "# Native memory allocation (mmap) failed to map 966367641600 bytes.";
        List<String> output = List.of(
                "#",
                "# There is insufficient memory for the Java Runtime Environment to continue.",
                why,
                "# An error report file with more information is saved as:",
                "# /home/me/hs_err_pid4711.log");
        CrashLog log = CrashLog.parse(Path.of("/home/me/hs_err_pid4711.log"), List.of(why));

        assertThat(Verdict.didNotStart(end(OptionalInt.of(1), output, crashed(log), null), 3, "task #7", List.of()))
                .hasMessageContaining("    " + why + "\nThe task was not executed.")
                .hasMessageNotContaining("saved as")
                .hasMessageNotContaining("hs_err");
        Remains kept = crashed(log).keeping(List.of(log.file()));
        assertThat(Verdict.didNotStart(end(OptionalInt.of(1), output, kept, null), 3, "task #7", List.of()))
                .hasMessageContaining("saved as:\n    # /home/me/hs_err_pid4711.log");
    }

    private static CrashReport report(int code, Remains remains) {
        return report(end(OptionalInt.of(code), List.of(), remains, null));
    }

    private static CrashReport report(WorkerEnd end) {
        return Verdict.report(end, EndReason.CRASHED, OptionalLong.of(7), Optional.of("the task"), Optional.of("42"));
    }

    private static WorkerEnd end(OptionalInt code, List<String> output, Remains remains, @Nullable Throwable trouble) {
        return new WorkerEnd(
                4711,
                true,
                code,
                Duration.ofSeconds(3),
                2,
                new BeginMark.Reading(7, BeginMark.Phase.RUNNING),
                AnswerLog.Reading.NONE,
                output,
                remains,
                trouble);
    }

    private static Remains exited(ExitNote note) {
        return new Remains(null, note, List.of(), Optional.empty(), false, List.of());
    }

    private static Remains crashed(CrashLog log) {
        return new Remains(log, null, List.of(), Optional.empty(), false, List.of());
    }
}
