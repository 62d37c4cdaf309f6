/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Resolves classes with a given loader. The plain stream takes the nearest loader on the stack, which on a thread of the
 * library's own is never the user's.
 */
class LoaderObjectInputStream extends ObjectInputStream {
    private final @Nullable ClassLoader loader;

    LoaderObjectInputStream(InputStream in, @Nullable ClassLoader loader) throws IOException {
        super(in);
        this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        try {
            return Class.forName(description.getName(), false, loader);
        } catch (ClassNotFoundException e) {
            return super.resolveClass(description); // knows the primitive types
        }
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException, ClassNotFoundException {
        Class<?>[] classes = new Class<?>[interfaces.length];
        ClassLoader home = loader;
        for (int i = 0; i < interfaces.length; i++) {
            classes[i] = Class.forName(interfaces[i], false, loader);
            if (!Modifier.isPublic(classes[i].getModifiers())) {
                home = classes[i].getClassLoader(); // the only one in which a proxy may see it
            }
        }
        return Proxy.newProxyInstance(home, classes, (proxy, method, args) -> null)
                .getClass();
    }
}
