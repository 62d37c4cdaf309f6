/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TokenTest {
    private static final int LENGTH = 32;

    @Test
    void matches_itselfReadBack_isTrue() throws IOException {
        Token token = Token.random();

        assertThat(Token.readFrom(new ByteArrayInputStream(bytes(token))).matches(token))
                .isTrue();
    }

    @Test
    void matches_oneBitChangedAnywhere_isFalse() throws IOException {
        Token token = Token.random();
        for (int i = 0; i < LENGTH * 8; i++) {
            byte[] changed = bytes(token);
            changed[i / 8] ^= (byte) (1 << i % 8);
            assertThat(Token.readFrom(new ByteArrayInputStream(changed)).matches(token))
                    .as("bit %d changed", i)
                    .isFalse();
        }
    }

    @Test
    void random_calledTwice_givesDifferentTokens() {
        assertThat(Token.random().matches(Token.random())).isFalse();
    }

    @Test
    void readFrom_longerStream_takesNoMoreThanTheToken() throws IOException {
        Token token = Token.random();
        byte[] withFrame = Arrays.copyOf(bytes(token), LENGTH + 5);
        InputStream in = new ByteArrayInputStream(withFrame);

        assertThat(Token.readFrom(in).matches(token)).isTrue();
        assertThat(in.available()).isEqualTo(5);
    }

    @Test
    void readFrom_streamThatGivesOneByteAtATime_readsAllOfIt() throws IOException {
        Token token = Token.random();
        byte[] bytes = bytes(token);
        InputStream slow = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(1, length));
            }
        };

        assertThat(Token.readFrom(slow).matches(token)).isTrue();
    }

    @Test
    void readFrom_streamThatEndsTooEarly_saysAfterHowManyBytes() throws IOException {
        byte[] bytes = bytes(Token.random());
        for (int got = 0; got < LENGTH; got++) {
            InputStream in = new ByteArrayInputStream(bytes, 0, got);
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> Token.readFrom(in))
                    .withMessage("stream ended inside the token, after " + got + " of 32 bytes");
        }
    }

    @Test
    void toString_anyToken_doesNotShowIt() {
        assertThat(Token.random()).hasToString("Token[secret]");
    }

    private static byte[] bytes(Token token) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        token.writeTo(out);
        return out.toByteArray();
    }
}
