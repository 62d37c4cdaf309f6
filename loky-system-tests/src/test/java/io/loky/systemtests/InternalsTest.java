/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways into the JDK, each in a program of its own, and what is left without. */
class InternalsTest {
    private static final String AGENT = "io.loky.internal.codec.jdk.OpeningAgent";

    /** Says which way it found, and what a pool does with a plain lambda, a Serializable one, and objects. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("CatchAndPrintStackTrace")
        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                String obstacle = JdkInternals.obstacle();
                System.out.println(
                        "way: " + (obstacle == null ? JdkInternals.get().way() : obstacle));
                Callable<String> plain = () -> "ran";
                print("plain", pool.submit(plain)::get);
                print("serializable", pool.submit((SerializableCallable<String>) () -> "ran")::get);
                Callable<Callable<String>> maker = new Maker();
                print("result", () -> pool.submit(maker).get().call());
                Plain object = new Plain();
                print(
                        "object",
                        () -> pool.submitWith(x -> "ran " + (x.self == x), object)
                                .get());
                object.list.add(object);
                print(
                        "cycle",
                        () -> pool.submitWith(x -> "ran " + (x.list.get(0) == x), object)
                                .get());
            } catch (IllegalArgumentException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }

        private static void print(String what, Callable<String> call) throws Exception {
            try {
                System.out.println(what + ": " + call.call());
            } catch (ExecutionException e) {
                System.out.println(what + ": " + e.getCause().getMessage());
            }
        }
    }

    /** Makes a plain lambda, in the worker. */
    static final class Maker implements Callable<Callable<String>> {
        @Override
        public Callable<String> call() {
            return () -> "ran";
        }
    }

    /** Refers to itself, and through a list. */
    static final class Plain {
        final Plain self = this;
        final List<Plain> list = new ArrayList<>();
    }

    private static String run(String... jvmArgs) throws Exception {
        try (ChildJvm child = ChildJvm.of(Program.class).jvmArgs(jvmArgs).start()) {
            assertThat(child.exitCode()).as("%s", child).isZero();
            assertThat(child.err()).as("warnings of the JVM").isEmpty();
            return child.out();
        }
    }

    private static void assertAllWorks(String out, String way) {
        assertThat(out.lines())
                .containsExactly(
                        "way: " + way,
                        "plain: ran",
                        "serializable: ran",
                        "result: ran",
                        "object: ran true",
                        "cycle: ran true");
    }

    /** Without any flag: no warning, and all works. */
    @Test
    void auto_noFlag_takesTheFactory() throws Exception {
        assertAllWorks(run(), "reflection");
    }

    @Test
    void auto_packageIsOpen_takesTheCleanWay() throws Exception {
        assertAllWorks(run("--add-opens", "java.base/java.lang.invoke=ALL-UNNAMED"), "opens");
    }

    @Test
    void reflection_packageIsOpen_takesTheFactory() throws Exception {
        assertAllWorks(
                run("--add-opens", "java.base/java.lang.invoke=ALL-UNNAMED", "-Dio.loky.internals=reflection"),
                "reflection");
    }

    @Test
    void opens_agent_opens(@TempDir Path folder) throws Exception {
        Path jar = agentJar(folder);

        assertAllWorks(run("-javaagent:" + jar, "-Dio.loky.internals=opens"), "opens");
    }

    /** What the library's own jar says in its manifest, in a jar of its own: here the library is no jar yet. */
    private static Path agentJar(Path folder) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", AGENT);
        Path jar = folder.resolve("agent.jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }

    @Test
    void opens_nothingIsOpen_namesTheFlag() throws Exception {
        assertThat(run("-Dio.loky.internals=opens"))
                .contains("way: this JVM does not let the library look into it; start it with --add-opens"
                        + " java.base/java.lang.invoke=ALL-UNNAMED")
                .contains("is not Serializable, and this JVM does not let")
                .contains("serializable: ran");
    }

    /** What needs no internals works, what does is refused with the remedy, and nothing is silently wrong. */
    @Test
    void off_plainLambda_isRefusedAndTheRestWorks() throws Exception {
        String out = run("-Dio.loky.internals=off");

        assertThat(out)
                .contains("plain: task #1")
                .contains("is switched off by the system property io.loky.internals=off")
                .contains("SerializableCallable")
                .contains("serializable: ran")
                .contains("object: ")
                .containsPattern("result: the result of task #3.*switched off")
                .containsPattern("cycle: .*refers back to itself");
    }

    @Test
    void create_badSetting_isRefusedByName() throws Exception {
        assertThat(run("-Dio.loky.internals=maybe"))
                .contains(
                        "refused: the system property io.loky.internals is 'maybe'; it can be auto, opens, reflection or off");
    }
}
