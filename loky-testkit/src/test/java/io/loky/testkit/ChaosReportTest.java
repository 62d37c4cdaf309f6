/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.CrashReport.Cause;
import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.testkit.ChaosReport.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each account of a report is checked: one number that is off by one is found. */
class ChaosReportTest {
    /** A report in order, of which a test spoils something. */
    private static final class Draft {
        long submitted = 20;
        Map<Outcome, Long> outcomes = Map.of(
                Outcome.SUCCEEDED,
                10L,
                Outcome.FAILED_AS_PLANNED,
                4L,
                Outcome.FAILED_BY_DISTURBANCE,
                2L,
                Outcome.CANCELLED,
                3L,
                Outcome.REJECTED,
                1L);
        Map<TaskKind, Map<Outcome, Long>> byKind = Map.of(
                TaskKind.WELL_BEHAVED,
                Map.of(Outcome.SUCCEEDED, 10L, Outcome.FAILED_BY_DISTURBANCE, 2L, Outcome.REJECTED, 1L),
                TaskKind.EXCEPTION,
                Map.of(Outcome.FAILED_AS_PLANNED, 1L),
                TaskKind.HALT,
                Map.of(Outcome.FAILED_AS_PLANNED, 3L),
                TaskKind.HANG,
                Map.of(Outcome.CANCELLED, 3L));
        long completedTwice = 0;
        Map<Cause, Long> deaths = Map.of(Cause.EXIT, 3L, Cause.KILLED_BY_SIGNAL, 2L);
        Map<Disturbance, Long> disturbances = Map.of(Disturbance.KILL, 4L);
        Map<Disturbance, Long> fatal = Map.of(Disturbance.KILL, 2L);
        long completedTasks = 19;
        Map<EndReason, Long> ended = Map.of(EndReason.CRASHED, 6L, EndReason.CANCELLED, 3L);
        List<String> discrepancies = List.of();
        long discrepancyCount = 0;
        PoolSnapshot pool = new PoolSnapshot(PoolSnapshot.State.RUNNING, 4, List.of(), 0, 0, 19, Map.of());

        ChaosReport report() {
            return new ChaosReport(
                    1,
                    Duration.ofSeconds(3),
                    submitted,
                    outcomes,
                    byKind,
                    completedTwice,
                    deaths,
                    disturbances,
                    fatal,
                    completedTasks,
                    ended,
                    discrepancies,
                    discrepancyCount,
                    pool);
        }
    }

    private static void assertFound(Consumer<Draft> spoil, String problem) {
        Draft draft = new Draft();
        spoil.accept(draft);
        ChaosReport report = draft.report();

        assertThat(report.problems()).anyMatch(found -> found.contains(problem));
        assertThatThrownBy(report::verify)
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContaining(problem)
                .hasMessageContaining(report.describe());
    }

    @Test
    void verify_everythingInOrder_holds() {
        ChaosReport report = new Draft().report();

        assertThat(report.problems()).isEmpty();
        assertThatCode(report::verify).doesNotThrowAnyException();
    }

    @Test
    void verify_taskWithoutOutcome_fails() {
        assertFound(draft -> draft.submitted = 21, "tasks submitted: 21, but tasks with an outcome: 20");
    }

    @Test
    void verify_futureDoneTwice_fails() {
        assertFound(draft -> draft.completedTwice = 1, "futures that became done twice: 1, but allowed: 0");
    }

    @Test
    void verify_outcomeThatIsNeverRight_fails() {
        for (Outcome outcome : List.of(Outcome.UNFINISHED, Outcome.WRONG_VALUE, Outcome.UNEXPLAINED)) {
            assertFound(draft -> draft.outcomes = Map.of(outcome, 1L), "tasks " + outcome + ": 1, but allowed: 0");
        }
    }

    @Test
    void verify_kindsDoNotAddUp_fails() {
        assertFound(
                draft -> draft.byKind = Map.of(TaskKind.WELL_BEHAVED, Map.of(Outcome.SUCCEEDED, 11L)),
                "tasks SUCCEEDED: 10, but of all kinds together: 11");
    }

    @Test
    void verify_kindEndedOtherwise_fails() {
        assertFound(
                draft -> draft.byKind = Map.of(TaskKind.HANG, Map.of(Outcome.SUCCEEDED, 1L)),
                "HANG tasks SUCCEEDED: 1, but allowed: 0");
        assertFound(
                draft -> draft.byKind = Map.of(TaskKind.HALT, Map.of(Outcome.CANCELLED, 1L)),
                "HALT tasks CANCELLED: 1, but allowed: 0");
    }

    @Test
    void verify_failureWithoutDisturbance_fails() {
        assertFound(
                draft -> draft.fatal = Map.of(Disturbance.KILL, 1L),
                "tasks failed by a disturbance: 2, but disturbances that failed a task: 1");
        assertFound(
                draft -> draft.disturbances = Map.of(Disturbance.KILL, 1L),
                "disturbances KILL that failed a task: 2, but disturbances KILL: only 1");
    }

    @Test
    void verify_deathThatNobodyCaused_fails() {
        assertFound(
                draft -> draft.deaths = Map.of(Cause.EXIT, 3L, Cause.KILLED_BY_SIGNAL, 3L),
                "deaths that futures reported: 6, but deaths that were planned or a disturbance: 5");
    }

    @Test
    void verify_poolCountsOtherwise_fails() {
        assertFound(draft -> draft.completedTasks = 18, "tasks that the pool counted: 18, but tasks that ended: 19");
        assertFound(
                draft -> draft.ended = Map.of(EndReason.CRASHED, 4L),
                "deaths that futures reported: 5, but workers that the pool counted as dead: only 4");
        assertFound(
                draft -> draft.ended = Map.of(EndReason.CRASHED, 8L),
                "workers that the pool counted as dead: 8, but deadly tasks and disturbances: only 7");
        assertFound(
                draft -> draft.ended = Map.of(EndReason.CRASHED, 6L, EndReason.CANCELLED, 4L),
                "workers that were killed for a cancelled task: 4, but tasks cancelled: only 3");
    }

    @Test
    void verify_poolIsNotAsItWas_fails() {
        assertFound(
                draft -> draft.pool = new PoolSnapshot(PoolSnapshot.State.SHUTDOWN, 4, List.of(), 0, 0, 19, Map.of()),
                "the pool is SHUTDOWN and not RUNNING");
        assertFound(
                draft -> draft.pool = new PoolSnapshot(PoolSnapshot.State.RUNNING, 4, List.of(), 1, 2, 19, Map.of()),
                "tasks that wait or run at the end: 3, but allowed: 0");
    }

    @Test
    void verify_discrepancies_failsWithThem() {
        assertFound(
                draft -> {
                    draft.discrepancies = List.of("task 7 is odd");
                    draft.discrepancyCount = 3;
                },
                "task 7 is odd");
        assertFound(
                draft -> {
                    draft.discrepancies = List.of("task 7 is odd");
                    draft.discrepancyCount = 3;
                },
                "discrepancies: 3, but allowed: 0");
    }

    /** A run that goes wrong a million times needs no more memory than one that goes wrong twenty times. */
    @Test
    void ledger_manyDiscrepancies_keepsTheFirstTwenty() {
        Ledger ledger = new Ledger(1, new Draft().pool);
        IntStream.range(0, 1000).forEach(number -> ledger.discrepancy("number " + number));

        ChaosReport report = ledger.report(new Draft().pool);

        assertThat(report.discrepancies()).hasSize(20).contains("number 19").doesNotContain("number 20");
        assertThat(report.discrepancyCount()).isEqualTo(1000);
    }

    @Test
    void constructor_copiesAndLeavesOutZeros() {
        Draft draft = new Draft();
        draft.disturbances = Map.of(Disturbance.KILL, 4L, Disturbance.STOP, 0L);

        assertThat(draft.report().disturbances()).containsOnlyKeys(Disturbance.KILL);
        assertThat(draft.report().count(Outcome.UNFINISHED)).isZero();
        assertThat(draft.report().count(TaskKind.ABORT, Outcome.UNFINISHED)).isZero();
    }
}
