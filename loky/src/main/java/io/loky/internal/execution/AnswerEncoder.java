/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.ResultSerializationException;
import io.loky.internal.codec.CodecFailedException;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.codec.UnsendableException;
import io.loky.internal.codec.objects.Culprits;
import io.loky.internal.codec.objects.Culprits.Root;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what became of a task, or of an item, into bytes: into those of another answer where it has none.
 *
 * <p>Into nothing at all where nobody waits for it any more; then the methods return null, and the buffer stays empty. A task
 * that obeys its interrupt has a grace to end in, and the first exception that a JVM encodes may take longer than that.
 */
final class AnswerEncoder {
    /** Where tasks begin: what is below is cut from the stacks that go to the parent. */
    private static final String RUNTIME = AnswerEncoder.class.getPackageName() + ".";

    /** For the library's own failures. */
    private final ObjectCodec plain;

    private final Progress progress;
    private final Inspection inspection;

    AnswerEncoder(ObjectCodec plain, Progress progress, Inspection inspection) {
        this.plain = plain;
        this.progress = progress;
        this.inspection = inspection;
    }

    /**
     * What is answered. Text only when it is needed.
     *
     * @param item which one of its chunk; negative where it is a task
     * @param index the item's place in the input of its map
     */
    record Subject(long taskId, int item, long index) {
        static Subject task(long id) {
            return new Subject(id, -1, -1);
        }

        @Override
        public String toString() {
            if (taskId == 0) {
                return "the initializer"; // the task that no other is
            }
            return item < 0 ? "task #" + taskId : "the item at index " + index + " of a map (task #" + taskId + ")";
        }
    }

    /** Writes a result into an empty buffer; what the buffer holds then. */
    @Nullable
    FrameType value(Subject subject, @Nullable Object value, ObjectCodec codec, FrameBuffer buffer) throws IOException {
        if (isUnwanted(subject)) {
            return null;
        }
        try {
            codec.write(value, buffer);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            String type = value == null ? "null" : value.getClass().getName();
            buffer.reset();
            return failure(
                    subject,
                    new ResultSerializationException(
                            "the result of " + subject + ", a " + type + ", cannot be sent to the parent: "
                                    + whyNot(e, value, codec),
                            e),
                    codec,
                    buffer);
        }
        return FrameType.VALUE;
    }

    private static String whyNot(Throwable e, @Nullable Object value, ObjectCodec codec) {
        if (e instanceof UnsendableException unsendable) {
            return "it holds a " + unsendable.className() + ", which " + unsendable.obstacle()
                    + "; return only the values that are needed"
                    + culprits(value, codec);
        }
        if (e instanceof CodecFailedException failed) {
            return failed.getMessage() + (failed.isOfUnsendable() ? culprits(value, codec) : "");
        }
        return SafeText.of(e) + "; this came from serializing the result";
    }

    private static String culprits(@Nullable Object value, ObjectCodec codec) {
        return Culprits.lines(codec.culprits(new Root("the result", value)));
    }

    /** After the code of a task or an item, and the encoding of its answer: what the buffer holds after a look around. */
    @Nullable
    FrameType inspected(Subject subject, @Nullable FrameType type, FrameBuffer buffer) throws IOException {
        progress.codeEnds(); // before anybody looks: the user's check of health, say, or the next one
        Throwable instead = inspection.leftBehind(subject);
        if (instead == null || type != FrameType.VALUE) { // what it has failed with says more
            return type;
        }
        buffer.reset();
        return failure(subject, instead, buffer);
    }

    /** Writes a failure of the library's own into an empty buffer. */
    @Nullable
    FrameType failure(Subject subject, Throwable thrown, FrameBuffer buffer) throws IOException {
        return failure(subject, thrown, plain, buffer);
    }

    /** Writes what was thrown into an empty buffer. */
    @Nullable
    FrameType failure(Subject subject, Throwable thrown, ObjectCodec codec, FrameBuffer buffer) throws IOException {
        boolean unwanted = isUnwanted(subject);
        Throwable failed = inspection.failed(thrown); // whoever looks at a full heap comes first
        if (unwanted) {
            return null;
        }
        Throwable told = TooNew.explained(failed);
        try {
            new ThrowableCodec(codec).write(told, RUNTIME, buffer);
        } catch (Throwable e) { // too large for a frame or for the memory: then a small one tells of it
            Throwable unused = inspection.failed(e);
            buffer.reset();
            ResultSerializationException small = new ResultSerializationException(
                    subject + " ended with a " + thrown.getClass().getName() + ", which cannot be sent to the parent: "
                            + SafeText.of(e),
                    null);
            new ThrowableCodec(plain).write(small, RUNTIME, buffer);
        }
        return FrameType.ERROR;
    }

    /** If so, its code has ended: whoever looks where the task is must not find the library instead. */
    private boolean isUnwanted(Subject subject) {
        boolean unwanted = !progress.isWanted(subject.taskId());
        if (unwanted) {
            progress.codeEnds();
        }
        return unwanted;
    }

    /** What to say about something that was sent and could not be read. */
    static String cannotBeRebuilt(Subject subject, Throwable e) {
        return subject + " could not be rebuilt in the worker: "
                + (e instanceof CodecFailedException
                        ? e.getMessage()
                        : SafeText.of(e)
                                + TooNew.remedy(e)
                                        .orElse("; the parent's class loaders must give its classes away, and their"
                                                + " readObject must work there"));
    }
}
