/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HelloTest {

    @Test
    void decode_whatEncodeMade_isTheSame() throws IOException {
        Token token = Token.random();

        Hello hello = Hello.decode(read(new Hello(token, 4711, "25.0.1").encode()));

        assertThat(hello.token().matches(token)).isTrue();
        assertThat(hello.pid()).isEqualTo(4711);
        assertThat(hello.javaVersion()).isEqualTo("25.0.1");
    }

    @Test
    void encode_anyGreeting_isAHelloFrameOfNoTask() throws IOException {
        Frame frame = read(new Hello(Token.random(), 1, "17").encode());

        assertThat(frame.type()).isEqualTo(FrameType.HELLO);
        assertThat(frame.taskId()).isZero();
    }

    @Test
    void decode_frameOfAnotherType_isRefusedByName() {
        assertThatExceptionOfType(ChannelBrokenException.class)
                .isThrownBy(() -> Hello.decode(new Frame(FrameType.VALUE, 1, new byte[100], 0)))
                .withMessage("expected a HELLO frame first, got VALUE");
    }

    @Test
    void decode_payloadCutAnywhere_failsInsteadOfGuessing() throws IOException {
        byte[] payload = read(new Hello(Token.random(), 1, "17.0.15").encode()).payload();
        for (int length = 0; length < payload.length; length++) {
            Frame cut = new Frame(FrameType.HELLO, 0, Arrays.copyOf(payload, length), 0);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> Hello.decode(cut));
        }
    }

    @Test
    void toString_anyGreeting_doesNotShowTheToken() {
        assertThat(new Hello(Token.random(), 1, "17").toString()).contains("Token[secret]");
    }

    private static Frame read(EncodedFrame encoded) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encoded.writeTo(out);
        return new FrameReader(new ByteArrayInputStream(out.toByteArray())).read();
    }
}
