/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ThreadPoolTest {

    @Test
    void everyMetric_threadsAndCopies_haveAFigure() throws Exception {
        try (Contender threads = Contenders.threads();
                Contender copies = new Copies()) {
            for (Contender contender : new Contender[] {threads, copies}) {
                for (Metric metric : Runs.ofSmallPools(contender)) {
                    contender.warmUp(metric, Effort.least());
                    assertThat(Statistics.min(contender.measure(metric, Effort.least())))
                            .as(metric.id())
                            .isFinite(); // of memory per task: what was let go of meanwhile is taken off
                }
            }
        }
    }

    @Test
    void metrics_all_areMeasuredByUsAndMostByThreads() {
        try (Contender ours = Contenders.ours();
                Contender threads = Contenders.threads()) {
            assertThat(Metric.values()).allMatch(ours::measures);
            assertThat(Metric.values())
                    .filteredOn(metric -> !threads.measures(metric))
                    .extracting(Metric::letter)
                    .containsOnly("g", "h", "i", "j");
        }
    }
}
