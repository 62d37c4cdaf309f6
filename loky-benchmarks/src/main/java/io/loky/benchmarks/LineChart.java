/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A line for each contender over the number of workers, which doubles from step to step; its name stands at its end. */
final class LineChart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;
    private static final int LEFT = 70;
    private static final int RIGHT = 160;
    private static final int TOP = 48;
    private static final int BOTTOM = HEIGHT - 60;

    /** Names closer than this would be written over one another. */
    private static final double NAME_HEIGHT = 16;

    private final String title;
    private final String unit;
    private final boolean moreIsBetter;
    private final Map<String, TreeMap<Integer, Double>> lines = new LinkedHashMap<>();

    LineChart(String title, String unit, boolean moreIsBetter) {
        this.title = title;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    LineChart point(String name, int workers, double value) {
        lines.computeIfAbsent(name, key -> new TreeMap<>()).put(workers, value);
        return this;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String render() {
        List<Double> figures = new ArrayList<>();
        TreeMap<Integer, Boolean> workers = new TreeMap<>();
        lines.values()
                .forEach(line -> line.forEach((count, figure) -> {
                    figures.add(figure);
                    workers.put(count, true);
                }));
        Scale scale = Scale.of(figures);
        Svg svg = new Svg(WIDTH, HEIGHT, title);
        for (double tick : scale.ticks()) {
            svg.line(LEFT, y(scale, tick), WIDTH - RIGHT, y(scale, tick), "grid");
            svg.text(LEFT - 8, y(scale, tick) + 4, "note", "end", Scale.label(tick));
        }
        int most = workers.lastKey();
        for (int count : workers.keySet()) {
            svg.text(x(count, most), BOTTOM + 18, "note", "middle", Integer.toString(count));
        }
        svg.text(LEFT, BOTTOM + 40, "note", "start", "workers; " + scale.words(unit, moreIsBetter));
        Map<String, Double> names = places(scale);
        lines.forEach((name, line) -> {
            String style = name.equals(LokyJava.NAME) ? "ours" : "other";
            StringBuilder points = new StringBuilder();
            line.forEach((count, figure) -> {
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(count, most), y(scale, figure)));
                svg.dot(x(count, most), y(scale, figure), style);
            });
            svg.path(points.toString().strip(), style);
            svg.text(x(line.lastKey(), most) + 10, names.getOrDefault(name, 0.0) + 4, "name", "start", name);
        });
        return svg.render();
    }

    /** Where the names stand: beside the ends of their lines, but not over one another. */
    private Map<String, Double> places(Scale scale) {
        List<Map.Entry<String, Double>> ends = new ArrayList<>();
        lines.forEach((name, line) ->
                ends.add(Map.entry(name, y(scale, line.lastEntry().getValue()))));
        ends.sort(Map.Entry.comparingByValue());
        Map<String, Double> places = new LinkedHashMap<>();
        double free = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Double> end : ends) {
            double place = Math.max(free, end.getValue());
            places.put(end.getKey(), place);
            free = place + NAME_HEIGHT;
        }
        return places;
    }

    private static double x(int workers, int most) {
        double place = most == 1 ? 0 : Math.log(workers) / Math.log(most);
        return LEFT + 10 + place * (WIDTH - LEFT - RIGHT - 20);
    }

    private static double y(Scale scale, double figure) {
        return BOTTOM - scale.place(figure) * (BOTTOM - TOP);
    }
}
