/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured: the rows of the project's performance page that need no more than a pool and a clock. */
enum Metric {
    ROUND_TRIP("a", "a", "warm round trip of a no-op, 1 worker", "µs", false),
    THROUGHPUT_1("b", "b1", "no-op submits gathered, 1 worker", "tasks/s", true),
    THROUGHPUT_2("b", "b2", "no-op submits gathered, 2 workers", "tasks/s", true),
    FIRST_RESULT("f", "f", "first result of a new pool, 1 worker", "ms", false),
    LOSS("g", "g", "SIGKILL of a busy worker to its failed future", "ms", false);

    private final String letter;
    private final String id;
    private final String title;
    private final String unit;
    private final boolean moreIsBetter;

    Metric(String letter, String id, String title, String unit, boolean moreIsBetter) {
        this.letter = letter;
        this.id = id;
        this.title = title;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    /** The name on the command line; both throughputs share theirs. */
    String letter() {
        return letter;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }

    /** The workers that the pool of this metric has. */
    int workers() {
        return this == THROUGHPUT_2 ? 2 : 1;
    }

    /** How many times better {@code ours} is than {@code theirs}; below 1 it is worse. */
    double advantage(double ours, double theirs) {
        return moreIsBetter ? ours / theirs : theirs / ours;
    }

    String format(double value) {
        return switch (this) {
            case ROUND_TRIP, FIRST_RESULT -> String.format(Locale.ROOT, "%.1f", value);
            case THROUGHPUT_1, THROUGHPUT_2 -> String.format(Locale.ROOT, "%,.0f", value);
            case LOSS -> String.format(Locale.ROOT, "%.2f", value);
        };
    }

    static List<Metric> ofLetter(String letter) {
        return Arrays.stream(values())
                .filter(metric -> metric.letter.equals(letter))
                .toList();
    }

    /** The letters that the command line knows: "a, b, f, g". */
    static String letters() {
        return Arrays.stream(values()).map(Metric::letter).distinct().collect(Collectors.joining(", "));
    }
}
