/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreshProcessTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void run_everyKindOfTask_printsARowForEach() throws Exception {
        FreshProcess.run(2, 1, List.of("warm", "paused-values", "paused-failure", "cold"), out);

        String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\\R");
        assertThat(lines).hasSize(5);
        assertThat(lines[1]).matches("warm +2( +\\d+\\.\\d\\d){3}");
        assertThat(lines[2]).startsWith("paused-values ");
        assertThat(lines[3]).startsWith("paused-failure ");
        assertThat(lines[4]).startsWith("cold ");
    }

    @Test
    void run_unknownRow_saysWhichThereAre() {
        assertThatThrownBy(() -> FreshProcess.run(1, 1, List.of("hot"), out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no row hot; there are [warm, none, spares");
    }
}
