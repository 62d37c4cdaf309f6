/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.benchmarks.Arguments.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    private static final String LETTERS = "a, b, c, d, e, f, g, h, i, j, q, r, s, t, w, x, y, z";

    @Test
    void nothing_defaults() {
        Arguments arguments = Arguments.parse(List.of());
        assertThat(arguments.rounds()).isEqualTo(5);
        assertThat(arguments.metrics()).containsExactly(Metric.values());
        assertThat(arguments.json()).isEqualTo(Path.of("loky-benchmarks/target/results.json"));
        assertThat(arguments.quick()).isFalse();
        assertThat(arguments.openPorts()).isFalse();
        assertThat(arguments.effort()).isEqualTo(Effort.full());
    }

    @Test
    void everything_isRead() {
        Arguments arguments = Arguments.parse(List.of(
                "--only", "g, b", "--json", "x.json", "--rounds", "9", "--quick", "--seed", "-3", "--open-ports"));
        assertThat(arguments.rounds()).isEqualTo(9);
        assertThat(arguments.metrics()).containsExactly(Metric.THROUGHPUT_1, Metric.THROUGHPUT_2, Metric.LOSS);
        assertThat(arguments.json()).isEqualTo(Path.of("x.json"));
        assertThat(arguments.seed()).isEqualTo(-3);
        assertThat(arguments.openPorts()).isTrue();
        assertThat(arguments.effort()).isEqualTo(Effort.quick());
    }

    @Test
    void quick_withoutRounds_three() {
        assertThat(Arguments.parse(List.of("--quick")).rounds()).isEqualTo(3);
    }

    @Test
    void unknownOption_refusedByName() {
        assertRefused("unknown option '--fast'", "--fast");
        assertRefused("unknown option 'a'", "a");
    }

    @Test
    void missingValue_refusedByName() {
        assertRefused("--rounds needs a value", "--rounds");
        assertRefused("--json needs a value", "--json", "--quick");
    }

    @Test
    void badValue_refusedWithTheValue() {
        assertRefused("--rounds must be a whole number, not 'many'", "--rounds", "many");
        assertRefused("--rounds must be from 1 to 1000, not 0", "--rounds", "0");
        assertRefused("--rounds must be from 1 to 1000, not 4294967297", "--rounds", "4294967297");
        assertRefused("--seed must be a whole number, not '1.5'", "--seed", "1.5");
        assertRefused("--only: no metric 'k'; there are " + LETTERS, "--only", "a,k");
        assertRefused("--only: no metric ''; there are " + LETTERS, "--only", "a,,b");
        assertRefused("--json: not a file name: 'a\0b'", "--json", "a\0b");
    }

    @Test
    void commandLine_error_exitsWithTwoAndUsage() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertThat(exitCode(err, "--round", "3")).isEqualTo(Benchmarks.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("unknown option '--round'")
                .contains("Usage:");
    }

    @Test
    void commandLine_help_exitsWithZero() {
        assertThat(exitCode(new ByteArrayOutputStream(), "--help")).isEqualTo(Benchmarks.OK);
    }

    private static int exitCode(ByteArrayOutputStream err, String... words) {
        PrintStream silent = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new Benchmarks(silent, new PrintStream(err, true, StandardCharsets.UTF_8)).run(List.of(words));
    }

    private static void assertRefused(String message, String... words) {
        assertThatThrownBy(() -> Arguments.parse(List.of(words)))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }
}
