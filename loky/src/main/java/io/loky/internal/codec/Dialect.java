/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.spi.Reducer;
import io.loky.spi.TaskCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In what the messages of a task differ from the library's own way: a codec of the user's for the data, reducers for objects
 * that are not data. Each task begins with it, so that the worker answers in the same dialect. Thread-safe.
 */
public final class Dialect implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The library's own way. */
    public static final Dialect OWN = new Dialect(null, Reducers.NONE);

    private final @Nullable TaskCodec codec;
    private final Reducers reducers;

    /** Made once, when it is first needed: codecs are few, and tasks many. Two threads may both make it. */
    private transient volatile byte @Nullable [] encoded;

    private Dialect(@Nullable TaskCodec codec, Reducers reducers) {
        this.codec = codec;
        this.reducers = reducers;
    }

    public static Dialect of(@Nullable TaskCodec codec, Map<Class<?>, Reducer<?>> reducers) {
        return codec == null && reducers.isEmpty() ? OWN : new Dialect(codec, Reducers.of(reducers));
    }

    /** The same reducers with another codec. */
    Dialect with(@Nullable TaskCodec other) {
        return other == null && reducers.isEmpty() ? OWN : new Dialect(other, reducers);
    }

    @Nullable
    TaskCodec codec() {
        return codec;
    }

    Reducers reducers() {
        return reducers;
    }

    boolean isOwn() {
        return codec == null && reducers.isEmpty();
    }

    /**
     * This as bytes, written in the library's own way.
     *
     * @throws IOException if the codec or a reducer cannot be serialized
     */
    byte[] encoded(ClassNames names) throws IOException {
        byte[] bytes = encoded;
        if (bytes == null) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                new ObjectCodec(names).writeStream(out, this);
            } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
                throw new CodecFailedException(describe() + " cannot be sent to the worker: " + SafeText.of(e), e);
            }
            bytes = out.toByteArray();
            encoded = bytes;
        }
        return bytes;
    }

    private String describe() {
        return codec == null ? "a reducer" : "codec " + codec.getClass().getName();
    }
}
