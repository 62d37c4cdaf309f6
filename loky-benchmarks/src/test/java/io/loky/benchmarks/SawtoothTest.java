/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SawtoothTest {
    @Test
    void run_aBurstAndAPause_printsARowForEachAndTheEnds() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Sawtooth.run(
                Duration.ofMillis(1500),
                1,
                Duration.ofSeconds(1),
                new PrintStream(bytes, true, StandardCharsets.UTF_8));

        String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\\R");
        assertThat(lines).hasSize(4);
        assertThat(lines[1]).matches(" +0 +burst .* \\d+ +\\d+\\.\\d +\\d+\\.\\d +\\d+\\.\\d");
        assertThat(lines[2]).matches(" +\\d +pause +(\\d to )?1 +\\d+ +\\d+");
        assertThat(lines[3]).matches("\\d+ tasks; workers that ended, by reason: \\{.*}");
    }
}
