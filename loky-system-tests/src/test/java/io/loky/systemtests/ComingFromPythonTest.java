/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/coming-from-python.md calls things exists, and its program runs. */
class ComingFromPythonTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** What the package loky of Python exports, and the parameters of its main function. */
    private static final List<String> NAMES_OF_LOKY = List.of(
            "get_reusable_executor",
            "max_workers",
            "context",
            "timeout",
            "kill_workers",
            "reuse",
            "job_reducers",
            "result_reducers",
            "initializer",
            "initargs",
            "env",
            "cpu_count",
            "only_physical_cores",
            "wait",
            "as_completed",
            "Future",
            "Executor",
            "ProcessPoolExecutor",
            "submit",
            "map",
            "shutdown",
            "BrokenProcessPool",
            "TerminatedWorkerError",
            "ShutdownExecutorError",
            "LokyRecursionError",
            "CancelledError",
            "TimeoutError",
            "FIRST_COMPLETED",
            "FIRST_EXCEPTION",
            "ALL_COMPLETED",
            "wrap_non_picklable_objects",
            "set_loky_pickler",
            "LOKY_PICKLER",
            "LOKY_MAX_CPU_COUNT",
            "LOKY_MAX_DEPTH",
            "n_jobs",
            "return_as",
            "pre_dispatch",
            "batch_size");

    @TempDir
    Path folder;

    private static Document document() throws IOException {
        return Document.of("docs/coming-from-python.md");
    }

    /** The cells of all rows of all tables, but for their heads. */
    private static List<List<String>> rows() throws IOException {
        return document()
                .text()
                .lines()
                .filter(line -> line.startsWith("| "))
                .filter(line -> !line.startsWith("| ---") && !line.contains("| Here |"))
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .map(cells -> cells.subList(1, cells.size() - 1))
                .toList();
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    /** Nothing of loky's is left out. */
    @Test
    void firstColumns_haveEveryNameOfLoky() throws Exception {
        String python = String.join("\n", rows().stream().map(row -> row.get(0)).toList());

        for (String name : NAMES_OF_LOKY) {
            assertThat(Pattern.compile("`[^`]*\\b" + name + "\\b[^`]*`")
                            .matcher(python)
                            .find())
                    .as("a row about %s", name)
                    .isTrue();
        }
    }

    /** Every Java name in the tables is that of a class, a method or a constant. */
    @Test
    void tables_everyJavaName_exists() throws Exception {
        List<String> unknown = new ArrayList<>();
        int known = 0;
        for (List<String> row : rows()) {
            assertThat(row).as("cells of a row").hasSize(3);
            if (codes(row.get(2)).stream().anyMatch(code -> code.matches("\\w+Test\\.\\w+"))) {
                continue; // the table about tests
            }
            for (String code : Stream.concat(
                            codes(row.get(1)).stream(),
                            codes(row.get(2)).stream().filter(name -> Character.isUpperCase(name.charAt(0))))
                    .toList()) {
                if (isVariable(code) || exists(code)) {
                    known++;
                } else {
                    unknown.add(code);
                }
            }
        }

        assertThat(unknown).isEmpty();
        assertThat(known).isGreaterThan(80);
    }

    /** Every Java name in the text does, too: those of classes by their class, those of options and methods by themselves. */
    @Test
    void text_everyJavaName_exists() throws Exception {
        String text = document().text().replaceAll("(?s)```.*?```", "").replaceAll("(?m)^\\|.*$", "");

        assertThat(codes(text))
                .filteredOn(code -> code.matches("[A-Za-z.]+"))
                .filteredOn(code -> !List.of("main", "try").contains(code))
                .isNotEmpty()
                .allMatch(code -> exists(code) || isMethod(code));
    }

    private static boolean isVariable(String code) {
        return code.matches("[A-Z]+(_[A-Z]+)+");
    }

    /** A method of the types that users call most. */
    private static boolean isMethod(String code) {
        return Stream.of(
                        ProcessPoolOptions.Builder.class,
                        ProcessPoolExecutor.class,
                        TaskFuture.class,
                        TaskOptions.class,
                        MapOptions.class)
                .anyMatch(type -> hasMember(type, code));
    }

    /** A class, or a member of one; classes of the library may come without their package. */
    private static boolean exists(String code) {
        if (find(code) != null) {
            return true;
        }
        int dot = code.lastIndexOf('.');
        Class<?> owner = dot < 0 ? null : find(code.substring(0, dot));
        return owner != null && hasMember(owner, code.substring(dot + 1));
    }

    private static boolean hasMember(Class<?> type, String name) {
        return Stream.of(type.getMethods()).map(Method::getName).anyMatch(name::equals)
                || Stream.of(type.getFields()).map(Field::getName).anyMatch(name::equals);
    }

    private static Class<?> find(String name) {
        for (String place : List.of("", "io.loky.", "java.util.concurrent.")) {
            for (String full = place + name; full.contains("."); full = full.replaceFirst("[.](?=[^.]*$)", "\\$")) {
                try {
                    return Class.forName(full);
                } catch (ClassNotFoundException e) {
                    // then it is a class in a class, or elsewhere
                }
            }
        }
        return null;
    }

    /** The tests that the last table names are there. */
    @Test
    void lastTable_everyTest_exists() throws Exception {
        List<String> tests = rows().stream()
                .flatMap(row -> codes(row.get(2)).stream())
                .filter(code -> code.matches("\\w+Test\\.\\w+"))
                .toList();

        assertThat(tests).hasSizeGreaterThan(15);
        for (String test : tests) {
            String[] parts = test.split("\\.", 2);
            assertThat(source(parts[0])).as(test).contains("    void " + parts[1] + "(");
        }
    }

    private static String source(String testClass) throws IOException {
        for (String root : List.of("src/test/java/io/loky/systemtests", "../loky/src/test/java/io/loky")) {
            Path file = Path.of(root, testClass + ".java");
            if (Files.exists(file)) {
                return Files.readString(file);
            }
        }
        return "";
    }

    /** The Java program prints what the Python program prints. */
    @Test
    void snippet_run_printsTheResults() throws Exception {
        Document.compile(
                folder,
                "Python",
                Document.program("Python", document().snippets().get(0)));

        try (ChildJvm program = ChildJvm.of("Python", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out().lines()).containsExactly("1024", "[0, 1, 4, 9, 16]");
            assertThat(program.err()).isEmpty();
        }
    }
}
