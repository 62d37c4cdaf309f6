/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.loky.ProcessPoolOptions.DirtyWorkers;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.ProcessPoolOptions.Receipts;
import io.loky.ProcessPoolOptions.Reuse;
import io.loky.ProcessPoolOptions.WhenFull;
import io.loky.spi.PoolListener;
import io.loky.spi.Reducer;
import io.loky.spi.TaskCodec;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessPoolOptionsTest {

    private static final TaskCodec CODEC = new NoCodec();
    private static final ObjectInputFilter FILTER = ObjectInputFilter.Config.createFilter("x.*");
    private static final Reducer<Path> PATH = path -> {
        String text = path.toString();
        return () -> Path.of(text);
    };
    private static final Reducer<Thread> THREAD = thread -> Thread::new;
    private static final Path JAVA = Path.of(System.getProperty("java.home"));
    private static final SerializableRunnable INITIALIZER = () -> {};
    private static final SerializableRunnable CHECK = () -> {};
    private static final PoolListener LISTENER = new PoolListener() {};
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void options_nothingSet_haveTheDefaults() {
        ProcessPoolOptions options = ProcessPoolOptions.builder().build();

        assertThat(options.maxWorkers()).isEqualTo(Math.min(Loky.cpuCount(), 1024));
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.startTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.taskTimeout()).isEmpty();
        assertThat(options.environment()).isEmpty();
        assertThat(options.jvmArgs()).isEmpty();
        assertThat(options.maxHeap()).isEmpty();
        assertThat(options.workingDirectory()).isEmpty();
        assertThat(options.crashDirectory()).isEmpty();
        assertThat(options.crashCapsules()).isEmpty();
        assertThat(options.maxCrashCapsules()).isEqualTo(10);
        assertThat(options.javaHome()).isEmpty();
        assertThat(options.initializer()).isEmpty();
        assertThat(options.output()).isEqualTo(OutputRouting.inherit());
        assertThat(options.codec()).isEmpty();
        assertThat(options.reducers()).isEmpty();
        assertThat(options.resultFilter()).isEmpty();
        assertThat(options.minWorkers()).isZero();
        assertThat(options.maxTasksPerWorker()).isEmpty();
        assertThat(options.maxWorkerAge()).isEmpty();
        assertThat(options.memoryGrowthLimit()).isEqualTo(300_000_000);
        assertThat(options.workerMemoryLimit()).isEmpty();
        assertThat(options.workerHealthCheck()).isEmpty();
        assertThat(options.workerHealthCheckEvery()).isEmpty();
        assertThat(options.dirtyWorkers()).isEqualTo(DirtyWorkers.IGNORE);
        assertThat(options.receipts()).isEqualTo(Receipts.TIMES);
        assertThat(options.queueCapacity()).isEmpty();
        assertThat(options.whenFull()).isEqualTo(WhenFull.BLOCK);
        assertThat(options.commandPrefix()).isEmpty();
        assertThat(options.cancelGrace()).isEqualTo(Duration.ofMillis(100));
        assertThat(options.queueTimeout()).isEmpty();
        assertThat(options.slowTaskThreshold()).isEmpty();
        assertThat(options.spareWorkers()).isZero();
        assertThat(options.retriesOnCrash()).isZero();
        assertThat(options.retryOutOfMemoryWith()).isEmpty();
        assertThat(options.quarantineAfter()).isEmpty();
        assertThat(options.maxCrashes()).isEmpty();
        assertThat(options.maxCrashesWithin()).isEmpty();
        assertThat(options.listener()).isSameAs(PoolListener.none());
        assertThat(options.jmx()).isFalse();
        assertThat(options.reuse()).isEqualTo(Reuse.AUTO);
        assertThat(options.killWorkers()).isFalse();
        assertThat(options.mode()).isEqualTo(Mode.PROCESSES);
    }

    @Test
    void options_everythingSet_areWhatWasSet() {
        ProcessPoolOptions options = full().build();

        assertThat(options.maxWorkers()).isEqualTo(3);
        assertThat(options.minWorkers()).isEqualTo(2);
        assertThat(options.spareWorkers()).isEqualTo(1);
        assertThat(options.maxTasksPerWorker()).hasValue(100);
        assertThat(options.maxWorkerAge()).contains(Duration.ofHours(1));
        assertThat(options.memoryGrowthLimit()).isEqualTo(6);
        assertThat(options.workerMemoryLimit()).hasValue(7);
        assertThat(options.workerHealthCheck()).containsSame(CHECK);
        assertThat(options.workerHealthCheckEvery()).hasValue(10);
        assertThat(options.dirtyWorkers()).isEqualTo(DirtyWorkers.FAIL);
        assertThat(options.retriesOnCrash()).isEqualTo(2);
        assertThat(options.retryOutOfMemoryWith()).contains("4g");
        assertThat(options.quarantineAfter()).hasValue(8);
        assertThat(options.maxCrashes()).hasValue(9);
        assertThat(options.maxCrashesWithin()).contains(Duration.ofSeconds(10));
        assertThat(options.receipts()).isEqualTo(Receipts.FULL);
        assertThat(options.queueCapacity()).hasValue(50);
        assertThat(options.whenFull()).isEqualTo(WhenFull.REJECT);
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofMillis(5));
        assertThat(options.startTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.taskTimeout()).contains(Duration.ofSeconds(4));
        assertThat(options.queueTimeout()).contains(Duration.ofSeconds(5));
        assertThat(options.cancelGrace()).isEqualTo(Duration.ofSeconds(6));
        assertThat(options.slowTaskThreshold()).contains(Duration.ofSeconds(7));
        assertThat(options.environment()).containsExactly(Map.entry("KEY", "value"));
        assertThat(options.jvmArgs()).containsExactly("-Da=b c", "-ea");
        assertThat(options.maxHeap()).contains("512m");
        assertThat(options.workingDirectory()).contains(Path.of("work"));
        assertThat(options.crashDirectory()).contains(Path.of("crashes"));
        assertThat(options.crashCapsules()).contains(Path.of("capsules"));
        assertThat(options.maxCrashCapsules()).isEqualTo(11);
        assertThat(options.javaHome()).contains(JAVA);
        assertThat(options.commandPrefix()).containsExactly("nice", "-n", "");
        assertThat(options.initializer()).containsSame(INITIALIZER);
        assertThat(options.output()).isEqualTo(OutputRouting.discard());
        assertThat(options.codec()).containsSame(CODEC);
        assertThat(options.reducers()).containsExactly(Map.entry(Thread.class, THREAD));
        assertThat(options.resultFilter()).containsSame(FILTER);
        assertThat(options.listener()).isSameAs(LISTENER);
        assertThat(options.jmx()).isTrue();
        assertThat(options.reuse()).isEqualTo(Reuse.NEVER);
        assertThat(options.killWorkers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(classes = {int.class, Object.class, Object[].class, Class.class, String.class, Serializable.class})
    void reducer_ofATypeThatCannotHaveOne_isRefusedByName(Class<?> type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().reducer(type, value -> () -> null))
                .withMessageStartingWith("reducer must be for a type whose objects need one, got " + type.getName());
    }

    /** Serialization would never ask the reducer. */
    @ParameterizedTest
    @ValueSource(classes = {LocalDate.class, ZoneId.class, EnumSet.class, Replacing.class, BelowReplacing.class})
    void reducer_ofAClassThatReplacesItself_isRefusedByName(Class<?> type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().reducer(type, value -> () -> null))
                .withMessage("reducer must be for a type whose objects do not replace themselves when they are"
                        + " serialized, got " + type.getName() + ", which has a writeReplace method");
    }

    static class Replacing implements Serializable {
        private static final long serialVersionUID = 1L;

        protected Object writeReplace() {
            return "replaced";
        }
    }

    static class BelowReplacing extends Replacing {
        private static final long serialVersionUID = 1L;
    }

    static class NotSerializable {
        Object writeReplace() {
            return "not asked";
        }
    }

    @Test
    void reducer_ofAClassWhoseReplacementIsNeverAsked_isTaken() {
        assertThat(builder()
                        .reducer(NotSerializable.class, value -> () -> null)
                        .build()
                        .reducers())
                .containsOnlyKeys(NotSerializable.class);
    }

    @Test
    void reducer_ofTheSameTypeAgain_replacesTheFirst() {
        ProcessPoolOptions options = builder()
                .reducer(Path.class, value -> () -> null)
                .reducer(Path.class, PATH)
                .build();

        assertThat(options.reducers()).containsExactly(Map.entry(Path.class, PATH));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1024})
    void maxWorkers_inRange_isAccepted(int workers) {
        assertThat(builder().maxWorkers(workers).build().maxWorkers()).isEqualTo(workers);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void maxWorkers_belowOne_isRefusedByName(int workers) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxWorkers(workers))
                .withMessage("maxWorkers must be at least 1, got " + workers);
    }

    @Test
    void maxWorkers_aboveTheBound_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxWorkers(1025))
                .withMessageStartingWith("maxWorkers must be at most 1024, got 1025");
    }

    static Stream<DurationOption> durations() {
        return Stream.of(
                new DurationOption("idleTimeout", ProcessPoolOptions.Builder::idleTimeout),
                new DurationOption("startTimeout", ProcessPoolOptions.Builder::startTimeout),
                new DurationOption("taskTimeout", ProcessPoolOptions.Builder::taskTimeout),
                new DurationOption("queueTimeout", ProcessPoolOptions.Builder::queueTimeout),
                new DurationOption("slowTaskThreshold", ProcessPoolOptions.Builder::slowTaskThreshold),
                new DurationOption("maxWorkerAge", ProcessPoolOptions.Builder::maxWorkerAge),
                new DurationOption("heartbeat", ProcessPoolOptions.Builder::heartbeat));
    }

    @ParameterizedTest
    @MethodSource("durations")
    void duration_notAboveZero_isRefusedByName(DurationOption option) {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofNanos(-1), LONGEST.negated())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> option.setter().set(builder(), bad))
                    .withMessage(option.name() + " must be longer than zero, got " + bad);
        }
    }

    @ParameterizedTest
    @MethodSource("durations")
    void duration_null_isRefusedByName(DurationOption option) {
        assertThatNullPointerException()
                .isThrownBy(() -> option.setter().set(builder(), null))
                .withMessage(option.name());
    }

    @Test
    void duration_ofAnyLength_isKeptAsItIs() {
        ProcessPoolOptions options =
                builder().idleTimeout(LONGEST).startTimeout(Duration.ofNanos(1)).build();

        assertThat(options.idleTimeout()).isEqualTo(LONGEST);
        assertThat(options.startTimeout()).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    void environment_changedLater_staysAsItWas() {
        Map<String, String> variables = new HashMap<>(Map.of("A", ""));
        ProcessPoolOptions options = builder().environment(variables).build();
        variables.put("B", "x");

        assertThat(options.environment()).containsExactly(Map.entry("A", ""));
        assertThat(options.environment()).isUnmodifiable();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=", "A=B", "A\0"})
    void environment_badName_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().environment(Map.of(name, "x")))
                .withMessageStartingWith("environment must ")
                .withMessageContaining(name.replace("\0", "\\0"));
    }

    @Test
    void environment_nulInValue_isRefusedWithoutTellingTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().environment(Map.of("TOKEN", "secret\0")))
                .withMessageContaining("TOKEN")
                .withMessageNotContaining("secret");
    }

    @Test
    void environment_nulls_areRefused() {
        Map<String, String> nullName = new HashMap<>();
        nullName.put(null, "x");
        Map<String, String> nullValue = new HashMap<>();
        nullValue.put("KEY", null);

        assertThatNullPointerException()
                .isThrownBy(() -> builder().environment(null))
                .withMessage("environment");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().environment(nullName))
                .withMessage("name in environment");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().environment(nullValue))
                .withMessage("value of KEY in environment");
    }

    @Test
    void jvmArgs_changedLater_stayAsTheyWere() {
        List<String> args = new ArrayList<>(List.of("-ea"));
        ProcessPoolOptions options = builder().jvmArgs(args).build();
        args.add("-esa");

        assertThat(options.jvmArgs()).containsExactly("-ea").isUnmodifiable();
    }

    @Test
    void jvmArgs_badArgument_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().jvmArgs(List.of("-ea", "")))
                .withMessage("jvmArgs must not contain an empty argument, got [-ea, ]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().jvmArgs(List.of("-Da=\0")))
                .withMessageContaining("jvmArgs must not contain the NUL character");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().jvmArgs(Arrays.asList("-ea", null)))
                .withMessage("argument in jvmArgs");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().jvmArgs(null))
                .withMessage("jvmArgs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2m", "512m", "512M", "4G", "1t", "2048k", "2097152", "8T", "0512m", "8388607t"})
    void maxHeap_aSizeThatAJvmTakes_isAccepted(String size) {
        assertThat(builder().maxHeap(size).build().maxHeap()).contains(size);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "m",
                "512mb",
                "512 m",
                " 512m",
                "512m ",
                "512m\n",
                "-1m",
                "+1m",
                "1.5g",
                "0x100000m",
                "512p",
                "\u0661\u0662m",
                "10000000000000000000000m"
            })
    void maxHeap_notASize_isRefusedByName(String size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxHeap(size))
                .withMessageStartingWith("maxHeap must be digits")
                .withMessageEndingWith("got \"" + size + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0g", "512", "1m", "2047k"})
    void maxHeap_lessThanAJvmNeeds_isRefusedByName(String size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxHeap(size))
                .withMessageStartingWith("maxHeap must be at least \"2m\"")
                .withMessageContaining("got \"" + size + "\" = ")
                .withMessageEndingWith(" bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388608t", "9999999999999999999"})
    void maxHeap_moreThanALongHolds_isRefusedByName(String size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxHeap(size))
                .withMessageStartingWith("maxHeap must be at most 9223372036854775807 bytes, got \"" + size + "\"");
    }

    @Test
    void maxHeap_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> builder().maxHeap(null))
                .withMessage("maxHeap");
    }

    @Test
    void crashDirectory_ofAnotherFileSystem_isRefused(@TempDir Path directory) throws Exception {
        Path zip = directory.resolve("archive.zip");
        try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path inside = other.getPath("/crashes");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().crashDirectory(inside))
                    .withMessageStartingWith("crashDirectory must be a path of the default file system");
        }
        assertThatNullPointerException()
                .isThrownBy(() -> builder().crashDirectory(null))
                .withMessage("crashDirectory");
    }

    @Test
    void workingDirectory_ofAnotherFileSystem_isRefused(@TempDir Path directory) throws Exception {
        Path zip = directory.resolve("archive.zip");
        try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path inside = other.getPath("/work");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().workingDirectory(inside))
                    .withMessageStartingWith("workingDirectory must be a path of the default file system")
                    .withMessageContaining("archive.zip");
        }
        assertThatNullPointerException()
                .isThrownBy(() -> builder().workingDirectory(null))
                .withMessage("workingDirectory");
    }

    @Test
    void javaHome_withoutALauncher_isRefusedByName(@TempDir Path directory) throws Exception {
        Path noProgram = Files.createDirectories(directory.resolve("no-program/bin"));
        Files.createFile(noProgram.resolve("java"));
        Path aFolder = directory.resolve("a-folder");
        Files.createDirectories(aFolder.resolve("bin/java"));

        for (Path bad : List.of(directory, directory.resolve("missing"), noProgram.getParent(), aFolder)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().javaHome(bad))
                    .withMessage("javaHome must be a directory with an executable bin/java, got " + bad);
        }
    }

    @Test
    void javaHome_ofAnotherFileSystem_isRefused(@TempDir Path directory) throws Exception {
        Path zip = directory.resolve("archive.zip");
        try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path inside = other.getPath("/jdk");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().javaHome(inside))
                    .withMessageStartingWith("javaHome must be a path of the default file system");
        }
    }

    @Test
    void commandPrefix_changedLater_staysAsItWas() {
        List<String> prefix = new ArrayList<>(List.of("nice"));
        ProcessPoolOptions options = builder().commandPrefix(prefix).build();
        prefix.add("-n");

        assertThat(options.commandPrefix()).containsExactly("nice").isUnmodifiable();
    }

    @Test
    void commandPrefix_badElement_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().commandPrefix(List.of("", "x")))
                .withMessage("commandPrefix must begin with a command, got [, x]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().commandPrefix(List.of("nice", "\0")))
                .withMessageContaining("commandPrefix must not contain the NUL character");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().commandPrefix(Arrays.asList("nice", null)))
                .withMessage("element of commandPrefix");
    }

    @Test
    void output_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> builder().output(null))
                .withMessage("output");
    }

    @Test
    void reuse_null_isRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> builder().reuse(null)).withMessage("reuse");
    }

    @Test
    void mode_inProcess_isKept() {
        ProcessPoolOptions options = builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(2)
                .taskTimeout(Duration.ofSeconds(1))
                .build();

        assertThat(options.mode()).isEqualTo(Mode.IN_PROCESS);
        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(options.toBuilder().mode(Mode.PROCESSES).build()).isNotEqualTo(options);
        assertThat(options).hasToString("ProcessPoolOptions[maxWorkers=2, mode=IN_PROCESS, taskTimeout=PT1S]");
    }

    static Stream<OptionCall> ofProcesses() {
        return Stream.of(
                new OptionCall("environment", builder -> builder.environment(Map.of("A", "b"))),
                new OptionCall("jvmArgs", builder -> builder.jvmArgs(List.of("-ea"))),
                new OptionCall("maxHeap", builder -> builder.maxHeap("1g")),
                new OptionCall("workingDirectory", builder -> builder.workingDirectory(Path.of("."))),
                new OptionCall("crashDirectory", builder -> builder.crashDirectory(Path.of("."))),
                new OptionCall("crashCapsules", builder -> builder.crashCapsules(Path.of("."))),
                new OptionCall("output", builder -> builder.output(OutputRouting.discard())),
                new OptionCall("javaHome", builder -> builder.javaHome(Path.of(System.getProperty("java.home")))),
                new OptionCall("commandPrefix", builder -> builder.commandPrefix(List.of("nice"))),
                new OptionCall("heartbeat", builder -> builder.heartbeat(Duration.ofSeconds(1))),
                new OptionCall("cancelGrace", builder -> builder.cancelGrace(Duration.ZERO)),
                new OptionCall("memoryGrowthLimit", builder -> builder.memoryGrowthLimit(1)),
                new OptionCall("workerMemoryLimit", builder -> builder.workerMemoryLimit(1)),
                new OptionCall("workerHealthCheck", builder -> builder.workerHealthCheck(CHECK, 1)),
                new OptionCall("dirtyWorkers", builder -> builder.dirtyWorkers(DirtyWorkers.REPORT)),
                new OptionCall("retryOutOfMemoryWith", builder -> builder.retryOutOfMemoryWith("4g")));
    }

    /** Nothing that is set is silently ignored, in whichever order. */
    @ParameterizedTest
    @MethodSource("ofProcesses")
    void mode_inProcessWithAnOptionOfProcesses_isRefusedByName(OptionCall option) {
        ProcessPoolOptions.Builder builder = builder().mode(Mode.IN_PROCESS);
        option.call().accept(builder);

        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageStartingWith(
                        option.name() + " must not be set with mode IN_PROCESS, which has no worker processes, got "
                                + option.name() + "=");
    }

    /** What threads have, too. */
    @Test
    void mode_inProcessWithInitializerAndStartTimeout_isAccepted() {
        ProcessPoolOptions options = builder()
                .mode(Mode.IN_PROCESS)
                .initializer(INITIALIZER)
                .startTimeout(Duration.ofSeconds(3))
                .build();

        assertThat(options.initializer()).containsSame(INITIALIZER);
        assertThat(options.startTimeout()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void retryOutOfMemoryWith_noSize_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().retryOutOfMemoryWith("1x"))
                .withMessageStartingWith("retryOutOfMemoryWith must be digits");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().retryOutOfMemoryWith(null))
                .withMessage("retryOutOfMemoryWith");
    }

    @Test
    void retryOutOfMemoryWith_noMoreThanMaxHeap_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        builder().maxHeap("1g").retryOutOfMemoryWith("1024m").build())
                .withMessage("retryOutOfMemoryWith must be more than maxHeap (\"1g\"), got \"1024m\"");
        assertThat(builder().maxHeap("1g").retryOutOfMemoryWith("1025m").build().retryOutOfMemoryWith())
                .contains("1025m");
    }

    @Test
    void maxCrashes_badTime_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxCrashes(1, Duration.ZERO))
                .withMessage("maxCrashes within must be longer than zero, got PT0S");
        assertThatNullPointerException()
                .isThrownBy(() -> builder().maxCrashes(1, null))
                .withMessage("maxCrashes within");
    }

    @Test
    void cancelGrace_anythingButNegative_isKept() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().cancelGrace(Duration.ofSeconds(-1)))
                .withMessage("cancelGrace must not be negative, got PT-1S");
        assertThat(builder().cancelGrace(Duration.ZERO).build().cancelGrace()).isZero();
        assertThat(builder().cancelGrace(LONGEST).build().cancelGrace()).isEqualTo(LONGEST);
    }

    @Test
    void number_outsideItsRange_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().retriesOnCrash(-1))
                .withMessage("retriesOnCrash must be at least 0, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().quarantineAfter(0))
                .withMessage("quarantineAfter must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxCrashes(0, Duration.ofSeconds(1)))
                .withMessage("maxCrashes must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().minWorkers(-1))
                .withMessage("minWorkers must be at least 0, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().spareWorkers(-1))
                .withMessage("spareWorkers must be at least 0, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().spareWorkers(1025))
                .withMessageStartingWith("spareWorkers must be at most 1024, got 1025");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxTasksPerWorker(0))
                .withMessage("maxTasksPerWorker must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().queueCapacity(0))
                .withMessage("queueCapacity must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().memoryGrowthLimit(0))
                .withMessage("memoryGrowthLimit must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().workerMemoryLimit(-5))
                .withMessage("workerMemoryLimit must be at least 1, got -5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().workerHealthCheck(CHECK, 0))
                .withMessage("workerHealthCheck everyTasks must be at least 1, got 0");
    }

    @Test
    void minWorkers_aboveMaxWorkers_isRefusedByNameWhenItIsBuilt() {
        ProcessPoolOptions.Builder builder = builder().minWorkers(3).maxWorkers(2);

        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("minWorkers must be at most maxWorkers (2), got 3");
        assertThat(builder.maxWorkers(3).build().minWorkers()).isEqualTo(3);
    }

    @Test
    void whenFull_withoutQueueCapacity_isRefusedByNameWhenItIsBuilt() {
        for (WhenFull policy : List.of(WhenFull.BLOCK, WhenFull.REJECT)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().whenFull(policy).build())
                    .withMessageStartingWith("whenFull must not be set without queueCapacity, got " + policy);
        }
    }

    @Test
    void maxCrashCapsules_belowOne_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxCrashCapsules(0))
                .withMessage("maxCrashCapsules must be at least 1, got 0");
    }

    @Test
    void maxCrashCapsules_withoutADirectory_isRefusedByNameWhenItIsBuilt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxCrashCapsules(3).build())
                .withMessageStartingWith("maxCrashCapsules must not be set without crashCapsules");
    }

    @Test
    void crashCapsules_ofAnotherFileSystem_isRefused(@TempDir Path directory) throws Exception {
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("x.zip"), Map.of("create", "true"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().crashCapsules(zip.getPath("/capsules")))
                    .withMessageStartingWith("crashCapsules must be a path of the default file system");
        }
    }

    static Stream<OptionCall> nulls() {
        return Stream.of(
                new OptionCall("initializer", builder -> builder.initializer(null)),
                new OptionCall("javaHome", builder -> builder.javaHome(null)),
                new OptionCall("commandPrefix", builder -> builder.commandPrefix(null)),
                new OptionCall("codec", builder -> builder.codec(null)),
                new OptionCall("crashCapsules", builder -> builder.crashCapsules(null)),
                new OptionCall("type", builder -> builder.reducer(null, value -> () -> "x")),
                new OptionCall("reducer", builder -> builder.reducer(String.class, null)),
                new OptionCall("resultFilter", builder -> builder.resultFilter(null)),
                new OptionCall("cancelGrace", builder -> builder.cancelGrace(null)),
                new OptionCall("whenFull", builder -> builder.whenFull(null)),
                new OptionCall("listener", builder -> builder.listener(null)),
                new OptionCall("reuse", builder -> builder.reuse(null)),
                new OptionCall("workerHealthCheck", builder -> builder.workerHealthCheck(null, 1)),
                new OptionCall("dirtyWorkers", builder -> builder.dirtyWorkers(null)),
                new OptionCall("receipts", builder -> builder.receipts(null)),
                new OptionCall("mode", builder -> builder.mode(null)));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void option_null_isRefusedByName(OptionCall option) {
        assertThatNullPointerException()
                .isThrownBy(() -> option.call().accept(builder()))
                .withMessage(option.name());
    }

    @Test
    void options_withTheSameValues_areEqual() {
        assertThat(full().build())
                .isEqualTo(full().build())
                .hasSameHashCodeAs(full().build())
                .hasToString(full().build().toString())
                .isNotEqualTo(builder().build())
                .isNotEqualTo("text");
    }

    @Test
    void options_withOneValueChanged_areNotEqual() {
        List<ProcessPoolOptions> all = List.of(
                full().build(),
                full().maxWorkers(4).build(),
                full().minWorkers(1).build(),
                full().spareWorkers(2).build(),
                full().maxTasksPerWorker(101).build(),
                full().maxWorkerAge(Duration.ofHours(2)).build(),
                full().memoryGrowthLimit(8).build(),
                full().workerMemoryLimit(9).build(),
                full().workerHealthCheck(() -> {}, 10).build(),
                full().workerHealthCheck(CHECK, 11).build(),
                full().dirtyWorkers(DirtyWorkers.RECYCLE).build(),
                full().receipts(Receipts.OFF).build(),
                full().retriesOnCrash(3).build(),
                full().retryOutOfMemoryWith("5g").build(),
                full().quarantineAfter(7).build(),
                full().maxCrashes(10, Duration.ofSeconds(10)).build(),
                full().maxCrashes(9, Duration.ofSeconds(11)).build(),
                full().queueCapacity(51).build(),
                full().whenFull(WhenFull.BLOCK).build(),
                full().idleTimeout(Duration.ofMillis(6)).build(),
                full().startTimeout(Duration.ofMinutes(3)).build(),
                full().heartbeat(Duration.ofMinutes(3)).build(),
                full().taskTimeout(Duration.ofMinutes(3)).build(),
                full().queueTimeout(Duration.ofMinutes(3)).build(),
                full().cancelGrace(Duration.ofMinutes(3)).build(),
                full().slowTaskThreshold(Duration.ofMinutes(3)).build(),
                full().environment(Map.of("KEY", "other")).build(),
                full().jvmArgs(List.of("-ea", "-Da=b c")).build(),
                full().maxHeap("513m").build(),
                full().workingDirectory(Path.of("elsewhere")).build(),
                full().crashDirectory(Path.of("elsewhere")).build(),
                full().crashCapsules(Path.of("elsewhere")).build(),
                full().maxCrashCapsules(12).build(),
                full().javaHome(JAVA.resolve(".")).build(),
                full().commandPrefix(List.of("nice")).build(),
                full().initializer(() -> {}).build(),
                full().output(OutputRouting.inherit()).build(),
                full().codec(new NoCodec()).build(),
                full().reducer(Path.class, PATH).build(),
                full().reducer(Path.class, value -> () -> Path.of("x")).build(),
                full().resultFilter(info -> ObjectInputFilter.Status.REJECTED).build(),
                full().listener(new PoolListener() {}).build(),
                full().jmx(false).build(),
                full().reuse(Reuse.ALWAYS).build(),
                full().killWorkers(false).build());

        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void toBuilder_nothingChanged_buildsEqualOptions() {
        ProcessPoolOptions options = full().build();
        ProcessPoolOptions defaults = builder().build();

        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(defaults.toBuilder().build()).isEqualTo(defaults);
    }

    @Test
    void builder_usedAgain_leavesEarlierOptionsAlone() {
        ProcessPoolOptions.Builder builder = full();
        ProcessPoolOptions first = builder.build();
        ProcessPoolOptions second = builder.maxWorkers(5).build();

        assertThat(first.maxWorkers()).isEqualTo(3);
        assertThat(second.maxWorkers()).isEqualTo(5);
        assertThat(second.toBuilder().maxWorkers(3).build()).isEqualTo(first);
    }

    @Test
    void toString_withEnvironment_tellsNamesButNoValues() {
        assertThat(full().environment(Map.of("TOKEN", "secret", "A", "x")).build())
                .hasToString("ProcessPoolOptions[cancelGrace=PT6S, codec=" + NoCodec.class.getName()
                        + ", commandPrefix=[nice, -n, ], crashCapsules=capsules, crashDirectory=crashes, dirtyWorkers=FAIL, environment=[A, TOKEN], heartbeat=PT3S, idleTimeout=PT0.005S,"
                        + " initializer=" + INITIALIZER.getClass().getName() + ", javaHome=" + JAVA
                        + ", jmx=true, jvmArgs=[-Da=b c, -ea],"
                        + " killWorkers=true, listener=" + LISTENER.getClass().getName()
                        + ", maxCrashCapsules=11, maxCrashes=9, maxCrashesWithin=PT10S, maxHeap=512m, maxTasksPerWorker=100, maxWorkerAge=PT1H, maxWorkers=3,"
                        + " memoryGrowthLimit=6, minWorkers=2, output=discard, quarantineAfter=8, queueCapacity=50, queueTimeout=PT5S, receipts=FULL,"
                        + " reducers=[java.lang.Thread], resultFilter=x.*, retriesOnCrash=2, retryOutOfMemoryWith=4g, reuse=NEVER, slowTaskThreshold=PT7S, spareWorkers=1,"
                        + " startTimeout=PT2M, taskTimeout=PT4S, whenFull=REJECT, workerHealthCheck="
                        + CHECK.getClass().getName()
                        + ", workerHealthCheckEvery=10, workerMemoryLimit=7, workingDirectory=work]");
    }

    @Test
    void options_setToTheirDefaults_areEqualToThoseWithNothingSet() {
        ProcessPoolOptions set = builder()
                .maxWorkers(2)
                .minWorkers(0)
                .spareWorkers(0)
                .idleTimeout(Duration.ofSeconds(10))
                .cancelGrace(Duration.ofMillis(100))
                .memoryGrowthLimit(300_000_000)
                .dirtyWorkers(DirtyWorkers.IGNORE)
                .receipts(Receipts.TIMES)
                .environment(Map.of())
                .output(OutputRouting.inherit())
                .build();

        assertThat(set).isEqualTo(builder().maxWorkers(2).build()).hasToString("ProcessPoolOptions[maxWorkers=2]");
    }

    @Test
    void whenFull_block_isWhatACapacityMeansAnyway() {
        assertThat(builder().queueCapacity(5).whenFull(WhenFull.BLOCK).build())
                .isEqualTo(builder().queueCapacity(5).build());
    }

    private static ProcessPoolOptions.Builder builder() {
        return ProcessPoolOptions.builder();
    }

    private static ProcessPoolOptions.Builder full() {
        return builder()
                .maxWorkers(3)
                .minWorkers(2)
                .spareWorkers(1)
                .maxTasksPerWorker(100)
                .maxWorkerAge(Duration.ofHours(1))
                .memoryGrowthLimit(6)
                .workerMemoryLimit(7)
                .workerHealthCheck(CHECK, 10)
                .dirtyWorkers(DirtyWorkers.FAIL)
                .retriesOnCrash(2)
                .retryOutOfMemoryWith("4g")
                .quarantineAfter(8)
                .maxCrashes(9, Duration.ofSeconds(10))
                .receipts(Receipts.FULL)
                .queueCapacity(50)
                .whenFull(WhenFull.REJECT)
                .idleTimeout(Duration.ofMillis(5))
                .startTimeout(Duration.ofMinutes(2))
                .heartbeat(Duration.ofSeconds(3))
                .taskTimeout(Duration.ofSeconds(4))
                .queueTimeout(Duration.ofSeconds(5))
                .cancelGrace(Duration.ofSeconds(6))
                .slowTaskThreshold(Duration.ofSeconds(7))
                .environment(Map.of("KEY", "value"))
                .jvmArgs(List.of("-Da=b c", "-ea"))
                .maxHeap("512m")
                .workingDirectory(Path.of("work"))
                .crashDirectory(Path.of("crashes"))
                .crashCapsules(Path.of("capsules"))
                .maxCrashCapsules(11)
                .javaHome(JAVA)
                .commandPrefix(List.of("nice", "-n", ""))
                .initializer(INITIALIZER)
                .output(OutputRouting.discard())
                .codec(CODEC)
                .resultFilter(FILTER)
                .reducer(Thread.class, THREAD)
                .listener(LISTENER)
                .jmx(true)
                .reuse(Reuse.NEVER)
                .killWorkers(true);
    }

    /** A setter of a duration. */
    interface DurationSetter {
        void set(ProcessPoolOptions.Builder builder, Duration value);
    }

    record DurationOption(String name, DurationSetter setter) {
        @Override
        public String toString() {
            return name;
        }
    }

    record OptionCall(String name, Consumer<ProcessPoolOptions.Builder> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class NoCodec implements TaskCodec {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Object value, OutputStream out) {
            throw new AssertionError("never called");
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) {
            throw new AssertionError("never called");
        }
    }
}
