/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.wire.FrameBuffer;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One object to bytes and back: a tag byte, then either a bare value or an object stream.
 *
 * <p>The most frequent results (nothing, a number, a text, bytes) go without an object stream, whose header, class
 * descriptor and decoder cost some four microseconds each way. Everything else is JDK serialization, a fresh stream for
 * each message, so that no message can depend on, or leak into, another. What the JDK's stream refuses goes as one of the
 * {@link StandIns}.
 */
public final class ObjectCodec {
    private static final byte NULL = 0;
    private static final byte STREAM = 1;
    private static final byte FALSE = 2;
    private static final byte TRUE = 3;
    private static final byte INTEGER = 4;
    private static final byte LONG = 5;
    private static final byte DOUBLE = 6;
    private static final byte STRING = 7;
    private static final byte BYTES = 8;

    private final ClassNames names;

    /**
     * @param names how this side says which class it means
     */
    public ObjectCodec(ClassNames names) {
        this.names = names;
    }

    /**
     * @throws UnsendableException if the object, or one that it refers to, cannot leave this process
     * @throws IOException if the object's own {@code writeObject} says so, or the bytes exceed a frame
     */
    public void write(@Nullable Object value, OutputStream out) throws IOException {
        if (value == null) {
            out.write(NULL);
        } else if (value instanceof Boolean flag) {
            out.write(flag ? TRUE : FALSE);
        } else if (value instanceof Integer number) {
            out.write(INTEGER);
            new DataOutputStream(out).writeInt(number);
        } else if (value instanceof Long number) {
            out.write(LONG);
            new DataOutputStream(out).writeLong(number);
        } else if (value instanceof Double number) {
            out.write(DOUBLE);
            new DataOutputStream(out).writeDouble(number);
        } else if (value instanceof String text && isEncodable(text)) {
            out.write(STRING);
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } else if (value.getClass() == byte[].class) {
            out.write(BYTES);
            out.write((byte[]) value);
        } else {
            out.write(STREAM);
            writeStream(out, value);
        }
    }

    /** The objects as one object stream, so that what they share stays shared. */
    void writeStream(OutputStream out, @Nullable Object... objects) throws IOException {
        int start = out instanceof FrameBuffer buffer ? buffer.size() : 0;
        try {
            writeOnce(out, objects);
        } catch (StackOverflowError e) {
            if (!(out instanceof FrameBuffer buffer)) {
                throw e; // half a message is out, and cannot be taken back
            }
            buffer.truncate(start);
            retryWriting(e, out, objects);
        }
    }

    private void retryWriting(StackOverflowError overflow, OutputStream out, @Nullable Object... objects)
            throws IOException {
        try {
            Object unused = DeepStack.retry(overflow, () -> {
                writeOnce(out, objects);
                return null;
            });
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e); // nothing is read
        }
    }

    private void writeOnce(OutputStream out, @Nullable Object... objects) throws IOException {
        // No try-with-resources: after a failure the JVM's one spare OutOfMemoryError may come again from close(), and
        // an
        // exception that suppresses itself hides itself.
        ObjectWriter stream = openStream(out);
        for (Object object : objects) {
            stream.writeObject(object);
        }
        stream.flush();
    }

    /** Whether {@link #read} of these bytes runs no code but the JDK's own, and takes next to no time. */
    public static boolean isBare(byte[] bytes) {
        return bytes.length > 0 && bytes[0] != STREAM;
    }

    /** Text with unpaired surrogates is legal in Java and has no UTF-8 form: it must take the object stream. */
    private static boolean isEncodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return StandardCharsets.UTF_8.newEncoder().canEncode(text);
            }
        }
        return true;
    }

    /**
     * @throws ClassNotFoundException if a class of the object is not there on this side
     * @throws IOException if the object's own {@code readObject} says so, or the bytes are not of this codec
     */
    public @Nullable Object read(byte[] bytes) throws IOException, ClassNotFoundException {
        if (bytes.length == 0) {
            throw new StreamCorruptedException("a value of no bytes");
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        return switch (bytes[0]) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case INTEGER -> exactly(Integer.BYTES, rest).getInt();
            case LONG -> exactly(Long.BYTES, rest).getLong();
            case DOUBLE -> exactly(Double.BYTES, rest).getDouble();
            case STRING -> new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
            case BYTES -> Arrays.copyOfRange(bytes, 1, bytes.length);
            case STREAM -> {
                yield readStream(bytes, 1, ObjectReader::next);
            }
            default -> throw new StreamCorruptedException("a value with the unknown tag " + bytes[0]);
        };
    }

    private static ByteBuffer exactly(int length, ByteBuffer rest) throws StreamCorruptedException {
        if (rest.remaining() != length) {
            throw new StreamCorruptedException("a number of " + rest.remaining() + " bytes instead of " + length);
        }
        return rest;
    }

    /** Reads what is in an object stream. */
    interface Reading<T> {
        @Nullable
        T from(ObjectReader in) throws IOException, ClassNotFoundException;
    }

    /** Reads what {@link #writeStream} wrote, from this position on. */
    <T> @Nullable T readStream(byte[] bytes, int offset, Reading<T> reading)
            throws IOException, ClassNotFoundException {
        return DeepStack.attempt(() -> {
            try (ObjectReader in =
                    new ObjectReader(new ByteArrayInputStream(bytes, offset, bytes.length - offset), names)) {
                return reading.from(in);
            }
        });
    }

    ObjectWriter openStream(OutputStream out) throws IOException {
        return new ObjectWriter(out, names);
    }

    ClassNames names() {
        return names;
    }
}
