/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LokyJavaTest {

    private static final Effort LITTLE = new Effort(20, 20, Duration.ofSeconds(1), 50, 1, 1, 1);

    @Test
    void everyMetric_realPool_hasAPositiveFigureAndLeavesNoWorker() throws Exception {
        Set<ProcessHandle> before = children();
        Set<ProcessHandle> workers;
        try (LokyJava loky = new LokyJava()) {
            for (Metric metric : Metric.values()) {
                loky.warmUp(metric, LITTLE);
                assertThat(Statistics.min(loky.measure(metric, LITTLE))).isPositive();
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
