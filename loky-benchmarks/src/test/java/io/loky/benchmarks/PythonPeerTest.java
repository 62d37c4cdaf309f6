/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PythonPeerTest {

    private final Python python = Python.find();

    @Test
    void everyMetric_realPython_hasAFigure() throws Exception {
        assumeThat(python.version()).isPresent();
        try (Contender peer = PythonPeer.concurrentFutures(python)) {
            for (Metric metric : Runs.ofSmallPools(peer)) {
                peer.warmUp(metric, Effort.least());
                assertThat(Statistics.min(peer.measure(metric, Effort.least())))
                        .as(metric.id())
                        .isNotNegative();
            }
        }
    }

    @Test
    void close_workersRunning_leavesNoProcessAndNoFile() throws IOException {
        assumeThat(python.version()).isPresent();
        PeerProcess process = PeerProcess.python("concurrent.futures");
        Path directory = process.directory();
        List<ProcessHandle> family;
        try (process) {
            assertThat(process.ask("b 2 10")).contains("samples");
            family = process.handle().descendants().toList();
            assertThat(family).hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(process.handle().isAlive()).isFalse();
        assertThat(family).noneMatch(ProcessHandle::isAlive);
        assertThat(directory).doesNotExist();
    }

    @Test
    void ask_badCommand_isAnErrorAndTheProcessGoesOn() throws IOException {
        assumeThat(python.version()).isPresent();
        try (PeerProcess process = PeerProcess.python("concurrent.futures")) {
            assertThat(process.ask("nonsense")).contains("error", "unknown command nonsense");
            assertThat(process.ask("a 1 10")).contains("samples");
        }
    }

    @Test
    void ask_pythonThatEnds_saysItsLastError() throws IOException {
        assumeThat(python.version()).isPresent();
        assumeThat(python.lokyVersion()).isEmpty();
        try (PeerProcess process = PeerProcess.python("loky")) {
            assertThatThrownBy(() -> process.ask("a 1 10"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No module named 'loky'");
        }
    }

    @Test
    void peers_noPython_unavailableWithTheReason() {
        Python none = new Python(Optional.empty(), Optional.empty());
        assertThat(PythonPeer.concurrentFutures(none).unavailable(Metric.ROUND_TRIP))
                .hasValue("no working python3");
        assertThat(PythonPeer.loky(none).unavailable(Metric.ROUND_TRIP)).hasValue("no working python3");
        Python withoutLoky = new Python(Optional.of("3.11"), Optional.empty());
        assertThat(PythonPeer.concurrentFutures(withoutLoky).unavailable(Metric.ROUND_TRIP))
                .isEmpty();
        assertThat(PythonPeer.loky(withoutLoky).unavailable(Metric.ROUND_TRIP))
                .hasValue("'import loky' fails in python3");
    }
}
