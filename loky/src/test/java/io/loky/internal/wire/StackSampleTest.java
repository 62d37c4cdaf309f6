/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackSampleTest {
    private static final StackTraceElement NATIVE =
            new StackTraceElement("app", "java.base", "17.0.1", "java.lang.Thread", "sleep", null, -2);
    private static final StackTraceElement USERS = new StackTraceElement("com.acme.Job", "call", "Job.java", 42);

    @Test
    void decode_whatEncodeMade_hasWhatAReaderWantsToSee() throws IOException {
        Frame frame = new StackSample(7, 3, List.of(NATIVE, USERS)).encode().toFrame();

        StackSample sample = StackSample.decode(frame);

        assertThat(frame.type()).isEqualTo(FrameType.STACK);
        assertThat(sample.taskId()).isEqualTo(7);
        assertThat(sample.look()).isEqualTo(3);
        assertThat(sample.frames())
                .hasToString("[java.base/java.lang.Thread.sleep(Native Method), com.acme.Job.call(Job.java:42)]");
        assertThat(sample.frames().get(1)).isEqualTo(USERS);
    }

    @Test
    void decode_noFrames_isAnEmptyStack() throws IOException {
        StackSample empty = new StackSample(7, StackSample.UNASKED, List.of());

        assertThat(StackSample.decode(empty.encode().toFrame())).isEqualTo(empty);
    }

    @Test
    void encode_longNames_areCut() throws IOException {
        StackTraceElement longest = new StackTraceElement("c".repeat(60_000), "m".repeat(60_000), null, 1);
        EncodedFrame frame = new StackSample(7, 0, Collections.nCopies(StackSample.MOST_FRAMES, longest)).encode();

        assertThat(frame.length()).isLessThan(300_000);
        assertThat(StackSample.decode(frame.toFrame()).frames())
                .hasSize(StackSample.MOST_FRAMES)
                .allMatch(each -> each.getMethodName().equals("m".repeat(500) + "..."));
    }

    @Test
    void frames_moreThanMay_areRefused() {
        List<StackTraceElement> frames = Collections.nCopies(StackSample.MOST_FRAMES + 1, USERS);

        assertThatIllegalArgumentException().isThrownBy(() -> new StackSample(7, 0, frames));
    }

    @Test
    void decode_payloadCutAnywhere_failsInsteadOfGuessing() {
        byte[] payload =
                new StackSample(7, 0, List.of(NATIVE, USERS)).encode().toFrame().payload();

        for (int length = 0; length < payload.length; length++) {
            Frame cut = new Frame(FrameType.STACK, 7, Arrays.copyOf(payload, length), 0);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> StackSample.decode(cut));
        }
    }

    @Test
    void decode_countThatCannotBe_isRefused() {
        for (int count : new int[] {-1, StackSample.MOST_FRAMES + 1, Integer.MAX_VALUE}) {
            byte[] payload = ByteBuffer.allocate(12).putLong(0).putInt(count).array();

            assertThatExceptionOfType(ChannelBrokenException.class)
                    .isThrownBy(() -> StackSample.decode(new Frame(FrameType.STACK, 7, payload, 0)))
                    .withMessage("a worker tells a stack of " + count + " frames");
        }
    }
}
