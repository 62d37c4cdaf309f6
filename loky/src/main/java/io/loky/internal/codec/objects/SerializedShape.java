/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.JdkInternals;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a lambda that is Serializable says of itself, but for what it captures: a {@link SerializedLambda} without values. Its
 * host is the one class that is named as such, as in an object stream; all else is text, which the host compares.
 *
 * @param host the class that contains the lambda
 * @param texts the interface, its method, the descriptor of that; the owner, the name and the descriptor of the method behind;
 *     the instantiated descriptor
 * @param kind how the method behind is called
 * @param captures how many values
 */
record SerializedShape(Class<?> host, List<String> texts, int kind, int captures) implements DescribedLambda {
    private static final int TEXTS = 7;

    /**
     * @throws ReflectiveOperationException if the lambda is written otherwise
     */
    static SerializedShape of(Object lambda) throws ReflectiveOperationException {
        Class<?> type = lambda.getClass();
        Method writeReplace = type.getDeclaredMethod("writeReplace");
        JdkInternals.open(writeReplace);
        int captures = LambdaShape.fieldsOf(type).length;
        if (!(writeReplace.invoke(lambda) instanceof SerializedLambda form) || form.getCapturedArgCount() != captures) {
            throw new NoSuchMethodException(type.getName() + " is written as something else than a lambda");
        }
        return new SerializedShape(
                Class.forName(form.getCapturingClass().replace('/', '.'), false, type.getClassLoader()),
                List.of(
                        form.getFunctionalInterfaceClass(),
                        form.getFunctionalInterfaceMethodName(),
                        form.getFunctionalInterfaceMethodSignature(),
                        form.getImplClass(),
                        form.getImplMethodName(),
                        form.getImplMethodSignature(),
                        form.getInstantiatedMethodType()),
                form.getImplMethodKind(),
                captures);
    }

    /** The host comes first, by its name. */
    void write(DataOutput out) throws IOException {
        out.writeUTF(host.getName());
        for (String text : texts) {
            out.writeUTF(text);
        }
        out.writeByte(kind);
        out.writeByte(captures); // a method takes no more than 255
    }

    /** Reads what {@link #write} wrote. */
    static SerializedShape read(DataInput in, LambdaTable.Names names, DataInput loaders)
            throws IOException, ClassNotFoundException {
        String host = in.readUTF();
        String[] texts = new String[TEXTS];
        for (int i = 0; i < TEXTS; i++) {
            texts[i] = in.readUTF();
        }
        int kind = in.readByte();
        int captures = in.readUnsignedByte();
        return new SerializedShape(names.resolve(host, loaders), List.of(texts), kind, captures);
    }

    @Override
    public List<Class<?>> classes() {
        return List.of(host);
    }

    @Override
    public SerializedLambda standIn(@Nullable Object[] values) {
        return new SerializedLambda(
                host,
                texts.get(0),
                texts.get(1),
                texts.get(2),
                kind,
                texts.get(3),
                texts.get(4),
                texts.get(5),
                texts.get(6),
                values);
    }

    /** By hand: what a record makes by itself costs the first task of a worker milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SerializedShape that
                && host == that.host
                && texts.equals(that.texts)
                && kind == that.kind
                && captures == that.captures;
    }

    @Override
    public int hashCode() {
        return 31 * texts.hashCode() + kind;
    }
}
