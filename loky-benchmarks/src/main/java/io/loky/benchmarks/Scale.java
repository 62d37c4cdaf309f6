/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * An axis: from figures to places, from 0 to 1. Where the largest is more than thirty times the smallest, it is logarithmic, or the
 * small ones would not be seen; else it begins at zero, or a bar would lie.
 */
record Scale(double from, double to, boolean logarithmic) {

    private static final double MANY_TIMES = 30;

    static Scale of(Collection<Double> figures) {
        double least = figures.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double most = figures.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        if (least > 0 && most > MANY_TIMES * least) {
            // a decade below the least one, so that its bar has a length
            double below = Math.pow(10, Math.floor(Math.log10(least)) - (isPowerOfTen(least) ? 1 : 0));
            return new Scale(below, Math.pow(10, Math.ceil(Math.log10(most))), true);
        }
        return new Scale(0, most > 0 ? roundedUp(most) : 1, false);
    }

    private static boolean isPowerOfTen(double figure) {
        return Math.log10(figure) == Math.floor(Math.log10(figure));
    }

    private static double roundedUp(double figure) {
        double unit = Math.pow(10, Math.floor(Math.log10(figure)));
        for (double step : new double[] {1, 1.5, 2, 3, 4, 5, 8}) {
            if (figure <= step * unit) {
                return step * unit;
            }
        }
        return 10 * unit;
    }

    double place(double figure) {
        return logarithmic
                ? (Math.log10(Math.max(figure, from)) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                : figure / to;
    }

    /** Where there are lines with figures. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = from; tick < to * 1.01; tick *= 10) {
                ticks.add(tick);
            }
        } else {
            for (int i = 0; i <= 4; i++) {
                ticks.add(to * i / 4);
            }
        }
        return ticks;
    }

    /** A figure of an axis: 0.01, 500, 20k, 3M. */
    static String label(double figure) {
        if (figure >= 1e6) {
            return trimmed(figure / 1e6) + "M";
        }
        return figure >= 1e4 ? trimmed(figure / 1e3) + "k" : trimmed(figure);
    }

    private static String trimmed(double figure) {
        String text = String.format(Locale.ROOT, figure < 1 ? "%.4f" : "%.2f", figure);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** What stands below the axis. */
    String words(String unit, boolean moreIsBetter) {
        return unit
                + (logarithmic ? ", logarithmic scale" : "")
                + (moreIsBetter ? ", more is better" : ", less is better");
    }
}
