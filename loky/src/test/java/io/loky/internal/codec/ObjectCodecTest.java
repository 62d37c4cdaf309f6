/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectCodecTest {
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(ObjectCodecTest.class.getClassLoader()));

    static Stream<Object> values() {
        return Stream.of(
                true,
                false,
                0,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                0L,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                0.0,
                -0.0,
                Double.NaN,
                Double.MIN_VALUE,
                Double.NEGATIVE_INFINITY,
                "",
                "text",
                "\u0000",
                "\u00e4\u00f6\u00fc \u4e16\u754c",
                "a pair of surrogates: \ud83d\ude00",
                "a lone high surrogate: \ud83d",
                "a lone low surrogate: \ude00 and more",
                "surrogates the wrong way round: \ude00\ud83d",
                'c',
                (byte) 1,
                (short) 2,
                3.5f,
                new BigDecimal("1.50"),
                TimeUnit.DAYS,
                List.of(1, 2, 3),
                Map.of("key", List.of("value")),
                new Point(1, 2),
                "long ".repeat(50_000));
    }

    @ParameterizedTest
    @MethodSource("values")
    void read_whatWriteMade_isEqual(Object value) throws Exception {
        Object copy = copy(value);

        assertThat(copy).isEqualTo(value).hasSameClassAs(value);
    }

    @Test
    void read_null_isNull() throws Exception {
        assertThat(copy(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    void read_bytes_areEqual(int length) throws Exception {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }

        assertThat((byte[]) copy(bytes)).isEqualTo(bytes);
    }

    @Test
    void read_otherArrays_areEqual() throws Exception {
        assertThat((int[]) copy(new int[] {1, 2})).containsExactly(1, 2);
        assertThat((Byte[]) copy(new Byte[] {1, null})).containsExactly((byte) 1, null);
        assertThat((byte[][]) copy(new byte[][] {{1}, {}})).isDeepEqualTo(new byte[][] {{1}, {}});
    }

    static Stream<Arguments> shortForms() {
        return Stream.of(
                Arguments.of(null, 1),
                Arguments.of(true, 1),
                Arguments.of(7, 5),
                Arguments.of(7L, 9),
                Arguments.of(7.0, 9),
                Arguments.of("seven", 6),
                Arguments.of(new byte[7], 8));
    }

    /** These are what tasks return most; an object stream would add dozens of bytes, and microseconds. */
    @ParameterizedTest
    @MethodSource("shortForms")
    void write_frequentResult_takesNoObjectStream(Object value, int length) throws IOException {
        assertThat(write(value)).hasSize(length);
    }

    @Test
    void read_objectsThatShareOne_stillShareIt() throws Exception {
        List<Object> shared = new ArrayList<>(List.of("x"));

        List<?> copy = (List<?>) copy(List.of(shared, shared));

        assertThat(copy.get(0)).isSameAs(copy.get(1)).isNotSameAs(shared);
    }

    @Test
    void read_objectThatContainsItself_stillDoes() throws Exception {
        List<Object> self = new ArrayList<>();
        self.add(self);

        List<?> copy = (List<?>) copy(self);

        assertThat(copy.get(0)).isSameAs(copy);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                boolean.class,
                byte.class,
                char.class,
                short.class,
                int.class,
                long.class,
                float.class,
                double.class,
                void.class,
                int[].class,
                String.class,
                Point[][].class
            })
    void read_classObject_isTheSame(Class<?> type) throws Exception {
        assertThat(copy(type)).isSameAs(type);
    }

    /** Public: its loader need not be that of the other interfaces. */
    public interface Greeter {
        String greet(String name);
    }

    private interface HiddenGreeter {
        String greet(String name);
    }

    @Test
    void read_proxy_isAProxyOfTheSameInterfaces() throws Exception {
        Object proxy = proxy(Greeter.class);

        Object copy = copy(proxy);

        assertThat(((Greeter) copy).greet("Ada")).isEqualTo("Hello, Ada");
    }

    @Test
    void read_proxyOfAnInterfaceOfTheJdkFirst_isAProxyOfAllItsInterfaces() throws Exception {
        Object proxy = proxy(Comparable.class, Greeter.class);

        Object copy = copy(proxy);

        assertThat(copy).isInstanceOf(Comparable.class);
        assertThat(((Greeter) copy).greet("Ada")).isEqualTo("Hello, Ada");
    }

    @Test
    void read_proxyOfAHiddenInterface_isAProxyOfIt() throws Exception {
        Object proxy = proxy(Greeter.class, HiddenGreeter.class);

        Object copy = copy(proxy);

        assertThat(((HiddenGreeter) copy).greet("Ada")).isEqualTo("Hello, Ada");
    }

    @Test
    void read_classThatIsNotThere_namesIt() throws Exception {
        Class<?> renamed = RenamedClass.of(Lost.class);
        byte[] bytes = write(renamed.getDeclaredConstructor().newInstance());

        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> CODEC.read(bytes))
                .withMessageContaining(renamed.getName());
    }

    @Test
    void read_classThatOnlyTheGivenLoaderKnows_isFound() throws Exception {
        Class<?> renamed = RenamedClass.of(Lost.class);
        byte[] bytes = write(renamed.getDeclaredConstructor().newInstance());

        assertThat(new ObjectCodec(ClassNames.of(renamed.getClassLoader())).read(bytes))
                .isInstanceOf(renamed);
    }

    @Test
    void write_notSerializable_namesTheCulprit() {
        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> write(List.of("ok", new Object[] {Thread.currentThread()})))
                .withMessage("java.lang.Thread cannot leave this process: threads stay where they are");
    }

    @Test
    void read_unknownTag_isRefusedByNumber() {
        for (int tag = 12; tag < 256; tag++) {
            byte[] bytes = {(byte) tag, 1, 2, 3};
            assertThatExceptionOfType(StreamCorruptedException.class)
                    .isThrownBy(() -> CODEC.read(bytes))
                    .withMessage("a value with the unknown tag " + bytes[0]);
        }
    }

    @Test
    void read_noBytes_isRefused() {
        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> CODEC.read(new byte[0]))
                .withMessage("a value of no bytes");
    }

    @Test
    void read_bytesCutAnywhere_isRefused() throws IOException {
        for (Object value : new Object[] {7, 7L, 7.0, new Point(1, 2)}) {
            byte[] bytes = write(value);
            for (int length = 1; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatExceptionOfType(IOException.class)
                        .as("%s cut to %d bytes", value, length)
                        .isThrownBy(() -> CODEC.read(cut));
            }
        }
    }

    private static Object proxy(Class<?>... interfaces) {
        return Proxy.newProxyInstance(ObjectCodecTest.class.getClassLoader(), interfaces, new Politeness());
    }

    private static Object copy(Object value) throws Exception {
        return CODEC.read(write(value));
    }

    private static byte[] write(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.write(value, out);
        return out.toByteArray();
    }

    private record Point(int x, int y) implements Serializable {}

    private static final class Politeness implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return "Hello, " + arguments[0];
        }
    }
}
