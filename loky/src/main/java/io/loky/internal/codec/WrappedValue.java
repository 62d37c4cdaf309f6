/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.Wrapped;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A value that encodes itself, whichever serializer writes it. No {@code writeReplace}: a stream that calls it for each
 * meeting would make one handle many.
 *
 * @param <T> the type of the value
 */
public final class WrappedValue<T extends @Nullable Object> implements Wrapped<T> {
    private static final long serialVersionUID = 1L;

    /** Those that this thread is writing, one inside the other. Without it a cycle would fill the stack. */
    private static final ThreadLocal<Deque<WrappedValue<?>>> WRITING = new ThreadLocal<>();

    /** Not final: written by {@link #readObject}. */
    private transient T value;

    public WrappedValue(T value) {
        this.value = value;
    }

    @Override
    public T get() {
        return value;
    }

    @Override
    public String toString() {
        return "Wrapped[" + (value == null ? "null" : value.getClass().getName()) + "]";
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        Deque<WrappedValue<?>> outer = WRITING.get();
        Deque<WrappedValue<?>> writing = outer == null ? new ArrayDeque<>() : outer;
        for (WrappedValue<?> other : writing) {
            if (other == this) {
                throw new InvalidObjectException("a wrapped " + value.getClass().getName()
                        + " refers to its own handle; wrap it where it is used, not inside");
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (outer == null) {
            WRITING.set(writing);
        }
        writing.push(this);
        try {
            codecOf(out instanceof ObjectWriter ours ? ours.codec() : null).write(value, bytes);
        } finally {
            writing.pop();
            if (outer == null) {
                WRITING.remove();
            }
        }
        out.defaultWriteObject();
        out.writeInt(bytes.size());
        bytes.writeTo(out);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what was written was a T, and may be null
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        int length = in.readInt();
        if (length < 0) {
            throw new InvalidObjectException("a wrapped value of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes(length); // grows with what is there, whatever the length says
        if (bytes.length < length) {
            throw new InvalidObjectException("a wrapped value of " + length + " bytes ends after " + bytes.length);
        }
        ObjectCodec codec =
                in instanceof ObjectReader ours ? ours.inner() : codecOf(null).and(in.getObjectInputFilter());
        value = (T) codec.read(bytes);
    }

    /** That of the stream, or of the call of a codec in whose course this happens; elsewhere one for this thread. */
    private static ObjectCodec codecOf(@Nullable ObjectCodec ofStream) {
        if (ofStream != null) {
            return ofStream.withoutCodec();
        }
        ObjectCodec bound = ObjectCodec.bound();
        return bound == null ? ObjectCodec.ofContext() : bound;
    }
}
