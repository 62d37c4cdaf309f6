/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.benchmarks.Schedule.Field;
import io.loky.benchmarks.Schedule.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final List<Field> FIELDS = List.of(
            new Field(Metric.ROUND_TRIP, List.of("A", "B", "C")), new Field(Metric.LOSS, List.of("A", "B", "C")));

    @Test
    void firstRound_anySeed_isInTheGivenOrder() {
        assertThat(Schedule.of(2, FIELDS, 7).rounds().get(0))
                .containsExactly(
                        new Step(Metric.ROUND_TRIP, "A"),
                        new Step(Metric.ROUND_TRIP, "B"),
                        new Step(Metric.ROUND_TRIP, "C"),
                        new Step(Metric.LOSS, "A"),
                        new Step(Metric.LOSS, "B"),
                        new Step(Metric.LOSS, "C"));
    }

    @Test
    void everyRound_hasEveryStepOnce() {
        List<List<Step>> rounds = Schedule.of(20, FIELDS, 7).rounds();
        assertThat(rounds)
                .hasSize(20)
                .allSatisfy(round -> assertThat(round).containsExactlyInAnyOrderElementsOf(rounds.get(0)));
    }

    @Test
    void everyRound_contendersOfAMetric_followOneAnother() {
        for (List<Step> round : Schedule.of(20, FIELDS, 7).rounds()) {
            List<Metric> changes = round.stream().map(Step::metric).toList();
            assertThat(changes.subList(0, 3)).containsOnly(changes.get(0));
            assertThat(changes.subList(3, 6)).containsOnly(changes.get(3));
        }
    }

    @Test
    void laterRounds_orders_differ() {
        Set<List<Step>> orders = new HashSet<>(Schedule.of(20, FIELDS, 7).rounds());
        assertThat(orders).hasSizeGreaterThan(10);
    }

    @Test
    void sameSeed_repeatsTheOrder() {
        assertThat(Schedule.of(9, FIELDS, 42)).isEqualTo(Schedule.of(9, FIELDS, 42));
        assertThat(Schedule.of(9, FIELDS, 42).rounds())
                .isNotEqualTo(Schedule.of(9, FIELDS, 43).rounds());
    }
}
