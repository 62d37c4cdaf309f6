/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SectionsTest {
    private static final List<Object> ALL = List.of(
            new boolean[] {true, false, true},
            new byte[] {1, -2},
            new short[] {Short.MIN_VALUE, 3},
            new char[] {'a', '\uDC00'},
            new int[] {Integer.MIN_VALUE, 7},
            new long[] {Long.MAX_VALUE, -1},
            new float[] {Float.MIN_VALUE, Float.NaN},
            new double[] {Double.MAX_VALUE, -0.0},
            new int[0]);

    private static EncodedFrame frame(List<Object> arrays) throws IOException {
        FrameBuffer buffer = FrameBuffer.takeForSnapshot(1);
        for (Object array : arrays) {
            buffer.write(buffer.takeAside(array, false));
        }
        return buffer.finish(FrameType.TASK, 7);
    }

    private static byte[] bytes(EncodedFrame frame) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frame.writeTo(out);
        return out.toByteArray();
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes));
    }

    private static void assertAreThere(Sections sections, List<Object> arrays) {
        assertThat(sections.all().toArray()).isEqualTo(arrays.toArray());
    }

    @Test
    void read_whatWasWritten_isTheSame() throws Exception {
        long[] longs = new long[10_000];
        Arrays.setAll(longs, i -> i * 0x0101010101L);
        byte[] bytes = new byte[20_001];
        bytes[20_000] = 5;
        List<Object> large = List.of(longs, bytes);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        frame(ALL).writeTo(both);
        frame(large).writeTo(both);
        FrameReader in = reader(both.toByteArray());

        Frame first = Objects.requireNonNull(in.read());
        assertThat(first.payload()).hasSize(ALL.size());
        assertAreThere(first.sections(), ALL);
        assertAreThere(Objects.requireNonNull(in.read()).sections(), large);
        assertThat(in.read()).isNull();
        assertThat(frame(large).length()).isEqualTo(bytes(frame(large)).length);
        assertAreThere(frame(ALL).toFrame().sections(), ALL);
    }

    @Test
    void read_endsInTheMiddle_isSaid() throws Exception {
        byte[] whole = bytes(frame(ALL));
        for (int length = Frame.HEADER + ALL.size(); length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> reader(cut).read());
        }
    }

    @Test
    void read_tableThatIsWrong_isRefusedBeforeAnythingIsMade() throws Exception {
        int table = Frame.HEADER + 1;
        byte[] good = bytes(frame(List.of(new long[2])));
        for (byte[] bad : List.of(
                changed(good, table, 2), // more arrays than the payload has bytes
                changed(good, table, -1),
                changed(good, table, 0),
                changed(good, table + 8, 17), // another sum
                changed(good, table + 13, Integer.MAX_VALUE),
                changed(good, table + 13, -1),
                changed(good, table + 12, 0x7F00_0000))) {
            assertThatExceptionOfType(ChannelBrokenException.class)
                    .isThrownBy(() -> reader(bad).read());
        }
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).putInt(at, value);
        return changed;
    }

    /** What is announced never comes; the reader has not made room for it. */
    @Test
    void read_moreThanTheHeapHolds_isSkippedWithoutTrying() throws Exception {
        byte[] huge = bytes(frame(List.of(new long[2])));
        int table = Frame.HEADER + 1;
        ByteBuffer.wrap(huge).putLong(table + 4, 8L * Integer.MAX_VALUE).putInt(table + 13, Integer.MAX_VALUE);

        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> reader(huge).read())
                .withMessageContaining(String.valueOf(8L * Integer.MAX_VALUE));
    }

    /** Also two of a kind, each once. */
    @Test
    void read_withSpareArrays_fillsThoseThatFit() throws Exception {
        FrameReader in =
                reader(bytes(frame(List.of(new int[] {1, 2}, new int[] {3, 4}, new int[] {5}, new byte[] {6}))));
        int[] spare = new int[2];
        byte[] other = new byte[8];

        Sections read = Objects.requireNonNull(in.read(new FrameReader.Spares() {
                    @Override
                    public Sections spare(FrameType type, long taskId) {
                        assertThat(type).isEqualTo(FrameType.TASK);
                        assertThat(taskId).isEqualTo(7);
                        return new Sections(new Object[] {other, spare, new long[1]});
                    }
                }))
                .sections();

        assertAreThere(read, List.of(new int[] {1, 2}, new int[] {3, 4}, new int[] {5}, new byte[] {6}));
        assertThat(read.get(0)).isSameAs(spare);
        assertThat(other).containsOnly(0);
    }

    @Test
    void finish_forASnapshot_hasCopiesOfWhatMayChange() throws Exception {
        int[] array = {1};
        EncodedFrame frame = frame(List.of(array));
        array[0] = 2;

        assertAreThere(frame.sections(), List.of(new int[] {1}));
    }

    @Test
    void truncate_afterArraysWereTaken_dropsThoseBehind() throws Exception {
        FrameBuffer buffer = FrameBuffer.take(1);
        buffer.write(buffer.takeAside(new int[] {1}, true));
        int mark = buffer.size();
        buffer.write(buffer.takeAside(new int[] {2}, true));
        buffer.truncate(mark);
        buffer.write(buffer.takeAside(new int[] {3}, true));

        assertAreThere(buffer.sections(), List.of(new int[] {1}, new int[] {3}));
        buffer.reset();
        assertThat(buffer.sections().isEmpty()).isTrue();
    }

    @Test
    void without_someOfThem_keepsTheOthers() throws Exception {
        EncodedFrame whole = frame(ALL);

        EncodedFrame part = whole.without(1, 3, 1, 3);
        Frame read = Objects.requireNonNull(reader(bytes(part)).read());

        assertThat(read.payload()).hasSize(ALL.size() - 2);
        assertThat(read.sections().count()).isEqualTo(ALL.size() - 2);
        assertThat(read.sections().get(1)).isEqualTo(ALL.get(3));
        EncodedFrame none = whole.without(0, ALL.size(), 0, ALL.size());
        assertThat(Objects.requireNonNull(reader(bytes(none)).read()).sections().isEmpty())
                .isTrue();
    }
}
