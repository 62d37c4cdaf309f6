/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

        // the parallel collector does not count one of its survivor spaces
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
