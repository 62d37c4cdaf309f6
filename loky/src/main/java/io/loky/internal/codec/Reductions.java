/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.SerializableSupplier;
import io.loky.spi.Reducer;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.OutputStream;
import java.util.IdentityHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the reducers did in one message: each object is reduced once.
 *
 * <p>A recipe that refers to its own object cannot be followed: where the object is needed it does not exist yet, and the
 * reader would put the {@link Reduced} itself there, often unnoticed. The object stream does not tell of the second meeting,
 * since it remembers what was replaced. So each recipe is first written to nowhere, by a stream that has not met the object.
 */
final class Reductions {
    private final ObjectCodec codec;
    private final Reducers reducers;
    private final IdentityHashMap<Object, Reduced> done = new IdentityHashMap<>();

    /** The object whose recipe is being written to nowhere. */
    private @Nullable Object probed;

    Reductions(ObjectCodec codec, Reducers reducers) {
        this.codec = codec;
        this.reducers = reducers;
    }

    /** What to write for this object if it has a reducer, else itself. */
    Object replace(Object object) throws IOException {
        Optional<Reducer<Object>> reducer = reducers.find(object.getClass());
        if (reducer.isEmpty()) {
            return object;
        }
        String type = object.getClass().getName();
        if (object == probed) {
            throw new InvalidObjectException("the supplier that the reducer returned for a " + type
                    + " refers to that object itself; let it capture only what is needed to make another one");
        }
        Reduced reduced = done.get(object);
        if (reduced == null) {
            reduced = new Reduced(type, recipe(reducer.get(), object, type));
            done.put(object, reduced);
        }
        if (probed == null) {
            probe(object, reduced);
        }
        return reduced;
    }

    private static SerializableSupplier<?> recipe(Reducer<Object> reducer, Object object, String type)
            throws IOException {
        SerializableSupplier<?> recipe = reducer.reduce(object);
        if (recipe == null) {
            throw new InvalidObjectException(
                    "the reducer " + reducer.getClass().getName() + " returned null for a " + type);
        }
        return recipe;
    }

    private void probe(Object object, Reduced reduced) throws IOException {
        probed = object;
        try {
            ObjectWriter nowhere = new ObjectWriter(OutputStream.nullOutputStream(), codec, this);
            nowhere.writeObject(reduced.recipe());
        } finally {
            probed = null;
        }
    }
}
