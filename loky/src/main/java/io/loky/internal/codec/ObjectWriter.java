/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;

/** An object stream whose classes are found again on the other side. */
class ObjectWriter extends ObjectOutputStream {
    private final ObjectCodec codec;
    private final ClassNames names;
    private final Reductions reductions;

    ObjectWriter(OutputStream out, ObjectCodec codec) throws IOException {
        this(out, codec, codec.reductions());
    }

    /** Another stream for the same message. */
    ObjectWriter(OutputStream out, ObjectCodec codec, Reductions reductions) throws IOException {
        super(out);
        this.codec = codec;
        this.names = codec.names();
        this.reductions = reductions;
        enableReplaceObject(true);
    }

    ObjectCodec codec() {
        return codec;
    }

    @Override
    protected void annotateClass(Class<?> type) throws IOException {
        if (!type.isPrimitive()) {
            names.annotate(type, this);
        }
    }

    @Override
    protected Object replaceObject(Object object) throws IOException {
        Object reduced = reductions.replace(object);
        return reduced == object ? StandIns.replace(object) : reduced;
    }

    @Override
    protected void annotateProxyClass(Class<?> type) throws IOException {
        names.annotate(type, this);
    }
}
