/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that are interrupted, and have a grace before their worker ends with them. */
class PoolStateGraceTest extends PoolStateScript {
    private static final long GRACE = 100 * MILLI;
    private static final long LIMIT = 3 * SECOND;

    @BeforeEach
    void oneWorker() {
        pool = pool(1, options -> options.cancelGrace(Duration.ofNanos(GRACE)));
        idleWorkers(1);
    }

    private Task running() {
        Task task = submitWithin(LIMIT);
        actions();
        return task;
    }

    // ---- cancel -----------------------------------------------------------------------------------------------------

    @Test
    void cancel_answeredInItsGrace_workerGoesOn() {
        Task task = running();

        assertThat(cancel(task, true)).isTrue();

        assertThat(actions()).containsExactly("interrupt 1 #" + task.id());
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(states()).containsExactly("1 INTERRUPTED");
        pass(GRACE - 1);
        assertThat(answer(1, task)).as("its answer is delivered").isFalse();
        assertThat(states()).containsExactly("1 IDLE");
        Task next = submit();
        pass(1);
        assertThat(actions()).as("that grace is over with its task").containsExactly("send 1 #" + next.id());
        assertThat(pool.ended()).isEmpty();
    }

    @Test
    void cancel_notAnsweredInItsGrace_killsAndReplacesTheWorker() {
        Task task = running();
        cancel(task, true);
        actions();

        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + GRACE);
        pass(GRACE - 1);
        assertThat(actions()).isEmpty();
        pass(1);

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("start 2");
        assertThat(pool.ended()).containsEntry(EndReason.CANCELLED, 1L).hasSize(1);
    }

    @Test
    void cancel_whileATaskWaits_workerThatAnswersGetsIt() {
        Task task = running();
        Task waiting = submit();
        cancel(task, true);
        actions();

        answer(1, task);

        assertThat(actions()).containsExactly("send 1 #" + waiting.id());
    }

    @Test
    void cancel_whileATaskWaitsAndNoAnswer_successorIsStartedWithTheKill() {
        Task task = running();
        submit();
        cancel(task, true);
        actions();

        pass(GRACE);

        assertThat(actions()).containsExactly("kill 1", "start 2");
    }

    @Test
    void cancel_withoutInterrupt_changesNothingForTheWorker() {
        Task task = running();

        assertThat(cancel(task, false)).isTrue();

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY");
    }

    /** The health check after the answer is no part of the task any more. */
    @Test
    void answered_inItsGraceAndWorkerHolds_isBusyUntilItIsFree() {
        Task task = running();
        cancel(task, true);
        pool.holds(worker(1));
        answer(1, task);
        actions();

        pass(GRACE);

        assertThat(actions()).isEmpty();
        assertThat(states()).containsExactly("1 BUSY");
        pool.free(worker(1), now, out);
        assertThat(states()).containsExactly("1 IDLE");
    }

    @Test
    void recycle_inItsGrace_leavesAfterItsAnswer() {
        Task task = running();
        cancel(task, true);
        pool.recycle(worker(1), EndReason.OUT_OF_MEMORY, "", now, out);
        actions();

        answer(1, task);

        assertThat(actions()).containsExactly("retire 1");
    }

    @Test
    void gone_inItsGrace_isACrashAndIsReplaced() {
        Task task = running();
        cancel(task, true);
        actions();

        gone(1, 3, true);

        assertThat(actions()).as("the future is done already").containsExactly("start 2");
        assertThat(pool.ended()).containsEntry(EndReason.CRASHED, 1L).hasSize(1);
    }

    @Test
    void stop_inItsGrace_killsAtOnce() {
        Task task = running();
        cancel(task, true);
        actions();

        pool.stop(now, out);

        assertThat(actions()).containsExactly("kill 1");
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void heard_silentInItsGrace_isKilledAsUnresponsive() {
        Task task = running();
        cancel(task, true);
        actions();

        for (int look = 0; look <= PoolState.MAX_SILENT_LOOKS; look++) {
            pool.heard(worker(1), 7, now, out);
        }

        assertThat(actions()).containsExactly("kill 1");
        gone(1, 137, true);
        assertThat(pool.ended()).containsOnlyKeys(EndReason.UNRESPONSIVE);
    }

    // ---- time limits ------------------------------------------------------------------------------------------------

    @Test
    void tick_atTheLimit_interruptsAndSamplesAndTheFutureGoesOn() {
        Task task = running();

        pass(LIMIT);

        assertThat(actions()).containsExactly("interrupt 1 #" + task.id() + " sampled");
        assertThat(task.state()).isEqualTo(TaskState.SENT);
        assertThat(states()).containsExactly("1 INTERRUPTED");
    }

    /** It may have a result: the limit was reached all the same. */
    @Test
    void answered_inTheGraceOfItsLimit_failsAndTheWorkerGoesOn() {
        Task task = running();
        pass(LIMIT);
        actions();
        pass(GRACE / 2);

        assertThat(answer(1, task)).as("its answer is delivered").isFalse();

        assertThat(actions()).containsExactly("fail #" + task.id() + " TimedOut and answered " + LIMIT);
        assertThat(task.state()).isEqualTo(TaskState.LOST);
        assertThat(states()).containsExactly("1 IDLE");
        assertThat(pool.ended()).isEmpty();
    }

    @Test
    void failure_ofATaskThatTimedOut_tellsHowLongItRan() {
        running();
        pass(LIMIT);
        out.clear();

        pass(GRACE);

        assertThat(out)
                .filteredOn(Action.Fail.class::isInstance)
                .singleElement()
                .extracting(action -> ((Action.Fail<String>) action).failure())
                .isEqualTo(new Failure.TimedOut(LIMIT, LIMIT + GRACE, false));
    }

    @Test
    void tick_graceOfALimitIsOver_failsTheTaskAndKillsTheWorker() {
        Task task = running();
        pass(LIMIT);
        actions();

        pass(GRACE);

        assertThat(actions()).containsExactly("fail #" + task.id() + " TimedOut " + LIMIT, "kill 1");
        gone(1, 137, true);
        assertThat(actions()).as("it fails once").containsExactly("start 2");
        assertThat(pool.ended()).containsEntry(EndReason.TASK_TIMEOUT, 1L).hasSize(1);
    }

    /** Whatever its worker died of: to run it again would only reach the limit again. */
    @Test
    void gone_inTheGraceOfALimit_failsForTheLimit() {
        for (boolean begun : new boolean[] {false, true}) {
            oneWorker();
            Task task = running();
            pass(LIMIT);
            actions();

            gone(1, 3, begun);

            assertThat(actions()).containsExactly("fail #" + task.id() + " TimedOut " + LIMIT, "start 2");
            assertThat(pool.ended()).containsOnlyKeys(EndReason.CRASHED);
        }
    }

    @Test
    void cancel_inTheGraceOfALimit_isCancelledAndHasNoSecondGrace() {
        Task task = running();
        pass(LIMIT);
        actions();
        pass(GRACE / 2);

        assertThat(cancel(task, true)).isTrue();
        assertThat(actions()).isEmpty();
        pass(GRACE / 2);

        assertThat(actions()).as("the future is done already").containsExactly("kill 1");
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        gone(1, 137, true);
        assertThat(pool.ended()).containsOnlyKeys(EndReason.TASK_TIMEOUT);
    }

    /** Nobody asks where it was. */
    @Test
    void tick_limitOfATaskThatWasCancelledAndRunsOn_interruptsWithoutSamples() {
        Task task = running();
        cancel(task, false);
        actions();

        pass(LIMIT);

        assertThat(actions()).containsExactly("interrupt 1 #" + task.id());
        pass(GRACE);
        assertThat(actions()).containsExactly("kill 1");
    }

    @Test
    void stop_inTheGraceOfALimit_failsTheTaskAndKillsAtOnce() {
        Task task = running();
        pass(LIMIT);
        actions();

        pool.stop(now, out);

        assertThat(actions()).containsExactly("fail #" + task.id() + " PoolStopped while it ran", "kill 1");
    }

    @Test
    void tick_lastTaskHasHadItsGraceAfterShutdown_poolTerminates() {
        running();
        pool.shutdown(now, out);
        pass(LIMIT);
        pass(GRACE);
        actions();

        gone(1, 137, true);

        assertThat(actions()).containsExactly("terminated");
    }
}
