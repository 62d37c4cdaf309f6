/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads {@link Sections} straight into the arrays that they become. Not thread-safe. */
public final class SectionReader {
    private final InputStream in;
    private final byte[] slice;
    private long announced;

    public SectionReader(InputStream in) {
        this(in, new byte[Sections.SLICE]);
    }

    /**
     * @param slice is used for what passes through: allocated before, since it also takes what there is no memory for
     */
    SectionReader(InputStream in, byte[] slice) {
        this.in = in;
        this.slice = slice;
    }

    /**
     * The sections of a message; null if there was no memory for them, and they were skipped. No array is made before the whole
     * table has been found to be right, and none that this JVM can have no room for.
     *
     * @param most how many there may be: no more than the payload has bytes to refer to them
     * @throws EOFException if the stream ends before they do
     * @throws ChannelBrokenException if these are no sections
     */
    public @Nullable Sections read(int most) throws IOException {
        return read(most, false, () -> Sections.NONE);
    }

    /**
     * @param skipped whether the message is skipped anyway
     * @param spares see {@link FrameReader.Spares}; asked once it is known what comes
     */
    @Nullable
    Sections read(int most, boolean skipped, Supplier<Sections> spares) throws IOException {
        DataInputStream table = new DataInputStream(in);
        int count = table.readInt();
        announced = table.readLong();
        if (count <= 0 || count > most) {
            throw new ChannelBrokenException("a message announces " + (count & 0xFFFF_FFFFL) + " arrays; no more than "
                    + most + " can be in it");
        }
        byte[] types = new byte[count];
        int[] lengths = new int[count];
        long sum = 0;
        for (int i = 0; i < count; i++) {
            types[i] = table.readByte();
            lengths[i] = table.readInt();
            if (!RawArray.isTag(types[i]) || lengths[i] < 0) {
                throw new ChannelBrokenException("a message announces an array of type " + types[i] + " and length "
                        + (lengths[i] & 0xFFFF_FFFFL));
            }
            sum += (long) lengths[i] * RawArray.sizeOf(RawArray.component(types[i]));
        }
        if (sum != announced) {
            throw new ChannelBrokenException(
                    "a message announces arrays of " + sum + " bytes, and " + announced + " bytes in all");
        }
        // Asked for in the call: a variable would keep what does not fit while the others are made.
        Object[] arrays = skipped ? null : allocate(types, lengths, fitting(types, lengths, spares.get()));
        if (arrays == null) {
            skip(announced);
            return null;
        }
        for (Object array : arrays) {
            fill(new RawArray(array));
        }
        return new Sections(arrays);
    }

    /** How many bytes those that were read, or skipped, have together. */
    long announced() {
        return announced;
    }

    /** In each place a spare array of that type and length; null where there is none. */
    private static @Nullable Object[] fitting(byte[] types, int[] lengths, Sections spare) {
        @Nullable Object[] arrays = new @Nullable Object[types.length];
        boolean[] taken = new boolean[types.length];
        for (Object array : spare.all()) {
            RawArray raw = new RawArray(array);
            for (int i = 0; i < arrays.length; i++) {
                if (!taken[i] && types[i] == raw.tag() && lengths[i] == raw.length()) {
                    arrays[i] = array;
                    taken[i] = true;
                    break;
                }
            }
        }
        return arrays;
    }

    private Object @Nullable [] allocate(byte[] types, int[] lengths, @Nullable Object[] arrays) throws IOException {
        if (announced > Runtime.getRuntime().maxMemory()) {
            return null; // to ask for it would end a JVM that was told to end when it runs out of memory
        }
        try {
            Object[] all = new Object[arrays.length];
            for (int i = 0; i < arrays.length; i++) {
                Object spare = arrays[i];
                all[i] = spare == null ? RawArray.of(types[i], lengths[i]).array() : spare;
            }
            return all;
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private void fill(RawArray array) throws IOException {
        if (array.array() instanceof byte[] plain) {
            fill(plain, plain.length);
            return;
        }
        for (long at = 0; at < array.bytes(); at += slice.length) {
            int count = (int) Math.min(slice.length, array.bytes() - at);
            fill(slice, count);
            array.set(at, slice, count);
        }
    }

    private void fill(byte[] target, int length) throws IOException {
        for (int got = 0; got < length; ) {
            int n = in.read(target, got, Math.min(slice.length, length - got));
            if (n < 0) {
                throw ended();
            }
            got += n;
        }
    }

    private void skip(long length) throws IOException {
        for (long got = 0; got < length; ) {
            int n = in.read(slice, 0, (int) Math.min(slice.length, length - got));
            if (n < 0) {
                throw ended();
            }
            got += n;
        }
    }

    private EOFException ended() {
        return new EOFException("stream ended inside the arrays of a message, of " + announced + " bytes");
    }
}
