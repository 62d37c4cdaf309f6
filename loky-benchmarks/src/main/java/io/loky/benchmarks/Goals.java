/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.Results.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What the project wants of its own figures, and whether it is so. */
final class Goals {

    private static final double TIMES_RAW = 1.3;
    private static final double TIMES_OWN_MEDIAN = 3;
    private static final double TASKS_PER_SECOND = 200_000;
    private static final double FIRST_RESULT_MILLIS = 120;
    private static final double FIRST_RESULT_MILLIS_WITH_AOT_CACHE = 90;
    private static final int JAVA_WITH_AOT_CACHE = 25;
    private static final double LOSS_MILLIS = 10;

    private Goals() {}

    /**
     * One goal beside the figure.
     *
     * @param goal in words, "median <= 10 ms"
     * @param factor how much worse the figure is than the limit: up to 1 the goal is met; empty if there is no figure
     * @param because both sides of the comparison, or why there is none
     */
    record Verdict(Metric metric, String goal, OptionalDouble factor, String because) {

        boolean isMet() {
            return factor.isPresent() && factor.getAsDouble() <= 1;
        }

        /** "met", "missed by 1.4x", "not judged". */
        String outcome() {
            if (factor.isEmpty()) {
                return "not judged";
            }
            return isMet() ? "met" : String.format(Locale.ROOT, "missed by %.2fx", factor.getAsDouble());
        }
    }

    static List<Verdict> judge(Results results, Set<Metric> metrics, int javaFeature) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Metric metric : metrics) {
            Optional<Cell> ours = results.measured(metric, LokyJava.NAME);
            switch (metric) {
                case ROUND_TRIP -> {
                    verdicts.add(besideRaw(results, ours));
                    verdicts.add(tail(ours));
                }
                case THROUGHPUT_1, THROUGHPUT_2 ->
                    verdicts.add(fixed(metric, "median >= 200,000 tasks/s", ours, TASKS_PER_SECOND));
                case FIRST_RESULT -> verdicts.add(firstResult(ours, javaFeature));
                case LOSS -> verdicts.add(fixed(metric, "median <= 10 ms", ours, LOSS_MILLIS));
            }
        }
        return verdicts;
    }

    private static Verdict besideRaw(Results results, Optional<Cell> ours) {
        String goal = "median <= 1.3 x raw";
        Metric metric = Metric.ROUND_TRIP;
        Optional<Cell> raw = results.measured(metric, RawLimit.NAME);
        if (raw.isEmpty()) {
            return new Verdict(metric, goal, OptionalDouble.empty(), "raw was not measured");
        }
        return compared(
                metric, goal, ours.map(Cell::median), TIMES_RAW * raw.get().median());
    }

    private static Verdict tail(Optional<Cell> ours) {
        double limit = ours.map(cell -> TIMES_OWN_MEDIAN * cell.median()).orElse(0.0);
        return compared(Metric.ROUND_TRIP, "p99 <= 3 x median", ours.map(Cell::p99), limit);
    }

    private static Verdict firstResult(Optional<Cell> ours, int javaFeature) {
        return javaFeature >= JAVA_WITH_AOT_CACHE
                ? fixed(Metric.FIRST_RESULT, "median <= 90 ms", ours, FIRST_RESULT_MILLIS_WITH_AOT_CACHE)
                : fixed(Metric.FIRST_RESULT, "median <= 120 ms", ours, FIRST_RESULT_MILLIS);
    }

    private static Verdict fixed(Metric metric, String goal, Optional<Cell> ours, double limit) {
        return compared(metric, goal, ours.map(Cell::median), limit);
    }

    private static Verdict compared(Metric metric, String goal, Optional<Double> value, double limit) {
        if (value.isEmpty()) {
            return new Verdict(metric, goal, OptionalDouble.empty(), LokyJava.NAME + " was not measured");
        }
        double ours = value.get();
        String because = metric.format(ours) + " against " + metric.format(limit) + " " + metric.unit();
        return new Verdict(metric, goal, OptionalDouble.of(1 / metric.advantage(ours, limit)), because);
    }
}
