/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Scripts of events with a clock that is set by hand. {@link #actions} says in words what the state wants done. */
class PoolStateTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long IDLE_TIMEOUT = 10 * SECOND;
    private static final long HEARTBEAT = Long.MAX_VALUE;
    private static final long START_TIMEOUT = 30 * SECOND;

    /** Not 0, and negative as the JDK's clock may be. */
    private long now = -7 * SECOND;

    private PoolState<String> pool = pool(2);
    private final List<Action<String>> out = new ArrayList<>();
    private long lastTask;

    // ---- starting and using workers -----------------------------------------------------------------------------

    @Test
    void submit_noWorker_startsOne() {
        submit();

        assertThat(actions()).containsExactly("start 1");
        assertThat(pool.waiting()).isEqualTo(1);
    }

    @Test
    void submit_moreTasksThanWorkers_startsUpToTheMost() {
        submit();
        submit();
        submit();

        assertThat(actions()).containsExactly("start 1", "start 2");
        assertThat(pool.waiting()).isEqualTo(3);
    }

    @Test
    void submit_idleWorker_sendsAtOnceAndStartsNone() {
        idleWorkers(1);

        Task task = submit();

        assertThat(actions()).containsExactly("send 1 #" + task.id());
        assertThat(task.state()).isEqualTo(TaskState.SENT);
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void submit_idleWorkerWhileOthersAreBusy_doesNotStartOne() {
        idleWorkers(2);
        submit();
        submit();
        assertThat(actions()).containsExactly("send 2 #3", "send 1 #4");

        submit();

        assertThat(actions()).as("both are busy, and there may be no more").isEmpty();
    }

    @Test
    void submit_twoIdle_usesTheOneUsedLast() {
        idleWorkers(2);
        Task first = submit();
        answer(2, first);
        actions();

        submit();

        assertThat(actions()).as("so that the other one can expire").containsExactly("send 2 #4");
    }

    @Test
    void ready_tasksWait_takesTheOldest() {
        Task first = submit();
        Task second = submit();
        Task third = submit();
        actions();

        ready(2);
        ready(1);

        assertThat(actions()).containsExactly("send 2 #" + first.id(), "send 1 #" + second.id());
        answer(1, second);
        assertThat(actions()).containsExactly("send 1 #" + third.id());
    }

    @Test
    void ready_nothingWaitsAnyMore_isIdle() {
        idleWorkers(1);
        submit();
        submit(); // starts worker 2
        answer(1, 2); // and worker 1 is quicker
        answer(1, 3);
        actions();

        ready(2);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE", "2 IDLE");
    }

    @Test
    void answered_taskThatRan_isDeliveredAndCounted() {
        idleWorkers(1);
        Task task = submit();
        long before = pool.completed();

        assertThat(answer(1, task)).isTrue();

        assertThat(task.state()).isEqualTo(TaskState.DONE);
        assertThat(pool.completed()).isEqualTo(before + 1);
        assertThat(worker(1).tasksDone).isEqualTo(2);
    }

    @Test
    void prestart_emptyPool_startsAll() {
        pool.prestart(now, out);
        assertThat(actions()).containsExactly("start 1", "start 2");

        pool.prestart(now, out);
        assertThat(actions()).isEmpty();
    }

    @Test
    void prestart_whileWorkersStart_isNotStartedAgainByTasks() {
        pool.prestart(now, out);
        actions();

        submit();
        submit();

        assertThat(actions()).isEmpty();
    }

    // ---- idle time-out ------------------------------------------------------------------------------------------

    @Test
    void tick_beforeTheIdleTimeout_keepsTheWorker() {
        idleWorkers(1);
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + IDLE_TIMEOUT);

        pass(IDLE_TIMEOUT - 1);

        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
    }

    @Test
    void tick_atTheIdleTimeout_tellsItToLeave() {
        idleWorkers(1);

        pass(IDLE_TIMEOUT);

        assertThat(actions()).containsExactly("retire 1");
        assertThat(states()).containsExactly("1 RETIRING");
        gone(1, 0, false);
        assertThat(actions()).as("one that was to leave is not replaced").isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.IDLE_TIMEOUT, 1L).hasSize(1);
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + PoolState.RETIRE_PATIENCE_NANOS);
        pass(PoolState.RETIRE_PATIENCE_NANOS);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(Worker.NEVER);
    }

    @Test
    void tick_busyWorker_neverExpires() {
        idleWorkers(1);
        submit();
        actions();

        pass(1_000 * IDLE_TIMEOUT);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY");
    }

    @Test
    void tick_twoWorkersOfWhichOneIsUsed_onlyTheOtherExpires() {
        idleWorkers(2);
        pass(IDLE_TIMEOUT / 2);
        Task task = submit();
        answer(2, task);
        actions();

        pass(IDLE_TIMEOUT / 2);

        assertThat(actions()).containsExactly("retire 1");
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + IDLE_TIMEOUT / 2);
    }

    @Test
    void submit_whileTheLastWorkerLeaves_startsANewOne() {
        pool = pool(1);
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        actions();

        submit();

        assertThat(actions()).as("one that leaves is no member").containsExactly("start 2");
    }

    @Test
    void tick_idleTimeoutOfCenturies_doesNotOverflow() {
        pool = new PoolState<>(1, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, index -> "w" + index);
        now = 5 * SECOND;
        submit();
        pass(0);
        ready(1);
        answer(1, 1);
        actions();

        pass(100_000 * SECOND);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE");
        assertThat(pool.nextDeadlineNanos()).isEqualTo(Worker.NEVER);
    }

    @Test
    void tick_leavingWorkerThatHangs_isKilled() {
        idleWorkers(1);
        pass(IDLE_TIMEOUT);
        actions();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + PoolState.RETIRE_PATIENCE_NANOS);

        pass(PoolState.RETIRE_PATIENCE_NANOS - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.IDLE_TIMEOUT, 1L).hasSize(1);
    }

    // ---- deaths -------------------------------------------------------------------------------------------------

    @Test
    void gone_taskWasBegun_failsThatTaskAndReplacesTheWorker() {
        idleWorkers(2);
        Task other = submit();
        Task victim = submit();
        Task waiting = submit();
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #" + victim.id() + " WorkerDied 1", "start 3");
        assertThat(victim.state()).isEqualTo(TaskState.LOST);
        assertThat(other.state()).isEqualTo(TaskState.SENT);
        assertThat(waiting.state()).isEqualTo(TaskState.QUEUED);
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L);
    }

    @Test
    void gone_taskWasNotBegun_runsElsewhereBeforeAllOthers() {
        pool = pool(1);
        idleWorkers(1);
        Task unlucky = submit();
        Task next = submit();
        actions();

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
        assertThat(unlucky.state()).isEqualTo(TaskState.QUEUED);
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + unlucky.id());
        answer(2, unlucky);
        assertThat(actions()).containsExactly("send 2 #" + next.id());
        assertThat(unlucky.attempts()).isEqualTo(1);
    }

    @Test
    void gone_taskWasNotBegunAndAnotherWorkerIsIdle_isSentThereAtOnce() {
        idleWorkers(2);
        Task task = submit();
        actions();

        gone(2, 137, false);

        assertThat(actions()).containsExactly("send 1 #" + task.id(), "start 3");
    }

    @Test
    void gone_sameTaskNeverBegunAgainAndAgain_failsItAtLast() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submit();
        for (int worker = 1; worker <= PoolState.MAX_LOST_STARTS; worker++) {
            actions();
            gone(worker, 137, false);
            assertThat(task.state()).isEqualTo(TaskState.QUEUED);
            ready(worker + 1);
            assertThat(actions()).contains("send " + (worker + 1) + " #" + task.id());
        }

        gone(PoolState.MAX_LOST_STARTS + 1, 137, false);

        assertThat(task.state()).isEqualTo(TaskState.LOST);
        assertThat(actions()).contains("fail #" + task.id() + " WorkerDied 3");
    }

    @Test
    void gone_idleWorker_isReplaced() {
        idleWorkers(2);
        Task task = submit();
        answer(2, task);
        actions();

        gone(2, 137, false);

        assertThat(actions()).containsExactly("start 3");
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L);
    }

    @Test
    void gone_idleWorkerThatNeverHadATask_isReplacedAfterAPause() {
        pool.prestart(now, out);
        ready(1);
        ready(2);
        actions();

        gone(1, 1, false);

        assertThat(actions()).as("it would die again").isEmpty();
        pass(100 * MILLI);
        assertThat(actions()).containsExactly("start 3");
    }

    @Test
    void gone_afterShutdownWithoutWork_isNotReplaced() {
        idleWorkers(1);
        Task task = submit();
        pool.shutdown(now, out);
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #" + task.id() + " WorkerDied 1", "terminated");
    }

    // ---- starts that fail ---------------------------------------------------------------------------------------

    @Test
    void gone_startFailsThreeTimes_failsWhatWaitsWithTheLastEvidence() {
        pool = pool(1);
        Task first = submit();
        Task second = submit();
        assertThat(actions()).containsExactly("start 1");

        gone(1, 1, false);
        assertThat(actions()).isEmpty();
        assertPauseThenStart(100 * MILLI, 2);

        gone(2, 1, false);
        assertThat(actions()).isEmpty();
        assertPauseThenStart(200 * MILLI, 3);

        gone(3, 1, false);
        assertThat(actions())
                .containsExactly(
                        "fail #" + first.id() + " NoWorkerStarts 3 of 3",
                        "fail #" + second.id() + " NoWorkerStarts 3 of 3");
        assertThat(pool.waiting()).isZero();
        assertThat(pool.ended()).containsEntry(EndReason.START_FAILED, 3L).hasSize(1);
    }

    @Test
    void submit_afterStartsFailed_triesAgainAfterThePause() {
        pool = pool(1);
        submit();
        failStarts(1, 2);
        gone(3, 1, false);
        actions();

        Task next = submit();

        assertThat(actions()).isEmpty();
        assertPauseThenStart(400 * MILLI, 4);
        ready(4);
        assertThat(actions()).containsExactly("send 4 #" + next.id());
    }

    @Test
    void gone_startFailsAgainAndAgain_pausesNoLongerThanFiveSeconds() {
        pool = pool(1);
        for (int i = 1; i <= 40; i++) {
            submit();
            pass(5 * SECOND);
            assertThat(actions()).contains("start " + i);
            gone(i, 1, false);
        }
    }

    @Test
    void answered_afterStartsFailed_forgetsThem() {
        pool = pool(1);
        submit();
        failStarts(1, 2);
        ready(3);
        answer(3, 1);
        actions();
        gone(3, 137, false);
        assertThat(actions()).as("replaced without a pause").containsExactly("start 4");
        submit();

        gone(4, 1, false);

        assertThat(actions()).as("the first failure in a row").isEmpty();
        assertPauseThenStart(100 * MILLI, 5);
    }

    @Test
    void gone_startFailsWhileAnotherWorkerLives_failsNothing() {
        idleWorkers(1);
        submit();
        Task waiting = submit();
        actions();

        for (int worker = 2; worker <= 5; worker++) {
            gone(worker, 1, false);
            assertThat(actions()).isEmpty();
            pass(5 * SECOND);
            assertThat(actions()).containsExactly("start " + (worker + 1));
        }

        answer(1, 2);
        assertThat(actions()).containsExactly("send 1 #" + waiting.id());
    }

    @Test
    void tick_startTakesTooLong_killsAndCountsItAsFailed() {
        pool = pool(1);
        submit();
        actions();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + START_TIMEOUT);

        pass(START_TIMEOUT - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).as("the next start comes when this one is over").containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).isEmpty();
        assertThat(pool.ended()).containsEntry(EndReason.START_FAILED, 1L).hasSize(1);
        assertPauseThenStart(100 * MILLI, 2);
    }

    @Test
    void tick_everyStartTakesTooLong_failsWhatWaits() {
        pool = pool(1);
        Task task = submit();
        for (int worker = 1; worker <= StartBackoff.MAX_FAILURES; worker++) {
            pass(5 * SECOND); // the longest pause
            assertThat(actions()).contains("start " + worker);
            pass(START_TIMEOUT);
            assertThat(actions()).containsExactly("kill " + worker);
            pass(SECOND); // a JVM with a large heap takes its time to go
            gone(worker, 137, false);
        }

        assertThat(actions()).containsExactly("fail #" + task.id() + " NoWorkerStarts 3 of 3");
        assertThat(task.state()).isEqualTo(TaskState.LOST);
    }

    /** Two workers that hang by turns: there is never a moment without one that might yet greet. */
    @Test
    void tick_startsOfSeveralWorkersTakeTooLongByTurns_failsWhatWaits() {
        Task first = submit();
        pass(START_TIMEOUT / 2);
        Task second = submit();
        assertThat(actions()).containsExactly("start 1", "start 2");

        for (int step = 0; step < 100 && !first.state().isTerminal(); step++) {
            pass(5 * SECOND);
            for (Worker<String> worker : List.copyOf(pool.workers())) {
                if (worker.state() == WorkerState.KILLING) {
                    gone(worker.index(), 137, false);
                }
            }
        }

        assertThat(first.state()).isEqualTo(TaskState.LOST);
        assertThat(second.state()).isEqualTo(TaskState.LOST);
        assertThat(actions())
                .filteredOn(words -> words.startsWith("fail"))
                .hasSize(2)
                .allMatch(words -> words.contains("NoWorkerStarts"));
    }

    @Test
    void submit_afterThreeFailedStarts_triesOneAtATime() {
        pool = pool(3);
        Task first = submit();
        failStarts(1, 2);
        gone(3, 1, false);
        actions();
        assertThat(first.state()).isEqualTo(TaskState.LOST);

        submit();
        submit();
        submit();
        assertThat(actions()).isEmpty();
        pass(5 * SECOND);
        assertThat(actions()).containsExactly("start 4");
        pass(5 * SECOND);
        assertThat(actions()).isEmpty();

        ready(4);

        assertThat(actions()).as("that one starts: another may").containsExactly("send 4 #2", "start 5");
    }

    @Test
    void gone_startsSideBySideFail_countAsOneFailure() {
        pool = pool(4);
        List<Task> tasks = List.of(submit(), submit(), submit(), submit());
        pass(SECOND);
        for (int worker = 1; worker <= 4; worker++) {
            gone(worker, 1, false);
        }
        assertThat(tasks).extracting(Task::state).containsOnly(TaskState.QUEUED);
        actions();

        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + 100 * MILLI);
        pass(100 * MILLI);

        assertThat(actions()).as("one at a time").containsExactly("start 5");
        ready(5);
        assertThat(actions()).as("that one starts").containsExactly("send 5 #1", "start 6");
    }

    @Test
    void ready_workerThatIsBeingKilled_isIgnored() {
        pool = pool(1);
        Task task = submit();
        pass(START_TIMEOUT);
        actions();

        ready(1);

        assertThat(actions()).isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
        assertThat(states()).containsExactly("1 KILLING");
    }

    // ---- cancel -------------------------------------------------------------------------------------------------

    @Test
    void cancel_queuedTask_isNeverSent() {
        pool = pool(1);
        Task first = submit();
        Task second = submit();
        actions();

        assertThat(cancel(first, true)).isTrue();

        assertThat(actions()).isEmpty();
        assertThat(pool.waiting()).isEqualTo(1);
        ready(1);
        assertThat(actions()).containsExactly("send 1 #" + second.id());
    }

    @Test
    void cancel_allQueuedTasks_leavesNothingWaiting() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            tasks.add(submit());
        }
        for (int i = 0; i < 300; i++) {
            assertThat(cancel(tasks.get(i), i % 2 == 0)).isTrue();
            assertThat(pool.waiting()).isEqualTo(299 - i);
        }
        actions();

        answer(1, running);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void cancel_runningTaskWithKill_killsAndReplacesItsWorkerOnly() {
        idleWorkers(2);
        Task other = submit();
        Task task = submit();
        actions();

        assertThat(cancel(task, true)).isTrue();

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, true);
        assertThat(actions()).as("nothing is failed").containsExactly("start 3");
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(other.state()).isEqualTo(TaskState.SENT);
        assertThat(pool.ended()).containsEntry(EndReason.CANCELLED, 1L).hasSize(1);
    }

    @Test
    void cancel_runningTaskWithoutKill_runsOnAndItsAnswerIsDropped() {
        idleWorkers(1);
        Task task = submit();
        actions();

        assertThat(cancel(task, false)).isTrue();
        assertThat(actions()).isEmpty();
        Task next = submit();
        assertThat(actions()).as("the worker is not free yet").containsExactly("start 2");

        assertThat(answer(1, task)).isFalse();
        assertThat(actions()).containsExactly("send 1 #" + next.id());
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void answered_afterCancelWithKill_isNotDeliveredAndTheWorkerGetsNoMore() {
        idleWorkers(1);
        Task task = submit();
        cancel(task, true);
        submit();
        actions();

        assertThat(answer(1, task)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(states()).contains("1 KILLING");
    }

    @Test
    void cancel_taskThatIsOver_changesNothing() {
        idleWorkers(1);
        Task done = submit();
        answer(1, done);
        Task lost = submit();
        gone(1, 1, true);
        actions();
        long completed = pool.completed();

        assertThat(cancel(done, true)).isFalse();
        assertThat(cancel(lost, true)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(done.state()).isEqualTo(TaskState.DONE);
        assertThat(lost.state()).isEqualTo(TaskState.LOST);
        assertThat(pool.completed()).isEqualTo(completed);
    }

    @Test
    void cancel_twice_isTrueOnce() {
        Task task = submit();

        assertThat(cancel(task, false)).isTrue();
        assertThat(cancel(task, true)).isFalse();
    }

    @Test
    void submit_taskThatWasCancelledBefore_isNotStarted() {
        Task task = new Task(1, Task.UNLIMITED);
        assertThat(cancel(task, true)).isTrue();

        assertThat(pool.submit(task, now, out)).isTrue();

        assertThat(actions()).isEmpty();
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void cancel_lastTaskOfAPoolThatIsShutDown_terminatesIt() {
        pool = pool(1);
        Task task = submit();
        gone(1, 1, false); // now there is a pause and no worker
        pool.shutdown(now, out);
        assertThat(actions()).containsExactly("start 1");

        cancel(task, true);

        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.TERMINATED);
    }

    // ---- shutdown and stop --------------------------------------------------------------------------------------

    @Test
    void shutdown_unusedPool_terminatesAtOnce() {
        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.TERMINATED);
        pool.shutdown(now, out);
        assertThat(pool.stop(now, out)).isEmpty();
        pool.tick(now, out);
        assertThat(actions()).as("and only once").isEmpty();
    }

    @Test
    void submit_afterShutdown_isRefusedAndChangesNothing() {
        idleWorkers(1);
        pool.shutdown(now, out);
        actions();

        Task task = new Task(99, Task.UNLIMITED);
        assertThat(pool.submit(task, now, out)).isFalse();

        assertThat(actions()).isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.NEW);
    }

    @Test
    void shutdown_idleWorkers_leaveAndThenItTerminates() {
        idleWorkers(2);

        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("retire 1", "retire 2");
        gone(1, 0, false);
        assertThat(actions()).isEmpty();
        gone(2, 0, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 2L).hasSize(1);
    }

    @Test
    void shutdown_startingWorkersThatNothingNeeds_areKilled() {
        pool.prestart(now, out);
        actions();

        pool.shutdown(now, out);

        assertThat(actions()).containsExactly("kill 1", "kill 2");
        gone(2, 137, false);
        ready(1); // it had greeted just before
        assertThat(actions()).isEmpty();
        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 2L).hasSize(1);
    }

    @Test
    void shutdown_tasksWait_finishesThemFirst() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task waiting = submit();
        actions();

        pool.shutdown(now, out);
        assertThat(actions()).isEmpty();
        assertThat(pool.phase()).isEqualTo(PoolSnapshot.State.SHUTDOWN);

        answer(1, running);
        assertThat(actions()).containsExactly("send 1 #" + waiting.id());
        answer(1, waiting);
        assertThat(actions()).containsExactly("retire 1");
        gone(1, 0, false);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void shutdown_tasksWaitForAWorkerThatStarts_finishesThemFirst() {
        Task task = submit();
        actions();
        pool.shutdown(now, out);
        assertThat(actions()).isEmpty();

        ready(1);

        assertThat(actions()).containsExactly("send 1 #" + task.id());
    }

    @Test
    void gone_notBegunTaskAfterShutdown_stillRunsElsewhere() {
        pool = pool(1);
        idleWorkers(1);
        Task task = submit();
        pool.shutdown(now, out);
        actions();

        gone(1, 137, false);

        assertThat(actions()).containsExactly("start 2");
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + task.id());
    }

    @Test
    void gone_startsFailAfterShutdown_failsWhatWaitsAndTerminates() {
        pool = pool(1);
        Task task = submit();
        pool.shutdown(now, out);
        failStarts(1, 2);
        actions();

        gone(3, 1, false);

        assertThat(actions()).containsExactly("fail #" + task.id() + " NoWorkerStarts 3 of 3", "terminated");
    }

    @Test
    void tick_leavingWorkerOfAPoolThatIsShutDownHangs_isKilled() {
        idleWorkers(1);
        pool.shutdown(now, out);
        actions();

        pass(PoolState.RETIRE_PATIENCE_NANOS);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 1L).hasSize(1);
    }

    @Test
    void stop_runningAndWaitingTasks_failsAllAndKillsAll() {
        idleWorkers(2);
        Task running = submit();
        Task alsoRunning = submit();
        Task waiting = submit();
        actions();

        List<Task> neverSent = pool.stop(now, out);

        assertThat(neverSent).containsExactly(waiting);
        assertThat(actions())
                .containsExactlyInAnyOrder(
                        "fail #" + waiting.id() + " PoolStopped before",
                        "fail #" + running.id() + " PoolStopped while it ran",
                        "fail #" + alsoRunning.id() + " PoolStopped while it ran",
                        "kill 1",
                        "kill 2");
        gone(1, 137, true);
        gone(2, 137, true);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void stop_startingLeavingAndIdleWorkers_killsEach() {
        pool = pool(3);
        idleWorkers(2);
        pass(IDLE_TIMEOUT / 2);
        Task task = submit();
        answer(2, task);
        pass(IDLE_TIMEOUT / 2); // worker 1 leaves, worker 2 stays
        submit();
        submit(); // starts worker 3
        actions();
        assertThat(states()).containsExactly("1 RETIRING", "2 BUSY", "3 STARTING");

        pool.stop(now, out);

        assertThat(actions()).contains("kill 1", "kill 2", "kill 3");
        ready(3);
        gone(1, 137, false);
        gone(3, 137, false);
        gone(2, 137, true);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ended()).containsEntry(EndReason.SHUTDOWN, 3L).hasSize(1);
    }

    @Test
    void stop_afterShutdown_dropsWhatShutdownWouldHaveFinished() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task waiting = submit();
        pool.shutdown(now, out);
        actions();

        assertThat(pool.stop(now, out)).containsExactly(waiting);

        assertThat(running.state()).isEqualTo(TaskState.LOST);
        assertThat(actions()).contains("kill 1");
        assertThat(pool.stop(now, out)).as("the second time").isEmpty();
        assertThat(actions()).isEmpty();
    }

    @Test
    void answered_afterStop_isNotDelivered() {
        idleWorkers(1);
        Task task = submit();
        pool.stop(now, out);
        actions();

        assertThat(answer(1, task)).isFalse();

        assertThat(task.state()).isEqualTo(TaskState.LOST);
        assertThat(actions()).isEmpty();
        gone(1, 137, false);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void stop_whileStartsFail_terminatesWithoutAnotherStart() {
        submit();
        gone(1, 1, false);
        actions();

        pool.stop(now, out);
        assertThat(actions()).containsExactly("fail #1 PoolStopped before", "terminated");

        pass(10 * SECOND);
        assertThat(actions()).isEmpty();
    }

    @Test
    void prestart_afterShutdown_startsNothing() {
        pool.shutdown(now, out);
        actions();

        pool.prestart(now, out);

        assertThat(actions()).isEmpty();
    }

    @Test
    void breakDown_anyTasks_failsAllWithTheDefectAndStops() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task waiting = submit();
        actions();

        pool.breakDown(new IllegalStateException("lost its way"), now, out);

        assertThat(actions())
                .containsExactly(
                        "fail #" + waiting.id() + " PoolBroken lost its way",
                        "fail #" + running.id() + " PoolBroken lost its way",
                        "kill 1");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("terminated");
    }

    // ---- what must never happen ---------------------------------------------------------------------------------

    @Test
    void answered_workerWithoutTask_isAProtocolViolation() {
        idleWorkers(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> answer(1, 5))
                .withMessage("worker 1[IDLE] answered task #5, but has none");
    }

    @Test
    void answered_otherTaskThanTheWorkerHas_isAProtocolViolation() {
        idleWorkers(1);
        Task task = submit();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> answer(1, 77))
                .withMessage("worker 1[BUSY] answered task #77, but has #" + task.id());
        assertThat(task.state()).isEqualTo(TaskState.SENT);
    }

    @Test
    void answered_sameTaskTwice_isAProtocolViolation() {
        idleWorkers(1);
        Task task = submit();
        answer(1, task);

        assertThatIllegalArgumentException().isThrownBy(() -> answer(1, task));
    }

    @Test
    void gone_twice_isADefect() {
        idleWorkers(1);
        Worker<String> worker = worker(1);
        pool.workerGone(worker, end(1, 0), false, now, out);

        assertThatIllegalStateException().isThrownBy(() -> pool.workerGone(worker, end(1, 0), false, now, out));
    }

    @Test
    void submit_taskThatIsAlreadyThere_isADefect() {
        Task task = submit();

        assertThatIllegalStateException().isThrownBy(() -> pool.submit(task, now, out));
    }

    @Test
    void become_everyPairOfStates_onlyTheLegalPathsAreOpen() {
        assertPaths(WorkerState.STARTING, WorkerState.IDLE, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.IDLE, WorkerState.BUSY, WorkerState.RETIRING, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.BUSY, WorkerState.IDLE, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.RETIRING, WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.KILLING, WorkerState.GONE);
        assertPaths(WorkerState.GONE);
    }

    @Test
    void become_illegalPath_saysWhoFromToAndWhy() {
        Worker<String> worker = new Worker<>(3, "w3");

        assertThatIllegalStateException()
                .isThrownBy(() -> worker.become(WorkerState.BUSY, 0, "because"))
                .withMessage("worker 3 cannot go from STARTING to BUSY: because");
    }

    private static void assertPaths(WorkerState from, WorkerState... legal) {
        for (WorkerState to : WorkerState.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s -> %s", from, to)
                    .isEqualTo(List.of(legal).contains(to));
        }
    }

    // ---- the words of the scripts -------------------------------------------------------------------------------

    private static PoolState<String> pool(int maxWorkers) {
        return new PoolState<>(maxWorkers, IDLE_TIMEOUT, START_TIMEOUT, HEARTBEAT, index -> "w" + index);
    }

    /** Workers 1 to n, idle in this order, each with one task behind it. */
    private void idleWorkers(int n) {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            tasks.add(submit());
        }
        for (int i = 0; i < n; i++) {
            ready(i + 1);
        }
        for (int i = 0; i < n; i++) {
            answer(i + 1, tasks.get(i));
        }
        out.clear();
    }

    private void failStarts(int... indexes) {
        for (int index : indexes) {
            gone(index, 1, false);
            pass(5 * SECOND);
        }
    }

    private Task submit() {
        Task task = new Task(++lastTask, Task.UNLIMITED);
        assertThat(pool.submit(task, now, out)).isTrue();
        return task;
    }

    private boolean cancel(Task task, boolean killWorker) {
        return pool.cancel(task, killWorker, now, out);
    }

    private void ready(int index) {
        pool.workerReady(worker(index), now, out);
    }

    private boolean answer(int index, Task task) {
        return answer(index, task.id());
    }

    private boolean answer(int index, long taskId) {
        return pool.answered(worker(index), taskId, now, out);
    }

    private void gone(int index, int exitCode, boolean begun) {
        pool.workerGone(worker(index), end(index, exitCode), begun, now, out);
        pool.workerCleared(now, out);
    }

    /** The pid says whose end it is. */
    private static WorkerEnd end(int index, int exitCode) {
        return new WorkerEnd(
                index,
                true,
                OptionalInt.of(exitCode),
                Duration.ofSeconds(1),
                0,
                BeginMark.Reading.NONE,
                List.of(),
                null,
                null);
    }

    private void pass(long nanos) {
        now += nanos;
        pool.tick(now, out);
    }

    private void assertPauseThenStart(long pause, int worker) {
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + pause);
        pass(pause - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);
        assertThat(actions()).containsExactly("start " + worker);
    }

    private Worker<String> worker(int index) {
        return pool.workers().stream()
                .filter(worker -> worker.index() == index)
                .findAny()
                .orElseThrow(() -> new NoSuchElementException("worker " + index + " is not there: " + states()));
    }

    private List<String> states() {
        return pool.workers().stream()
                .map(worker -> worker.index() + " " + worker.state())
                .toList();
    }

    /** What came out since the last call. */
    private List<String> actions() {
        List<String> words = out.stream().map(PoolStateTest::words).toList();
        out.clear();
        return words;
    }

    private static String words(Action<String> action) {
        if (action instanceof Action.Start<String> start) {
            return "start " + start.worker().index();
        } else if (action instanceof Action.Send<String> send) {
            return "send " + send.worker().index() + " #" + send.task().id();
        } else if (action instanceof Action.Retire<String> retire) {
            return "retire " + retire.worker().index();
        } else if (action instanceof Action.Kill<String> kill) {
            return "kill " + kill.worker().index();
        } else if (action instanceof Action.Abandon<String> abandon) {
            return "abandon " + abandon.worker().index();
        } else if (action instanceof Action.Listen<String> listen) {
            return "listen " + listen.worker().index();
        } else if (action instanceof Action.Fail<String> fail) {
            return "fail #" + fail.task().id() + " " + words(fail.failure());
        } else {
            return "terminated";
        }
    }

    private static String words(Failure failure) {
        if (failure instanceof Failure.WorkerDied died) {
            return "WorkerDied " + died.end().pid();
        } else if (failure instanceof Failure.TimedOut timedOut) {
            return "TimedOut " + timedOut.limitNanos();
        } else if (failure instanceof Failure.NoWorkerStarts none) {
            return "NoWorkerStarts " + none.last().pid() + " of " + none.attempts();
        } else if (failure instanceof Failure.PoolStopped shutDown) {
            return "PoolStopped " + (shutDown.begun() ? "while it ran" : "before");
        } else {
            return "PoolBroken " + ((Failure.PoolBroken) failure).defect().getMessage();
        }
    }
}
