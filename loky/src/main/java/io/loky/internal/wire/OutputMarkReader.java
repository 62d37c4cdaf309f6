/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.nio.ByteBuffer;

/** Cuts the marks out of a worker's output. Not thread-safe. */
public final class OutputMarkReader {
    /** Gets what is in the stream, in its order. */
    public interface Target {
        /** Bytes that a user's code printed: those from the first position up to the second, exclusive. */
        void printed(byte[] bytes, int from, int to);

        void begins(long taskId);

        void ends(long taskId);
    }

    private final OutputMark mark;
    private final Target target;

    /** What has been read of what may become a mark. */
    private final byte[] pending = new byte[OutputMark.LENGTH];

    private int size;

    public OutputMarkReader(OutputMark mark, Target target) {
        this.mark = mark;
        this.target = target;
    }

    /** Takes the first bytes of the chunk. What may be the beginning of a mark is kept until more comes. */
    public void read(byte[] chunk, int length) {
        int from = 0; // what is not handed on yet, and is not pending
        for (int i = 0; i < length; i++) {
            byte b = chunk[i];
            if (size > 0 && size < OutputMark.PREFIX && b != mark.prefix(size)) {
                release();
            }
            if (size > 0 || b == OutputMark.FIRST) {
                if (size == 0 && i > from) {
                    target.printed(chunk, from, i);
                }
                pending[size++] = b;
                from = i + 1;
                if (size == OutputMark.LENGTH) {
                    tell();
                }
            }
        }
        if (length > from) {
            target.printed(chunk, from, length);
        }
    }

    /** The stream has ended: what has begun is no mark. */
    public void end() {
        release();
    }

    private void tell() {
        long taskId = ByteBuffer.wrap(pending).getLong(OutputMark.PREFIX + 1);
        boolean begins = pending[OutputMark.PREFIX] == OutputMark.BEGIN;
        size = 0;
        if (begins) {
            target.begins(taskId);
        } else {
            target.ends(taskId);
        }
    }

    private void release() {
        int printed = size;
        size = 0;
        if (printed > 0) {
            target.printed(pending, 0, printed);
        }
    }
}
