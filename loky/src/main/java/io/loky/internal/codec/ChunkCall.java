/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.SerializableFunction;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.Sections;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function and the items that a worker is to apply it to, one after another.
 *
 * <pre>
 *   0                      | n, n bytes: function | index, n, arrays, n bytes: item | index, n, arrays, n bytes: item ...
 *   1, n, n bytes: dialect | n, n bytes: function | index, n, arrays, n bytes: item | index, n, arrays, n bytes: item ...
 *
 *   0 | stream(function)                   the function
 *   1 | compact(function)
 * </pre>
 *
 * The index, eight bytes, is the item's place in the input of the map, from 0. A chunk may lack items that could not be written, or that
 * another worker has done; messages name the one that is meant all the same.
 *
 * The {@link Sections} of the frame are those of the function, and then those of each item, which says how many it has and counts them from 0.
 *
 * What stands before the items is the same for all chunks of a map, and is encoded once. Each item is a value of its own, so
 * that one which cannot be written, or read, is no concern of the others.
 */
public final class ChunkCall {
    /** What stands before each item, in bytes. */
    public static final int ITEM_HEADER = Long.BYTES + 2 * Integer.BYTES;

    private final SerializableFunction<Object, Object> function;
    private final ObjectCodec codec;
    private final byte[] bytes;

    /** Where the items' headers begin, and where the last item ends. */
    private final int[] starts;

    private final Sections sections;

    /** Where the sections of each item begin; those before the first one are the function's. */
    private final int[] sectionStarts;

    private ChunkCall(
            SerializableFunction<Object, Object> function,
            ObjectCodec codec,
            byte[] bytes,
            int[] starts,
            Sections sections,
            int[] sectionStarts) {
        this.function = function;
        this.codec = codec;
        this.bytes = bytes;
        this.starts = starts;
        this.sections = sections;
        this.sectionStarts = sectionStarts;
    }

    /**
     * Writes what stands before the items.
     *
     * @throws IOException if the function cannot be serialized
     */
    public static void writeHead(ObjectCodec codec, SerializableFunction<?, ?> function, FrameBuffer out)
            throws IOException {
        TaskCall.writeDialect(codec, out);
        int start = out.size();
        out.write(new byte[Integer.BYTES]);
        TaskCall.writeFunction(codec, function, out);
        out.putInt(start, out.size() - start - Integer.BYTES);
    }

    /**
     * @param plain the library's own way
     * @param known the dialects that this side has met
     * @param bytes not to be changed afterwards: items are read when they are wanted
     * @param offset where the chunk begins, behind its {@link TaskHeader}
     * @param sections of its frame, which become a part of the function and of the items
     * @throws ClassNotFoundException if a class of the function is not there on this side
     * @throws IOException if an object's own {@code readObject} says so, or the bytes are not a chunk
     */
    @SuppressWarnings("unchecked") // the type of the items is the user's affair
    public static ChunkCall read(ObjectCodec plain, DecodedDialects known, byte[] bytes, int offset, Sections sections)
            throws IOException, ClassNotFoundException {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
        if (!in.hasRemaining()) {
            throw new StreamCorruptedException("a chunk of no bytes");
        }
        ObjectCodec codec = TaskCall.readDialect(in.get(), in, plain, known);
        byte[] function = TaskCall.part(in);
        int[] starts = starts(in);
        int[] sectionStarts = sectionStarts(ByteBuffer.wrap(bytes), starts, sections.count());
        Sections ofFunction = sections.part(0, sectionStarts[0]);
        return new ChunkCall(
                TaskCall.readFunction(codec, function, ofFunction, SerializableFunction.class),
                codec,
                bytes,
                starts,
                sections,
                sectionStarts);
    }

    /**
     * How the worker answers the items of the chunk.
     *
     * @throws ClassNotFoundException if the class of the chunk's codec is not there on this side
     * @throws IOException if the codec's own {@code readObject} says so, or the bytes are not a chunk
     */
    public static ObjectCodec codecOf(ObjectCodec plain, byte[] bytes, int offset)
            throws IOException, ClassNotFoundException {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
        if (!in.hasRemaining()) {
            throw new StreamCorruptedException("a chunk of no bytes");
        }
        return TaskCall.readDialect(in.get(), in, plain, new DecodedDialects());
    }

    private static int[] starts(ByteBuffer in) throws StreamCorruptedException {
        int[] starts = new int[16];
        int count = 0;
        while (in.hasRemaining()) {
            if (count + 1 == starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
            }
            starts[count++] = in.position();
            int length = in.remaining() < ITEM_HEADER
                    ? -1
                    : in.position(in.position() + Long.BYTES).getInt();
            in.position(Math.min(in.limit(), in.position() + Integer.BYTES)); // over the number of its arrays
            if (length < 0 || length > in.remaining()) {
                throw new StreamCorruptedException("a chunk that ends too early");
            }
            in.position(in.position() + length);
        }
        starts[count] = in.position();
        return Arrays.copyOf(starts, count + 1);
    }

    private static int[] sectionStarts(ByteBuffer in, int[] starts, int count) throws StreamCorruptedException {
        int[] sectionStarts = new int[starts.length];
        int end = count;
        for (int i = starts.length - 1; i >= 0; i--) { // from behind: what is left is the function's
            sectionStarts[i] = end;
            int before = i == 0 ? 0 : in.getInt(starts[i - 1] + Long.BYTES + Integer.BYTES);
            if (before < 0 || before > end) {
                throw new StreamCorruptedException("an item of a chunk with " + before + " arrays of " + end);
            }
            end -= before;
        }
        return sectionStarts;
    }

    /** How many items there are. */
    public int size() {
        return starts.length - 1;
    }

    /** The item's place in the input of the map. */
    public long index(int item) {
        return ByteBuffer.wrap(bytes).getLong(starts[item]);
    }

    /** For the results, and for what the function throws. */
    public ObjectCodec codec() {
        return codec;
    }

    /**
     * Rebuilds an item.
     *
     * @throws ClassNotFoundException if a class of the item is not there on this side
     * @throws IOException if the item's own {@code readObject} says so
     */
    public @Nullable Object item(int item) throws IOException, ClassNotFoundException {
        return codec.read(
                Arrays.copyOfRange(bytes, starts[item] + ITEM_HEADER, starts[item + 1]),
                sections.part(sectionStarts[item], sectionStarts[item + 1]));
    }

    /**
     * Runs the user's code.
     *
     * @throws Exception what the user's code throws
     */
    @SuppressWarnings("NullAway") // null is an item like any other: whether the function takes it is the user's affair
    public @Nullable Object apply(@Nullable Object item) throws Exception {
        return function.apply(item);
    }
}
