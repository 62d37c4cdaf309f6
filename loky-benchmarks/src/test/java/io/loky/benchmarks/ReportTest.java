/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void text_contendersBesideOurs_saysHowMuchFasterOrSlowerOursIs() {
        Results results = Runs.roundTrips();
        results.cell(Metric.ROUND_TRIP, "concurrent.futures").add(1, new double[] {350});
        assertThat(new Report(Runs.of(results, Metric.ROUND_TRIP)).text().lines())
                .anyMatch(line -> line.matches(" +raw +25\\.0 .* 2 +1\\.40x slower"))
                .anyMatch(line -> line.matches(" +concurrent\\.futures +350\\.0 .* 1 +10\\.00x faster"));
    }

    @Test
    void text_moreIsBetter_turnsTheComparisonRound() {
        Results results = new Results();
        results.cell(Metric.THROUGHPUT_1, LokyJava.NAME).add(1, new double[] {100_000});
        results.cell(Metric.THROUGHPUT_1, RawLimit.NAME).add(1, new double[] {250_000});
        assertThat(new Report(Runs.of(results, Metric.THROUGHPUT_1)).text().lines())
                .anyMatch(line -> line.matches(" +raw +250,000 .*2\\.50x slower"))
                .anyMatch(line -> line.contains("missed by 2.00x (100,000 against 200,000 tasks/s)"));
    }

    @Test
    void text_missingFigure_saysWhy() {
        assertThat(new Report(Runs.of(Runs.roundTrips(), Metric.ROUND_TRIP)).text())
                .contains("loky: skipped: no python");
    }

    @Test
    void text_failureOfOurs_isShownBesideTheRoundsThatWorked() {
        Results results = Runs.roundTrips();
        results.cell(Metric.ROUND_TRIP, LokyJava.NAME).giveUp("failed in round 3: no");
        Run run = Runs.of(results, Metric.ROUND_TRIP);
        assertThat(run.oursRan()).isFalse();
        assertThat(new Report(run).text()).contains("loky-java: failed in round 3: no", "35.0");
    }
}
