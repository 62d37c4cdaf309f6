/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.temporal.TemporalQueries;
import java.time.temporal.TemporalQuery;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stands for a value of the JDK that has no serialized form but a public way to make it from its parts. */
final class JdkValue implements StandIn {
    private static final long serialVersionUID = 1L;

    private enum Kind {
        OPTIONAL,
        OPTIONAL_INT,
        OPTIONAL_LONG,
        OPTIONAL_DOUBLE,
        PATH,
        PATH_OF_URI,
        CHARSET,
        LOGGER,
        SYSTEM_LOGGER,
        FIELD,
        METHOD,
        CONSTRUCTOR,
        BYTE_BUFFER,
        ENTRY,
        IMMUTABLE_ENTRY,
        OBJECT,
        TEMPORAL_QUERY;

        private static final Kind[] ALL = values();
    }

    /** In a buffer's flags. */
    private static final int READ_ONLY = 1;

    private static final int LITTLE_ENDIAN = 2;
    private static final int DIRECT = 4;

    private static final Map<String, TemporalQuery<?>> QUERIES = Map.of(
            "zoneId", TemporalQueries.zoneId(),
            "chronology", TemporalQueries.chronology(),
            "precision", TemporalQueries.precision(),
            "zone", TemporalQueries.zone(),
            "offset", TemporalQueries.offset(),
            "localDate", TemporalQueries.localDate(),
            "localTime", TemporalQueries.localTime());

    private final transient Kind kind;
    private final transient @Nullable Object[] parts;
    private transient @Nullable Object value;

    private JdkValue(Kind kind, @Nullable Object... parts) {
        this.kind = kind;
        this.parts = parts;
    }

    /** What to do with objects of a class of the JDK, or of one that stands for something of the JDK's; else null. */
    static @Nullable Handling handling(Class<?> type) {
        if (Path.class.isAssignableFrom(type)) {
            return Handling.with(path -> ofPath((Path) path)); // also of file systems that are not the JDK's
        }
        if (Charset.class.isAssignableFrom(type)) {
            return Handling.with(charset -> new JdkValue(Kind.CHARSET, ((Charset) charset).name()));
        }
        if (!JdkClasses.isJdk(type)) {
            return null;
        }
        if (type == Object.class) {
            return Handling.with(object -> new JdkValue(Kind.OBJECT));
        }
        if (type == Optional.class) {
            return Handling.with(value -> new JdkValue(Kind.OPTIONAL, ((Optional<?>) value).orElse(null)));
        }
        if (type == OptionalInt.class) {
            return Handling.with(value -> {
                OptionalInt optional = (OptionalInt) value;
                return new JdkValue(Kind.OPTIONAL_INT, optional.isPresent() ? (Object) optional.getAsInt() : null);
            });
        }
        if (type == OptionalLong.class) {
            return Handling.with(value -> {
                OptionalLong optional = (OptionalLong) value;
                return new JdkValue(Kind.OPTIONAL_LONG, optional.isPresent() ? (Object) optional.getAsLong() : null);
            });
        }
        if (type == OptionalDouble.class) {
            return Handling.with(value -> {
                OptionalDouble optional = (OptionalDouble) value;
                return new JdkValue(
                        Kind.OPTIONAL_DOUBLE, optional.isPresent() ? (Object) optional.getAsDouble() : null);
            });
        }
        if (type == Field.class) {
            return Handling.with(value -> {
                Field field = (Field) value;
                return new JdkValue(Kind.FIELD, field.getDeclaringClass(), field.getName());
            });
        }
        if (type == Method.class) {
            return Handling.with(value -> ofMethod((Method) value));
        }
        if (type == Constructor.class) {
            return Handling.with(value -> ofConstructor((Constructor<?>) value));
        }
        if (ByteBuffer.class.isAssignableFrom(type)) {
            return Handling.with(buffer -> ofBuffer((ByteBuffer) buffer));
        }
        if (System.Logger.class.isAssignableFrom(type)) {
            return Handling.with(logger -> new JdkValue(Kind.SYSTEM_LOGGER, ((System.Logger) logger).getName()));
        }
        if (type.getModule().getName().equals("java.logging") && isLogger(type)) {
            return Handling.with(logger -> new JdkValue(Kind.LOGGER, nameOfLogger(logger)));
        }
        if (Map.Entry.class.isAssignableFrom(type)) {
            Kind kind = type.getName().equals("java.util.KeyValueHolder") ? Kind.IMMUTABLE_ENTRY : Kind.ENTRY;
            return Handling.with(value -> {
                Map.Entry<?, ?> entry = (Map.Entry<?, ?>) value;
                return new JdkValue(kind, entry.getKey(), entry.getValue());
            });
        }
        if (Map.class.isAssignableFrom(type)
                || (Collection.class.isAssignableFrom(type) && !BlockingQueue.class.isAssignableFrom(type))) {
            return Handling.with(CollectionCopy::of);
        }
        if (TemporalQuery.class.isAssignableFrom(type)) {
            return Handling.with(JdkValue::ofQuery);
        }
        return null;
    }

    private static JdkValue ofPath(Path path) {
        return path.getFileSystem() == FileSystems.getDefault()
                ? new JdkValue(Kind.PATH, path.toString())
                : new JdkValue(Kind.PATH_OF_URI, path.toUri().toString());
    }

    private static JdkValue ofMethod(Method method) {
        return new JdkValue(Kind.METHOD, parts(method, method.getName(), method.getReturnType()));
    }

    private static JdkValue ofConstructor(Constructor<?> constructor) {
        return new JdkValue(Kind.CONSTRUCTOR, parts(constructor));
    }

    /** The class, something, and the types of the parameters: no array, about which a filter would be asked. */
    private static Object[] parts(Executable executable, Object... more) {
        return Stream.of(
                        Stream.of(executable.getDeclaringClass()),
                        Stream.of(more),
                        Stream.of(executable.getParameterTypes()))
                .flatMap(part -> part)
                .toArray();
    }

    private static JdkValue ofBuffer(ByteBuffer buffer) {
        byte[] content = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(content);
        int flags = (buffer.isReadOnly() ? READ_ONLY : 0)
                | (buffer.order() == ByteOrder.LITTLE_ENDIAN ? LITTLE_ENDIAN : 0)
                | (buffer.isDirect() ? DIRECT : 0);
        return new JdkValue(Kind.BYTE_BUFFER, content, buffer.position(), buffer.limit(), flags);
    }

    private static Object ofQuery(Object query) {
        for (Map.Entry<String, TemporalQuery<?>> known : QUERIES.entrySet()) {
            if (known.getValue() == query) {
                return new JdkValue(Kind.TEMPORAL_QUERY, known.getKey());
            }
        }
        return query; // the stream will refuse it by its name
    }

    // The module java.logging need not be there: by reflection.

    private static boolean isLogger(Class<?> type) {
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            if (level.getName().equals("java.util.logging.Logger")) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Object nameOfLogger(Object logger) {
        try {
            return Class.forName("java.util.logging.Logger")
                    .getMethod("getName")
                    .invoke(logger);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // a public method without effects
        }
    }

    private static Object loggerNamed(@Nullable Object name) throws ReflectiveOperationException {
        Class<?> type = Class.forName("java.util.logging.Logger");
        return name == null
                ? type.getMethod("getAnonymousLogger").invoke(null)
                : type.getMethod("getLogger", String.class).invoke(null, name);
    }

    @Override
    public @Nullable Object fresh() {
        return kind == Kind.BYTE_BUFFER ? parts[0] : null;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        out.writeByte(kind.ordinal());
        out.writeShort(parts.length);
        for (Object part : parts) {
            writePart(part, out);
        }
    }

    /** Numbers without their boxes, about which a filter would be asked. */
    private static void writePart(@Nullable Object part, ObjectOutputStream out) throws IOException {
        if (part instanceof Integer number) {
            out.writeByte('I');
            out.writeInt(number);
        } else if (part instanceof Long number) {
            out.writeByte('J');
            out.writeLong(number);
        } else if (part instanceof Double number) {
            out.writeByte('D');
            out.writeDouble(number);
        } else {
            out.writeByte('L');
            out.writeObject(part);
        }
    }

    private static @Nullable Object readPart(ObjectInputStream in) throws IOException, ClassNotFoundException {
        return switch (in.readByte()) {
            case 'I' -> in.readInt();
            case 'J' -> in.readLong();
            case 'D' -> in.readDouble();
            default -> StandIn.read(in);
        };
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Place place = Place.in(in);
        int number = in.readByte();
        if (number < 0 || number >= Kind.ALL.length) {
            throw new InvalidObjectException("a value of the unknown kind " + number);
        }
        Kind read = Kind.ALL[number];
        @Nullable Object[] content = new @Nullable Object[in.readUnsignedShort()];
        for (int i = 0; i < content.length; i++) {
            content[i] = readPart(in);
        }
        Class<?> type = typeWithEffects(read);
        if (type != null) {
            place.ask(type);
        }
        try {
            value = rebuild(read, content);
        } catch (ReflectiveOperationException | RuntimeException e) {
            InvalidObjectException invalid = new InvalidObjectException("a " + read + " cannot be made here: " + e);
            invalid.initCause(e);
            throw invalid;
        }
    }

    /** What it is, if something else comes to be when it is made. */
    private static @Nullable Class<?> typeWithEffects(Kind kind) throws ClassNotFoundException {
        return switch (kind) {
            case PATH_OF_URI -> Path.class;
            case LOGGER -> Class.forName("java.util.logging.Logger");
            case SYSTEM_LOGGER -> System.Logger.class;
            default -> null;
        };
    }

    private @Nullable Object readResolve() {
        return value;
    }

    @SuppressWarnings("NullAway") // where a part must not be null, the exception is caught above
    private static Object rebuild(Kind kind, @Nullable Object[] parts) throws ReflectiveOperationException {
        return switch (kind) {
            case OPTIONAL -> Optional.ofNullable(parts[0]);
            case OPTIONAL_INT -> parts[0] == null ? OptionalInt.empty() : OptionalInt.of((Integer) parts[0]);
            case OPTIONAL_LONG -> parts[0] == null ? OptionalLong.empty() : OptionalLong.of((Long) parts[0]);
            case OPTIONAL_DOUBLE -> parts[0] == null ? OptionalDouble.empty() : OptionalDouble.of((Double) parts[0]);
            case PATH -> Path.of((String) parts[0]);
            case PATH_OF_URI -> Path.of(URI.create((String) parts[0]));
            case CHARSET -> Charset.forName((String) parts[0]);
            case LOGGER -> loggerNamed(parts[0]);
            case SYSTEM_LOGGER -> System.getLogger((String) parts[0]);
            case FIELD -> ((Class<?>) parts[0]).getDeclaredField((String) parts[1]);
            case METHOD -> method((Class<?>) parts[0], (String) parts[1], (Class<?>) parts[2], types(parts, 3));
            case CONSTRUCTOR -> ((Class<?>) parts[0]).getDeclaredConstructor(types(parts, 1));
            case BYTE_BUFFER -> buffer((byte[]) parts[0], (Integer) parts[1], (Integer) parts[2], (Integer) parts[3]);
            case ENTRY -> new AbstractMap.SimpleEntry<>(parts[0], parts[1]);
            case IMMUTABLE_ENTRY -> Map.entry(parts[0], parts[1]);
            case OBJECT -> new Object();
            case TEMPORAL_QUERY -> QUERIES.get((String) parts[0]);
        };
    }

    private static Class<?>[] types(@Nullable Object[] parts, int from) {
        return Arrays.stream(parts).skip(from).toArray(Class<?>[]::new);
    }

    /** The one with this type of result: a bridge has the same name and parameters as the method that it leads to. */
    private static Method method(Class<?> owner, String name, Class<?> result, Class<?>[] parameters)
            throws NoSuchMethodException {
        for (Method method : owner.getDeclaredMethods()) {
            if (method.getName().equals(name)
                    && method.getReturnType() == result
                    && Arrays.equals(method.getParameterTypes(), parameters)) {
                return method;
            }
        }
        throw new NoSuchMethodException(
                owner.getName() + " has no method " + name + " with these parameters and result");
    }

    private static ByteBuffer buffer(byte[] content, int position, int limit, int flags) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        if ((flags & DIRECT) != 0) {
            buffer = ByteBuffer.allocateDirect(content.length).put(content);
        }
        buffer.limit(limit).position(position);
        if ((flags & READ_ONLY) != 0) {
            buffer = buffer.asReadOnlyBuffer();
        }
        return buffer.order((flags & LITTLE_ENDIAN) != 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    @Override
    public String toString() {
        return "a value of the JDK"; // what is in it may not be there yet
    }
}
