/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.TaskSerializationException;
import io.loky.internal.codec.ChunkCall;
import io.loky.internal.codec.DecodedDialects;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.execution.AnswerEncoder.Subject;
import io.loky.internal.wire.BeginMark.Phase;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs one task at a time and answers each with exactly one frame, whatever the task does short of ending the JVM; before
 * that one may come others with the answers to some items of a chunk. Notes how far it is, for the report in case that the JVM
 * does end.
 */
public final class TaskRunner {
    private final Progress progress;
    private final Inspection inspection;
    private final TaskClasses classes;
    private final AnswerEncoder encoder;
    private final ChunkRunner chunks;
    private final Meter meter;

    /** From how many bytes on an array of an answer is taken aside. */
    private final long large;

    private final DecodedDialects dialects = new DecodedDialects();

    /** The task that was prepared last. */
    private long current;

    /** One that measures nothing. */
    public TaskRunner(Progress progress, Inspection inspection, TaskClasses classes, ItemAnswers items) {
        this(progress, inspection, classes, items, Meter.OFF, FrameBuffer.NOTHING_ASIDE);
    }

    /**
     * @param inspection sends the answers, too
     * @param meter of single tasks
     * @param large from how many bytes on an array of an answer travels behind it, see {@link io.loky.internal.wire.Sections}
     */
    public TaskRunner(
            Progress progress, Inspection inspection, TaskClasses classes, ItemAnswers items, Meter meter, long large) {
        this.progress = progress;
        this.inspection = inspection;
        this.classes = classes;
        this.encoder = new AnswerEncoder(new ObjectCodec(classes.plain()), progress, inspection);
        this.chunks = new ChunkRunner(progress, encoder, items, large);
        this.meter = meter;
        this.large = large;
    }

    /** A task that is ready to run, or to be refused. */
    public interface Prepared {
        /**
         * Runs the user's code.
         *
         * @return the last frame of the answer
         * @throws IOException if there is nobody to answer any more
         */
        EncodedFrame answer() throws IOException;
    }

    /**
     * Rebuilds a task. Runs user code: {@code readObject} and the like.
     *
     * @throws IOException if even the refusal of a task that cannot be rebuilt cannot be encoded
     */
    public Prepared prepare(Frame frame) throws IOException {
        long id = frame.taskId();
        current = id;
        progress.set(id, Phase.DECODING);
        inspection.begins(id);
        progress.begins(id);
        // A thread that an earlier task left behind may have interrupted this one while it waited.
        progress.codeEnds();
        if (!progress.codeBegins(id)) {
            EncodedFrame unread = finish(id, null, FrameBuffer.take(), Meter.OFF);
            return () -> unread;
        }
        if (frame.skipped() > 0) {
            return refusal(
                    id,
                    new TaskSerializationException(
                            Subject.task(id) + " is " + frame.skipped()
                                    + " bytes long, for which the heap of its worker (at most "
                                    + Runtime.getRuntime().maxMemory()
                                    + " bytes) has no room; give workers a larger heap"
                                    + " (ProcessPoolOptions.maxHeap) or the task less data",
                            null));
        }
        try {
            if (frame.type() == FrameType.TASK) {
                meter.arrives();
            }
            TaskHeader header = TaskHeader.read(frame.payload());
            ClassLoader loader = classes.loader(header.loader());
            ObjectCodec plain = settle(header, loader);
            if (frame.type() == FrameType.CHUNK) {
                ChunkCall chunk = ChunkCall.read(plain, dialects, frame.payload(), header.length(), frame.sections());
                return () -> chunks.answer(id, chunk, loader);
            }
            TaskCall.Received task = TaskCall.read(plain, dialects, frame.payload(), header.length(), frame.sections());
            return () -> answer(id, task);
        } catch (Throwable e) { // also what the user's readObject throws, stack overflows included
            return refusal(id, new TaskSerializationException(AnswerEncoder.cannotBeRebuilt(Subject.task(id), e), e));
        }
    }

    /**
     * Rebuilds what is no task and has no answer: a call that the parent wants made beside them. The caller runs it before any
     * task, since its class loader is set.
     *
     * @throws Exception what the user's {@code readObject} throws, or why it cannot be rebuilt
     */
    public Callable<?> rebuild(Frame frame) throws Exception {
        TaskHeader header = TaskHeader.read(frame.payload());
        ClassLoader loader = classes.loader(header.loader());
        ObjectCodec plain = settle(header, loader);
        TaskCall call = TaskCall.read(plain, dialects, frame.payload(), header.length(), frame.sections())
                .call();
        return () -> {
            Thread.currentThread().setContextClassLoader(loader);
            return call.call();
        };
    }

    private ObjectCodec settle(TaskHeader header, ClassLoader loader) {
        Thread.currentThread().setContextClassLoader(loader);
        ObjectCodec plain = new ObjectCodec(classes.seenFrom(loader));
        classes.set(header.variables(), loader, plain);
        return plain;
    }

    private Prepared refusal(long id, TaskSerializationException reason) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        Subject subject = Subject.task(id);
        FrameType type = encoder.inspected(subject, encoder.failure(subject, reason, buffer), buffer);
        EncodedFrame frame = finish(id, type, buffer, Meter.OFF);
        return () -> frame;
    }

    /**
     * Runs a task and sends the answer.
     *
     * @throws IOException if the answer cannot be sent: the parent is gone
     */
    public void run(Prepared task) throws IOException {
        EncodedFrame answer = task.answer();
        // Not the task's, which would outlive its last task.
        Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
        progress.ends(current);
        inspection.answer(current, answer);
    }

    private EncodedFrame answer(long id, TaskCall.Received task) throws IOException {
        Subject subject = Subject.task(id);
        FrameBuffer buffer = FrameBuffer.take(large);
        FrameType type = encoder.inspected(subject, call(subject, task, buffer), buffer);
        return finish(id, type, buffer, meter);
    }

    /** @param type null where nobody reads the answer: the parent only waits for its end */
    private static EncodedFrame finish(long id, @Nullable FrameType type, FrameBuffer buffer, Meter meter) {
        return type == null ? buffer.finish(FrameType.VALUE, id) : buffer.finish(type, id, meter.measured());
    }

    private @Nullable FrameType call(Subject subject, TaskCall.Received task, FrameBuffer buffer) throws IOException {
        long id = subject.taskId();
        progress.set(id, Phase.RUNNING);
        Object value;
        try {
            meter.starts();
            try {
                value = task.call().call();
            } finally {
                meter.ends();
            }
        } catch (Throwable e) { // whatever the task throws is its answer
            progress.set(id, Phase.ENCODING);
            return encoder.failure(subject, e, task.codec(), buffer);
        }
        progress.set(id, Phase.ENCODING);
        return encoder.value(subject, value, task.codec(), buffer);
    }
}
