/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Which of the tasks that it was sent a worker has begun: decided by both sides, each task once. A parent that has sent tasks
 * ahead takes back those that are not begun, also from a worker that is stopped, without asking it and waiting for its answer.
 *
 * <p>Both count the tasks of a channel, from 1, in the order in which they are sent. Eight bytes of a file in the memory of both hold,
 * in 21 bits each,
 *
 * <pre>
 *   claimed   the last task that the worker has begun
 *   last      up to this one all that it has not begun were taken back ...
 *   kept      ... but for this one
 * </pre>
 *
 * and each side changes them at once, with compare-and-set. That is enough: what is taken back is always all that is not begun, and of what
 * a worker was sent before there is at most one task that it is to execute and has not begun. Numbers are compared modulo 2^21; a worker that begins a
 * task behind the last one moves that on, so that no old one is met again when numbers recur.
 */
public final class Claims {
    /** No more tasks may be under way at once than this, by far. */
    private static final long MASK = (1L << 21) - 1;

    private static final long HALF = 1L << 20;
    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final ByteBuffer bytes;

    private Claims(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Worker: makes the file, which must not be there. */
    public static Claims create(Path file) throws IOException {
        return new Claims(MappedFile.create(file, Long.BYTES));
    }

    /** Worker: from this task on, which it begins, both sides go by what is here. The parent does not know of it yet. */
    public void begin(long number) {
        WORD.setVolatile(bytes, 0, word(number, number, number));
    }

    /** Parent: looks at the file of a worker that has made it. */
    public static Claims open(Path file) throws IOException {
        return new Claims(MappedFile.open(file, Long.BYTES));
    }

    private static long word(long claimed, long kept, long last) {
        return ((claimed & MASK) << 42) | ((kept & MASK) << 21) | (last & MASK);
    }

    private long read() {
        return (long) WORD.getVolatile(bytes, 0);
    }

    private boolean change(long from, long to) {
        return WORD.compareAndSet(bytes, 0, from, to);
    }

    /**
     * Worker: begins the task with this number, the next one. False if the parent has taken that back: then it is not to be
     * touched.
     */
    public boolean claim(long number) {
        for (; ; ) {
            long word = read();
            long kept = (word >>> 21) & MASK;
            long last = word & MASK;
            boolean behind = ((number - last - 1) & MASK) < HALF;
            if (!behind && (number & MASK) != kept) {
                return false;
            }
            if (change(word, behind ? word(number, number, number) : word(number, kept, last))) {
                return true;
            }
        }
    }

    /**
     * Parent: takes back all tasks that the worker has not begun, but one that it keeps in any case.
     *
     * @param kept the one that is kept: all before it are begun, or were taken back
     * @param sent the last that was sent, or will be before another one
     * @return the last that was not taken back: the worker has begun it, or it is {@code kept}
     */
    public long takeBack(long kept, long sent) {
        for (; ; ) {
            long word = read();
            if (change(word, word(word >>> 42, kept, sent))) {
                long beyond = ((word >>> 42) - kept) & MASK;
                return beyond < HALF ? kept + beyond : kept;
            }
        }
    }
}
