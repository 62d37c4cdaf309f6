/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.Loky;
import io.loky.RemoteTaskException;
import io.loky.ResultSerializationException;
import io.loky.ScreenSamples;
import io.loky.ScreenSamples.Harmless;
import io.loky.ScreenSamples.HarmlessRecipe;
import io.loky.ScreenSamples.Suspicious;
import io.loky.ScreenSamples.SuspiciousException;
import io.loky.ScreenSamples.SuspiciousRecipe;
import io.loky.TaskSerializationException;
import io.loky.Wrapped;
import io.loky.spi.Reducer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final ClassNames NAMES = ClassNames.of(ScreenTest.class.getClassLoader());

    private static final ObjectInputFilter NO_SUSPICIOUS =
            ObjectInputFilter.Config.createFilter("!" + ScreenSamples.class.getName() + "$Suspicious*");

    private static final ObjectInputFilter ONLY_HARMLESS =
            ObjectInputFilter.Config.createFilter(ScreenSamples.class.getName() + "$Harmless;!*");

    private static byte[] bytes(Object value, Map<Class<?>, Reducer<?>> reducers) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ObjectCodec(NAMES, Dialect.of(null, reducers), null).write(value, out);
        return out.toByteArray();
    }

    private static Object read(Object value, ObjectInputFilter filter) throws Exception {
        return new ObjectCodec(NAMES, Dialect.OWN, filter).read(bytes(value, Map.of()));
    }

    @Test
    void class_allowed_passes() throws Exception {
        assertThat(read(new Harmless(1), NO_SUSPICIOUS)).isEqualTo(new Harmless(1));
        assertThat(read(new Harmless(1), ONLY_HARMLESS)).isEqualTo(new Harmless(1));
    }

    @Test
    void class_rejected_isNamed() {
        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(new ArrayList<>(List.of(new Suspicious(1))), NO_SUSPICIOUS))
                .withMessage(Suspicious.class.getName() + "; rejected by the deserialization filter")
                .withCauseInstanceOf(InvalidClassException.class);
    }

    @Test
    void array_tooLong_isNamedWithItsLength() {
        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(new int[100], ObjectInputFilter.Config.createFilter("maxarray=10")))
                .withMessage("int[] of length 100; rejected by the deserialization filter");
    }

    @Test
    void stream_tooDeep_isRejectedWithItsDepth() {
        List<Object> deep = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        List<Object> value = deep;

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(value, ObjectInputFilter.Config.createFilter("maxdepth=10")))
                .withMessageContaining("rejected by the deserialization filter");
    }

    @Test
    void filter_thatThrows_rejects() {
        ObjectInputFilter broken = info -> {
            throw new IllegalStateException("no idea");
        };

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(new Harmless(1), broken))
                .withMessageContaining(Harmless.class.getName())
                .withRootCauseInstanceOf(IllegalStateException.class);
    }

    /** A list of classes cannot name what stands in for them; what it holds is asked about. */
    @Test
    void standIn_ofTheLibrary_passesButNotItsContent() throws Exception {
        Reducer<Thread> harmless = thread -> new HarmlessRecipe();
        Reducer<Thread> suspicious = thread -> new SuspiciousRecipe();
        ObjectInputFilter filter =
                ObjectInputFilter.Config.createFilter(ScreenSamples.class.getName() + "$Harmless*;java.lang.Thread;!*");
        ObjectCodec reader = new ObjectCodec(NAMES, Dialect.OWN, filter);

        assertThat(reader.read(bytes(Thread.currentThread(), Map.of(Thread.class, harmless))))
                .isInstanceOf(Thread.class);
        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> reader.read(bytes(Thread.currentThread(), Map.of(Thread.class, suspicious))))
                .withMessageContaining(SuspiciousRecipe.class.getName());
    }

    @Test
    void standIn_ofTheLibrary_countsInTheLimits() {
        Reducer<Thread> harmless = thread -> new HarmlessRecipe();
        ObjectCodec reader = new ObjectCodec(NAMES, Dialect.OWN, ObjectInputFilter.Config.createFilter("maxrefs=1"));

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> reader.read(bytes(Thread.currentThread(), Map.of(Thread.class, harmless))));
    }

    @Test
    void wrappedValue_isAskedAboutToo() throws Exception {
        Wrapped<?> harmless = (Wrapped<?>) read(Loky.wrap(new Harmless(1)), ONLY_HARMLESS);
        assertThat(harmless.get()).isEqualTo(new Harmless(1));

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(Loky.wrap(new Suspicious(1)), ONLY_HARMLESS))
                .withMessageContaining(Suspicious.class.getName());
    }

    @Test
    void throwable_rejected_isStoodInForWithTheReason() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ThrowableCodec sender = new ThrowableCodec(new ObjectCodec(NAMES));
        sender.write(new IllegalStateException("outer", new SuspiciousException()), "nothing", out);

        Throwable copy = new ThrowableCodec(new ObjectCodec(NAMES, Dialect.OWN, NO_SUSPICIOUS)).read(out.toByteArray());

        assertThat(copy).isExactlyInstanceOf(IllegalStateException.class).hasMessage("outer");
        assertThat(copy.getCause())
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining(SuspiciousException.class.getName())
                .hasMessageContaining("rejected by the deserialization filter");
    }

    /** What workers themselves say: no list of a program's classes names it. */
    @Test
    void throwable_ofTheLibrary_needsNoPermission() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ThrowableCodec(new ObjectCodec(NAMES))
                .write(
                        new ResultSerializationException("no", new TaskSerializationException("why", null)),
                        "nothing",
                        out);

        Throwable copy = new ThrowableCodec(new ObjectCodec(NAMES, Dialect.OWN, ONLY_HARMLESS)).read(out.toByteArray());

        assertThat(copy).isExactlyInstanceOf(ResultSerializationException.class).hasMessage("no");
        assertThat(copy.getCause())
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessage("why");
    }

    // ---- what stands in for other objects ---------------------------------------------------------------------------

    /** Nothing but the classes that the user sees is asked about. */
    @Test
    @SuppressWarnings("unchecked") // it is what was sent
    void standIns_ofAllKinds_passAListOfWhatTheyStandFor() throws Exception {
        int number = 5;
        Function<Long, Object> lambda = x -> x + number;
        String here = ScreenTest.class.getName();

        Object copy = read(lambda, ObjectInputFilter.Config.createFilter(here + ";java.util.function.Function;!*"));
        assertThat(((Function<Object, Object>) copy).apply(2L)).isEqualTo(7L);
        assertThat(read(new Plain(3), ObjectInputFilter.Config.createFilter(Plain.class.getName() + ";!*")))
                .extracting(plain -> ((Plain) plain).number())
                .isEqualTo(3);
        assertThat(read(OptionalInt.of(3), ObjectInputFilter.Config.createFilter("java.util.OptionalInt;!*")))
                .isEqualTo(OptionalInt.of(3));
        Method method = String.class.getMethod("substring", int.class, int.class);
        assertThat(read(method, ObjectInputFilter.Config.createFilter("java.lang.reflect.Method;java.lang.String;!*")))
                .isEqualTo(method);
    }

    private static final class Plain {
        private final int number;

        Plain(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private static final class Key {
        static int asked;

        @Override
        public int hashCode() {
            asked++;
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key;
        }
    }

    /** To put an object into a collection is to call it. */
    @Test
    void collection_rejected_isNotFilled() throws Exception {
        byte[] bytes = bytes(new HashMap<>(Map.of(new Key(), 1)).keySet(), Map.of());
        Key.asked = 0;

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> new ObjectCodec(
                                NAMES, Dialect.OWN, ObjectInputFilter.Config.createFilter("!java.util.LinkedHashSet;*"))
                        .read(bytes))
                .withMessage("java.util.LinkedHashSet; rejected by the deserialization filter");
        assertThat(Key.asked).isZero();
    }

    @Test
    void logger_rejected_isNotMade() throws Exception {
        byte[] bytes = bytes(Logger.getLogger("rejected-1"), Map.of());
        byte[] ofAnother = new String(bytes, ISO_8859_1)
                .replace("rejected-1", "rejected-2")
                .getBytes(ISO_8859_1);

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> new ObjectCodec(
                                NAMES,
                                Dialect.OWN,
                                ObjectInputFilter.Config.createFilter("!java.util.logging.Logger;*"))
                        .read(ofAnother))
                .withMessageContaining("java.util.logging.Logger");
        assertThat(LogManager.getLogManager().getLogger("rejected-2")).isNull();
    }

    interface Loud {
        int NUMBER = initialize();

        static int initialize() {
            LOUD.set(true);
            return 1;
        }

        default void nothing() {}
    }

    private static final AtomicBoolean LOUD = new AtomicBoolean();

    @Test
    void proxyClass_resolved_initializesNoInterface() throws Exception {
        assertThat(Proxy.isProxyClass(
                        ClassNames.proxy(new String[] {Loud.class.getName()}, ScreenTest.class.getClassLoader())))
                .isTrue();
        assertThat(LOUD).isFalse();
    }

    // ---- values inside of values ------------------------------------------------------------------------------------

    @Test
    void wrappedValues_insideOfEachOther_countInTheLimits() throws Exception {
        Object value = "x";
        for (int i = 0; i < 20; i++) {
            value = Loky.wrap(value);
        }
        Object deep = value;
        List<Object> broad = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            broad.add(Loky.wrap(new ArrayList<>(List.of(new Harmless(i), new Harmless(i)))));
        }

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(deep, ObjectInputFilter.Config.createFilter("maxdepth=10")));
        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> read(broad, ObjectInputFilter.Config.createFilter("maxrefs=60")));
        assertThat(read(deep, ObjectInputFilter.Config.createFilter("maxdepth=100")))
                .isInstanceOf(Wrapped.class);
        assertThat(read(broad, ObjectInputFilter.Config.createFilter("maxrefs=1000")))
                .isInstanceOf(List.class);
    }

    /** A stream of the program's own, with its own filter. */
    @Test
    void wrappedValue_inAForeignStream_isAskedAboutToo() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ObjectOutputStream foreign = new ObjectOutputStream(out)) {
            foreign.writeObject(Loky.wrap(new Suspicious(1)));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            in.setObjectInputFilter(NO_SUSPICIOUS);

            assertThatExceptionOfType(InvalidClassException.class)
                    .isThrownBy(in::readObject)
                    .withMessageContaining(Suspicious.class.getName());
        }
    }

    /** Descriptions consist of five classes; anything else in their place is not even made. */
    @Test
    void description_ofOtherClasses_isRejected() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ObjectCodec(NAMES).writeStream(out, new ArrayList<>(List.of("x")));

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> new ThrowableCodec(new ObjectCodec(NAMES)).read(out.toByteArray()))
                .withMessageContaining("java.util.ArrayList");
    }
}
