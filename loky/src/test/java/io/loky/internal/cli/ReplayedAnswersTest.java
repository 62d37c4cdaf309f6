/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.TaskSerializationException;
import org.junit.jupiter.api.Test;

class ReplayedAnswersTest {
    private static Throwable thrownIn(String... classes) {
        Throwable thrown = new TaskSerializationException("task #1 could not be rebuilt in the worker", null);
        StackTraceElement[] stack = new StackTraceElement[classes.length];
        for (int i = 0; i < stack.length; i++) {
            stack[i] = new StackTraceElement(classes[i], "method", null, 1);
        }
        thrown.setStackTrace(stack);
        return thrown;
    }

    @Test
    void isRefusal_ofAWorker_isTrue() {
        assertThat(ReplayedAnswers.isRefusal(thrownIn())).isTrue();
        assertThat(ReplayedAnswers.isRefusal(thrownIn("io.loky.internal.execution.TaskRunner")))
                .isTrue();
    }

    /** The task has run: it had a pool of its own. */
    @Test
    void isRefusal_ofATaskOfTheTask_isFalse() {
        assertThat(ReplayedAnswers.isRefusal(thrownIn("io.loky.internal.execution.TaskRunner", "app.Main")))
                .isFalse();
        assertThat(ReplayedAnswers.isRefusal(new IllegalStateException())).isFalse();
    }
}
