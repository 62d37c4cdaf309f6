/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

    @ParameterizedTest
    @EnumSource(FrameType.class)
    void read_frameOfThisType_givesTypeIdAndPayload(FrameType type) throws IOException {
        Frame frame = reader(frame(type, 17, new byte[] {1, 2, 3})).read();

        assertThat(frame).isNotNull();
        assertThat(frame.type()).isEqualTo(type);
        assertThat(frame.taskId()).isEqualTo(17);
        assertThat(frame.payload()).containsExactly(1, 2, 3);
    }

    /** Around the ends of the first buffer (1024), of a slice (8192), and of the largest buffer that is kept (65536). */
    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 1007, 1008, 1009, 8175, 8176, 8177, 8191, 8192, 8193, 16384, 65519, 65520, 65521, 3_000_001})
    void read_payloadOfThisLength_givesTheSameBytes(int length) throws IOException {
        byte[] payload = randomBytes(length);

        Frame frame = reader(frame(FrameType.VALUE, 1, payload)).read();

        assertThat(frame.payload()).isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 0x0102030405060708L, Long.MAX_VALUE})
    void read_anyTaskId_givesIt(long id) throws IOException {
        assertThat(reader(frame(FrameType.TASK, id, new byte[0])).read().taskId())
                .isEqualTo(id);
    }

    @Test
    void read_severalFrames_givesThemInOrderAndThenNull() throws IOException {
        FrameReader reader = reader(concat(
                frame(FrameType.TASK, 1, new byte[10]),
                frame(FrameType.RETIRE, 0, new byte[0]),
                frame(FrameType.VALUE, 2, randomBytes(20_000)),
                frame(FrameType.ERROR, 3, new byte[1])));

        assertThat(reader.read().taskId()).isEqualTo(1);
        assertThat(reader.read().type()).isEqualTo(FrameType.RETIRE);
        assertThat(reader.read().payload()).isEqualTo(randomBytes(20_000));
        assertThat(reader.read().taskId()).isEqualTo(3);
        assertThat(reader.read()).isNull();
        assertThat(reader.read()).as("asked once more").isNull();
    }

    @Test
    void read_streamThatGivesOneByteAtATime_givesTheSameFrames() throws IOException {
        byte[] bytes = concat(frame(FrameType.TASK, 5, randomBytes(9_000)), frame(FrameType.VALUE, 6, new byte[0]));
        FrameReader reader = new FrameReader(new OneByteAtATime(bytes));

        Frame first = reader.read();
        assertThat(first.taskId()).isEqualTo(5);
        assertThat(first.payload()).isEqualTo(randomBytes(9_000));
        assertThat(reader.read().taskId()).isEqualTo(6);
        assertThat(reader.read()).isNull();
    }

    @Test
    void read_emptyStream_givesNull() throws IOException {
        assertThat(reader(new byte[0]).read()).isNull();
    }

    @Test
    void read_streamThatEndsInsideTheHeader_saysAfterHowManyBytes() {
        byte[] bytes = frame(FrameType.VALUE, 7, new byte[4]);
        for (int got = 1; got < Frame.HEADER; got++) {
            FrameReader reader = reader(Arrays.copyOf(bytes, got));
            assertEnds(reader, "stream ended inside a frame header, after " + got + " of 16 bytes");
        }
    }

    @Test
    void read_streamThatEndsInsideThePayload_namesTypeTaskGotAndExpected() {
        byte[] bytes = frame(FrameType.ERROR, 42, new byte[5]);
        for (int got = 0; got < 5; got++) {
            FrameReader reader = reader(Arrays.copyOf(bytes, Frame.HEADER + got));
            assertEnds(
                    reader,
                    "stream ended inside the payload of frame ERROR for task #42, after " + got + " of 5 bytes");
        }
    }

    @Test
    void read_streamThatEndsInsideWhatWasMeasured_saysAfterHowManyBytes() {
        byte[] bytes = measured(FrameType.VALUE, 42);
        for (int got = 0; got < Measured.LENGTH; got++) {
            FrameReader reader = reader(Arrays.copyOf(bytes, Frame.HEADER + got));
            assertEnds(
                    reader,
                    "stream ended inside what was measured of task #42 in frame VALUE, after " + got + " of 40 bytes");
        }
    }

    @Test
    void read_measuredAndOthers_giveToEachItsOwn() throws IOException {
        FrameReader reader = reader(concat(
                measured(FrameType.VALUE, 1), frame(FrameType.VALUE, 2, new byte[3]), measured(FrameType.ERROR, 3)));

        assertThat(reader.read().measured()).isEqualTo(new Measured(1, 2, 3, 4, 5));
        assertThat(reader.read().measured()).isNull();
        assertThat(reader.read().measured()).isEqualTo(new Measured(1, 2, 3, 4, 5));
        assertThat(reader.read()).isNull();
    }

    private static byte[] measured(FrameType type, long id) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            FrameBuffer.take().finish(type, id, new Measured(1, 2, 3, 4, 5)).writeTo(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void read_wrongMagic_showsTheBytes() {
        byte[] first = frame(FrameType.VALUE, 1, new byte[0]);
        first[0] = 'l';
        byte[] second = frame(FrameType.VALUE, 1, new byte[0]);
        second[1] = 0;

        assertBroken(reader(first), "something that is not a frame: 6c4b0303");
        assertBroken(reader(second), "something that is not a frame: 4c000303");
    }

    @Test
    void read_textInsteadOfAFrame_isNoticedBeforeAnythingIsAllocated() {
        assertBroken(
                reader("Hello, I am a stray println\n".getBytes(StandardCharsets.US_ASCII)),
                "something that is not a frame: 48656c6c");
    }

    @Test
    void read_otherVersion_namesBothVersions() {
        byte[] bytes = frame(FrameType.VALUE, 1, new byte[0]);
        bytes[2] = Frame.VERSION + 1;

        assertBroken(
                reader(bytes),
                "frame of protocol version " + (Frame.VERSION + 1) + "; this side speaks version " + Frame.VERSION);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 99, -1, Byte.MIN_VALUE, Byte.MAX_VALUE})
    void read_unknownType_namesIt(byte type) {
        byte[] bytes = frame(FrameType.VALUE, 1, new byte[0]);
        bytes[3] = type;

        assertBroken(reader(bytes), "frame of unknown type " + type);
    }

    @Test
    void read_lengthOverTheLimit_isRefusedWithoutAllocatingIt() {
        assertBroken(
                reader(withLength(Frame.MAX_PAYLOAD + 1)),
                "frame VALUE announces a payload of 1073741825 bytes; the limit is 1073741824");
        assertBroken(reader(withLength(Integer.MAX_VALUE)), "announces a payload of 2147483647 bytes");
    }

    @Test
    void read_negativeLength_isShownAsWhatTheOtherSideMeant() {
        assertBroken(
                reader(withLength(-1)), "frame VALUE announces a payload of 4294967295 bytes; the limit is 1073741824");
        assertBroken(reader(withLength(Integer.MIN_VALUE)), "announces a payload of 2147483648 bytes");
    }

    @Test
    void read_streamThatFails_passesItsException() {
        IOException failure = new IOException("the pipe burst");
        FrameReader reader = new FrameReader(new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw failure;
            }
        });

        assertThatExceptionOfType(IOException.class).isThrownBy(reader::read).isSameAs(failure);
    }

    @Test
    void ofCode_codeOfEachType_isThatType() {
        for (FrameType type : FrameType.values()) {
            assertThat(FrameType.ofCode(type.code())).isEqualTo(type);
        }
        assertThat(FrameType.ofCode((byte) (FrameType.values().length + 1))).isNull();
    }

    private static void assertEnds(FrameReader reader, String text) {
        assertThatExceptionOfType(EOFException.class).isThrownBy(reader::read).withMessageContaining(text);
    }

    private static void assertBroken(FrameReader reader, String text) {
        assertThatExceptionOfType(ChannelBrokenException.class)
                .isThrownBy(reader::read)
                .withMessageContaining(text);
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes));
    }

    private static byte[] withLength(int length) {
        byte[] bytes = frame(FrameType.VALUE, 1, new byte[0]);
        ByteBuffer.wrap(bytes).putInt(4, length);
        return bytes;
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] frame(FrameType type, long id, byte[] payload) {
        try {
            FrameBuffer buffer = FrameBuffer.take();
            buffer.write(payload);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            buffer.finish(type, id).writeTo(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** As a slow pipe does. */
    private static final class OneByteAtATime extends InputStream {
        private final byte[] bytes;
        private int at;

        OneByteAtATime(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return at == bytes.length ? -1 : bytes[at++] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int b = length == 0 ? 0 : read();
            if (length == 0 || b < 0) {
                return b;
            }
            target[offset] = (byte) b;
            return 1;
        }
    }
}
