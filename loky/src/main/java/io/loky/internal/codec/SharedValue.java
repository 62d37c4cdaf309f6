/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.StandIn;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.RawArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.StreamCorruptedException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A value that is encoded once and read by several workers: a small head, which says what it is, and its bytes.
 *
 * <pre>
 *   head:  0 | loader | 0  or  1, n, n bytes: dialect         bytes: as of an argument, see {@link ObjectCodec}
 *          1 | type | how many                                the elements of an array, raw
 *          2 | big-endian? | position | limit                 the content of a ByteBuffer
 * </pre>
 *
 * The last two forms are of what has no class of the user's in it: it is copied once on each side, and not at all where it can be
 * read where it is. A codec of the user's, or a reducer for its class, comes first: then it is a value like any other.
 *
 * @param head to be sent beside the bytes
 * @param bytes read out of the value itself: whoever keeps them takes a {@link SharedBytes#snapshot}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record SharedValue(byte[] head, SharedBytes bytes) {
    private static final byte VALUE = 0;
    private static final byte ARRAY = 1;
    private static final byte BUFFER = 2;

    /** In steps of so many bytes an array is filled. */
    private static final int STEP = 64 * 1024;

    /**
     * Encodes a value.
     *
     * @param root the number of the class loader in whose context it is read
     * @throws UnsendableException if the value, or an object that it refers to, cannot leave this process
     * @throws IOException if an object's own {@code writeObject} says so, or there are more bytes than a value may have
     */
    public static SharedValue of(@Nullable Object value, int root, ObjectCodec codec) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        DataOutputStream head = new DataOutputStream(target);
        SharedBytes bytes;
        if (value != null && isPlain(value, codec) && RawArray.isOne(value)) {
            RawArray array = new RawArray(value);
            head.writeByte(ARRAY);
            head.writeByte(array.tag());
            head.writeInt(array.length());
            bytes = SharedBytes.of(array);
        } else if (value instanceof ByteBuffer buffer && isPlain(value, codec)) {
            head.writeByte(BUFFER);
            head.writeBoolean(buffer.order() == ByteOrder.BIG_ENDIAN);
            head.writeInt(buffer.position());
            head.writeInt(buffer.limit());
            bytes = SharedBytes.of(buffer);
        } else {
            head.writeByte(VALUE);
            LoaderNumber.write(root, head);
            TaskCall.writeDialect(codec, head);
            FrameBuffer buffer = FrameBuffer.take();
            codec.write(value, buffer);
            bytes = SharedBytes.of(buffer);
        }
        return new SharedValue(target.toByteArray(), bytes);
    }

    private static boolean isPlain(Object value, ObjectCodec codec) {
        Dialect dialect = codec.dialect();
        return dialect.codec() == null
                && dialect.reducers().find(value.getClass()).isEmpty();
    }

    /** What a value is, in a few words. Asks nothing of the value itself. */
    public static String sketch(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        Class<?> type = value.getClass();
        return type.isArray()
                ? "a " + type.getComponentType().getTypeName() + "[" + Array.getLength(value) + "]"
                : "a " + type.getName();
    }

    /** Whether {@link #read} of a value with this head takes bytes that stay where they are. */
    public static boolean isReadInPlace(byte[] head) {
        return head.length > 0 && head[0] == BUFFER;
    }

    /** Where the classes of a value are found. */
    public interface Context {
        /**
         * The codec of values that are read in the context of the loader with this number.
         *
         * @throws ClassNotFoundException if it is gone
         */
        ObjectCodec codec(int root) throws ClassNotFoundException;
    }

    /**
     * A value as it was read.
     *
     * @param dialect that it was written in
     */
    public record Read(@Nullable Object value, Dialect dialect) {}

    /**
     * Reads a value.
     *
     * @param length how many bytes it has
     * @param in has them
     * @throws ClassNotFoundException if a class of the value is not there on this side
     * @throws IOException if an object's own {@code readObject} says so, or these are not the bytes of a value
     */
    public static Read read(byte[] head, long length, InputStream in, Context context)
            throws IOException, ClassNotFoundException {
        DataInputStream form = new DataInputStream(new ByteArrayInputStream(head));
        byte tag = form.readByte();
        return switch (tag) {
            case VALUE -> {
                ObjectCodec plain = context.codec(LoaderNumber.read(form));
                byte way = form.readByte();
                ByteBuffer rest = ByteBuffer.wrap(head, head.length - form.available(), form.available());
                ObjectCodec codec = TaskCall.readDialect(way, rest, plain, new DecodedDialects());
                yield new Read(codec.read(all(length, in)), codec.dialect());
            }
            case ARRAY -> new Read(array(form.readByte(), form.readInt(), length, in), Dialect.OWN);
            case BUFFER -> {
                ask(byte[].class, (int) length);
                yield buffer(form, ByteBuffer.wrap(all(length, in)));
            }
            default -> throw new StreamCorruptedException("a value in the unknown form " + tag);
        };
    }

    /**
     * The same of a value that stays where it is.
     *
     * @throws IOException if the bytes are not those of a value, or a filter turns it down
     */
    public static Read read(byte[] head, ByteBuffer content) throws IOException {
        DataInputStream form = new DataInputStream(new ByteArrayInputStream(head));
        byte tag = form.readByte();
        if (tag != BUFFER) {
            throw new StreamCorruptedException("a value in the form " + tag + " is not read in place");
        }
        ask(byte[].class, content.limit());
        return buffer(form, content);
    }

    private static Read buffer(DataInputStream form, ByteBuffer content) throws IOException {
        ByteOrder order = form.readBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int position = form.readInt();
        int limit = form.readInt();
        if (position < 0 || position > limit || limit > content.capacity()) {
            throw new StreamCorruptedException(
                    "a buffer of " + content.capacity() + " bytes from " + position + " to " + limit);
        }
        ByteBuffer buffer = content.asReadOnlyBuffer().limit(limit).position(position);
        return new Read(buffer.order(order), Dialect.OWN);
    }

    private static Object array(byte tag, int count, long length, InputStream in) throws IOException {
        ask(RawArray.component(tag).arrayType(), count);
        if (count < 0) {
            throw new StreamCorruptedException("an array of " + count + " elements");
        }
        RawArray array = RawArray.of(tag, count);
        if (array.bytes() != length) {
            throw new StreamCorruptedException("an array of " + array.bytes() + " bytes in " + length);
        }
        byte[] step = new byte[(int) Math.min(STEP, length)];
        for (long at = 0; at < length; at += step.length) {
            int now = (int) Math.min(step.length, length - at);
            fill(step, now, in);
            array.set(at, step, now);
        }
        return array.array();
    }

    /** As an object stream would, before it makes the array. */
    private static void ask(Class<?> type, int length) throws IOException {
        var factory = ObjectInputFilter.Config.getSerialFilterFactory();
        ObjectInputFilter filter = factory.apply(null, ObjectInputFilter.Config.getSerialFilter());
        if (filter != null) {
            Screen screen = new Screen(filter);
            try {
                StandIn.ask(screen, type, length);
            } catch (InvalidClassException e) {
                throw screen.explain(e);
            }
        }
    }

    private static byte[] all(long length, InputStream in) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(length)];
        fill(bytes, bytes.length, in);
        return bytes;
    }

    private static void fill(byte[] target, int length, InputStream in) throws IOException {
        int got = 0;
        while (got < length) {
            int n = in.read(target, got, Math.min(STEP, length - got));
            if (n < 0) {
                throw new EOFException("a value ends after " + got + " of " + length + " bytes");
            }
            got += n;
        }
    }
}
