/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RemarkTest {

    @Test
    void decode_whatEncodeMade_isTheSame() throws IOException {
        Remark remark = new Remark(7, "System.out; “naïve” " + "x".repeat(100_000));

        assertThat(Remark.decode(remark.encode().toFrame())).isEqualTo(remark);
        assertThat(remark.encode().toFrame().type()).isEqualTo(FrameType.REMARK);
    }

    @Test
    void decode_cutShort_isRefused() {
        byte[] payload = new Remark(7, "text").encode().toFrame().payload();
        for (int length = 0; length < payload.length; length++) {
            Frame cut = new Frame(FrameType.REMARK, 7, Arrays.copyOf(payload, length), 0);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> Remark.decode(cut));
        }
    }

    @Test
    void decode_noText_isRefused() {
        byte[] none = {-1, -1, -1, -1};

        assertThatExceptionOfType(ChannelBrokenException.class)
                .isThrownBy(() -> Remark.decode(new Frame(FrameType.REMARK, 7, none, 0)));
    }
}
