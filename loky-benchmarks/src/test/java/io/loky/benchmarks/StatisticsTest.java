/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    @Test
    void median_oddCount_middleSample() {
        assertThat(Statistics.median(new double[] {9, 1, 5})).isEqualTo(5);
    }

    @Test
    void median_evenCount_meanOfTheMiddleTwo() {
        assertThat(Statistics.median(new double[] {4, 1, 9, 2})).isEqualTo(3);
    }

    @Test
    void p99_oneToHundred_ninetyNine() {
        double[] samples = IntStream.rangeClosed(1, 100).mapToDouble(i -> i).toArray();
        assertThat(Statistics.p99(samples)).isEqualTo(99);
    }

    @Test
    void p95_oneToForty_thirtyEight() {
        double[] samples = IntStream.rangeClosed(1, 40).asDoubleStream().toArray();
        assertThat(Statistics.p95(samples)).isEqualTo(38);
    }

    @Test
    void p99_oneMoreThanHundred_nearestRankAbove() {
        double[] samples = IntStream.rangeClosed(1, 101).mapToDouble(i -> i).toArray();
        assertThat(Statistics.p99(samples)).isEqualTo(100);
    }

    @Test
    void p99_fewSamples_largest() {
        assertThat(Statistics.p99(new double[] {2, 7, 3})).isEqualTo(7);
        assertThat(Statistics.p99(new double[] {2})).isEqualTo(2);
    }

    @Test
    void minAndMax_unsorted_extremes() {
        double[] samples = {3, -1, 8, 0};
        assertThat(Statistics.min(samples)).isEqualTo(-1);
        assertThat(Statistics.max(samples)).isEqualTo(8);
    }

    @Test
    void anyStatistic_samples_leavesTheirOrder() {
        double[] samples = {3, 1, 2};
        double median = Statistics.median(samples);
        assertThat(median).isEqualTo(2);
        assertThat(samples).containsExactly(3, 1, 2);
    }

    @Test
    void anyStatistic_noSamples_refused() {
        assertThatThrownBy(() -> Statistics.median(new double[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no samples");
        assertThatThrownBy(() -> Statistics.p99(new double[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
