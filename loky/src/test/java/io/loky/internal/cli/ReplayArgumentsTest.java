/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayArgumentsTest {
    private static ReplayArguments parse(String line) throws UsageException {
        return ReplayArguments.parse(line.isEmpty() ? List.of() : List.of(line.split(" ", -1)));
    }

    @Test
    void parse_fileAlone_asksForNothingMore() throws UsageException {
        ReplayArguments arguments = parse("x.capsule");

        assertThat(arguments.file()).isEqualTo(Path.of("x.capsule"));
        assertThat(arguments.jvmArgs()).isEmpty();
        assertThat(arguments.dropped()).isEmpty();
        assertThat(arguments.debugPort()).isEmpty();
        assertThat(arguments.javaHome()).isNull();
    }

    @Test
    void parse_everything_inAnyOrder() throws UsageException {
        ReplayArguments arguments = parse(
                "--jvm-arg -Da=b --heap 4g x.capsule --java-home /opt/java --jvm-arg --enable-preview --debug 6000"
                        + " --drop-jvm-arg -XX:+Zero --drop-jvm-arg -Xlog");

        assertThat(arguments.file()).isEqualTo(Path.of("x.capsule"));
        assertThat(arguments.jvmArgs()).containsExactly("-Da=b", "-Xmx4g", "--enable-preview");
        assertThat(arguments.dropped()).containsExactly("-XX:+Zero", "-Xlog");
        assertThat(arguments.debugPort()).hasValue(6000);
        assertThat(arguments.javaHome()).isEqualTo(Path.of("/opt/java"));
    }

    @ParameterizedTest
    @CsvSource({"--debug x.capsule", "x.capsule --debug", "--debug --heap 1g x.capsule"})
    void parse_debugWithoutAPort_takesTheUsualOne(String line) throws UsageException {
        ReplayArguments arguments = parse(line);

        assertThat(arguments.debugPort()).hasValue(5005);
        assertThat(arguments.file()).isEqualTo(Path.of("x.capsule"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | replay needs the file of a crash capsule",
                "x y | replay takes one file, got x and y",
                "x --heap | --heap needs a value",
                "x --heap lots | --heap: maxHeap must",
                "x --jvm-arg | --jvm-arg needs a value",
                "x --drop-jvm-arg | --drop-jvm-arg needs a value",
                "x --debug 0 | --debug needs a port from 1 to 65535, got 0",
                "x --debug 65536 | --debug needs a port from 1 to 65535, got 65536",
                "x --debug 123456789012 | --debug needs a port from 1 to 65535",
                "x --wat | replay has no option --wat"
            })
    void parse_whatIsNotUnderstood_isRefusedByName(String line, String words) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> parse(line))
                .withMessageStartingWith(words);
    }
}
