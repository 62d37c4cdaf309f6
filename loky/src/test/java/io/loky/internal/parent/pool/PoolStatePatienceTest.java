/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that may wait for a worker for so long. */
class PoolStatePatienceTest extends PoolStateScript {
    private static final long LIMIT = 3 * SECOND;

    @BeforeEach
    void oneWorker() {
        pool = pool(1);
        idleWorkers(1);
    }

    @Test
    void tick_taskHasWaitedForItsLimit_failsAndNoWorkerIsTouched() {
        submit();
        Task waiting = submitPatientFor(LIMIT);
        actions();
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + LIMIT);

        pass(LIMIT - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);

        assertThat(actions()).containsExactly("fail #" + waiting.id() + " WaitedTooLong " + LIMIT);
        assertThat(waiting.state()).isEqualTo(TaskState.LOST);
        assertThat(pool.waiting()).isZero();
        assertThat(states()).containsExactly("1 BUSY");
    }

    @Test
    void tick_taskIsExecutingAfterItsLimit_goesOn() {
        Task task = submitPatientFor(LIMIT);
        actions();

        pass(LIMIT);

        assertThat(actions()).isEmpty();
        assertThat(answer(1, task)).isTrue();
    }

    @Test
    void tick_severalWait_onlyThoseFailWhoseTimeIsUp() {
        Task running = submit();
        Task patient = submitPatientFor(2 * LIMIT);
        Task first = submitPatientFor(LIMIT);
        Task second = submitPatientFor(LIMIT);
        Task withoutLimit = submit();
        actions();

        pass(LIMIT);

        assertThat(actions())
                .containsExactly(
                        "fail #" + first.id() + " WaitedTooLong " + LIMIT,
                        "fail #" + second.id() + " WaitedTooLong " + LIMIT);
        answer(1, running);
        answer(1, patient);
        assertThat(actions()).containsExactly("send 1 #" + patient.id(), "send 1 #" + withoutLimit.id());
    }

    @Test
    void cancel_taskThatWaits_isForgotten() {
        submit();
        Task waiting = submitPatientFor(LIMIT);
        cancel(waiting, true);
        actions();

        pass(LIMIT);

        assertThat(actions()).isEmpty();
        assertThat(waiting.state()).isEqualTo(TaskState.CANCELLED);
    }

    /** The time counts from when the pool has it, not from when it came back. */
    @Test
    void gone_taskThatWasNotBegun_comesBackWithWhatIsLeftOfItsTime() {
        Task task = submitPatientFor(LIMIT);
        pass(LIMIT - 1);
        gone(1, 137, false);
        actions();
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);

        pass(1);

        assertThat(actions()).containsExactly("fail #" + task.id() + " WaitedTooLong " + LIMIT);
    }

    @Test
    void tick_lastTaskOfAPoolThatIsShutDown_terminatesIt() {
        Task task = submitPatientFor(LIMIT);
        gone(1, 1, false);
        gone(2, 1, false); // now there is a pause and no worker
        pool.shutdown(now, out);
        actions();

        pass(LIMIT);

        assertThat(actions()).containsExactly("fail #" + task.id() + " WaitedTooLong " + LIMIT, "terminated");
    }
}
