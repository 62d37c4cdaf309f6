/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LargeEchoTest {
    @Test
    void run_fewSmallOnes_printsARowForEachHeap() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        LargeEcho.run(100_000, 3, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\\R");
        assertThat(lines).hasSize(5);
        assertThat(lines[1]).matches("default( +\\d+\\.\\d\\d){4}");
        assertThat(lines[2]).matches("-Xms1g( +\\d+\\.\\d\\d){4}");
        assertThat(lines[3]).startsWith("-XX:+UseSerialGC ");
        assertThat(lines[4]).startsWith("four copies ");
    }
}
