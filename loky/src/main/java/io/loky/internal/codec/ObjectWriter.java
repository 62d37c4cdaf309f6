/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.Handling;
import io.loky.internal.codec.objects.StandIn;
import io.loky.internal.wire.FrameBuffer;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** An object stream whose classes are found again on the other side. */
class ObjectWriter extends ObjectOutputStream {
    private final ObjectCodec codec;
    private final ClassNames names;
    private final Reductions reductions;

    /** What takes large arrays aside; null if nothing does. */
    private final @Nullable FrameBuffer buffer;

    /** An array that was made for what is written next. */
    private @Nullable Object fresh;

    ObjectWriter(OutputStream out, ObjectCodec codec) throws IOException {
        this(out, codec, codec.reductions());
    }

    /** Another stream for the same message. */
    ObjectWriter(OutputStream out, ObjectCodec codec, Reductions reductions) throws IOException {
        super(out);
        this.codec = codec;
        this.names = codec.names();
        this.reductions = reductions;
        this.buffer = out instanceof FrameBuffer b ? b : null;
        enableReplaceObject(true);
    }

    @Nullable
    FrameBuffer buffer() {
        return buffer;
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
        if (reduced != object) {
            return reduced;
        }
        Object aside = buffer == null
                ? null
                : LargeStandIn.of(
                        object, object == fresh, buffer, codec.dialect().reducers());
        return aside == null ? standIn(object) : aside;
    }

    /** What to write for this object: itself, or a stand-in that becomes it again on the other side. */
    private Object standIn(Object object) throws UnsendableException {
        Handling handling = Handling.of(object.getClass());
        if (handling.isAsItIs()) {
            return object;
        }
        String obstacle = handling.obstacle();
        if (obstacle != null) {
            throw new UnsendableException(object.getClass(), obstacle);
        }
        Object made = handling.standIn(object);
        if (made instanceof StandIn with) {
            fresh = with.fresh();
        }
        return made;
    }

    @Override
    protected void annotateProxyClass(Class<?> type) throws IOException {
        names.annotate(type, this);
    }
}
