/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputMarkTest {
    private final OutputMark mark = OutputMark.random();
    private final Transcript transcript = new Transcript();
    private final OutputMarkReader reader = new OutputMarkReader(mark, transcript);

    @Test
    void mark_sentAndRead_isTheSame() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        mark.writeTo(out);

        OutputMark read = OutputMark.readFrom(new ByteArrayInputStream(out.toByteArray()));

        assertThat(read.begin(7)).isEqualTo(mark.begin(7));
        assertThat(read.isOff()).isFalse();
        assertThat(OutputMark.silent().isOff()).isTrue();
    }

    @Test
    void readFrom_streamThatEnds_saysSo() {
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> OutputMark.readFrom(new ByteArrayInputStream(new byte[15])));
    }

    @Test
    void reader_markInTheMiddleOfALine_isCutOut() {
        feed(concat(text("before "), mark.begin(1), text("of the task"), mark.end(1), text(" after\n")));

        transcript.assertIs("before ", 1L, "of the task", -1L, " after\n");
    }

    @Test
    void reader_markOfAnotherWorker_isText() {
        byte[] other = OutputMark.random().begin(1);

        feed(other);
        reader.end();

        assertThat(transcript.bytes()).isEqualTo(other);
    }

    @Test
    void reader_beginningOfAMark_isTextIfItIsNone() {
        byte[] begun = Arrays.copyOf(mark.begin(1), OutputMark.LENGTH - 1);

        for (int length = 1; length <= OutputMark.PREFIX - 1; length++) {
            feed(concat(Arrays.copyOf(begun, length), mark.end(length)));
        }
        feed(begun);
        reader.end();

        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int length = 1; length <= OutputMark.PREFIX - 1; length++) {
            expected.write(begun, 0, length);
        }
        expected.writeBytes(begun);
        assertThat(transcript.bytes()).isEqualTo(expected.toByteArray());
        assertThat(transcript.marks).isEqualTo(15);
    }

    /** Any bytes, marks anywhere in between, read in pieces of any size: the same comes out. */
    @Test
    void reader_anyBytesInAnyPieces_givesBytesAndMarksInTheirOrder() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Transcript seen = new Transcript();
            Transcript expected = new Transcript();
            OutputMarkReader another = new OutputMarkReader(mark, seen);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = 0; i < 40; i++) {
                byte[] bytes = anyBytes(random);
                stream.writeBytes(bytes);
                expected.printed(bytes, 0, bytes.length);
                if (random.nextBoolean()) {
                    stream.writeBytes(mark.begin(i));
                    expected.begins(i);
                } else {
                    stream.writeBytes(mark.end(i));
                    expected.ends(i);
                }
            }
            byte[] all = stream.toByteArray();
            for (int at = 0; at < all.length; ) {
                byte[] piece = Arrays.copyOfRange(all, at, Math.min(all.length, at + 1 + random.nextInt(60)));
                another.read(piece, piece.length);
                at += piece.length;
            }
            another.end();
            assertThat(seen.story()).as("seed %s", seed).isEqualTo(expected.story());
        }
    }

    /** Bytes, 0xFF more often than others, and beginnings of marks. */
    private byte[] anyBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(50)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = random.nextInt(3) == 0 ? OutputMark.FIRST : (byte) random.nextInt();
        }
        return random.nextInt(3) == 0
                ? concat(bytes, Arrays.copyOf(mark.begin(1), random.nextInt(OutputMark.PREFIX)))
                : bytes;
    }

    private void feed(byte[] bytes) {
        reader.read(bytes, bytes.length);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** What a reader tells, as text in which it does not show in how many pieces the bytes came. */
    private static final class Transcript implements OutputMarkReader.Target {
        private final StringBuilder story = new StringBuilder();
        private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        private int marks;

        @Override
        public void printed(byte[] bytes, int from, int to) {
            assertThat(to).isGreaterThanOrEqualTo(from);
            printed.write(bytes, from, to - from);
            story.append(HexFormat.of().formatHex(bytes, from, to));
        }

        @Override
        public void begins(long taskId) {
            marks++;
            story.append('<').append(taskId);
        }

        @Override
        public void ends(long taskId) {
            marks++;
            story.append('>').append(taskId);
        }

        byte[] bytes() {
            return printed.toByteArray();
        }

        String story() {
            return story.toString();
        }

        /** Texts, and task ids: negative where the task ends. */
        void assertIs(Object... parts) {
            Transcript expected = new Transcript();
            for (Object part : parts) {
                if (part instanceof Long id && id > 0) {
                    expected.begins(id);
                } else if (part instanceof Long id) {
                    expected.ends(-id);
                } else {
                    byte[] bytes = text((String) part);
                    expected.printed(bytes, 0, bytes.length);
                }
            }
            assertThat(story()).isEqualTo(expected.story());
        }
    }
}
