/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.loky.spi.Reducer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.StreamCorruptedException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompactFormTest {
    private static final ClassNames NAMES = ClassNames.of(CompactFormTest.class.getClassLoader());
    private static final ObjectCodec CODEC = new ObjectCodec(NAMES);
    private static final byte STREAM = 1;
    private static final byte COMPACT = 10;

    static Stream<Arguments> compactValues() {
        return arguments(
                (byte) -1,
                (short) -2,
                '\uffff',
                Float.intBitsToFloat(0x7fc00123),
                new boolean[] {true, false},
                new short[] {Short.MIN_VALUE, 1},
                new char[] {'a', '\ud800'},
                new int[] {Integer.MIN_VALUE, 0, 7},
                new int[0],
                new long[] {Long.MAX_VALUE},
                new float[] {-0.0f, Float.NaN},
                new double[] {Double.MIN_VALUE, Double.NaN},
                new Object[] {null, 1, "x", 2L, new byte[] {1, 2}, List.of(), true, 'c', 1.5, 1.5f, (byte) 1, (short) 1
                },
                new Object[0][2],
                new String[] {"a", null, "\ud800 alone"},
                new Integer[] {1, null, 128},
                new Number[] {1, 2L, 3.0},
                new int[][] {{1}, null, {}},
                new String[][][] {{{"deep"}}},
                new ArrayList<>(),
                new ArrayList<>(Arrays.asList(1, null, "two", 3L, new int[] {4})),
                Arrays.asList(1, 2, null),
                Arrays.asList("a", "b"),
                Arrays.asList(new Object[] {"a", 1}),
                List.of(),
                List.of(1),
                List.of(1, "two"),
                List.of(1, 2, 3),
                Stream.of(1, 2, 3).toList(),
                Stream.of(1, null).toList(),
                Stream.of().toList(),
                List.of(List.of(List.of(1)), new ArrayList<>(List.of("x"))),
                nested(CompactWriter.DEEPEST));
    }

    @ParameterizedTest
    @MethodSource("compactValues")
    void read_compactValue_isOfTheSameClassAndEqual(Object value) throws Exception {
        byte[] bytes = write(value);

        Object copy = CODEC.read(bytes);

        assertThat(bytes[0]).isEqualTo(COMPACT);
        assertSame(copy, value);
    }

    /** What has another class, or what refers twice to what can change: an object stream loses nothing of it. */
    static Stream<Arguments> otherValues() {
        List<Integer> twice = new ArrayList<>(List.of(1));
        Integer[] array = {1, 2};
        return arguments(
                new ArrayList<Object>(List.of(1)) {
                    private static final long serialVersionUID = 1L;
                },
                new BigInteger[] {BigInteger.ONE},
                new Comparable<?>[] {1},
                new ArrayList<>(List.of(BigInteger.TEN)),
                List.of(twice, twice),
                new Object[] {array, Arrays.asList(array)},
                Collections.unmodifiableList(twice),
                nested(CompactWriter.DEEPEST + 1),
                nested(5_000));
    }

    @ParameterizedTest
    @MethodSource("otherValues")
    void write_otherValue_takesAnObjectStream(Object value) throws Exception {
        byte[] bytes = write(value);

        assertThat(bytes[0]).isEqualTo(STREAM);
        assertThat(CODEC.read(bytes)).hasSameClassAs(value);
    }

    /** Each one argument, arrays too. */
    private static Stream<Arguments> arguments(Object... values) {
        return Arrays.stream(values).map(value -> Arguments.of(new Object[] {value}));
    }

    private static Object nested(int depth) {
        Object value = "innermost";
        for (int i = 0; i < depth; i++) {
            value = new ArrayList<>(Collections.singletonList(value));
        }
        return value;
    }

    // ---- what is kept -----------------------------------------------------------------------------------------------

    @Test
    @SuppressWarnings("unchecked") // it is what was sent
    void read_lists_canBeChangedAsTheirOriginals() throws Exception {
        List<Object> arrayList = (List<Object>) copy(new ArrayList<>(List.of(1)));
        List<Object> ofStrings = (List<Object>) copy(Arrays.asList("a", "b"));
        List<Object> ofObjects = (List<Object>) copy(Arrays.asList(new Object[] {"a", "b"}));
        List<Object> fixed = (List<Object>) copy(List.of(1, 2, 3));
        List<Object> ofStream = (List<Object>) copy(Stream.of(1, 2, 3).toList());

        arrayList.add(2);
        ofStrings.set(0, "c");
        ofObjects.set(0, 1);

        assertThat(arrayList).containsExactly(1, 2);
        assertThat(ofStrings).containsExactly("c", "b");
        assertThat(ofObjects).containsExactly(1, "b");
        assertThatExceptionOfType(ArrayStoreException.class).isThrownBy(() -> ofStrings.set(0, 1));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> ofStrings.add("d"));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> fixed.set(0, 1));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> ofStream.set(0, 1));
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> fixed.contains(null));
        assertThat(ofStream.contains(null)).isFalse();
    }

    @Test
    void read_textThatIsThereTwice_isStillOneObject() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            texts.add("text " + i % 20);
        }
        String first = texts.get(0);
        texts.add(first);
        texts.add(new String(first.toCharArray()));

        List<?> copy = (List<?>) copy(texts);

        assertThat(copy).isEqualTo(texts);
        assertThat(firsts(copy)).isEqualTo(firsts(texts));
    }

    /** For each the index of the first that is the same object. */
    private static List<Integer> firsts(List<?> objects) {
        IdentityHashMap<Object, Integer> seen = new IdentityHashMap<>();
        List<Integer> firsts = new ArrayList<>();
        for (Object object : objects) {
            firsts.add(seen.computeIfAbsent(object, first -> firsts.size()));
        }
        return firsts;
    }

    @Test
    void read_holderThatIsThereTwice_isStillOneObject() throws Exception {
        int[] shared = {1};
        Object[] copy = (Object[]) copy(new Object[] {shared, List.of(shared)});
        Object[] self = new Object[1];
        self[0] = Arrays.asList(self);

        assertThat(((List<?>) copy[1]).get(0)).isSameAs(copy[0]);
        Object[] selfCopy = (Object[]) copy(self);
        assertThat(selfCopy[0]).isInstanceOf(List.class);
        @SuppressWarnings("unchecked") // it is what was sent
        List<Object> listCopy = (List<Object>) selfCopy[0];
        listCopy.set(0, "seen by the array");
        assertThat(selfCopy[0]).isEqualTo("seen by the array");
    }

    @Test
    void write_elementThatHasAReducer_isReduced() throws Exception {
        Reducer<Integer> negative = number -> {
            String negated = String.valueOf(-number);
            return () -> Integer.valueOf(negated);
        };
        ObjectCodec reducing = new ObjectCodec(NAMES, Dialect.of(null, Map.of(Integer.class, negative)), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        reducing.write(new ArrayList<>(List.of("x", 1)), out);

        assertThat(reducing.read(out.toByteArray())).isEqualTo(List.of("x", -1));
    }

    /** Also where the array is behind a list. */
    @Test
    void write_arrayThatHasAReducer_isReduced() throws Exception {
        Reducer<Integer[]> negative = numbers -> {
            String first = String.valueOf(-numbers[0]);
            return () -> new Integer[] {Integer.valueOf(first)};
        };
        ObjectCodec reducing = new ObjectCodec(NAMES, Dialect.of(null, Map.of(Integer[].class, negative)), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        reducing.write(Arrays.asList(new Integer[] {1}), out);

        assertThat(reducing.read(out.toByteArray())).isEqualTo(List.of(-1));
    }

    /** A million references to one number need not become a million numbers. */
    @Test
    void read_numberThatIsThereManyTimes_isOneObject() throws Exception {
        Double[] numbers = new Double[1_000];
        Arrays.fill(numbers, 2.5);
        numbers[500] = 3.5;

        Double[] copy = (Double[]) copy(numbers);

        assertThat(copy).isEqualTo(numbers);
        assertThat(firsts(Arrays.asList(copy)).stream().distinct()).hasSizeLessThanOrEqualTo(3);
        assertThat(write(numbers)).hasSizeLessThan(1_050);
    }

    /** The seed of a failure is in its message. */
    @Test
    void read_randomValues_areEqual() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Object value = random(random, 4);
            try {
                assertSame(copy(value), value);
            } catch (Throwable e) {
                throw new AssertionError("value " + i + " of seed " + seed + ": " + e, e);
            }
        }
    }

    private static Object random(Random random, int depth) {
        int length = random.nextInt(5);
        return switch (random.nextInt(depth == 0 ? 14 : 20)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> (char) random.nextInt();
            case 5 -> random.nextInt();
            case 6 -> random.nextLong();
            case 7 -> Float.intBitsToFloat(random.nextInt());
            case 8 -> Double.longBitsToDouble(random.nextLong());
            case 9 -> text(random, random.nextInt(40));
            case 10 -> random.ints(length).toArray();
            case 11 -> random.doubles(length).toArray();
            case 12 -> text(random, length).toCharArray();
            case 13 -> TimeUnits.random(random); // has no compact form
            case 14 -> new ArrayList<>(elements(random, length, depth));
            case 15 -> Arrays.asList(elements(random, length, depth).toArray());
            case 16 ->
                List.copyOf(elements(random, length, depth).stream()
                        .filter(Objects::nonNull)
                        .toList());
            case 17 -> elements(random, length, depth).stream().toList();
            case 18 -> elements(random, length, depth).toArray();
            default -> Arrays.asList(text(random, length), text(random, length));
        };
    }

    private static final class TimeUnits {
        static Object random(Random random) {
            return java.util.concurrent.TimeUnit.values()[random.nextInt(7)];
        }
    }

    private static String text(Random random, int length) {
        int range = random.nextBoolean() ? 128 : 65536;
        StringBuilder text = new StringBuilder();
        random.ints(length, 0, range).forEach(c -> text.append((char) c));
        return text.toString();
    }

    private static List<Object> elements(Random random, int length, int depth) {
        List<Object> elements = new ArrayList<>();
        IntStream.range(0, length).forEach(i -> elements.add(random(random, depth - 1)));
        return elements;
    }

    /** Equal by their bits, of which object streams keep one NaN only, and of the same classes, all the way down. */
    private static void assertSame(Object actual, Object expected) {
        if (expected == null) {
            assertThat(actual).isNull();
            return;
        }
        assertThat(actual).isNotNull();
        assertThat(actual.getClass()).isSameAs(expected.getClass());
        if (expected instanceof float[] floats) {
            assertThat(bits((float[]) actual)).isEqualTo(bits(floats));
        } else if (expected instanceof double[] doubles) {
            assertThat(Arrays.stream((double[]) actual).mapToLong(Double::doubleToLongBits))
                    .containsExactlyElementsOf(Arrays.stream(doubles)
                            .mapToLong(Double::doubleToLongBits)
                            .boxed()
                            .toList());
        } else if (expected instanceof Float number) {
            assertThat(Float.floatToIntBits((Float) actual)).isEqualTo(Float.floatToIntBits(number));
        } else if (expected instanceof Double number) {
            assertThat(Double.doubleToLongBits((Double) actual)).isEqualTo(Double.doubleToLongBits(number));
        } else if (expected instanceof Object[] array) {
            assertSameElements(Arrays.asList((Object[]) actual), Arrays.asList(array));
        } else if (expected instanceof List<?> list) {
            assertSameElements((List<?>) actual, list);
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static List<Integer> bits(float[] floats) {
        List<Integer> bits = new ArrayList<>();
        for (float number : floats) {
            bits.add(Float.floatToIntBits(number));
        }
        return bits;
    }

    private static void assertSameElements(List<?> actual, List<?> expected) {
        assertThat(actual).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertSame(actual.get(i), expected.get(i));
        }
    }

    // ---- hostile bytes ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("compactValues")
    void read_bytesCutAnywhere_isRefused(Object value) throws IOException {
        byte[] bytes = write(value);
        for (int length = 1; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(StreamCorruptedException.class)
                    .as("cut to %d bytes", length)
                    .isThrownBy(() -> CODEC.read(cut));
        }
    }

    @Test
    void read_somethingBehindTheEnd_isRefused() throws IOException {
        byte[] bytes = write(List.of(1));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);

        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> CODEC.read(longer))
                .withMessage("a value with 1 bytes behind its end");
    }

    /** A terabyte is not even tried to be had. */
    @ParameterizedTest
    @ValueSource(bytes = {10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 25})
    void read_lengthThatIsNotThere_isRefused(byte tag) {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 8}) {
            byte[] bytes =
                    ByteBuffer.allocate(13).put(COMPACT).put(tag).putInt(length).array();
            assertThatExceptionOfType(StreamCorruptedException.class)
                    .isThrownBy(() -> CODEC.read(bytes))
                    .withMessageContaining(
                            tag >= 22 && length < 0 // stands for the number of an array beside the value
                                    ? "a reference to array " + ~length + " beside a value, of 0"
                                    : "a value announces " + (length & 0xFFFF_FFFFL) + " elements, and 7 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {CompactTag.RAW_ARRAY, CompactTag.RAW_TEXT})
    void read_arrayThatIsNotBesideTheValue_isRefused(byte tag) {
        for (int number : new int[] {-1, 0, Integer.MAX_VALUE}) {
            byte[] bytes =
                    ByteBuffer.allocate(6).put(COMPACT).put(tag).putInt(number).array();
            assertThatExceptionOfType(StreamCorruptedException.class)
                    .isThrownBy(() -> CODEC.read(bytes))
                    .withMessage("a reference to array " + number + " beside a value, of 0");
        }
    }

    @Test
    void read_contentThatDoesNotFit_isRefused() {
        refused("an array of the unknown type", COMPACT, 21, 40, 1, 0, 0, 0, 0);
        refused("an array of the unknown type", COMPACT, 21, 0, 9, 0, 0, 0, 0);
        refused("an array of the unknown type", COMPACT, 21, 0, 0, 0, 0, 0, 0);
        refused("an array of int in the form of one of objects", COMPACT, 21, 11, 1, 0, 0, 0, 0);
        refused("an array of java.lang.String with something else in it", COMPACT, 21, 1, 1, 0, 0, 0, 1, 1);
        refused("a list that holds a null, where it cannot", COMPACT, 24, 0, 0, 0, 1, 0);
        refused("a list without its array", COMPACT, 23, 22, 0, 0, 0, 0);
        refused("a reference to text 0 of 0", COMPACT, 12, 0, 0, 0, 0);
        refused("a reference to an earlier number", COMPACT, 27);
        refused("a value with the unknown compact tag 99", COMPACT, 99);
        refused("a value with the unknown compact tag -1", COMPACT, 255);
        refused("a value that ends too early", COMPACT);
    }

    private static void refused(String message, int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> CODEC.read(bytes))
                .withMessageStartingWith(message);
    }

    /** Each level announces all bytes that are there: two megabytes of this needed half a gigabyte. */
    @Test
    void read_holdersThatAnnounceTheSameBytes_areRefused() {
        ByteBuffer bytes = ByteBuffer.allocate(1_000).put(COMPACT);
        bytes.put((byte) 22).putInt(bytes.remaining() - 5);
        bytes.put((byte) 22).putInt(900);

        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> CODEC.read(bytes.array()))
                .withMessage("a value announces 900 elements, and 0 bytes are left");
    }

    /** Each level costs five bytes, and would cost a stack frame. */
    @Test
    void read_deeperThanAnythingWritten_isRefused() {
        ByteBuffer bytes = ByteBuffer.allocate(5_000_000).put(COMPACT);
        while (bytes.remaining() >= 5) {
            bytes.put((byte) 22).putInt(1);
        }

        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> CODEC.read(bytes.array()))
                .withMessage("a value that is deeper than any that is written");
    }

    /** The seed of a failure is in its message. */
    @Test
    void read_bytesWithErrors_isAValueOrRefused() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<byte[]> originals = new ArrayList<>();
        for (Arguments value : compactValues().toList()) {
            originals.add(write(value.get()[0]));
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            for (int errors = 1 + random.nextInt(3); errors > 0; errors--) {
                bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
            }
            try {
                Object unused = CODEC.read(bytes);
            } catch (IOException e) {
                // refused in plain words
            } catch (Throwable e) {
                fail("bytes %d of seed %d: %s", i, seed, e);
            }
        }
    }

    // ---- filters ----------------------------------------------------------------------------------------------------

    /** Whatever a filter says of a value in an object stream it says of its compact form. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "!java.lang.Integer",
                "!java.lang.Number",
                "!java.util.ArrayList",
                "!java.util.*",
                "java.util.ArrayList;java.lang.*;!*",
                "java.util.CollSer;java.lang.*;!*",
                "java.lang.*;!*",
                "!*",
                "maxarray=2",
                "maxarray=100",
                "maxdepth=1",
                "maxdepth=20",
                "java.util.ArrayList;!*",
                "maxrefs=1",
                "maxrefs=3",
                "maxrefs=6",
                "maxbytes=10",
                "maxbytes=5000"
            })
    void read_withAFilter_isRejectedAsAnObjectStreamIs(String pattern) throws Exception {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter(pattern);
        ObjectCodec filtering = new ObjectCodec(NAMES, Dialect.OWN, filter);
        Object[] values = {
            new int[] {1, 2, 3},
            new Integer[] {1, 2, 3},
            new String[] {"a", "b", "c"},
            new ArrayList<>(List.of(1, 2, 3)),
            new ArrayList<>(List.of("a", "b", "c")),
            Arrays.asList(1, 2, 3),
            List.of("a", "b", "c"),
            List.of(1),
            Stream.of(1, 2, 3).toList(),
            new ArrayList<>(List.of(new ArrayList<>(List.of(1, 2L, 'c')))),
            new ArrayList<>(),
            Arrays.asList(),
            List.of(),
            new ArrayList<>(List.of(new ArrayList<>())),
            new Object[] {new int[2], "a", 1}
        };
        for (Object value : values) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            CODEC.writeStream(stream, value);

            String byStream = outcome(() -> filtering.readStream(stream.toByteArray(), 0, ObjectReader::next));
            String compact = outcome(() -> filtering.read(write(value)));

            assertThat(compact).as("%s", value.getClass()).isEqualTo(byStream);
        }
    }

    private interface Reading {
        Object read() throws Exception;
    }

    private static String outcome(Reading reading) throws Exception {
        try {
            return String.valueOf(reading.read() != null);
        } catch (InvalidClassException e) {
            assertThat(e).hasMessageContaining("rejected by the deserialization filter");
            return "rejected";
        }
    }

    private static Object copy(Object value) throws Exception {
        return CODEC.read(write(value));
    }

    private static byte[] write(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.write(value, out);
        return out.toByteArray();
    }
}
