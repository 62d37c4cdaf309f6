/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The dialects that a worker was spoken to last, by their bytes: to decode a codec for each task would cost more than most
 * tasks, and lose what the codec has cached. Not thread-safe.
 */
public final class DecodedDialects {
    private static final int KEPT = 16;

    private final Map<ByteBuffer, Dialect> byBytes = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Dialect> eldest) {
            return size() > KEPT;
        }
    };

    /**
     * @throws ClassNotFoundException if the class of the codec is not there on this side
     * @throws IOException if the codec's own {@code readObject} says so
     */
    Dialect get(byte[] bytes, ClassNames names) throws IOException, ClassNotFoundException {
        ByteBuffer key = ByteBuffer.wrap(bytes);
        Dialect known = byBytes.get(key);
        if (known == null) {
            known = Objects.requireNonNull(new ObjectCodec(names).readStream(bytes, 0, in -> in.next(Dialect.class)));
            byBytes.put(key, known);
        }
        return known;
    }
}
