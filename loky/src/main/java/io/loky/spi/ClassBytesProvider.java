/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import org.jspecify.annotations.Nullable;

/**
 * Knows the class files of classes whose class loader does not give them away.
 *
 * <p>Workers get the classes that a task needs from the parent. The parent asks the class's loader for the resource
 * {@code some/package/Name.class}; most loaders answer, also those that compile in memory. For one that does not, a program
 * registers an implementation of this interface as a service (see {@link java.util.ServiceLoader}), visible to that class
 * loader. It is asked in the parent only, and only when the loader itself has no answer.
 *
 * <p>Implementations are thread-safe: they are called on threads of the library, several at a time.
 */
public interface ClassBytesProvider {

    /**
     * The class file from which a class was made.
     *
     * @param type a class of the program; never null, a primitive or an array
     * @return the bytes of the class file, not to be changed afterwards; null if this provider does not know the class
     */
    byte @Nullable [] bytesOf(Class<?> type);
}
