/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.TaskOutput;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TaskPrintsTest {

    @Test
    void output_lessThanTheLimit_isAll() {
        TaskPrints prints = new TaskPrints(1, "task", 10);

        assertThat(prints.output()).isEqualTo(new TaskOutput("", 0));
        append(prints, "one\n");
        append(prints, "two\n!!");
        assertThat(prints.output()).isEqualTo(new TaskOutput("one\ntwo\n!!", 0));
    }

    @Test
    void output_moreThanTheLimit_isTheEndAndTellsHowMuchIsMissing() {
        TaskPrints prints = new TaskPrints(1, "task", 10);

        append(prints, "0123456789ab");
        assertThat(prints.output()).isEqualTo(new TaskOutput("23456789ab", 2));
        append(prints, "cde");
        assertThat(prints.output()).isEqualTo(new TaskOutput("56789abcde", 5));
    }

    @Test
    void output_limitInTheMiddleOfACharacter_beginsWithTheNextOne() {
        TaskPrints prints = new TaskPrints(1, "task", 4);

        append(prints, "€€");
        assertThat(prints.output()).isEqualTo(new TaskOutput("€", 3));
    }

    @Test
    void append_noLimit_keepsNothing() {
        TaskPrints prints = new TaskPrints(1, "task", 0);
        append(prints, "text");

        assertThat(prints.areKept()).isFalse();
        assertThat(prints.output()).isEqualTo(new TaskOutput("", 0));
    }

    @Test
    void append_anyLengths_keepsTheEnd() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int limit = 1 + random.nextInt(2_000);
            TaskPrints prints = new TaskPrints(1, "task", limit);
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                String text = "abcdefghij".repeat(30).substring(0, random.nextInt(300));
                all.append(text);
                append(prints, text);
                String end = all.substring(Math.max(0, all.length() - limit));
                assertThat(prints.output())
                        .as("seed %s, step %s", seed, i)
                        .isEqualTo(new TaskOutput(end, all.length() - end.length()));
            }
        }
    }

    private static void append(TaskPrints prints, String text) {
        prints.append(text.getBytes(StandardCharsets.UTF_8));
    }
}
