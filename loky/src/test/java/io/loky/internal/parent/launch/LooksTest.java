/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.Look;
import io.loky.internal.wire.StackSample;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LooksTest {
    private static final List<StackTraceElement> FRAMES = List.of(new StackTraceElement("a.B", "c", "B.java", 1));

    private final Looks looks = new Looks();
    private final List<Look> sent = new ArrayList<>();

    @Test
    void answered_theSecondOfTwo_completesThatOne() {
        CompletableFuture<List<StackTraceElement>> first = looks.ask(7, sent::add);
        CompletableFuture<List<StackTraceElement>> second = looks.ask(8, sent::add);

        assertThat(looks.answered(new StackSample(8, sent.get(1).number(), FRAMES)))
                .isTrue();

        assertThat(second).isCompletedWithValue(FRAMES);
        assertThat(first).isNotDone();
        assertThat(sent).extracting(Look::taskId).containsExactly(7L, 8L);
    }

    /** Each has a future of its own: what one does with it does not concern the other. */
    @Test
    void ask_againBeforeTheAnswer_sendsNothingAndGetsTheSameAnswer() {
        CompletableFuture<List<StackTraceElement>> first = looks.ask(7, sent::add);
        CompletableFuture<List<StackTraceElement>> second = looks.ask(7, sent::add);
        first.complete(List.of());
        assertThat(second).isNotDone();

        looks.answered(new StackSample(7, sent.get(0).number(), FRAMES));

        assertThat(second).isCompletedWithValue(FRAMES);
        assertThat(sent).hasSize(1);
        var unused = looks.ask(7, sent::add);
        assertThat(sent).hasSize(2);
    }

    @Test
    void ask_againAndAgainByWhoWaitsNoLonger_keepsNoneOfThem() {
        for (int i = 0; i < 1_000; i++) {
            looks.ask(7, sent::add).cancel(false);
        }

        assertThat(looks.waiting()).isEqualTo(1);
    }

    /** A pipe that nobody reads must not be filled. */
    @Test
    void ask_manyUnanswered_sendsNoMoreUntilOneIsAnswered() {
        for (long id = 1; id <= 100; id++) {
            assertThat(looks.ask(id, sent::add)).isNotDone();
        }
        assertThat(sent).hasSize(Looks.MOST);

        looks.answered(new StackSample(1, sent.get(0).number(), FRAMES));
        var unused = looks.ask(200, sent::add);

        assertThat(sent).hasSize(Looks.MOST + 1).last().extracting(Look::taskId).isEqualTo(200L);
    }

    @Test
    void answered_aSampleThatNobodyAskedFor_isNoAnswer() {
        CompletableFuture<List<StackTraceElement>> asked = looks.ask(7, sent::add);

        assertThat(looks.answered(new StackSample(7, StackSample.UNASKED, FRAMES)))
                .isFalse();

        assertThat(asked).isNotDone();
    }

    @Test
    void answered_unknownNumber_changesNothing() {
        assertThat(looks.answered(new StackSample(7, 99, FRAMES))).isTrue();
    }

    @Test
    void end_openLooks_findNothing() {
        CompletableFuture<List<StackTraceElement>> open = looks.ask(7, sent::add);

        looks.end();

        assertThat(open).isCompletedWithValue(List.of());
    }

    @Test
    void ask_afterTheEnd_findsNothingAndSendsNothing() {
        looks.end();

        assertThat(looks.ask(7, sent::add)).isCompletedWithValue(List.of());
        assertThat(sent).isEmpty();
    }
}
