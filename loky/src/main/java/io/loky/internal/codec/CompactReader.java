/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.DescribedLambda;
import io.loky.internal.codec.objects.LambdaFactory;
import io.loky.internal.codec.objects.LambdaTable;
import io.loky.internal.wire.Sections;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.lang.reflect.Array;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link CompactWriter} wrote. Whatever the bytes announce is compared with the bytes that are there before anything
 * is made for it.
 *
 * <p>Asks no filter: where there is one, and where only an object stream can make a lambda, no lambda is made here, and all
 * values take a {@link StreamDetour}. For one message. Not thread-safe.
 */
final class CompactReader {
    private final ByteBuffer in;
    private final Sections sections;
    private final ObjectCodec codec;

    /** Lambdas are stand-ins until the end. */
    private boolean detour;

    /** Values that have been announced and not begun, each of which takes a byte at least. */
    private long owed;

    private @Nullable Object box;
    private String[] texts = {};
    private int textCount;

    /**
     * @param offset where the first value begins
     * @param sections of the message
     */
    CompactReader(byte[] bytes, int offset, Sections sections, ObjectCodec codec) {
        this.sections = sections;
        this.in = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
        this.codec = codec;
        this.detour = StreamDetour.isFiltered(codec);
    }

    /**
     * The next values: so many, and no others are there.
     *
     * @throws IOException if the bytes are not such values, or a filter says no
     */
    @Nullable
    Object[] all(int count) throws IOException, ClassNotFoundException {
        @Nullable Object[] values = readSome(count);
        if (in.hasRemaining()) {
            throw new StreamCorruptedException("a value with " + in.remaining() + " bytes behind its end");
        }
        return finished(values);
    }

    /** The next value, behind which there may be something else. */
    @Nullable
    Object next() throws IOException, ClassNotFoundException {
        return finished(readSome(1))[0];
    }

    private @Nullable Object[] readSome(int count) throws IOException, ClassNotFoundException {
        @Nullable Object[] values = new @Nullable Object[count];
        try {
            for (int i = 0; i < count; i++) {
                values[i] = read(0);
            }
        } catch (BufferUnderflowException e) {
            throw corrupted("a value that ends too early", e);
        }
        return values;
    }

    private @Nullable Object[] finished(@Nullable Object[] values) throws IOException, ClassNotFoundException {
        return detour ? StreamDetour.through(codec, StreamDetour.LARGE, values) : values;
    }

    /**
     * A value where it must be an object of this type.
     *
     * @throws StreamCorruptedException if it is none
     */
    static <T> T as(Class<T> type, @Nullable Object value) throws StreamCorruptedException {
        if (!type.isInstance(value)) {
            throw new StreamCorruptedException("a "
                    + (value == null ? "null" : value.getClass().getName()) + " instead of a " + type.getSimpleName());
        }
        return type.cast(value);
    }

    /** Where the next value would begin. */
    int position() {
        return in.position();
    }

    private @Nullable Object read(int depth) throws IOException, ClassNotFoundException {
        byte tag = in.get();
        return switch (tag) {
            case CompactTag.NULL -> null;
            case CompactTag.FALSE -> false;
            case CompactTag.TRUE -> true;
            case CompactTag.BYTE -> boxed(in.get());
            case CompactTag.SHORT -> boxed(in.getShort());
            case CompactTag.CHARACTER -> boxed(in.getChar());
            case CompactTag.INTEGER -> boxed(in.getInt());
            case CompactTag.LONG -> boxed(in.getLong());
            case CompactTag.FLOAT -> boxed(in.getFloat());
            case CompactTag.DOUBLE -> boxed(in.getDouble());
            case CompactTag.SAME_BOX -> earlierBox();
            case CompactTag.TEXT -> met(text());
            case CompactTag.CHARACTERS -> met(new String(chars()));
            case CompactTag.SAME_TEXT -> earlierText(in.getInt());
            case CompactTag.ARRAY -> array(depth);
            case CompactTag.ARRAY_LIST -> new ArrayList<@Nullable Object>(Arrays.asList(elements(Object.class, depth)));
            case CompactTag.AS_LIST -> {
                if (in.get() != CompactTag.ARRAY) {
                    throw new StreamCorruptedException("a list without its array");
                }
                yield Arrays.asList(array(depth));
            }
            case CompactTag.LIST_OF -> listOf(elements(Object.class, depth));
            case CompactTag.STREAM_LIST -> JdkLists.ofStream(elements(Object.class, depth));
            case CompactTag.LAMBDA -> lambda(depth);
            case CompactTag.RAW_ARRAY -> sections.get(in.getInt());
            case CompactTag.RAW_TEXT -> met(LargeText.of(sections.get(in.getInt())));
            default -> primitives(tag);
        };
    }

    // ---- numbers ----------------------------------------------------------------------------------------------------

    private Object boxed(Object number) {
        box = number;
        return number;
    }

    private Object earlierBox() throws IOException {
        if (box == null) {
            throw new StreamCorruptedException("a reference to an earlier number, and there is none");
        }
        return box;
    }

    // ---- texts ------------------------------------------------------------------------------------------------------

    private String text() throws IOException {
        int length = length(1);
        String text = new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return text;
    }

    private String met(String text) {
        if (textCount == texts.length) {
            texts = Arrays.copyOf(texts, Math.max(8, 2 * textCount));
        }
        texts[textCount++] = text;
        return text;
    }

    private String earlierText(int number) throws IOException {
        if (number < 0 || number >= textCount) {
            throw new StreamCorruptedException("a reference to text " + number + " of " + textCount);
        }
        return texts[number];
    }

    // ---- arrays and lists -------------------------------------------------------------------------------------------

    /** How many elements follow. Bytes that others wait for are not there: else each level could announce all of them anew. */
    private int length(int size) throws IOException {
        int length = in.getInt();
        if (length < 0 || length > left() / size) {
            throw new StreamCorruptedException(
                    "a value announces " + (length & 0xFFFF_FFFFL) + " elements, and " + left() + " bytes are left");
        }
        return length;
    }

    private long left() {
        return Math.max(0, in.remaining() - owed);
    }

    private @Nullable Object[] array(int depth) throws IOException, ClassNotFoundException {
        return elements(ArrayTypes.componentOf(in.getShort() & 0xFFFF), depth);
    }

    private @Nullable Object[] elements(Class<?> component, int depth) throws IOException, ClassNotFoundException {
        int number = in.getInt();
        if (number < 0) {
            return LargeBoxes.of(sections.get(~number), component);
        }
        in.position(in.position() - Integer.BYTES);
        int length = length(1); // no element takes less than a byte
        if (depth >= CompactWriter.DEEPEST) {
            throw new StreamCorruptedException("a value that is deeper than any that is written");
        }
        @Nullable Object[] elements = (@Nullable Object[]) Array.newInstance(component, length);
        try {
            readInto(elements, depth);
        } catch (ArrayStoreException e) {
            throw corrupted("an array of " + component.getTypeName() + " with something else in it", e);
        }
        return elements;
    }

    private void readInto(@Nullable Object[] values, int depth) throws IOException, ClassNotFoundException {
        owed += values.length;
        for (int i = 0; i < values.length; i++) {
            owed--;
            values[i] = read(depth + 1);
        }
    }

    static List<?> listOf(@Nullable Object[] elements) throws StreamCorruptedException {
        try {
            return List.of(elements);
        } catch (NullPointerException e) {
            throw corrupted("a list that holds a null, where it cannot", e);
        }
    }

    private static StreamCorruptedException corrupted(String what, RuntimeException reason) {
        StreamCorruptedException corrupted = new StreamCorruptedException(what);
        corrupted.initCause(reason);
        return corrupted;
    }

    private Object primitives(byte tag) throws IOException {
        switch (tag) {
            case CompactTag.BOOLEANS -> {
                boolean[] booleans = new boolean[length(1)];
                for (int i = 0; i < booleans.length; i++) {
                    booleans[i] = in.get() != 0;
                }
                return booleans;
            }
            case CompactTag.BYTES -> {
                byte[] bytes = new byte[length(1)];
                in.get(bytes);
                return bytes;
            }
            case CompactTag.SHORTS -> {
                short[] shorts = new short[length(Short.BYTES)];
                memory(shorts.length * Short.BYTES).asShortBuffer().get(shorts);
                return shorts;
            }
            case CompactTag.CHARS -> {
                return chars();
            }
            case CompactTag.INTS -> {
                int[] ints = new int[length(Integer.BYTES)];
                memory(ints.length * Integer.BYTES).asIntBuffer().get(ints);
                return ints;
            }
            case CompactTag.LONGS -> {
                long[] longs = new long[length(Long.BYTES)];
                memory(longs.length * Long.BYTES).asLongBuffer().get(longs);
                return longs;
            }
            case CompactTag.FLOATS -> {
                float[] floats = new float[length(Float.BYTES)];
                memory(floats.length * Float.BYTES).asFloatBuffer().get(floats);
                return floats;
            }
            case CompactTag.DOUBLES -> {
                double[] doubles = new double[length(Double.BYTES)];
                memory(doubles.length * Double.BYTES).asDoubleBuffer().get(doubles);
                return doubles;
            }
            default -> throw new StreamCorruptedException("a value with the unknown compact tag " + tag);
        }
    }

    private char[] chars() throws IOException {
        char[] chars = new char[length(Character.BYTES)];
        memory(chars.length * Character.BYTES).asCharBuffer().get(chars);
        return chars;
    }

    /** The next so many bytes. */
    private ByteBuffer memory(int length) {
        ByteBuffer memory = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return memory;
    }

    // ---- lambdas ----------------------------------------------------------------------------------------------------

    private Object lambda(int depth) throws IOException, ClassNotFoundException {
        int hash = in.getInt();
        int description = in.getInt();
        int loaders = in.getShort() & 0xFFFF;
        int from = in.position();
        if (description < 0 || description > left() - loaders || depth >= CompactWriter.DEEPEST) {
            throw new StreamCorruptedException(
                    "a lambda of " + (description & 0xFFFF_FFFFL) + " bytes, and " + left() + " are left");
        }
        int end = from + description;
        in.position(end + loaders);
        ClassNames names = codec.names();
        DescribedLambda described;
        if (detour) {
            described = LambdaTable.describe(in.array(), from, end, end + loaders, names);
            StreamDetour.ask(codec, described.classes());
        } else {
            described = names.lambdas().factory(in.array(), from, end, end + loaders, hash, names);
        }
        int captures = described.captures();
        if (captures > left()) {
            throw new StreamCorruptedException(
                    "a lambda that captures " + captures + " values, and " + left() + " bytes are left");
        }
        @Nullable Object[] values = new @Nullable Object[captures];
        readInto(values, depth);
        if (!detour && described instanceof LambdaFactory factory) { // detour: perhaps since values were read
            Object made = factory.make(values);
            if (made != null) {
                return made;
            }
        }
        detour = true;
        return described.standIn(values);
    }
}
