/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the payload of one frame behind room for its header, and for what was measured, so that a finished frame is one array
 * and one write. Not thread-safe.
 */
public final class FrameBuffer extends OutputStream {
    /** Where the payload begins. */
    static final int FIRST = Frame.HEADER + Measured.LENGTH;

    private static final int INITIAL = 1024;

    /** A scratch buffer that has grown beyond this is handed out whole instead of being copied and kept. */
    private static final int KEEP = 64 * 1024;

    /**
     * A thread's spare array. Taken out while in use, because encoding runs user code, which may encode in turn. A plain
     * array, since an object of the library would keep the library's loader alive in a thread of somebody else's pool.
     */
    private static final ThreadLocal<byte @Nullable []> SPARE = new ThreadLocal<>();

    /** No array is so long that it is taken aside. */
    public static final long NOTHING_ASIDE = Long.MAX_VALUE;

    private byte[] bytes;
    private int size = FIRST;

    /** From how many bytes on an array is taken aside. */
    private final long threshold;

    /** Whether arrays may be changed by others before the frame has been sent. */
    private final boolean isSnapshot;

    /** What was taken aside; null as long as nothing was, as mostly. */
    private @Nullable List<Aside> aside;

    /** The first of them that has number 0. */
    private int firstAside;

    /**
     * An array that does not go into the payload.
     *
     * @param position how much was in the payload before it
     * @param isOwn whether nobody else has it
     */
    private record Aside(Object array, int position, boolean isOwn) {}

    private FrameBuffer(byte[] bytes, long threshold, boolean isSnapshot) {
        this.bytes = bytes;
        this.threshold = threshold;
        this.isSnapshot = isSnapshot;
    }

    /** An empty buffer, on the calling thread's spare array if there is one. End with {@link #finish}. Everything goes into the payload. */
    public static FrameBuffer take() {
        return take(NOTHING_ASIDE, false);
    }

    /** The same for a frame that is sent at once: arrays of so many bytes become its sections as they are. */
    public static FrameBuffer take(long threshold) {
        return take(threshold, false);
    }

    /** The same for a frame that is sent later, perhaps again: its sections are copies, made when it is finished. */
    public static FrameBuffer takeForSnapshot(long threshold) {
        return take(threshold, true);
    }

    private static FrameBuffer take(long threshold, boolean isSnapshot) {
        byte[] spare = SPARE.get();
        if (spare == null) {
            return new FrameBuffer(new byte[INITIAL], threshold, isSnapshot);
        }
        SPARE.set(null); // not remove: that would have the thread's table searched and cleaned for each task
        return new FrameBuffer(spare, threshold, isSnapshot);
    }

    /** Drops what was written, for a second attempt. */
    public void reset() {
        truncate(0);
        firstAside = 0;
    }

    // ---- what is taken aside --------------------------------------------------------------------------------------

    /** Whether an array of so many bytes belongs behind the payload. */
    public boolean takesAside(long length) {
        return length >= threshold;
    }

    /**
     * Takes an array of primitives aside. The caller writes a reference to it afterwards.
     *
     * @param isOwn whether nobody else has it, or will change it
     * @return its number, which is counted from the last {@link #startPart}
     */
    public int takeAside(Object array, boolean isOwn) {
        if (aside == null) {
            aside = new ArrayList<>();
        }
        aside.add(new Aside(array, size(), isOwn));
        return aside.size() - 1 - firstAside;
    }

    /** The same of all these, which are not changed any more. */
    public void takeAside(Sections sections) {
        for (Object array : sections.all()) {
            int unused = takeAside(array, true);
        }
    }

    /** From here on arrays are counted from 0 again, since what follows is read apart. */
    public void startPart() {
        firstAside = asideCount();
    }

    /** How many arrays were taken aside. */
    public int asideCount() {
        return aside == null ? 0 : aside.size();
    }

    /**
     * Takes copies now, where this is for a snapshot: what was taken aside may be changed afterwards.
     *
     * @return how many bytes the arrays have that were taken aside since the last {@link #startPart}
     */
    public long settle() {
        long sum = 0;
        for (int i = firstAside; aside != null && i < aside.size(); i++) {
            Aside a = aside.get(i);
            if (isSnapshot && !a.isOwn) {
                aside.set(i, new Aside(copyOf(a.array), a.position, true));
            }
            sum += RawArray.bytes(a.array);
        }
        return sum;
    }

    /** The arrays that were taken aside; copies where this is for a snapshot. */
    public Sections sections() {
        if (aside == null || aside.isEmpty()) {
            return Sections.NONE;
        }
        long unused = settle();
        return Sections.of(aside.stream().map(Aside::array).toList());
    }

    /** A copy of an array of primitives. */
    public static Object copyOf(Object array) {
        return new RawArray(array).copy().array();
    }

    // ---- the payload ----------------------------------------------------------------------------------------------

    /** How much is in it, for {@link #truncate}. */
    public int size() {
        return size - FIRST;
    }

    /** Drops what was written after this much, for a second attempt. */
    public void truncate(int length) {
        size = FIRST + Objects.checkIndex(length, size() + 1);
        if (aside != null) {
            aside.removeIf(a -> a.position >= length); // the reference to each was written after it
        }
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

    /** Makes room for so many bytes, which are to be put there at once: whatever is written next may move it. */
    public ByteBuffer room(int length) throws FrameTooLargeException {
        ensure(length);
        ByteBuffer room = ByteBuffer.wrap(bytes, size, length);
        size += length;
        return room;
    }

    private void ensure(int more) throws FrameTooLargeException {
        long wanted = (long) size + more;
        if (wanted > (long) Frame.MAX_PAYLOAD + FIRST) {
            throw new FrameTooLargeException(wanted - FIRST);
        }
        if (wanted > bytes.length) {
            long doubled = Math.min(2L * bytes.length, (long) Frame.MAX_PAYLOAD + FIRST);
            bytes = Arrays.copyOf(bytes, (int) Math.max(wanted, doubled));
        }
    }

    /** Gives the array back, where no frame comes of it. This buffer must not be used afterwards. */
    public void giveBack() {
        if (!isLarge()) {
            SPARE.set(bytes);
        }
    }

    /** Writes what is in it. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, FIRST, size());
    }

    /** Whether it has grown so much that it had better be replaced than used again. */
    public boolean isLarge() {
        return bytes.length > KEEP;
    }

    /** Replaces what was written there. */
    public void put(int at, byte value) {
        bytes[FIRST + Objects.checkIndex(at, size())] = value;
    }

    /** Replaces what was written there. */
    public void putShort(int at, int value) {
        BigEndian.putShort(bytes, FIRST + Objects.checkFromIndexSize(at, Short.BYTES, size()), value);
    }

    /** Replaces what was written there. */
    public void putInt(int at, int value) {
        BigEndian.putInt(bytes, FIRST + Objects.checkFromIndexSize(at, Integer.BYTES, size()), value);
    }

    /** Replaces what was written there. */
    public void putLong(int at, long value) {
        BigEndian.putLong(bytes, FIRST + Objects.checkFromIndexSize(at, Long.BYTES, size()), value);
    }

    /** Copies what was written from there on. */
    void copyTo(int from, ByteBuffer target, int at) {
        target.put(at, bytes, FIRST + Objects.checkIndex(from, size() + 1), size() - from);
    }

    /** Copies so many bytes that were written from there on. */
    public void copy(int from, byte[] target, int at, int length) {
        Objects.checkFromIndexSize(from, length, size());
        System.arraycopy(bytes, FIRST + from, target, at, length);
    }

    /** The finished frame. This buffer must not be used afterwards. */
    public EncodedFrame finish(FrameType type, long taskId) {
        return finish(type, taskId, null);
    }

    /**
     * The same of an answer.
     *
     * @param measured of the task; null if nothing was
     */
    public EncodedFrame finish(FrameType type, long taskId, @Nullable Measured measured) {
        Sections sections = sections();
        int start = measured == null ? Measured.LENGTH : 0;
        bytes[start] = Frame.MAGIC_0;
        bytes[start + 1] = Frame.MAGIC_1;
        bytes[start + 2] = Frame.VERSION;
        bytes[start + 3] = (byte)
                (type.code() | (measured == null ? 0 : Frame.MEASURED) | (sections.isEmpty() ? 0 : Frame.SECTIONS));
        BigEndian.putInt(bytes, start + 4, size());
        BigEndian.putLong(bytes, start + 8, taskId);
        if (measured != null) {
            measured.write(bytes, Frame.HEADER);
        }
        if (bytes.length > KEEP) {
            return new EncodedFrame(bytes, start, size, sections);
        }
        byte[] copy = Arrays.copyOfRange(bytes, start, size);
        SPARE.set(bytes);
        return new EncodedFrame(copy, 0, copy.length, sections);
    }
}
