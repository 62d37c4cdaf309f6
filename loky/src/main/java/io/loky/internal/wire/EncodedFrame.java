/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;

/** A frame as it goes over the wire, header included. Immutable once made. */
public final class EncodedFrame {
    /**
     * Streams of files and processes copy at most this many bytes over a buffer on the C stack; for a longer array they
     * allocate and free native memory of the array's full size at each call, which made a 64 MiB write four times slower.
     */
    private static final int SLICE = 8 * 1024;

    private final byte[] bytes;
    private final int start;
    private final int end;
    private final Sections sections;

    /** In these bytes, from the header to before the end, with these arrays behind it. */
    EncodedFrame(byte[] bytes, int start, int end, Sections sections) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.sections = sections;
    }

    /** A frame without payload. */
    public static EncodedFrame empty(FrameType type) {
        return FrameBuffer.take().finish(type, 0);
    }

    /** These frames, which have no sections, in one: they are read one after the other, and written together. */
    public static EncodedFrame joined(Collection<EncodedFrame> frames) {
        int length = 0;
        for (EncodedFrame frame : frames) {
            length += frame.end - frame.start;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (EncodedFrame frame : frames) {
            System.arraycopy(frame.bytes, frame.start, all, at, frame.end - frame.start);
            at += frame.end - frame.start;
        }
        return new EncodedFrame(all, 0, length, Sections.NONE);
    }

    /** The length in bytes, header and sections included. */
    public long length() {
        return end - start + sections.length();
    }

    /** The arrays behind the payload; not to be changed. */
    public Sections sections() {
        return sections;
    }

    /** A copy of the payload. */
    public byte[] payloadBytes() {
        return Arrays.copyOfRange(bytes, payload(), end);
    }

    public FrameType type() {
        return Objects.requireNonNull(FrameType.ofCode((byte) (bytes[start + 3] & ~(Frame.MEASURED | Frame.SECTIONS))));
    }

    public long taskId() {
        return BigEndian.getLong(bytes, start + 8);
    }

    private boolean isMeasured() {
        return (bytes[start + 3] & Frame.MEASURED) != 0;
    }

    private int payload() {
        return start + Frame.HEADER + (isMeasured() ? Measured.LENGTH : 0);
    }

    /** The frame as it will be read, with arrays of its own. */
    public Frame toFrame() {
        Measured measured = isMeasured() ? Measured.read(bytes, start + Frame.HEADER) : null;
        return new Frame(type(), taskId(), payloadBytes(), 0, measured, sections.copy());
    }

    /** The same frame without this part of its payload. */
    public EncodedFrame without(int from, int to) {
        return without(from, to, 0, 0);
    }

    /** The same frame without this part of its payload, and without these of its sections. */
    public EncodedFrame without(int from, int to, int fromSection, int toSection) {
        int payload = payload();
        Objects.checkFromToIndex(from, to, end - payload);
        byte[] shorter = Arrays.copyOfRange(bytes, start, end - (to - from));
        System.arraycopy(bytes, payload + to, shorter, payload + from - start, end - payload - to);
        BigEndian.putInt(shorter, 4, end - payload - (to - from));
        Sections fewer = sections.without(fromSection, toSection);
        if (fewer.isEmpty()) {
            shorter[3] &= (byte) ~Frame.SECTIONS;
        }
        return new EncodedFrame(shorter, 0, shorter.length, fewer);
    }

    /**
     * Writes the whole frame and flushes.
     *
     * @throws IOException if the other side is gone
     */
    public void writeTo(OutputStream out) throws IOException {
        for (int at = start; at < end; at += SLICE) {
            out.write(bytes, at, Math.min(SLICE, end - at));
        }
        if (sections.isEmpty()) {
            out.flush();
        } else {
            sections.writeTo(out);
        }
    }
}
