/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.benchmarks.peers.PeerMain;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class JvmPeersTest {

    private final PeerJars jars = PeerJars.find();

    @Test
    void versions_classPathOfTheTests_allPeersAreThere() {
        assertThat(JvmPeers.versions(jars))
                .containsOnlyKeys(PeerMain.OUT_PROCESS, PeerMain.HAZELCAST, PeerMain.IGNITE)
                .doesNotContainValue("");
    }

    @Test
    void all_noOpenPorts_outProcessIsUnavailableAndSaysWhatAllowsIt() {
        assertThat(JvmPeers.all(jars, false))
                .allSatisfy(peer -> assertThat(peer.unavailable(Metric.ROUND_TRIP))
                        .isEqualTo(
                                peer.name().equals(PeerMain.OUT_PROCESS)
                                        ? Optional.of("it listens on all interfaces, which --open-ports allows")
                                        : Optional.empty()));
    }

    /** As {@code java -jar target/loky-benchmarks.jar} has it, while the peer works in another directory. */
    @Test
    void absolute_relativeClassPath_everyEntryIsAbsolute() {
        String separator = File.pathSeparator;
        assertThat(PeerProcess.absolute("target/some.jar" + separator + "/lib/other.jar"))
                .isEqualTo(Path.of("target", "some.jar").toAbsolutePath() + separator + Path.of("/lib/other.jar"));
    }

    /** At the same time, for they take seconds to start. */
    @Test
    void roundTripsAndThroughput_realPeers_haveFiguresAndLeaveNothing() throws Exception {
        List<FutureTask<String>> all = JvmPeers.all(jars, true).stream()
                .map(peer -> new FutureTask<>(() -> used(peer)))
                .toList();
        all.forEach(peer -> new Thread(peer, "peer-test").start());
        for (FutureTask<String> peer : all) {
            assertThat(peer.get(100, TimeUnit.SECONDS)).isEqualTo("used");
        }
        assertThat(ProcessHandle.current()
                        .descendants()
                        .map(process -> process.info().commandLine().orElse("")))
                .noneMatch(command -> command.contains(PeerMain.class.getPackageName()));
    }

    private static String used(Contender peer) throws Exception {
        try (peer) {
            for (Metric metric : List.of(Metric.ROUND_TRIP, Metric.THROUGHPUT_1, Metric.ECHO)) {
                assertThat(peer.unavailable(metric)).isEmpty();
                assertThat(Statistics.min(peer.measure(metric, Effort.least())))
                        .as(peer.name() + " " + metric.id())
                        .isPositive();
            }
        }
        return "used";
    }
}
