/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.JdkInternals;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** One field: its value to the stream and back, without boxes. Thread-safe. */
final class FieldAccess {
    private final Field field;
    private final char kind;
    private final boolean isCache;

    FieldAccess(Field field) {
        JdkInternals.open(field);
        this.field = field;
        this.kind = field.getType().descriptorString().charAt(0);
        this.isCache = JdkClasses.isCache(field);
    }

    static FieldAccess[] of(Field[] fields) {
        return Arrays.stream(fields).map(FieldAccess::new).toArray(FieldAccess[]::new);
    }

    void write(Object object, ObjectOutputStream out) throws IOException {
        try {
            switch (kind) {
                case 'Z' -> out.writeBoolean(field.getBoolean(object));
                case 'B' -> out.writeByte(field.getByte(object));
                case 'C' -> out.writeChar(field.getChar(object));
                case 'S' -> out.writeShort(field.getShort(object));
                case 'I' -> out.writeInt(field.getInt(object));
                case 'J' -> out.writeLong(field.getLong(object));
                case 'F' -> out.writeFloat(field.getFloat(object));
                case 'D' -> out.writeDouble(field.getDouble(object));
                default -> out.writeObject(isCache ? new HashMap<>() : field.get(object));
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // it was opened
        }
    }

    /**
     * Writes a value that is in no field yet.
     *
     * @param kind the first letter of the field's descriptor
     * @throws InvalidObjectException if the field holds a primitive, and this is none of them
     */
    static void write(char kind, @Nullable Object value, ObjectOutputStream out) throws IOException {
        if (kind == 'Z' && value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (kind == 'B' && value instanceof Byte number) {
            out.writeByte(number);
        } else if (kind == 'C' && value instanceof Character character) {
            out.writeChar(character);
        } else if (kind == 'S' && value instanceof Short number) {
            out.writeShort(number);
        } else if (kind == 'I' && value instanceof Integer number) {
            out.writeInt(number);
        } else if (kind == 'J' && value instanceof Long number) {
            out.writeLong(number);
        } else if (kind == 'F' && value instanceof Float number) {
            out.writeFloat(number);
        } else if (kind == 'D' && value instanceof Double number) {
            out.writeDouble(number);
        } else if (kind == 'L' || kind == '[') {
            out.writeObject(value);
        } else {
            throw new InvalidObjectException("a field of the type " + kind + " cannot hold a "
                    + (value == null ? "null" : value.getClass().getName()));
        }
    }

    /** The next value. */
    @Nullable
    Object read(ObjectInputStream in) throws IOException, ClassNotFoundException {
        return switch (kind) {
            case 'Z' -> in.readBoolean();
            case 'B' -> in.readByte();
            case 'C' -> in.readChar();
            case 'S' -> in.readShort();
            case 'I' -> in.readInt();
            case 'J' -> in.readLong();
            case 'F' -> in.readFloat();
            case 'D' -> in.readDouble();
            default -> StandIn.read(in);
        };
    }

    /** Gives the field of an object the next value. */
    void read(Object object, ObjectInputStream in) throws IOException, ClassNotFoundException {
        try {
            switch (kind) {
                case 'Z' -> field.setBoolean(object, in.readBoolean());
                case 'B' -> field.setByte(object, in.readByte());
                case 'C' -> field.setChar(object, in.readChar());
                case 'S' -> field.setShort(object, in.readShort());
                case 'I' -> field.setInt(object, in.readInt());
                case 'J' -> field.setLong(object, in.readLong());
                case 'F' -> field.setFloat(object, in.readFloat());
                case 'D' -> field.setDouble(object, in.readDouble());
                default -> field.set(object, StandIn.read(in));
            }
        } catch (IllegalAccessException | IllegalArgumentException e) {
            // IllegalArgumentException: the value came back as something else, by its class's own readResolve
            InvalidObjectException invalid =
                    new InvalidObjectException("the field " + field + " cannot take its value: " + e.getMessage());
            invalid.initCause(e);
            throw invalid;
        }
    }

    @Override
    public int hashCode() { // the same in every JVM
        return field.getDeclaringClass().getName().hashCode() * 31 * 31
                + field.getName().hashCode() * 31
                + field.getType().getName().hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldAccess that && field.equals(that.field);
    }
}
