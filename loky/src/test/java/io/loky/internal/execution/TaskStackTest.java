/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.StackSample;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskStackTest {
    private static final String[] BELOW = {
        "io.loky.internal.codec.TaskCall",
        "io.loky.internal.execution.TaskRunner",
        "io.loky.internal.worker.WorkerMain",
        "java.lang.Thread"
    };

    @Test
    void of_taskOfTheUsers_isWhatIsAboveTheLibrary() {
        assertThat(cut("java.lang.Thread", "com.acme.Job"))
                .extracting(StackTraceElement::getClassName)
                .containsExactly("java.lang.Thread", "com.acme.Job");
    }

    @Test
    void of_lambda_isTheUsersMethodAlone() {
        assertThat(cut("com.acme.Job", "com.acme.Job$$Lambda$45/0x00007f27ed0170e0", "io.loky.SerializableRunnable"))
                .extracting(StackTraceElement::getClassName)
                .containsExactly("com.acme.Job");
    }

    /** A pool in the task is the task's affair. */
    @Test
    void of_libraryOnTopOfTheTask_stays() {
        assertThat(cut("io.loky.internal.parent.task.Outcome", "com.acme.Job"))
                .extracting(StackTraceElement::getClassName)
                .containsExactly("io.loky.internal.parent.task.Outcome", "com.acme.Job");
    }

    @Test
    void of_libraryAtWork_isEmpty() {
        assertThat(cut("io.loky.internal.worker.TaskThread")).isEmpty();
    }

    @Test
    void of_noSuchThread_staysAsItIs() {
        assertThat(TaskStack.of(new StackTraceElement[] {frame("com.acme.Job", 1)}))
                .hasSize(1);
    }

    @Test
    void of_deepRecursion_hasItsInnermostAndOutermostFrames() {
        String[] deep = new String[5_000];
        Arrays.fill(deep, "com.acme.Recursion");

        List<StackTraceElement> frames = cut(deep);

        assertThat(frames).hasSize(StackSample.MOST_FRAMES);
        assertThat(frames.get(0).getLineNumber()).isZero();
        assertThat(frames.get(191).getLineNumber()).isEqualTo(191);
        assertThat(frames.get(192).getLineNumber()).isEqualTo(5_000 - 64);
        assertThat(frames.get(255).getLineNumber()).isEqualTo(4_999);
    }

    private static List<StackTraceElement> cut(String... ofTheTask) {
        StackTraceElement[] all = new StackTraceElement[ofTheTask.length + BELOW.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = frame(i < ofTheTask.length ? ofTheTask[i] : BELOW[i - ofTheTask.length], i);
        }
        return TaskStack.of(all);
    }

    private static StackTraceElement frame(String type, int line) {
        return new StackTraceElement(type, "m", "F.java", line);
    }
}
