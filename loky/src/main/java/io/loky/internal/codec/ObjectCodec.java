/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.Culprits;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.Sections;
import io.loky.spi.TaskCodec;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One object to bytes and back: a tag byte, then a bare value, a compact one, or an object stream.
 *
 * <p>The most frequent results (nothing, a number, a text, bytes) go without an object stream, whose header, class
 * descriptor and decoder cost some four microseconds each way; so do arrays and lists of such, see {@link CompactWriter}.
 * Everything else is JDK serialization, a fresh stream for
 * each message, so that no message can depend on, or leak into, another. What the JDK's stream refuses goes as a
 * stand-in, see {@link ObjectWriter}.
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
    private static final byte CODED = 9;
    private static final byte COMPACT = 10;
    private static final byte RAW_BYTES = 11;

    /** What a user's codec finds that calls back into the library; only in the course of such a call. */
    private static final ThreadLocal<ObjectCodec> BOUND = new ThreadLocal<>();

    static {
        // Here, where there is stack enough: an initializer that meets its end fails for good.
        int unused = ArrayTypes.codeOf(JdkLists.AS_LIST);
    }

    private final ClassNames names;
    private final Dialect dialect;
    private final @Nullable ObjectInputFilter filter;

    /**
     * @param names how this side says which class it means
     */
    public ObjectCodec(ClassNames names) {
        this(names, Dialect.OWN, null);
    }

    /**
     * @param names how this side says which class it means
     * @param dialect a codec and reducers of the user's
     * @param filter decides on each class in an object stream before it is used
     */
    public ObjectCodec(ClassNames names, Dialect dialect, @Nullable ObjectInputFilter filter) {
        this.names = names;
        this.dialect = dialect;
        this.filter = filter;
    }

    /** For handles that are serialized outside of all pools, by the thread's own loader. */
    static ObjectCodec ofContext() {
        return new ObjectCodec(ClassNames.of(Thread.currentThread().getContextClassLoader()));
    }

    ObjectCodec with(Dialect other) {
        return other == dialect ? this : new ObjectCodec(names, other, filter);
    }

    /** Asks this filter instead of its own. */
    ObjectCodec with(ObjectInputFilter other) {
        return new ObjectCodec(names, dialect, other);
    }

    /** Asks this filter too; null is none. */
    ObjectCodec and(@Nullable ObjectInputFilter other) {
        return other == null ? this : with(filter == null ? other : ObjectInputFilter.merge(filter, other));
    }

    ObjectCodec withoutCodec() {
        return dialect.codec() == null ? this : with(dialect.with(null));
    }

    // ---- calls of a user's codec ------------------------------------------------------------------------------------

    /** Returns what was bound before, for {@link #unbind}. */
    static @Nullable ObjectCodec bind(ObjectCodec codec) {
        ObjectCodec before = BOUND.get();
        BOUND.set(codec);
        return before;
    }

    static void unbind(@Nullable ObjectCodec before) {
        if (before == null) {
            BOUND.remove();
        } else {
            BOUND.set(before);
        }
    }

    static @Nullable ObjectCodec bound() {
        return BOUND.get();
    }

    /** What a user's codec is writing right now holds a reference to this; see {@link ClassNames#keep}. */
    public static void keepForBound(Object object) {
        ObjectCodec bound = BOUND.get();
        if (bound != null) {
            bound.names.keep(object);
        }
    }

    // ---- values -----------------------------------------------------------------------------------------------------

    /**
     * @throws UnsendableException if the object, or one that it refers to, cannot leave this process
     * @throws IOException if the object's own {@code writeObject} says so, or the bytes exceed a frame
     */
    public void write(@Nullable Object value, OutputStream out) throws IOException {
        TaskCodec given = dialect.codec();
        if (given != null) {
            out.write(CODED);
            CodecCall.write(given, value, out, withoutCodec());
        } else if (value == null) {
            out.write(NULL);
        } else if (dialect.reducers().find(value.getClass()).isPresent()) {
            writeAsStream(value, out);
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
        } else if (value instanceof String text && !isLarge(text, out) && isEncodable(text)) {
            out.write(STRING);
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof byte[] bytes) {
            writeBytes(bytes, out);
        } else if (!writeCompact(out, value)) {
            writeAsStream(value, out);
        }
    }

    /** The same of a value of which it is known that it needs an object stream. */
    void writeAsStream(@Nullable Object value, OutputStream out) throws IOException {
        out.write(STREAM);
        writeStream(out, value);
    }

    private static boolean isLarge(String text, OutputStream out) {
        return out instanceof FrameBuffer buffer && LargeText.isLarge(text, buffer);
    }

    private static void writeBytes(byte[] bytes, OutputStream out) throws IOException {
        if (out instanceof FrameBuffer buffer && buffer.takesAside(bytes.length)) {
            int number = buffer.takeAside(bytes, false);
            out.write(RAW_BYTES);
            new DataOutputStream(out).writeInt(number);
        } else {
            out.write(BYTES);
            out.write(bytes);
        }
    }

    /** False, and nothing is written, if it has no compact form. */
    private boolean writeCompact(OutputStream out, Object value) throws IOException {
        if (out instanceof FrameBuffer buffer) {
            return new CompactWriter(buffer, this).attempt(COMPACT, value);
        }
        FrameBuffer buffer = FrameBuffer.take(); // nothing else could be taken back
        boolean written = writeCompact(buffer, value);
        if (written) {
            buffer.writeTo(out);
        }
        buffer.giveBack();
        return written;
    }

    /** The objects as one object stream, so that what they share stays shared. */
    void writeStream(OutputStream out, @Nullable Object... objects) throws IOException {
        DeepStack.write(out, target -> writeOnce(target, objects));
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

    /** For what could not be written: the ways to what keeps it here. */
    public List<String> culprits(Culprits.Root... roots) {
        return Culprits.of(type -> dialect.reducers().find(type).isPresent(), roots);
    }

    /** Whether {@link #read} of these bytes runs no code but the JDK's own, and takes next to no time. */
    public static boolean isBare(byte[] bytes) {
        return bytes.length > 0 && bytes[0] != STREAM && bytes[0] != CODED && bytes[0] != COMPACT;
    }

    /** Text with unpaired surrogates is legal in Java and has no UTF-8 form: it must take the object stream. */
    static boolean isEncodable(String text) {
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
        return read(bytes, Sections.NONE);
    }

    /**
     * The same of a message with large arrays, which become a part of the value.
     *
     * @throws ClassNotFoundException if a class of the object is not there on this side
     * @throws IOException if the object's own {@code readObject} says so, or the bytes are not of this codec
     */
    public @Nullable Object read(byte[] bytes, Sections sections) throws IOException, ClassNotFoundException {
        return read(bytes, 0, sections);
    }

    /** The same for the bytes from there on. */
    @Nullable
    Object read(byte[] bytes, int offset, Sections sections) throws IOException, ClassNotFoundException {
        if (bytes.length == offset) {
            throw new StreamCorruptedException("a value of no bytes");
        }
        int first = offset + 1;
        ByteBuffer rest = ByteBuffer.wrap(bytes, first, bytes.length - first);
        return switch (bytes[offset]) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case INTEGER -> exactly(Integer.BYTES, rest).getInt();
            case LONG -> exactly(Long.BYTES, rest).getLong();
            case DOUBLE -> exactly(Double.BYTES, rest).getDouble();
            case STRING -> new String(bytes, first, bytes.length - first, StandardCharsets.UTF_8);
            case BYTES -> Arrays.copyOfRange(bytes, first, bytes.length);
            case RAW_BYTES ->
                CompactReader.as(
                        byte[].class, sections.get(exactly(Integer.BYTES, rest).getInt()));
            case STREAM -> {
                yield readStream(bytes, first, sections, ObjectReader::next);
            }
            case CODED -> {
                TaskCodec given = dialect.codec();
                if (given == null) {
                    throw new StreamCorruptedException("a value of a codec, for which no codec was given");
                }
                yield CodecCall.read(given, bytes, first, withoutCodec());
            }
            case COMPACT -> readCompact(bytes, first, sections, in -> in.all(1)[0]);
            default -> throw new StreamCorruptedException("a value with the unknown tag " + bytes[offset]);
        };
    }

    private static ByteBuffer exactly(int length, ByteBuffer rest) throws StreamCorruptedException {
        if (rest.remaining() != length) {
            throw new StreamCorruptedException("a number of " + rest.remaining() + " bytes instead of " + length);
        }
        return rest;
    }

    /** Reads values in the compact form. */
    interface CompactReading<T> {
        @Nullable
        T from(CompactReader in) throws IOException, ClassNotFoundException;
    }

    /** Reads what {@link CompactWriter} wrote, from this position on. */
    <T> @Nullable T readCompact(byte[] bytes, int offset, Sections sections, CompactReading<T> reading)
            throws IOException, ClassNotFoundException {
        return DeepStack.attempt(() -> reading.from(new CompactReader(bytes, offset, sections, this)));
    }

    /** Reads what is in an object stream. */
    interface Reading<T> {
        @Nullable
        T from(ObjectReader in) throws IOException, ClassNotFoundException;
    }

    /** Reads what {@link #writeStream} wrote, from this position on, where it took nothing aside. */
    <T> @Nullable T readStream(byte[] bytes, int offset, Reading<T> reading)
            throws IOException, ClassNotFoundException {
        return readStream(bytes, offset, Sections.NONE, reading);
    }

    /** Reads what {@link #writeStream} wrote, from this position on. */
    <T> @Nullable T readStream(byte[] bytes, int offset, Sections sections, Reading<T> reading)
            throws IOException, ClassNotFoundException {
        return DeepStack.attempt(() -> {
            try (ObjectReader in =
                    new ObjectReader(new ByteArrayInputStream(bytes, offset, bytes.length - offset), sections, this)) {
                return reading.from(in);
            }
        });
    }

    ObjectWriter openStream(OutputStream out) throws IOException {
        return new ObjectWriter(out, this);
    }

    ClassNames names() {
        return names;
    }

    Dialect dialect() {
        return dialect;
    }

    @Nullable
    ObjectInputFilter filter() {
        return filter;
    }

    /** For one message. */
    Reductions reductions() {
        return new Reductions(this, dialect.reducers());
    }
}
