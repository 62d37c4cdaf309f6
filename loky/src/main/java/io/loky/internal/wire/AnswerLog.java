/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a worker has done of a chunk, noted where it survives the worker: which item it has begun last, and the answers that are
 * not sent yet.
 *
 * <p>To send each answer before the next item is begun would cost a system call for each item, and wake the parent. So answers
 * are collected; but the death of the worker must not lose those of items that are finished, since these must not run again.
 * The kernel keeps what is stored in a mapped file, as it does the {@link BeginMark}.
 *
 * <pre>
 *    0         8              16                 20                 24
 *   +---------+--------------+------------------+------------------+-----------
 *   | task id | items begun  | answers sent     | length of these  | answers ...
 *   +---------+--------------+------------------+------------------+-----------
 * </pre>
 *
 * Each eight bytes are stored at once, after what they speak of. Used by one thread at a time.
 */
public final class AnswerLog {
    /** How many bytes of answers fit in. */
    public static final int CAPACITY = 64 * 1024;

    private static final int TASK = 0;
    private static final int BEGUN = 8;
    private static final int VALID = 16;
    private static final int ANSWERS = 24;

    private final MappedByteBuffer file;
    private int sent;
    private int length;

    private AnswerLog(MappedByteBuffer file) {
        this.file = file;
    }

    /** Worker: makes the file, which must not be there. */
    public static AnswerLog create(Path path) throws IOException {
        return new AnswerLog(MappedFile.create(path, ANSWERS + CAPACITY));
    }

    /** Worker: from here on everything is about this task. */
    public void start(long taskId) {
        begun(0);
        sent(0);
        put(TASK, taskId);
    }

    /** Worker: so many items are begun, the last of them now. */
    public void begun(int items) {
        put(BEGUN, items);
    }

    /** Worker: notes the answers that stand in the batch from there on. */
    public void append(FrameBuffer batch, int from) {
        batch.copyTo(from, file, ANSWERS + length);
        length += batch.size() - from;
        putValid();
    }

    /** Worker: the answers to so many items are sent; those that were noted are among them. */
    public void sent(int items) {
        sent = items;
        length = 0;
        putValid();
    }

    private void putValid() {
        put(VALID, (long) sent << Integer.SIZE | length);
    }

    private void put(int at, long value) {
        VarHandle.releaseFence(); // what it speaks of comes first
        file.putLong(at, value);
        VarHandle.releaseFence(); // and the user's code, which may kill this process, comes after it
    }

    /** Parent, after the worker's death: what it noted. */
    public static Reading read(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Reading.NONE;
        }
        try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "r")) {
            if (access.length() < ANSWERS + CAPACITY) {
                return Reading.NONE; // it died while it made the file
            }
            long task = access.readLong();
            int begun = (int) access.readLong();
            int sent = access.readInt();
            byte[] answers = new byte[Math.max(0, Math.min(CAPACITY, access.readInt()))];
            access.readFully(answers);
            return new Reading(task, begun, sent, answers);
        }
    }

    /**
     * What a worker has noted.
     *
     * @param taskId the task that all this is about; 0 if it noted nothing
     * @param begun how many items of it were begun
     * @param sent how many were answered by frames
     * @param answers to the items behind those, as in an {@link ItemAnswer} batch
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
    public record Reading(long taskId, int begun, int sent, byte[] answers) {
        /** Nothing was noted. */
        public static final Reading NONE = new Reading(0, 0, 0, new byte[0]);

        /** It cannot be read what was noted. */
        public static final Reading UNKNOWN = new Reading(-1, 0, 0, new byte[0]);

        public boolean isUnknown() {
            return taskId == UNKNOWN.taskId;
        }
    }
}
