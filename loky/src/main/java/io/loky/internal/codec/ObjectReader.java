/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.SelfReferences;
import io.loky.internal.codec.objects.StandIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object stream that {@link ObjectWriter} wrote. The JDK's own takes the nearest loader on the stack, which on a thread
 * of the library's own is never the user's.
 */
class ObjectReader extends ObjectInputStream implements StandIn.Source {
    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "boolean", boolean.class,
            "byte", byte.class,
            "char", char.class,
            "short", short.class,
            "int", int.class,
            "long", long.class,
            "float", float.class,
            "double", double.class,
            "void", void.class);

    private final ClassNames names;
    private boolean selfReferenceSuspected;

    ObjectReader(InputStream in, ClassNames names) throws IOException {
        super(in);
        this.names = names;
    }

    /**
     * The next object of the message.
     *
     * @throws IOException also if the object is not what it was, see {@link SelfReferences}
     */
    final @Nullable Object next() throws IOException, ClassNotFoundException {
        Object object = readObject();
        if (selfReferenceSuspected) {
            SelfReferences.check(object);
        }
        return object;
    }

    @Override
    public void suspectSelfReference() {
        selfReferenceSuspected = true;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        Class<?> primitive = PRIMITIVES.get(description.getName());
        return primitive != null ? primitive : names.resolve(description.getName(), this);
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException, ClassNotFoundException {
        return names.resolveProxy(interfaces, this);
    }
}
