/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.OutOfMemoryDetails;
import io.loky.OutOfMemoryKind;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a report says for programs; what it says for people is in {@link CrashGalleryTest}. */
class CrashEvidenceTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private static CrashReport reportOf(TaskFuture<?> future) throws Exception {
        Throwable failure = Pools.failure(future);
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        return ((WorkerTerminatedException) failure).report();
    }

    private ProcessPoolExecutor pool(String... jvmArgs) {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of(jvmArgs))
                .build());
    }

    /** From the call down to where the task begins, without the library and without what the JDK does after the call. */
    @Test
    void exit_inATask_hasTheStackOfTheCallAndNoMore() throws Exception {
        CrashReport report = reportOf(pool().submit(() -> Quitter.quit(3)));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.EXIT);
        assertThat(report.exitStack().get(0).toString()).contains("java.lang.System.exit");
        assertThat(report.exitStack().get(1).getClassName()).isEqualTo(Quitter.class.getName());
        assertThat(report.exitStack().get(1).getMethodName()).isEqualTo("quit");
        assertThat(report.exitStack()).noneMatch(frame -> frame.getClassName().startsWith("io.loky.internal"));
        assertThat(report.thread().orElseThrow()).contains("worker-1");
    }

    @Test
    void exit_inAThreadOfTheUsers_namesThatThread() throws Exception {
        CrashReport report = reportOf(pool().submit(() -> {
            Thread other = new Thread(() -> Quitter.quit(4), "the quitter");
            other.start();
            other.join();
        }));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.EXIT);
        assertThat(report.thread()).contains("the quitter");
        assertThat(report.exitStack().get(1).getMethodName()).isEqualTo("quit");
    }

    /** 128 + 15 is a number like others. */
    @Test
    void exit_withTheCodeOfASignal_isAnExit() throws Exception {
        CrashReport report = reportOf(pool().submit(() -> Quitter.quit(143)));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.EXIT);
        assertThat(report.signal()).isEmpty();
    }

    @Test
    void sigterm_duringATask_isASignalAndNoExit() throws Exception {
        CrashReport report = reportOf(pool().submit(() -> Deeds.send("TERM")));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.KILLED_BY_SIGNAL);
        assertThat(report.signal()).contains("SIGTERM");
        assertThat(report.exitStack()).isEmpty();
    }

    /** Whatever a hook does to it then. */
    @Test
    void exit_hookThatHalts_isStillTheExit() throws Exception {
        CrashReport report = reportOf(pool().submit(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(500);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                Runtime.getRuntime().halt(9);
            }));
            Quitter.quit(3);
        }));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.EXIT);
        assertThat(report.exitCode()).hasValue(9);
        assertThat(report.exitStack()).isNotEmpty();
    }

    @Test
    void argument_short_isInTheReport() throws Exception {
        CrashReport report = reportOf(pool().submitWith(
                        name -> {
                            Runtime.getRuntime().halt(1);
                            return name;
                        },
                        "foo.jar"));

        assertThat(report.taskArgument()).contains("\"foo.jar\"");
        assertThat(report.describe()).contains("argument of the task: \"foo.jar\"");
    }

    @Test
    void crash_withACrashDirectory_keepsTheLog() throws Exception {
        Path directory = folder.resolve("made when needed");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .crashDirectory(directory)
                .jvmArgs(NativeCrashTest.Crash.jvmArgs())
                .build());

        CrashReport report = reportOf(pool.submit(() -> NativeCrashTest.Crash.now()));

        assertThat(report.kept()).singleElement().satisfies(file -> {
            assertThat(file).hasParent(directory);
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .contains("A fatal error has been detected", "pid=" + report.pid());
        });
        assertThat(report.thread().orElseThrow()).contains("worker-1");
        assertThat(report.error().orElseThrow()).startsWith("SIGSEGV (0xb) at pc=0x");
    }

    /** The user's flag wins, and the report finds the log all the same. */
    @Test
    void crash_withAnErrorFileOfTheUsers_isReadThere() throws Exception {
        Path file = folder.resolve("mine.log");
        List<String> args = new ArrayList<>(NativeCrashTest.Crash.jvmArgs());
        args.add("-XX:ErrorFile=" + file);
        ProcessPoolExecutor pool = pool(args.toArray(String[]::new));
        pools.console();

        CrashReport report = reportOf(pool.submit(() -> NativeCrashTest.Crash.now()));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.NATIVE_CRASH);
        assertThat(report.kept()).containsExactly(file);
        assertThat(report.nativeFrame()).isPresent();
    }

    @Test
    void crash_ofAJvmThatTheTaskHasStarted_isNotItsOwn() throws Exception {
        String log = folder.resolve("child.log").toString();
        pools.console();

        CrashReport report = reportOf(pool().submit(() -> {
            CrashingProgram.runAndWait(log);
            Runtime.getRuntime().halt(7);
        }));

        assertThat(folder.resolve("child.log")).exists();
        assertThat(report.cause()).as(report.describe()).isEqualTo(CrashReport.Cause.HALT);
        assertThat(report.signal()).isEmpty();
        assertThat(report.javaFrames()).isEmpty();
    }

    @Test
    void outOfMemory_commandThatKills_isOutOfMemory() throws Exception {
        ProcessPoolExecutor pool = pool("-Xmx48m", "-XX:OnOutOfMemoryError=kill -9 %p");
        pools.console();

        CrashReport report = reportOf(pool.submit(Deeds::fillTheHeap));

        assertThat(report.cause()).as(report.describe()).isEqualTo(CrashReport.Cause.OUT_OF_MEMORY);
        assertThat(report.outOfMemory()).contains(OutOfMemoryKind.HEAP);
        assertThat(report.signal()).contains("SIGKILL");
    }

    @Test
    void sigsegv_fromOutside_isASignal() throws Exception {
        CrashReport report = reportOf(pool().submit(() -> Deeds.send("SEGV")));

        assertThat(report.cause()).as(report.describe()).isEqualTo(CrashReport.Cause.KILLED_BY_SIGNAL);
        assertThat(report.signal()).contains("SIGSEGV");
        assertThat(report.error().orElseThrow()).contains("sent by process");
    }

    /** The garbage of a task cannot be counted there, and what is left has filled nothing. */
    @Test
    void outOfMemory_collectorThatListsNoGarbage_saysSo() throws Exception {
        ProcessPoolExecutor pool = pool("-Xmx64m", "-XX:+UseZGC");

        Throwable failure = Pools.failure(pool.submit(Deeds::fillTheHeap));

        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(OutOfMemoryDetails.class, details -> {
                    if (details.histogram().isEmpty()) {
                        assertThat(details)
                                .hasMessageContaining("its classes are not listed: the garbage was collected");
                    } else { // a collection may leave what filled it for one cycle more
                        assertThat(details.histogram().get(0)).endsWith("byte[]");
                    }
                });
    }

    /** What the task held is garbage when the error comes out of it, and is listed all the same. */
    @Test
    void outOfMemory_heapOfATask_hasWhatFilledIt() throws Exception {
        ProcessPoolExecutor pool = pool("-Xmx64m");

        Throwable failure = Pools.failure(pool.submit(Deeds::fillTheHeap));

        assertThat(failure).isExactlyInstanceOf(OutOfMemoryError.class).hasMessage("Java heap space");
        assertThat(OutOfMemoryKind.of((OutOfMemoryError) failure)).isEqualTo(OutOfMemoryKind.HEAP);
        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(OutOfMemoryDetails.class, details -> {
                    String first = details.histogram().get(0);
                    assertThat(first).endsWith("byte[]");
                    assertThat(Long.parseLong(first.split(" ", 2)[0])).isGreaterThan(32L << 20);
                });
        Pools.assertServes(pool);
    }

    /** Where the library meets the full heap it may be able to do no more than to end the worker. */
    @Test
    void outOfMemory_heapThatIsFilledBesideTheTasks_isTheEndOfEachFuture() throws Exception {
        for (int i = 0; i < 4; i++) {
            ProcessPoolExecutor pool = pool("-Xmx48m");
            pools.console();
            List<TaskFuture<?>> futures = new ArrayList<>();
            futures.add(pool.submit(Deeds::keepTheHeapFull));
            for (int k = 0; k < 3; k++) {
                futures.add(pool.submit(() -> 1));
            }

            for (TaskFuture<?> future : futures) {
                try {
                    future.get(60, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof WorkerTerminatedException died) {
                        assertThat(died.report().cause())
                                .as(died.report().describe())
                                .isEqualTo(CrashReport.Cause.OUT_OF_MEMORY);
                        assertThat(died.report().outOfMemory()).isPresent();
                    } else {
                        assertThat(e).hasCauseInstanceOf(OutOfMemoryError.class);
                    }
                }
            }
        }
    }

    @Test
    void outOfMemory_whatTheJvmEndsFor_isNamed() throws Exception {
        ProcessPoolExecutor pool = pool("-XX:MaxMetaspaceSize=32m", "-XX:+ExitOnOutOfMemoryError");
        pools.console();

        CrashReport report = reportOf(pool.submit(Deeds::fillTheMetaspace));

        assertThat(report.cause()).isEqualTo(CrashReport.Cause.OUT_OF_MEMORY);
        assertThat(report.outOfMemory()).contains(OutOfMemoryKind.METASPACE);
        assertThat(report.exitCode()).hasValue(3);
    }

    @Test
    void start_badFlag_hasAReport() throws Exception {
        Throwable failure = Pools.failure(pool("-XX:+NoSuchFlag").submit(() -> 1));

        assertThat(failure).isExactlyInstanceOf(WorkerStartException.class);
        CrashReport report = ((WorkerStartException) failure).report().orElseThrow();
        assertThat(report.cause()).isEqualTo(CrashReport.Cause.START_FAILED);
        assertThat(report.exitCode()).hasValue(1);
        assertThat(report.error()).contains("Unrecognized VM option 'NoSuchFlag'");
        assertThat(report.pid()).isPositive();
    }

    /** A JVM of the task's own, which prints where the worker does. */
    static final class CrashingProgram {
        private CrashingProgram() {}

        public static void main(String[] args) throws Exception {
            NativeCrashTest.Crash.now();
        }

        static void runAndWait(String log) throws Exception {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(NativeCrashTest.Crash.jvmArgs());
            command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + log));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), CrashingProgram.class.getName()));
            Process child = new ProcessBuilder(command).inheritIO().start();
            assertThat(child.waitFor()).isNotZero();
        }
    }

    static final class Quitter {
        private Quitter() {}

        static void quit(int code) {
            System.exit(code);
        }
    }
}
