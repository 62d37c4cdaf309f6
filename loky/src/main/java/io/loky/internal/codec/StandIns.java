/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.Handling;
import io.loky.internal.codec.objects.References;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What travels in place of objects that the JDK's object stream refuses, or would silently damage. Thread-safe. */
public final class StandIns {
    private StandIns() {}

    /**
     * What to write for this object: itself, or a stand-in that becomes it again on the other side.
     *
     * @throws UnsendableException if there is an obstacle
     */
    static Object replace(Object object) throws UnsendableException {
        Handling handling = Handling.of(object.getClass());
        if (handling.isAsItIs()) {
            return object;
        }
        String obstacle = handling.obstacle();
        if (obstacle != null) {
            throw new UnsendableException(object.getClass(), obstacle);
        }
        return handling.standIn(object);
    }

    /**
     * Why this object itself cannot leave the process; null if it can. What it refers to is another matter.
     *
     * @return words that follow the name of the class, such as "is not Serializable"
     */
    public static @Nullable String obstacle(Object object) {
        return Handling.of(object.getClass()).obstacle();
    }

    /**
     * Gives the sink each object that this one would take along, under a name: that of a field, {@code [3]} in an array or a
     * collection, {@code keys[3]} and {@code values[3]} in a map, or {@code [name]} for the value of a key that is a text, a
     * number or an enum constant. What a lambda captures is called {@code arg$1}, {@code arg$2} and so on.
     *
     * @param sink gets a name, and the object or null
     */
    public static void references(Object object, BiConsumer<String, @Nullable Object> sink) {
        References.of(object, sink);
    }
}
