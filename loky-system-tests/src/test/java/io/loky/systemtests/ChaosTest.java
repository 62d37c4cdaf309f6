/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.ResultSerializationException;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.WorkerTerminatedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Many tasks, of which a quarter end their worker in different ways: each future gets exactly what its task did. */
class ChaosTest {
    private static final int TASKS = 300;

    /** Another one with {@code -Dloky.chaos.seed}. */
    private static final long SEED = Long.getLong("loky.chaos.seed", 20261122);

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** What a task does. The first half of the list is harmless to its worker. */
    private enum Deed {
        VALUE,
        EXCEPTION,
        UNSENDABLE_RESULT,
        INTERRUPT,
        HALT,
        EXIT,
        SIGKILL,
        SIGTERM;

        static Deed random(Random random) {
            boolean deadly = random.nextInt(4) == 0;
            return values()[random.nextInt(4) + (deadly ? 4 : 0)];
        }

        boolean isDeadly() {
            return compareTo(HALT) >= 0;
        }

        Object doIt(int number) throws Exception {
            switch (this) {
                case VALUE -> {}
                case EXCEPTION -> throw new IllegalStateException("task " + number);
                case UNSENDABLE_RESULT -> {
                    return new Thread();
                }
                case INTERRUPT -> Thread.currentThread().interrupt();
                case HALT -> Runtime.getRuntime().halt(number % 100);
                case EXIT -> System.exit(number % 100);
                case SIGKILL, SIGTERM -> {
                    Processes.signal(
                            name().substring(3), ProcessHandle.current().pid());
                    Thread.sleep(600_000);
                }
            }
            return number;
        }
    }

    /** Exactly one outcome per task, the one that it deserves; each task is begun once; each death replaces one worker. */
    @Test
    void threeHundredTasks_aQuarterDeadly_eachFutureGetsItsOutcome() throws Exception {
        Random random = new Random(SEED);
        ProcessPoolExecutor pool = pools.create(4);
        List<Deed> deeds = new ArrayList<>();
        List<Gate> begun = new ArrayList<>();
        List<TaskFuture<Object>> futures = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            Deed deed = Deed.random(random);
            Gate begin = new Gate(folder, "begun-" + i);
            Gate twice = new Gate(folder, "begun-twice-" + i);
            int number = i;
            deeds.add(deed);
            begun.add(begin);
            futures.add(pool.submit(
                    () -> {
                        if (begin.isOpen()) {
                            twice.open();
                        }
                        begin.open();
                        return deed.doIt(number);
                    },
                    TaskOptions.named(deed + " " + i)));
        }

        Map<Deed, Integer> expected = new EnumMap<>(Deed.class);
        Map<Deed, Integer> seen = new EnumMap<>(Deed.class);
        for (int i = 0; i < TASKS; i++) {
            TaskFuture<Object> future = futures.get(i);
            Await.until("done: " + future + ", seed " + SEED, future::isDone, pool::toString);
            expected.merge(deeds.get(i), 1, Integer::sum);
            seen.merge(outcome(future, i), 1, Integer::sum);
            assertThat(outcome(future, i)).as("%s, seed %d", future, SEED).isEqualTo(deeds.get(i));
            assertThat(begun.get(i).isOpen()).isTrue();
            assertThat(new Gate(folder, "begun-twice-" + i).isOpen()).isFalse();
            assertThat(future.attempts()).isEqualTo(1);
        }

        assertThat(seen).as("seed %d", SEED).isEqualTo(expected);
        long deaths = deeds.stream().filter(Deed::isDeadly).count();
        Await.until(
                "every death was counted",
                () -> pool.snapshot().endedWorkers().getOrDefault(EndReason.CRASHED, 0L) == deaths,
                () -> deaths + " deaths, " + pool.snapshot());
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CRASHED);
        assertThat(pool.snapshot().completedTasks()).isEqualTo(TASKS);
        Pools.assertServes(pool);
        Pools.awaitIdle(pool, 4);
    }

    /** What a task did, as far as its future tells. */
    private static Deed outcome(TaskFuture<Object> future, int number) throws Exception {
        if (future.status() == TaskFuture.Status.SUCCEEDED) {
            assertThat(future.resultNow()).isEqualTo(number);
            return future.name().startsWith("INTERRUPT") ? Deed.INTERRUPT : Deed.VALUE;
        }
        Throwable failure = Pools.failure(future);
        if (failure instanceof IllegalStateException) {
            assertThat(failure).hasMessage("task " + number);
            return Deed.EXCEPTION;
        }
        if (failure instanceof ResultSerializationException) {
            return Deed.UNSENDABLE_RESULT;
        }
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        CrashReport report = ((WorkerTerminatedException) failure).report();
        assertThat(report.taskId()).hasValue(future.taskId());
        assertThat(report.pid()).isEqualTo(future.workerPid().orElseThrow());
        if (report.signal().isPresent()) {
            assertThat(report.cause()).isEqualTo(CrashReport.Cause.KILLED_BY_SIGNAL);
            return Deed.valueOf(report.signal().get());
        }
        assertThat(report.exitCode()).hasValue(number % 100);
        boolean halted = future.name().startsWith("HALT");
        assertThat(report.cause()).isEqualTo(halted ? CrashReport.Cause.HALT : CrashReport.Cause.EXIT);
        return halted ? Deed.HALT : Deed.EXIT;
    }
}
