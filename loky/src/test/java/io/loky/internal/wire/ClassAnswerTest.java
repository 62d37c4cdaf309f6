/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.wire.ClassAnswer.Item;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClassAnswerTest {
    private static Frame sent(EncodedFrame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new FrameOutput(bytes).send(frame);
        return new FrameReader(new ByteArrayInputStream(bytes.toByteArray())).read();
    }

    @ParameterizedTest
    @EnumSource(ClassAsk.Kind.class)
    void decode_aQuestion_isTheSame(ClassAsk.Kind kind) throws IOException {
        for (String url : new String[] {null, "", "jar:nested:/x!/ä"}) {
            ClassAsk ask = new ClassAsk(kind, 300, "a.b.Ünicode$1", url);

            Frame frame = sent(ask.encode(17));

            assertThat(frame.type()).isEqualTo(FrameType.CLASS_ASK);
            assertThat(frame.taskId()).isEqualTo(17);
            assertThat(ClassAsk.decode(frame)).isEqualTo(ask);
        }
    }

    /** A name may be longer than what DataOutputStream takes. */
    @Test
    void decode_aLongName_isTheSame() throws IOException {
        ClassAsk ask = new ClassAsk(ClassAsk.Kind.CONTENT, 1, "x".repeat(200_000), null);

        assertThat(ClassAsk.decode(sent(ask.encode(1)))).isEqualTo(ask);
    }

    @Test
    void decode_anAnswer_isTheSame() throws IOException {
        ClassAnswer answer = new ClassAnswer(
                null,
                List.of(
                        new Item("a.B", ClassAnswer.HERE, "file:/x", new byte[] {1, 2}),
                        new Item("a.C", 7, null, null),
                        new Item("", 0, "", new byte[0])));

        ClassAnswer copy = ClassAnswer.decode(sent(answer.encode(18)));

        assertThat(copy).usingRecursiveComparison().isEqualTo(answer);
    }

    @Test
    void decode_aRefusal_saysWhy() throws IOException {
        ClassAnswer copy = ClassAnswer.decode(sent(ClassAnswer.refused("why").encode(1)));

        assertThat(copy.refusal()).isEqualTo("why");
        assertThat(copy.items()).isEmpty();
    }

    /** There was no memory for it: whoever asked is told, and the stream goes on. */
    @Test
    void decode_aSkippedFrame_isARefusal() throws IOException {
        assertThat(ClassAnswer.decode(new Frame(FrameType.CLASS_ANSWER, 1, new byte[0], 5_000))
                        .refusal())
                .contains("5000 bytes");
    }

    @Test
    void decode_lengthBeyondTheEnd_isRefusedBeforeItIsAllocated() {
        byte[] payload = {0x7F, -1, -1, -1, 0};

        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> ClassAnswer.decode(new Frame(FrameType.CLASS_ANSWER, 1, payload, 0)));
    }

    @Test
    void decode_unknownKind_isRefused() {
        byte[] payload = {99, 0, 0, 0, 1, 0, 0, 0, 0};

        assertThatExceptionOfType(ChannelBrokenException.class)
                .isThrownBy(() -> ClassAsk.decode(new Frame(FrameType.CLASS_ASK, 1, payload, 0)));
    }

    @Test
    void decode_aForgottenLoader_isTheSame() throws IOException {
        assertThat(ForgetLoader.decode(sent(ForgetLoader.encode(1_000_000)))).isEqualTo(1_000_000);
    }
}
