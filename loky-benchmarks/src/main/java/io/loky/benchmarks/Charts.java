/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The pictures of a run: by the name of its file, each with what it shows. Metrics that were not measured have none. */
final class Charts {

    private static final List<Metric> JOBS = List.of(
            Metric.CENSUS_1, Metric.CENSUS_2, Metric.NUMBERS_1, Metric.NUMBERS_2, Metric.GARBAGE_2, Metric.LOCKED_2);

    private final ResultsFile results;

    Charts(ResultsFile results) {
        this.results = results;
    }

    /** The words for a reader who cannot see it, and the picture. */
    record Chart(String words, String svg) {}

    Map<String, Chart> all() {
        Map<String, Chart> charts = new LinkedHashMap<>();
        bars(charts, "round-trip", Metric.ROUND_TRIP, "Warm round trip of a task that does nothing");
        bars(charts, "throughput", Metric.THROUGHPUT_1, "Small tasks a second, 1 worker");
        bars(charts, "first-result", Metric.FIRST_RESULT, "First result of a new pool");
        bars(charts, "echo", Metric.LARGE_BYTES, "A byte[] of 64 MiB there and back");
        bars(charts, "memory", Metric.PROPORTIONAL, "Memory of an idle worker (PSS)");
        lines(charts);
        jobs(charts);
        return charts;
    }

    private void bars(Map<String, Chart> charts, String name, Metric metric, String title) {
        BarChart chart = new BarChart(title, metric.unit(), metric.moreIsBetter());
        for (String contender : results.contenders(metric)) {
            results.measured(metric, contender)
                    .ifPresent(figures -> chart.bar(
                            contender,
                            figures.median(),
                            metric.format(figures.median()) + " " + metric.unit(),
                            contender.equals(LokyJava.NAME)));
        }
        if (!chart.isEmpty()) {
            charts.put(name, new Chart(title, chart.render()));
        }
    }

    private void lines(Map<String, Chart> charts) {
        String title = "Small tasks a second as the pool grows";
        LineChart chart = new LineChart(title, Metric.SCALE_1.unit(), true);
        for (Metric metric : Metric.ofLetter(Metric.SCALE_1.letter())) {
            for (String contender : results.contenders(metric)) {
                results.measured(metric, contender)
                        .ifPresent(figures -> chart.point(contender, metric.workers(), figures.median()));
            }
        }
        if (!chart.isEmpty()) {
            charts.put("scale", new Chart(title, chart.render()));
        }
    }

    private void jobs(Map<String, Chart> charts) {
        String title = "Time of whole jobs in workers, in threads = 100 %";
        BarChart chart = new BarChart(title, "%", false);
        for (Metric metric : JOBS) {
            Tables.price(results, metric)
                    .ifPresent(price -> chart.bar(
                            Tables.shortName(metric),
                            100 + price,
                            String.format(Locale.ROOT, "%.0f %%", 100 + price),
                            true));
        }
        if (!chart.isEmpty()) {
            charts.put("jobs", new Chart(title, chart.render()));
        }
    }
}
