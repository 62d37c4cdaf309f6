/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.spi.TaskCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The library's own way as a codec, for codecs of users that build on it or leave something to it. */
public enum OwnCodec implements TaskCodec {
    INSTANCE;

    @Override
    public void write(@Nullable Object value, OutputStream out) throws IOException {
        ObjectCodec bound = ObjectCodec.bound();
        ObjectCodec codec = bound == null ? ObjectCodec.ofContext() : bound;
        codec.write(value, out);
    }

    @Override
    public @Nullable Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
        ObjectCodec bound = ObjectCodec.bound();
        ObjectCodec codec = bound == null ? new ObjectCodec(ClassNames.of(loader)) : bound;
        return codec.read(in.readAllBytes());
    }
}
