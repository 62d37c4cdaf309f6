/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finished runs that never took place. */
final class Runs {

    private Runs() {}

    static Run of(Results results, Metric... metrics) {
        EnumSet<Metric> chosen = EnumSet.copyOf(List.of(metrics));
        return new Run(
                new Environment(
                        Instant.parse("2026-01-02T03:04:05Z"),
                        "17.0.15",
                        "a vendor",
                        "a VM",
                        17,
                        "Linux",
                        "6.0",
                        "amd64",
                        2,
                        "a CPU",
                        1024,
                        new Python(Optional.of("3.11.7"), Optional.empty()),
                        Map.of("a peer", "1.2")),
                new Arguments(2, chosen, Path.of("unused.json"), false, false, 5, false),
                Schedule.of(2, List.of(new Schedule.Field(metrics[0], List.of(LokyJava.NAME, RawLimit.NAME))), 5),
                results,
                0.5,
                1.5,
                Duration.ofSeconds(60));
    }

    /** What a contender measures, but without the pools that it would take long to start. */
    static List<Metric> ofSmallPools(Contender contender) {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.kind() != Metric.Kind.SCALE || metric.workers() <= 2)
                .filter(contender::measures)
                .filter(metric -> contender.unavailable(metric).isEmpty())
                .toList();
    }

    /** Two rounds of metric a: ours at 30 and 40, raw at 20 and 30, and Python missing. */
    static Results roundTrips() {
        Results results = new Results();
        results.cell(Metric.ROUND_TRIP, LokyJava.NAME).add(1, new double[] {29, 30, 31});
        results.cell(Metric.ROUND_TRIP, RawLimit.NAME).add(1, new double[] {20});
        results.cell(Metric.ROUND_TRIP, RawLimit.NAME).add(2, new double[] {30});
        results.cell(Metric.ROUND_TRIP, LokyJava.NAME).add(2, new double[] {39, 40, 200});
        results.cell(Metric.ROUND_TRIP, "loky").giveUp("skipped: no python");
        return results;
    }
}
