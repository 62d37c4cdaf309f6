/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.LambdaTable;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** How one side says which class it means, and finds the class that the other side means. Thread-safe. */
public interface ClassNames extends LambdaTable.Names {
    /** Writes, next to its name, what the other side needs to find this class. */
    void annotate(Class<?> type, DataOutput out) throws IOException;

    /**
     * Reads what {@link #annotate} wrote, and finds the class. Does not initialize it.
     *
     * @throws ClassNotFoundException if it is not there on this side
     */
    @Override
    Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException;

    /** The same for the class of a dynamic proxy with these interfaces. */
    Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException;

    /** Finds the classes of the task, for what names classes in its own way. */
    ClassLoader loader();

    /** Sees to it that this object stays as long as the message may be read: there is only a {@link Kept reference} to it in there. */
    default void keep(Object object) {}

    /** The lambdas that have been read before by names as these: what {@link #annotate} writes means the same in each of them. */
    LambdaTable lambdas();

    /** Names without further ado: one loader finds all classes. */
    static ClassNames of(@Nullable ClassLoader loader) {
        return new ClassNames() {
            private final LambdaTable lambdas = new LambdaTable();

            @Override
            public LambdaTable lambdas() {
                return lambdas;
            }

            @Override
            public void annotate(Class<?> type, DataOutput out) {}

            @Override
            public Class<?> resolve(String name, DataInput in) throws ClassNotFoundException {
                return Class.forName(name, false, loader);
            }

            @Override
            public Class<?> resolveProxy(String[] interfaces, DataInput in) throws ClassNotFoundException {
                return proxy(interfaces, loader);
            }

            @Override
            public ClassLoader loader() {
                return loader == null ? ClassLoader.getSystemClassLoader() : loader;
            }
        };
    }

    /** The class of proxies with these interfaces, all of which the loader finds. Initializes none of them. */
    @SuppressWarnings("deprecation") // an instance would initialize the interfaces before a filter has seen them
    static Class<?> proxy(String[] interfaces, @Nullable ClassLoader loader) throws ClassNotFoundException {
        Class<?>[] classes = new Class<?>[interfaces.length];
        ClassLoader home = loader;
        for (int i = 0; i < interfaces.length; i++) {
            classes[i] = Class.forName(interfaces[i], false, loader);
            if (!Modifier.isPublic(classes[i].getModifiers())) {
                home = classes[i].getClassLoader(); // the only one in which a proxy may see it
            }
        }
        return Proxy.getProxyClass(home, classes);
    }
}
