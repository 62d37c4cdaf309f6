/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A note that survives its writer: which task a worker has begun, and how far it was.
 *
 * <p>When a worker dies the parent must know whether the task it had sent was begun (then the task fails, since running
 * it again may repeat its effects) or not (then it runs elsewhere). A message per task would say so too, but would wake
 * the parent once more per task; a word in a mapped file costs a store, and the kernel keeps it when the process is
 * killed. The word is {@code task id * 4 + phase}, stored at once, so that a death in between cannot tear it.
 */
public final class BeginMark {
    /** How far the worker was with its task. */
    public enum Phase {
        /** Not begun: running it elsewhere repeats nothing. */
        NOT_BEGUN,
        /** Rebuilding the task from its bytes, which may run user code. */
        DECODING,
        /** Running the task. */
        RUNNING,
        /** Turning the result into bytes, or sending it. */
        ENCODING;

        private static final Phase[] ALL = values();
    }

    private static final int BYTES = Long.BYTES;

    private final MappedByteBuffer word;

    private BeginMark(MappedByteBuffer word) {
        this.word = word;
    }

    /**
     * Worker: makes the file and maps it. Its bytes are written out first, because a store into a hole of a full disk kills
     * the writer.
     */
    public static BeginMark create(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.write(new byte[BYTES]);
            return new BeginMark(access.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
        }
    }

    /** Worker: notes the task and the phase. */
    public void set(long taskId, Phase phase) {
        word.putLong(0, taskId << 2 | phase.ordinal());
        // Without it the compiler might move the store behind the user's code, which may be what kills this process.
        VarHandle.releaseFence();
    }

    /** Parent, after the worker's death: what it noted last. */
    public static Reading read(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            long word = access.readLong();
            return new Reading(word >>> 2, Phase.ALL[(int) (word & 3)]);
        }
    }

    /**
     * The last note of a worker.
     *
     * @param taskId the task that it began last; 0 if it began none
     */
    public record Reading(long taskId, Phase phase) {
        /** Nothing was begun. */
        public static final Reading NONE = new Reading(0, Phase.NOT_BEGUN);

        /** Nothing is known. */
        public static final Reading UNKNOWN = new Reading(-1, Phase.RUNNING);

        /** How far the worker was with this task. Where nothing is known the task counts as begun: it must not run twice. */
        public Phase of(long task) {
            return taskId == task || taskId == UNKNOWN.taskId ? phase : Phase.NOT_BEGUN;
        }
    }
}
