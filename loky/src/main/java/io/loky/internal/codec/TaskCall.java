/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.SerializableFunction;
import io.loky.SerializableSupplier;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is to do: a kind, the user's function object, and for a function its argument. Function and argument
 * share one object stream, so an object that both refer to stays one object.
 */
public final class TaskCall {
    private enum Kind {
        CALLABLE,
        RUNNABLE,
        SUPPLIER,
        FUNCTION;

        private static final Kind[] ALL = values();
    }

    private final Kind kind;
    private final Object function;
    private final @Nullable Object argument;

    private TaskCall(Kind kind, Object function, @Nullable Object argument) {
        this.kind = kind;
        this.function = function;
        this.argument = argument;
    }

    public static TaskCall of(Callable<?> callable) {
        return new TaskCall(Kind.CALLABLE, callable, null);
    }

    public static TaskCall of(Runnable runnable) {
        return new TaskCall(Kind.RUNNABLE, runnable, null);
    }

    public static TaskCall of(SerializableSupplier<?> supplier) {
        return new TaskCall(Kind.SUPPLIER, supplier, null);
    }

    public static TaskCall of(SerializableFunction<?, ?> function, @Nullable Object argument) {
        return new TaskCall(Kind.FUNCTION, function, argument);
    }

    /** The class of the user's function object; names the task where the user did not. */
    public Class<?> functionClass() {
        return function.getClass();
    }

    /**
     * @throws IOException if the function or its argument cannot be serialized
     */
    public void write(ObjectCodec codec, OutputStream out) throws IOException {
        out.write(kind.ordinal());
        if (kind == Kind.FUNCTION) {
            codec.writeStream(out, function, argument);
        } else {
            codec.writeStream(out, function);
        }
    }

    /**
     * @param offset where the task begins, behind its {@link TaskHeader}
     * @throws ClassNotFoundException if a class of the task is not there on this side
     * @throws IOException if an object's own {@code readObject} says so, or the bytes are not a task
     */
    public static TaskCall read(ObjectCodec codec, byte[] bytes, int offset)
            throws IOException, ClassNotFoundException {
        if (bytes.length <= offset || bytes[offset] < 0 || bytes[offset] >= Kind.ALL.length) {
            throw new StreamCorruptedException("a task without a known kind");
        }
        Kind kind = Kind.ALL[bytes[offset]];
        try (ObjectInputStream in = codec.openStream(bytes, offset + 1)) {
            Object function = in.readObject();
            return new TaskCall(kind, function, kind == Kind.FUNCTION ? in.readObject() : null);
        }
    }

    /**
     * Runs the user's code.
     *
     * @throws Exception what the user's code throws
     */
    @SuppressWarnings("unchecked") // the kind was chosen from the static type
    public @Nullable Object call() throws Exception {
        return switch (kind) {
            case CALLABLE -> ((Callable<Object>) function).call();
            case RUNNABLE -> {
                ((Runnable) function).run();
                yield null;
            }
            case SUPPLIER -> ((SerializableSupplier<Object>) function).get();
            case FUNCTION -> apply((SerializableFunction<Object, Object>) function);
        };
    }

    @SuppressWarnings(
            "NullAway") // null is an argument like any other: whether the function takes it is the user's affair
    private Object apply(SerializableFunction<Object, Object> typed) throws Exception {
        return typed.apply(argument);
    }
}
