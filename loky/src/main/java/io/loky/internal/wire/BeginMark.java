/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A note that survives its writer: which task a worker has begun, and how far it was.
 *
 * <p>When a worker dies the parent must know whether the task it had sent was begun (then the task fails, since running
 * it again may repeat its effects) or not (then it runs elsewhere). A message per task would say so too, but would wake
 * the parent once more per task; a {@link MappedWord} costs a store. The word is {@code task id * 4 + phase}.
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

    private final MappedWord word;

    private BeginMark(MappedWord word) {
        this.word = word;
    }

    /** Worker: makes the file. */
    public static BeginMark create(Path file) throws IOException {
        return new BeginMark(MappedWord.create(file));
    }

    /** Worker: notes the task and the phase. */
    public void set(long taskId, Phase phase) {
        word.set(taskId << 2 | phase.ordinal());
    }

    /** Parent, after the worker's death: what it noted last. */
    public static Reading read(Path file) throws IOException {
        long word = MappedWord.read(file);
        return new Reading(word >>> 2, Phase.ALL[(int) (word & 3)]);
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
