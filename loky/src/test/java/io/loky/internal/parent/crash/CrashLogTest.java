/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import static org.assertj.core.api.Assertions.assertThat;

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
        CrashLog log = CrashLog.parse(SEGMENTATION_FAULT.lines().toList());

        assertThat(log.nativeFrame()).contains("V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124");
        assertThat(log.javaFrames())
                .containsExactly(
                        "j  jdk.internal.misc.Unsafe.putLong(Ljava/lang/Object;JJ)V+0 java.base@17.0.15",
                        "j  sun.misc.Unsafe.putAddress(JJ)V+5 jdk.unsupported@17.0.15",
                        "j  Crash.go(Ljava/lang/String;)V+434",
                        "v  ~StubRoutines::call_stub");
    }

    @Test
    void parse_internalErrorWithoutFrames_findsNone() {
        CrashLog log = CrashLog.parse(INTERNAL_ERROR.lines().toList());

        assertThat(log.nativeFrame()).isEmpty();
        assertThat(log.javaFrames()).isEmpty();
    }

    @Test
    void parse_deepJavaStack_keepsTheInnermostFrames() {
        StringBuilder deep = new StringBuilder("Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)\n");
        for (int i = 0; i < 500; i++) {
            deep.append("j  Deep.call()V+").append(i).append('\n');
        }

        CrashLog log = CrashLog.parse(deep.toString().lines().toList());

        assertThat(log.javaFrames()).hasSize(12).startsWith("j  Deep.call()V+0").endsWith("j  Deep.call()V+11");
    }

    @Test
    void parse_logCutAnywhere_neverFails() {
        List<String> lines = SEGMENTATION_FAULT.lines().toList();
        for (int length = 0; length <= lines.size(); length++) {
            assertThat(CrashLog.parse(lines.subList(0, length))).isNotNull();
        }
    }

    @Test
    void find_directoryWithALog_readsIt(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("begun"), "other files are there, too");
        Files.writeString(Path.of(CrashLog.file(directory).replace("%p", "16849")), SEGMENTATION_FAULT);

        CrashLog log = CrashLog.find(directory);

        assertThat(log).isNotNull();
        assertThat(log.nativeFrame()).isPresent();
    }

    @Test
    void find_logInNoEncoding_readsIt(@TempDir Path directory) throws IOException {
        Path file = Path.of(CrashLog.file(directory).replace("%p", "1"));
        Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, '\n'});

        assertThat(CrashLog.find(directory)).isNotNull();
    }

    @Test
    void find_directoryWithoutALog_isNull(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("begun"), "");

        assertThat(CrashLog.find(directory)).isNull();
    }
}
