/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.pool.FakeShell.Fault;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong on purpose is found, and is told with few events. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ShrinkerTest {
    private static final long RUNS_THAT_FIND_ANY_FAULT = 20_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void execute_oneFaultOfTheShell_isFoundAndShrunkToAFewEvents(Fault fault) throws Exception {
        Counterexample found = new RandomRuns(1, RUNS_THAT_FIND_ANY_FAULT, fault).execute();

        assertThat(found).isNotNull();
        assertThat(found.script().events()).as("%s", found).hasSizeLessThanOrEqualTo(12);
        assertThat(found.toString())
                .contains("-Dloky.seed=" + found.seed() + " ")
                .contains("start worker 1")
                .contains(found.failure().getMessage());
    }

    @Test
    void execute_noFault_findsNothing() throws Exception {
        assertThat(new RandomRuns(1, 1_000, Fault.NONE).execute()).isNull();
    }

    @Test
    void execute_sameSeed_isTheSameRun() {
        for (long seed = 1; seed <= 100; seed++) {
            assertThat(journalOf(Script.random(seed))).isEqualTo(journalOf(Script.random(seed)));
        }
        assertThat(journalOf(Script.random(1))).isNotEqualTo(journalOf(Script.random(2)));
    }

    @Test
    void shrink_failsWithTwoEventsFarApart_leavesTheseTwoInTheirPlainestForm() {
        int[] events = new int[400];
        Arrays.setAll(events, i -> event(i % 7 == 0 ? Move.READ : Move.ACT, i));
        events[17] = event(Move.CANCEL, 4_000);
        events[391] = event(Move.STOP, 77);
        int[] setup = new int[Setup.PROPERTIES];
        Arrays.fill(setup, 9);

        Script small = Shrinker.shrink(
                new Script(setup, events),
                script -> any(script, event -> Move.of(event) == Move.CANCEL && Move.number(event) >= 3)
                        && any(script, event -> Move.of(event) == Move.STOP));

        assertThat(small.events()).containsExactly(event(Move.CANCEL, 3), event(Move.STOP, 0));
        assertThat(small.setup()).containsOnly(0);
    }

    @Test
    void shrink_whatFailsInAnyForm_leavesNothing() {
        Script small = Shrinker.shrink(Script.random(5), script -> true);

        assertThat(small.events()).isEmpty();
    }

    private static boolean any(Script script, IntPredicate condition) {
        return Arrays.stream(script.events()).anyMatch(condition);
    }

    private static int event(Move move, int number) {
        return Move.withNumber(move.ordinal(), number);
    }

    private static String journalOf(Script script) {
        Journal journal = Journal.kept();
        new PoolStateRun(script, Fault.NONE, journal, new Coverage()).execute();
        return journal.toString();
    }
}
