/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.Handling;
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
        if (object instanceof Kept reference) {
            reference.keepFor(names);
        }
        Object reduced = reductions.replace(object);
        return reduced == object ? standIn(object) : reduced;
    }

    /** What to write for this object: itself, or a stand-in that becomes it again on the other side. */
    private static Object standIn(Object object) throws UnsendableException {
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

    @Override
    protected void annotateProxyClass(Class<?> type) throws IOException {
        names.annotate(type, this);
    }
}
