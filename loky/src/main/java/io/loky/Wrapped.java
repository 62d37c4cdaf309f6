/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;

/**
 * A value in a wrapping that every serializer can take: inside, the value travels the library's own way, which takes more
 * kinds of objects. Made by {@link Loky#wrap}.
 *
 * <p>The value is encoded each time that the handle is serialized, and decoded when the handle is deserialized, as a message
 * of its own: what the value shares with other objects of the outer message is not shared afterwards. A handle that occurs
 * twice in a message stays one handle with one value. A value that refers to its own handle cannot be serialized.
 *
 * <p>A filter of the stream that the handle is read from is asked about the value's classes, too.
 *
 * <p>As thread-safe as the value.
 *
 * @param <T> the type of the value
 */
public interface Wrapped<T> extends Serializable {

    /**
     * Returns the value: in the JVM in which the handle was made the very object that was wrapped, elsewhere a copy.
     *
     * @return the value; {@code null} if that was wrapped
     */
    T get();
}
