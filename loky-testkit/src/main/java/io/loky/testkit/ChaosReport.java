/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What came of a run of {@link ChaosMonkey}: every task that was submitted is counted under exactly one outcome. A map has
 * no entry for what has not occurred. Immutable and thread-safe.
 *
 * @param seed what the tasks and the disturbances were chosen with
 * @param elapsed how long the run took
 * @param submitted how many tasks were submitted, rejected ones included
 * @param outcomes how many tasks ended how
 * @param outcomesByKind the same for each kind of task
 * @param completedTwice how many times a future became done again after it was done
 * @param deaths how the workers died whose death failed a task
 * @param disturbances how many times the monkey disturbed a worker
 * @param fatalDisturbances how many of these failed a task
 * @param completedTasks how many tasks the pool itself counted as ended during the run
 * @param endedWorkers how many workers ended during the run, as the pool itself counted them, by reason
 * @param discrepancies what was found wrong with single tasks: the first 20
 * @param discrepancyCount how many discrepancies there were
 * @param pool the pool at the end of the run
 */
public record ChaosReport(
        long seed,
        Duration elapsed,
        long submitted,
        Map<Outcome, Long> outcomes,
        Map<TaskKind, Map<Outcome, Long>> outcomesByKind,
        long completedTwice,
        Map<CrashReport.Cause, Long> deaths,
        Map<Disturbance, Long> disturbances,
        Map<Disturbance, Long> fatalDisturbances,
        long completedTasks,
        Map<EndReason, Long> endedWorkers,
        List<String> discrepancies,
        long discrepancyCount,
        PoolSnapshot pool) {

    /**
     * Makes a report; the collections are copied.
     *
     * @param seed see {@link #seed()}
     * @param elapsed see {@link #elapsed()}
     * @param submitted see {@link #submitted()}
     * @param outcomes see {@link #outcomes()}
     * @param outcomesByKind see {@link #outcomesByKind()}
     * @param completedTwice see {@link #completedTwice()}
     * @param deaths see {@link #deaths()}
     * @param disturbances see {@link #disturbances()}
     * @param fatalDisturbances see {@link #fatalDisturbances()}
     * @param completedTasks see {@link #completedTasks()}
     * @param endedWorkers see {@link #endedWorkers()}
     * @param discrepancies see {@link #discrepancies()}
     * @param discrepancyCount see {@link #discrepancyCount()}
     * @param pool see {@link #pool()}
     * @throws NullPointerException if an argument, or something in a collection, is {@code null}
     */
    public ChaosReport {
        Objects.requireNonNull(elapsed, "elapsed");
        outcomes = copy(Outcome.class, Objects.requireNonNull(outcomes, "outcomes"));
        Map<TaskKind, Map<Outcome, Long>> byKind = new EnumMap<>(TaskKind.class);
        Objects.requireNonNull(outcomesByKind, "outcomesByKind")
                .forEach((kind, counts) -> byKind.put(kind, copy(Outcome.class, counts)));
        outcomesByKind = Collections.unmodifiableMap(byKind);
        deaths = copy(CrashReport.Cause.class, Objects.requireNonNull(deaths, "deaths"));
        disturbances = copy(Disturbance.class, Objects.requireNonNull(disturbances, "disturbances"));
        fatalDisturbances = copy(Disturbance.class, Objects.requireNonNull(fatalDisturbances, "fatalDisturbances"));
        endedWorkers = copy(EndReason.class, Objects.requireNonNull(endedWorkers, "endedWorkers"));
        discrepancies = List.copyOf(Objects.requireNonNull(discrepancies, "discrepancies"));
        Objects.requireNonNull(pool, "pool");
    }

    private static <E extends Enum<E>> Map<E, Long> copy(Class<E> type, Map<E, Long> counts) {
        Map<E, Long> copy = new EnumMap<>(type);
        counts.forEach((key, count) -> {
            if (Objects.requireNonNull(count, "count") != 0) {
                copy.put(key, count);
            }
        });
        return Collections.unmodifiableMap(copy);
    }

    /**
     * Returns how many tasks ended in a way.
     *
     * @param outcome the way
     * @return 0 or more
     */
    public long count(Outcome outcome) {
        return outcomes.getOrDefault(Objects.requireNonNull(outcome, "outcome"), 0L);
    }

    /**
     * Returns how many tasks of a kind ended in a way.
     *
     * @param kind the kind
     * @param outcome the way
     * @return 0 or more
     */
    public long count(TaskKind kind, Outcome outcome) {
        return outcomesByKind
                .getOrDefault(Objects.requireNonNull(kind, "kind"), Map.of())
                .getOrDefault(Objects.requireNonNull(outcome, "outcome"), 0L);
    }

    /**
     * Returns what is wrong: the {@link #discrepancies()}, and every account that does not add up. These are the accounts:
     *
     * <ul>
     *   <li>each task that was submitted has exactly one outcome, and no future became done twice;
     *   <li>each task ended as its kind has to end, or was rejected, or failed because of a disturbance;
     *   <li>each task that failed because of a disturbance has a disturbance of its own, of the worker that it was in;
     *   <li>each death that a future reported was planned by its task, or was a disturbance;
     *   <li>the pool counted as many ended tasks as there are, and at least one dead worker for each death that a future
     *       reported, and no more than there were deadly tasks and disturbances; and no more killed workers than
     *       cancelled tasks;
     *   <li>the pool is running, and nothing is left in it.
     * </ul>
     *
     * @return one text for each thing that is wrong, with the numbers of both sides; empty if all is right
     */
    public List<String> problems() {
        return new Audit(this).problems();
    }

    /**
     * Asserts that nothing is wrong, see {@link #problems()}.
     *
     * @throws AssertionError if something is; the message has all that is wrong and the whole report
     */
    public void verify() {
        List<String> problems = problems();
        if (!problems.isEmpty()) {
            throw new AssertionError("the accounts of the chaos monkey do not add up:\n    "
                    + String.join("\n    ", problems) + "\n" + describe());
        }
    }

    /**
     * Returns the report as text, for humans. The wording may change between versions.
     *
     * @return several lines, separated by {@code '\n'}, without one at the end
     */
    public String describe() {
        List<String> lines = new ArrayList<>();
        lines.add("seed " + seed + ", " + elapsed.toMillis() + " ms, " + submitted + " tasks: " + outcomes);
        outcomesByKind.forEach((kind, counts) -> lines.add("  " + kind + ": " + counts));
        lines.add("completed twice: " + completedTwice);
        lines.add("deaths that failed a task: " + deaths);
        lines.add("disturbances: " + disturbances + ", of which failed a task: " + fatalDisturbances);
        lines.add("the pool counted " + completedTasks + " tasks; workers ended: " + endedWorkers);
        lines.add("discrepancies: " + discrepancyCount);
        discrepancies.forEach(discrepancy -> lines.add("  " + discrepancy));
        lines.add(pool.toString());
        return String.join("\n", lines);
    }

    /** How a task ended. */
    public enum Outcome {
        /** It returned the right value. */
        SUCCEEDED,

        /** It failed with exactly what its kind leads to. */
        FAILED_AS_PLANNED,

        /** It failed because its worker died, and that was the monkey's doing, of which there is a record. */
        FAILED_BY_DISTURBANCE,

        /** The monkey has cancelled it. */
        CANCELLED,

        /** The pool refused it. */
        REJECTED,

        /** It did not become done in time. Never right. */
        UNFINISHED,

        /** It returned a wrong value. Never right. */
        WRONG_VALUE,

        /** It ended in a way that nothing explains. Never right. */
        UNEXPLAINED
    }
}
