/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ResultSerializationException;
import io.loky.SerializableFunction;
import io.loky.TaskSerializationException;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers on another Java than the parent's: 17 below 25, and 25 below 17. */
class OtherJdkTest {
    private static final int OWN = Runtime.version().feature();
    private static final int OTHER = OWN >= 25 ? 17 : 25;

    @RegisterExtension
    static final Pools POOLS = new Pools();

    @TempDir
    static Path folder;

    private static Path otherHome = Path.of("");
    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void makePool() throws IOException {
        Optional<Path> found = findJdk();
        assumeTrue(
                found.isPresent(),
                () -> "no JDK " + OTHER + " found: set JAVA_HOME_" + OTHER + ", or put one beside the JDK in use");
        otherHome = found.orElseThrow();
        pool = POOLS.create(options().build());
    }

    /** As .ci/run does. */
    private static Optional<Path> findJdk() throws IOException {
        String named = System.getenv("JAVA_HOME_" + OTHER);
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        Pattern version = Pattern.compile("(?s).*JAVA_VERSION=\"" + OTHER + "[.\"+-].*");
        try (DirectoryStream<Path> beside = Files.newDirectoryStream(own.resolveSibling("."))) {
            for (Path candidate : beside) {
                Path release = candidate.resolve("release");
                if (Files.isExecutable(candidate.resolve("bin/java"))
                        && Files.isRegularFile(release)
                        && version.matcher(Files.readString(release)).matches()) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .javaHome(otherHome);
    }

    /** It is really the other one. */
    @Test
    void javaHome_otherJdk_isTheOneThatRunsTheTasks() throws Exception {
        assertThat(Await.result(pool.submit(() -> Runtime.version().feature()))).isEqualTo(OTHER);
        assertThat(Await.result(pool.submit(() ->
                        Path.of(System.getProperty("java.home")).toRealPath().toString())))
                .isEqualTo(otherHome.toRealPath().toString());
    }

    /** What the file says counts: a version that is too old is refused when the pool is made. */
    @Test
    void create_javaOf16_isRefusedByName() throws Exception {
        Path old = folder.resolve("jdk-16");
        Files.createDirectories(old.resolve("bin"));
        Files.copy(otherHome.resolve("bin/java"), old.resolve("bin/java"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"16.0.2\"\nMODULES=\"java.base\"\n");
        ProcessPoolOptions options = options().javaHome(old).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessPoolExecutor.create(options))
                .withMessageContaining("javaHome must be a Java of version 17 or later")
                .withMessageContaining("16.0.2");
    }

    // ---- what travels, there and back -------------------------------------------------------------------------------

    private record Point(int x, List<String> names) {}

    private static final class Unserializable {
        private final String text = "field";
        private final Optional<String> maybe = Optional.of("inside");

        @Override
        public String toString() {
            return text + maybe;
        }
    }

    private enum Shade {
        LIGHT,
        DARK {
            @Override
            public String toString() {
                return "very dark";
            }
        }
    }

    static Stream<Object> values() {
        Map<Shade, Integer> byShade = new EnumMap<>(Map.of(Shade.DARK, 1));
        List<Object> itself = new ArrayList<>(List.of("x"));
        itself.add(itself);
        return Stream.of(
                new Point(3, List.of("a", "b")),
                Optional.of("there"),
                Optional.empty(),
                LocalDate.of(2024, 2, 29),
                ZonedDateTime.parse("2024-02-29T12:00:00+01:00[Europe/Berlin]"),
                Duration.ofNanos(5),
                new ArrayList<>(List.of(1, "two", 3.0)),
                Arrays.asList("as", "list"),
                new HashMap<>(Map.of("k", List.of(1))),
                new TreeMap<>(Map.of(1, "one")),
                new ConcurrentHashMap<>(Map.of("c", 1)),
                Map.of("immutable", 1),
                Stream.of(3, 1).sorted().toList(),
                byShade,
                new BigDecimal("1234567890.12345678901234567890"),
                new UUID(1, 2),
                Shade.DARK,
                TimeUnit.HOURS,
                new int[][] {{1}, {2, 3}},
                Pattern.compile("a+"),
                "text with \ud83d\ude00".getBytes(StandardCharsets.UTF_8),
                new Unserializable(),
                new AtomicReference<>("held"),
                itself);
    }

    /** In the worker it says the same of itself as here, and so does what comes back. */
    @ParameterizedTest
    @MethodSource("values")
    void value_thereAndBack_isTheSame(Object value) throws Exception {
        String here = show(value);
        String there = Await.result(pool.submitWith(object -> show(object), value));

        assertThat(there).isEqualTo(here);
        assertThat(show(Await.result(pool.submitWith(object -> object, value)))).isEqualTo(here);
    }

    private static String show(Object value) {
        return value.getClass().getName() + " " + Arrays.deepToString(new Object[] {value});
    }

    /** Lambdas of every kind, in both directions. */
    @Test
    void lambdas_thereAndBack_work() throws Exception {
        String captured = "captured";
        Point point = new Point(1, List.of("p"));
        Callable<String> plain = () -> "plain";
        Callable<String> capturing = () -> captured + point;
        Callable<String> anonymous = new Callable<>() {
            @Override
            public String call() {
                return "anonymous " + captured;
            }
        };
        Comparator<String> ofTheJdk = Comparator.comparing(String::length).reversed();
        Function<String, Integer> reference = String::length;

        assertThat(Await.result(pool.submit(plain))).isEqualTo("plain");
        assertThat(Await.result(pool.submit(capturing))).isEqualTo(captured + point);
        assertThat(Await.result(pool.submit(anonymous))).isEqualTo("anonymous captured");
        List<String> sorted = Await.result(
                pool.submit(() -> Stream.of("a", "ccc", "bb").sorted(ofTheJdk).toList()));
        assertThat(sorted).containsExactly("ccc", "bb", "a");
        assertThat(Await.result(pool.submit(() -> reference.apply("four")))).isEqualTo(4);
        SerializableFunction<Integer, Function<Integer, Integer>> adder = a -> b -> a + b;
        assertThat(Await.result(pool.submitWith(adder, 40)).apply(2)).isEqualTo(42);
    }

    /** An exception comes with its fields, its cause and the frames of the worker. */
    @Test
    void exception_ofATask_comesBackWhole() throws Exception {
        Throwable failure = Pools.failure(pool.submit(() -> {
            throw new IllegalStateException("outer", new IOException("inner"));
        }));

        assertThat(failure).isExactlyInstanceOf(IllegalStateException.class).hasMessage("outer");
        assertThat(failure).cause().isExactlyInstanceOf(IOException.class).hasMessage("inner");
        assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(OtherJdkTest.class.getName());
    }

    /** Classes that only this program's loader has are shipped. */
    @Test
    void classesOfAnotherLoader_areShipped() throws Exception {
        assumeTrue(OWN < OTHER, "the compiler at hand makes classes for its own Java, which the other one cannot read");
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(
                "package shipped; public record Item(int n) implements java.util.concurrent.Callable<Object> {"
                        + " public Object call() { return new Item(n + 1); } }"));
        Callable<?> task = (Callable<?>)
                loader.loadClass("shipped.Item").getConstructor(int.class).newInstance(1);

        assertThat(Await.result(pool.submit(task))).hasToString("Item[n=2]");
    }

    // ---- what cannot work, and says so ------------------------------------------------------------------------------

    /** A task whose class is too new for its worker fails with the option that chose the worker's Java. */
    @Test
    void classTooNew_ofTheTask_failsNamingJavaHome() throws Exception {
        assumeTrue(OWN > OTHER, "workers are newer than the parent");
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(
                "package shipped; public class New implements java.util.concurrent.Callable<Object>, java.io.Serializable"
                        + " { public Object call() { return 1; } }"));
        Callable<?> task =
                (Callable<?>) loader.loadClass("shipped.New").getConstructor().newInstance();

        Throwable failure = Pools.failure(pool.submit(task));

        assertThat(failure)
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("shipped/New has been compiled by a more recent version")
                .hasMessageContaining("the workers run Java " + OTHER)
                .hasMessageContaining("ProcessPoolOptions.javaHome")
                .hasMessageContaining("javac --release " + OTHER);
        assertThat(failure).hasRootCauseInstanceOf(UnsupportedClassVersionError.class);
        Pools.assertServes(pool);
    }

    /** The same where the task meets the class later. */
    @Test
    void classTooNew_thatATaskUses_failsNamingJavaHome() throws Exception {
        assumeTrue(OWN > OTHER, "workers are newer than the parent");
        Path classes = Files.createDirectories(folder.resolve("classes"));
        for (Map.Entry<String, byte[]> type :
                MemoryCompiler.compile("public class Later {}").entrySet()) {
            Files.write(classes.resolve(type.getKey() + ".class"), type.getValue());
        }
        URL place = classes.toUri().toURL();

        Throwable failure = Pools.failure(pool.submit(() -> {
            try (URLClassLoader loader = new URLClassLoader(new URL[] {place})) {
                return loader.loadClass("Later").getName();
            }
        }));

        assertThat(failure)
                .isExactlyInstanceOf(UnsupportedClassVersionError.class)
                .hasMessageContaining("Later has been compiled by a more recent version")
                .hasMessageContaining("ProcessPoolOptions.javaHome");
        Pools.assertServes(pool);
    }

    /** The name of a class that only this Java, or only the other one, has. */
    private static String onlyIn(int feature) {
        return feature >= 25 ? "java.util.SequencedCollection" : "java.lang.Compiler";
    }

    /** A class of the JDK that the worker's does not have is named, and so is the remedy. */
    @Test
    void jdkClass_thatTheWorkerDoesNotHave_failsNamingIt() throws Exception {
        Class<?> ours = Class.forName(onlyIn(OWN));

        assertThat(Pools.failure(pool.submitWith(type -> type.getName(), ours)))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining(onlyIn(OWN) + " is a class of the JDK that the Java of this worker, " + OTHER)
                .hasMessageContaining("ProcessPoolOptions.javaHome");
        Pools.assertServes(pool);
    }

    /** In the other direction, too. */
    @Test
    void jdkClass_thatTheParentDoesNotHave_failsNamingIt() throws Exception {
        String theirs = onlyIn(OTHER);

        assertThat(Pools.failure(pool.submit(() -> (Serializable) Class.forName(theirs))))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining(theirs + " is a class of the JDK that the Java of the parent, " + OWN)
                .hasMessageContaining("ProcessPoolOptions.javaHome");
        Pools.assertServes(pool);
    }

    // ---- flags ------------------------------------------------------------------------------------------------------

    /** Flags of the parent that the other Java does not know, or modules that it does not have, do not stop its start. */
    @Test
    void flagsOfTheParent_thatTheOtherDoesNotKnow_areLeftOut() throws Exception {
        String[] flags = OWN > OTHER
                ? new String[] {"--sun-misc-unsafe-memory-access=allow", "--illegal-native-access=deny"}
                : new String[] {"--add-modules=jdk.incubator.foreign,java.sql"};
        try (ChildJvm child = ChildJvm.of(VersionProgram.class)
                .jvmArgs(flags)
                .args(otherHome.toString())
                .start()) {
            assertThat(child.exitCode()).as("%s", child).isZero();
            assertThat(child.out()).isEqualTo("parent " + OWN + ", worker " + OTHER + "\n");
        }
    }

    /** Says which Java runs what. */
    static final class VersionProgram {
        private VersionProgram() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolOptions options = ProcessPoolOptions.builder()
                    .maxWorkers(1)
                    .javaHome(Path.of(args[0]))
                    .build();
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options)) {
                int worker = pool.submit(() -> Runtime.version().feature()).get();
                System.out.println("parent " + Runtime.version().feature() + ", worker " + worker);
            }
        }
    }
}
