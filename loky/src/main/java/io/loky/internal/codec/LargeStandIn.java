/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.StandIn;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.RawArray;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.StreamCorruptedException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands in an object stream for what is taken aside: an array of primitives, a text, or a list of boxed primitives. The stream writes one
 * for each object, however often it is referred to.
 *
 * <p>What goes aside is taken when the stand-in itself is written, each time, and not when the object is met first or the message is finished:
 * code of the user's that writes itself may fill one array again and again, and write it unshared.
 */
final class LargeStandIn implements StandIn {
    private static final long serialVersionUID = 1L;

    private enum Form {
        ARRAY,
        TEXT,
        ARRAY_LIST,
        LIST_OF,
        STREAM_LIST,
        BOXES;

        private static final Form[] ALL = values();
    }

    /** In place of the number of an array: the elements follow in the stream. */
    private static final int INSIDE = -1;

    private final transient Form form;

    /** The array, text or list. */
    private final transient @Nullable Object source;

    /** What to take aside for it when it is written for the first time; null if that is to be made. */
    private transient @Nullable Object array;

    /** For {@link Form#BOXES}: of the array, see {@link ArrayTypes}. */
    private final transient int type;

    private transient @Nullable Object value;

    private LargeStandIn(Form form, Object source, @Nullable Object array, int type) {
        this.form = form;
        this.source = source;
        this.array = array;
        this.type = type;
    }

    /**
     * What to write for this object; null if it is nothing large.
     *
     * @param isOwn whether nobody else has it
     */
    static @Nullable LargeStandIn of(Object object, boolean isOwn, FrameBuffer out, Reducers reducers) {
        Class<?> of = object.getClass();
        if (of.isArray() && of.getComponentType().isPrimitive()) {
            return out.takesAside(RawArray.bytes(object))
                    ? new LargeStandIn(Form.ARRAY, object, isOwn ? object : null, 0)
                    : null;
        }
        if (object instanceof String text) {
            return LargeText.isLarge(text, out) ? new LargeStandIn(Form.TEXT, text, null, 0) : null;
        }
        if (of.isArray()) {
            int code = ArrayTypes.codeOf(of);
            return code < 0 ? null : ofBoxes(Form.BOXES, object, code, out, reducers);
        }
        if (of == ArrayList.class) {
            return ofBoxes(Form.ARRAY_LIST, object, 0, out, reducers);
        }
        if (of == JdkLists.LONG && JdkLists.allowsNulls(object) instanceof Boolean allowed) {
            return ofBoxes(allowed ? Form.STREAM_LIST : Form.LIST_OF, object, 0, out, reducers);
        }
        return null;
    }

    private static @Nullable LargeStandIn ofBoxes(
            Form form, Object source, int type, FrameBuffer out, Reducers reducers) {
        Object boxed = LargeBoxes.toArray(listOf(source), out, reducers);
        return boxed == null ? null : new LargeStandIn(form, source, boxed, type);
    }

    private static List<?> listOf(Object source) {
        return source instanceof List<?> list ? list : Arrays.asList((@Nullable Object[]) source);
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        FrameBuffer buffer = out instanceof ObjectWriter writer ? writer.buffer() : null;
        Object from = source;
        if (buffer == null || from == null) {
            throw new InvalidObjectException("a stand-in for large data in another stream");
        }
        Object taken = array == null ? take(from, (ObjectWriter) out, buffer) : array;
        array = null;
        out.writeByte(form.ordinal());
        out.writeShort(type);
        out.writeInt(taken == null ? INSIDE : buffer.takeAside(taken, true));
        if (taken == null) {
            out.writeUnshared(listOf(from).toArray());
        }
    }

    /** Null if it has been changed since, and is nothing large any more. */
    private @Nullable Object take(Object from, ObjectWriter out, FrameBuffer buffer) {
        return switch (form) {
            case ARRAY -> FrameBuffer.copyOf(from);
            case TEXT -> LargeText.toArray((String) from);
            default ->
                LargeBoxes.toArray(listOf(from), buffer, out.codec().dialect().reducers());
        };
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        int read = in.readByte();
        int code = in.readUnsignedShort();
        int number = in.readInt();
        if (!(in instanceof ObjectReader reader) || read < 0 || read >= Form.ALL.length) {
            throw new InvalidObjectException("a stand-in for large data that is not there");
        }
        Form found = Form.ALL[read];
        if (found == Form.ARRAY) {
            value = reader.array(number);
        } else if (found == Form.TEXT) {
            value = LargeText.of(reader.section(number));
            reader.passText();
        } else {
            Class<?> component = found == Form.BOXES ? ArrayTypes.componentOf(code) : Object.class;
            value = number == INSIDE
                    ? made(found, inside(in, component))
                    : reader.asked(made(found, LargeBoxes.of(reader.section(number), component)));
        }
    }

    private static Object made(Form form, @Nullable Object[] elements) throws StreamCorruptedException {
        return switch (form) {
            case ARRAY_LIST -> new ArrayList<>(Arrays.asList(elements));
            case LIST_OF -> CompactReader.listOf(elements);
            case STREAM_LIST -> JdkLists.ofStream(elements);
            default -> elements;
        };
    }

    private static @Nullable Object[] inside(ObjectInputStream in, Class<?> component)
            throws IOException, ClassNotFoundException {
        if (!(in.readUnshared() instanceof Object[] elements)) {
            throw new StreamCorruptedException("a list without its elements");
        }
        @Nullable Object[] typed = (@Nullable Object[]) Array.newInstance(component, elements.length);
        try {
            System.arraycopy(elements, 0, typed, 0, elements.length);
        } catch (ArrayStoreException e) {
            StreamCorruptedException corrupted = new StreamCorruptedException(
                    "an array of " + component.getTypeName() + " with something else in it");
            corrupted.initCause(e);
            throw corrupted;
        }
        return typed;
    }

    private @Nullable Object readResolve() throws StreamCorruptedException {
        if (value == null) {
            throw new StreamCorruptedException("a reference that was not read");
        }
        return value;
    }

    @Override
    public String toString() {
        return "what is beside the stream";
    }
}
