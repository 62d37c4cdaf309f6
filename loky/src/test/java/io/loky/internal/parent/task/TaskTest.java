/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.EndReason;
import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TaskTest {

    @Test
    void become_everyPairOfStates_onlyTheLegalPathsAreOpen() {
        assertPaths(TaskState.NEW, TaskState.QUEUED, TaskState.SENT, TaskState.CANCELLED, TaskState.LOST);
        assertPaths(TaskState.QUEUED, TaskState.SENT, TaskState.CANCELLED, TaskState.LOST);
        assertPaths(TaskState.SENT, TaskState.DONE, TaskState.LOST, TaskState.CANCELLED, TaskState.QUEUED);
        assertPaths(TaskState.DONE);
        assertPaths(TaskState.LOST);
        assertPaths(TaskState.CANCELLED);
    }

    @Test
    void isTerminal_eachState_isTrueWhereNoPathGoesOn() {
        for (TaskState state : TaskState.values()) {
            boolean goesOn = false;
            for (TaskState next : TaskState.values()) {
                goesOn |= state.mayBecome(next);
            }
            assertThat(state.isTerminal()).as(state.name()).isNotEqualTo(goesOn);
        }
    }

    @Test
    void become_illegalPath_saysWhoFromToAndWhyAndChangesNothing() {
        Task task = new Task(7, Task.UNLIMITED, 0);

        assertThatIllegalStateException()
                .isThrownBy(() -> task.become(TaskState.DONE, "because"))
                .withMessage("task #7 cannot go from NEW to DONE: because");
        assertThat(task.state()).isEqualTo(TaskState.NEW);
    }

    @Test
    void attempts_sentAndNotBegunAndSentAgain_countsWhatWasBegun() {
        Task task = new Task(1, Task.UNLIMITED, 0);
        assertThat(task.attempts()).isZero();
        task.become(TaskState.QUEUED, "");
        assertThat(task.attempts()).isZero();
        task.become(TaskState.SENT, "");
        assertThat(task.attempts()).isEqualTo(1);

        task.become(TaskState.QUEUED, "its worker died before it had begun it");
        assertThat(task.attempts()).isZero();
        assertThat(task.lostStarts()).isEqualTo(1);

        task.become(TaskState.SENT, "");
        assertThat(task.attempts()).isEqualTo(1);
        assertThat(task.lostStarts()).isEqualTo(1);
    }

    @Test
    void again_afterACrash_countsTheAttemptAndKeepsTheDeath() {
        Task task = new Task(1, Task.UNLIMITED, 0);
        Death death = new Death(
                new WorkerEnd(1, true, OptionalInt.of(137), Duration.ZERO, 0, BeginMark.Reading.NONE, List.of(), null),
                EndReason.CRASHED);
        task.become(TaskState.SENT, "");

        task.again(death, "");

        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
        assertThat(task.attempts()).isEqualTo(1);
        assertThat(task.lostStarts()).isZero();
        assertThat(task.crashes()).isEqualTo(1);
        assertThat(task.deaths()).containsExactly(death).isUnmodifiable();
        for (int i = 0; i < 20; i++) {
            task.become(TaskState.SENT, "");
            task.again(death, "");
        }
        assertThat(task.attempts()).isEqualTo(21);
        assertThat(task.crashes()).isEqualTo(21);
        assertThat(task.deaths()).hasSize(Task.MOST_DEATHS);
    }

    private static void assertPaths(TaskState from, TaskState... legal) {
        for (TaskState to : TaskState.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s -> %s", from, to)
                    .isEqualTo(List.of(legal).contains(to));
        }
    }
}
