/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void of_figuresOfTheSameKind_beginsAtZero() {
        Scale scale = Scale.of(List.of(30.0, 90.0));
        assertThat(scale.logarithmic()).isFalse();
        assertThat(scale.place(0)).isZero();
        assertThat(scale.to()).isEqualTo(100);
        assertThat(scale.ticks()).containsExactly(0.0, 25.0, 50.0, 75.0, 100.0);
    }

    @Test
    void of_figuresFarApart_isLogarithmicAndTheLeastHasALength() {
        Scale scale = Scale.of(List.of(10.0, 3_000.0));
        assertThat(scale.logarithmic()).isTrue();
        assertThat(scale.place(10)).isPositive();
        assertThat(scale.place(10_000)).isEqualTo(1);
        assertThat(scale.ticks()).containsExactly(1.0, 10.0, 100.0, 1_000.0, 10_000.0);
    }

    @Test
    void label_figuresOfAllSizes_areShort() {
        assertThat(List.of(0.01, 0.0, 5.0, 2.5, 1_000.0, 20_000.0, 3_000_000.0))
                .extracting(Scale::label)
                .containsExactly("0.01", "0", "5", "2.5", "1000", "20k", "3M");
    }
}
