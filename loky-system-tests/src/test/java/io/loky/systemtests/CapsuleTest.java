/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.WorkerContext;
import io.loky.WorkerTerminatedException;
import io.loky.spi.TaskCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A task that has killed its worker can be run again, by a program that has neither its class path nor its data. */
class CapsuleTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** What a task of these tests does in the end, said by the environment of whoever runs it. */
    enum Mood {
        CRASH,
        RETURN,
        THROW;

        static Mood now() {
            return valueOf(System.getenv().getOrDefault("MOOD", "CRASH"));
        }

        Answer act(String text) {
            switch (this) {
                case CRASH -> Runtime.getRuntime().halt(7);
                case THROW -> throw new IllegalStateException("thrown for " + text);
                case RETURN -> {}
            }
            return new Answer(text);
        }
    }

    record Answer(String text) implements Serializable {}

    private ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .crashCapsules(folder.resolve("capsules"));
    }

    private static WorkerTerminatedException death(TaskFuture<?> future) throws Exception {
        return (WorkerTerminatedException) Pools.failure(future);
    }

    private static Path capsule(WorkerTerminatedException death) {
        List<Path> capsules = death.report().kept().stream()
                .filter(file -> file.toString().endsWith(".capsule"))
                .toList();
        assertThat(capsules).hasSize(1);
        assertThat(death).hasMessageContaining("java -jar loky.jar replay " + capsules.get(0));
        return capsules.get(0);
    }

    private ChildJvm.Builder replay(Path capsule, String... args) throws Exception {
        return ChildJvm.ofJar(LibraryJar.in(folder))
                .args("replay", capsule.toString())
                .args(args);
    }

    private static String run(ChildJvm.Builder replay, int exitCode) throws Exception {
        try (ChildJvm loky = replay.start()) {
            assertThat(loky.exitCode()).as("%s", loky).isEqualTo(exitCode);
            Processes.assertNothingIsLeftOf(loky.pid());
            return loky.out() + loky.err();
        }
    }

    // ---- what is written ------------------------------------------------------------------------------------------

    @Test
    void death_withoutTheOption_keepsNothing() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        assertThat(death(pool.submit(() -> Runtime.getRuntime().halt(7)))
                        .report()
                        .kept())
                .noneMatch(file -> file.toString().endsWith(".capsule"));
    }

    /** A task that ends otherwise leaves nothing, and neither does a worker that dies without one. */
    @Test
    void capsules_ofTasksThatKilledNobody_areNotWritten() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());

        assertThat(Await.result(pool.submit(() -> 1))).isEqualTo(1);
        Pools.failure(pool.submit(() -> Mood.THROW.act("x")));
        TaskFuture<?> late = pool.submit(
                (SerializableCallable<Object>) () -> {
                    Thread.sleep(100_000);
                    return 1;
                },
                TaskOptions.named("late").timeout(Duration.ofMillis(50)));
        Pools.failure(late);
        Pools.assertServes(pool);

        assertThat(folder.resolve("capsules")).isEmptyDirectory();
    }

    @Test
    void capsules_ofManyDeaths_areTheNewestAndForThisUserOnly() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().maxCrashCapsules(2).build());

        for (int i = 0; i < 2; i++) {
            death(pool.submit(() -> Runtime.getRuntime().halt(7)));
        }
        Path last = capsule(death(pool.submit(() -> Runtime.getRuntime().halt(7))));

        try (Stream<Path> files = Files.list(folder.resolve("capsules"))) {
            assertThat(files).hasSize(2).contains(last);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(last)))
                .isEqualTo("rw-------");
    }

    // ---- replays --------------------------------------------------------------------------------------------------

    /** With its captured data, its initializer, its index, its environment, its flags and its directory. */
    @Test
    void replay_asItWas_diesAgainAndElseReturnsOrThrows() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .initializer(() -> WorkerContext.current().put(Answer.class, new Answer("initialized")))
                .environment(Map.of("WHO", "worker ${worker.index}"))
                .jvmArgs(List.of("-Dflag=set"))
                .workingDirectory(folder)
                .build());
        String captured = "captured";
        SerializableCallable<Answer> task = () -> Mood.now()
                .act(String.join(
                        ", ",
                        captured,
                        WorkerContext.current().get(Answer.class).orElseThrow().text(),
                        System.getenv("WHO"),
                        System.getProperty("flag"),
                        Path.of("").toAbsolutePath().getFileName().toString()));
        Path capsule = capsule(death(pool.submit(task, TaskOptions.named("moody"))));

        assertThat(run(replay(capsule), 3))
                .contains(
                        "'moody', whose worker died at",
                        "the task has killed its worker again:",
                        "was halted with code 7");
        assertThat(run(replay(capsule).environment(Map.of("MOOD", "RETURN")), 0))
                .contains("the task returned: Answer[text=captured, initialized, worker 0, set, " + folder.getFileName()
                        + "]");
        assertThat(run(replay(capsule).environment(Map.of("MOOD", "THROW")), 1))
                .contains("the task threw:", "java.lang.IllegalStateException: thrown for captured", "Mood.act");
    }

    /** The first thing that one tries after an OutOfMemoryError. */
    @Test
    void replay_withAnotherHeapAndFlag_runsWithThese() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().maxHeap("64m").build());
        Path capsule = capsule(death(pool.submit(() -> {
            long heap = Runtime.getRuntime().maxMemory() >> 20;
            if (heap < 100) {
                Runtime.getRuntime().halt(7);
            }
            return "heap " + heap + ", " + System.getProperty("more");
        })));

        assertThat(run(replay(capsule, "--heap", "300m", "--jvm-arg", "-Dmore=1", "--jvm-arg", "-XX:+UseSerialGC"), 0))
                .containsPattern("the task returned: heap 2\\d\\d, 1");
    }

    /** The classes that only the memory of the dead program had are in the capsule. */
    @Test
    void replay_ofClassesFromMemory_findsThem() throws Exception {
        Map<String, byte[]> classes = MemoryCompiler.compile("""
                package app;
                import io.loky.*;
                public class Main {
                    record Pair(int a, Other b) implements java.io.Serializable {}
                    public static SerializableCallable<Object> task(int n) {
                        return () -> {
                            if (System.getenv("MOOD") == null) {
                                Runtime.getRuntime().halt(7);
                            }
                            return new Pair(n, new Other());
                        };
                    }
                }
                class Other implements java.io.Serializable {
                    public String toString() { return "other"; }
                }
                """);
        @SuppressWarnings("unchecked")
        SerializableCallable<Object> task = (SerializableCallable<Object>) new MemoryCompiler.Loader(classes)
                .loadClass("app.Main")
                .getMethod("task", int.class)
                .invoke(null, 5);
        ProcessPoolExecutor pool = pools.create(options().build());
        Path capsule = capsule(death(pool.submit(task)));

        assertThat(run(replay(capsule).environment(Map.of("MOOD", "RETURN")), 0))
                .contains("the task returned: Pair[a=5, b=other]");
    }

    /** It travels with the task, and so is in the capsule. */
    static final class Upper implements TaskCodec {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            out.write(value.toString().toUpperCase(Locale.ROOT).getBytes(UTF_8));
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void replay_ofATaskWithACodec_usesIt() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().codec(new Upper()).build());
        Path capsule =
                capsule(death(pool.submitWith(text -> Mood.now().act(text).text(), "quiet")));

        assertThat(run(replay(capsule).environment(Map.of("MOOD", "RETURN")), 0))
                .contains("the task returned: QUIET");
    }

    /** Of a chunk only the item that killed the worker. */
    @Test
    void replay_ofAMap_isThatOfTheItem() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());
        Iterator<String> results = pool.map(
                        n -> n == 3 ? Mood.now().act("item " + n).text() : "fine",
                        IntStream.range(0, 6).boxed().toList(),
                        MapOptions.chunkSize(6))
                .iterator();
        Path capsule = null;
        for (int i = 0; i < 6; i++) {
            try {
                assertThat(results.next()).isEqualTo("fine");
            } catch (WorkerTerminatedException e) {
                assertThat(i).isEqualTo(3);
                capsule = capsule(e);
            }
        }

        assertThat(run(replay(capsule).environment(Map.of("MOOD", "RETURN")), 0))
                .contains("the item returned: item 3")
                .doesNotContain("fine");
        assertThat(run(replay(capsule).environment(Map.of("MOOD", "THROW")), 1))
                .contains("the item threw:", "thrown for item 3");
    }

    /** A JVM that is held by a debugger, or waits for one, would not notice that its parent has ended. */
    @Test
    void replay_underADebuggerAndInterrupted_leavesNothing() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());
        Path capsule = capsule(death(pool.submit(() -> Runtime.getRuntime().halt(7))));
        int port = freePort();

        try (ChildJvm loky = replay(capsule, "--debug", Integer.toString(port)).start()) {
            Await.until(
                    "there is a worker", () -> !Processes.workersOf(loky.pid()).isEmpty(), loky::toString);
            Processes.signal("TERM", loky.pid());

            assertThat(loky.exitCode()).as("%s", loky).isEqualTo(143);
            Processes.assertNothingIsLeftOf(loky.pid());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    /** The debugger finds a JVM that waits for it; until it is there nothing runs. */
    @Test
    void replay_underADebugger_waitsForIt() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());

        assertThat(debugged(pool)).contains("the task has killed its worker again:");
    }

    /** Has a task kill its worker, and replays that until the debugger has come and gone again, and so it runs. What is printed. */
    private String debugged(ProcessPoolExecutor pool) throws Exception {
        Path capsule = capsule(death(pool.submit(() -> Runtime.getRuntime().halt(7))));
        int port = freePort();

        try (ChildJvm loky = replay(capsule, "--debug", Integer.toString(port)).start()) {
            loky.awaitOut("it waits for a debugger on port " + port);
            Await.until("the worker listens", () -> isListening(port), loky::toString);
            assertThat(loky.exitCode()).as("%s", loky).isEqualTo(3);
            return loky.out();
        }
    }

    /** Shakes hands as a debugger does, and goes. */
    private static boolean isListening(int port) {
        byte[] greeting = "JDWP-Handshake".getBytes(US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(greeting);
            return Arrays.equals(socket.getInputStream().readNBytes(greeting.length), greeting);
        } catch (IOException e) {
            return false;
        }
    }

    /** The program of the page, and what it leaves. */
    @Test
    void page_itsProgram_leavesACapsuleThatCanBeReplayed() throws Exception {
        String snippet = Document.of("docs/crash-capsules.md").snippets().get(0);
        Document.compile(
                folder,
                "Capsules",
                Document.program("Capsules", snippet.replace("\"capsules\"", "\"" + folder.resolve("kept") + "\"")));
        String printed;
        try (ChildJvm program = ChildJvm.of("Capsules", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            printed = program.out().strip();
        }

        assertThat(printed).startsWith("[" + folder.resolve("kept")).endsWith(".capsule]");
        assertThat(run(replay(Path.of(printed.substring(1, printed.length() - 1))), 3))
                .contains("'halting', whose worker died at");
    }

    /** A worker that cannot even be started again says why. */
    @Test
    void replay_withAFlagThatIsNone_saysSo() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());
        Path capsule = capsule(death(pool.submit(() -> Runtime.getRuntime().halt(7))));

        assertThat(run(replay(capsule, "--jvm-arg", "-XX:+NoSuchFlag"), 3))
                .contains("the worker could not be started: ", "NoSuchFlag", "--drop-jvm-arg PREFIX")
                .doesNotContain("ProcessPoolOptions");
    }

    /** A flag of the dead worker can be left out, for another Java. */
    @Test
    void replay_withoutAFlagOfTheDead_runsWithoutIt() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options().jvmArgs(List.of("-Dloky.halts=1")).build());
        Path capsule = capsule(death(pool.submit(() -> {
            if (Boolean.parseBoolean(System.getProperty("loky.halts", "0").replace("1", "true"))) {
                Runtime.getRuntime().halt(7);
            }
            return "alive";
        })));

        assertThat(run(replay(capsule, "--drop-jvm-arg", "-Dloky.halts", "--drop-jvm-arg", "-XX:+Nothing"), 0))
                .contains("the task returned: alive", "no flag of its JVM begins with -XX:+Nothing; they were ");
    }

    /** The dead worker could be debugged, too: a JVM takes one such flag. */
    @Test
    void replay_underADebugger_whereTheWorkerHadOne_startsAllTheSame() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .jvmArgs(List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=localhost:0"))
                .build());

        assertThat(debugged(pool)).contains("the task has killed its worker again:");
    }

    /** The task never runs, and did not throw anything. */
    @Test
    void replay_withoutItsClasses_saysThatItWasNotRun() throws Exception {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Document.compile(classes, "Gone", """
                import io.loky.*;
                public class Gone {
                    public static void main(String[] args) throws Exception {
                        var options = ProcessPoolOptions.builder()
                                .maxWorkers(1).crashCapsules(java.nio.file.Path.of(args[0])).build();
                        try (var pool = ProcessPoolExecutor.create(options)) {
                            pool.submit(() -> Runtime.getRuntime().halt(7)).get();
                        } catch (java.util.concurrent.ExecutionException e) {
                            System.out.println(((WorkerTerminatedException) e.getCause()).report().kept().get(0));
                        }
                    }
                }
                """);
        String capsule;
        try (ChildJvm program = ChildJvm.of("Gone", classes)
                .args(folder.resolve("kept").toString())
                .start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            capsule = program.out().strip();
        }
        Files.delete(classes.resolve("Gone.java"));
        Files.delete(classes.resolve("Gone.class"));
        Files.delete(classes);

        assertThat(run(replay(Path.of(capsule)), 2))
                .contains(
                        "note: " + classes + " is not there any more",
                        "the task could not be rebuilt, and was not run:",
                        "ClassNotFoundException: Gone")
                .doesNotContain("the task threw");
    }

    @Test
    void pool_whoseCapsulesCannotBeKept_isRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ProcessPoolExecutor.create(options().crashCapsules(file).build()))
                .withMessageStartingWith("crashCapsules must be a directory");
    }
}
