/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.machine.Machine;
import io.loky.internal.parent.classes.ClassSupply;
import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerRules;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaCommandTest {
    private static final String OUR_COLLECTOR = "-XX:+UseParallelGC";
    private static final String SMALL_COLLECTOR = "-XX:+UseSerialGC";

    private static final ClassSupply PROGRAM = ClassSupply.ofThisProgram(null);

    @TempDir
    private Path directory;

    private WorkerArguments arguments;

    @BeforeEach
    void makeArguments() {
        arguments = new WorkerArguments(
                "pipes", directory.toString(), "loky-pool-1-worker-1", 5000, 6, WorkerRules.NONE, "TIMES", 65536);
    }

    @Test
    void of_defaults_isThisJavaThenFlagsThenTheWorkersMainClassAndArguments() throws IOException {
        List<String> command = command(options());

        assertThat(command.get(0))
                .isEqualTo(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        assertThat(command)
                .endsWith(
                        "io.loky.internal.worker.WorkerMain",
                        "pipes",
                        directory.toString(),
                        "loky-pool-1-worker-1",
                        "5000",
                        "6",
                        Long.MAX_VALUE + "," + Long.MAX_VALUE + ",0,IGNORE",
                        "TIMES",
                        "65536")
                .containsSubsequence(
                        "-cp",
                        WorkerClassPath.get(new WorkerDirectory(directory), PROGRAM.classPath()),
                        "io.loky.internal.worker.WorkerMain")
                .contains(OUR_COLLECTOR)
                .contains("-XX:ErrorFile=" + directory.resolve("hs_err_%p.log"), "-XX:-CreateCoredumpOnCrash")
                .anyMatch(arg -> arg.startsWith("-XX:MaxRAMPercentage="))
                .noneMatch(arg -> arg.startsWith("-Xmx"));
    }

    /** What the user says of the JVM's log is said after what keeps an archive silent that does not fit. */
    @Test
    void of_archive_comesAfterOurLogAndBeforeTheUsersFlags() throws IOException {
        ProcessPoolOptions options = options().jvmArgs(List.of("-Xlog:gc")).build();

        assertThat(JavaCommand.of(
                        options,
                        new Share(2, 2),
                        TargetJava.of(options),
                        arguments,
                        new WorkerDirectory(directory),
                        List.of("-XX:AOTCache=/x", "-Xlog:aot*=off:stderr"),
                        PROGRAM.classPath()))
                .containsSubsequence(
                        "-Xlog:all=error:stderr", "-XX:AOTCache=/x", "-Xlog:aot*=off:stderr", "-Xlog:gc", "-cp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseZGC", "-XX:+UseSerialGC", "-XX:+UseG1GC", "-XX:+UseShenandoahGC"})
    void of_userChoosesACollector_replacesOurs(String collector) throws IOException {
        assertThat(command(options().jvmArgs(List.of("-Xss1m", collector))))
                .containsOnlyOnce(collector)
                .doesNotContain(OUR_COLLECTOR, "-XX:-ShrinkHeapInSteps")
                .noneMatch(arg -> arg.startsWith("-XX:ParallelGCThreads"));
    }

    /** A JVM that finds two collectors does not start. */
    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"})
    void of_environmentChoosesACollector_leavesItToThat(String variable) throws IOException {
        assertThat(command(options().environment(Map.of(variable, "-Xss1m -XX:+UseSerialGC -Dx=y"))))
                .doesNotContain(OUR_COLLECTOR);
        assertThat(command(options().environment(Map.of(variable, "-Xss1m")))).contains(OUR_COLLECTOR);
    }

    /** Nobody reads the file here, and a collector in it besides ours would stop the JVM. */
    @ParameterizedTest
    @ValueSource(strings = {"@opts", "-XX:Flags=opts", "-XX:VMOptionsFile=opts"})
    void of_flagsInAFile_mayChooseACollector(String argument) throws IOException {
        assertThat(command(options().jvmArgs(List.of("-Xss1m", argument)))).doesNotContain(OUR_COLLECTOR);
        assertThat(command(options().environment(Map.of("JDK_JAVA_OPTIONS", "-Xss1m " + argument))))
                .doesNotContain(OUR_COLLECTOR);
        assertThat(command(options().jvmArgs(List.of("-Dx=@opts")))).contains(OUR_COLLECTOR);
    }

    @Test
    void of_userTunesOurCollector_keepsIt() throws IOException {
        assertThat(command(options().jvmArgs(List.of("-XX:ParallelGCThreads=2", "-XX:-UseZGC"))))
                .contains(OUR_COLLECTOR, "-XX:ParallelGCThreads=2", "-XX:-UseZGC");
    }

    @Test
    void of_maxHeap_replacesTheShare() throws IOException {
        assertThat(command(options().maxHeap("512m")))
                .contains("-Xmx512m")
                .noneMatch(arg -> arg.startsWith("-XX:MaxRAMPercentage="));
    }

    @Test
    void of_moreWorkers_giveEachASmallerShareOfTheMemory() throws IOException {
        assertThat(command(options(), new Share(1, 8))).contains("-XX:MaxRAMPercentage=80.000");
        assertThat(command(options(), new Share(4, 2))).contains("-XX:MaxRAMPercentage=20.000");
    }

    /** With the one flag alone a JVM never has a heap of less than some 126 MB. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(120)
    void of_smallShare_isWhatARealJvmTakes() throws Exception {
        long memory = Machine.memoryBytes().orElseThrow();
        int workers = (int) (memory / ((32 << 20) + HeapShare.JVM_ITSELF));
        List<String> command = new ArrayList<>(command(options(), new Share(workers, 1)));

        assertThat(mostHeap(command)).isBetween(24L << 20, 40L << 20);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(120)
    void of_limitOfTheProcess_keepsTheHeapOfARealJvmBelow() throws Exception {
        ProcessPoolOptions.Builder limited = options().workerMemoryLimit(100L << 20);

        assertThat(mostHeap(command(limited, new Share(1, 2)))).isBetween(64L << 20, 80L << 20);
        assertThat(mostHeap(command(limited.maxHeap("200m"), new Share(1, 2)))).isEqualTo(200L << 20);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(120)
    void of_userSaysAPartOfTheMemory_isWhatARealJvmTakes() throws Exception {
        long tenth = Machine.memoryBytes().orElseThrow() / 10;
        List<String> command = command(options().jvmArgs(List.of("-XX:MaxRAMPercentage=10")), new Share(100, 1));

        assertThat(command).noneMatch(arg -> arg.startsWith("-XX:MinRAMPercentage="));
        assertThat(mostHeap(command)).isBetween(tenth * 9 / 10, tenth * 11 / 10);
    }

    /** The largest heap that a JVM with this command line decides on. */
    private long mostHeap(List<String> command) throws Exception {
        List<String> words = new ArrayList<>(command);
        words.removeAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr")); // they silence what is asked for here
        words.addAll(1, List.of("-XX:+PrintFlagsFinal", "--dry-run"));
        Path output = directory.resolve("flags");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(output).stream()
                .filter(line -> line.contains(" MaxHeapSize "))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*= (\\d+).*", "$1")))
                .findAny()
                .orElseThrow();
    }

    @Test
    void of_shareOfSeveralCpus_collectsWithSoManyThreads() throws IOException {
        assertThat(command(options(), new Share(2, 3)))
                .contains(OUR_COLLECTOR, "-XX:ParallelGCThreads=3", "-XX:+UseAdaptiveSizePolicyWithSystemGC")
                .doesNotContain(SMALL_COLLECTOR, "-XX:-ShrinkHeapInSteps");
    }

    @Test
    void of_shareOfOneCpu_collectsInTheWayThatGivesMostBack() throws IOException {
        assertThat(command(options(), new Share(8, 1)))
                .contains(SMALL_COLLECTOR, "-XX:-ShrinkHeapInSteps", "-XX:ActiveProcessorCount=1")
                .doesNotContain(OUR_COLLECTOR);
    }

    /** A JVM does not start with a flag that it does not know. */
    @Test
    void flags_laterJava_withoutWhatItMayNotKnow() {
        Share two = new Share(2, 2);
        ProcessPoolOptions options = options().build();

        assertThat(two.flags(options, java(25))).contains("-XX:+UseAdaptiveSizePolicyWithSystemGC");
        assertThat(two.flags(options, java(26)))
                .contains(OUR_COLLECTOR)
                .doesNotContain("-XX:+UseAdaptiveSizePolicyWithSystemGC");
    }

    @Test
    void canGiveMemoryBack_collectorThatKeepsEverything_no() {
        assertThat(canGiveMemoryBack(options(), 1, 17)).isTrue();
        assertThat(canGiveMemoryBack(options(), 3, 17)).isTrue();
        assertThat(canGiveMemoryBack(options(), 3, 26)).isFalse();
        assertThat(canGiveMemoryBack(options().jvmArgs(List.of("-XX:+UseG1GC")), 3, 26))
                .isTrue();
        assertThat(canGiveMemoryBack(options().jvmArgs(List.of(OUR_COLLECTOR)), 1, 17))
                .isFalse();
        assertThat(canGiveMemoryBack(options().environment(Map.of("JAVA_TOOL_OPTIONS", OUR_COLLECTOR)), 1, 17))
                .isFalse();
    }

    private static boolean canGiveMemoryBack(ProcessPoolOptions.Builder options, int cpus, int feature) {
        return new Share(2, cpus).canGiveMemoryBack(options.build(), java(feature));
    }

    private static TargetJava java(int feature) {
        return new TargetJava(Path.of("/opt/java"), feature, Set.of());
    }

    /** The flag would overrule what binds the process to some CPUs. */
    @Test
    void of_cpus_areToldOnlyWhereTheyAreFewerThanAWorkerWouldFind() throws IOException {
        int all = CpuBudget.count();
        Share whole = new Share(1, all);
        Share one = new Share(all, 1);
        String flag = "-XX:ActiveProcessorCount=";

        if (all > 1) {
            assertThat(command(options(), whole)).noneMatch(arg -> arg.startsWith(flag));
        }
        assertThat(command(options(), one)).contains(flag + 1);
        assertThat(command(options().commandPrefix(List.of("nice")), one)).contains(flag + 1);
        if (all > 2) {
            assertThat(command(options(), new Share(1, 2))).contains(flag + 2);
            assertThat(command(options().commandPrefix(List.of("taskset", "-c", "0")), new Share(1, 2)))
                    .noneMatch(arg -> arg.startsWith(flag));
        }
    }

    @Test
    void of_userSaysHowManyCpus_leavesItToThat() throws IOException {
        Share one = new Share(8, 1);

        assertThat(command(options().jvmArgs(List.of("-XX:ActiveProcessorCount=6")), one))
                .contains("-XX:ActiveProcessorCount=6")
                .doesNotContain("-XX:ActiveProcessorCount=1");
        assertThat(command(options().environment(Map.of("JAVA_TOOL_OPTIONS", "-Dx=y -XX:ActiveProcessorCount=6")), one))
                .noneMatch(arg -> arg.startsWith("-XX:ActiveProcessorCount"));
    }

    /** A JVM whose least free part is beyond its largest does not start. */
    @Test
    void of_userSaysHowMuchOfTheHeapIsFree_leavesBothToThat() throws IOException {
        assertThat(command(options(), new Share(8, 1))).contains("-XX:MinHeapFreeRatio=70", "-XX:MaxHeapFreeRatio=80");
        assertThat(command(options(), new Share(8, 2))).contains("-XX:MinHeapFreeRatio=70", "-XX:MaxHeapFreeRatio=80");
        assertThat(command(options().jvmArgs(List.of("-XX:MaxHeapFreeRatio=30")), new Share(8, 1)))
                .contains(SMALL_COLLECTOR, "-XX:MaxHeapFreeRatio=30")
                .doesNotContain("-XX:MinHeapFreeRatio=70", "-XX:MaxHeapFreeRatio=80");
    }

    /** A heap that begins larger than it may become would stop the JVM. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(120)
    void of_smallestHeap_startsARealJvm(int cpus) throws Exception {
        List<String> command = new ArrayList<>(command(options().maxHeap("2m"), new Share(8, cpus)));
        command.add(1, "--dry-run");
        Path output = directory.resolve("output");

        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    /** The last of two flags wins in a JVM. */
    @Test
    void of_userArguments_comeAfterOursAndBeforeTheMainClass() throws IOException {
        List<String> command = command(options().maxHeap("1g").jvmArgs(List.of("-Xmx77m", "-XX:+UsePerfData", "-da")));

        assertThat(command)
                .containsSubsequence("-Xmx1g", "-Xmx77m")
                .containsSubsequence("-XX:-UsePerfData", "-XX:+UsePerfData")
                .containsSubsequence("-Xmx77m", "-XX:+UsePerfData", "-da", "-cp", "pipes");
    }

    @Test
    void of_indexInUserArguments_isTheWorkers() throws IOException {
        assertThat(command(options().jvmArgs(List.of("-Dport=900${worker.index}"))))
                .contains("-Dport=9006");
    }

    @Test
    void of_longClassPath_goesIntoAnArgumentFile() throws IOException {
        try (var scope = new ClassPathProperty(longClassPath())) {
            List<String> command = command(options());

            Path file = directory.resolve("arguments");
            assertThat(command).hasSize(2).endsWith("@" + file);
            assertThat(file).content().contains("\"-cp\"", "WorkerMain\"", "entry-899.jar");
        }
    }

    /** A real JVM reads the file and shows what has arrived. */
    @Test
    void internals_setting_isHandedDown() {
        assertThat(JavaCommand.internals(null)).isEmpty();
        assertThat(JavaCommand.internals("off")).containsExactly("-Dio.loky.internals=off");
        assertThat(JavaCommand.internals("opens"))
                .containsExactly("-Dio.loky.internals=opens", "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED");
    }

    @Test
    @Timeout(120)
    void of_longClassPathWithOddNames_arrivesUnchangedInARealJvm() throws Exception {
        List<String> odd = List.of(
                "/opt/with space/a.jar",
                "/opt/with'single/b.jar",
                "/opt/with\"double/c.jar",
                "/opt/with\\backslash\\n/d.jar",
                "/opt/ends with backslash\\",
                "/opt/#hash/e.jar",
                "/opt/@at/f.jar",
                "/opt/$(dollar)`tick`/g.jar");
        List<String> all = new ArrayList<>(odd);
        all.addAll(List.of(longClassPath()));
        String property = "quote \" backslash \\ tick ' # hash  two spaces";
        List<String> jvmArgs = List.of("-XshowSettings:properties", "--dry-run", "-Dodd.value=" + property);
        List<String> command;
        try (var scope = new ClassPathProperty(all.toArray(String[]::new))) {
            command = command(options().jvmArgs(jvmArgs));
        }
        assertThat(command.get(1)).startsWith("@");
        Path output = directory.resolve("output");

        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();

        List<String> lines = Files.readAllLines(output, Charset.defaultCharset()).stream()
                .map(String::strip)
                .toList();
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        assertThat(lines)
                .contains("odd.value = " + property)
                .containsSubsequence(odd)
                .contains(longClassPath());
    }

    private List<String> command(ProcessPoolOptions.Builder options) throws IOException {
        return command(options, new Share(2, 2));
    }

    private List<String> command(ProcessPoolOptions.Builder options, Share share) throws IOException {
        ProcessPoolOptions built = options.build();
        return JavaCommand.of(
                built,
                share,
                TargetJava.of(built),
                arguments,
                new WorkerDirectory(directory),
                List.of(),
                PROGRAM.classPath());
    }

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder().maxWorkers(2);
    }

    private static String[] longClassPath() {
        String[] entries = new String[900];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = File.separator + "opt" + File.separator + "a-long-class-path" + File.separator + "entry-" + i
                    + ".jar";
        }
        return entries;
    }
}
