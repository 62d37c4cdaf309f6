/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.Loky;
import io.loky.RemoteTaskException;
import io.loky.ScreenSamples;
import io.loky.ScreenSamples.Harmless;
import io.loky.ScreenSamples.HarmlessRecipe;
import io.loky.ScreenSamples.Suspicious;
import io.loky.ScreenSamples.SuspiciousException;
import io.loky.ScreenSamples.SuspiciousRecipe;
import io.loky.Wrapped;
import io.loky.spi.Reducer;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final ClassNames NAMES = ClassNames.of(ScreenTest.class.getClassLoader());

    private static final ObjectInputFilter NO_SUSPICIOUS =
            ObjectInputFilter.Config.createFilter("!" + ScreenSamples.class.getName() + "$Suspicious*");

    private static final ObjectInputFilter ONLY_HARMLESS = ObjectInputFilter.Config.createFilter(
            ScreenSamples.class.getName() + "$Harmless;java.util.*;java.lang.Object;!*");

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
        assertThat(read(new ArrayList<>(List.of(new Harmless(1))), ONLY_HARMLESS))
                .isEqualTo(List.of(new Harmless(1)));
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

        assertThat(copy).isInstanceOf(RemoteTaskException.class).hasMessageContaining("outer");
        assertThat(copy.getCause()).isInstanceOf(RemoteTaskException.class);
        assertThat(copy).hasMessageContaining(SuspiciousException.class.getName());
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
