/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A bar for each contender, with its name before it and its figure behind it; ours stands out. */
final class BarChart {

    private static final int WIDTH = 720;
    private static final int LEFT = 170;
    private static final int RIGHT = 110;
    private static final int TOP = 44;
    private static final int ROW = 28;
    private static final int BAR = 18;
    private static final int BELOW = 48;

    private final String title;
    private final String unit;
    private final boolean moreIsBetter;
    private final Map<String, Double> bars = new LinkedHashMap<>();
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final Set<String> outstanding = new HashSet<>();

    BarChart(String title, String unit, boolean moreIsBetter) {
        this.title = title;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    BarChart bar(String name, double value, String figure, boolean ours) {
        bars.put(name, value);
        figures.put(name, figure);
        if (ours) {
            outstanding.add(name);
        }
        return this;
    }

    boolean isEmpty() {
        return bars.isEmpty();
    }

    String render() {
        int bottom = TOP + ROW * bars.size();
        Scale scale = Scale.of(bars.values());
        Svg svg = new Svg(WIDTH, bottom + BELOW, title);
        for (double tick : scale.ticks()) {
            double x = x(scale, tick);
            svg.line(x, TOP, x, bottom, "grid");
            svg.text(x, bottom + 16, "note", "middle", Scale.label(tick));
        }
        double y = TOP + 5;
        for (Map.Entry<String, Double> bar : bars.entrySet()) {
            String style = outstanding.contains(bar.getKey()) ? "ours" : "other";
            double end = x(scale, bar.getValue());
            svg.text(LEFT - 8, y + BAR - 5, "name", "end", bar.getKey());
            svg.bar(LEFT, y, Math.max(1, end - LEFT), BAR, style);
            svg.text(end + 6, y + BAR - 5, "figure", "start", figures.getOrDefault(bar.getKey(), ""));
            y += ROW;
        }
        svg.text(LEFT, bottom + 36, "note", "start", scale.words(unit, moreIsBetter));
        return svg.render();
    }

    private static double x(Scale scale, double figure) {
        return LEFT + scale.place(figure) * (WIDTH - LEFT - RIGHT);
    }
}
