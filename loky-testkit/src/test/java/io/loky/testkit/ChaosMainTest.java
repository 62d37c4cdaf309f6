/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program does a run, says what came of it, and has the right exit status. */
class ChaosMainTest {
    /** As a program of its own: the exit status is that of the process. */
    @Test
    @Timeout(300)
    void main_fewSeconds_printsTheReportAndExitsWith0() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.loky.testkit.ChaosMain",
                        "--workers",
                        "2",
                        "--seconds",
                        "3",
                        "--seed",
                        "7",
                        "--harm",
                        "0.02",
                        "--kills",
                        "1",
                        "--stops",
                        "1",
                        "--heartbeat",
                        "2")
                .redirectErrorStream(true)
                .start();
        String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("seed 7", "discrepancies: 0", "all accounts add up");
        assertThat(program.exitValue()).as(output).isZero();
    }

    private static int run(StringBuilder printed, String... args) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int status = ChaosMain.run(List.of(args), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        printed.append(bytes.toString(StandardCharsets.UTF_8));
        return status;
    }

    @Test
    void run_help_printsTheUsage() throws Exception {
        StringBuilder printed = new StringBuilder();

        assertThat(run(printed, "--help")).isZero();
        assertThat(printed).contains("--workers N", "--minutes M", "--seed N");
    }

    @Test
    void run_badOption_exitsWith2AndSaysWhy() throws Exception {
        StringBuilder printed = new StringBuilder();

        assertThat(run(printed, "--wrokers", "3")).isEqualTo(2);
        assertThat(printed).contains("unknown option --wrokers", "usage:");
    }

    @Test
    void parse_allOptions() {
        ChaosArguments arguments = ChaosArguments.parse(List.of(
                "--workers",
                "8",
                "--minutes",
                "30",
                "--seed",
                "-5",
                "--harm",
                "0.5",
                "--kills",
                "2",
                "--stops",
                "0",
                "--heartbeat",
                "9"));

        assertThat(arguments)
                .isEqualTo(new ChaosArguments(8, Duration.ofMinutes(30), -5, 0.5, 2, 0, Duration.ofSeconds(9)));
    }

    @Test
    void parse_badValues_areRefusedByName() {
        assertThatThrownBy(() -> ChaosArguments.parse(List.of("--workers"))).hasMessage("--workers needs a value");
        assertThatThrownBy(() -> ChaosArguments.parse(List.of("--workers", "many")))
                .hasMessage("--workers must be a whole number, got many");
        assertThatThrownBy(() -> ChaosArguments.parse(List.of("--workers", "0")))
                .hasMessageContaining("--workers must be from 1");
        assertThatThrownBy(() -> ChaosArguments.parse(List.of("--harm", "2")))
                .hasMessageContaining("--harm must be from 0");
        assertThatThrownBy(() -> ChaosArguments.parse(List.of("--kills", "x")))
                .hasMessage("--kills must be a number, got x");
    }
}
