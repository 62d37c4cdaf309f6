/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no worker. */
class MainTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(
                List.of(args),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void help_alone_isPrinted(String word) {
        assertThat(run(word)).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("java -jar loky.jar selftest", "java -jar loky.jar replay FILE", "--debug [PORT]");
        assertThat(err()).isEmpty();
    }

    @Test
    void command_unknown_isRefusedByName() {
        assertThat(run("selfdestruct", "now")).isEqualTo(2);

        assertThat(err())
                .isEqualToIgnoringNewLines(
                        "there is no command 'selfdestruct'; java -jar loky.jar help lists what there is");
        assertThat(out.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "selftest"})
    void command_withArgumentsItDoesNotTake_isRefused(String command) {
        assertThat(run(command, "more")).isEqualTo(2);

        assertThat(err()).startsWith(command + " takes no arguments, got more");
    }

    @Test
    void replay_ofAFileThatIsNotThere_saysSo() {
        Path file = folder.resolve("missing.capsule");

        assertThat(run("replay", file.toString())).isEqualTo(2);

        assertThat(err()).startsWith("there is no file " + file);
    }

    @Test
    void replay_ofSomethingElse_saysSo() throws IOException {
        Path file = Files.writeString(folder.resolve("x.capsule"), "nothing of ours");

        assertThat(run("replay", file.toString())).isEqualTo(2);

        assertThat(err()).startsWith(file + " is not a crash capsule, or is damaged");
    }
}
