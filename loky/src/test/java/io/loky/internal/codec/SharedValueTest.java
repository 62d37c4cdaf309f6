/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SharedValueTest {
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(SharedValueTest.class.getClassLoader()));

    private static SharedValue encode(Object value) throws IOException {
        return SharedValue.of(value, 7, CODEC);
    }

    private static byte[] bytes(SharedBytes bytes) {
        byte[] all = new byte[(int) bytes.length()];
        byte[] step = new byte[64];
        for (int at = 0; at < all.length; at += step.length) {
            int now = Math.min(step.length, all.length - at);
            bytes.copy(at, step, now);
            System.arraycopy(step, 0, all, at, now);
        }
        return all;
    }

    private static Object read(byte[] head, byte[] bytes) throws IOException, ClassNotFoundException {
        return SharedValue.read(head, bytes.length, new ByteArrayInputStream(bytes), root -> {
                    assertThat(root).isEqualTo(7);
                    return CODEC;
                })
                .value();
    }

    static Stream<Object> values() {
        return Stream.of(
                new byte[] {1, 2, 3},
                new boolean[] {true, false, true},
                new char[] {'a', 'ä'},
                new short[] {1, -2, 3},
                new int[] {1, -2, 3},
                new long[] {1, Long.MIN_VALUE},
                new float[] {1.5f, Float.NaN},
                new double[] {1.5, -0.0},
                new int[100_000],
                new double[0],
                new int[][] {{1}, {2, 3}},
                "text",
                5,
                List.of("a", "b"),
                Optional.of(1));
    }

    @ParameterizedTest
    @MethodSource("values")
    void read_ofAnyValue_isEqual(Object value) throws Exception {
        SharedValue encoded = encode(value);

        assertThat(read(encoded.head(), bytes(encoded.bytes()))).isEqualTo(value);
        assertThat(read(encoded.head(), bytes(encoded.bytes().snapshot()))).isEqualTo(value);
        assertThat(SharedValue.isReadInPlace(encoded.head())).isFalse();
    }

    @Test
    void read_ofNull_isNull() throws Exception {
        SharedValue encoded = encode(null);

        assertThat(read(encoded.head(), bytes(encoded.bytes()))).isNull();
        assertThat(SharedValue.sketch(null)).isEqualTo("null");
    }

    /** The whole content, with the place where one is in it. */
    @Test
    void read_ofABuffer_hasPositionLimitAndContent() throws Exception {
        ByteBuffer buffer =
                ByteBuffer.allocate(100).put(50, (byte) 5).position(20).limit(90);
        SharedValue encoded = encode(buffer);
        byte[] bytes = bytes(encoded.bytes());

        ByteBuffer copied = (ByteBuffer) read(encoded.head(), bytes);
        ByteBuffer inPlace = (ByteBuffer)
                SharedValue.read(encoded.head(), ByteBuffer.wrap(bytes)).value();

        assertThat(SharedValue.isReadInPlace(encoded.head())).isTrue();
        assertThat(buffer.position()).isEqualTo(20);
        for (ByteBuffer read : List.of(copied, inPlace)) {
            assertThat(read).isEqualTo(buffer);
            assertThat(read.isReadOnly()).isTrue();
            assertThat(read.position()).isEqualTo(20);
            assertThat(read.capacity()).isEqualTo(100);
        }
    }

    /** Until a snapshot is taken it is the object itself; then it is not. */
    @Test
    void snapshot_ofAnArray_staysAsItIs() throws Exception {
        int[] array = {1, 2, 3};
        SharedValue encoded = encode(array);
        SharedBytes snapshot = encoded.bytes().snapshot();
        array[0] = 9;

        assertThat((int[]) read(encoded.head(), bytes(snapshot))).containsExactly(1, 2, 3);
    }

    /** What is no value is refused before it takes any memory. */
    @Test
    void read_ofSomethingElse_isRefused() throws Exception {
        SharedValue ints = encode(new int[] {1, 2, 3});
        byte[] bytes = bytes(ints.bytes());
        byte[] unknown = ints.head().clone();
        unknown[0] = 9;
        byte[] otherType = ints.head().clone();
        otherType[1] = 99;
        byte[] huge = ints.head().clone();
        huge[3] = 1;

        assertThatThrownBy(() -> read(unknown, bytes)).isInstanceOf(StreamCorruptedException.class);
        assertThatThrownBy(() -> read(otherType, bytes)).isInstanceOf(StreamCorruptedException.class);
        assertThatThrownBy(() -> read(huge, bytes)).isInstanceOf(StreamCorruptedException.class);
        assertThatThrownBy(
                        () -> SharedValue.read(ints.head(), 12, new ByteArrayInputStream(new byte[5]), root -> CODEC))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("5 of 12");
        assertThatThrownBy(() -> SharedValue.read(ints.head(), ByteBuffer.wrap(bytes)))
                .isInstanceOf(StreamCorruptedException.class);
    }

    @Test
    void sketch_ofAValue_asksItNothing() {
        assertThat(SharedValue.sketch(new long[3])).isEqualTo("a long[3]");
        assertThat(SharedValue.sketch(new ArrayList<>())).isEqualTo("a java.util.ArrayList");
    }
}
