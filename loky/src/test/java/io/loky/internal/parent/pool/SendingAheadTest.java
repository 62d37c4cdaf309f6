/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When something is sent ahead, and what becomes of it. */
class SendingAheadTest extends PoolStateScript {
    private static final long SHORT = 10_000;

    /** The number of the last task that each worker has begun. */
    private final Map<String, Long> begun = new HashMap<>();

    private boolean claims = true;
    private boolean takesBack = true;
    private long lastTask = 100;

    private final class Brief extends Task {
        Brief() {
            super(++lastTask, UNLIMITED, 0);
        }

        @Override
        public boolean mayBeSentAhead() {
            return true;
        }

        @Override
        public int weight() {
            return 200;
        }
    }

    private void open(int maxWorkers, Consumer<ProcessPoolOptions.Builder> more, int... shortOnes) {
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder()
                .maxWorkers(maxWorkers)
                .heartbeat(Duration.ofNanos(NO_HEARTBEAT))
                .cancelGrace(Duration.ZERO);
        more.accept(options);
        pool = new PoolState<>(
                PoolLimits.of(options.build()), (number, index, max) -> "w" + number, new SendingAhead.Claimed<>() {
                    @Override
                    public boolean canTakeBack(String worker) {
                        return claims;
                    }

                    @Override
                    public long takeBack(String worker, long kept, long sent) {
                        assertThat(takesBack).isTrue();
                        return Math.max(kept, begun.getOrDefault(worker, 0L));
                    }
                });
        idleWorkers(maxWorkers);
        for (int number : shortOnes) {
            worker(number).paceNanos = SHORT;
        }
    }

    private Task submitShort() {
        Task task = new Brief();
        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.TAKEN);
        return task;
    }

    private List<Task> submitShort(int count) {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(submitShort());
        }
        return tasks;
    }

    @Test
    void submit_workersTasksWereShort_isSentBehindItsTask() {
        open(1, options -> {}, 1);
        Task first = submitShort();
        Task second = submitShort();

        assertThat(actions()).containsExactly("send 1 #" + first.id(), "send ahead 1 #" + second.id());
        assertThat(second.state()).isEqualTo(TaskState.QUEUED);
        assertThat(pool.waiting()).isEqualTo(1);
        answer(1, first);
        assertThat(second.state()).isEqualTo(TaskState.SENT);
        assertThat(pool.waiting()).isZero();
        assertThat(actions()).isEmpty();
        assertThat(answer(1, second)).isTrue();
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void submit_workersTasksWereLong_waits() {
        open(1, options -> {});
        worker(1).paceNanos = SendingAhead.AHEAD_NANOS + 1;
        Task first = submitShort();
        submitShort();

        assertThat(actions()).containsExactly("send 1 #" + first.id());
    }

    @Test
    void submit_workerDoesNotSayWhatItBegins_waits() {
        claims = false;
        open(1, options -> {}, 1);
        Task first = submitShort();
        submitShort();

        assertThat(actions()).containsExactly("send 1 #" + first.id());
    }

    @Test
    void submit_taskWithALimit_waitsForAWorkerThatIsFree() {
        open(1, options -> {}, 1);
        Task first = submitShort();
        Task limited = submitWithin(SECOND);
        Task behind = submitShort();

        assertThat(actions()).containsExactly("send 1 #" + first.id());
        answer(1, first);
        assertThat(actions()).containsExactly("send 1 #" + limited.id(), "send ahead 1 #" + behind.id());
    }

    @Test
    void submit_poolCouldGrow_startsAWorker() {
        open(1, options -> {}, 1);
        pool.adapt(Limits.maxWorkers(pool.limits(), 2), now, out);
        Task first = submitShort();
        submitShort();

        assertThat(actions()).containsExactly("send 1 #" + first.id(), "start 2");
    }

    @Test
    void submit_workersAreCountedByTheirTasksOrCrashes_waits() {
        for (Consumer<ProcessPoolOptions.Builder> counted : List.<Consumer<ProcessPoolOptions.Builder>>of(
                options -> options.maxTasksPerWorker(100), options -> options.maxCrashes(5, Duration.ofMinutes(1)))) {
            open(1, counted, 1);
            Task first = submitShort();
            submitShort();

            assertThat(actions()).contains("send 1 #" + first.id()).noneMatch(word -> word.startsWith("send ahead"));
        }
    }

    @Test
    void submit_many_noMoreThanAPipeTakesIsAhead() {
        open(1, options -> {}, 1);
        submitShort(1_000);

        assertThat(worker(1).aheadWeight).isLessThanOrEqualTo(SendingAhead.MOST_WEIGHT);
        assertThat(worker(1).ahead).hasSizeBetween(20, SendingAhead.MOST);
        assertThat(pool.waiting()).isEqualTo(999);
    }

    @Test
    void queueCapacity_countsWhatIsAhead() {
        open(1, options -> options.queueCapacity(3), 1);
        submitShort(4);

        assertThat(pool.submit(new Brief(), now, out)).isEqualTo(Submission.FULL);
    }

    @Test
    void answered_anotherWorkerIsFree_getsWhatWasAhead() {
        open(2, options -> {}, 1, 2);
        List<Task> tasks = submitShort(3);
        actions();
        Worker<String> busy = pool.workers().stream()
                .filter(worker -> !worker.ahead.isEmpty())
                .findAny()
                .orElseThrow();
        Worker<String> other = pool.workers().stream()
                .filter(worker -> worker != busy)
                .findAny()
                .orElseThrow();
        assertThat(other.task).isNotNull();

        answer(other.number(), other.task);

        assertThat(actions())
                .containsExactly("send " + other.number() + " #" + tasks.get(2).id());
        assertThat(busy.ahead).isEmpty();
    }

    @Test
    void tick_taskGoesOnForLong_whatIsBehindItReturnsToTheHeadOfTheQueue() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(4);
        actions();
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + SendingAhead.LONG_NANOS);

        pass(SendingAhead.LONG_NANOS);

        assertThat(worker(1).ahead).isEmpty();
        assertThat(pool.nextWaiting(4)).containsExactlyElementsOf(tasks.subList(1, 4));
        assertThat(actions()).as("it is known as one with long tasks").isEmpty();
    }

    /** The answer to the one before is on its way. */
    @Test
    void tick_nextOneIsBegun_staysWhereItIs() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(4);
        begun.put("w1", worker(1).taskNumber + 1);

        pass(SendingAhead.LONG_NANOS);

        assertThat(tasks.get(1).state()).isEqualTo(TaskState.SENT);
        assertThat(pool.begunBeyond()).isEqualTo(1);
        assertThat(pool.nextWaiting(4)).containsExactlyElementsOf(tasks.subList(2, 4));
        answer(1, tasks.get(0));
        assertThat(answer(1, tasks.get(1))).isTrue();
    }

    @Test
    void cancel_sentAheadAndNotBegun_isNeverExecuted() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(3);
        actions();

        assertThat(cancel(tasks.get(1), true)).isTrue();

        assertThat(pool.nextWaiting(3)).containsExactly(tasks.get(2));
        answer(1, tasks.get(0));
        assertThat(worker(1).task).isSameAs(tasks.get(2));
    }

    /** A worker that is stopped reads nothing, and whoever cancels must not wait for it. */
    @Test
    void cancel_manyOneAfterTheOther_sendsNothingAheadAgainBeforeTheWorkerHasReadThat() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(100);
        actions();

        tasks.subList(1, 50).forEach(task -> cancel(task, false));

        assertThat(actions()).isEmpty();
        answer(1, tasks.get(0));
        assertThat(actions())
                .as("it has read all before this one")
                .hasSizeGreaterThan(2)
                .startsWith(
                        "send 1 #" + tasks.get(50).id(),
                        "send ahead 1 #" + tasks.get(51).id());
    }

    @Test
    void nextWaiting_beginsWithWhatIsAhead() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(100);

        assertThat(pool.nextWaiting(99)).containsExactlyElementsOf(tasks.subList(1, 100));
        assertThat(pool.oldestWaitingNanos()).isEqualTo(now);
    }

    @Test
    void cancelTrue_sentAheadAndBegun_killsItsWorkerOnceTheOneBeforeIsAnswered() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(2);
        begun.put("w1", worker(1).taskNumber + 1);
        actions();

        assertThat(cancel(tasks.get(1), true)).isTrue();

        assertThat(actions()).isEmpty();
        assertThat(answer(1, tasks.get(0))).isTrue();
        assertThat(actions()).containsExactly("kill 1");
    }

    /** Whoever is killed for it would be another one. */
    @Test
    void cancelTrue_itsWorkerIsBeyondIt_killsNobody() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(2);
        begun.put("w1", worker(1).taskNumber + 1);
        actions();

        assertThat(cancel(tasks.get(0), true)).isTrue();

        assertThat(answer(1, tasks.get(0))).isFalse();
        assertThat(answer(1, tasks.get(1))).isTrue();
        assertThat(actions()).isEmpty();
    }

    @Test
    void cancelTrue_ofTheTaskBefore_whatIsBehindItRunsElsewhere() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(2);
        actions();

        assertThat(cancel(tasks.get(0), true)).isTrue();

        assertThat(actions()).containsExactly("kill 1", "start 2");
        gone(1, 137, true);
        ready(2);
        assertThat(actions()).contains("send 2 #" + tasks.get(1).id());
    }

    @Test
    void gone_whatWasNotBegun_runsElsewhereAndCountsForNothing() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(3);
        actions();

        gone(1, 137, true);
        ready(2);

        assertThat(actions())
                .containsExactly(
                        "fail #" + tasks.get(0).id() + " WorkerDied 1",
                        "start 2",
                        "send 2 #" + tasks.get(1).id());
        assertThat(tasks.get(1).lostStarts()).isZero();
    }

    /** Its answers were lost with it: all that it had begun fails, but the last, if it was claimed and no more. */
    @Test
    void gone_beyondTheAnswersThatArrived_failsAllThatWasBegun() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(4);
        begun.put("w1", worker(1).taskNumber + 2);
        actions();
        WorkerEnd end = new WorkerEnd(
                1,
                true,
                OptionalInt.of(1),
                Duration.ofSeconds(1),
                0,
                new BeginMark.Reading(tasks.get(1).id(), BeginMark.Phase.RUNNING),
                List.of(),
                null);

        pool.workerGone(worker(1), end, false, now, out);

        assertThat(actions())
                .contains(
                        "fail #" + tasks.get(0).id() + " WorkerDied 1",
                        "fail #" + tasks.get(1).id() + " WorkerDied 1")
                .noneMatch(word -> word.startsWith("fail #" + tasks.get(2).id()));
        assertThat(pool.nextWaiting(4)).containsExactly(tasks.get(2), tasks.get(3));
    }

    @Test
    void recycle_whatIsAheadRunsElsewhere() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(3);
        actions();

        pool.recycle(worker(1), EndReason.MEMORY_GROWTH, "planned", now, out);
        answer(1, tasks.get(0));

        assertThat(actions()).contains("start 2", "retire 1");
        assertThat(pool.nextWaiting(4)).containsExactlyElementsOf(tasks.subList(1, 3));
    }

    @Test
    void holds_whatIsAheadWaitsUntilItIsFree() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(2);
        pool.holds(worker(1));
        answer(1, tasks.get(0));

        pool.free(worker(1), now, out);

        assertThat(worker(1).task).isSameAs(tasks.get(1));
    }

    @Test
    void free_deadlineOfTheWorkerWasItsOwn() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(2);
        pool.holds(worker(1));
        answer(1, tasks.get(0));
        pool.free(worker(1), now, out);
        actions();

        pass(1_000 * SECOND);

        assertThat(actions()).isEmpty();
        assertThat(answer(1, tasks.get(1))).isTrue();
    }

    @Test
    void answered_oneWithALimit_theLimitEndsWithIt() {
        open(1, options -> {}, 1);
        Task limited = submitWithin(SECOND);
        Task behind = submitShort();
        answer(1, limited);
        actions();

        pass(2 * SECOND);

        assertThat(actions()).isEmpty();
        assertThat(answer(1, behind)).isTrue();
    }

    @Test
    void adapt_smaller_whoIsTooManyGetsNothingAheadAndLeavesAfterItsTask() {
        open(2, options -> {}, 1, 2);
        submitShort(20);
        pool.adapt(Limits.maxWorkers(pool.limits(), 1), now, out);
        actions();

        submitShort(20);
        answer(2, worker(2).task);

        assertThat(actions()).containsExactly("retire 2");
        answer(1, worker(1).task);
        assertThat(worker(1).ahead).as("as ever").isNotEmpty();
    }

    @Test
    void answered_whatWasAheadElsewhereLeavesRoom_whoWaitsIsLetIn() {
        open(2, options -> options.queueCapacity(3), 1);
        worker(2).paceNanos = SendingAhead.LONG_NANOS;
        List<Task> tasks = submitShort(5);
        Task outside = new Brief();
        assertThat(pool.submit(outside, now, out)).isEqualTo(Submission.FULL);
        pool.waitForRoom(new Admission(outside));
        assertThat(worker(1).ahead).hasSize(3);
        actions();

        answer(2, worker(2).task);

        assertThat(outside.state()).isEqualTo(TaskState.QUEUED);
        assertThat(pool.waiting()).isEqualTo(3);
        assertThat(tasks).allMatch(task -> task.state() != TaskState.NEW);
    }

    @Test
    void stop_whatWasNotBegun_isReturned() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(4);
        begun.put("w1", worker(1).taskNumber + 1);
        actions();

        assertThat(pool.stop(now, out)).containsExactlyElementsOf(tasks.subList(2, 4));

        assertThat(actions())
                .contains(
                        "fail #" + tasks.get(0).id() + " PoolStopped while it ran",
                        "fail #" + tasks.get(1).id() + " PoolStopped while it ran",
                        "fail #" + tasks.get(2).id() + " PoolStopped before");
    }

    @Test
    void shutdown_whatIsAheadIsExecuted() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(3);
        pool.shutdown(now, out);
        actions();

        tasks.forEach(task -> assertThat(answer(1, task)).isTrue());

        assertThat(actions()).containsExactly("retire 1");
    }

    @Test
    void breakDown_whatIsAheadFails() {
        open(1, options -> {}, 1);
        List<Task> tasks = submitShort(3);
        actions();
        takesBack = false;

        pool.breakDown(new IllegalStateException("planned"), now, out);

        List<String> words = actions();
        tasks.forEach(task -> assertThat(words).contains("fail #" + task.id() + " PoolBroken planned"));
    }
}
