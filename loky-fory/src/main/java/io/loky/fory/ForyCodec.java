/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.fory;

import io.loky.Loky;
import io.loky.spi.TaskCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.fory.Fory;
import org.apache.fory.ThreadSafeFory;
import org.jspecify.annotations.Nullable;

/**
 * Sends arguments and results by Apache Fory, which is many times faster than Java's own serialization for graphs of many
 * small objects, and takes objects that are not {@link java.io.Serializable}.
 *
 * <pre>{@code
 * ProcessPoolOptions options = ProcessPoolOptions.builder().codec(new ForyCodec()).build();
 * }</pre>
 *
 * <p>These go the library's own way instead, each as a whole: values that are themselves lambdas or exceptions, since Fory
 * loses the stack traces of some; and values that Fory refuses to write. A value that Fory writes and then cannot read fails
 * its future. Fory is told to accept all classes: a {@link io.loky.ProcessPoolOptions.Builder#resultFilter result filter} is
 * not asked about what it reads.
 *
 * <p>On Java 25 Fory needs {@code --add-opens java.base/java.lang.invoke=ALL-UNNAMED} in the parent, from which workers take
 * it over; without it the JVM warns about Fory's use of {@code sun.misc.Unsafe}.
 *
 * <p>Thread-safe. One instance keeps the serializers that Fory has made for the classes it met; use it for many tasks. All
 * instances are equal.
 */
public final class ForyCodec implements TaskCodec {
    private static final long serialVersionUID = 1L;

    private static final byte OWN_WAY = 0;
    private static final byte FORY = 1;

    /** Fory's own limit of 50 is for hostile input. Beyond this a thread's stack may not suffice to read it again. */
    private static final int MAX_DEPTH = 1000;

    private static final int KEPT_LOADERS = 8;

    private final transient Map<ClassLoader, ThreadSafeFory> byLoader = newMap();

    /** Makes a codec. Fory itself is started when it is first needed. */
    public ForyCodec() {}

    @Override
    public void write(@Nullable Object value, OutputStream out) throws IOException {
        if (value == null || value.getClass().isHidden() || value instanceof Throwable) {
            writeOwnWay(value, out, null);
            return;
        }
        byte[] bytes;
        try {
            bytes = of(Thread.currentThread().getContextClassLoader()).serialize(value);
        } catch (RuntimeException | StackOverflowError e) { // what Fory throws is of many kinds
            writeOwnWay(value, out, e);
            return;
        }
        out.write(FORY);
        out.write(bytes);
    }

    private static void writeOwnWay(@Nullable Object value, OutputStream out, @Nullable Throwable reason)
            throws IOException {
        out.write(OWN_WAY);
        try {
            Loky.ownCodec().write(value, out);
        } catch (IOException | RuntimeException e) {
            if (reason != null) {
                e.addSuppressed(reason);
            }
            throw e;
        }
    }

    @Override
    public @Nullable Object read(InputStream in, ClassLoader loader) throws IOException, ClassNotFoundException {
        int way = in.read();
        return switch (way) {
            case OWN_WAY -> Loky.ownCodec().read(in, loader);
            case FORY -> of(loader).deserialize(in.readAllBytes());
            default -> throw new StreamCorruptedException("a value in the unknown way " + way);
        };
    }

    /** One for each loader, since it finds classes by name and keeps them; the last few, since it keeps the loader. */
    private ThreadSafeFory of(@Nullable ClassLoader given) {
        ClassLoader loader = given == null ? ClassLoader.getSystemClassLoader() : given;
        synchronized (byLoader) {
            return byLoader.computeIfAbsent(loader, ForyCodec::start);
        }
    }

    private static ThreadSafeFory start(ClassLoader loader) {
        return Fory.builder()
                .withXlang(false)
                .withClassLoader(loader)
                .requireClassRegistration(false) // the program's own classes, sent by its own workers
                .suppressClassRegistrationWarnings(true)
                .withRefTracking(true)
                .withCompatible(false) // both sides have the same classes
                .withMaxDepth(MAX_DEPTH)
                .buildThreadSafeForyPool(2 * Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    private static Map<ClassLoader, ThreadSafeFory> newMap() {
        return new LinkedHashMap<>(KEPT_LOADERS, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ClassLoader, ThreadSafeFory> eldest) {
                return size() > KEPT_LOADERS;
            }
        };
    }

    /**
     * Gives it serializers of its own, which do not travel.
     *
     * @return an equal codec
     */
    private Object readResolve() {
        return new ForyCodec();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ForyCodec;
    }

    @Override
    public int hashCode() {
        return ForyCodec.class.hashCode();
    }

    @Override
    public String toString() {
        return "ForyCodec";
    }
}
