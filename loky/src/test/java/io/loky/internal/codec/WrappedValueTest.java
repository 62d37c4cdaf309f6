/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.Loky;
import io.loky.Wrapped;
import io.loky.spi.Reducer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WrappedValueTest {
    private static final ClassNames NAMES = ClassNames.of(WrappedValueTest.class.getClassLoader());

    record Pair(Wrapped<List<String>> first, Wrapped<List<String>> second) implements java.io.Serializable {}

    private static byte[] plain(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    @SuppressWarnings("unchecked")
    private static <T> T plainCopy(T value) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(plain(value)))) {
            return (T) in.readObject();
        }
    }

    @Test
    void get_whereItWasMade_isTheVeryObject() {
        List<String> value = new ArrayList<>();

        assertThat(Loky.wrap(value).get()).isSameAs(value);
        assertThat(Loky.wrap(null).get()).isNull();
        assertThat(Loky.wrap(value)).hasToString("Wrapped[java.util.ArrayList]");
        assertThat(Loky.wrap(null)).hasToString("Wrapped[null]");
    }

    @Test
    void handle_throughAForeignStream_givesACopy() throws Exception {
        assertThat(plainCopy(Loky.wrap(List.of("a", "b"))).get()).isEqualTo(List.of("a", "b"));
        assertThat(plainCopy(Loky.wrap(null)).get()).isNull();
        assertThat(plainCopy(Loky.wrap(new int[1000])).get()).hasSize(1000);
    }

    @Test
    void handle_inside_another_givesACopyOfBoth() throws Exception {
        assertThat(plainCopy(Loky.wrap(Loky.wrap("inner"))).get().get()).isEqualTo("inner");
    }

    @Test
    void handle_metTwice_staysOne() throws Exception {
        Wrapped<List<String>> handle = Loky.wrap(new ArrayList<>(List.of("x")));

        Pair copy = plainCopy(new Pair(handle, handle));

        assertThat(copy.first()).isSameAs(copy.second());
        assertThat(copy.first().get()).containsExactly("x");
    }

    /** The value is encoded when the handle is, not when it is made. */
    @Test
    void value_changedAfterWrapping_travelsAsItIs() throws Exception {
        List<String> value = new ArrayList<>();
        Wrapped<List<String>> handle = Loky.wrap(value);
        value.add("late");

        assertThat(plainCopy(handle).get()).containsExactly("late");
    }

    @Test
    void value_thatRefersToItsHandle_isRefused() throws Exception {
        List<Object> value = new ArrayList<>();
        Wrapped<List<Object>> handle = Loky.wrap(value);
        value.add(handle);

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> plain(handle))
                .withMessageContaining("refers to its own handle");
        value.clear();
        assertThat(plainCopy(handle).get()).as("the failure has left nothing").isEmpty();
    }

    @Test
    void value_thatCannotTravel_isNamed() {
        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> plain(Loky.wrap(Thread.currentThread())))
                .withMessageContaining("Thread");
    }

    /** In a message of the library's own the value is encoded with the pool's reducers. */
    @Test
    void handle_inAPoolsMessage_usesItsReducers() throws Exception {
        Reducer<Thread> reducer = thread -> {
            String name = thread.getName();
            return () -> new Thread(name);
        };
        ObjectCodec codec = new ObjectCodec(NAMES, Dialect.of(null, Map.of(Thread.class, reducer)), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.write(Loky.wrap(new Thread("t-1")), out);

        Wrapped<?> copy = (Wrapped<?>) new ObjectCodec(NAMES).read(out.toByteArray());

        assertThat(((Thread) copy.get()).getName()).isEqualTo("t-1");
    }

    @Test
    void bytes_cutOff_areRefused() throws Exception {
        byte[] bytes = plain(Loky.wrap("0123456789".repeat(10)));

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> new ObjectInputStream(new ByteArrayInputStream(cut)).readObject());
        }
    }
}
