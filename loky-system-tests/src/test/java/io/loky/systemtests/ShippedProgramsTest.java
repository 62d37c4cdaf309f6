/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are started in other ways than from a class path: their workers find their classes all the same. */
class ShippedProgramsTest {
    @TempDir
    Path folder;

    private Programs programs;

    @BeforeEach
    void makePrograms() {
        programs = new Programs(folder);
    }

    // ---- source files -------------------------------------------------------------------------------------------

    /** {@code java Script.java}: records, enums, helper classes, results of the script's own types, exceptions. */
    @Test
    void sourceFile_launched_usesWorkers() throws Exception {
        Path script = programs.file("Script.java", """
                import io.loky.*;
                import java.util.*;

                public class Script {
                    record Point(int x, int y) implements java.io.Serializable {}
                    enum Color { RED, GREEN { @Override public String toString() { return "green"; } } }
                    static class Failed extends Exception { Failed(String message) { super(message); } }

                    public static void main(String[] args) throws Exception {
                        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                            int base = args.length;
                            System.out.println(pool.submit(() -> new Point(base, Helper.twice(4))).get());
                            System.out.println(pool.submit(() -> List.of(Color.RED, Color.GREEN)).get().get(1) == Color.GREEN);
                            try {
                                pool.submit(() -> { if (true) throw new Failed("failed"); return 1; }).get();
                            } catch (java.util.concurrent.ExecutionException e) {
                                System.out.println(e.getCause() instanceof Failed);
                            }
                            System.out.println(pool.submit(() ->
                                    Thread.currentThread().getContextClassLoader().loadClass("Helper").getName()).get());
                        }
                    }
                }

                class Helper {
                    static int twice(int n) { return 2 * n; }
                }
                """);

        assertThat(programs.run(Programs.java(), "-cp", Programs.library(), script.toString(), "a", "b"))
                .containsExactly("Point[x=2, y=8]", "true", "true", "Helper");
    }

    /** A compact source file, from Java 25 on. */
    @Test
    void compactSourceFile_launched_usesWorkers() throws Exception {
        assumeTrue(Runtime.version().feature() >= 25, "compact source files are from Java 25 on");
        Path script = programs.file("compact.java", """
                import io.loky.*;

                record Point(int x, int y) implements java.io.Serializable {}

                static int twice(int n) { return 2 * n; }

                void main() throws Exception {
                    try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                        IO.println(pool.submit(() -> new Point(1, twice(4))).get());
                    }
                }
                """);

        assertThat(programs.run(Programs.java(), "-cp", Programs.library(), script.toString()))
                .containsExactly("Point[x=1, y=8]");
    }

    /** A program in several source files, from Java 22 on: the launcher compiles those that are used. */
    @Test
    void severalSourceFiles_launched_useWorkers() throws Exception {
        assumeTrue(Runtime.version().feature() >= 22, "programs of several source files are from Java 22 on");
        programs.file("Helper.java", "class Helper { static int twice(int n) { return 2 * n; } }");
        Path script = programs.file("Program.java", """
                import io.loky.*;

                public class Program {
                    public static void main(String[] args) throws Exception {
                        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                            System.out.println(pool.submit(() -> Helper.twice(4)).get());
                        }
                    }
                }
                """);

        assertThat(programs.run(Programs.java(), "-cp", Programs.library(), script.toString()))
                .containsExactly("8");
    }

    // ---- jshell -------------------------------------------------------------------------------------------------

    private static final String SNIPPETS = """
            import io.loky.*;
            var pool = ProcessPoolExecutor.create(1);
            record Point(int x, int y) implements java.io.Serializable {}
            int twice(int n) { return 2 * n; }
            System.out.println(pool.submit(() -> new Point(1, twice(4))).get());
            class Later { public String toString() { return "later"; } }
            System.out.println(pool.submit(() -> new Later().toString()).get());
            int base = 40;
            String text = "two";
            var list = new java.util.ArrayList<Integer>(java.util.List.of(1, 2));
            int sum() { return base + list.size(); }
            System.out.println(pool.submit(() -> text + " " + base + " " + sum()).get());
            base = 50;
            list.add(3);
            System.out.println(pool.submit(() -> sum()).get());
            int twice(int n) { return 3 * n; }
            System.out.println(pool.submit(() -> new Point(1, twice(4))).get());
            class Later { public String toString() { return "changed"; } }
            System.out.println(pool.submit(() -> new Later().toString()).get());
            class Unreadable implements java.io.Serializable {
                private void readObject(java.io.ObjectInputStream in) throws java.io.IOException { throw new java.io.IOException("no"); }
            }
            Object any = 5;
            System.out.println(pool.submit(() -> any + "").get());
            any = Thread.currentThread();
            System.out.println(pool.submit(() -> any + "").get());
            any = 6;
            System.out.println(pool.submit(() -> any + "").get());
            any = new Unreadable();
            System.out.println(pool.submit(() -> any + "").get());
            pool.close();
            /exit
            """;

    private static final String[] SAID = {
        "Point[x=1, y=8]", "later", "two 40 42", "53", "Point[x=1, y=12]", "changed", "5", "null", "6", "null"
    };

    /** Classes, methods, variables with their values, and what is typed anew. */
    @Test
    void jshell_remoteExecution_usesWorkers() throws Exception {
        assertThat(programs.run(
                        Programs.jdk("jshell"),
                        programs.preferences(),
                        "-s",
                        "--class-path",
                        Programs.library(),
                        programs.file("a.jsh", SNIPPETS).toString()))
                .containsExactly(SAID);
    }

    @Test
    void jshell_localExecution_usesWorkers() throws Exception {
        assertThat(programs.run(
                        Programs.jdk("jshell"),
                        programs.preferences(),
                        "-s",
                        "--execution",
                        "local",
                        "-J--class-path=" + Programs.library(),
                        "--class-path",
                        Programs.library(),
                        programs.file("a.jsh", SNIPPETS).toString()))
                .containsExactly(SAID);
    }

    // ---- modules ------------------------------------------------------------------------------------------------

    /** Classes, resources and services of named modules that open and export nothing. */
    @Test
    void modulePath_program_usesWorkers() throws Exception {
        Path sources = folder.resolve("sources");
        Path app = sources.resolve("app");
        Programs.write(app.resolve("module-info.java"), """
                module app {
                    requires io.loky;
                    uses app.api.Greeter;
                    provides app.api.Greeter with app.inside.Polite;
                }
                """);
        Programs.write(
                app.resolve("app/api/Greeter.java"), "package app.api; public interface Greeter { String greet(); }");
        Programs.write(app.resolve("app/inside/Polite.java"), """
                package app.inside;
                public class Polite implements app.api.Greeter {
                    public String greet() { return "good day"; }
                }
                """);
        Programs.write(app.resolve("app/Main.java"), """
                package app;
                import io.loky.*;
                import java.util.*;

                public class Main {
                    record Point(int x, int y) implements java.io.Serializable {}
                    static class Failed extends Exception { final int code = 7; Failed() { super("failed"); } }

                    public static void main(String[] args) throws Exception {
                        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                            System.out.println(pool.submit(() -> new Point(1, 2)).get());
                            System.out.println(pool.submit(() -> Main.class.getModule().isNamed()).get());
                            System.out.println(pool.submit(() ->
                                    ServiceLoader.load(app.api.Greeter.class).iterator().next().greet()).get());
                            System.out.println(pool.submit(() -> {
                                try (var in = Main.class.getResourceAsStream("note.txt")) {
                                    return new String(in.readAllBytes());
                                }
                            }).get());
                            System.out.println(pool.submit(() -> {
                                try (var in = Main.class.getResource("note.txt").openStream()) {
                                    return new String(in.readAllBytes());
                                }
                            }).get());
                            try {
                                pool.submit(() -> { if (true) throw new Failed(); return 1; }).get();
                            } catch (java.util.concurrent.ExecutionException e) {
                                System.out.println(((Failed) e.getCause()).code);
                            }
                            SerializableCallable<Integer> back = pool.submit(() -> (SerializableCallable<Integer>) () -> 9).get();
                            System.out.println(back.call());
                        }
                    }
                }
                """);
        Path classes = folder.resolve("classes");
        Programs.compile(
                "--module-path",
                Programs.library(),
                "--module-source-path",
                sources.toString(),
                "-d",
                classes.toString(),
                "-m",
                "app");
        Programs.write(classes.resolve("app/app/note.txt"), "a note");

        assertThat(programs.run(
                        Programs.java(),
                        "--module-path",
                        Programs.library() + File.pathSeparator + classes.resolve("app"),
                        "-m",
                        "app/app.Main"))
                .containsExactly("Point[x=1, y=2]", "false", "good day", "a note", "a note", "7", "9");
    }
}
