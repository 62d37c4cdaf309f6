/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.codec.objects.SelfReferences;
import io.loky.internal.codec.objects.StandIn;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.RawArray;
import io.loky.internal.wire.Sections;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.StreamCorruptedException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The object stream that {@link ObjectWriter} wrote. The JDK's own takes the nearest loader on the stack, which on a thread
 * of the library's own is never the user's.
 */
class ObjectReader extends ObjectInputStream implements StandIn.Source {
    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "boolean", boolean.class,
            "byte", byte.class,
            "char", char.class,
            "short", short.class,
            "int", int.class,
            "long", long.class,
            "float", float.class,
            "double", double.class,
            "void", void.class);

    /** What the stream says of a reference that {@link JdkInternals#refuse} has told it to refuse. */
    private static final String REFUSED = "cannot read back reference to unshared object";

    private final ObjectCodec codec;
    private final ClassNames names;
    private boolean selfReferenceSuspected;
    private final @Nullable Screen screen;
    private final Sections sections;

    ObjectReader(InputStream in, Sections sections, ObjectCodec codec) throws IOException {
        super(in);
        this.sections = sections;
        this.codec = codec;
        this.names = codec.names();
        ObjectInputFilter own = codec.filter();
        ObjectInputFilter filter = own == null ? getObjectInputFilter() : own; // that of the JVM
        this.screen = filter == null ? null : new Screen(filter);
        if (screen != null) {
            setObjectInputFilter(screen);
        }
    }

    /**
     * Asks the stream's filter about a class that is not in the stream yet.
     *
     * @throws InvalidClassException if the filter says no
     */
    final void ask(Class<?> type) throws InvalidClassException {
        try {
            StandIn.ask(getObjectInputFilter(), type);
        } catch (InvalidClassException e) {
            throw screen == null ? e : screen.explain(e);
        }
    }

    /**
     * The array of primitives with this number among those that the message brought beside its stream.
     *
     * @throws IOException if there is none
     */
    final Object section(int number) throws IOException {
        Object array = sections.get(number);
        if (screen != null) {
            screen.aside(RawArray.bytes(array));
        }
        return array;
    }

    /**
     * The same for an array that is not made into something else: the filter is asked about its class, as about one in a stream, and by the
     * stream about its length.
     *
     * @throws IOException if there is none, or the filter says no
     */
    final Object array(int number) throws IOException {
        ask(sections.get(number).getClass());
        return section(number);
    }

    /** The next question is about a text that was beside the stream, and that the filter would not be asked about inside of it. */
    final void passText() {
        if (screen != null) {
            screen.passText();
        }
    }

    /** This value, after the filter was asked what it would have been if that had been in the stream. */
    final Object asked(Object value) throws IOException, ClassNotFoundException {
        return screen == null
                ? value
                : Objects.requireNonNull(StreamDetour.through(inner(), FrameBuffer.NOTHING_ASIDE, value)[0]);
    }

    /** For a value whose bytes are in this stream. */
    ObjectCodec inner() {
        ObjectCodec inner = codec.withoutCodec();
        return screen == null ? inner : inner.with(screen.inner());
    }

    /**
     * The next object of the message.
     *
     * @throws IOException also if the object is not what it was, see {@link SelfReferences}; where a filter has turned a class
     *     down it says which
     */
    final @Nullable Object next() throws IOException, ClassNotFoundException {
        Object object;
        try {
            object = readObject();
        } catch (InvalidClassException e) {
            throw screen == null ? e : screen.explain(e);
        } catch (InvalidObjectException e) {
            throw REFUSED.equals(e.getMessage()) ? SelfReferences.refusal(e) : e;
        } catch (ClassCastException | ArrayStoreException e) { // a stand-in that kept its place does not fit there
            if (selfReferenceSuspected) {
                throw SelfReferences.refusal(e);
            }
            throw e;
        }
        if (selfReferenceSuspected) {
            SelfReferences.check(object);
        }
        return object;
    }

    /** The same where it must be an object of this type. */
    final <T> T next(Class<T> type) throws IOException, ClassNotFoundException {
        Object next = next();
        if (!type.isInstance(next)) {
            throw new StreamCorruptedException("a "
                    + (next == null ? "null" : next.getClass().getName()) + " instead of a " + type.getSimpleName());
        }
        return type.cast(next);
    }

    @Override
    public void suspectSelfReference() {
        selfReferenceSuspected = true;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        Class<?> primitive = PRIMITIVES.get(description.getName());
        return primitive != null ? primitive : names.resolve(description.getName(), this);
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException, ClassNotFoundException {
        return names.resolveProxy(interfaces, this);
    }
}
