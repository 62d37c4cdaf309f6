/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are run one after the other, and what the later ones have of the first. */
class StartUpArchiveTest {
    private static final String PROGRAM = """
            package app;
            import io.loky.*;
            import java.nio.file.*;
            import java.util.*;

            public class Main {
                /** The archives that this JVM has mapped. */
                static List<String> archives() throws Exception {
                    List<String> found = new ArrayList<>();
                    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                        String name = line.substring(line.lastIndexOf('/') + 1);
                        if (name.endsWith(".archive") && !found.contains(name)) {
                            found.add(name);
                        }
                    }
                    return found;
                }

                static boolean isThere(Path folder, String end) throws Exception {
                    try (var files = Files.newDirectoryStream(folder, "*" + end)) {
                        return files.iterator().hasNext();
                    } catch (NoSuchFileException e) {
                        return false;
                    }
                }

                public static void main(String[] args) throws Exception {
                    ProcessPoolOptions.Builder options = ProcessPoolOptions.builder().maxWorkers(1);
                    if (args.length > 1) {
                        options.jvmArgs(List.of(args).subList(1, args.length));
                    }
                    try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options.build())) {
                        System.out.println("task of version " + pool.submit(() -> Version.text()).get());
                        System.out.println("archives " + pool.submit(() -> archives()).get());
                        Path folder = Path.of(System.getProperty("io.loky.cache"));
                        while (!args[0].equals("now") && !isThere(folder, args[0])) {
                            Thread.sleep(5);
                        }
                    }
                }
            }
            """;

    /** The longest wait of all tests: for some processes, one after the other, beside all that other tests do. */
    private static final long HANG_SECONDS = 110;

    private static final String NO_ARCHIVE = "archives []";

    @TempDir
    static Path home;

    private static Path library;
    private static Path cache;

    /** Which the first programs have made. */
    private static Path archive;

    private static Path app;

    @TempDir
    Path folder;

    /** Two programs at once, each the first one that it knows of. */
    @BeforeAll
    static void runTheFirstPrograms() throws Exception {
        library = home.resolve("loky.jar");
        Files.copy(LibraryJar.in(Files.createDirectory(home.resolve("made"))), library);
        cache = home.resolve("cache");
        app = makeApp(home, 1);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            List<Future<List<String>>> runs = new ArrayList<>();
            for (String name : List.of("one", "two")) {
                Path own = Files.createDirectory(home.resolve(name));
                runs.add(both.submit(() -> run(own, app, ".archive")));
            }
            for (Future<List<String>> run : runs) {
                assertThat(run.get(HANG_SECONDS, TimeUnit.SECONDS)).containsExactly("task of version 1", NO_ARCHIVE);
            }
        } finally {
            both.shutdownNow();
        }
        assertThat(archives()).hasSize(1);
        archive = archives().get(0);
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void laterProgram_sameLibraryAndJava_startsFromTheArchive() throws Exception {
        assertThat(run(folder, app, "now")).containsExactly("task of version 1", "archives [" + name() + "]");
        assertThat(archives()).containsExactly(archive);
    }

    /** JVMs do not all look whether the classes of a jar have changed: none of the user's may be in an archive. */
    @Test
    void laterProgram_classesOfTheUserChanged_runsTheNewOnes() throws Exception {
        byte[] before = Files.readAllBytes(app);
        FileTime then = Files.getLastModifiedTime(app);
        try {
            Files.copy(makeApp(folder, 2), app, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(app, then);

            assertThat(run(folder, app, "now")).containsExactly("task of version 2", "archives [" + name() + "]");
        } finally {
            Files.write(app, before);
            Files.setLastModifiedTime(app, then);
        }
    }

    @Test
    void laterProgram_libraryChangedInItsPlace_startsWithout() throws Exception {
        byte[] before = Files.readAllBytes(library);
        FileTime then = Files.getLastModifiedTime(library);
        try {
            Path more = Files.writeString(folder.resolve("more.txt"), "another build");
            jar(
                    "--update",
                    "--file",
                    library.toString(),
                    "-C",
                    folder.toString(),
                    more.getFileName().toString());
            Files.setLastModifiedTime(library, then);

            assertThat(run(folder, app, "now")).containsExactly("task of version 1", NO_ARCHIVE);
        } finally {
            Files.write(library, before);
            Files.setLastModifiedTime(library, then);
        }
    }

    /** The JVM itself crashes with either. */
    @Test
    void laterProgram_archiveIsCutOffOrBroken_startsWithout() throws Exception {
        byte[] whole = Files.readAllBytes(archive);
        byte[] broken = whole.clone();
        Arrays.fill(broken, broken.length / 4, broken.length / 2, (byte) 7);
        for (byte[] wrong : List.of(Arrays.copyOf(whole, whole.length / 3), broken)) {
            Files.deleteIfExists(archive);
            Files.write(archive, wrong);
            try {
                assertThat(run(folder, app, "now")).containsExactly("task of version 1", NO_ARCHIVE);
                assertThat(archive).doesNotExist();
            } finally {
                Files.write(archive, whole);
            }
        }
    }

    /** It holds what its name says: only the JVM can tell that this is of no use, and it tells nobody. */
    @Test
    void laterProgram_archiveIsNoneForTheJvm_startsWithoutAWord() throws Exception {
        byte[] content = "what another JVM has made, as far as anybody here can tell".getBytes(UTF_8);
        Path other = Files.createDirectory(folder.resolve("cache"));
        String key = name().substring(0, name().indexOf('-'));
        Path unfit = other.resolve(key + "-" + Integer.toString(content.length, Character.MAX_RADIX) + "-"
                + sum(new CRC32(), content) + sum(new CRC32C(), content) + ".loky.archive");
        Files.write(unfit, content);

        assertThat(run(folder, other, app, "now")).containsExactly("task of version 1", NO_ARCHIVE);
        assertThat(unfit).exists(); // the library has taken it for one
    }

    private static String sum(Checksum checksum, byte[] content) {
        checksum.update(content);
        return String.format("%08x", checksum.getValue());
    }

    @Test
    void laterProgram_userHasHisOwnSay_ourArchiveIsNotUsed() throws Exception {
        assertThat(run(folder, app, "now", "-Xshare:auto")).contains(NO_ARCHIVE);
    }

    @Test
    void program_switchedOff_makesNothing() throws Exception {
        assertThat(run(folder, Path.of("off"), app, "now")).containsExactly("task of version 1", NO_ARCHIVE);
        assertThat(Path.of("off")).doesNotExist();
    }

    /** What runs in the background ends with the pool; see {@link Programs#run}. */
    @Test
    void program_thatEndsWhileOneIsMade_leavesNothing() throws Exception {
        Path other = folder.resolve("cache");

        assertThat(run(folder, other, app, "lock")).containsExactly("task of version 1", NO_ARCHIVE);

        try (Stream<Path> files = Files.list(other)) {
            assertThat(files).containsExactly(other.resolve("lock"));
        }
    }

    // ---- programs -------------------------------------------------------------------------------------------------

    /** What it prints; it has nothing to say on standard error. */
    private static List<String> run(Path own, Path app, String... args) throws Exception {
        return run(own, cache, app, args);
    }

    private static List<String> run(Path own, Path cache, Path app, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Programs.java(),
                "-Dio.loky.internal.nice=0",
                "-Dio.loky.cache=" + cache,
                "-cp",
                app + ":" + library,
                "app.Main"));
        command.addAll(List.of(args));
        List<String> lines = new Programs(own).run(command.toArray(new String[0]));
        assertThat(own.resolve("errors.txt")).isEmptyFile();
        return lines;
    }

    /** A jar, whose content is for this version. */
    private static Path makeApp(Path folder, int version) throws Exception {
        Path source = folder.resolve("source");
        Path classes = folder.resolve("classes");
        Path main = Programs.write(source.resolve("Main.java"), PROGRAM);
        Path text = Programs.write(
                source.resolve("Version.java"),
                "package app; class Version { static String text() { return \"" + version + "\"; } }");
        Programs.compile("-cp", library.toString(), "-d", classes.toString(), main.toString(), text.toString());
        Path jar = folder.resolve("app.jar");
        jar("--create", "--file", jar.toString(), "-C", classes.toString(), ".");
        return jar;
    }

    private static void jar(String... args) {
        ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
        assertThat(tool.run(System.out, System.err, args)).isZero();
    }

    // ---- the cache ------------------------------------------------------------------------------------------------

    private static String name() {
        return archive.getFileName().toString();
    }

    private static List<Path> archives() throws IOException {
        return ending(".archive");
    }

    private static List<Path> unfinished() throws IOException {
        return ending(".tmp");
    }

    private static List<Path> ending(String end) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(end)).toList();
        }
    }
}
