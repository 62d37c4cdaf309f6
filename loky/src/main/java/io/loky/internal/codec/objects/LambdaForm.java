/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.objects.LambdaShape.Kind;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A shape on its way; once in each message, however many lambdas of this shape are in it. Written by hand, of nothing but the
 * user's classes, texts and numbers: a filter that lists the classes of a program knows no collections or enums that the
 * library might use.
 */
final class LambdaForm implements Serializable {
    private static final long serialVersionUID = 1L;

    // serial: what is written is made of the shape by hand
    private transient LambdaShape shape;

    LambdaForm(LambdaShape shape) {
        this.shape = shape;
    }

    LambdaShape shape() {
        return shape;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        out.writeObject(shape.host());
        out.writeInt(shape.interfaces().size());
        for (Class<?> type : shape.interfaces()) {
            out.writeObject(type);
        }
        out.writeUTF(shape.method());
        out.writeInt(shape.types().size());
        for (String type : shape.types()) {
            out.writeUTF(type);
        }
        out.writeObject(shape.owner());
        out.writeUTF(shape.name());
        out.writeUTF(shape.descriptor());
        out.writeByte(shape.kind().ordinal());
        out.writeUTF(shape.instantiated());
        out.writeUTF(shape.captured());
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Class<?> host = readClass(in);
        List<Class<?>> interfaces = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            interfaces.add(readClass(in));
        }
        String method = in.readUTF();
        List<String> types = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            types.add(in.readUTF());
        }
        Class<?> owner = readClass(in);
        String name = in.readUTF();
        String descriptor = in.readUTF();
        int kind = in.readByte();
        if (interfaces.isEmpty() || types.isEmpty() || kind < 0 || kind >= Kind.values().length) {
            throw new InvalidObjectException("a lambda without interface, method or known kind");
        }
        shape = new LambdaShape(
                host,
                interfaces,
                method,
                types,
                owner,
                name,
                descriptor,
                Kind.values()[kind],
                in.readUTF(),
                in.readUTF());
    }

    private static Class<?> readClass(ObjectInputStream in) throws IOException, ClassNotFoundException {
        if (in.readObject() instanceof Class<?> type) {
            return type;
        }
        throw new InvalidObjectException("a lambda with something else in place of a class");
    }
}
