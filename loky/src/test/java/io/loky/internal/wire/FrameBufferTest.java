/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameBufferTest {

    @Test
    void take_whileAnotherIsInUse_givesASecondOne() throws IOException {
        FrameBuffer warmUp = FrameBuffer.take();
        warmUp.finish(FrameType.TASK, 0); // now this thread has a spare buffer

        FrameBuffer outer = FrameBuffer.take();
        write(outer, "outer, ");
        FrameBuffer inner = FrameBuffer.take();
        assertThat(inner).isNotSameAs(outer);
        write(inner, "inner");
        EncodedFrame innerFrame = inner.finish(FrameType.VALUE, 2);
        write(outer, "and on");
        EncodedFrame outerFrame = outer.finish(FrameType.TASK, 1);

        assertThat(payload(innerFrame)).isEqualTo("inner");
        assertThat(payload(outerFrame)).isEqualTo("outer, and on");
    }

    @Test
    void take_afterFinish_doesNotTouchTheFinishedFrame() throws IOException {
        FrameBuffer first = FrameBuffer.take();
        write(first, "first");
        EncodedFrame frame = first.finish(FrameType.TASK, 1);

        FrameBuffer second = FrameBuffer.take();
        write(second, "second, longer");
        EncodedFrame other = second.finish(FrameType.TASK, 2);

        assertThat(payload(frame)).isEqualTo("first");
        assertThat(payload(other)).isEqualTo("second, longer");
    }

    @Test
    void take_afterALargeFrame_doesNotTouchTheFinishedFrame() throws IOException {
        String large = "x".repeat(200_000);
        FrameBuffer first = FrameBuffer.take();
        write(first, large);
        EncodedFrame frame = first.finish(FrameType.TASK, 1);

        FrameBuffer second = FrameBuffer.take();
        assertThat(second).as("a large buffer is not kept by the thread").isNotSameAs(first);
        write(second, "y".repeat(200_000));
        second.finish(FrameType.TASK, 2);

        assertThat(payload(frame)).isEqualTo(large);
    }

    @Test
    void take_afterOneThatWasGivenUp_isEmpty() throws IOException {
        FrameBuffer givenUp = FrameBuffer.take();
        write(givenUp, "half a messa");

        FrameBuffer next = FrameBuffer.take();
        write(next, "whole");

        assertThat(payload(next.finish(FrameType.TASK, 1))).isEqualTo("whole");
    }

    @Test
    void reset_afterWrites_dropsThem() throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        write(buffer, "first attempt, longer than the second");
        buffer.reset();
        write(buffer, "second");

        assertThat(payload(buffer.finish(FrameType.TASK, 1))).isEqualTo("second");
    }

    @Test
    void write_singleBytesAndPartsOfArrays_areInOrder() throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write('a');
        buffer.write("-bcd-".getBytes(StandardCharsets.US_ASCII), 1, 3);
        buffer.write('e' | 0x100); // only the low eight bits count

        assertThat(payload(buffer.finish(FrameType.TASK, 1))).isEqualTo("abcde");
    }

    @Test
    void write_partOutsideOfTheArray_isRefusedAndChangesNothing() throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        write(buffer, "ok");

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.write(new byte[4], 2, 3));

        assertThat(payload(buffer.finish(FrameType.TASK, 1))).isEqualTo("ok");
    }

    @Test
    void write_overTheLimitOfAFrame_isRefusedWithSizeLimitAndRemedy() throws Exception {
        FrameBuffer full = FrameBuffer.take();
        pretendPayload(full, Frame.MAX_PAYLOAD);

        assertThatExceptionOfType(FrameTooLargeException.class)
                .isThrownBy(() -> full.write(1))
                .withMessageContaining("1073741825 bytes")
                .withMessageContaining("limit of 1073741824 bytes")
                .withMessageContaining("send the data in parts");

        FrameBuffer almostFull = FrameBuffer.take();
        pretendPayload(almostFull, Frame.MAX_PAYLOAD - 10);
        assertThatExceptionOfType(FrameTooLargeException.class)
                .isThrownBy(() -> almostFull.write(new byte[11]))
                .withMessageContaining("1073741825 bytes");
    }

    @Test
    void length_anyFrame_countsTheHeader() throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        write(buffer, "four");

        assertThat(buffer.finish(FrameType.TASK, 1).length()).isEqualTo(Frame.HEADER + 4);
        assertThat(EncodedFrame.empty(FrameType.RETIRE).length()).isEqualTo(Frame.HEADER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 200_000})
    void finish_measured_travelsBesideThePayload(int length) throws IOException {
        Measured measured = new Measured(1, -1, Long.MAX_VALUE, 4, 5);
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write(new byte[length]);

        EncodedFrame frame = buffer.finish(FrameType.ERROR, 7, measured);

        assertThat(frame.length()).isEqualTo(Frame.HEADER + Measured.LENGTH + length);
        for (Frame read : List.of(frame.toFrame(), read(frame))) {
            assertThat(read.type()).isEqualTo(FrameType.ERROR);
            assertThat(read.taskId()).isEqualTo(7);
            assertThat(read.payload()).isEqualTo(new byte[length]);
            assertThat(read.measured()).isEqualTo(measured);
        }
    }

    @Test
    void finish_notMeasured_saysSo() throws IOException {
        EncodedFrame frame = EncodedFrame.empty(FrameType.VALUE);

        assertThat(frame.toFrame().measured()).isNull();
        assertThat(read(frame).measured()).isNull();
    }

    @Test
    void without_partOfThePayload_keepsTheRestAndWhatWasMeasured() throws IOException {
        Measured measured = new Measured(1, 2, 3, 4, 5);
        FrameBuffer plain = FrameBuffer.take();
        write(plain, "abcdef");
        FrameBuffer timed = FrameBuffer.take();
        write(timed, "abcdef");

        assertThat(payload(plain.finish(FrameType.CHUNK, 1).without(1, 3))).isEqualTo("adef");
        EncodedFrame shorter = timed.finish(FrameType.CHUNK, 1, measured).without(0, 6);
        assertThat(payload(shorter)).isEmpty();
        assertThat(read(shorter).measured()).isEqualTo(measured);
    }

    @Test
    void writeTo_largeFrame_isWrittenInSlicesAndFlushedAtTheEnd() throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        write(buffer, "z".repeat(100_000));
        List<String> calls = new ArrayList<>();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                calls.add("one byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                assertThat(length).isLessThanOrEqualTo(8192);
                calls.add("slice");
            }

            @Override
            public void flush() {
                calls.add("flush");
            }
        };

        buffer.finish(FrameType.VALUE, 1).writeTo(out);

        assertThat(calls)
                .hasSize(14)
                .endsWith("flush")
                .containsOnlyOnce("flush")
                .doesNotContain("one byte");
    }

    /** A gigabyte of real memory would be needed otherwise. */
    private static void pretendPayload(FrameBuffer buffer, int length) throws ReflectiveOperationException {
        Field size = FrameBuffer.class.getDeclaredField("size");
        size.setAccessible(true);
        size.setInt(buffer, FrameBuffer.FIRST + length);
    }

    private static void write(FrameBuffer buffer, String text) throws IOException {
        buffer.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String payload(EncodedFrame frame) throws IOException {
        return new String(read(frame).payload(), StandardCharsets.US_ASCII);
    }

    private static Frame read(EncodedFrame frame) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frame.writeTo(out);
        return new FrameReader(new ByteArrayInputStream(out.toByteArray())).read();
    }
}
