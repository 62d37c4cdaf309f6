/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.TaskSerializationException;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.execution.AnswerEncoder.Subject;
import io.loky.internal.wire.BeginMark.Phase;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Applies the function of a chunk to its items, one after another. What fails in one is the answer to that one alone. */
final class ChunkRunner {
    private final Progress progress;
    private final AnswerEncoder encoder;
    private final ItemAnswers answers;
    private final long large;

    ChunkRunner(Progress progress, AnswerEncoder encoder, ItemAnswers answers, long large) {
        this.progress = progress;
        this.encoder = encoder;
        this.answers = answers;
        this.large = large;
    }

    /** The last frame of the answer; those before it are sent. */
    EncodedFrame answer(long id, ChunkCall chunk, ClassLoader loader) throws IOException {
        progress.codeEnds(); // that was the function; each item begins anew
        answers.start(id, chunk.size());
        long begun = System.nanoTime();
        int last = chunk.size() - 1;
        FrameBuffer buffer = FrameBuffer.take(large);
        for (int i = 0; i < last; i++) {
            if (!progress.codeBegins(id)) {
                return answers.end(System.nanoTime() - begun); // nobody waits for it any more, nor reads this
            }
            answers.begin();
            Subject subject = new Subject(id, i, chunk.index(i));
            FrameType type = encoder.inspected(subject, answer(subject, chunk, buffer), buffer);
            if (type == null) {
                return answers.end(System.nanoTime() - begun);
            }
            answers.answer(type, buffer);
            if (buffer.isLarge()) {
                buffer = FrameBuffer.take(large);
            } else {
                buffer.reset();
            }
            // Each item finds the thread as the first one did.
            Thread.currentThread().setContextClassLoader(loader);
        }
        if (!progress.codeBegins(id)) {
            return answers.end(System.nanoTime() - begun);
        }
        answers.begin();
        Subject subject = new Subject(id, last, chunk.index(last));
        FrameType type = encoder.inspected(subject, answer(subject, chunk, buffer), buffer);
        long nanos = System.nanoTime() - begun;
        return type == null ? answers.end(nanos) : answers.last(type, buffer, nanos);
    }

    private @Nullable FrameType answer(Subject subject, ChunkCall chunk, FrameBuffer buffer) throws IOException {
        long id = subject.taskId();
        progress.set(id, Phase.DECODING);
        @Nullable Object item;
        try {
            item = chunk.item(subject.item());
        } catch (Throwable e) { // also what the user's readObject throws, stack overflows included
            return encoder.failure(
                    subject, new TaskSerializationException(AnswerEncoder.cannotBeRebuilt(subject, e), e), buffer);
        }
        return apply(subject, chunk, item, buffer);
    }

    private @Nullable FrameType apply(Subject subject, ChunkCall chunk, @Nullable Object item, FrameBuffer buffer)
            throws IOException {
        long id = subject.taskId();
        progress.set(id, Phase.RUNNING);
        @Nullable Object value;
        try {
            value = chunk.apply(item);
        } catch (Throwable e) { // whatever the function throws is the answer
            progress.set(id, Phase.ENCODING);
            return encoder.failure(subject, e, chunk.codec(), buffer);
        }
        progress.set(id, Phase.ENCODING);
        return encoder.value(subject, value, chunk.codec(), buffer);
    }
}
