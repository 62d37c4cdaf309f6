/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.Goals.Verdict;
import io.loky.benchmarks.Results.Cell;
import java.time.Duration;
import java.util.List;

/** A finished run: everything that is reported. */
record Run(
        Environment environment,
        Arguments arguments,
        Schedule schedule,
        Results results,
        double loadAtStart,
        double loadAtEnd,
        Duration duration) {

    List<Verdict> verdicts() {
        return Goals.judge(results, arguments.metrics(), environment.javaFeature());
    }

    List<Verdict> verdicts(Metric metric) {
        return verdicts().stream().filter(verdict -> verdict.metric() == metric).toList();
    }

    /** Whether this library did all it was asked to do, well or badly. */
    boolean oursRan() {
        return results.cells().stream()
                .filter(cell -> cell.contender().equals(LokyJava.NAME))
                .allMatch(cell -> cell.problem().isEmpty());
    }

    /** Ours through theirs, as it is in one round after the other: {@code NaN} if they were never in the same round. */
    static double pairedRatio(Cell ours, Cell theirs) {
        double[] ratios = ours.rounds().stream()
                .flatMapToDouble(mine -> theirs.rounds().stream()
                        .filter(other -> other.number() == mine.number())
                        .mapToDouble(other -> mine.median() / other.median()))
                .toArray();
        return ratios.length == 0 ? Double.NaN : Statistics.median(ratios);
    }
}
