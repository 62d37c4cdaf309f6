/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.ResultSerializationException;
import io.loky.TaskSerializationException;
import io.loky.internal.codec.CodecFailedException;
import io.loky.internal.codec.DecodedDialects;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.codec.ThrowableCodec;
import io.loky.internal.codec.UnsendableException;
import io.loky.internal.codec.objects.Culprits;
import io.loky.internal.codec.objects.Culprits.Root;
import io.loky.internal.wire.BeginMark;
import io.loky.internal.wire.BeginMark.Phase;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameOutput;
import io.loky.internal.wire.FrameType;
import io.loky.internal.worker.classes.Mirrors;
import io.loky.internal.worker.classes.ShellVariables;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs one task at a time and answers each with exactly one frame, whatever the task does short of ending the JVM.
 * Notes in the begin mark how far it is, for the report in case that the JVM does end.
 */
final class TaskRunner {
    /** Where tasks begin: what is below is cut from the stacks that go to the parent. */
    private static final String RUNTIME = TaskRunner.class.getName();

    private final BeginMark mark;
    private final FrameOutput out;
    private final Mirrors mirrors;
    private final ObjectCodec codec;
    private final DecodedDialects dialects = new DecodedDialects();

    TaskRunner(BeginMark mark, FrameOutput out, Mirrors mirrors) {
        this.mark = mark;
        this.out = out;
        this.mirrors = mirrors;
        this.codec = new ObjectCodec(mirrors);
    }

    /**
     * A task that is ready to run, or what to answer instead.
     *
     * @param call null if there is a refusal
     */
    record Prepared(
            long id,
            TaskCall.@Nullable Received call,
            @Nullable EncodedFrame refusal) {}

    /**
     * Rebuilds a task. Runs user code: {@code readObject} and the like.
     *
     * @throws IOException if even the refusal of a task that cannot be rebuilt cannot be encoded
     */
    Prepared prepare(Frame frame) throws IOException {
        long id = frame.taskId();
        mark.set(id, Phase.DECODING);
        // A thread that an earlier task left behind may have interrupted this one while it waited.
        Thread.interrupted();
        if (frame.skipped() > 0) {
            return new Prepared(
                    id,
                    null,
                    failure(
                            id,
                            new TaskSerializationException(
                                    "task #" + id + " is " + frame.skipped()
                                            + " bytes long, for which the heap of its worker (at most "
                                            + Runtime.getRuntime().maxMemory()
                                            + " bytes) has no room; give workers a larger heap"
                                            + " (ProcessPoolOptions.maxHeap) or the task less data",
                                    null)));
        }
        try {
            TaskHeader header = TaskHeader.read(frame.payload());
            ClassLoader loader = mirrors.loader(header.loader());
            Thread.currentThread().setContextClassLoader(loader);
            ObjectCodec plain = new ObjectCodec(mirrors.seenFrom(loader));
            ShellVariables.set(header.variables(), loader, plain);
            return new Prepared(id, TaskCall.read(plain, dialects, frame.payload(), header.length()), null);
        } catch (Throwable e) { // also what the user's readObject throws, stack overflows included
            return new Prepared(
                    id,
                    null,
                    failure(
                            id,
                            new TaskSerializationException(
                                    "task #" + id + " could not be rebuilt in the worker: "
                                            + (e instanceof CodecFailedException
                                                    ? e.getMessage()
                                                    : SafeText.of(e)
                                                            + "; the parent's class loaders must give its classes away, and"
                                                            + " their readObject must work there"),
                                    e)));
        }
    }

    /**
     * Runs a task and sends the answer.
     *
     * @throws IOException if the answer cannot be sent: the parent is gone
     */
    void run(Prepared task) throws IOException {
        EncodedFrame answer = task.call() == null ? task.refusal() : answer(task.id(), task.call());
        // Not the task's, which would outlive its last task.
        Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
        out.send(Objects.requireNonNull(answer, "answer"));
        // The interrupt that a task leaves set must not meet the next one.
        Thread.interrupted();
    }

    private EncodedFrame answer(long id, TaskCall.Received task) throws IOException {
        mark.set(id, Phase.RUNNING);
        Object value;
        try {
            value = task.call().call();
        } catch (Throwable e) { // whatever the task throws is its answer
            mark.set(id, Phase.ENCODING);
            return failure(id, e, task.codec());
        }
        mark.set(id, Phase.ENCODING);
        return value(id, value, task.codec());
    }

    private EncodedFrame value(long id, @Nullable Object value, ObjectCodec answers) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            answers.write(value, buffer);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            String type = value == null ? "null" : value.getClass().getName();
            return failure(
                    id,
                    new ResultSerializationException(
                            "the result of task #" + id + ", a " + type + ", cannot be sent to the parent: "
                                    + whyNot(e, value, answers),
                            e));
        }
        return buffer.finish(FrameType.VALUE, id);
    }

    private static String whyNot(Throwable e, @Nullable Object value, ObjectCodec answers) {
        if (e instanceof UnsendableException unsendable) {
            return "it holds a " + unsendable.className() + ", which " + unsendable.obstacle()
                    + "; return only the values that are needed"
                    + culprits(value, answers);
        }
        if (e instanceof CodecFailedException failed) {
            return failed.getMessage() + (failed.isOfUnsendable() ? culprits(value, answers) : "");
        }
        return SafeText.of(e) + "; this came from serializing the result";
    }

    private static String culprits(@Nullable Object value, ObjectCodec answers) {
        return Culprits.lines(answers.culprits(new Root("the result", value)));
    }

    /** A failure of the library's own. */
    private EncodedFrame failure(long id, Throwable thrown) throws IOException {
        return failure(id, thrown, codec);
    }

    private EncodedFrame failure(long id, Throwable thrown, ObjectCodec answers) throws IOException {
        FrameBuffer buffer = FrameBuffer.take();
        try {
            new ThrowableCodec(answers).write(thrown, RUNTIME, buffer);
        } catch (Throwable e) { // too large for a frame or for the memory: then a small one tells of it
            buffer.reset();
            ResultSerializationException small = new ResultSerializationException(
                    "task #" + id + " ended with a " + thrown.getClass().getName()
                            + ", which cannot be sent to the parent: " + SafeText.of(e),
                    null);
            new ThrowableCodec(codec).write(small, RUNTIME, buffer);
        }
        return buffer.finish(FrameType.ERROR, id);
    }
}
