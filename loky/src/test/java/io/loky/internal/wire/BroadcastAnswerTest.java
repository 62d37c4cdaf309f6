/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BroadcastAnswerTest {
    private static final UUID ID = new UUID(-1, 5);

    @TempDir
    Path folder;

    private static Frame sent(EncodedFrame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new FrameOutput(bytes).send(frame);
        return new FrameReader(new ByteArrayInputStream(bytes.toByteArray())).read();
    }

    @Test
    void decode_aQuestion_isTheSame() throws IOException {
        BroadcastAsk ask = new BroadcastAsk(ID, "4711-a-b", 1L << 40, true);

        Frame frame = sent(ask.encode(9));

        assertThat(frame.type()).isEqualTo(FrameType.BROADCAST_ASK);
        assertThat(frame.taskId()).isEqualTo(9);
        assertThat(BroadcastAsk.decode(frame)).isEqualTo(ask);
    }

    @Test
    void decode_anAnswer_isTheSame() throws IOException {
        BroadcastAnswer answer = new BroadcastAnswer(null, new byte[] {1, 2}, 1L << 40, "/dev/shm/x", null);

        Frame frame = sent(answer.encode(9));

        assertThat(frame.type()).isEqualTo(FrameType.BROADCAST_ANSWER);
        assertThat(BroadcastAnswer.decode(frame)).usingRecursiveComparison().isEqualTo(answer);
        BroadcastAnswer refusal = BroadcastAnswer.refused("no");
        assertThat(BroadcastAnswer.decode(sent(refusal.encode(1))))
                .usingRecursiveComparison()
                .isEqualTo(refusal);
    }

    /** The worker had no memory for it: whoever asked is told. */
    @Test
    void decode_anAnswerThatWasSkipped_isARefusal() throws IOException {
        Frame skipped = new Frame(FrameType.BROADCAST_ANSWER, 1, new byte[0], 300_000);

        assertThat(BroadcastAnswer.decode(skipped).refusal())
                .contains("300000 bytes")
                .contains("maxHeap");
    }

    @Test
    void decode_theEndOfABroadcast_isTheSame() throws IOException {
        Frame frame = sent(ForgetBroadcast.encode(ID));

        assertThat(frame.type()).isEqualTo(FrameType.FORGET_BROADCAST);
        assertThat(ForgetBroadcast.decode(frame)).isEqualTo(ID);
    }

    // ---- the file ---------------------------------------------------------------------------------------------------

    private Path file(UUID id, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(SharedContent.mark(id));
        for (int i = 0; i < length; i++) {
            bytes.write(i);
        }
        return Files.write(folder.resolve("file"), bytes.toByteArray());
    }

    /** One after the other, some of them, or where they are: the same bytes. */
    @Test
    void content_ofAFile_isWhatIsBehindTheMark() throws IOException {
        Path file = file(ID, 200_000);

        try (InputStream in = SharedContent.open(file, ID, 200_000)) {
            assertThat(in.readAllBytes()).hasSize(200_000).startsWith(0, 1, 2);
        }
        byte[] some = new byte[100_000];
        SharedContent.read(file, ID, 8, some);
        assertThat(some).startsWith(8, 9);
        assertThat(SharedContent.map(file, ID, 200_000).get(10)).isEqualTo((byte) 10);
        assertThat(SharedContent.map(file, ID, 200_000).capacity()).isEqualTo(200_000);
    }

    /** Another file under the name, or a part of one: that is found out before anything is read. */
    @Test
    void content_ofAnotherFile_isRefused() throws IOException {
        Path file = file(new UUID(1, 1), 100);

        assertThatThrownBy(() -> SharedContent.open(file, ID, 100))
                .hasMessageContaining("is not the file of broadcast");
        assertThatThrownBy(() -> SharedContent.map(file, ID, 100)).hasMessageContaining("is not the file of broadcast");
        assertThatThrownBy(() -> SharedContent.read(file, ID, 0, new byte[10]))
                .hasMessageContaining("is not the file of broadcast");
        assertThatThrownBy(() -> SharedContent.open(file(ID, 99), ID, 100)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> SharedContent.open(folder.resolve("none"), ID, 100))
                .isInstanceOf(IOException.class);
    }
}
