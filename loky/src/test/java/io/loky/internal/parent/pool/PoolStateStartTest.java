/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Starts that fail, or take too long. */
class PoolStateStartTest extends PoolStateScript {
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
                    gone(worker.number(), 137, false);
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

    /** It is not forgotten for the pause: who asked for all workers has nothing else that would start them. */
    @Test
    void prestart_oneDoesNotStart_isTriedAgainAfterThePause() {
        pool = pool(3);
        pool.prestart(now, out);
        ready(1);
        ready(2);
        actions();

        gone(3, 1, false);

        assertPauseThenStart(100 * MILLI, 4);
    }

    @Test
    void prestart_inAPause_startsAllAfterIt() {
        pool = pool(2);
        Task task = submit();
        gone(1, 1, false);
        cancel(task, false);
        actions();

        pool.prestart(now, out);

        assertPauseThenStart(100 * MILLI, 2);
        Task first = submit();
        ready(2);
        answer(2, first);
        assertThat(actions()).containsExactly("send 2 #" + first.id(), "start 3");
    }

    /** Nothing is tried for ever that nobody waits for. */
    @Test
    void prestart_noneStarts_endsAfterThreeFailures() {
        pool = pool(1);
        pool.prestart(now, out);
        failStarts(1, 2);
        actions();

        gone(3, 1, false);

        pass(60 * SECOND);
        assertThat(actions()).isEmpty();
    }

    /** It has started well, and says nothing about starting when it is killed an hour later. */
    @Test
    void gone_workersThatWereReadyForLong_areNoStartsThatFailed() {
        pool = pool(1, options -> options.minWorkers(1));
        pool.open(now, out);
        for (int number = 1; number <= 3; number++) {
            ready(number);
            pass(6 * SECOND);
            gone(number, 137, false);
        }
        actions();
        Task task = submit();

        gone(4, 1, false);

        assertThat(actions()).as("tried again").isEmpty();
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
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

    /** If it did, a pool with one busy worker would start processes without end where none can be started. */
    @Test
    void answered_workerThatWasThereBefore_doesNotEndThePause() {
        idleWorkers(1);
        Task task = submit();
        submit();
        gone(2, 1, false);
        actions();

        answer(1, task);
        submit();

        assertThat(actions()).containsExactly("send 1 #3");
        assertPauseThenStart(100 * MILLI, 3);
        gone(3, 1, false);
        answer(1, 3);
        submit();
        assertThat(actions()).containsExactly("send 1 #4");
        assertPauseThenStart(200 * MILLI, 4);
    }

    /** What waits has hope while one answers, however often another could not be started. */
    @Test
    void gone_lastWorkerAfterStartsThatFailed_countsFailuresAnew() {
        idleWorkers(1);
        submit();
        Task waiting = submit();
        failStarts(2, 3, 4);
        gone(5, 1, false);
        answer(1, 2);
        actions();

        gone(1, 137, true);
        pass(5 * SECOND);
        assertThat(actions()).containsExactly("fail #" + waiting.id() + " WorkerDied 1", "start 6");
        Task next = submit();
        gone(6, 1, false);

        assertThat(next.state()).as("the first failure since an answer").isEqualTo(TaskState.QUEUED);
    }

    @Test
    void answered_firstWorkerThatStartsAgain_startsAllThatAreNeeded() {
        pool = pool(3);
        submit();
        gone(1, 1, false);
        pass(SECOND);
        ready(2);
        submit();
        submit();
        submit();
        gone(3, 1, false);
        pass(SECOND);
        ready(4);
        assertThat(states()).containsExactly("2 BUSY", "4 BUSY", "5 STARTING");
        pool.adapt(Limits.maxWorkers(pool.limits(), 5), now, out);
        submit();
        actions();

        answer(4, 2);

        assertThat(actions()).as("no longer one at a time").containsExactly("send 4 #3", "start 6");
    }
}
