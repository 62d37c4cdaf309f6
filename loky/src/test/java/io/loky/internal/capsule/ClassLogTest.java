/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.ClassAsk.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassLogTest {
    private final ClassLog log = new ClassLog();

    private static ClassAsk ask(int loader, String name) {
        return new ClassAsk(Kind.CLASS, loader, name, null);
    }

    private static Item item(String name, int length) {
        return new Item(name, ClassAnswer.HERE, null, new byte[length]);
    }

    @Test
    void answer_ofWhatWasNoted_isTheSame() {
        ClassAsk place = new ClassAsk(Kind.RESOURCES, 3, "x.txt", null);
        ClassAnswer none = new ClassAnswer(null, List.of());

        log.note(place, none);

        assertThat(log.answer(place)).isEqualTo(none);
    }

    /** A class that was sent ahead is asked for by nobody then, and may be now. */
    @Test
    void answer_ofAClassThatWasSentAhead_isThere() {
        Item first = item("app.Main", 1);
        Item ahead = new Item("app.Elsewhere", 7, null, null);
        log.note(ask(3, "app.Main"), new ClassAnswer(null, List.of(first, ahead)));

        assertThat(log.answer(ask(3, "app.Main")).items()).containsExactly(first);
        assertThat(log.answer(ask(3, "app.Elsewhere")).items()).containsExactly(ahead);
    }

    @Test
    void answer_ofAnotherLoader_isRefusedInWords() {
        log.note(ask(3, "app.Main"), new ClassAnswer(null, List.of(item("app.Main", 1))));

        assertThat(log.answer(ask(4, "app.Main")).refusal())
                .isEqualTo("it is not in the capsule, since no worker had asked for it");
    }

    @Test
    void note_ofARefusal_isNone() {
        log.note(ask(3, "app.Missing"), ClassAnswer.refused("it is not there"));

        assertThat(log.size()).isZero();
    }

    /** A program that loads classes all day must not fill its heap with them. */
    @Test
    void note_ofMoreThanThereIsRoomFor_isLeftOutAndSaid() {
        for (int i = 0; i < 10; i++) {
            log.note(ask(3, "app.Large" + i), new ClassAnswer(null, List.of(item("app.Large" + i, 10 << 20))));
        }

        assertThat(log.size()).isEqualTo(6);
        assertThat(log.answer(ask(3, "app.Large9")).refusal()).contains("or there was no room for it");
        assertThat(log.answer(ask(3, "app.Large0")).refusal()).isNull();
    }

    @Test
    void forget_aLoader_makesRoom() {
        for (int i = 0; i < 6; i++) {
            log.note(ask(3, "app.Large" + i), new ClassAnswer(null, List.of(item("app.Large" + i, 10 << 20))));
        }
        log.note(ask(4, "app.Other"), new ClassAnswer(null, List.of(item("app.Other", 1))));

        log.forget(3);
        log.note(ask(5, "app.Large"), new ClassAnswer(null, List.of(item("app.Large", 60 << 20))));

        assertThat(log.size()).isEqualTo(2);
        assertThat(log.answer(ask(5, "app.Large")).refusal()).isNull();
    }
}
