/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** docs/differences.md says what the tests show, all of it, and nothing else. */
class DifferencesTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "differences.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final int CELLS = 5;

    /** Each difference has one row, each row is a difference, and it names exactly the tests that show it. */
    @Test
    void document_rows_areTheDifferencesWithTheirTests() throws Exception {
        Map<String, Set<String>> rows = new TreeMap<>();
        for (List<String> row : rows()) {
            Set<String> before = rows.put(codes(row.get(0)).iterator().next(), codes(row.get(CELLS - 1)));
            assertThat(before).as("another row of %s", row.get(0)).isNull();
        }

        assertThat(rows).isEqualTo(shownBy());
    }

    /** No difference is without words about both sides and the reason. */
    @Test
    void document_cells_areNotEmpty() throws Exception {
        for (List<String> row : rows()) {
            assertThat(row).as("cells of %s", row).hasSize(CELLS).allMatch(cell -> !cell.isBlank());
        }
    }

    /** Each contract is checked on all sides. */
    @Test
    void contracts_all_runOnAllSides() throws Exception {
        List<Class<?>> contracts =
                classes().stream().filter(DifferencesTest::isContract).toList();
        assertThat(contracts).hasSizeGreaterThan(10);
        for (Class<?> contract : contracts) {
            Set<String> sides = new TreeSet<>();
            for (Class<?> type : classes()) {
                if (type.getSuperclass() == contract && type.isAnnotationPresent(Nested.class)) {
                    sides.add(type.getSimpleName());
                }
            }
            assertThat(sides)
                    .as("sides of %s", contract)
                    .containsExactly("InProcess", "OnProcessPool", "OnThreadPoolExecutor");
        }
    }

    private static Map<String, Set<String>> shownBy() throws Exception {
        Map<String, Set<String>> tests = new TreeMap<>();
        for (Difference difference : Difference.values()) {
            tests.put(difference.id(), new TreeSet<>());
        }
        for (Class<?> contract : classes()) {
            for (Method method : contract.getDeclaredMethods()) {
                Shows shows = method.getAnnotation(Shows.class);
                if (shows != null) {
                    assertThat(method.isAnnotationPresent(Test.class)
                                    || method.isAnnotationPresent(ParameterizedTest.class))
                            .as("%s is a test", method)
                            .isTrue();
                    for (Difference difference : shows.value()) {
                        tests.get(difference.id()).add(contract.getSimpleName() + "." + method.getName());
                    }
                }
            }
        }
        return tests;
    }

    private static boolean isContract(Class<?> type) {
        return Contract.class.isAssignableFrom(type)
                && Modifier.isAbstract(type.getModifiers())
                && type != Contract.class;
    }

    /** All classes of this package. */
    private static List<Class<?>> classes() throws Exception {
        Class<?> self = DifferencesTest.class;
        Path folder = Path.of(self.getResource(self.getSimpleName() + ".class").toURI())
                .getParent();
        List<Class<?>> classes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replaceFirst("\\.class$", "");
                classes.add(Class.forName(self.getPackageName() + "." + name));
            }
        }
        return classes;
    }

    /** The cells of the rows that begin with the id of a difference. */
    private static List<List<String>> rows() throws IOException {
        return Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static Set<String> codes(String cell) {
        return new TreeSet<>(CODE.matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList());
    }
}
