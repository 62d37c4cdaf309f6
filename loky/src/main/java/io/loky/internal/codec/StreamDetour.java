/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import io.loky.internal.codec.objects.LambdaTable;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectStreamConstants;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object stream that leads from this JVM to itself, for values that came in the compact form, where their lambdas are not made
 * yet: stand-ins are in their places, see {@link io.loky.internal.codec.objects.DescribedLambda}. So a filter is asked what it is
 * asked about any object stream, in the same order and with the same numbers, since it is one; nothing has to imitate the JDK.
 * It costs what the compact form has saved, and more.
 */
final class StreamDetour implements ClassNames {
    /** In bytes: arrays that came raw, or might have, stay where they are. */
    static final long LARGE = 64 * 1024;

    /** What an object stream begins with. */
    private static final byte[] HEADER = ByteBuffer.allocate(2 * Short.BYTES)
            .putShort(ObjectStreamConstants.STREAM_MAGIC)
            .putShort(ObjectStreamConstants.STREAM_VERSION)
            .array();

    private final ClassNames names;

    /** Their places in this list stand for them in the stream: they have been found. */
    private final List<Class<?>> classes = new ArrayList<>();

    private final Map<Class<?>, Integer> places = new HashMap<>();

    private StreamDetour(ClassNames names) {
        this.names = names;
    }

    /** Whether an object stream of this codec would ask a filter: the codec's own, or the JVM's. */
    static boolean isFiltered(ObjectCodec codec) {
        if (codec.filter() != null) {
            return true;
        }
        // as the constructor of an object stream finds it
        var factory = ObjectInputFilter.Config.getSerialFilterFactory();
        return factory.apply(null, ObjectInputFilter.Config.getSerialFilter()) != null;
    }

    /**
     * Asks the filter about classes that will be written. It will be asked about them again; but by then they would have been
     * used: a stream that writes a class asks it for the number of its version, which initializes it.
     *
     * @throws InvalidClassException if the filter says no
     */
    static void ask(ObjectCodec codec, List<Class<?>> classes) throws IOException {
        try (ObjectReader empty = new ObjectReader(new ByteArrayInputStream(HEADER), Sections.NONE, codec)) {
            for (Class<?> type : classes) {
                empty.ask(type);
            }
        }
    }

    /**
     * The values as they come out of one stream.
     *
     * @param large from how many bytes on arrays need not be copied into the stream, and out of it
     */
    static @Nullable Object[] through(ObjectCodec codec, long large, @Nullable Object... values)
            throws IOException, ClassNotFoundException {
        StreamDetour names = new StreamDetour(codec.names());
        FrameBuffer buffer = FrameBuffer.take(large);
        new ObjectCodec(names, Dialect.OWN, null)
                .writeStream(buffer, values); // whoever sent them has asked the reducers
        byte[] bytes = new byte[buffer.size()];
        buffer.copy(0, bytes, 0, bytes.length);
        Sections sections = buffer.sections();
        buffer.giveBack();
        ObjectCodec reading = new ObjectCodec(names, codec.dialect(), codec.filter());
        @Nullable Object[] result = new @Nullable Object[values.length];
        Object unused = reading.readStream(bytes, 0, sections, stream -> {
            for (int i = 0; i < result.length; i++) {
                result[i] = stream.next();
            }
            return null;
        });
        return result;
    }

    @Override
    public void annotate(Class<?> type, DataOutput out) throws IOException {
        Integer place = places.putIfAbsent(type, classes.size());
        if (place == null) {
            place = classes.size();
            classes.add(type);
        }
        LoaderNumber.write(place, out);
    }

    @Override
    public Class<?> resolve(String name, DataInput in) throws IOException {
        int place = LoaderNumber.read(in);
        if (place < 0 || place >= classes.size()) {
            throw new StreamCorruptedException("class " + place + " of " + classes.size());
        }
        return classes.get(place);
    }

    @Override
    public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException {
        return resolve("", in);
    }

    @Override
    public ClassLoader loader() {
        return names.loader();
    }

    @Override
    public LambdaTable lambdas() {
        return names.lambdas();
    }
}
