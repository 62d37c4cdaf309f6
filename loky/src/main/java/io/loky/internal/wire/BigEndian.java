/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

/**
 * Numbers in arrays, the highest byte first. A buffer around the array does the same; but each frame has a dozen of them, and these
 * buffers were a sixth of all that a pool allocated for a short task. View handles would have to be made while a worker starts.
 */
final class BigEndian {
    private BigEndian() {}

    static void putShort(byte[] target, int at, int value) {
        target[at] = (byte) (value >>> 8);
        target[at + 1] = (byte) value;
    }

    static void putInt(byte[] target, int at, int value) {
        putShort(target, at, value >>> 16);
        putShort(target, at + 2, value);
    }

    static void putLong(byte[] target, int at, long value) {
        putInt(target, at, (int) (value >>> 32));
        putInt(target, at + 4, (int) value);
    }

    static int getInt(byte[] source, int at) {
        return source[at] << 24
                | (source[at + 1] & 0xFF) << 16
                | (source[at + 2] & 0xFF) << 8
                | (source[at + 3] & 0xFF);
    }

    static long getLong(byte[] source, int at) {
        return (long) getInt(source, at) << 32 | (getInt(source, at + 4) & 0xFFFF_FFFFL);
    }
}
