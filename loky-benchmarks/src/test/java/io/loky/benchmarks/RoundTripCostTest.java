/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoundTripCostTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @BeforeEach
    void assumeProc() {
        assumeThat(Processes.areVisible()).isTrue();
    }

    @Test
    void run_shortTime_countsTheCallerAndItsWriteAndBothProcesses() throws Exception {
        run(List.of(LokyJava.NAME, RawLimit.NAME));

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .containsPattern("loky-java: parent pid \\d+, worker pid \\d+, 0\\.2 s")
                .containsPattern("parent +caller( +\\d+\\.\\d\\d){4} +1\\.0\\d\\R")
                .containsPattern("worker +all others( +\\d+\\.\\d\\d){5}\\R")
                .containsPattern("allocated: [1-9]\\d* bytes in the parent, [1-9]\\d* in the worker")
                .containsPattern("raw: parent pid \\d+, worker pid \\d+, 0\\.2 s")
                .containsPattern("parent +raw-channel-rea( +\\d+\\.\\d\\d){5}\\R");
    }

    @Test
    void run_unknownName_saysWhichThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(List.of("nobody")))
                .withMessage("there are loky-java and raw, and not nobody");
    }

    private void run(List<String> names) throws Exception {
        RoundTripCost.run(0.2, names, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }
}
