/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the guide is so. */
class GuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "testkit.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)\\(([^)]*)\\)` \\| ([^|]*) \\| ([^|]*) \\|$");

    @TempDir
    Path folder;

    private static String guide() throws IOException {
        return Files.readString(GUIDE);
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(guide()).results().toList();
    }

    /** The table has a row for each fault, and says of it what {@link FaultsTest} checks. */
    @Test
    void table_rows_areTheFaultsWithTheirTestedOutcomes() throws Exception {
        Map<String, String> written = new TreeMap<>();
        rows().forEach(row -> written.put(row.group(1), row.group(3) + " | " + row.group(4)));
        Map<String, String> tested = FaultCases.all().stream()
                .collect(Collectors.toMap(
                        FaultCase::method,
                        fault -> fault.fate().words + " | " + fault.outcome(),
                        (one, two) -> one,
                        TreeMap::new));

        assertThat(written).isEqualTo(tested);
        assertThat(rows()).hasSize(tested.size());
        assertThat(written.keySet()).isEqualTo(FaultsTest.faultMethods());
    }

    /** The table names the parameters. */
    @Test
    void table_rows_haveAsManyParametersAsTheMethods() throws Exception {
        for (MatchResult row : rows()) {
            int written = row.group(2).isEmpty() ? 0 : row.group(2).split(",", -1).length;
            assertThat(Arrays.stream(Faults.class.getDeclaredMethods())
                            .filter(method -> method.getName().equals(row.group(1))))
                    .as(row.group())
                    .allMatch(method -> method.getParameterCount() == written);
        }
    }

    /** The snippets compile. */
    @Test
    void snippets_compile() throws Exception {
        List<String> snippets = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(guide())
                .results()
                .map(snippet -> snippet.group(1))
                .toList();
        assertThat(snippets).hasSize(2);

        compile("MyProgramTest", snippets.get(0));
        compile("Chaos", """
                import io.loky.*;
                import io.loky.testkit.*;
                import java.time.*;

                class Chaos {
                    static void run(ProcessPoolExecutor pool) throws Exception {
                %s
                    }
                }
                """.formatted(snippets.get(1)));
    }

    private void compile(String name, String source) throws IOException {
        Path file = folder.resolve(name + ".java");
        Files.writeString(file, source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        file.toString());
        assertThat(result).as("compilation of\n" + source).isZero();
    }
}
