/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Who is measured when. The contenders of a metric follow one another in every round, so that a slow minute of the
 * machine slows all of them; from round 2 on the metrics, and the contenders of each, are shuffled, so that nobody always
 * inherits the warm caches, or the mess, of the same predecessor.
 */
record Schedule(long seed, List<List<Step>> rounds) {

    /** One contender's turn at one metric. */
    record Step(Metric metric, String contender) {}

    /** All contenders of one metric, in the order of round 1. */
    record Field(Metric metric, List<String> contenders) {}

    static Schedule of(int rounds, List<Field> fields, long seed) {
        Random random = new Random(seed);
        List<List<Step>> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            List<Step> steps = new ArrayList<>();
            for (Field field : order(fields, round, random)) {
                for (String contender : order(field.contenders(), round, random)) {
                    steps.add(new Step(field.metric(), contender));
                }
            }
            all.add(List.copyOf(steps));
        }
        return new Schedule(seed, List.copyOf(all));
    }

    private static <T> List<T> order(List<T> things, int round, Random random) {
        List<T> order = new ArrayList<>(things);
        if (round > 1) {
            Collections.shuffle(order, random);
        }
        return order;
    }
}
