/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableRunnable;
import io.loky.TaskOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gallery in {@code docs/crash-reports.md}: what a user sees of each way in which a worker dies, from a worker that has really died
 * so. Numbers, addresses and the like differ from death to death and are not compared. With {@code
 * -Dloky.gallery=write} what is seen is written into the page instead.
 */
class CrashGalleryTest {
    private static final Path PAGE = Path.of("..", "docs", "crash-reports.md");
    private static final boolean WRITES = "write".equals(System.getProperty("loky.gallery"));
    private static final String END = "<!-- end -->";
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /**
     * @param name the mark in the page
     * @param options what its pool is told
     */
    private record Exhibit(String name, UnaryOperator<ProcessPoolOptions.Builder> options, SerializableRunnable deed) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Exhibit exhibit(String name, SerializableRunnable deed, String... jvmArgs) {
        return new Exhibit(name, builder -> builder.jvmArgs(List.of(jvmArgs)), deed);
    }

    static Stream<Exhibit> exhibits() {
        return Stream.of(
                new Exhibit(
                        "segmentation-fault",
                        builder -> builder.jvmArgs(NativeCrashTest.Crash.jvmArgs()),
                        Deeds::writeToAddressZero),
                exhibit(
                        "native-library",
                        Deeds::freeAStreamThatIsNone,
                        "--add-opens=java.base/java.util.zip=ALL-UNNAMED"),
                exhibit("exit", Deeds::giveUp),
                exhibit("halt", Deeds::halt),
                exhibit("sigkill", () -> Deeds.send("KILL")),
                exhibit("sigterm", () -> Deeds.send("TERM")),
                new Exhibit("sigstop", builder -> builder.heartbeat(Duration.ofMillis(100)), () -> Deeds.send("STOP")),
                new Exhibit("heap", builder -> builder.maxHeap("64m"), Deeds::fillTheHeap),
                exhibit(
                        "gc-overhead",
                        Deeds::fillTheHeapSlowly,
                        "-Xmx32m",
                        "-XX:+UseParallelGC",
                        "-XX:GCTimeLimit=1",
                        "-XX:GCHeapFreeLimit=90"),
                exhibit("metaspace", Deeds::fillTheMetaspace, "-XX:MaxMetaspaceSize=32m"),
                exhibit("direct-memory", Deeds::fillTheDirectMemory, "-XX:MaxDirectMemorySize=8m"),
                exhibit("native-threads", Deeds::startOneThreadTooMany),
                exhibit("array-size", () -> {
                    int unused = Deeds.askForTooLargeAnArray();
                }),
                exhibit("exit-on-out-of-memory", Deeds::fillTheHeap, "-Xmx64m", "-XX:+ExitOnOutOfMemoryError"),
                exhibit("crash-on-out-of-memory", Deeds::fillTheHeap, "-Xmx64m", "-XX:+CrashOnOutOfMemoryError"),
                exhibit("bad-flag", Deeds::halt, "-XX:+NoSuchFlag"),
                exhibit("lost", Deeds::breakTheChannel));
    }

    @ParameterizedTest
    @MethodSource("exhibits")
    void page_eachWayToDie_showsWhatIsSeen(Exhibit exhibit) throws Exception {
        show(exhibit);
    }

    /** Where this is allowed to make a control group. */
    @Test
    void page_killedByTheKernelForMemory_showsWhatIsSeen() throws Exception {
        Optional<Path> group = smallGroup();
        assumeTrue(group.isPresent(), "no control group with a limit can be made here");
        Path procs = group.get().resolve("cgroup.procs");
        try {
            show(new Exhibit(
                    "killed-by-the-kernel",
                    builder -> builder.maxHeap("64m")
                            .jvmArgs(List.of("-XX:MaxDirectMemorySize=1g"))
                            .commandPrefix(List.of("/bin/sh", "-c", "echo $$ > " + procs + " && exec \"$@\"", "sh")),
                    () -> Deeds.takeNativeMemory(512 << 20)));
        } finally {
            pools.closeAll();
            Await.until("the control group is empty", () -> remove(group.get()));
        }
    }

    /** The kernel refuses it as long as a process is in it, which may take a moment to go. */
    private static boolean remove(Path group) {
        try {
            return Files.deleteIfExists(group) || !Files.exists(group);
        } catch (IOException e) {
            return false;
        }
    }

    /** A group for the workers of this test, with room for a JVM and not much more. */
    private static Optional<Path> smallGroup() {
        String name = "loky-test-" + Processes.ownPid();
        for (String[] version : new String[][] {
            {"memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"}, {"", "memory.max", "memory.swap.max"}
        }) {
            Path group = GROUPS.resolve(version[0]).resolve(name);
            try {
                if (!Files.isDirectory(group.getParent())) {
                    continue;
                }
                Files.createDirectory(group);
                if (Files.exists(group.resolve(version[1]))) {
                    Files.writeString(group.resolve(version[1]), Integer.toString(200 << 20));
                    if (Files.exists(group.resolve(version[2]))) {
                        Files.writeString(
                                group.resolve(version[2]), version[0].isEmpty() ? "0" : Integer.toString(200 << 20));
                    }
                    return Optional.of(group);
                }
                Files.deleteIfExists(group);
            } catch (IOException e) {
                assertThat(remove(group)).as("%s", e).isTrue(); // not root, or mounted for reading only
            }
        }
        return Optional.empty();
    }

    private void show(Exhibit exhibit) throws Exception {
        String seen = seen(exhibit);
        if (WRITES) {
            write(exhibit.name, seen);
        }
        String shown = Document.of("docs/crash-reports.md").between(begin(exhibit.name), END);

        assertThat(comparable(shown)).as("\n" + seen).isEqualTo(comparable("```text\n" + seen + "\n```\n"));
    }

    private static String begin(String name) {
        return "<!-- gallery: " + name + " -->";
    }

    private String seen(Exhibit exhibit) throws Exception {
        pools.console();
        ProcessPoolExecutor pool = pools.create(exhibit.options
                .apply(ProcessPoolOptions.builder().maxWorkers(1).crashDirectory(folder))
                .build());

        Throwable failure = Pools.failure(pool.submit(exhibit.deed, TaskOptions.named("nightly report")));

        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        List<String> lines = new ArrayList<>();
        for (String line : text.toString().lines().toList()) {
            boolean isFrame = FRAME.matcher(line).lookingAt();
            if (!isFrame || line.contains(Deeds.class.getName() + ".")) {
                lines.add(line.replace("\t", "    "));
            } else if (!lines.get(lines.size() - 1).equals("    ...")) {
                lines.add("    ...");
            }
        }
        return String.join("\n", lines)
                .replace(folder.toAbsolutePath().toString(), "/var/log/loky")
                .replaceAll("\\((/sys/fs/cgroup/(?:memory/)?).*/(memory\\.\\w+)\\)", "($1workers/$2)");
    }

    private static void write(String name, String seen) throws Exception {
        String page = Files.readString(PAGE, UTF_8);
        int from = page.indexOf(begin(name) + "\n") + begin(name).length() + 1;
        int to = page.indexOf(END, from);
        Files.writeString(PAGE, page.substring(0, from) + "```text\n" + seen + "\n```\n" + page.substring(to), UTF_8);
    }

    // ---- what differs from death to death, from machine to machine, and from Java 17 to 25 -------------------------

    private static final Pattern FRAME = Pattern.compile("\t+at ");
    private static final Pattern NATIVE_FRAME = Pattern.compile("([CV])  \\[(lib[a-z]+).*");
    private static final Pattern HISTOGRAM = Pattern.compile("\\s+\\d+ bytes in \\d+ objects of \\S+");

    private static String comparable(String text) {
        List<String> lines = new ArrayList<>();
        boolean javaFrames = false;
        for (String line : text.lines().toList()) {
            javaFrames = line.endsWith("Java frames, innermost first:") || (javaFrames && line.startsWith("    "));
            boolean isOurs = line.contains("Deeds.") || line.endsWith(":");
            boolean isHistogram = HISTOGRAM.matcher(line).matches();
            boolean repeats = isHistogram
                    && HISTOGRAM.matcher(lines.get(lines.size() - 1)).matches();
            if (repeats || (javaFrames && !isOurs)) {
                continue;
            }
            lines.add(isHistogram ? line : masked(line));
        }
        return String.join("\n", lines)
                .replaceAll("\\s\\d+ bytes in \\d+ objects", " N bytes in N objects")
                .replaceAll("/libz\\.so[.\\d]*|libzip\\.so", "libz");
    }

    private static String masked(String line) {
        return NATIVE_FRAME
                .matcher(line)
                .replaceAll("$1  $2")
                .replace("libzip", "libz")
                .replaceAll("(java\\.base|jdk\\.\\w+|java\\.\\w+)@[\\w.+-]+", "$1")
                .replaceAll("\\((\\w+\\.java):\\d+\\)", "($1)")
                .replaceAll("0x[0-9a-f]+", "0x")
                .replaceAll("pid ?\\d+", "pid N")
                .replaceAll("\\d+(\\.\\d+)? (ms|s)\\b", "N s")
                .replaceAll("worker-\\d+", "worker-N")
                .replaceAll("pool-\\d+", "pool-N")
                .replaceAll("task #\\d+", "task #N")
                .replaceAll("\\d{8}-\\d{6}-\\d{3}", "TIME")
                .replaceAll("\\$\\$Lambda[$\\d]*", "\\$\\$Lambda")
                .replaceAll("lambda\\$(\\w+)\\$\\d+", "lambda $1")
                .replaceAll("\\)(\\S+)\\+\\d+$", ")$1")
                .replaceAll("room for \\d+ MiB", "room for N MiB")
                .replaceAll(
                        "memory: \\d+ when this worker started, \\d+ when it had died \\(.*\\)", "memory: N, N (FILE)")
                .replaceAll("\\d+ bytes of direct", "N bytes of direct")
                .replaceAll("(allocated|limit): \\d+", "$1: N");
    }
}
