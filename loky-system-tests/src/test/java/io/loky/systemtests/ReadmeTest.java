/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the README works as it stands there. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");

    @TempDir
    Path folder;

    /** The first snippet is a program: it compiles, runs and prints what it computes. */
    @Test
    void firstSnippet_run_printsTheNumbers() throws Exception {
        compile("Fibonacci", snippets().get(0));

        try (ChildJvm program = ChildJvm.of("Fibonacci", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out().lines()).containsExactly("832040", "6765", "75025", "832040");
            assertThat(program.err()).isEmpty();
        }
    }

    /** The snippet about a death prints the story that stands below it, but for the numbers that differ each time. */
    @Test
    void deathSnippet_run_printsTheStoryBelowIt() throws Exception {
        compile(
                "Death",
                inProgram(
                        "Death",
                        "var executor = Loky.getReusableExecutor(1);\n"
                                + snippets().get(1)));
        String story = Pattern.compile("(?m)(^    worker pid .*\n(?:    .*\n)+)")
                .matcher(readme())
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
        compile("Options", inProgram("Options", snippets().get(2)));

        try (ChildJvm program = ChildJvm.of("Options", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out() + program.err()).isEmpty();
        }
    }

    private static String inProgram(String name, String statements) {
        return """
                import io.loky.*;
                import java.time.*;
                import java.util.*;
                import java.util.concurrent.*;

                public class %s {
                    public static void main(String[] args) throws Exception {
                %s
                    }
                }
                """.formatted(name, statements);
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

    private static List<String> snippets() throws IOException {
        return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(readme())
                .results()
                .map(snippet -> snippet.group(1))
                .toList();
    }

    private static String readme() throws IOException {
        return Files.readString(README);
    }

    private static String withoutNumbers(String story) {
        return story.strip()
                .replaceAll("pid \\d+", "pid N")
                .replaceAll("task #\\d+", "task #N")
                .replaceAll("uptime [^,]+", "uptime T")
                .replaceAll("\\d+ tasks? done", "N tasks done");
    }
}
