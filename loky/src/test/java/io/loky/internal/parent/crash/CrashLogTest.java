/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutOfMemoryKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashLogTest {
    private static final String SEGMENTATION_FAULT = """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, pid=16849, tid=16874
            #
            # JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6-Debian-1deb12u1)
            # Problematic frame:
            # V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124
            #
            # No core dump will be written. Core dumps have been disabled.
            #

            ---------------  T H R E A D  ---------------

            Current thread (0x00007fe8f0026ad0):  JavaThread "task-runner" [_thread_in_vm, id=16874]

            Native frames: (J=compiled Java code, j=interpreted, Vv=VM code)
            V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124
            j  sun.misc.Unsafe.putAddress(JJ)V+5 jdk.unsupported@17.0.15

            Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)
            j  jdk.internal.misc.Unsafe.putLong(Ljava/lang/Object;JJ)V+0 java.base@17.0.15
            j  sun.misc.Unsafe.putAddress(JJ)V+5 jdk.unsupported@17.0.15
            j  Crash.go(Ljava/lang/String;)V+434
            v  ~StubRoutines::call_stub

            siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000000000
            """;

    private static final String INTERNAL_ERROR = """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  Internal Error (sharedRuntime.cpp:574), pid=1, tid=2
            #  fatal error: OutOfMemory encountered: Java heap space
            #
            # JRE version: OpenJDK Runtime Environment (25.0.3+9) (build 25.0.3+9-LTS)
            #

            ---------------  T H R E A D  ---------------

            Current thread is native thread
            """;

    @Test
    void parse_segmentationFault_findsNativeAndJavaFrames() {
        CrashLog log = parse(SEGMENTATION_FAULT.lines().toList());

        assertThat(log.nativeFrame()).contains("V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124");
        assertThat(log.javaFrames())
                .containsExactly(
                        "j  jdk.internal.misc.Unsafe.putLong(Ljava/lang/Object;JJ)V+0 java.base@17.0.15",
                        "j  sun.misc.Unsafe.putAddress(JJ)V+5 jdk.unsupported@17.0.15",
                        "j  Crash.go(Ljava/lang/String;)V+434");
        assertThat(log.signal()).contains("SIGSEGV");
        assertThat(log.error())
                .contains("SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, SEGV_MAPERR at address 0x0000000000000000");
        assertThat(log.thread()).contains("task-runner");
        assertThat(log.pid()).hasValue(16849);
        assertThat(log.isOfASignalFromOutside()).isFalse();
        assertThat(log.outOfMemory()).isEmpty();
    }

    /** What is below the task is the same in every crash. */
    @Test
    void parse_framesOfTheLibraryBelowTheTask_areLeftOut() {
        CrashLog log = parse("""
                Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)
                j  com.acme.Job.call()V+1
                j  io.loky.internal.codec.TaskCall.call()Ljava/lang/Object;+45
                J 1234 c1 io.loky.internal.execution.TaskRunner.run(Lio/loky/Task;)V (21 bytes) @ 0x0 [0x0+0x1]
                v  ~StubRoutines::call_stub 0x0
                Lock stack of current Java thread (top to bottom):
                """.lines().toList());

        assertThat(log.javaFrames()).containsExactly("j  com.acme.Job.call()V+1");
    }

    @Test
    void parse_signalThatSomebodySent_saysWho() {
        CrashLog log = parse("""
                #  SIGSEGV (0xb) at pc=0x00007fe8f50d2f94 (sent by kill), pid=1, tid=2
                siginfo: si_signo: 11 (SIGSEGV), si_code: 0 (SI_USER), si_pid: 4711, si_uid: 0
                """.lines().toList());

        assertThat(log.error()).contains("SIGSEGV (0xb) at pc=0x00007fe8f50d2f94, sent by process 4711 (SI_USER)");
        assertThat(log.isOfASignalFromOutside()).isTrue();
    }

    @Test
    void parse_noMemoryForTheJvmItself_isOutOfNativeMemory() {
        CrashLog log = parse("""
                #
                # There is insufficient memory for the Java Runtime Environment to continue.
                # Native memory allocation (mmap) failed to map 65536 bytes. Error detail: committing reserved memory.
                # Possible reasons:
                #  Out of Memory Error (os_linux.cpp:2798), pid=1, tid=2
                """.lines().toList());

        assertThat(log.outOfMemory()).contains(OutOfMemoryKind.NATIVE_MEMORY);
        assertThat(log.error())
                .contains("Native memory allocation (mmap) failed to map 65536 bytes. Error detail: committing reserved"
                        + " memory.");
    }

    @Test
    void parse_internalErrorWithoutFrames_findsNone() {
        CrashLog log = parse(INTERNAL_ERROR.lines().toList());

        assertThat(log.nativeFrame()).isEmpty();
        assertThat(log.javaFrames()).isEmpty();
        assertThat(log.signal()).isEmpty();
        assertThat(log.thread()).isEmpty();
        assertThat(log.error()).contains("java.lang.OutOfMemoryError: Java heap space");
        assertThat(log.outOfMemory()).contains(OutOfMemoryKind.HEAP);
    }

    @Test
    void parse_deepJavaStack_keepsTheInnermostAndTheOutermostFrames() {
        StringBuilder deep = new StringBuilder("Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)\n");
        for (int i = 0; i < 500; i++) {
            deep.append("j  Deep.call()V+").append(i).append('\n');
        }

        CrashLog log = parse(deep.toString().lines().toList());

        assertThat(log.javaFrames())
                .hasSize(41)
                .startsWith("j  Deep.call()V+0")
                .contains("... 460 more ...")
                .endsWith("j  Deep.call()V+499");
    }

    @Test
    void parse_logCutAnywhere_neverFails() {
        List<String> lines = SEGMENTATION_FAULT.lines().toList();
        for (int length = 0; length <= lines.size(); length++) {
            assertThat(parse(lines.subList(0, length))).isNotNull();
        }
    }

    @Test
    void find_directoryWithALog_readsIt(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("begun"), "other files are there, too");
        Files.writeString(Path.of(CrashLog.file(directory).replace("%p", "16849")), SEGMENTATION_FAULT);

        CrashLog log = CrashLog.find(directory, List.of(), 4711);

        assertThat(log).isNotNull();
        assertThat(log.nativeFrame()).isPresent();
    }

    @Test
    void find_logInNoEncoding_readsIt(@TempDir Path directory) throws IOException {
        Path file = Path.of(CrashLog.file(directory).replace("%p", "1"));
        Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, '\n'});

        assertThat(CrashLog.find(directory, List.of(), 4711)).isNotNull();
    }

    @Test
    void find_directoryWithoutALog_isNull(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("begun"), "");

        assertThat(CrashLog.find(directory, List.of(), 4711)).isNull();
    }

    /** The user has told the JVM to write it elsewhere. */
    @Test
    void find_logThatTheOutputNames_readsIt(@TempDir Path directory, @TempDir Path elsewhere) throws IOException {
        Path file = elsewhere.resolve("mine.log");
        Files.writeString(file, SEGMENTATION_FAULT);

        CrashLog log = CrashLog.find(
                directory,
                List.of("# An error report file with more information is saved as:", "# " + file, "#"),
                16849);

        assertThat(log).isNotNull();
        assertThat(log.file()).isEqualTo(file);
        assertThat(log.signal()).contains("SIGSEGV");
    }

    /** A task may start a JVM that inherits its output. */
    @Test
    void find_logOfAnotherProcess_isLeftAlone(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("child.log"), SEGMENTATION_FAULT);
        List<String> output = List.of("# saved as:", "# " + file);

        assertThat(CrashLog.find(directory, output, 4711)).isNull();
        assertThat(CrashLog.find(directory, output, 0))
                .as("of a worker that never greeted")
                .isNotNull();
    }

    @Test
    void find_otherFileThatTheOutputNames_isLeftAlone(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("mine.txt"), "no log");

        assertThat(CrashLog.find(directory, List.of("# saved as:", "# " + file), 0))
                .isNull();
        assertThat(CrashLog.find(directory, List.of("# saved as:", "# " + directory.resolve("missing")), 0))
                .isNull();
        assertThat(CrashLog.find(directory, List.of("# saved as:"), 0)).isNull();
    }

    @Test
    void withoutBanner_outputWithOne_isWhatWasAround() {
        assertThat(CrashLog.withoutBanner(List.of(
                        "before",
                        "#",
                        "# A fatal error has been detected by the Java Runtime Environment:",
                        "#",
                        "[thread 17 also had an error]",
                        "# https://bugreport.java.com/",
                        "after")))
                .containsExactly("before", "after");
        assertThat(CrashLog.withoutBanner(List.of("#", "# a heading", "text")))
                .containsExactly("#", "# a heading", "text");
    }

    private static CrashLog parse(List<String> lines) {
        return CrashLog.parse(Path.of("hs_err_1.log"), lines);
    }
}
