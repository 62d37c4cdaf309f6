/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.objects.LambdaShape.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link DescribedLambda} as bytes, but for the loaders of its classes:
 *
 * <pre>
 *   0                                     of a {@link LambdaShape}
 *   number of classes, their names        each once; the first is the host
 *   number of interfaces, their indexes | method | number of types, types
 *   index of the owner | name | descriptor | kind | instantiated | captured
 *
 *   1                                     of a {@link SerializedShape}
 *   name of the host | texts | kind | captures
 * </pre>
 *
 * Texts in modified UTF-8, numbers in one byte.
 */
final class LambdaDescription {
    private static final byte PLAIN = 0;
    private static final byte SERIALIZED = 1;

    private LambdaDescription() {}

    static byte[] write(SerializedShape shape) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(SERIALIZED);
        shape.write(out);
        return bytes.toByteArray();
    }

    /**
     * @throws IOException if it has more of something than such a description can hold
     */
    static byte[] write(LambdaShape shape) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(PLAIN);
        List<Class<?>> classes = shape.classes();
        writeSmall(classes.size(), out);
        for (Class<?> type : classes) {
            out.writeUTF(type.getName());
        }
        writeSmall(shape.interfaces().size(), out);
        for (Class<?> type : shape.interfaces()) {
            writeSmall(classes.indexOf(type), out);
        }
        out.writeUTF(shape.method());
        writeSmall(shape.types().size(), out);
        for (String type : shape.types()) {
            out.writeUTF(type);
        }
        writeSmall(classes.indexOf(shape.owner()), out);
        out.writeUTF(shape.name());
        out.writeUTF(shape.descriptor());
        out.writeByte(shape.kind().ordinal());
        out.writeUTF(shape.instantiated());
        out.writeUTF(shape.captured());
        return bytes.toByteArray();
    }

    private static void writeSmall(int number, DataOutputStream out) throws IOException {
        if (number > Byte.MAX_VALUE) {
            throw new IOException("a lambda with " + number + " interfaces or methods");
        }
        out.writeByte(number);
    }

    /**
     * @param names finds the classes: one after the other, when all of the description has been read
     * @param loaders what was said about their loaders
     * @throws ClassNotFoundException if a class is not there
     * @throws IOException if it is no such description
     */
    static DescribedLambda read(DataInput in, LambdaTable.Names names, DataInput loaders)
            throws IOException, ClassNotFoundException {
        byte form = in.readByte();
        return switch (form) {
            case PLAIN -> readPlain(in, names, loaders);
            case SERIALIZED -> SerializedShape.read(in, names, loaders);
            default -> throw new StreamCorruptedException("a lambda in the unknown form " + form);
        };
    }

    private static LambdaShape readPlain(DataInput in, LambdaTable.Names names, DataInput loaders)
            throws IOException, ClassNotFoundException {
        List<String> classNames = new ArrayList<>();
        for (int i = in.readByte(); i > 0; i--) {
            classNames.add(in.readUTF());
        }
        List<Integer> interfaces = new ArrayList<>();
        for (int i = in.readByte(); i > 0; i--) {
            interfaces.add(readIndex(in, classNames));
        }
        String method = in.readUTF();
        List<String> types = new ArrayList<>();
        for (int i = in.readByte(); i > 0; i--) {
            types.add(in.readUTF());
        }
        int owner = readIndex(in, classNames);
        String name = in.readUTF();
        String descriptor = in.readUTF();
        int kind = in.readByte();
        String instantiated = in.readUTF();
        String captured = in.readUTF();
        if (classNames.isEmpty()
                || interfaces.isEmpty()
                || types.isEmpty()
                || kind < 0
                || kind >= Kind.values().length) {
            throw new StreamCorruptedException("a lambda without interface, method or known kind");
        }
        List<Class<?>> classes = new ArrayList<>();
        for (String className : classNames) {
            classes.add(names.resolve(className, loaders));
        }
        List<Class<?>> faces = new ArrayList<>();
        for (int index : interfaces) {
            faces.add(classes.get(index));
        }
        return new LambdaShape(
                classes.get(0),
                faces,
                method,
                types,
                classes.get(owner),
                name,
                descriptor,
                Kind.values()[kind],
                instantiated,
                captured);
    }

    private static int readIndex(DataInput in, List<String> names) throws IOException {
        int index = in.readByte();
        if (index < 0 || index >= names.size()) {
            throw new StreamCorruptedException("a lambda with class " + index + " of " + names.size());
        }
        return index;
    }
}
