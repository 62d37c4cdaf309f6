/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads frames from a stream. Not thread-safe: one thread reads at a time. */
public final class FrameReader {
    /** See {@link EncodedFrame}: longer reads make the stream allocate native memory of that length each time. */
    private static final int SLICE = 8 * 1024;

    private final InputStream in;
    private final byte[] header = new byte[Frame.HEADER];
    private final byte[] measures = new byte[Measured.LENGTH];

    /** Takes what is skipped: allocated before, since there is no memory when it is needed. */
    private final byte[] scrap = new byte[SLICE];

    private final SectionReader sections;

    /** Arrays that nobody needs any more: a result often has as many elements as the argument had. */
    public interface Spares {
        /** There are none. */
        Spares NONE = new Spares() {};

        /**
         * A frame with large arrays has begun. Whoever is asked lets go of what is given: it is filled with them where it fits, and
         * makes room for them where it does not.
         */
        default Sections spare(FrameType type, long taskId) {
            return Sections.NONE;
        }
    }

    public FrameReader(InputStream in) {
        // One read call brings a small frame whole; the header alone would cost a second one.
        this.in = in instanceof BufferedInputStream ? in : new Ahead(in);
        this.sections = new SectionReader(this.in, scrap);
    }

    /** Knows what it has read ahead. The JDK's own asks the system in any case, which takes longer than a short task. */
    private static final class Ahead extends BufferedInputStream {
        Ahead(InputStream in) {
            super(in, SLICE);
        }

        boolean holdsSome() {
            return pos < count;
        }
    }

    /**
     * The next frame, or null at an end of the stream between two frames. A payload for which there is no memory is
     * skipped, and the frame says so: the stream stays in step, and whoever waits for the frame can be told.
     *
     * @throws EOFException if the stream ends inside a frame
     * @throws ChannelBrokenException if the stream does not hold a frame of this version
     * @throws IOException if the stream cannot be read
     */
    public @Nullable Frame read() throws IOException {
        return read(Spares.NONE);
    }

    /**
     * The same.
     *
     * @param spares asked when a frame with large arrays comes
     * @throws EOFException if the stream ends inside a frame
     * @throws ChannelBrokenException if the stream does not hold a frame of this version
     * @throws IOException if the stream cannot be read
     */
    public @Nullable Frame read(Spares spares) throws IOException {
        int got = fill(header, Frame.HEADER);
        if (got == 0) {
            return null;
        }
        if (got < Frame.HEADER) {
            throw new EOFException(
                    "stream ended inside a frame header, after " + got + " of " + Frame.HEADER + " bytes");
        }
        FrameType type = checkedType();
        int length = BigEndian.getInt(header, 4);
        if (length < 0 || length > Frame.MAX_PAYLOAD) {
            throw new ChannelBrokenException("frame " + type + " announces a payload of " + (length & 0xFFFF_FFFFL)
                    + " bytes; the limit is " + Frame.MAX_PAYLOAD);
        }
        long taskId = BigEndian.getLong(header, 8);
        Measured measured = (header[3] & Frame.MEASURED) == 0 ? null : readMeasured(type, taskId);
        byte[] payload = allocate(length);
        got = payload == null ? skip(length) : fill(payload, length);
        if (got < length) {
            throw new EOFException("stream ended inside the payload of frame " + type + " for task #" + taskId
                    + ", after " + got + " of " + length + " bytes");
        }
        Sections behind = Sections.NONE;
        long arrays = 0;
        if ((header[3] & Frame.SECTIONS) != 0) {
            behind = sections.read(length, payload == null, () -> spares.spare(type, taskId));
            arrays = sections.announced();
        }
        return payload == null || behind == null
                ? new Frame(type, taskId, new byte[0], length + arrays, measured, Sections.NONE)
                : new Frame(type, taskId, payload, 0, measured, behind);
    }

    private Measured readMeasured(FrameType type, long taskId) throws IOException {
        int got = fill(measures, Measured.LENGTH);
        if (got < Measured.LENGTH) {
            throw new EOFException("stream ended inside what was measured of task #" + taskId + " in frame " + type
                    + ", after " + got + " of " + Measured.LENGTH + " bytes");
        }
        return Measured.read(measures, 0);
    }

    /** Whether bytes are there, so that {@link #read} would not begin with waiting. Not at the end of the stream. */
    public boolean isReady() throws IOException {
        return (in instanceof Ahead ahead && ahead.holdsSome()) || in.available() > 0;
    }

    private static byte @Nullable [] allocate(int length) {
        try {
            return new byte[length];
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private int skip(int length) throws IOException {
        int got = 0;
        while (got < length) {
            int n = in.read(scrap, 0, Math.min(SLICE, length - got));
            if (n < 0) {
                break;
            }
            got += n;
        }
        return got;
    }

    private FrameType checkedType() throws ChannelBrokenException {
        if (header[0] != Frame.MAGIC_0 || header[1] != Frame.MAGIC_1) {
            throw new ChannelBrokenException("stream holds something that is not a frame: " + hex(header));
        }
        if (header[2] != Frame.VERSION) {
            throw new ChannelBrokenException("frame of protocol version " + header[2] + "; this side speaks version "
                    + Frame.VERSION + ": parent and worker must use the same Loky library");
        }
        FrameType type = FrameType.ofCode((byte) (header[3] & ~(Frame.MEASURED | Frame.SECTIONS)));
        if (type == null) {
            throw new ChannelBrokenException("frame of unknown type " + header[3]);
        }
        return type;
    }

    /** Reads up to {@code length} bytes and says how many there were before the end of the stream. */
    private int fill(byte[] target, int length) throws IOException {
        int got = 0;
        while (got < length) {
            int n = in.read(target, got, Math.min(SLICE, length - got));
            if (n < 0) {
                break;
            }
            got += n;
        }
        return got;
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(Character.forDigit(b >> 4 & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
        }
        return text.toString();
    }
}
