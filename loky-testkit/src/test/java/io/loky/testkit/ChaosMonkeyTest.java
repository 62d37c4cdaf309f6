/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.CrashReport.Cause;
import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.WorkerSnapshot;
import io.loky.testkit.ChaosReport.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Chaos leaves the accounts of a good pool in order, and shows what a bad one gets wrong. */
class ChaosMonkeyTest {
    /** Another one with {@code -Dloky.chaos.seed}. */
    private static final long SEED = Long.getLong("loky.chaos.seed", 20261123);

    @RegisterExtension
    final Pools pools = new Pools();

    // ---- a good pool ------------------------------------------------------------------------------------------------

    /** Everything at once; each outcome is there, and every account adds up. */
    @Test
    @Timeout(300)
    void run_everyKindOfMischief_accountsAddUp() throws Exception {
        ProcessPoolExecutor pool = pools.create(4);
        ChaosMonkey.Builder builder = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofSeconds(15))
                .rate(Disturbance.KILL, 1)
                .rate(Disturbance.STOP, 1)
                .stopFor(Duration.ofMillis(300));
        for (TaskKind kind : TaskKind.values()) {
            if (kind != TaskKind.WELL_BEHAVED) {
                builder.share(kind, 0.005);
            }
        }

        ChaosReport report = builder.build().run(pool);

        report.verify();
        assertThat(report.seed()).isEqualTo(SEED);
        assertThat(report.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
        assertThat(report.count(Outcome.SUCCEEDED)).isPositive();
        assertThat(report.discrepancies()).isEmpty();
        assertThat(report.outcomes())
                .containsOnlyKeys(report.outcomes().keySet().stream()
                        .filter(List.of(
                                Outcome.SUCCEEDED,
                                Outcome.FAILED_AS_PLANNED,
                                Outcome.FAILED_BY_DISTURBANCE,
                                Outcome.CANCELLED)::contains)
                        .toArray(Outcome[]::new));
        PoolAssert.assertSurvived(pool);
    }

    /** So many tasks and not one more; without mischief each succeeds. */
    @Test
    void run_noMischief_everyTaskSucceeds() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);

        ChaosReport report = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofMinutes(10))
                .maxTasks(500)
                .tasksInFlight(10)
                .build()
                .run(pool);

        report.verify();
        assertThat(report.submitted()).isEqualTo(500);
        assertThat(report.outcomes()).containsExactlyEntriesOf(Map.of(Outcome.SUCCEEDED, 500L));
        assertThat(report.completedTasks()).isEqualTo(500);
        assertThat(report.endedWorkers()).isEmpty();
    }

    /** The same seed plans the same tasks: without disturbances the counts of each kind are the same. */
    @Test
    void run_sameSeed_sameTasks() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        ChaosMonkey monkey = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofMinutes(10))
                .maxTasks(300)
                .share(TaskKind.EXCEPTION, 0.2)
                .share(TaskKind.UNSERIALIZABLE_RESULT, 0.1)
                .share(TaskKind.HALT, 0.01)
                .build();

        ChaosReport one = monkey.run(pool);
        ChaosReport two = monkey.run(pool);

        one.verify();
        two.verify();
        assertThat(two.outcomesByKind()).isEqualTo(one.outcomesByKind());
        assertThat(one.count(TaskKind.EXCEPTION, Outcome.FAILED_AS_PLANNED)).isBetween(30L, 90L);
    }

    /** Killed workers fail the tasks that they were executing, one each, and no other. */
    @Test
    void run_kills_eachFailedTaskHasItsKill() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);

        ChaosReport report = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofSeconds(5))
                .rate(Disturbance.KILL, 5)
                .build()
                .run(pool);

        report.verify();
        long failed = report.count(Outcome.FAILED_BY_DISTURBANCE);
        assertThat(report.disturbances().getOrDefault(Disturbance.KILL, 0L)).isGreaterThanOrEqualTo(failed);
        assertThat(report.deaths().getOrDefault(Cause.KILLED_BY_SIGNAL, 0L)).isEqualTo(failed);
        assertThat(report.endedWorkers().getOrDefault(EndReason.CRASHED, 0L))
                .isBetween(failed, report.disturbances().getOrDefault(Disturbance.KILL, 0L));
    }

    /** Workers that are stopped for less time than the pool waits fail no task, and none stays stopped. */
    @Test
    void run_stopsShorterThanTheHeartbeats_everyTaskSucceeds() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);

        ChaosReport report = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofSeconds(4))
                .rate(Disturbance.STOP, 5)
                .stopFor(Duration.ofMillis(200))
                .build()
                .run(pool);

        report.verify();
        assertThat(report.outcomes()).containsOnlyKeys(Outcome.SUCCEEDED);
        assertNobodyIsStopped(pool);
    }

    /** The pool ends workers that are stopped for longer than it waits, and each failed task has its stop. */
    @Test
    void run_stopsLongerThanTheHeartbeats_stoppedWorkersAreEnded() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(Pools.options(2).heartbeat(Duration.ofMillis(500)).build());

        ChaosReport report = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofSeconds(15))
                .rate(Disturbance.STOP, 2)
                .stopFor(Duration.ofMinutes(2))
                .patience(Duration.ofMinutes(3))
                .build()
                .run(pool);

        report.verify();
        long failed = report.count(Outcome.FAILED_BY_DISTURBANCE);
        assertThat(report.deaths().getOrDefault(Cause.UNRESPONSIVE, 0L)).isEqualTo(failed);
        assertThat(report.endedWorkers().getOrDefault(EndReason.UNRESPONSIVE, 0L))
                .isBetween(Math.max(1, failed), report.disturbances().getOrDefault(Disturbance.STOP, 0L));
        assertNobodyIsStopped(pool);
        PoolAssert.assertSurvived(pool);
    }

    private static void assertNobodyIsStopped(ProcessPoolExecutor pool) throws Exception {
        for (ProcessHandle process : PoolAssert.processesOf(pool)) {
            Path status = Path.of("/proc", Long.toString(process.pid()), "status");
            Pools.await(
                    "not stopped: " + process.pid(),
                    () -> !process.isAlive() || !Files.readString(status).contains("State:\tT"));
        }
    }

    /** The listener hears of the run, with counts that grow. */
    @Test
    void run_progress_isToldWhileItRuns() throws Exception {
        List<ChaosReport> heard = Collections.synchronizedList(new ArrayList<>());

        ChaosReport report = ChaosMonkey.builder()
                .duration(Duration.ofSeconds(3))
                .progress(Duration.ofMillis(100), heard::add)
                .build()
                .run(pools.create(1));

        report.verify();
        assertThat(heard).isNotEmpty();
        assertThat(heard).extracting(ChaosReport::submitted).isSorted();
        assertThat(heard.get(heard.size() - 1).submitted()).isLessThanOrEqualTo(report.submitted());
    }

    /** An interrupted run cancels its tasks, continues what it stopped, and leaves no thread. */
    @Test
    void run_interrupted_leavesNothing() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        CountDownLatch underWay = new CountDownLatch(3);
        ChaosMonkey monkey = ChaosMonkey.builder()
                .duration(Duration.ofHours(1))
                .rate(Disturbance.STOP, 100)
                .stopFor(Duration.ofSeconds(30))
                .share(TaskKind.HANG, 0.01)
                .progress(Duration.ofMillis(100), report -> underWay.countDown())
                .build();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread runner = new Thread(() -> {
            try {
                monkey.run(pool).verify();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        runner.start();
        underWay.await();

        runner.interrupt();
        runner.join();

        assertThat(thrown.get()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("chaos-"));
        assertNobodyIsStopped(pool);
        PoolAssert.assertSurvived(pool);
    }

    // ---- bad pools --------------------------------------------------------------------------------------------------

    private static void assertFails(ChaosReport report, String... words) {
        assertThatThrownBy(report::verify)
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageContainingAll(words)
                .hasMessageContaining(report.describe());
    }

    /** A pool that has submit return what it makes of the task. */
    private static ProcessPoolExecutor poolWithSubmit(
            ProcessPoolExecutor real, Function<SerializableCallable<?>, TaskFuture<?>> submit) {
        return Fakes.pool(real, "submit", args -> submit.apply((SerializableCallable<?>) args[0]));
    }

    private static ChaosMonkey fewTasks() {
        return ChaosMonkey.builder()
                .seed(SEED)
                .maxTasks(20)
                .duration(Duration.ofMinutes(10))
                .build();
    }

    @Test
    void run_poolReturnsWrongValues_isFound() throws Exception {
        ProcessPoolExecutor real = pools.create(1);

        ChaosReport report = fewTasks().run(poolWithSubmit(real, task -> real.submit(() -> "wrong")));

        assertThat(report.count(Outcome.WRONG_VALUE)).isEqualTo(20);
        assertFails(report, "tasks WRONG_VALUE: 20, but allowed: 0");
    }

    @Test
    void run_wellBehavedTasksFail_isFound() throws Exception {
        ProcessPoolExecutor real = pools.create(1);

        ChaosReport report = fewTasks().run(poolWithSubmit(real, task -> real.submit(Faults.unserializableResult())));

        assertThat(report.count(Outcome.UNEXPLAINED)).isEqualTo(20);
        assertFails(report, "tasks UNEXPLAINED: 20, but allowed: 0", "ResultSerializationException");
    }

    /** A worker that somebody else kills fails a task that nothing explains. */
    @Test
    void run_somebodyElseKills_isFound() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        AtomicInteger kills = new AtomicInteger();

        ChaosReport report = ChaosMonkey.builder()
                .seed(SEED)
                .duration(Duration.ofMinutes(1))
                .maxTasks(5000)
                .share(TaskKind.HANG, 0.01) // so that somebody is found at work
                .progress(Duration.ofMillis(100), now -> {
                    if (now.count(Outcome.UNEXPLAINED) == 0) {
                        kills.addAndGet(killOneAtWork(pool));
                    }
                })
                .build()
                .run(pool);

        assertThat(kills.get()).isPositive();
        assertThat(report.count(Outcome.UNEXPLAINED)).isBetween(1L, (long) kills.get());
        assertFails(report, "is UNEXPLAINED", "SIGKILL");
    }

    private static int killOneAtWork(ProcessPoolExecutor pool) {
        return pool.snapshot().workers().stream()
                .filter(worker -> worker.state() == WorkerSnapshot.State.BUSY && worker.tasksDone() > 0)
                .flatMap(worker -> worker.pid().stream().boxed())
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .limit(1)
                .mapToInt(process -> process.destroyForcibly() ? 1 : 0)
                .sum();
    }

    @Test
    void run_futureNeverBecomesDone_isFound() throws Exception {
        ProcessPoolExecutor real = pools.create(2);
        AtomicInteger number = new AtomicInteger();
        ProcessPoolExecutor forgetful = poolWithSubmit(
                real,
                task -> number.incrementAndGet() == 5
                        ? real.submit(Faults.sleepIgnoringInterrupts())
                        : real.submit(task));

        ChaosReport report = ChaosMonkey.builder()
                .seed(SEED)
                .maxTasks(20)
                .patience(Duration.ofSeconds(3))
                .build()
                .run(forgetful);

        assertThat(report.count(Outcome.UNFINISHED)).isPositive();
        assertFails(report, "UNFINISHED", "is not done PT3S after the last submission");
        PoolAssert.assertSurvived(real); // what was unfinished was cancelled
    }

    @Test
    void run_futureTellsTwice_isFound() throws Exception {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor stuttering = poolWithSubmit(real, task -> {
            TaskFuture<?> future = real.submit(task);
            return Fakes.future(
                    future, Map.of("whenComplete", whenCompleteArgs -> tellTwice(future, whenCompleteArgs)));
        });

        ChaosReport report = fewTasks().run(stuttering);

        assertThat(report.completedTwice()).isPositive();
        assertFails(report, "futures that became done twice");
    }

    @SuppressWarnings("unchecked")
    private static Object tellTwice(TaskFuture<?> future, Object[] args) {
        BiConsumer<Object, Throwable> told = (BiConsumer<Object, Throwable>) args[0];
        CompletableFuture<Object> result = new CompletableFuture<>();
        var unused = future.whenComplete((value, failure) -> {
            told.accept(value, failure);
            told.accept(value, failure);
            result.complete(value);
        });
        Object stage = result;
        return stage;
    }

    @Test
    void run_futureChangesItsValue_isFound() throws Exception {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor fickle = poolWithSubmit(real, task -> {
            TaskFuture<?> future = real.submit(task);
            AtomicInteger asked = new AtomicInteger();
            // the judge asks for it twice; the third time is when it looks again at the end
            return Fakes.future(
                    future, Map.of("resultNow", none -> asked.incrementAndGet() > 2 ? "another" : future.resultNow()));
        });

        ChaosReport report = fewTasks().run(fickle);

        assertThat(report.count(Outcome.SUCCEEDED)).isEqualTo(20);
        assertThat(report.discrepancyCount()).isEqualTo(20);
        assertFails(report, "a while after it was done: a dependent was told a value");
    }

    @Test
    void run_somebodyElseCancels_isFound() throws Exception {
        ProcessPoolExecutor real = pools.create(1);
        ProcessPoolExecutor cancelling = poolWithSubmit(real, task -> {
            TaskFuture<?> future = real.submit(task);
            future.cancel(false);
            return future;
        });

        ChaosReport report = fewTasks().run(cancelling);

        assertThat(report.count(Outcome.UNEXPLAINED)).isPositive();
        assertFails(report, "the future is cancelled");
    }

    @Test
    void run_poolIsShutDownMeanwhile_isFound() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        ChaosReport report = ChaosMonkey.builder()
                .duration(Duration.ofMinutes(5))
                .progress(Duration.ofMillis(200), now -> pool.shutdown())
                .build()
                .run(pool);

        assertThat(report.count(Outcome.REJECTED)).isEqualTo(1);
        assertFails(report, "somebody has shut the pool down");
    }

    @Test
    void run_listenerThrows_isFound() throws Exception {
        ChaosReport report = ChaosMonkey.builder()
                .duration(Duration.ofSeconds(2))
                .progress(Duration.ofMillis(50), now -> {
                    throw new IllegalStateException("the listener throws");
                })
                .build()
                .run(pools.create(1));

        assertFails(report, "the monkey itself failed, in its thread progress", "the listener throws");
    }

    // ---- what a monkey is told --------------------------------------------------------------------------------------

    @Test
    void run_shutDownPool_isRefused() {
        ProcessPoolExecutor pool = pools.create(1);
        pool.shutdown();

        assertThatThrownBy(() -> ChaosMonkey.builder().build().run(pool))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shut down");
    }

    @Test
    void builder_badValues_areRefusedByName() {
        ChaosMonkey.Builder builder = ChaosMonkey.builder();

        assertRefused(() -> builder.duration(Duration.ZERO), "duration must be from");
        assertRefused(() -> builder.maxTasks(0), "maxTasks must be from 1");
        assertRefused(() -> builder.tasksInFlight(0), "tasksInFlight must be from 1");
        assertRefused(() -> builder.share(TaskKind.WELL_BEHAVED, 0.1), "what the others leave");
        assertRefused(() -> builder.share(TaskKind.HANG, 1.1), "share of HANG must be from 0");
        assertRefused(() -> builder.share(TaskKind.HANG, Double.NaN), "share of HANG must be from 0");
        assertRefused(() -> builder.rate(Disturbance.KILL, -1), "rate of KILL must be from 0");
        assertRefused(() -> builder.stopFor(Duration.ZERO), "stopFor must be from");
        assertRefused(() -> builder.patience(Duration.ZERO), "patience must be from");
        assertRefused(() -> builder.progress(Duration.ZERO, report -> {}), "every must be from");
        assertRefused(
                () -> ChaosMonkey.builder()
                        .share(TaskKind.HANG, 0.6)
                        .share(TaskKind.HALT, 0.6)
                        .build(),
                "the sum of all shares must be from");
        assertRefused(
                () -> ChaosMonkey.builder()
                        .rate(Disturbance.STOP, 1)
                        .stopFor(Duration.ofMinutes(1))
                        .patience(Duration.ofMinutes(1))
                        .build(),
                "patience must be longer than stopFor");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String words) {
        assertThatThrownBy(call)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
