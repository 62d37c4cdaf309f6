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
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import org.jspecify.annotations.Nullable;

/** Turns the initializer of a pool into bytes. It keeps the class loaders that it needs, as the pool keeps it. */
final class Initializers {
    private Initializers() {}

    /**
     * Null if there is none.
     *
     * @throws TaskSerializationException if it cannot be sent
     */
    static @Nullable Initializer encode(ProcessPoolOptions options) {
        SerializableRunnable initializer = options.initializer().orElse(null);
        if (initializer == null) {
            return null;
        }
        TaskCall call = TaskCall.of((Runnable) initializer);
        TaskClassNames names = new TaskClassNames(call.functionClass());
        ObjectCodec codec = new ObjectCodec(names, Dialect.of(options.codec().orElse(null), options.reducers()), null);
        FrameBuffer buffer = FrameBuffer.take();
        try {
            TaskHeader.write(names.root(), Shell.variables(call.functionClass(), new ObjectCodec(names)), buffer);
            call.write(codec, buffer);
            return new Initializer(buffer.finish(FrameType.TASK, Initializer.ID), codec);
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            throw new TaskSerializationException(Refusals.cannotBeSent("the initializer", call, codec, e), e);
        }
    }
}
