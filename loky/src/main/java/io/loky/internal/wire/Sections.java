/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The large arrays of a message: they follow the payload of its frame raw, and the payload refers to them by their numbers, from 0. So
 * nothing of them is copied into a payload, nor out of it: they are written from the array that the sender has, and read into the one
 * that the receiver will have.
 *
 * <pre>
 *   +-------+-------------+----------------------------+-------------------------------+
 *   | count | bytes in all | for each: type, length     | the elements of each, raw ... |
 *   |   4   |      8       |             1       4      |  little-endian                |
 *   +-------+-------------+----------------------------+-------------------------------+
 * </pre>
 *
 * Together they may be far longer than a payload, or than any one array. Immutable, as far as nobody changes the arrays.
 */
public final class Sections {
    /** A message has no such arrays. */
    public static final Sections NONE = new Sections(new Object[0]);

    /** See {@link EncodedFrame}: the stream would allocate native memory for a longer slice at each write. */
    static final int SLICE = 8 * 1024;

    static final int HEADER = Integer.BYTES + Long.BYTES;
    static final int ENTRY = 1 + Integer.BYTES;

    private final Object[] arrays;
    private final long bytes;

    Sections(Object[] arrays) {
        this.arrays = arrays;
        long sum = 0;
        for (Object array : arrays) {
            sum += RawArray.bytes(array);
        }
        this.bytes = sum;
    }

    /** These arrays of primitives, in this order. */
    static Sections of(List<?> arrays) {
        return arrays.isEmpty() ? NONE : new Sections(arrays.toArray());
    }

    public boolean isEmpty() {
        return arrays.length == 0;
    }

    public int count() {
        return arrays.length;
    }

    /**
     * The array with this number.
     *
     * @throws StreamCorruptedException if there is none
     */
    public Object get(int number) throws StreamCorruptedException {
        if (number < 0 || number >= arrays.length) {
            throw new StreamCorruptedException(
                    "a reference to array " + number + " beside a value, of " + arrays.length);
        }
        return arrays[number];
    }

    /** All of them. */
    List<Object> all() {
        return List.of(arrays);
    }

    /** How many bytes the elements take together. */
    public long bytes() {
        return bytes;
    }

    /** How many bytes they take on the wire; 0 if there are none. */
    long length() {
        return isEmpty() ? 0 : HEADER + (long) ENTRY * arrays.length + bytes;
    }

    /** Those from one number to before another one. */
    public Sections part(int from, int to) {
        return from == to ? NONE : of(all().subList(from, to));
    }

    /** The others. */
    Sections without(int from, int to) {
        Object[] others = new Object[arrays.length - (to - from)];
        System.arraycopy(arrays, 0, others, 0, from);
        System.arraycopy(arrays, to, others, from, arrays.length - to);
        return others.length == 0 ? NONE : new Sections(others);
    }

    /** The same with arrays of its own. */
    Sections copy() {
        return isEmpty()
                ? NONE
                : new Sections(Arrays.stream(arrays)
                        .map(array -> new RawArray(array).copy().array())
                        .toArray());
    }

    /**
     * Writes them, and flushes.
     *
     * @throws IOException if the stream does
     */
    public void writeTo(OutputStream out) throws IOException {
        if (isEmpty()) {
            out.flush();
            return;
        }
        write(table(), out);
        for (Object array : arrays) {
            if (array instanceof byte[] plain) {
                write(plain, out);
            } else {
                write(new RawArray(array), out);
            }
        }
        out.flush();
    }

    private byte[] table() {
        ByteBuffer table = ByteBuffer.allocate(HEADER + ENTRY * arrays.length)
                .putInt(arrays.length)
                .putLong(bytes);
        for (Object array : arrays) {
            RawArray raw = new RawArray(array);
            table.put(raw.tag()).putInt(raw.length());
        }
        return table.array();
    }

    private static void write(byte[] bytes, OutputStream out) throws IOException {
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(SLICE, bytes.length - at);
            out.write(bytes, at, count);
            at += count; // not beyond the end: the longest array ends where an int does
        }
    }

    private static void write(RawArray array, OutputStream out) throws IOException {
        byte[] slice = new byte[SLICE];
        for (long at = 0; at < array.bytes(); at += SLICE) {
            int count = (int) Math.min(SLICE, array.bytes() - at);
            array.get(at, slice, count);
            out.write(slice, 0, count);
        }
    }
}
