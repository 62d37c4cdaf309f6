/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A way to turn objects into bytes and back. The two methods are called in different JVMs: what one writes in the
 * parent the other reads in a worker, and the reverse for results. The codec itself travels to the workers, so it is
 * serializable.
 *
 * <p>Not available yet: {@code ProcessPoolOptions.Builder.codec} refuses every codec in this version.
 *
 * <p>Implementations are thread-safe: a pool calls one instance from many threads at once. Neither method closes the
 * stream that it is given.
 */
public interface TaskCodec extends Serializable {

    /**
     * Writes one value so that {@link #read} can rebuild it.
     *
     * @param value what to write; {@code null} is a value like any other
     * @param out where to write it; owned by the caller, not to be closed or kept
     * @throws IOException if the value cannot be written: the message names the object that is to blame
     */
    void write(@Nullable Object value, OutputStream out) throws IOException;

    /**
     * Reads one value that {@link #write} wrote.
     *
     * @param in holds exactly the bytes of one value; owned by the caller, not to be closed or kept
     * @param loader finds the classes of the program that created the pool
     * @return the value, possibly {@code null}
     * @throws IOException if the bytes are not what {@code write} writes, or end too early
     * @throws ClassNotFoundException if the loader does not find a class that the value needs
     */
    @Nullable
    Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException;
}
