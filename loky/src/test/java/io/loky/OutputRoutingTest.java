/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OutputRoutingTest {
    private static final Logger LOGGER = System.getLogger("some.logger");
    private static final OutputLine LINE =
            new OutputLine("text", 3, 2, 4711, OptionalLong.of(12), Optional.of("parse $1"));
    private static final OutputLine STRAY = new OutputLine("text", 3, 2, 4711, OptionalLong.empty(), Optional.empty());

    @Test
    void routing_ofTheSameKind_isEqual() {
        OutputListener listener = line -> {};
        List<OutputRouting> different = List.of(
                OutputRouting.inherit(),
                OutputRouting.inherit("> "),
                OutputRouting.prefixed(),
                OutputRouting.discard(),
                OutputRouting.logger(LOGGER, Level.INFO),
                OutputRouting.logger(LOGGER, Level.DEBUG),
                OutputRouting.callback(listener),
                OutputRouting.callback(line -> {}),
                OutputRouting.capture(10),
                OutputRouting.capture(11),
                OutputRouting.inherit().andCapture(10));
        List<OutputRouting> same = List.of(
                OutputRouting.inherit(""),
                OutputRouting.inherit("> "),
                OutputRouting.inherit("[worker ${worker.number}, task ${task.id}] "),
                OutputRouting.discard(),
                OutputRouting.logger(LOGGER, Level.INFO),
                OutputRouting.logger(LOGGER, Level.DEBUG),
                OutputRouting.callback(listener),
                different.get(7),
                OutputRouting.discard().andCapture(10),
                OutputRouting.capture(10).andCapture(11),
                OutputRouting.inherit("").andCapture(10));

        assertThat(different).doesNotHaveDuplicates();
        for (int i = 0; i < same.size(); i++) {
            assertThat(same.get(i)).isEqualTo(different.get(i)).hasSameHashCodeAs(different.get(i));
        }
        assertThat(OutputRouting.discard()).isNotEqualTo("discard");
    }

    @Test
    void toString_eachKind_saysWhatItDoesAndNothingOfAListenersOwn() {
        OutputListener secretive = new OutputListener() {
            @Override
            public void onLine(OutputLine line) {}

            @Override
            public String toString() {
                return "secret";
            }
        };

        assertThat(OutputRouting.inherit()).hasToString("inherit");
        assertThat(OutputRouting.inherit("> ")).hasToString("inherit '> '");
        assertThat(OutputRouting.discard()).hasToString("discard");
        assertThat(OutputRouting.logger(LOGGER, Level.INFO)).hasToString("logger 'some.logger' at INFO");
        assertThat(OutputRouting.callback(secretive))
                .hasToString("callback " + secretive.getClass().getName());
        assertThat(OutputRouting.capture(10)).hasToString("capture of 10 bytes");
        assertThat(OutputRouting.inherit().andCapture(10)).hasToString("inherit and capture of 10 bytes");
    }

    @Test
    void getters_eachKind_tellWhatWasGiven() {
        OutputListener listener = line -> {};

        assertThat(OutputRouting.inherit().prefix()).hasValue("");
        assertThat(OutputRouting.inherit("> ").prefix()).hasValue("> ");
        assertThat(OutputRouting.discard().prefix()).isEmpty();
        assertThat(OutputRouting.callback(listener).listener()).hasValue(listener);
        assertThat(OutputRouting.logger(LOGGER, Level.INFO).listener()).isPresent();
        assertThat(OutputRouting.inherit().listener()).isEmpty();
        assertThat(OutputRouting.inherit().captureLimit()).isEmpty();
        assertThat(OutputRouting.prefixed().andCapture(1 << 30).captureLimit()).hasValue(1 << 30);
    }

    @Test
    void prefixOf_placeholders_areFilledIn() {
        assertThat(OutputRouting.prefixed().prefixOf(LINE)).isEqualTo("[worker 3, task 12] ");
        assertThat(OutputRouting.prefixed().prefixOf(STRAY)).isEqualTo("[worker 3, task -] ");
        assertThat(OutputRouting.inherit("${worker.index} ${worker.pid} ${task.name}|")
                        .prefixOf(LINE))
                .isEqualTo("2 4711 parse $1|");
        assertThat(OutputRouting.inherit("${task.name}|").prefixOf(STRAY)).isEqualTo("-|");
        assertThat(OutputRouting.inherit("$${task.id} $ {} $${whatever}").prefixOf(LINE))
                .isEqualTo("${task.id} $ {} ${whatever}");
        assertThat(OutputRouting.discard().prefixOf(LINE)).isEmpty();
    }

    @Test
    void inherit_unknownPlaceholder_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutputRouting.inherit("${worker.number} ${worker.name}"))
                .withMessage("prefix must use no other placeholders than ${worker.number}, ${worker.index},"
                        + " ${worker.pid}, ${task.id}, ${task.name}, got ${worker.name}");
    }

    @Test
    void inherit_twoLines_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutputRouting.inherit("a\nb"))
                .withMessage("prefix must be in one line, got [a, b]");
    }

    @Test
    void capture_limitOutsideItsRange_isRefused() {
        for (int limit : new int[] {-1, 0, (1 << 30) + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OutputRouting.capture(limit))
                    .withMessage("limitBytes must be from 1 to 1073741824 (1 GiB), got " + limit);
        }
    }

    @Test
    void logger_levelThatIsNone_isRefused() {
        for (Level level : new Level[] {Level.ALL, Level.OFF}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OutputRouting.logger(LOGGER, level))
                    .withMessage("level must be from TRACE to ERROR, got " + level);
        }
    }

    @Test
    void factories_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> OutputRouting.inherit(null))
                .withMessage("prefix");
        assertThatNullPointerException()
                .isThrownBy(() -> OutputRouting.callback(null))
                .withMessage("listener");
        assertThatNullPointerException()
                .isThrownBy(() -> OutputRouting.logger(null, Level.INFO))
                .withMessage("logger");
        assertThatNullPointerException()
                .isThrownBy(() -> OutputRouting.logger(LOGGER, null))
                .withMessage("level");
        assertThatNullPointerException()
                .isThrownBy(() -> OutputRouting.inherit().prefixOf(null))
                .withMessage("line");
    }

    @Test
    void taskOutput_withBytesDropped_saysHowMany() {
        assertThat(new TaskOutput("one\ntwo", 0)).hasToString("one\ntwo");
        assertThat(new TaskOutput("two\n", 4)).hasToString("(4 bytes before this were not kept)\ntwo\n");
        assertThat(new TaskOutput("one\ntwo\n", 0).lines()).containsExactly("one", "two");
    }
}
