/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.examples.JarResult.BadClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TotalsTest {

    private static final MethodSize SMALL = new MethodSize("a.A", "small", "()V", 5);
    private static final MethodSize LARGE = new MethodSize("a.A", "large", "()V", 50);

    private static final List<JarResult> RESULTS = List.of(
            new JarResult.Counted(
                    "1.jar", 3, 30, new TreeMap<>(Map.of(52, 2L, 61, 1L)), List.of(LARGE, SMALL), List.of()),
            new JarResult.Counted(
                    "2.jar",
                    4,
                    40,
                    new TreeMap<>(Map.of(52, 4L)),
                    List.of(LARGE),
                    List.of(new BadClass("x.class", "why"), new BadClass("y.class", "why"))),
            new JarResult.Damaged("3.jar", "why"),
            new JarResult.Lost("4.jar", "why"));

    @Test
    void totals_allKindsOfResults_sumsThemUp() {
        assertThat(totals(2, RESULTS))
                .isEqualTo(new Totals(
                        4,
                        1,
                        1,
                        2,
                        1,
                        7,
                        70,
                        new TreeMap<>(Map.of(52, 6L, 61, 1L)),
                        List.of(new Totals.Found(LARGE, "1.jar"), new Totals.Found(LARGE, "2.jar"))));
    }

    @Test
    void totals_resultsInAnotherOrder_areTheSame() {
        List<JarResult> reversed = new ArrayList<>(RESULTS);
        Collections.reverse(reversed);

        assertThat(totals(1, reversed)).isEqualTo(totals(1, RESULTS));
    }

    private static Totals totals(int top, List<JarResult> results) {
        Totals.Tally tally = new Totals.Tally(top);
        results.forEach(tally::add);
        return tally.totals();
    }
}
