/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A task that does what the operating system forbids. */
class NativeCrashTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /**
     * The report names the native function and the Java code that led there; the JVM's error log is gone; nothing was
     * printed, neither the banner of the JVM nor anything of the library (the extension looks at that).
     */
    @Test
    void segmentationFault_inATask_isReportedWithItsFrames() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .workingDirectory(folder)
                .jvmArgs(Crash.jvmArgs())
                .build());
        TaskFuture<?> victim = pool.submit(() -> Crash.now());

        Throwable failure = Pools.failure(victim);

        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        CrashReport report = ((WorkerTerminatedException) failure).report();
        assertThat(report.cause()).isEqualTo(CrashReport.Cause.NATIVE_CRASH);
        assertThat(report.signal()).hasValue("SIGSEGV");
        assertThat(report.nativeFrame()).isPresent();
        assertThat(report.nativeFrame().orElseThrow()).contains("libjvm");
        assertThat(report.javaFrames()).isNotEmpty();
        assertThat(String.join("\n", report.javaFrames())).contains(Crash.class.getName() + ".now");
        assertThat(report.describe()).contains(report.nativeFrame().orElseThrow());
        Pools.assertServes(pool);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.filter(file -> file.getFileName().toString().contains("hs_err")))
                    .isEmpty();
        }
        assertThat(Processes.directoriesOf(Processes.ownPid()))
                .as("one directory, that of the new worker")
                .hasSize(1);
    }

    /** Writes to address 0. */
    static final class Crash {
        private Crash() {}

        /** What the JVM has to be told in order not to warn about it. */
        static List<String> jvmArgs() {
            return Runtime.version().feature() < 24 ? List.of() : List.of("--sun-misc-unsafe-memory-access=allow");
        }

        static void now() throws Exception {
            // by reflection, since the compiler's warning about this class cannot be suppressed
            Class<?> type = Class.forName("sun.misc.Unsafe");
            var field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            type.getMethod("putAddress", long.class, long.class).invoke(field.get(null), 0L, 0L);
        }
    }
}
