/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The answer to one item of a chunk. Answers come in batches, in the order of the items and without gaps, so that none has to
 * say which item is meant:
 *
 * <pre>
 *    0                         8      9               13
 *   +-------------------------+------+---------------+-----------+------ - -
 *   | nanoseconds of the chunk | type | answer length | answer ...| the next answer
 *   +-------------------------+------+---------------+-----------+------ - -
 * </pre>
 *
 * The nanoseconds are those since the worker began with the first item; 0 in a batch that is not the last. An answer that is
 * too large for the {@link AnswerLog}, or has {@link Sections}, has a batch of its own: one that the parent has no memory for is
 * always a single one.
 *
 * @param type {@link FrameType#VALUE} or {@link FrameType#ERROR}
 * @param batch what it is in; not to be changed
 * @param sections of its batch, which is all its own if there are any
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier that is read once, never compared
public record ItemAnswer(FrameType type, byte[] batch, int offset, int length, Sections sections) {
    /** Where the first answer of a batch begins. */
    public static final int FIRST = Long.BYTES;

    /** What stands before each answer, in bytes. */
    public static final int HEADER = 1 + Integer.BYTES;

    /** Makes an empty buffer the beginning of a batch. */
    public static void startBatch(FrameBuffer batch) throws IOException {
        batch.write(new byte[FIRST]);
    }

    /** Appends an answer to a batch. */
    public static void write(FrameType type, FrameBuffer answer, FrameBuffer batch) throws IOException {
        batch.write(type.code());
        int at = batch.size();
        batch.write(new byte[Integer.BYTES]);
        batch.putInt(at, answer.size());
        batch.takeAside(answer.sections());
        answer.writeTo(batch);
    }

    /** How long the chunk took; of its last batch. */
    public static long nanos(byte[] batch) {
        if (batch.length < FIRST) {
            throw new IllegalArgumentException("a batch of answers that ends too early");
        }
        return ByteBuffer.wrap(batch).getLong();
    }

    /**
     * Gives the answers of a batch, from there on, to the consumer.
     *
     * @param sections of the batch
     * @throws IllegalArgumentException if these are not answers
     */
    public static void read(byte[] batch, int from, Sections sections, Consumer<ItemAnswer> consumer) {
        ByteBuffer in = ByteBuffer.wrap(batch, from, batch.length - from);
        while (in.hasRemaining()) {
            FrameType type = in.remaining() < HEADER ? null : FrameType.ofCode(in.get());
            int length = type == null ? -1 : in.getInt();
            boolean shares = length < in.remaining() && !sections.isEmpty();
            if ((type != FrameType.VALUE && type != FrameType.ERROR)
                    || length < 0
                    || length > in.remaining()
                    || shares) {
                throw new IllegalArgumentException("something among the answers to items that is not one");
            }
            consumer.accept(new ItemAnswer(type, batch, in.position(), length, sections));
            in.position(in.position() + length);
        }
    }

    /** The bytes of the answer alone. */
    public byte[] payload() {
        return Arrays.copyOfRange(batch, offset, offset + length);
    }
}
