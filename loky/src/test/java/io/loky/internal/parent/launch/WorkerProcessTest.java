/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.wire.Frame;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What needs no second JVM: a worker that ends before it has a process, or whose process is not yet one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkerProcessTest {
    @TempDir
    private Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final WorkerProcess worker =
            new WorkerProcess(new LaunchPlan(ProcessPoolOptions.builder().build(), "early-end", null, null), 1, 0);

    @Test
    void kill_beforeItIsStarted_tellsTheEndOnceItIs() throws Exception {
        worker.kill();

        worker.start(new Told());

        assertEndIsToldOnce();
    }

    /** The thread that is to start it may be later than the alarm that gives it up; its end must still be told. */
    @Test
    void abandon_beforeItIsStarted_tellsTheEndOnceItIs() throws Exception {
        worker.abandon();

        worker.start(new Told());

        assertEndIsToldOnce();
    }

    /** Each worker has three pipes, and a directory that is looked into. */
    @Test
    void kill_ofManyWorkers_leavesNoFileOpen() throws Exception {
        for (int i = 0; i < 3; i++) {
            startAndKill("exec sleep 600"); // the first opens what stays open: the jars of the classes that it needs
        }
        long before = openFiles();

        for (int i = 0; i < 50; i++) {
            startAndKill("echo text; exec sleep 600");
        }

        awaitUntil(() -> openFiles() <= before);
    }

    /**
     * What a worker has started can leave its session, survive it, and hold its pipes open. Its end is told nevertheless, once it
     * is given up; and the threads that read end when nobody can write any more.
     */
    @Test
    void kill_survivorHoldsThePipes_endIsToldAndNothingIsLeftAfterIt() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")));
        Path file = folder.resolve("survivor");
        WorkerProcess holding = start("setsid sh -c 'echo $$ >" + file + ".new; mv " + file + ".new " + file
                + "; exec sleep 600' & while [ ! -e " + file + " ]; do :; done; exec sleep 600");
        awaitUntil(() -> Files.exists(file));
        ProcessHandle survivor =
                ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();
        try {
            ProcessHandle.of(holding.pid().orElseThrow())
                    .orElseThrow()
                    .destroyForcibly(); // no kill that lists the survivor
            awaitUntil(() -> threads("shell").size() == 2 && !isAlive(holding));
            holding.kill();
            holding.abandon();

            assertThat(told.take()).startsWith("gone");
            assertThat(told.take()).isEqualTo("cleared");
            assertThat(survivor.isAlive()).isTrue();
        } finally {
            survivor.destroyForcibly();
        }
        awaitUntil(() -> threads("shell").isEmpty());
    }

    private void startAndKill(String script) throws Exception {
        WorkerProcess started = start(script);
        started.kill();
        assertThat(told.take()).startsWith("gone");
        assertThat(told.take()).isEqualTo("cleared");
    }

    /** A worker that never comes so far as to be a JVM. */
    private WorkerProcess start(String script) throws Exception {
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .commandPrefix(List.of("sh", "-c", script, "--"))
                .build();
        WorkerProcess started = new WorkerProcess(new LaunchPlan(options, "shell", null, null), 1, 0);
        started.start(new Told());
        awaitUntil(() -> threads("shell").size() == 2);
        return started;
    }

    private static boolean isAlive(WorkerProcess worker) {
        return ProcessHandle.of(worker.pid().orElseThrow())
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

    /** The worker's own thread and that of its output. */
    private static List<Thread> threads(String label) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(label + "-worker-"))
                .toList();
    }

    private static long openFiles() {
        String[] files = new File("/proc/self/fd").list();
        return files == null ? 0 : files.length; // not where there is no such folder
    }

    private static void awaitUntil(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) { // the time-out of the test ends it
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private void assertEndIsToldOnce() throws InterruptedException {
        assertThat(told.take()).contains("killed before it was started");
        assertThat(told.take()).isEqualTo("cleared");
        assertThat(told).isEmpty();
        assertThat(worker.pid()).isEmpty();
        assertThat(worker.beats()).isNegative();
    }

    private final class Told implements WorkerEvents {
        @Override
        public void ready() {
            told.add("ready");
        }

        @Override
        public void unfit(EndReason reason, String detail) {
            told.add("unfit");
        }

        @Override
        public void holds() {
            told.add("holds");
        }

        @Override
        public void free() {
            told.add("free");
        }

        @Override
        public void remarked(long taskId, String text) {
            told.add("remarked");
        }

        @Override
        public void sampled(long taskId, List<StackTraceElement> stack) {
            told.add("sampled");
        }

        @Override
        public void answered(Frame answer) {
            told.add("answered");
        }

        @Override
        public void gone(WorkerEnd end) {
            told.add("gone: " + end.trouble());
        }

        @Override
        public void cleared() {
            told.add("cleared");
        }
    }
}
