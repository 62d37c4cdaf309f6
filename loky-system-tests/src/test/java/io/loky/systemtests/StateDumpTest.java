/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolMXBean;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.spi.PoolListener;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a pool says of itself while its workers do something, do nothing, or cannot say what. */
class StateDumpTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String HERE = StateDumpTest.class.getName();

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private static ProcessPoolOptions.Builder options(int workers) {
        // none is found to be stopped while a test has stopped it
        return ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(HOUR)
                .heartbeat(HOUR);
    }

    /** Where the task is, by a name that the test can find. */
    private static void waitHere(Gate started, Gate goOn) {
        started.open();
        goOn.await();
    }

    private static void runHere(Gate started, Gate goOn) {
        started.open();
        while (!goOn.isOpen()) {
            Thread.onSpinWait();
        }
    }

    private TaskFuture<?> submit(ProcessPoolExecutor pool, String name, Gate goOn, boolean spins) {
        Gate started = new Gate(folder, name);
        SerializableRunnable task = spins ? () -> runHere(started, goOn) : () -> waitHere(started, goOn);
        TaskFuture<?> future = pool.submit(task, TaskOptions.named(name));
        started.await();
        return future;
    }

    /** The lines about a worker, without the empty one before the next. */
    private static List<String> linesOf(String dump, int worker) {
        List<String> lines = new ArrayList<>();
        for (String line : dump.lines().toList()) {
            boolean begins = line.startsWith("worker " + worker + ",");
            if (begins || (!lines.isEmpty() && !line.isEmpty())) {
                lines.add(line);
            } else if (!lines.isEmpty()) {
                return lines;
            }
        }
        return lines;
    }

    /** One waits, one spins, one is idle; nobody is disturbed by being looked at. */
    @Test
    void dumpState_busyWorkers_showsTheStacksOfTheirTasks() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(3).build());
        pool.prestart();
        Pools.awaitIdle(pool, 3);
        Gate goOn = new Gate(folder, "go on");
        TaskFuture<?> waiting = submit(pool, "the waiting", goOn, false);
        TaskFuture<?> spinning = submit(pool, "the spinning", goOn, true);

        String dump = pool.dumpState();

        assertThat(dump)
                .startsWith(pool.toString().substring(0, pool.toString().indexOf('[')) + ": RUNNING at ")
                .contains("workers: 3 (1 IDLE, 2 BUSY), maxWorkers 3")
                .contains("tasks: 2 running, 0 waiting, 0 ended")
                .contains("task #1 'the waiting'\n")
                .contains("task #2 'the spinning'\n")
                .contains("        at " + HERE + ".waitHere(StateDumpTest.java:")
                .contains("        at " + HERE + ".runHere(StateDumpTest.java:")
                .doesNotContain("io.loky.internal");
        goOn.open();
        Await.result(waiting);
        Await.result(spinning);
        assertThat(waiting.attempts() + spinning.attempts()).isEqualTo(2);
    }

    /** The other workers are told of, and so is who is stopped; in the end all is as if nobody had asked. */
    @Test
    void dumpState_workerStopped_saysSoWithinTheBound() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(2).build());
        Gate goOn = new Gate(folder, "go on");
        TaskFuture<?> stopped = submit(pool, "the stopped", goOn, false);
        TaskFuture<?> other = submit(pool, "the other", goOn, false);
        long pid = stopped.workerPid().orElseThrow();
        Processes.stop(pid);
        try {
            long begun = System.nanoTime();
            String dump = pool.dumpState();
            long took = System.nanoTime() - begun;

            assertThat(took).isBetween(TimeUnit.MILLISECONDS.toNanos(900), TimeUnit.SECONDS.toNanos(15));
            assertThat(linesOf(dump, 1)).hasSize(3).last().isEqualTo("        no answer: its process is stopped");
            assertThat(linesOf(dump, 2)).anyMatch(line -> line.contains(HERE + ".waitHere"));
            for (int i = 0; i < 3; i++) { // asked again and again it is sent no second question
                assertThat(pool.dumpState()).contains("no answer: its process is stopped");
            }
        } finally {
            Processes.continueIfAlive(pid);
        }
        Await.until(
                "it answers again",
                () -> linesOf(pool.dumpState(), 1).stream().anyMatch(line -> line.contains(HERE + ".waitHere")));
        goOn.open();
        Await.result(stopped);
        Await.result(other);
        Pools.assertServes(pool);
    }

    /** It would be given the next task. */
    @Test
    void dumpState_idleWorkerStopped_saysSo() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).build());
        long pid = Await.result(pool.submit(Processes::ownPid));
        Processes.stop(pid);
        try {
            assertThat(linesOf(pool.dumpState(), 1)).hasSize(2).last().isEqualTo("    its process is stopped");
        } finally {
            Processes.continueIfAlive(pid);
        }
        Pools.assertServes(pool);
    }

    /** A pool that does not start is what a user wonders about most. */
    @Test
    void dumpState_initializerThatDoesNotEnd_showsWhereItIs() throws Exception {
        Gate started = new Gate(folder, "started");
        Gate goOn = new Gate(folder, "go on");
        ProcessPoolExecutor pool = pools.create(
                options(1).initializer(() -> waitHere(started, goOn)).build());
        TaskFuture<Integer> future = pool.submit(() -> 1);
        started.await();

        Await.until("the initializer is seen", () -> pool.dumpState().contains("    runs the initializer\n"));
        assertThat(linesOf(pool.dumpState(), 1)).first().asString().contains(": STARTING for ");
        assertThat(pool.dumpState())
                .contains(HERE + ".waitHere(")
                .contains("tasks: 0 running, 1 waiting (the longest for ");
        goOn.open();
        assertThat(Await.result(future)).isEqualTo(1);
    }

    @Test
    void dumpState_chunkOfAMap_showsTheFunction() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).build());
        Gate started = new Gate(folder, "started");
        Gate goOn = new Gate(folder, "go on");
        try (Stream<Integer> results = pool.map(
                item -> {
                    waitHere(started, goOn);
                    return item;
                },
                List.of(1, 2),
                MapOptions.chunkSize(2))) {
            Iterator<Integer> iterator = results.iterator();
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(iterator::next);
            started.await();

            assertThat(pool.dumpState()).contains(HERE + ".waitHere(");
            goOn.open();
            assertThat(Await.result(first)).isEqualTo(1);
        }
    }

    @Test
    void dumpState_shutDownPool_stillSaysWhatItDoes() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).build());
        Gate goOn = new Gate(folder, "go on");
        TaskFuture<?> last = submit(pool, "the last", goOn, false);
        pool.shutdown();

        assertThat(pool.dumpState()).contains(": SHUTDOWN at ").contains(HERE + ".waitHere(");
        goOn.open();
        Await.result(last);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.dumpState())
                .contains(": TERMINATED at ")
                .contains("tasks: 0 running, 0 waiting, 1 ended")
                .contains("workers that have ended: 1 SHUTDOWN");
    }

    @Test
    void dumpState_inProcess_showsTheStacksOfItsThreads() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().mode(Mode.IN_PROCESS).maxWorkers(1).build());
        Gate goOn = new Gate(folder, "go on");
        TaskFuture<?> future = submit(pool, "the task", goOn, false);

        assertThat(pool.dumpState()).contains(HERE + ".waitHere(").doesNotContain("io.loky.internal");
        goOn.open();
        Await.result(future);
        assertThat(linesOf(pool.dumpState(), 1)).hasSize(1).first().asString().contains(": IDLE for ");
    }

    /** The page's example is what a program gets, but for the numbers. */
    @Test
    void supervisionPage_example_isWhatAProgramPrints() throws Exception {
        Document.compile(folder, "Reports", """
                import io.loky.*;
                import java.time.Duration;

                public class Reports {
                    static void monthly() {
                        while (true) { Thread.onSpinWait(); }
                    }

                    public static void main(String[] args) throws Exception {
                        ProcessPoolExecutor pool = ProcessPoolExecutor.create(2);
                        TaskFuture<?> july = pool.submit(
                                () -> monthly(), TaskOptions.named("july").timeout(Duration.ofMinutes(1)));
                        while (july.workerPid().isEmpty()) { Thread.onSpinWait(); } // else either worker may get it
                        TaskFuture<?> august = pool.submit(() -> monthly(), TaskOptions.named("august"));
                        pool.submit(() -> monthly(), TaskOptions.named("september"));
                        while (august.workerPid().isEmpty()) { Thread.onSpinWait(); }
                        new ProcessBuilder("kill", "-STOP", "" + august.workerPid().getAsLong()).start().waitFor();
                        String dump = "";
                        while (!dump.contains("is stopped") || !dump.contains("Reports.monthly")) { dump = pool.dumpState(); }
                        System.out.print(dump);
                        pool.shutdown(true);
                    }
                }
                """);
        String page = Document.of("docs/supervision.md").text();
        int begin = page.indexOf("    loky-pool-1: RUNNING");
        String example = page.substring(begin, page.indexOf("\n- ", begin));

        try (ChildJvm program = ChildJvm.of("Reports", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(withoutNumbers(program.out()))
                    .isEqualTo(
                            withoutNumbers(example.replaceAll("(?m)^    ", "").stripTrailing()));
        }
    }

    private static String withoutNumbers(String dump) {
        return dump.strip()
                .replaceAll(" at \\d{4}\\S+Z", " at NOW")
                .replaceAll("pid \\d+", "pid N")
                .replaceAll("for \\d+(\\.\\d)? m?s\\b", "for TIME")
                .replaceAll("lambda\\$main\\$[\\w$]+", "lambda")
                .replaceAll("java:\\d+", "java:N");
    }

    @Test
    void jmx_poolOfProcesses_isManagedUntilItHasTerminated() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ProcessPoolExecutor pool = pools.create(options(2).jmx(true).build());
        String label = pool.toString().substring(0, pool.toString().indexOf('['));
        ObjectName name = new ObjectName("io.loky:type=ProcessPool,name=" + label);
        ProcessPoolMXBean bean = JMX.newMXBeanProxy(server, name, ProcessPoolMXBean.class);
        Gate goOn = new Gate(folder, "go on");
        TaskFuture<?> one = submit(pool, "one", goOn, false);
        TaskFuture<?> two = submit(pool, "two", goOn, false);
        TaskFuture<?> three = pool.submit(() -> {}, TaskOptions.named("three"));

        assertThat(bean.getBusyWorkers()).isEqualTo(2);
        assertThat(bean.getRunningTasks()).isEqualTo(2);
        assertThat(bean.getQueuedTasks()).isEqualTo(1);
        assertThat(bean.getPids())
                .containsExactly(one.workerPid().orElseThrow(), two.workerPid().orElseThrow());
        assertThat(bean.dumpState()).contains("next: task #3 'three'").contains(HERE + ".waitHere(");
        bean.resize(1);
        goOn.open();
        Await.result(three);
        Await.until("one has left", () -> bean.getEndedWorkers().getOrDefault(EndReason.RESIZED, 0L) == 1);
        pool.close();
        assertThat(server.isRegistered(name)).isFalse();
    }

    /** As in a Java that was put together with jlink: a pool does without. */
    @Test
    void jmx_javaWithoutManagement_isAWarningAndThePoolWorks() throws Exception {
        try (ChildJvm program = ChildJvm.of(WithoutManagement.class)
                .jvmArgs("--limit-modules", "java.base,java.logging,jdk.unsupported")
                .start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out()).isEqualToIgnoringNewLines("42");
            assertThat(program.err())
                    .contains("could not be registered for JMX, and works without")
                    .contains("this Java has no module java.management");
        }
    }

    static final class WithoutManagement {
        private WithoutManagement() {}

        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(
                    ProcessPoolOptions.builder().maxWorkers(1).jmx(true).build())) {
                System.out.println(pool.submit(() -> 42).get());
            }
        }
    }

    /** The report that the future gets, and the deaths that no future tells of. */
    @Test
    void listener_workersThatComeAndGo_hearsOfThem() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        BlockingQueue<CrashReport> reports = new LinkedBlockingQueue<>();
        ProcessPoolExecutor pool = pools.create(options(1)
                .listener(new PoolListener() {
                    @Override
                    public void workerStarted(int number, long pid) {
                        heard.add("started " + number + " " + pid);
                    }

                    @Override
                    public void workerEnded(int number, long pid, EndReason reason, @Nullable CrashReport report) {
                        if (report != null) {
                            reports.add(report);
                        }
                        heard.add("ended " + number + " " + pid + " " + reason);
                    }
                })
                .build());
        long first = Await.result(pool.submit(Processes::ownPid));
        TaskFuture<?> dead = pool.submit(() -> Runtime.getRuntime().halt(3), TaskOptions.named("halting"));
        Pools.failure(dead);
        long second = Await.result(pool.submit(Processes::ownPid));
        pool.close();

        List<String> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(heard.poll(60, TimeUnit.SECONDS));
        }
        assertThat(all)
                .containsExactly(
                        "started 1 " + first,
                        "ended 1 " + first + " CRASHED",
                        "started 2 " + second,
                        "ended 2 " + second + " SHUTDOWN");
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.exitCode()).hasValue(3);
            assertThat(report.taskName()).hasValue("halting");
        });
    }
}
