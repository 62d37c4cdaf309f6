/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ProcessPoolOptions;
import io.loky.SerializableRunnable;
import io.loky.TaskSerializationException;
import io.loky.internal.codec.Dialect;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.parent.classes.Shell;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.parent.launch.Initializer;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import org.jspecify.annotations.Nullable;

/** Turns what workers run beside tasks into bytes. The pool keeps the class loaders that it needs, as it keeps that itself. */
final class Initializers {
    private Initializers() {}

    /**
     * Null if there is none.
     *
     * @throws TaskSerializationException if it cannot be sent
     */
    static @Nullable Initializer encode(ProcessPoolOptions options) {
        SerializableRunnable initializer = options.initializer().orElse(null);
        return initializer == null ? null : encode(initializer, "the initializer", FrameType.TASK, options);
    }

    /**
     * The check of a worker's health; null if there is none.
     *
     * @throws TaskSerializationException if it cannot be sent
     */
    static @Nullable EncodedFrame encodeCheck(ProcessPoolOptions options) {
        SerializableRunnable check = options.workerHealthCheck().orElse(null);
        return check == null
                ? null
                : encode(check, "the workerHealthCheck", FrameType.CHECK, options)
                        .frame();
    }

    private static Initializer encode(
            SerializableRunnable function, String name, FrameType type, ProcessPoolOptions options) {
        TaskCall call = TaskCall.of((Runnable) function);
        TaskClassNames names = new TaskClassNames(call.functionClass());
        ObjectCodec codec = new ObjectCodec(names, Dialect.of(options.codec().orElse(null), options.reducers()), null);
        FrameBuffer buffer = FrameBuffer.take();
        try {
            TaskHeader.write(names.root(), Shell.variables(call.functionClass(), new ObjectCodec(names)), buffer);
            call.write(codec, buffer);
            return new Initializer(buffer.finish(type, Initializer.ID), codec);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            throw new TaskSerializationException(Refusals.cannotBeSent(name, call, codec, e), e);
        }
    }
}
