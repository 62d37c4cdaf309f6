/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CensusArgumentsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "two", "1.5", "", "99999999", "99999999999999"})
    void workers_badValue_isRefused(String value) {
        assertRefused("--workers", "--workers", value);
    }

    @Test
    void workers_withoutValue_isRefused() {
        assertRefused("--workers", "--workers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x"})
    void top_badValue_isRefused(String value) {
        assertRefused("--top", "--top", value);
    }

    @Test
    void option_unknown_isRefused() {
        assertRefused("--wokers", "--wokers", "2");
    }

    @Test
    void folder_missing_isRefused() {
        assertRefused("nowhere' does not exist", folder.resolve("nowhere").toString());
    }

    @Test
    void folder_secondOneMissing_isRefused() {
        assertRefused("nowhere", folder.toString(), folder.resolve("nowhere").toString());
    }

    @Test
    void folder_thatIsAFile_isRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file.jar"));

        assertRefused("file.jar' is not a folder", file.toString());
    }

    @Test
    void folder_empty_isRefused() {
        assertRefused("empty", "");
    }

    @Test
    void folder_withoutJars_fails() {
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("no jar").contains(folder.toString());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void folder_noneAndNoLocalRepository_saysHowToNameOne() {
        String before = System.setProperty(
                "maven.repo.local", folder.resolve("repository").toString());
        try {
            assertRefused("repository");
            assertThat(err.toString()).contains("census some/folder");
        } finally {
            if (before == null) {
                System.clearProperty("maven.repo.local");
            } else {
                System.setProperty("maven.repo.local", before);
            }
        }
    }

    @Test
    void help_asked_isPrinted() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--workers", "--top", "--no-speedup", "Exit status");
        assertThat(err.toString()).isEmpty();
    }

    private void assertRefused(String named, String... arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString()).contains(named).startsWith("census: ").doesNotContain("Exception");
        assertThat(out.toString()).isEmpty();
    }

    private int run(String... arguments) {
        return Census.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
