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
import org.junit.jupiter.api.Test;

/** What stands in the guide is so. Its snippets are compiled by the system tests, with those of the other pages. */
class GuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "testkit.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)\\(([^)]*)\\)` \\| ([^|]*) \\| ([^|]*) \\|$");

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
}
