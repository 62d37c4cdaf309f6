/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
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

    private static void assertPaths(TaskState from, TaskState... legal) {
        for (TaskState to : TaskState.values()) {
            assertThat(from.mayBecome(to))
                    .as("%s -> %s", from, to)
                    .isEqualTo(List.of(legal).contains(to));
        }
    }
}
