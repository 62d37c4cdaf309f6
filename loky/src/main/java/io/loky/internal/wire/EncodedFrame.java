/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;

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
