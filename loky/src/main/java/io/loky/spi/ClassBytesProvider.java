/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import org.jspecify.annotations.Nullable;

/**
 * Knows the class files of classes whose class loader does not give them away, or not as it has defined them.
 *
 * <p>Workers get the classes that a task needs from the parent. The parent asks the class's loader for the resource
 * {@code some/package/Name.class}; most loaders answer, also those that compile in memory. For one that does not, or that
 * changes what it has read before it defines the class, a program registers an implementation of this interface as a
 * service (see {@link java.util.ServiceLoader}), visible to that class loader. It is asked in the parent only, about each
 * class that is sent, and before the loader: what it says holds. What it throws is told in the log and, if nobody else has
 * the class file, in the exception of the task; then the next provider is asked, and then the loader.
 *
 * <p>Implementations are thread-safe: they are called on threads of the library, several at a time. One instance of each class
 * is kept as long as the class itself, for all pools; where two threads are the first, one more is made and dropped. If a
 * module provides it with a method {@code provider()} that is declared to return an interface or an abstract class, that
 * method is called each time.
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
