/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LambdaCostTest {
    @Test
    void run_fewTimes_printsARowForEachContenderAndTheClasses() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        LambdaCost.run(20, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\\R");
        assertThat(lines).hasSize(5);
        assertThat(lines[1]).matches("loky-java, plain lambda +\\d+ +\\d+\\.\\d\\d +\\d+\\.\\d\\d");
        assertThat(lines[2]).matches("loky-java, Serializable lambda +\\d+ +\\d+\\.\\d\\d +\\d+\\.\\d\\d");
        assertThat(lines[3]).matches("JDK streams, Serializable lambda +\\d+ +\\d+\\.\\d\\d +\\d+\\.\\d\\d");
        assertThat(lines[4])
                .matches("200 decodes of each after the first round: \\d+ classes were loaded, metaspace has \\S+ KiB");
    }
}
