/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.LambdaTemplate;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameTooLargeException;
import io.loky.internal.wire.RawArray;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what most arguments and results are without an object stream: nothing, numbers, texts, arrays and lists of such, of
 * exactly the JDK's own classes, see {@link CompactTag}. An object stream describes the class of each of them, every time.
 *
 * <p>A value that holds anything else, or one of its arrays or lists twice, has no compact form, since nothing of it may be
 * lost on the way: the class that an object has, or that two references lead to the same one. (Two references to one text
 * still lead to one; boxed numbers have no identity that a program may rely on.) To find that out runs no code of the user's.
 *
 * <p>What is large is taken aside, see {@link io.loky.internal.wire.Sections}; nothing of it is copied here.
 *
 * <p>A lambda has a compact form where all that it captures has one, see {@link LambdaTemplate}.
 *
 * <p>For one message. Not thread-safe.
 */
final class CompactWriter {
    /** Of lists in lists; what is deeper needs the deep stack of an object stream. */
    static final int DEEPEST = 64;

    private final FrameBuffer out;
    private final Reducers reducers;
    private final ClassNames names;
    private @Nullable Met texts;
    private @Nullable Met holders;
    /** The number that was written last. */
    private @Nullable Object box;

    CompactWriter(FrameBuffer out, ObjectCodec codec) {
        this.out = out;
        this.reducers = codec.dialect().reducers();
        this.names = codec.names();
    }

    /** Writes this byte, and a value behind it. False, and nothing is written, if it has no compact form: then this must not be used any more. */
    boolean attempt(byte tag, @Nullable Object value) throws IOException {
        int start = out.size();
        out.write(tag);
        if (attempt(value)) {
            return true;
        }
        out.truncate(start);
        return false;
    }

    /** The same without the byte. */
    boolean attempt(@Nullable Object value) throws IOException {
        int start = out.size();
        try {
            if (write(value, 0)) {
                return true;
            }
        } catch (StackOverflowError | FrameTooLargeException e) {
            // An object stream has a way out of the first. The second is for it to say: numbers that are one object are
            // less there.
        }
        out.truncate(start);
        return false;
    }

    private boolean write(@Nullable Object value, int depth) throws IOException {
        if (value == null) {
            out.write(CompactTag.NULL);
            return true;
        }
        if (value == box) {
            out.write(CompactTag.SAME_BOX);
            return true;
        }
        Class<?> type = value.getClass();
        if (hasReducer(type)) {
            return false;
        }
        if (value instanceof Integer number) {
            number(CompactTag.INTEGER, Integer.BYTES, value).putInt(number);
        } else if (value instanceof String text) {
            writeText(text);
        } else if (value instanceof Long number) {
            number(CompactTag.LONG, Long.BYTES, value).putLong(number);
        } else if (value instanceof Double number) {
            number(CompactTag.DOUBLE, Double.BYTES, value).putDouble(number);
        } else if (value instanceof Boolean flag) {
            out.write(flag ? CompactTag.TRUE : CompactTag.FALSE);
        } else if (type.isArray()) {
            return isFirst(value, depth) && writeArray(value, type, depth);
        } else if (type == ArrayList.class || type == JdkLists.SHORT) {
            byte tag = type == ArrayList.class ? CompactTag.ARRAY_LIST : CompactTag.LIST_OF;
            return isFirst(value, depth) && writeList(tag, (List<?>) value, depth);
        } else if (type == JdkLists.LONG) {
            return JdkLists.allowsNulls(value) instanceof Boolean allowed
                    && isFirst(value, depth)
                    && writeList(allowed ? CompactTag.STREAM_LIST : CompactTag.LIST_OF, (List<?>) value, depth);
        } else if (type == JdkLists.AS_LIST) {
            return isFirst(value, depth) && writeArrayOf(value, depth);
        } else if (type.isHidden()) {
            return isFirst(value, depth) && writeLambda(value, depth);
        } else {
            return writeRareNumber(value);
        }
        return true;
    }

    private boolean hasReducer(Class<?> type) {
        return !reducers.isEmpty() && reducers.find(type).isPresent();
    }

    private boolean writeRareNumber(Object value) throws IOException {
        if (value instanceof Byte number) {
            number(CompactTag.BYTE, Byte.BYTES, value).put(number);
        } else if (value instanceof Short number) {
            number(CompactTag.SHORT, Short.BYTES, value).putShort(number);
        } else if (value instanceof Character character) {
            number(CompactTag.CHARACTER, Character.BYTES, value).putChar(character);
        } else if (value instanceof Float number) {
            number(CompactTag.FLOAT, Float.BYTES, value).putFloat(number);
        } else {
            return false;
        }
        return true;
    }

    /** Boxes have no identity; but a million references to one of them must not become a million of them on the other side. */
    private ByteBuffer number(byte tag, int length, Object value) throws IOException {
        box = value;
        return room(tag, length);
    }

    private ByteBuffer room(byte tag, int length) throws IOException {
        return out.room(1 + length).put(tag);
    }

    private boolean isFirst(Object holder, int depth) {
        if (depth >= DEEPEST) {
            return false;
        }
        if (holders == null) {
            holders = new Met();
        }
        return holders.meet(holder) < 0;
    }

    private void writeText(String text) throws IOException {
        if (texts == null) {
            texts = new Met();
        }
        int earlier = texts.meet(text);
        if (earlier >= 0) {
            room(CompactTag.SAME_TEXT, Integer.BYTES).putInt(earlier);
        } else if (LargeText.isLarge(text, out)) {
            int number = out.takeAside(LargeText.toArray(text), true);
            room(CompactTag.RAW_TEXT, Integer.BYTES).putInt(number);
        } else if (ObjectCodec.isEncodable(text)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            room(CompactTag.TEXT, Integer.BYTES).putInt(bytes.length);
            out.write(bytes);
        } else {
            char[] characters = text.toCharArray();
            start(CompactTag.CHARACTERS, characters.length, Character.BYTES)
                    .asCharBuffer()
                    .put(characters);
        }
    }

    // ---- arrays -----------------------------------------------------------------------------------------------------

    private boolean writeArray(Object array, Class<?> type, int depth) throws IOException {
        if (type.getComponentType().isPrimitive()) {
            writePrimitives(array);
            return true;
        }
        int code = ArrayTypes.codeOf(type);
        if (code < 0) {
            return false;
        }
        @Nullable Object[] elements = (@Nullable Object[]) array;
        Object boxed = LargeBoxes.mayBe(elements.length, out)
                ? LargeBoxes.toArray(Arrays.asList(elements), out, reducers)
                : null;
        if (boxed != null) {
            int number = out.takeAside(boxed, true);
            room(CompactTag.ARRAY, Short.BYTES + Integer.BYTES)
                    .putShort((short) code)
                    .putInt(~number);
            return true;
        }
        room(CompactTag.ARRAY, Short.BYTES + Integer.BYTES)
                .putShort((short) code)
                .putInt(elements.length);
        for (Object element : elements) {
            if (!write(element, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private void writePrimitives(Object array) throws IOException {
        if (out.takesAside(RawArray.bytes(array))) {
            int number = out.takeAside(array, false);
            room(CompactTag.RAW_ARRAY, Integer.BYTES).putInt(number);
        } else if (array instanceof byte[] bytes) {
            room(CompactTag.BYTES, Integer.BYTES).putInt(bytes.length);
            out.write(bytes);
        } else if (array instanceof int[] ints) {
            start(CompactTag.INTS, ints.length, Integer.BYTES).asIntBuffer().put(ints);
        } else if (array instanceof double[] doubles) {
            start(CompactTag.DOUBLES, doubles.length, Double.BYTES)
                    .asDoubleBuffer()
                    .put(doubles);
        } else if (array instanceof long[] longs) {
            start(CompactTag.LONGS, longs.length, Long.BYTES).asLongBuffer().put(longs);
        } else if (array instanceof float[] floats) {
            start(CompactTag.FLOATS, floats.length, Float.BYTES).asFloatBuffer().put(floats);
        } else if (array instanceof char[] chars) {
            start(CompactTag.CHARS, chars.length, Character.BYTES)
                    .asCharBuffer()
                    .put(chars);
        } else if (array instanceof short[] shorts) {
            start(CompactTag.SHORTS, shorts.length, Short.BYTES).asShortBuffer().put(shorts);
        } else {
            boolean[] booleans = (boolean[]) array;
            ByteBuffer room = start(CompactTag.BOOLEANS, booleans.length, 1);
            for (boolean flag : booleans) {
                room.put((byte) (flag ? 1 : 0));
            }
        }
    }

    /** Room for the elements, behind their tag and their number. */
    private ByteBuffer start(byte tag, int length, int size) throws IOException {
        room(tag, Integer.BYTES).putInt(length);
        // Math: an array of longs may have more bytes than an int can say, and room() says what is too large
        int bytes = (int) Math.min((long) length * size, Integer.MAX_VALUE);
        return out.room(bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    // ---- lists ------------------------------------------------------------------------------------------------------

    private boolean writeList(byte tag, List<?> list, int depth) throws IOException {
        int size = list.size();
        Object boxed = LargeBoxes.mayBe(size, out) ? LargeBoxes.toArray(list, out, reducers) : null;
        if (boxed != null) {
            int number = out.takeAside(boxed, true);
            room(tag, Integer.BYTES).putInt(~number);
            return true;
        }
        room(tag, Integer.BYTES).putInt(size);
        int count = 0;
        for (Object element : list) { // which notices most changes that another thread makes meanwhile
            if (!write(element, depth + 1)) {
                return false;
            }
            count++;
        }
        if (count != size) {
            throw new ConcurrentModificationException(
                    "a list that is being sent had " + size + " elements first, and then " + count);
        }
        return true;
    }

    private boolean writeArrayOf(Object list, int depth) throws IOException {
        Object array = JdkLists.arrayOf(list);
        // not by write(array), which a reducer must see, too: the array is as deep as the list
        if (array == null || hasReducer(array.getClass()) || !isFirst(array, depth)) {
            return false;
        }
        out.write(CompactTag.AS_LIST);
        return writeArray(array, array.getClass(), depth);
    }

    // ---- lambdas ----------------------------------------------------------------------------------------------------

    private boolean writeLambda(Object lambda, int depth) throws IOException {
        LambdaTemplate template = LambdaTemplate.of(lambda);
        if (template == null) {
            return false;
        }
        byte[] description = template.description();
        room(CompactTag.LAMBDA, 2 * Integer.BYTES).putInt(template.hash()).putInt(description.length);
        int length = out.size();
        room((byte) 0, 1); // not known yet
        out.write(description);
        int start = out.size();
        DataOutputStream loaders = new DataOutputStream(out);
        for (Class<?> type : template.classes()) {
            names.annotate(type, loaders);
        }
        out.putShort(length, out.size() - start);
        for (int i = 0; i < template.captures(); i++) {
            if (!write(template.captured(lambda, i), depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
