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
    private static final double TIMES_COPIES = 3;
    private static final double TASKS_PER_SECOND = 200_000;
    private static final double ITEMS_PER_SECOND = 3_000_000;
    private static final double ECHO_MILLIS = 0.8;
    private static final double RESIDENT_MEGABYTES = 45;
    private static final double PROPORTIONAL_MEGABYTES = 30;
    private static final double IDLE_MILLIS_A_SECOND = 3;
    private static final double BYTES_PER_TASK = 400;
    private static final double THREADS_PER_WORKER = 2;
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
                case LARGE_BYTES, LARGE_DOUBLES ->
                    verdicts.add(beside(metric, Copies.NAME, TIMES_COPIES, results, ours));
                case FIRST_RESULT -> verdicts.add(firstResult(ours, javaFeature));
                default -> fixed(metric, ours).ifPresent(verdicts::add);
            }
        }
        return verdicts;
    }

    private static Verdict besideRaw(Results results, Optional<Cell> ours) {
        return beside(Metric.ROUND_TRIP, RawLimit.NAME, TIMES_RAW, results, ours);
    }

    private static Verdict beside(Metric metric, String limit, double factor, Results results, Optional<Cell> ours) {
        String goal = "median <= " + factor + " x " + limit;
        Optional<Cell> theirs = results.measured(metric, limit);
        if (theirs.isEmpty()) {
            return new Verdict(metric, goal, OptionalDouble.empty(), limit + " was not measured");
        }
        return compared(
                metric, goal, ours.map(Cell::median), factor * theirs.get().median());
    }

    /** Of those with a figure that does not depend on the machine. */
    private static Optional<Verdict> fixed(Metric metric, Optional<Cell> ours) {
        return switch (metric) {
            case THROUGHPUT_1, THROUGHPUT_2 ->
                Optional.of(fixed(metric, "median >= 200,000 tasks/s", ours, TASKS_PER_SECOND));
            case MAP -> Optional.of(fixed(metric, "median >= 3,000,000 items/s", ours, ITEMS_PER_SECOND));
            case ECHO -> Optional.of(fixed(metric, "median <= 0.8 ms", ours, ECHO_MILLIS));
            case LOSS -> Optional.of(fixed(metric, "median <= 10 ms", ours, LOSS_MILLIS));
            case RESIDENT -> Optional.of(fixed(metric, "median <= 45 MB", ours, RESIDENT_MEGABYTES));
            case PROPORTIONAL -> Optional.of(fixed(metric, "median <= 30 MB", ours, PROPORTIONAL_MEGABYTES));
            case IDLE_CPU -> Optional.of(fixed(metric, "median <= 3 ms/s", ours, IDLE_MILLIS_A_SECOND));
            case QUEUED -> Optional.of(fixed(metric, "median <= 400 bytes", ours, BYTES_PER_TASK));
            case THREADS -> Optional.of(fixed(metric, "median <= 2 threads", ours, THREADS_PER_WORKER));
            default -> Optional.empty();
        };
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
