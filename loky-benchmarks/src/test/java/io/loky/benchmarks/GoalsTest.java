/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.benchmarks.Goals.Verdict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GoalsTest {

    @Test
    void roundTrip_besideRawAndItsOwnMedian_bothJudged() {
        List<Verdict> verdicts = Goals.judge(Runs.roundTrips(), Set.of(Metric.ROUND_TRIP), 17);
        assertThat(verdicts).extracting(Verdict::outcome).containsExactly("missed by 1.08x", "missed by 1.10x");
        assertThat(verdicts.get(0).because()).isEqualTo("35.0 against 32.5 µs");
    }

    @Test
    void throughput_aboveTheGoal_met() {
        assertThat(outcome(Metric.THROUGHPUT_2, 200_000, 17)).isEqualTo("met");
        assertThat(outcome(Metric.THROUGHPUT_2, 50_000, 17)).isEqualTo("missed by 4.00x");
    }

    @Test
    void firstResult_javaWithAotCache_strictGoal() {
        assertThat(outcome(Metric.FIRST_RESULT, 108, 17)).isEqualTo("met");
        assertThat(outcome(Metric.FIRST_RESULT, 108, 25)).isEqualTo("missed by 1.20x");
    }

    @Test
    void noFigure_notJudgedAndSaysWhy() {
        Results results = new Results();
        results.cell(Metric.LOSS, LokyJava.NAME).giveUp("failed in warm-up: no");
        Verdict verdict = Goals.judge(results, Set.of(Metric.LOSS), 17).get(0);
        assertThat(verdict.outcome()).isEqualTo("not judged");
        assertThat(verdict.because()).isEqualTo("loky-java was not measured");
    }

    @Test
    void roundTrip_withoutRaw_notJudged() {
        Results results = new Results();
        results.cell(Metric.ROUND_TRIP, LokyJava.NAME).add(1, new double[] {20});
        List<Verdict> verdicts = Goals.judge(results, Set.of(Metric.ROUND_TRIP), 17);
        assertThat(verdicts).extracting(Verdict::outcome).containsExactly("not judged", "met");
        assertThat(verdicts.get(0).because()).isEqualTo("raw was not measured");
    }

    private static String outcome(Metric metric, double figure, int javaFeature) {
        Results results = new Results();
        results.cell(metric, LokyJava.NAME).add(1, new double[] {figure});
        return Goals.judge(results, Set.of(metric), javaFeature).get(0).outcome();
    }
}
