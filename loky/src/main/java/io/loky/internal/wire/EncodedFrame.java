/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/** A frame as it goes over the wire, header included. Immutable once made. */
public final class EncodedFrame {
    /**
     * Streams of files and processes copy at most this many bytes over a buffer on the C stack; for a longer array they
     * allocate and free native memory of the array's full size at each call, which made a 64 MiB write four times slower.
     */
    private static final int SLICE = 8 * 1024;

    private final byte[] bytes;
    private final int length;

    EncodedFrame(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /** A frame without payload. */
    public static EncodedFrame empty(FrameType type) {
        return FrameBuffer.take().finish(type, 0);
    }

    /** The length in bytes, header included. */
    public int length() {
        return length;
    }

    /** The frame as it will be read. */
    public Frame toFrame() {
        FrameType type = Objects.requireNonNull(FrameType.ofCode(bytes[3]));
        return new Frame(type, ByteBuffer.wrap(bytes).getLong(8), Arrays.copyOfRange(bytes, Frame.HEADER, length), 0);
    }

    /** The same frame without this part of its payload. */
    public EncodedFrame without(int from, int to) {
        int rest = Frame.HEADER + Objects.checkFromToIndex(from, to, length - Frame.HEADER) + (to - from);
        byte[] shorter = Arrays.copyOf(bytes, length - (to - from));
        System.arraycopy(bytes, rest, shorter, Frame.HEADER + from, length - rest);
        ByteBuffer.wrap(shorter).putInt(4, shorter.length - Frame.HEADER);
        return new EncodedFrame(shorter, shorter.length);
    }

    /**
     * Writes the whole frame and flushes.
     *
     * @throws IOException if the other side is gone
     */
    public void writeTo(OutputStream out) throws IOException {
        for (int at = 0; at < length; at += SLICE) {
            out.write(bytes, at, Math.min(SLICE, length - at));
        }
        out.flush();
    }
}
