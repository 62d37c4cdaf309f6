/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tasks that are executed again, names in quarantine, and pools whose workers die too fast. */
class PoolStateCrashTest extends PoolStateScript {
    private long lastId = 100;

    /** Worker n + 1 takes the place of worker n, each time the task is in the first one. */
    private Task crash(Task task, int times) {
        for (int worker = 1; worker <= times; worker++) {
            gone(worker, 137, true);
            pass(5 * SECOND);
            ready(worker + 1);
        }
        return task;
    }

    private Task task(int retries, @Nullable String name) {
        Task task = new Task(++lastId, Task.UNLIMITED, 0);
        task.rerun(new Rerun(retries, name, null));
        return task;
    }

    private Task submit(int retries, @Nullable String name) {
        Task task = task(retries, name);
        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.TAKEN);
        return task;
    }

    private void poolWith(Consumer<ProcessPoolOptions.Builder> more) {
        pool = pool(1, more);
        idleWorkers(1);
    }

    // ---- executed again ---------------------------------------------------------------------------------------------

    @Test
    void gone_taskMayBeExecutedAgain_isFirstInTheQueueAndCountsBothAttempts() {
        poolWith(options -> {});
        Task victim = submit(1, null);
        Task behind = submit(0, null);
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("again #" + victim.id() + " 1 of 2", "start 2");
        assertThat(victim.state()).isEqualTo(TaskState.QUEUED);
        ready(2);
        assertThat(actions()).containsExactly("send 2 #" + victim.id());
        assertThat(victim.attempts()).isEqualTo(2);
        assertThat(answer(2, victim)).isTrue();
        assertThat(actions()).containsExactly("send 2 #" + behind.id());
        assertThat(victim.attempts()).isEqualTo(2);
    }

    @Test
    void gone_taskWasExecutedAsOftenAsItMay_failsWithAllItsDeaths() {
        poolWith(options -> {});
        Task victim = crash(submit(2, null), 2);
        actions();

        gone(3, 137, true);

        assertThat(actions()).containsExactly("fail #" + victim.id() + " WorkerDied 3 after [1, 2], 3 of 3", "start 4");
        assertThat(victim.attempts()).isEqualTo(3);
    }

    @Test
    void gone_sameTaskHasKilledTwoWorkers_waitsForAMomentWhileOthersDoNot() {
        poolWith(options -> {});
        Task victim = submit(9, null);
        crash(victim, 1);
        Task behind = submit(0, null);
        actions();

        gone(2, 137, true);
        ready(3);

        assertThat(actions())
                .containsExactly("again #" + victim.id() + " 2 of 10", "start 3", "send 3 #" + behind.id());
        assertThat(pool.waiting()).isEqualTo(1);
        answer(3, behind);
        pass(100 * MILLI - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);
        assertThat(actions()).containsExactly("send 3 #" + victim.id());
        gone(3, 137, true);
        ready(4);
        pass(200 * MILLI - 1);
        assertThat(actions()).containsExactly("again #" + victim.id() + " 3 of 10", "start 4");
        pass(1);
        assertThat(actions()).containsExactly("send 4 #" + victim.id());
    }

    /** It waits, and what it has waited counts from when the pool took it. */
    @Test
    void pausing_taskInItsPause_isToldOfWithItsEnd() {
        poolWith(options -> {});
        long taken = now;
        Task victim = crash(submit(9, null), 1);

        gone(2, 137, true);

        assertThat(pool.oldestWaitingNanos()).isEqualTo(taken);
        assertThat(pool.pausing()).containsExactly(new Pausing.Entry(victim, now + 100 * MILLI));
        assertThat(pool.nextWaiting(3)).isEmpty();
        Task behind = submit(0, null);
        assertThat(pool.nextWaiting(3)).containsExactly(behind);
        assertThat(pool.oldestWaitingNanos()).isEqualTo(taken);
        pass(100 * MILLI);
        assertThat(pool.pausing()).isEmpty();
        assertThat(pool.oldestWaitingNanos()).isEqualTo(taken);
    }

    @Test
    void gone_againAndAgain_pausesNoLongerThanFiveSeconds() {
        poolWith(options -> {});
        Task victim = submit(100, null);

        crash(victim, 60);

        assertThat(victim.attempts()).isEqualTo(61);
        assertThat(victim.deaths()).hasSize(Task.MOST_DEATHS);
    }

    @Test
    void gone_killedForALimitOfTheUsers_isNotExecutedAgain() {
        poolWith(options -> {});
        Task greedy = submit(5, null);
        pool.tookTooMuch(worker(1), greedy, now, out);
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("fail #" + greedy.id() + " WorkerDied 1, 1 of 6", "start 2");
    }

    @Test
    void gone_unresponsive_isExecutedAgain() {
        pool = pool(1, SECOND);
        idleWorkers(1);
        Task victim = submit(1, null);
        for (int look = 0; look < 10 && worker(1).state() == WorkerState.BUSY; look++) {
            pool.heard(worker(1), 7, now, out);
        }
        actions();

        gone(1, 137, true);

        assertThat(victim.state()).isEqualTo(TaskState.QUEUED);
        assertThat(pool.ended()).containsEntry(EndReason.UNRESPONSIVE, 1L);
    }

    @Test
    void cancel_whileItPauses_isOverAndTheOthersAreCountedRight() {
        poolWith(options -> {});
        Task victim = submit(9, null);
        crash(victim, 1);
        gone(2, 137, true);
        assertThat(pool.waiting()).isEqualTo(1);

        assertThat(cancel(victim, true)).isTrue();

        assertThat(pool.waiting()).isZero();
        Task next = submit(0, null);
        ready(3);
        assertThat(actions()).contains("send 3 #" + next.id());
    }

    @Test
    void shutdown_whileATaskPauses_executesItFirst() {
        poolWith(options -> {});
        Task victim = submit(9, null);
        crash(victim, 1);
        gone(2, 137, true);
        pool.shutdown(now, out);
        actions();

        pass(100 * MILLI);

        ready(3);
        assertThat(actions()).contains("send 3 #" + victim.id());
        answer(3, victim);
        gone(3, 0, false);
        assertThat(actions()).contains("terminated");
    }

    @Test
    void stop_whileATaskPauses_failsItAndReturnsThoseAloneThatWereNeverExecuted() {
        poolWith(options -> {});
        Task victim = submit(9, null);
        crash(victim, 1);
        gone(2, 137, true);
        Task fresh = submit(0, null);
        actions();

        assertThat(pool.stop(now, out)).containsExactly(fresh);

        assertThat(actions()).contains("fail #" + victim.id() + " PoolStopped before");
    }

    // ---- quarantine -------------------------------------------------------------------------------------------------

    @Test
    void gone_tasksOfANameCrashInARow_allOfTheNameAreRefusedUntilItIsReleased() {
        poolWith(options -> options.quarantineAfter(2));
        Task first = submit(0, "poison");
        Task second = submit(0, "poison");
        Task third = submit(0, "poison");
        Task other = submit(0, "food");
        gone(1, 137, true);
        ready(2);
        assertThat(first.state()).isEqualTo(TaskState.LOST);
        assertThat(pool.quarantined()).isEmpty();
        actions();

        gone(2, 137, true);

        assertThat(actions())
                .containsExactly(
                        "fail #" + second.id() + " WorkerDied 2",
                        "fail #" + third.id() + " Quarantined poison after 2",
                        "start 3");
        assertThat(pool.quarantined()).containsOnlyKeys("poison");
        Task fourth = submit(0, "poison");
        assertThat(actions()).containsExactly("fail #" + fourth.id() + " Quarantined poison after 2");
        ready(3);
        assertThat(actions()).containsExactly("send 3 #" + other.id());

        assertThat(pool.release("poison")).isTrue();
        assertThat(pool.release("poison")).isFalse();
        answer(3, other);
        Task fifth = submit(0, "poison");
        assertThat(actions()).containsExactly("send 3 #" + fifth.id());
    }

    @Test
    void gone_retriesOfOneTask_countForItsNameAndEndThere() {
        poolWith(options -> options.quarantineAfter(2));
        Task poison = submit(5, "poison");
        crash(poison, 1);
        actions();

        gone(2, 137, true);

        assertThat(actions()).containsExactly("fail #" + poison.id() + " WorkerDied 2 after [1], 2 of 6", "start 3");
        assertThat(pool.quarantined()).containsOnlyKeys("poison");
    }

    /** Its worker had it when the others of the name were refused. */
    @Test
    void gone_hadNotBegunATaskWhoseNameIsRefusedMeanwhile_failsItInsteadOfSendingItAgain() {
        pool = pool(2, options -> options.quarantineAfter(1));
        idleWorkers(2);
        Task poison = submit(0, "poison");
        Task other = submit(0, "poison");
        int its = worker(1).task == poison ? 1 : 2;
        gone(its, 137, true);
        actions();

        gone(3 - its, 137, false);

        assertThat(actions()).contains("fail #" + other.id() + " Quarantined poison after 1");
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void answered_afterACrash_forgetsIt() {
        poolWith(options -> options.quarantineAfter(2));
        for (int worker = 1; worker <= 5; worker++) {
            submit(0, "moody");
            gone(worker, 137, true);
            ready(worker + 1);
            answer(worker + 1, submit(0, "moody"));
        }

        assertThat(pool.quarantined()).isEmpty();
    }

    @Test
    void submit_ofARefusedNameWhereTheQueueIsFull_failsAndIsNotRunByItsSubmitter() {
        poolWith(options ->
                options.quarantineAfter(1).queueCapacity(1).whenFull(ProcessPoolOptions.WhenFull.CALLER_RUNS));
        submit(0, "poison");
        gone(1, 137, true);
        ready(2);
        submit(0, null);
        submit(0, null);
        assertThat(pool.submit(task(0, null), now, out)).isEqualTo(Submission.FULL);

        Task refused = submit(0, "poison");

        assertThat(refused.state()).isEqualTo(TaskState.LOST);
    }

    @Test
    void gone_oneOfTheNameWaitsForRoom_isLetInAndFails() {
        poolWith(options -> options.quarantineAfter(1).queueCapacity(1));
        submit(0, "poison");
        Task queued = submit(0, null);
        Task outside = task(0, "poison");
        assertThat(pool.submit(outside, now, out)).isEqualTo(Submission.FULL);
        pool.waitForRoom(new Admission(outside));
        actions();

        gone(1, 137, true);

        assertThat(actions())
                .contains("fail #" + outside.id() + " Quarantined poison after 1", "admit #" + outside.id());
        assertThat(queued.state()).isEqualTo(TaskState.QUEUED);
    }

    // ---- too many crashes -------------------------------------------------------------------------------------------

    @Test
    void gone_tooManyWithinTheTime_failsWhatWaitsAndRefusesUntilTheTimeHasPassed() {
        poolWith(options -> options.maxCrashes(1, Duration.ofSeconds(10)));
        Task first = submit(9, null);
        Task waiting = submit(0, null);
        gone(1, 137, true);
        ready(2);
        actions();

        gone(2, 137, true);

        assertThat(actions())
                .as("neither is it executed again, nor is the worker replaced")
                .containsExactly(
                        "fail #" + first.id() + " WorkerDied 2 after [1], 2 of 10",
                        "fail #" + waiting.id() + " TooManyCrashes 2, more than 1");
        Task refused = submit(9, null);
        assertThat(actions()).containsExactly("fail #" + refused.id() + " TooManyCrashes 2, more than 1");
        pass(10 * SECOND - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);
        assertThat(actions()).as("the worker is replaced now").containsExactly("start 3");
        Task next = submit(0, null);
        ready(3);
        assertThat(actions()).containsExactly("send 3 #" + next.id());
    }

    @Test
    void gone_asManyAsThereMayBeFarApart_goesOn() {
        poolWith(options -> options.maxCrashes(1, Duration.ofSeconds(5)));
        for (int worker = 1; worker <= 5; worker++) {
            submit(0, null);
            actions();
            gone(worker, 137, true);
            assertThat(actions()).contains("start " + (worker + 1));
            ready(worker + 1);
            pass(5 * SECOND);
        }
    }

    @Test
    void gone_anotherOneWhileNothingIsStarted_isWaitedForAsLong() {
        pool = pool(3, options -> options.maxCrashes(1, Duration.ofSeconds(10)));
        idleWorkers(3);
        submit(0, null);
        submit(0, null);
        submit(0, null);
        gone(1, 137, true);
        gone(2, 137, true);
        pass(9 * SECOND);
        gone(3, 137, true);
        pass(9 * SECOND);
        actions();

        Task refused = submit(0, null);
        assertThat(refused.state()).isEqualTo(TaskState.LOST);
        pass(SECOND);
        assertThat(actions())
                .as("for those that the pool had when it was opened again")
                .contains("start 5");
    }

    /** Not too many within the time by itself, since most of those before it are further back. */
    @Test
    void gone_oneLateWhileNothingIsStarted_isWaitedForAsLong() {
        pool = pool(4, options -> options.maxCrashes(2, Duration.ofSeconds(10)));
        idleWorkers(4);
        for (int i = 0; i < 4; i++) {
            submit(0, null);
        }
        gone(1, 137, true);
        gone(2, 137, true);
        pass(SECOND);
        gone(3, 137, true);
        pass(9 * SECOND + 500 * MILLI);
        gone(4, 137, true);
        pass(9 * SECOND + 500 * MILLI);

        assertThat(submit(0, null).state()).isEqualTo(TaskState.LOST);
        pass(500 * MILLI);
        assertThat(submit(0, null).state()).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void gone_tooManyAndTheTaskHadNotBegun_failsItAsWhatWaits() {
        poolWith(options -> options.maxCrashes(1, Duration.ofSeconds(10)));
        submit(0, null);
        gone(1, 137, true);
        ready(2);
        Task unlucky = submit(0, null);
        actions();

        gone(2, 137, false);

        assertThat(actions()).containsExactly("fail #" + unlucky.id() + " TooManyCrashes 2, more than 1");
    }

    @Test
    void gone_tooManyWhileASubmitterWaitsForRoom_letsItInAndFailsIt() {
        poolWith(options -> options.maxCrashes(1, Duration.ofSeconds(10)).queueCapacity(1));
        submit(0, null);
        gone(1, 137, true);
        ready(2);
        submit(0, null);
        submit(0, null);
        Task outside = task(0, null);
        assertThat(pool.submit(outside, now, out)).isEqualTo(Submission.FULL);
        pool.waitForRoom(new Admission(outside));
        actions();

        gone(2, 137, true);

        assertThat(actions())
                .contains("fail #" + outside.id() + " TooManyCrashes 2, more than 1", "admit #" + outside.id());
    }

    // ---- larger heaps -----------------------------------------------------------------------------------------------

    @Test
    void answered_thatItRanOutOfMemory_isExecutedOnceMoreElsewhereAndThePoolWaitsForIt() {
        poolWith(options -> {});
        Task hungry = task(0, null);
        hungry.rerun(new Rerun(0, null, "4g"));
        pool.submit(hungry, now, out);
        pool.recycle(worker(1), EndReason.OUT_OF_MEMORY, "Java heap space", now, out);
        actions();

        assertThat(answer(1, hungry)).as("delivered").isFalse();

        assertThat(actions()).contains("enlarge #" + hungry.id() + " Java heap space", "retire 1");
        assertThat(hungry.state()).isEqualTo(TaskState.SENT);
        pool.shutdown(now, out);
        for (Worker<String> worker : List.copyOf(pool.workers())) {
            gone(worker.number(), 0, false);
        }
        assertThat(actions()).doesNotContain("terminated");
        assertThat(pool.ranOutside(hungry, now, out)).isTrue();
        assertThat(hungry.state()).isEqualTo(TaskState.DONE);
        assertThat(actions()).isEmpty();
        pool.outsideCleared(hungry, now, out);
        assertThat(actions()).containsExactly("terminated");
    }

    @Test
    void answered_thatItRanOutOfMemoryWhileNothingIsStarted_isDelivered() {
        pool = pool(2, options -> options.maxCrashes(1, Duration.ofSeconds(10)));
        idleWorkers(2);
        Task hungry = task(0, null);
        hungry.rerun(new Rerun(0, null, "4g"));
        pool.submit(hungry, now, out);
        int its = worker(1).task == hungry ? 1 : 2;
        submit(0, null);
        gone(3 - its, 137, true);
        ready(3);
        submit(0, null);
        gone(3, 137, true);

        pool.recycle(worker(its), EndReason.OUT_OF_MEMORY, "Java heap space", now, out);

        assertThat(answer(its, hungry)).isTrue();
    }

    @Test
    void answered_withoutAnError_isDeliveredThoughALargerHeapWasAllowed() {
        poolWith(options -> {});
        Task modest = task(0, null);
        modest.rerun(new Rerun(0, null, "4g"));
        pool.submit(modest, now, out);

        assertThat(answer(1, modest)).isTrue();
    }

    @Test
    void cancel_ofOneThatRunsWithALargerHeap_dropsWhatComesOfIt() {
        poolWith(options -> {});
        Task hungry = task(0, null);
        hungry.rerun(new Rerun(0, null, "4g"));
        pool.submit(hungry, now, out);
        pool.recycle(worker(1), EndReason.OUT_OF_MEMORY, "Java heap space", now, out);
        answer(1, hungry);

        assertThat(cancel(hungry, true)).isTrue();

        assertThat(pool.ranOutside(hungry, now, out)).isFalse();
    }
}
