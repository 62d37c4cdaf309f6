/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.testkit.ChaosReport.Outcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks whether the accounts of a report add up. */
final class Audit {
    private static final Set<Outcome> NEVER_RIGHT =
            EnumSet.of(Outcome.UNFINISHED, Outcome.WRONG_VALUE, Outcome.UNEXPLAINED);

    private final ChaosReport report;
    private final List<String> problems;

    Audit(ChaosReport report) {
        this.report = report;
        this.problems = new ArrayList<>(report.discrepancies());
    }

    List<String> problems() {
        same("discrepancies", report.discrepancyCount(), "allowed", 0);
        outcomes();
        kinds();
        disturbances();
        deaths();
        poolCounts();
        poolAtTheEnd();
        return List.copyOf(problems);
    }

    private void outcomes() {
        same("tasks submitted", report.submitted(), "tasks with an outcome", sum(report.outcomes()));
        same("futures that became done twice", report.completedTwice(), "allowed", 0);
        for (Outcome outcome : NEVER_RIGHT) {
            same("tasks " + outcome, report.count(outcome), "allowed", 0);
        }
    }

    private void kinds() {
        for (Outcome outcome : Outcome.values()) {
            long byKind = 0;
            for (TaskKind kind : TaskKind.values()) {
                byKind += report.count(kind, outcome);
            }
            same("tasks " + outcome, report.count(outcome), "of all kinds together", byKind);
        }
        for (TaskKind kind : TaskKind.values()) {
            Set<Outcome> right = EnumSet.of(kind.planned(), Outcome.FAILED_BY_DISTURBANCE, Outcome.REJECTED);
            for (Outcome outcome : Outcome.values()) {
                if (!right.contains(outcome) && !NEVER_RIGHT.contains(outcome)) {
                    same(kind + " tasks " + outcome, report.count(kind, outcome), "allowed", 0);
                }
            }
        }
    }

    private void disturbances() {
        same(
                "tasks failed by a disturbance",
                report.count(Outcome.FAILED_BY_DISTURBANCE),
                "disturbances that failed a task",
                sum(report.fatalDisturbances()));
        for (Disturbance kind : Disturbance.values()) {
            atMost(
                    "disturbances " + kind + " that failed a task",
                    report.fatalDisturbances().getOrDefault(kind, 0L),
                    "disturbances " + kind,
                    report.disturbances().getOrDefault(kind, 0L));
        }
    }

    private void deaths() {
        same(
                "deaths that futures reported",
                sum(report.deaths()),
                "deaths that were planned or a disturbance",
                plannedDeaths() + report.count(Outcome.FAILED_BY_DISTURBANCE));
    }

    private long plannedDeaths() {
        long deaths = 0;
        for (TaskKind kind : TaskKind.values()) {
            deaths += kind.isDeadly() ? report.count(kind, Outcome.FAILED_AS_PLANNED) : 0;
        }
        return deaths;
    }

    private void poolCounts() {
        same(
                "tasks that the pool counted",
                report.completedTasks(),
                "tasks that ended",
                report.submitted() - report.count(Outcome.REJECTED) - report.count(Outcome.UNFINISHED));
        long dead = report.endedWorkers().entrySet().stream()
                .filter(entry -> isDeath(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        atMost("deaths that futures reported", sum(report.deaths()), "workers that the pool counted as dead", dead);
        atMost(
                "workers that the pool counted as dead",
                dead,
                "deadly tasks and disturbances",
                plannedDeaths() + sum(report.disturbances()));
        atMost(
                "workers that were killed for a cancelled task",
                report.endedWorkers().getOrDefault(EndReason.CANCELLED, 0L),
                "tasks cancelled",
                report.count(Outcome.CANCELLED));
    }

    private static boolean isDeath(EndReason reason) {
        return reason == EndReason.CRASHED || reason == EndReason.UNRESPONSIVE;
    }

    private void poolAtTheEnd() {
        PoolSnapshot pool = report.pool();
        if (pool.state() != PoolSnapshot.State.RUNNING) {
            problems.add("the pool is " + pool.state() + " and not RUNNING");
        }
        same("tasks that wait or run at the end", (long) pool.queuedTasks() + pool.runningTasks(), "allowed", 0);
        atMost("workers", PoolAssert.serving(pool), "workers allowed", pool.maxWorkers());
    }

    private void same(String what, long is, String other, long expected) {
        if (is != expected) {
            problems.add(what + ": " + is + ", but " + other + ": " + expected);
        }
    }

    private void atMost(String what, long is, String other, long most) {
        if (is > most) {
            problems.add(what + ": " + is + ", but " + other + ": only " + most);
        }
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
