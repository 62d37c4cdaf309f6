/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a parent says and asks about a task that runs. */
class InterruptTest {
    @Test
    void decode_whatEncodeMade_isTheSame() throws IOException {
        for (Interrupt interrupt :
                new Interrupt[] {new Interrupt(7, 0, true), new Interrupt(8, Long.MAX_VALUE, false)}) {
            Frame frame = interrupt.encode().toFrame();

            assertThat(frame.type()).isEqualTo(FrameType.INTERRUPT);
            assertThat(Interrupt.decode(frame)).isEqualTo(interrupt);
        }
    }

    @Test
    void decode_payloadCutAnywhere_failsInsteadOfGuessing() {
        byte[] payload = new Interrupt(7, 100, true).encode().toFrame().payload();

        for (int length = 0; length < payload.length; length++) {
            Frame cut = new Frame(FrameType.INTERRUPT, 7, Arrays.copyOf(payload, length), 0);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> Interrupt.decode(cut));
        }
    }

    @Test
    void decode_negativeGrace_isRefused() {
        Frame frame = new Interrupt(7, -1, true).encode().toFrame();

        assertThatExceptionOfType(ChannelBrokenException.class)
                .isThrownBy(() -> Interrupt.decode(frame))
                .withMessage("a task is to be interrupted with a grace of -1 ms");
    }

    @Test
    void look_encoded_isTheSameAfterwards() throws IOException {
        Look look = new Look(7, 12);
        Frame frame = look.encode().toFrame();

        assertThat(frame.type()).isEqualTo(FrameType.LOOK);
        assertThat(Look.decode(frame)).isEqualTo(look);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Look.decode(new Frame(FrameType.LOOK, 7, new byte[7], 0)));
    }
}
