/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnfitTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "the heap grew from 20 MiB to 400 MiB", "\u00e4\u20ac\ud83d\ude00"})
    void decode_whatEncodeMade_isTheSame(String detail) throws IOException {
        Unfit unfit = new Unfit("MEMORY_GROWTH", detail);

        assertThat(Unfit.decode(read(unfit.encode()))).isEqualTo(unfit);
    }

    @Test
    void decode_detailLongerThanWriteUtfTakes_isTheSame() throws IOException {
        Unfit unfit = new Unfit("DIRTY", "x".repeat(100_000));

        assertThat(Unfit.decode(read(unfit.encode()))).isEqualTo(unfit);
    }

    @Test
    void encode_any_isAnUnfitFrameOfNoTask() throws IOException {
        Frame frame = read(new Unfit("UNHEALTHY", "").encode());

        assertThat(frame.type()).isEqualTo(FrameType.UNFIT);
        assertThat(frame.taskId()).isZero();
    }

    @Test
    void decode_payloadCutAnywhere_failsInsteadOfGuessing() throws IOException {
        byte[] payload = read(new Unfit("OUT_OF_MEMORY", "heap").encode()).payload();
        for (int length = 0; length < payload.length; length++) {
            Frame cut = new Frame(FrameType.UNFIT, 0, Arrays.copyOf(payload, length), 0);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> Unfit.decode(cut));
        }
    }

    @Test
    void decode_noReason_isRefused() {
        byte[] twoNulls = {-1, -1, -1, -1, -1, -1, -1, -1};

        assertThatExceptionOfType(ChannelBrokenException.class)
                .isThrownBy(() -> Unfit.decode(new Frame(FrameType.UNFIT, 0, twoNulls, 0)))
                .withMessage("a worker says that it is unfit, and not why");
    }

    private static Frame read(EncodedFrame encoded) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encoded.writeTo(out);
        return new FrameReader(new ByteArrayInputStream(out.toByteArray())).read();
    }
}
