/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A way to turn data into bytes and back: the arguments of tasks ({@code submitWith}, the items of {@code map}) and their
 * results. Each argument and each result is one value, that of a runnable ({@code null}) included.
 *
 * <p>The rest always travels the library's own way: the function of a task with all that it captures, since it is mostly a
 * lambda, which few serializers know, and exceptions. So data that should travel by the codec is passed as an argument, not
 * captured. What a function and its argument both refer to arrives as two objects.
 *
 * <p>The two methods are called in different JVMs: what one writes in the parent the other reads in a worker, and the
 * reverse for results. The codec itself travels to the workers, serialized the library's own way when it is first used; what
 * changes in it afterwards they do not see. A worker keeps the last few codecs that it got, so that they may hold caches.
 *
 * <p>A codec that fails, whatever it throws, that leaves bytes unread or closes the stream harms the future of that one
 * value: it fails with a {@link io.loky.TaskSerializationException} or a {@link io.loky.ResultSerializationException} that
 * names the class of the codec. No worker is lost. That a codec gives back another value than it was given, nobody can tell.
 *
 * <p>Implementations are thread-safe: a pool calls one instance from many threads at once. Neither method closes the
 * stream that it is given.
 */
public interface TaskCodec extends Serializable {

    /**
     * Writes one value so that {@link #read} can rebuild it.
     *
     * @param value what to write; {@code null} is a value like any other
     * @param out where to write it; owned by the caller, not to be closed or kept: after this call it takes nothing more
     * @throws IOException if the value cannot be written: the message names the object that is to blame
     */
    void write(@Nullable Object value, OutputStream out) throws IOException;

    /**
     * Reads one value that {@link #write} wrote.
     *
     * @param in holds exactly the bytes of one value, all of which have to be read; owned by the caller, not to be closed or
     *     kept
     * @param loader finds the classes of the task; in a worker that is not the loader of the codec's own class in general
     * @return the value, possibly {@code null}
     * @throws IOException if the bytes are not what {@code write} writes, or end too early
     * @throws ClassNotFoundException if the loader does not find a class that the value needs
     */
    @Nullable
    Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException;
}
