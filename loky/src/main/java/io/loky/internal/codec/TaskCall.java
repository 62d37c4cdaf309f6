/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.SerializableFunction;
import io.loky.SerializableSupplier;
import io.loky.internal.codec.objects.Culprits.Root;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.Sections;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is to do: a kind, the user's function object, and for a function its argument.
 *
 * <pre>
 *   kind | 0                      | body      the library's own way
 *   kind | 1, n, n bytes: dialect | body      reducers, or a codec
 *
 *   0 | stream(function [, argument])                      the body
 *   0 | n, n bytes: stream(function) | value               the argument by a codec
 *   1 | compact(function [, argument])                     where both have a compact form
 *   2 | compact(function) | value                          the argument by a codec, where the function has one
 * </pre>
 *
 * Without a codec function and argument share one object stream, or one compact form, so an object that both refer to stays one
 * object: the function itself, for one, which its argument may hold.
 */
public final class TaskCall {
    private enum Kind {
        CALLABLE,
        RUNNABLE,
        SUPPLIER,
        FUNCTION;

        private static final Kind[] ALL = values();
    }

    private static final byte OWN_WAY = 0;
    private static final byte DIALECT = 1;

    private static final byte STREAM = 0;
    private static final byte COMPACT = 1;
    private static final byte COMPACT_FUNCTION = 2;

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

    /** Of one that cannot be sent: the ways to what keeps it here. */
    public List<String> culprits(ObjectCodec codec) {
        return codec.culprits(new Root("the function", function), new Root("the argument", argument));
    }

    /** The class of the user's function object; names the task where the user did not. */
    public Class<?> functionClass() {
        return function.getClass();
    }

    /** For tests. */
    Object function() {
        return function;
    }

    /** What can be said of the argument later, when it is gone; null if there is none. */
    public @Nullable Object argumentSketch() {
        return kind == Kind.FUNCTION ? ArgumentSketch.of(argument) : null;
    }

    /**
     * @throws IOException if the function or its argument cannot be serialized
     */
    public void write(ObjectCodec codec, OutputStream out) throws IOException {
        if (out instanceof FrameBuffer buffer) {
            write(codec, buffer);
        } else {
            FrameBuffer buffer = FrameBuffer.take();
            write(codec, buffer);
            buffer.writeTo(out);
            buffer.giveBack();
        }
    }

    private void write(ObjectCodec codec, FrameBuffer out) throws IOException {
        out.write(kind.ordinal());
        writeDialect(codec, out);
        int start = out.size();
        if (!writeCompact(codec, out, start)) {
            out.truncate(start);
            out.write(STREAM);
            writeStream(codec, out);
        }
    }

    /** False if there is no compact form, and what was written is to be taken back. */
    private boolean writeCompact(ObjectCodec codec, FrameBuffer out, int start) throws IOException {
        CompactWriter writer = new CompactWriter(out, codec);
        if (!writer.attempt(COMPACT, function)) {
            return false;
        }
        if (kind != Kind.FUNCTION) {
            return true;
        }
        if (codec.dialect().codec() != null) {
            out.put(start, COMPACT_FUNCTION);
            codec.write(argument, out);
            return true;
        }
        return writer.attempt(argument);
    }

    private void writeStream(ObjectCodec codec, FrameBuffer out) throws IOException {
        if (kind == Kind.FUNCTION && codec.dialect().codec() != null) {
            int start = out.size();
            out.write(new byte[Integer.BYTES]);
            codec.writeStream(out, function);
            out.putInt(start, out.size() - start - Integer.BYTES);
            codec.write(argument, out);
        } else if (kind == Kind.FUNCTION) {
            codec.writeStream(out, function, argument);
        } else {
            codec.writeStream(out, function);
        }
    }

    static void writeDialect(ObjectCodec codec, OutputStream out) throws IOException {
        Dialect dialect = codec.dialect();
        if (dialect.isOwn()) {
            out.write(OWN_WAY);
        } else {
            byte[] encoded = dialect.encoded(codec.names());
            out.write(DIALECT);
            new DataOutputStream(out).writeInt(encoded.length);
            out.write(encoded);
        }
    }

    /**
     * A task, and how to answer it.
     *
     * @param codec for its result, and for what it throws
     */
    public record Received(TaskCall call, ObjectCodec codec) {}

    /**
     * @param plain the library's own way
     * @param known the dialects that this side has met
     * @param offset where the task begins, behind its {@link TaskHeader}
     * @param sections of its frame, which become a part of the task
     * @throws ClassNotFoundException if a class of the task is not there on this side
     * @throws IOException if an object's own {@code readObject} says so, or the bytes are not a task
     */
    public static Received read(ObjectCodec plain, DecodedDialects known, byte[] bytes, int offset, Sections sections)
            throws IOException, ClassNotFoundException {
        if (bytes.length < offset + 2 || bytes[offset] < 0 || bytes[offset] >= Kind.ALL.length) {
            throw new StreamCorruptedException("a task without a known kind");
        }
        Kind kind = Kind.ALL[bytes[offset]];
        ByteBuffer in = ByteBuffer.wrap(bytes, offset + 2, bytes.length - offset - 2);
        ObjectCodec codec = readDialect(bytes[offset + 1], in, plain, known);
        return new Received(read(kind, codec, bytes, in, sections), codec);
    }

    /**
     * How the worker answers the task.
     *
     * @throws ClassNotFoundException if the class of the task's codec is not there on this side
     * @throws IOException if the codec's own {@code readObject} says so, or the bytes are not a task
     */
    public static ObjectCodec codecOf(ObjectCodec plain, byte[] bytes, int offset)
            throws IOException, ClassNotFoundException {
        if (bytes.length < offset + 2) {
            throw new StreamCorruptedException("a task that ends too early");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, offset + 2, bytes.length - offset - 2);
        return readDialect(bytes[offset + 1], in, plain, new DecodedDialects());
    }

    static ObjectCodec readDialect(byte way, ByteBuffer in, ObjectCodec plain, DecodedDialects known)
            throws IOException, ClassNotFoundException {
        return switch (way) {
            case OWN_WAY -> plain;
            case DIALECT -> plain.with(known.get(part(in), plain.names()));
            default -> throw new StreamCorruptedException("a task in the unknown way " + way);
        };
    }

    private static TaskCall read(Kind kind, ObjectCodec codec, byte[] bytes, ByteBuffer in, Sections sections)
            throws IOException, ClassNotFoundException {
        byte form = in.hasRemaining() ? in.get() : -1;
        return switch (form) {
            case STREAM -> readStream(kind, codec, bytes, in, sections);
            case COMPACT -> {
                yield Objects.requireNonNull(codec.readCompact(bytes, in.position(), sections, compact -> {
                    @Nullable Object[] values = compact.all(kind == Kind.FUNCTION ? 2 : 1);
                    Object function = CompactReader.as(Object.class, values[0]);
                    return new TaskCall(kind, function, kind == Kind.FUNCTION ? values[1] : null);
                }));
            }
            case COMPACT_FUNCTION -> {
                Function first = Objects.requireNonNull(codec.readCompact(
                        bytes,
                        in.position(),
                        sections,
                        compact -> new Function(CompactReader.as(Object.class, compact.next()), compact.position())));
                yield new TaskCall(kind, first.object, codec.read(bytes, first.end, sections));
            }
            default -> throw new StreamCorruptedException("a task in the unknown form " + form);
        };
    }

    /**
     * @param end where the argument begins
     */
    private record Function(Object object, int end) {}

    private static TaskCall readStream(Kind kind, ObjectCodec codec, byte[] bytes, ByteBuffer in, Sections sections)
            throws IOException, ClassNotFoundException {
        if (kind == Kind.FUNCTION && codec.dialect().codec() != null) {
            byte[] function = part(in);
            return new TaskCall(
                    kind,
                    Objects.requireNonNull(
                            codec.readStream(function, 0, sections, stream -> stream.next(Object.class))),
                    codec.read(bytes, in.position(), sections));
        }
        return Objects.requireNonNull(codec.readStream(bytes, in.position(), sections, stream -> {
            Object function = stream.next(Object.class);
            return new TaskCall(kind, function, kind == Kind.FUNCTION ? stream.next() : null);
        }));
    }

    /** A function without argument: its form, and what that says. */
    static void writeFunction(ObjectCodec codec, Object function, FrameBuffer out) throws IOException {
        if (!new CompactWriter(out, codec).attempt(COMPACT, function)) {
            out.write(STREAM);
            codec.writeStream(out, function);
        }
    }

    /** Reads what {@link #writeFunction} wrote, and nothing else. */
    static <T> T readFunction(ObjectCodec codec, byte[] bytes, Sections sections, Class<T> type)
            throws IOException, ClassNotFoundException {
        byte form = bytes.length == 0 ? -1 : bytes[0];
        return switch (form) {
            case STREAM -> Objects.requireNonNull(codec.readStream(bytes, 1, sections, stream -> stream.next(type)));
            case COMPACT ->
                Objects.requireNonNull(
                        codec.readCompact(bytes, 1, sections, compact -> CompactReader.as(type, compact.all(1)[0])));
            default -> throw new StreamCorruptedException("a function in the unknown form " + form);
        };
    }

    static byte[] part(ByteBuffer in) throws StreamCorruptedException {
        int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new StreamCorruptedException("a task that ends too early");
        }
        byte[] part = new byte[length];
        in.get(part);
        return part;
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
