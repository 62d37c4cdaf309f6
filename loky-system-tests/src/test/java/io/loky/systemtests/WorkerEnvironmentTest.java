/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a task finds around it in its worker. */
class WorkerEnvironmentTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ProcessPoolExecutor pool(ProcessPoolOptions.Builder options) {
        return pools.create(options.maxWorkers(1).build());
    }

    /** Variables are added to those of the parent. */
    @Test
    void environment_variables_areAddedToTheParents() throws Exception {
        ProcessPoolExecutor pool =
                pool(ProcessPoolOptions.builder().environment(Map.of("LOKY_TEST", "a b=c\"ü", "LOKY_EMPTY", "")));

        assertThat(Await.result(pool.submit(() -> System.getenv("LOKY_TEST")))).isEqualTo("a b=c\"ü");
        assertThat(Await.result(pool.submit(() -> System.getenv("LOKY_EMPTY")))).isEmpty();
        assertThat(Await.result(pool.submit(() -> System.getenv("PATH")))).isEqualTo(System.getenv("PATH"));
    }

    /** Arguments reach the JVM as they are, spaces and quotes included. */
    @Test
    void jvmArgs_systemProperty_isSeenByTheTask() throws Exception {
        ProcessPoolExecutor pool =
                pool(ProcessPoolOptions.builder().jvmArgs(List.of("-Dloky.test=a b \"c\" $d 'e'", "-XX:+UseSerialGC")));

        assertThat(Await.result(pool.submit(() -> System.getProperty("loky.test"))))
                .isEqualTo("a b \"c\" $d 'e'");
    }

    /** The heap is as large as was said. */
    @Test
    void maxHeap_48m_isTheWorkersMaximum() throws Exception {
        ProcessPoolExecutor pool = pool(ProcessPoolOptions.builder().maxHeap("48m"));

        long bytes = Await.result(pool.submit(() -> Runtime.getRuntime().maxMemory()));

        // the collector does not count one of its survivor spaces
        assertThat(bytes).isBetween(36L << 20, 48L << 20);
    }

    /** Relative paths of a task start where the option says; without it, where the parent is. */
    @Test
    void workingDirectory_set_isWhereTheTaskWorks() throws Exception {
        ProcessPoolExecutor there = pool(ProcessPoolOptions.builder().workingDirectory(folder));
        ProcessPoolExecutor here = pool(ProcessPoolOptions.builder());

        assertThat(Await.result(there.submit(() ->
                        Files.createFile(Path.of("made-by-task")).toRealPath().toString())))
                .isEqualTo(folder.toRealPath().resolve("made-by-task").toString());
        assertThat(folder.resolve("made-by-task")).exists();
        assertThat(Await.result(here.submit(() -> Path.of("").toRealPath().toString())))
                .isEqualTo(Path.of("").toRealPath().toString());
    }

    /** Standard input is empty: a task that reads it gets the end and not the protocol. */
    @Test
    void systemIn_read_isEmpty() throws Exception {
        ProcessPoolExecutor pool = pool(ProcessPoolOptions.builder());

        assertThat(Await.result(pool.submit(() -> System.in.read()))).isEqualTo(-1);
        assertThat(Await.result(pool.submit(() -> System.in.readAllBytes().length)))
                .isZero();
        Pools.assertServes(pool);
    }

    /** A task can use a process of its own, with input and output. */
    @Test
    void subprocess_ofATask_works() throws Exception {
        ProcessPoolExecutor pool = pool(ProcessPoolOptions.builder());

        String back = Await.result(pool.submit(() -> {
            Process cat = new ProcessBuilder("cat").start();
            try (var in = cat.getOutputStream()) {
                in.write("through a pipe".getBytes(StandardCharsets.UTF_8));
            }
            return new String(cat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }));

        assertThat(back).isEqualTo("through a pipe");
    }

    /** A process that outlives its task does not keep its worker, or its pool, from ending. */
    @Test
    void subprocess_thatOutlivesItsTask_doesNotHoldUpTheEnd() throws Exception {
        ProcessPoolExecutor pool = pool(ProcessPoolOptions.builder());
        long pid = Await.result(pool.submit(
                () -> new ProcessBuilder("sleep", "600").inheritIO().start().pid()));
        try {
            pool.close();
            assertThat(pool.isTerminated()).isTrue();
        } finally {
            Processes.killIfAlive(pid);
        }
    }

    /** A process of a task that inherits its streams reads an empty input, and prints like the task. */
    @Test
    void subprocess_withInheritedStreams_readsNothingAndPrints() throws Exception {
        ProcessPoolExecutor pool = pool(ProcessPoolOptions.builder());

        assertThat(Await.result(pool.submit(() -> inherited("cat")))).isZero();
        assertThat(Await.result(pool.submit(() -> inherited("sh", "-c", "cat; echo after the end of input"))))
                .isZero();

        Await.until("it is printed", () -> pools.console().err().contains("after the end of input"));
    }

    private static int inherited(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    // ---- the index --------------------------------------------------------------------------------------------------

    /** Three workers, three devices. */
    @Test
    void workerIndex_inEnvironmentAndArguments_isTheWorkers() throws Exception {
        ProcessPoolExecutor pool = devices();

        assertThat(devicesOf(pool, "all"))
                .containsExactly("0 9000 ${worker.index}", "1 9001 ${worker.index}", "2 9002 ${worker.index}");
    }

    /** A device that has lost its worker gets the next one. */
    @Test
    void workerIndex_ofAReplacement_isThatOfItsPredecessor() throws Exception {
        ProcessPoolExecutor pool = devices();
        Map<String, Long> pids = new TreeMap<>();
        for (List<String> told :
                held(pool, "first", () -> List.of(System.getenv("LOKY_DEVICE"), Long.toString(Processes.ownPid())))) {
            pids.put(told.get(0), Long.valueOf(told.get(1)));
        }

        long killed = pids.get("1");
        Processes.kill(killed);
        Await.until("it is noticed", () -> !Pools.pids(pool).contains(killed));
        Pools.awaitIdle(pool, 3);

        assertThat(devicesOf(pool, "second"))
                .containsExactly("0 9000 ${worker.index}", "1 9001 ${worker.index}", "2 9002 ${worker.index}");
    }

    private ProcessPoolExecutor devices() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(3)
                .idleTimeout(Duration.ofHours(1))
                .environment(Map.of("LOKY_DEVICE", "${worker.index}", "LOKY_TEXT", "$${worker.index}"))
                .jvmArgs(List.of("-Dloky.port=900${worker.index}"))
                .build());
        pool.prestart();
        Pools.awaitIdle(pool, 3);
        return pool;
    }

    private List<String> devicesOf(ProcessPoolExecutor pool, String round) throws Exception {
        return held(
                        pool,
                        round,
                        () -> System.getenv("LOKY_DEVICE") + " " + System.getProperty("loky.port") + " "
                                + System.getenv("LOKY_TEXT"))
                .stream()
                .sorted()
                .toList();
    }

    /** What three tasks say that are executed side by side. */
    private <T> List<T> held(ProcessPoolExecutor pool, String round, SerializableCallable<T> question)
            throws Exception {
        Gate go = new Gate(folder, round);
        List<TaskFuture<T>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(pool.submit(() -> {
                go.await();
                return question.call();
            }));
        }
        Await.until("all run", () -> pool.snapshot().runningTasks() == 3);
        go.open();
        List<T> told = new ArrayList<>();
        for (TaskFuture<T> future : futures) {
            told.add(Await.result(future));
        }
        return told;
    }

    // ---- the prefix -------------------------------------------------------------------------------------------------

    private ProcessPoolExecutor prefixed(String... prefix) {
        return pool(ProcessPoolOptions.builder().commandPrefix(List.of(prefix)));
    }

    /** A command that becomes the worker. */
    @Test
    void commandPrefix_thatExecs_isInEffect() throws Exception {
        assertThat(Await.result(
                        prefixed("env", "LOKY_TEST=number ${worker.index}").submit(() -> System.getenv("LOKY_TEST"))))
                .isEqualTo("number 0");
        assertThat(Await.result(prefixed("taskset", "-c", "0")
                        .submit(() -> Runtime.getRuntime().availableProcessors())))
                .isEqualTo(1);
        TaskFuture<List<String>> limits = prefixed("prlimit", "--nofile=300", "nice")
                .submit(() -> Files.readAllLines(Path.of("/proc/self/limits")));
        assertThat(Await.result(limits)).anyMatch(line -> line.matches("Max open files +300 +300 +files *"));
        assertThat(limits.workerPid()).isPresent();
    }

    /** One that starts the worker as a process of its own, and waits for it: pid, kill and death are the worker's. */
    @Test
    void commandPrefix_thatWaits_isAsIfItWereNotThere() throws Exception {
        ProcessPoolExecutor pool = prefixed("sh", "-c", "\"$@\"; true", "--");

        TaskFuture<Long> pid = pool.submit(() -> Processes.ownPid());
        long first = Await.result(pid);
        assertThat(pid.workerPid()).hasValue(first);
        assertThat(Pools.pids(pool)).containsExactly(first);

        Gate runs = new Gate(folder, "runs");
        TaskFuture<?> cancelled = pool.submit(() -> {
            runs.open();
            while (true) { // does not listen
                Thread.onSpinWait();
            }
        });
        runs.await();
        assertThat(cancelled.cancel(true)).isTrue();
        Await.until("it is killed", () -> !Processes.isAlive(first));

        Throwable failure = Pools.failure(pool.submit(() -> Runtime.getRuntime().halt(3)));
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        Pools.assertServes(pool);
    }

    /** What is known of the end of such a worker is what the command hands on. */
    @Test
    void commandPrefix_thatWaitsAndHandsTheCodeOn_tellsTheWorkersEnd() throws Exception {
        ProcessPoolExecutor pool = prefixed("sh", "-c", "\"$@\"; exit $?", "--", "nice");

        WorkerTerminatedException failure = (WorkerTerminatedException)
                Pools.failure(pool.submit(() -> Runtime.getRuntime().halt(3)));

        assertThat(failure.report().exitCode()).hasValue(3);
        assertThat(failure.report().taskPhase()).contains(CrashReport.TaskPhase.EXECUTING);
    }

    /** One that does not exist is named, with the system's words. */
    @Test
    void commandPrefix_thatDoesNotExist_failsNamingIt() throws Exception {
        assertThat(Pools.failure(prefixed("no-such-command", "-x").submit(() -> 1)))
                .isExactlyInstanceOf(WorkerStartException.class)
                .hasMessageContaining("no-such-command")
                .hasMessageContaining("No such file or directory")
                .hasMessageContaining("The commandPrefix is [no-such-command, -x]");
    }

    /** One that leaves the worker behind is refused: nobody could tell when it ends. */
    @Test
    void commandPrefix_thatDoesNotWait_fails() throws Exception {
        assertThat(Pools.failure(prefixed("sh", "-c", "\"$@\" & exit 0", "--").submit(() -> 1)))
                .isExactlyInstanceOf(WorkerStartException.class)
                .hasMessageContaining("exited with code 0")
                .hasMessageContaining("as a child that it waits for");
    }

    /** A worker that finds a file in the place of the channel says so, and neither empties the file nor writes to it. */
    @Test
    void commandPrefix_thatPutsAFileInPlaceOfTheChannel_leavesTheFileAlone() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious"), "keep me");

        assertThat(Pools.failure(prefixed("sh", "-c", "exec 4<>\"$1\"; shift; exec \"$@\"", "--", precious.toString())
                        .submit(() -> 1)))
                .isExactlyInstanceOf(WorkerStartException.class)
                .hasMessageContaining("file descriptor 4 is not the pipe of the parent");
        assertThat(precious).hasContent("keep me");
    }

    /** One that closes the channel is refused. Only the descriptor that is read: the other one must not get lost in a test. */
    @Test
    void commandPrefix_thatClosesDescriptors_fails() throws Exception {
        assertThat(Pools.failure(
                        prefixed("sh", "-c", "exec 3<&-; exec \"$@\"", "--").submit(() -> 1)))
                .isExactlyInstanceOf(WorkerStartException.class)
                .hasMessageContaining("leaves all file descriptors open");
    }

    /** Such a command and its worker end with their parent, too. */
    @Test
    void commandPrefix_thatWaits_parentKilled_nothingIsLeft() throws Exception {
        try (ChildJvm parent = ChildJvm.of(PrefixedProgram.class)
                .args(folder.resolve("spins").toString())
                .start()) {
            parent.awaitOut("READY");
            assertThat(Processes.workersOf(parent.pid())).hasSize(2); // the command, and the worker below it

            parent.kill();

            Processes.assertNothingIsLeftOf(parent.pid());
        }
    }

    /** Runs a task that spins until it is killed. */
    static final class PrefixedProgram {
        private PrefixedProgram() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                    .maxWorkers(1)
                    .commandPrefix(List.of("sh", "-c", "\"$@\"; true", "--"))
                    .build());
            Gate spins = new Gate(Path.of(args[0]).getParent(), "spins");
            TaskFuture<?> task = pool.submit(() -> {
                spins.open();
                while (true) {
                    Thread.onSpinWait();
                }
            });
            spins.await();
            System.out.println("READY");
            Object unused = task.get();
        }
    }

    /** A package that the parent JVM was opened by a flag is open in its workers. */
    @Test
    void addOpens_ofTheParent_holdsInTheWorker() throws Exception {
        try (ChildJvm child = ChildJvm.of(OpensProgram.class)
                .jvmArgs("--add-opens=java.base/java.util=ALL-UNNAMED")
                .start()) {
            assertThat(child.exitCode()).as("%s", child).isZero();
            assertThat(child.out()).isEqualTo("parent true, worker true\n");
        }
    }

    /** The same without the flag: the test can fail. */
    @Test
    void addOpens_notOfTheParent_doesNotHoldInTheWorker() throws Exception {
        try (ChildJvm child = ChildJvm.start(OpensProgram.class)) {
            assertThat(child.exitCode()).as("%s", child).isZero();
            assertThat(child.out()).isEqualTo("parent false, worker false\n");
        }
    }

    /** A class path longer than the longest argument that Linux takes works. */
    @Test
    void classPath_of200Kilobytes_works() throws Exception {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            entries.add(folder.resolve("a rather long name, with a space, of a folder that is not there, number " + i)
                    .toString());
        }
        assertThat(String.join(":", entries).length()).isGreaterThan(200 << 10);

        try (ChildJvm child = ChildJvm.of(OpensProgram.class)
                .longClassPath(entries, folder.resolve("class-path"))
                .start()) {
            assertThat(child.exitCode()).as("%s", child).isZero();
            assertThat(child.out()).isEqualTo("parent false, worker false\n");
        }
    }

    /** Says whether java.util is open, in both JVMs. */
    static final class OpensProgram {
        private OpensProgram() {}

        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                boolean worker = pool.submit(() -> isOpen()).get();
                System.out.println("parent " + isOpen() + ", worker " + worker);
            }
        }

        private static boolean isOpen() {
            return List.class.getModule().isOpen("java.util", OpensProgram.class.getModule());
        }
    }
}
