/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class RawLimitTest {

    private Set<Long> before = Set.of();

    @BeforeEach
    void rememberChildren() {
        before = children();
    }

    @AfterEach
    void noChildLeft() {
        assertThat(children()).isSubsetOf(before);
    }

    @Test
    void echoingChannel_submits_areAnsweredInOrderByARealProcess() throws Exception {
        try (RawChannel channel = RawChannel.echoing(64)) {
            assertThat(channel.handle().isAlive()).isTrue();
            assertThat(channel.submit().get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(channel.submit().get(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void echoingChannel_killedChild_failsTheChannelAndWhatIsPending() throws Exception {
        try (RawChannel channel = RawChannel.spinning()) {
            var pending = channel.submit();
            channel.handle().destroyForcibly();
            assertThatThrownBy(() -> channel.end().get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            assertThatThrownBy(() -> pending.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void children_channelClosedByTheParent_endByThemselves() throws Exception {
        for (String[] command : new String[][] {{"echo", "16"}, {"spin"}}) {
            try (RawProcess child = RawProcess.start(command)) {
                child.closeChannel();
                assertThat(child.handle().onExit().get(20, TimeUnit.SECONDS).isAlive())
                        .isFalse();
            }
        }
    }

    @Test
    void everyMetric_realProcesses_haveAFigure() throws Exception {
        try (Contender raw = Contenders.raw();
                RawSameThread sameThread = new RawSameThread()) {
            for (Metric metric : Runs.ofSmallPools(raw)) {
                raw.warmUp(metric, Effort.least());
                assertThat(Statistics.min(raw.measure(metric, Effort.least())))
                        .as(metric.id())
                        .isNotNegative();
            }
            sameThread.warmUp(Metric.ROUND_TRIP, Effort.least());
            assertThat(sameThread.measure(Metric.ROUND_TRIP, Effort.least())).hasSize(20);
        }
    }

    private static Set<Long> children() {
        return ProcessHandle.current().descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
    }
}
