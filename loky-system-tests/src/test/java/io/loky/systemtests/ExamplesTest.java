/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.examples.Census;
import io.loky.examples.Hello;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The examples, run as their users run them. */
class ExamplesTest {
    /** Classes that every test class path has. */
    private static final List<Class<?>> CLASSES =
            List.of(ExamplesTest.class, Pools.class, ChildJvm.class, Hello.class, Census.class, Test.class);

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** Hello ends by itself with exit code 0, having seen four workers; three times. */
    @Test
    void hello_threeTimes_usesFourWorkersAndLeavesNothing() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (ChildJvm hello = ChildJvm.start(Hello.class)) {
                assertThat(hello.exitCode()).as("%s", hello).isZero();
                assertThat(hello.out()).contains("Number of worker processes: 4");
                assertThat(hello.err()).isEmpty();
                Processes.assertNothingIsLeftOf(hello.pid());
            }
        }
    }

    /** The report does not depend on the number of workers; a damaged jar is reported and does not fail the census. */
    @Test
    void census_withDifferentNumbersOfWorkers_printsTheSame() throws Exception {
        for (int i = 0; i < 12; i++) {
            writeJar(folder.resolve("lib-" + i + ".jar"), CLASSES.subList(0, 1 + i % CLASSES.size()));
        }
        Files.writeString(folder.resolve("damaged.jar"), "not a jar");

        String one = census(0, "--workers", "1");
        String two = census(0, "--workers", "2");
        String eight = census(0, "--workers", "8", "--no-speedup");

        assertThat(one).contains("jars: 13", "lost jars: 0", "damaged jars: 1", "lib-7.jar");
        assertThat(two).isEqualTo(one);
        assertThat(eight).isEqualTo(one);
    }

    private String census(int exitCode, String... args) throws Exception {
        try (ChildJvm census =
                ChildJvm.of(Census.class).args(args).args(folder.toString()).start()) {
            assertThat(census.exitCode()).as("%s", census).isEqualTo(exitCode);
            Processes.assertNothingIsLeftOf(census.pid());
            return census.out();
        }
    }

    /**
     * A worker that is killed loses the jar that it was reading, and the exit status says so. The slow jar takes seconds
     * to read; its reader is frozen as soon as it has opened it, and killed while it has it open.
     */
    @Test
    void census_busyWorkerKilled_losesOnlyItsJar() throws Exception {
        writeJar(folder.resolve("a.jar"), CLASSES);
        writeSlowJar(folder.resolve("slow.jar"));
        writeJar(folder.resolve("z.jar"), CLASSES);
        try (ChildJvm census = ChildJvm.of(Census.class)
                .args("--workers", "2", "--no-speedup", folder.toString())
                .start()) {
            Path slow = folder.resolve("slow.jar").toRealPath();
            long[] reader = {0};
            Await.until(
                    "a worker reads the slow jar",
                    () -> {
                        for (long worker : Processes.workersOf(census.pid())) {
                            if (Processes.openFiles(worker).contains(slow)) {
                                // it is busy with this jar, and stays so until the kill
                                Processes.signal("STOP", worker);
                                reader[0] = worker;
                                return true;
                            }
                        }
                        return false;
                    },
                    census::toString);

            Processes.kill(reader[0]);

            assertThat(census.exitCode()).as("%s", census).isEqualTo(3);
            assertThat(census.out()).contains("lost jars: 1", "jars: 3", "lost: ", "SIGKILL");
            assertThat(census.out().lines().filter(line -> line.startsWith("  classes:")))
                    .as("the other two and the summary")
                    .hasSize(3);
            Processes.assertNothingIsLeftOf(census.pid());
        }
    }

    private static void writeJar(Path jar, List<Class<?>> classes) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type : classes) {
                add(out, type.getName().replace('.', '/') + ".class", bytesOf(type));
            }
        }
    }

    /** 100 000 classes. */
    private static void writeSlowJar(Path jar) throws IOException {
        byte[] bytes = bytesOf(Test.class);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (int i = 0; i < 100_000; i++) {
                add(out, "slow/Copy" + i + ".class", bytes);
            }
        }
    }

    private static void add(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
