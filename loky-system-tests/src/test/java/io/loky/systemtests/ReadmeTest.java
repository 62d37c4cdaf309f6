/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the README, and on the pages about workers and output, works as it stands there. */
class ReadmeTest {
    @TempDir
    Path folder;

    /** The first snippet is a program: it compiles, runs and prints what it computes. */
    @Test
    void firstSnippet_run_printsTheNumbers() throws Exception {
        Document.compile(folder, "Fibonacci", readme().snippets().get(0));

        try (ChildJvm program = ChildJvm.of("Fibonacci", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out().lines()).containsExactly("832040", "6765", "75025", "832040");
            assertThat(program.err()).isEmpty();
        }
    }

    /** The snippet about a death prints the story that stands below it, but for the numbers that differ each time. */
    @Test
    void deathSnippet_run_printsTheStoryBelowIt() throws Exception {
        Document.compile(
                folder,
                "Death",
                Document.program(
                        "Death",
                        "var executor = Loky.getReusableExecutor(1);\n"
                                + readme().snippets().get(1)));
        String story = Pattern.compile("(?m)(^    worker pid .*\n(?:    .*\n)+)")
                .matcher(readme().text())
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow()
                .replaceAll("(?m)^    ", "");

        try (ChildJvm program = ChildJvm.of("Death", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(withoutNumbers(program.out())).isEqualTo(withoutNumbers(story));
            assertThat(program.err()).isEmpty();
        }
    }

    /** The snippet with options compiles and runs. */
    @Test
    void optionsSnippet_run_ends() throws Exception {
        Document.compile(
                folder,
                "Options",
                Document.program("Options", readme().snippets().get(2)));

        try (ChildJvm program = ChildJvm.of("Options", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out() + program.err()).isEmpty();
        }
    }

    /** The snippet of the page on workers prints the line below it. */
    @Test
    void workersSnippet_run_printsTheLineBelowIt() throws Exception {
        assertPrintsWhatStandsBelow("docs/workers.md", "Workers");
    }

    /** The page's program prints what the page says. */
    @Test
    void outputPage_run_printsWhatItSays() throws Exception {
        Document page = Document.of("docs/output.md");
        Document.compile(folder, "Printing", page.snippets().get(0));

        try (ChildJvm program = ChildJvm.of("Printing", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(page.text())
                    .contains(
                            "`" + program.out().strip() + "`",
                            "`" + program.err().strip() + "`");
            assertThat(program.out()).contains("42");
            assertThat(program.err()).contains("task 1");
        }
    }

    /** The first snippet of a page of the documentation. */
    private void assertPrintsWhatStandsBelow(String path, String name) throws Exception {
        Document page = Document.of(path);
        Document.compile(folder, name, Document.program(name, page.snippets().get(0)));

        try (ChildJvm program = ChildJvm.of(name, folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out()).isNotBlank();
            assertThat(page.text()).contains("```\n\n" + program.out().indent(4));
        }
    }

    private static Document readme() throws IOException {
        return Document.of("README.md");
    }

    private static String withoutNumbers(String story) {
        return story.strip()
                .replaceAll("pid \\d+", "pid N")
                .replaceAll("task #\\d+", "task #N")
                .replaceAll("uptime [^,]+", "uptime T")
                .replaceAll("\\d+ tasks? done", "N tasks done");
    }
}
