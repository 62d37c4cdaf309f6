/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.ResultSerializationException;
import io.loky.TaskSerializationException;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.BeginMark.Phase;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one task at a time and answers each with exactly one frame, whatever the task does short of ending the JVM.
 * Notes in the begin mark how far it is, for the report in case that the JVM does end.
 */
final class TaskRunner {
    /** The package whose frames are cut from the stacks that go to the parent: a user's stack ends where ours begins. */
    private static final String RUNTIME = "io.loky.internal.";

    private final BeginMark mark;
    private final OutputStream out;
    private final @Nullable ClassLoader loader = ClassLoader.getSystemClassLoader();

    TaskRunner(BeginMark mark, OutputStream out) {
        this.mark = mark;
        this.out = out;
    }

    /**
     * @throws IOException if the answer cannot be sent: the parent is gone
     */
    void run(Frame frame) throws IOException {
        Thread thread = Thread.currentThread();
        thread.setContextClassLoader(loader);
        EncodedFrame answer = answer(frame);
        answer.writeTo(out);
        // What a task leaves behind in its thread must not meet the next one.
        Thread.interrupted();
    }

    private EncodedFrame answer(Frame frame) throws IOException {
        long id = frame.taskId();
        TaskCall call;
        mark.set(id, Phase.DECODING);
        try {
            call = TaskCall.read(frame.payload(), loader);
        } catch (Throwable e) { // also what the user's readObject throws, stack overflows included
            return failure(
                    id,
                    new TaskSerializationException(
                            "task #" + id + " could not be rebuilt in the worker: " + e
                                    + "; its classes must be on the class path that worker and parent share, and their"
                                    + " readObject must work there",
                            e));
        }
        mark.set(id, Phase.RUNNING);
        Object value;
        try {
            value = call.call();
        } catch (Throwable e) { // whatever the task throws is its answer
            mark.set(id, Phase.ENCODING);
            return failure(id, e);
        }
        mark.set(id, Phase.ENCODING);
        return value(id, value);
    }

    private static EncodedFrame value(long id, @Nullable Object value) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            ObjectCodec.write(value, buffer);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            String type = value == null ? "null" : value.getClass().getName();
            return failure(
                    id,
                    new ResultSerializationException(
                            "the result of task #" + id + ", a " + type + ", cannot be sent to the parent: " + e
                                    + "; return something that is Serializable",
                            e));
        }
        return buffer.finish(FrameType.VALUE, id);
    }

    private static EncodedFrame failure(long id, Throwable thrown) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        ThrowableCodec.write(thrown, RUNTIME, buffer);
        return buffer.finish(FrameType.ERROR, id);
    }
}
