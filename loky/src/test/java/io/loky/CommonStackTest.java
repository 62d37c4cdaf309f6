/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommonStackTest {
    @Test
    void of_noStack_isEmpty() {
        assertThat(CommonStack.of(List.of())).isEmpty();
        assertThat(CommonStack.of(List.of(List.of(), List.of()))).isEmpty();
    }

    @Test
    void of_oneStack_isThat() {
        assertThat(CommonStack.of(List.of(stack("sleep:-2", "run:7"))))
                .isEqualTo("it was in\n    at a.B.sleep(Native Method)\n    at a.B.run(B.java:7)\n");
    }

    @Test
    void of_sameStackEachTime_isStuckThere() {
        List<StackTraceElement> stack = stack("sleep:-2", "run:7");

        assertThat(CommonStack.of(List.of(stack, stack, stack)))
                .isEqualTo("3 looks found it stuck in\n    at a.B.sleep(Native Method)\n    at a.B.run(B.java:7)\n");
    }

    @Test
    void of_differentStacks_isBusyAroundWhatTheyHaveInCommon() {
        assertThat(CommonStack.of(List.of(
                        stack("one:1", "spin:11", "run:7"),
                        stack("spin:12", "run:7"),
                        stack("two:2", "spin:12", "run:7"))))
                .as("the lines of a loop are those of its first look")
                .isEqualTo("3 looks found it busy around\n    at a.B.spin(B.java:11)\n    at a.B.run(B.java:7)\n");
    }

    @Test
    void of_stacksWithNothingInCommon_tellsTheFirst() {
        assertThat(CommonStack.of(List.of(stack("one:1"), stack("two:2"))))
                .isEqualTo("2 looks found it in different places, first in\n    at a.B.one(B.java:1)\n");
    }

    @Test
    void of_deepStack_tellsItsTop() {
        String[] frames = new String[13];
        Arrays.setAll(frames, i -> "f" + i + ":" + i);
        String text = CommonStack.of(List.of(stack(frames)));

        assertThat(text).contains("at a.B.f9(").doesNotContain("f10").endsWith("\n    ... 3 more\n");
    }

    /** Each as method:line, innermost first. */
    private static List<StackTraceElement> stack(String... frames) {
        List<StackTraceElement> stack = new ArrayList<>();
        for (String frame : frames) {
            String[] parts = frame.split(":", -1);
            stack.add(new StackTraceElement("a.B", parts[0], "B.java", Integer.parseInt(parts[1])));
        }
        return stack;
    }
}
