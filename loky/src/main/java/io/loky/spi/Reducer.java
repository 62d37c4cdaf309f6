/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import io.loky.SerializableSupplier;
import java.io.IOException;
import java.io.Serializable;

/**
 * Says how objects of one type travel between JVMs: instead of the object goes a recipe, which the other JVM follows. For
 * objects that serialization cannot or should not take apart, such as connections and handles of native libraries.
 *
 * <pre>{@code
 * ProcessPoolOptions options = ProcessPoolOptions.builder()
 *         .reducer(Connection.class, connection -> {
 *             String url = connection.url(); // captured by the recipe, which must not capture the connection
 *             return () -> Connection.open(url);
 *         })
 *         .build();
 * }</pre>
 *
 * <p>A reducer is used in the parent for tasks and in the workers for results and exceptions, to which it travels with
 * the tasks; so it is serializable. Within one message each object is reduced once and rebuilt once, however often it
 * occurs. The recipe may refer to other objects that are reduced, but on no path to its own object.
 *
 * <p>Implementations are thread-safe: a pool calls one instance from many threads at once.
 *
 * @param <T> the type of the objects
 */
@FunctionalInterface
public interface Reducer<T> extends Serializable {

    /**
     * Returns the recipe for one object.
     *
     * @param value the object; never {@code null}
     * @return a serializable supplier, never {@code null}; called once in the other JVM, where it returns the object to be
     *     used there, never {@code null}
     * @throws IOException if this object cannot travel; the future that it belongs to fails with the message
     */
    SerializableSupplier<? extends T> reduce(T value) throws IOException;
}
