/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LokyJavaTest {

    @Test
    void everyMetric_realPools_haveAFigureAndLeaveNoWorker() throws Exception {
        Set<ProcessHandle> before = children();
        Set<ProcessHandle> workers;
        try (Contender loky = Contenders.ours()) {
            for (Metric metric : Runs.ofSmallPools(loky)) {
                loky.warmUp(metric, Effort.least());
                assertThat(Statistics.min(loky.measure(metric, Effort.least())))
                        .as(metric.id())
                        .isFinite(); // of memory per task: what was let go of meanwhile is taken off
            }
            workers = children();
        }
        workers.removeAll(before);
        assertThat(workers).isNotEmpty();
        for (ProcessHandle worker : workers) {
            assertThat(worker.onExit().get(5, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }
}
