/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CrashTimesTest {
    @Test
    void run_oneRound_printsARowForEachDeath() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        CrashTimes.run(1, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines().skip(2))
                .hasSize(16)
                .allMatch(line -> line.matches("\\| .+ \\| \\d+\\.\\d \\| \\d+\\.\\d \\|"));
    }
}
