/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Collects the payload of one frame behind room for its header, so that a finished frame is one array and one write.
 * Not thread-safe.
 */
public final class FrameBuffer extends OutputStream {
    private static final int INITIAL = 1024;

    /** A scratch buffer that has grown beyond this is handed out whole instead of being copied and kept. */
    private static final int KEEP = 64 * 1024;

    /**
     * A thread's spare array. Taken out while in use, because encoding runs user code, which may encode in turn. A plain
     * array, since an object of the library would keep the library's loader alive in a thread of somebody else's pool.
     */
    private static final ThreadLocal<byte[]> SPARE = new ThreadLocal<>();

    private byte[] bytes;
    private int size = Frame.HEADER;

    private FrameBuffer(byte[] bytes) {
        this.bytes = bytes;
    }

    /** An empty buffer, on the calling thread's spare array if there is one. End with {@link #finish}. */
    public static FrameBuffer take() {
        byte[] spare = SPARE.get();
        if (spare == null) {
            return new FrameBuffer(new byte[INITIAL]);
        }
        SPARE.remove();
        return new FrameBuffer(spare);
    }

    /** Drops what was written, for a second attempt. */
    public void reset() {
        size = Frame.HEADER;
    }

    /** How much is in it, for {@link #truncate}. */
    public int size() {
        return size - Frame.HEADER;
    }

    /** Drops what was written after this much, for a second attempt. */
    public void truncate(int length) {
        size = Frame.HEADER + Objects.checkIndex(length, size() + 1);
    }

    @Override
    public void write(int b) throws FrameTooLargeException {
        ensure(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws FrameTooLargeException {
        Objects.checkFromIndexSize(offset, length, source.length);
        ensure(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    private void ensure(int more) throws FrameTooLargeException {
        long wanted = (long) size + more;
        if (wanted > (long) Frame.MAX_PAYLOAD + Frame.HEADER) {
            throw new FrameTooLargeException(wanted - Frame.HEADER);
        }
        if (wanted > bytes.length) {
            long doubled = Math.min(2L * bytes.length, (long) Frame.MAX_PAYLOAD + Frame.HEADER);
            bytes = Arrays.copyOf(bytes, (int) Math.max(wanted, doubled));
        }
    }

    /** Writes what is in it. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, Frame.HEADER, size());
    }

    /** Whether it has grown so much that it had better be replaced than used again. */
    public boolean isLarge() {
        return bytes.length > KEEP;
    }

    /** Replaces what was written there. */
    public void putInt(int at, int value) {
        ByteBuffer.wrap(bytes).putInt(Frame.HEADER + Objects.checkFromIndexSize(at, Integer.BYTES, size()), value);
    }

    /** Replaces what was written there. */
    public void putLong(int at, long value) {
        ByteBuffer.wrap(bytes).putLong(Frame.HEADER + Objects.checkFromIndexSize(at, Long.BYTES, size()), value);
    }

    /** Copies what was written from there on. */
    void copyTo(int from, ByteBuffer target, int at) {
        target.put(at, bytes, Frame.HEADER + Objects.checkIndex(from, size() + 1), size() - from);
    }

    /** The finished frame. This buffer must not be used afterwards. */
    public EncodedFrame finish(FrameType type, long taskId) {
        bytes[0] = Frame.MAGIC_0;
        bytes[1] = Frame.MAGIC_1;
        bytes[2] = Frame.VERSION;
        bytes[3] = type.code();
        ByteBuffer.wrap(bytes).putInt(4, size - Frame.HEADER).putLong(8, taskId);
        if (bytes.length > KEEP) {
            return new EncodedFrame(bytes, size);
        }
        EncodedFrame frame = new EncodedFrame(Arrays.copyOf(bytes, size), size);
        SPARE.set(bytes);
        return frame;
    }
}
