/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.benchmarks.Results.Cell;
import io.loky.benchmarks.Schedule.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RunnerTest {

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @Test
    void run_contenders_takeTurnsAfterAllAreWarm() throws Exception {
        Results results = run(2, Map.of("A", new Fake("A"), "B", new Fake("B")));
        assertThat(log.subList(0, 4)).containsExactly("warm A", "warm B", "A", "B");
        assertThat(log.subList(4, 6)).containsExactlyInAnyOrder("A", "B");
        assertThat(results.cell(Metric.LOSS, "B").rounds()).hasSize(2);
    }

    @Test
    void run_failingContender_isNotAskedAgainAndOthersGoOn() throws Exception {
        Fake failing = new Fake("A") {
            @Override
            public double[] measure(Metric metric, Effort effort) throws Exception {
                super.measure(metric, effort);
                throw new IllegalStateException("broken");
            }
        };
        Results results = run(3, Map.of("A", failing, "B", new Fake("B")));
        Cell cell = results.cell(Metric.LOSS, "A");
        assertThat(cell.problem()).hasValue("failed in round 1: java.lang.IllegalStateException: broken");
        assertThat(log).containsOnlyOnce("A");
        assertThat(results.cell(Metric.LOSS, "B").rounds()).hasSize(3);
    }

    @Test
    void run_hangingContender_isClosedAndOthersGoOn() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Fake hanging = new Fake("A") {
            @Override
            public void warmUp(Metric metric, Effort effort) throws Exception {
                closed.await();
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        Results results = run(2, Map.of("A", hanging, "B", new Fake("B")));
        assertThat(closed.getCount()).isZero();
        assertThat(results.cell(Metric.LOSS, "A").problem().orElseThrow())
                .startsWith("failed in warm-up")
                .contains("not done after 1 s, in io.loky.benchmarks.RunnerTest");
        assertThat(results.cell(Metric.LOSS, "B").rounds()).hasSize(2);
    }

    @Test
    void run_unavailableContender_isSkippedWithTheReason() throws Exception {
        Fake absent = new Fake("A") {
            @Override
            public Optional<String> unavailable(Metric metric) {
                return Optional.of("not installed");
            }
        };
        Results results = run(1, Map.of("A", absent, "B", new Fake("B")));
        assertThat(results.cell(Metric.LOSS, "A").problem()).hasValue("skipped: not installed");
        assertThat(log).containsExactly("warm B", "B");
    }

    private static Results run(int rounds, Map<String, Contender> contenders) throws InterruptedException {
        Schedule schedule = Schedule.of(rounds, List.of(new Field(Metric.LOSS, List.of("A", "B"))), 1);
        return new Runner(contenders, Effort.quick(), Duration.ofSeconds(1), line -> {}).run(schedule);
    }

    /** Writes down its turns. */
    private class Fake implements Contender {
        private final String name;

        Fake(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean measures(Metric metric) {
            return true;
        }

        @Override
        public void warmUp(Metric metric, Effort effort) throws Exception {
            log.add("warm " + name);
        }

        @Override
        public double[] measure(Metric metric, Effort effort) throws Exception {
            log.add(name);
            return new double[] {1};
        }

        @Override
        public void close() {}
    }
}
