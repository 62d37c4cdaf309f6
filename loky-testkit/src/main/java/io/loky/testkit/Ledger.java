/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.testkit.ChaosReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The counts of a chaos run. Thread-safe. */
final class Ledger {
    private static final int MAX_DISCREPANCIES = 20;

    private final long seed;
    private final PoolSnapshot before;
    private final long startNanos = System.nanoTime();

    // Guarded by this.
    private long submitted;
    private long completedTwice;
    private final Map<TaskKind, Map<Outcome, Long>> outcomes = new EnumMap<>(TaskKind.class);
    private final Map<CrashReport.Cause, Long> deaths = new EnumMap<>(CrashReport.Cause.class);
    private final Map<Disturbance, Long> disturbances = new EnumMap<>(Disturbance.class);
    private final Map<Disturbance, Long> fatalDisturbances = new EnumMap<>(Disturbance.class);
    private final List<String> discrepancies = new ArrayList<>();
    private long discrepancyCount;

    Ledger(long seed, PoolSnapshot before) {
        this.seed = seed;
        this.before = before;
    }

    synchronized void submitted() {
        submitted++;
    }

    synchronized void outcome(TaskKind kind, Outcome outcome) {
        outcomes.computeIfAbsent(kind, key -> new EnumMap<>(Outcome.class)).merge(outcome, 1L, Long::sum);
    }

    synchronized void completedTwice() {
        completedTwice++;
    }

    synchronized void death(CrashReport.Cause cause) {
        deaths.merge(cause, 1L, Long::sum);
    }

    synchronized void disturbed(Disturbance kind) {
        disturbances.merge(kind, 1L, Long::sum);
    }

    /** It turned out that it had not reached the worker. */
    synchronized void notDisturbed(Disturbance kind) {
        disturbances.merge(kind, -1L, Long::sum);
    }

    synchronized void fatal(Disturbance kind) {
        fatalDisturbances.merge(kind, 1L, Long::sum);
    }

    synchronized void discrepancy(String text) {
        discrepancyCount++;
        if (discrepancies.size() < MAX_DISCREPANCIES) {
            discrepancies.add(text);
        }
    }

    synchronized ChaosReport report(PoolSnapshot now) {
        Map<Outcome, Long> all = new EnumMap<>(Outcome.class);
        outcomes.values().forEach(counts -> counts.forEach((outcome, count) -> all.merge(outcome, count, Long::sum)));
        Map<EndReason, Long> ended = new EnumMap<>(EndReason.class);
        now.endedWorkers()
                .forEach((reason, count) ->
                        ended.put(reason, count - before.endedWorkers().getOrDefault(reason, 0L)));
        return new ChaosReport(
                seed,
                Duration.ofNanos(System.nanoTime() - startNanos),
                submitted,
                all,
                outcomes,
                completedTwice,
                deaths,
                disturbances,
                fatalDisturbances,
                now.completedTasks() - before.completedTasks(),
                ended,
                discrepancies,
                discrepancyCount,
                now);
    }
}
