/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;

/**
 * Makes objects without calling a constructor of their class, as serialization does: with the factory that the module
 * {@code jdk.unsupported} keeps for serialization libraries.
 */
public final class Instantiator {
    private Instantiator() {}

    /**
     * A constructor of objects of this type that runs only the given constructor of a superclass.
     *
     * @throws ReflectiveOperationException if the runtime has no {@code jdk.unsupported}
     */
    public static Constructor<?> forSerialization(Class<?> type, Constructor<?> ofSuperclass)
            throws ReflectiveOperationException {
        // by its name: a JVM without that module still does all that needs no such objects
        Class<?> factoryClass = Class.forName("sun.reflect.ReflectionFactory");
        Object factory = factoryClass.getMethod("getReflectionFactory").invoke(null);
        try {
            return (Constructor<?>) factoryClass
                    .getMethod("newConstructorForSerialization", Class.class, Constructor.class)
                    .invoke(factory, type, ofSuperclass);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(
                    "no constructor of " + type.getName() + " by " + ofSuperclass, e.getCause());
        }
    }
}
