/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loky.Loky;
import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.ResultSerializationException;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels raw behind its message arrives as it would inside of it. */
class LargeDataTest {
    /** In bytes. */
    private static final int THRESHOLD = 4096;

    @RegisterExtension
    static final Pools POOLS = new Pools();

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void start() {
        Pools.LogWatch unused = POOLS.log(); // of attempts that are made again
        pool = POOLS.create(options().build());
    }

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder().maxWorkers(1).largeDataThreshold(THRESHOLD);
    }

    private static <T> T echo(T value) throws Exception {
        return echo(pool, value);
    }

    private static <T> T echo(ProcessPoolExecutor to, T value) throws Exception {
        return Await.result(to.<T, T>submitWith(sent -> sent, value));
    }

    // ---- every kind, at every size ----------------------------------------------------------------------------------

    /** A kind: its name, bytes for each element, and what makes one of so many elements. */
    static Stream<Arguments> kinds() {
        return Stream.of(
                kind("byte[]", 1, n -> bytes(n)),
                kind("boolean[]", 1, n -> {
                    boolean[] flags = new boolean[n];
                    IntStream.range(0, n).forEach(i -> flags[i] = i % 3 == 0);
                    return flags;
                }),
                kind("short[]", 2, n -> filled(new short[n])),
                kind("char[]", 2, n -> text(n, 'ä', '\uD800', '€').toCharArray()),
                kind("int[]", 4, n -> filled(new int[n])),
                kind("long[]", 8, n -> filled(new long[n])),
                kind("float[]", 4, n -> filled(new float[n])),
                kind("double[]", 8, n -> filled(new double[n])),
                kind("ASCII", 1, n -> text(n, 'a', 'b')),
                kind("Latin-1", 1, n -> text(n, 'a', 'ÿ')),
                kind("UTF-16", 2, n -> text(n, 'a', '€')),
                kind("UTF-16, unpaired surrogates", 2, n -> text(n, 'a', '\uDC00', '\uD800')),
                kind("List<Integer>", 4, n -> new ArrayList<>(boxed(n))),
                kind(
                        "List<Long>",
                        8,
                        n -> new ArrayList<>(
                                boxed(n).stream().map(i -> i * 10_000_000_000L).toList())),
                kind(
                        "List<Double>",
                        8,
                        n -> new ArrayList<>(boxed(n).stream().map(i -> i / 3.0).toList())),
                kind(
                        "List<Short>",
                        2,
                        n -> new ArrayList<>(
                                boxed(n).stream().map(Integer::shortValue).toList())),
                kind(
                        "List<Boolean>",
                        1,
                        n -> new ArrayList<>(
                                boxed(n).stream().map(i -> i % 2 == 0).toList())),
                kind("List.of of Integer", 4, n -> List.of(boxed(n).toArray(Integer[]::new))),
                kind(
                        "Stream.toList of Float",
                        4,
                        n -> boxed(n).stream().map(i -> i * 0.5f).toList()),
                kind("Arrays.asList of Integer", 4, n -> Arrays.asList(boxed(n).toArray(Integer[]::new))),
                kind("Integer[]", 4, n -> boxed(n).toArray(Integer[]::new)),
                kind(
                        "Object[] of Character",
                        2,
                        n -> boxed(n).stream().map(i -> (char) i.intValue()).toArray()),
                kind("ByteBuffer", 1, n -> ByteBuffer.wrap(bytes(n))));
    }

    private static Arguments kind(String name, int width, IntFunction<Object> maker) {
        return Arguments.of(name, width, maker);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void echo_sizesAroundTheThreshold_isEqual(String name, int width, IntFunction<Object> maker) throws Exception {
        int atThreshold = THRESHOLD / width;
        for (int length : new int[] {0, 1, atThreshold - 1, atThreshold, atThreshold + 1, 5 * atThreshold + 7}) {
            Object value = maker.apply(length);

            assertSame(echo(value), value);
            Object[] nested = {value, "x"};
            assertSame(((Object[]) echo((Object) nested))[0], value);
            assertSame(echo(new Holder(value, 3)).value(), value);
            SerializableCallable<Object> captures = () -> value;
            assertSame(Await.result(pool.submit(captures)), value);
            Object plain = echo(new NotSerializable(value)).value;
            assertSame(plain, value);
        }
    }

    private static void assertSame(Object got, Object expected) {
        assertThat(got).isExactlyInstanceOf(expected.getClass());
        if (expected.getClass().isArray()) {
            assertThat(Array.getLength(got)).isEqualTo(Array.getLength(expected));
            assertThat(Arrays.deepEquals(new Object[] {got}, new Object[] {expected}))
                    .isTrue();
        } else {
            assertThat(got.equals(expected)).isTrue();
        }
    }

    record Holder(Object value, int number) implements Serializable {}

    static final class NotSerializable {
        final Object value;

        NotSerializable(Object value) {
            this.value = value;
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Object filled(Object array) {
        Random random = new Random(7);
        for (int i = 0; i < Array.getLength(array); i++) {
            if (array instanceof short[] shorts) {
                shorts[i] = (short) random.nextInt();
            } else if (array instanceof int[] ints) {
                ints[i] = random.nextInt();
            } else if (array instanceof long[] longs) {
                longs[i] = random.nextLong();
            } else if (array instanceof float[] floats) {
                floats[i] = random.nextFloat();
            } else {
                ((double[]) array)[i] = random.nextDouble();
            }
        }
        return array;
    }

    private static String text(int length, char... characters) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(characters[i % characters.length]);
        }
        return text.toString();
    }

    private static List<Integer> boxed(int length) {
        return IntStream.range(0, length).map(i -> i * 31 - 1000).boxed().toList();
    }

    // ---- buffers ----------------------------------------------------------------------------------------------------

    @Test
    void echo_byteBuffers_keepTheirKindOrderPositionAndLimit() throws Exception {
        for (int length : new int[] {0, 100, 3 * THRESHOLD}) {
            for (boolean direct : new boolean[] {false, true}) {
                ByteBuffer whole = direct ? ByteBuffer.allocateDirect(length + 10) : ByteBuffer.allocate(length + 10);
                whole.put(bytes(length + 10)).clear();
                ByteBuffer slice = whole.slice(5, length);
                for (ByteBuffer buffer : List.of(whole, slice, slice.asReadOnlyBuffer())) {
                    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
                        ByteBuffer sent = buffer.duplicate()
                                .order(order)
                                .limit(buffer.capacity() - length / 4)
                                .position(length / 3);

                        ByteBuffer got = echo(sent);

                        assertThat(got).isEqualTo(sent);
                        assertThat(got.order()).isEqualTo(order);
                        assertThat(got.position()).isEqualTo(sent.position());
                        assertThat(got.limit()).isEqualTo(sent.limit());
                        assertThat(got.capacity()).isEqualTo(sent.capacity());
                        assertThat(got.isDirect()).isEqualTo(direct);
                        assertThat(got.isReadOnly()).isEqualTo(buffer.isReadOnly());
                        assertThat(got.clear()).isEqualTo(sent.clear());
                    }
                }
            }
        }
    }

    // ---- identity, and snapshots
    // -----------------------------------------------------------------------------------------

    @Test
    void argument_sameDataTwice_isOneObjectThereAndBack() throws Exception {
        byte[] bytes = bytes(2 * THRESHOLD);
        String text = text(THRESHOLD, '€');
        List<Integer> list = new ArrayList<>(boxed(THRESHOLD));
        Object[] twice = {bytes, text, list, bytes, text, list};

        assertThat(Await.result(pool.submitWith(
                        (Object[] got) -> got[0] == got[3] && got[1] == got[4] && got[2] == got[5] && got[0] != got[1],
                        twice)))
                .isTrue();
        Object[] back = echo(twice);
        assertThat(back[3]).isSameAs(back[0]).isEqualTo(bytes);
        assertThat(back[4]).isSameAs(back[1]).isEqualTo(text);
        assertThat(back[5]).isSameAs(back[2]).isEqualTo(list);
    }

    @Test
    void argument_alsoCapturedByTheFunction_isOneObjectThere() throws Exception {
        long[] array = new long[THRESHOLD];

        assertThat(Await.result(pool.<long[], Boolean>submitWith(got -> got == array, array)))
                .isTrue();
    }

    @Test
    void argument_sameDataTwice_isSentOnce() {
        byte[] bytes = bytes(1 << 20);

        assertThat(Loky.check(() -> new Object[] {bytes, bytes}.length).bytes())
                .isBetween(1L << 20, (1L << 20) + 10_000);
    }

    @Test
    void submit_arrayChangedAfterwards_isNotSeenByTheTask(@TempDir Path folder) throws Exception {
        Gate gate = new Gate(folder, "changed");
        TaskFuture<?> blocker = pool.submit(() -> gate.await());
        int[] array = new int[THRESHOLD];
        Object[] nested = {array, array};
        TaskFuture<Integer> direct = pool.<int[], Integer>submitWith(got -> got[5], array);
        TaskFuture<Integer> inside = pool.<Object[], Integer>submitWith(got -> ((int[]) got[1])[5], nested);
        array[5] = 1;
        gate.open();

        assertThat(Await.result(direct)).isZero();
        assertThat(Await.result(inside)).isZero();
        Await.result(blocker);
    }

    /** It writes one array again and again, each time with something else in it. */
    static final class Reusing implements Serializable {
        private static final long serialVersionUID = 1L;
        transient List<byte[]> read = List.of();

        private void writeObject(ObjectOutputStream out) throws IOException {
            byte[] slice = new byte[2 * THRESHOLD];
            for (byte i = 0; i < 3; i++) {
                Arrays.fill(slice, i);
                out.writeUnshared(slice);
            }
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            read = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                read.add((byte[]) in.readUnshared());
            }
        }
    }

    @Test
    void echo_objectThatReusesOneArray_keepsWhatWasInItEachTime() throws Exception {
        assertThat(echo(new Reusing()).read)
                .extracting(slice -> slice[THRESHOLD])
                .containsExactly((byte) 0, (byte) 1, (byte) 2);
    }

    @Test
    void echo_inProcess_isACopy() throws Exception {
        ProcessPoolExecutor inside =
                POOLS.create(options().mode(Mode.IN_PROCESS).build());
        double[] array = {1, 2, 3};
        double[] large = Arrays.copyOf(array, THRESHOLD);

        double[] got = echo(inside, large);

        assertThat(got).isEqualTo(large).isNotSameAs(large);
    }

    // ---- maps -------------------------------------------------------------------------------------------------------

    @Test
    void map_largeItemsAndResults_eachHasItsOwn() throws Exception {
        long[] captured = {5, 6};
        long[] large = Arrays.copyOf(captured, THRESHOLD);
        List<int[]> items = IntStream.range(0, 20)
                .mapToObj(i -> {
                    int[] item = new int[i % 3 == 0 ? 10 : THRESHOLD];
                    Arrays.fill(item, i);
                    return item;
                })
                .toList();

        List<int[]> results = pool.<int[], int[]>map(
                        item -> {
                            int[] result = item.clone();
                            result[1] = (int) large[1];
                            return item[0] % 2 == 0 ? result : new int[] {item[0], 6};
                        },
                        items,
                        MapOptions.defaults().withChunkSize(7))
                .toList();

        assertThat(results)
                .extracting(result -> result[0])
                .containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
        assertThat(results).allMatch(result -> result[1] == 6);
    }

    @Test
    void map_inputThatReusesOneArray_sendsWhatWasInItEachTime() throws Exception {
        int[] one = new int[THRESHOLD];
        Iterable<int[]> items = () -> IntStream.range(0, 10)
                .mapToObj(i -> {
                    one[0] = i;
                    return one;
                })
                .iterator();

        assertThat(pool.<int[], Integer>map(
                        item -> item[0], items, MapOptions.defaults().withChunkSize(5)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    /** What is left of the chunk is sent again without what is done. */
    @Test
    void map_workerDiesInTheMiddleOfAChunk_theRestArrivesWhole(@TempDir Path folder) throws Exception {
        ProcessPoolExecutor one = POOLS.create(options().retriesOnCrash(1).build());
        Gate died = new Gate(folder, "died");
        List<int[]> items = IntStream.range(0, 8)
                .mapToObj(i -> IntStream.range(i, i + THRESHOLD).toArray())
                .toList();

        List<Integer> results = one.<int[], Integer>map(
                        item -> {
                            if (item[0] == 4 && !died.isOpen()) {
                                died.open();
                                Runtime.getRuntime().halt(3);
                            }
                            return item[THRESHOLD - 1] - THRESHOLD + 1;
                        },
                        items,
                        MapOptions.defaults().withChunkSize(8))
                .toList();

        assertThat(results).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    // ---- failures
    // --------------------------------------------------------------------------------------------------------

    static final class LoadedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final double[] load;

        LoadedException(double[] load) {
            super("loaded");
            this.load = load;
        }
    }

    @Test
    void exception_thatCarriesAnArray_arrivesWithIt() throws Exception {
        Throwable failure = Pools.failure(pool.submit(() -> {
            double[] load = new double[3 * THRESHOLD];
            load[THRESHOLD] = 1.5;
            throw new LoadedException(load);
        }));

        assertThat(failure).isInstanceOf(LoadedException.class);
        assertThat(((LoadedException) failure).load).hasSize(3 * THRESHOLD).contains(1.5);
    }

    @Test
    void task_workerDiesInItsFirstAttempt_isSentAgainAsItWas(@TempDir Path folder) throws Exception {
        ProcessPoolExecutor one = POOLS.create(options().retriesOnCrash(1).build());
        Gate died = new Gate(folder, "died");
        byte[] large = bytes(1 << 20);

        byte[] got = Await.result(one.<byte[], byte[]>submitWith(
                sent -> {
                    if (!died.isOpen()) {
                        Arrays.fill(sent, (byte) 0);
                        died.open();
                        Runtime.getRuntime().halt(3);
                    }
                    return sent;
                },
                large));

        assertThat(got).isEqualTo(large);
    }

    @Test
    void argument_workerHasNoRoomForIt_failsThatTaskAlone() throws Exception {
        ProcessPoolExecutor one = POOLS.create(options().maxHeap("64m").build());

        Throwable failure = Pools.failure(one.<byte[], Integer>submitWith(sent -> sent.length, new byte[100 << 20]));

        assertThat(failure)
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("has no room")
                .hasMessageContaining("maxHeap");
        assertThat(echo(one, 2)).isEqualTo(2);
        assertThat(one.snapshot().endedWorkers()).isEmpty();
    }

    // ---- filters ----------------------------------------------------------------------------------------------------

    /** Allows all, and notes what it is asked about. */
    private static final class Asked implements ObjectInputFilter {
        private final Set<String> questions = ConcurrentHashMap.newKeySet();
        private final AtomicLong bytes = new AtomicLong();

        @Override
        public Status checkInput(FilterInfo info) {
            if (info.serialClass() != null) {
                questions.add(info.serialClass().getName() + " " + info.arrayLength());
            }
            bytes.accumulateAndGet(info.streamBytes(), Math::max);
            return Status.ALLOWED;
        }
    }

    @Test
    void resultFilter_sameValueRawAndInside_isAskedTheSame() throws Exception {
        Asked raw = new Asked();
        Asked inside = new Asked();
        ProcessPoolExecutor sendsRaw = POOLS.create(options().resultFilter(raw).build());
        ProcessPoolExecutor sendsInside = POOLS.create(options()
                .largeDataThreshold(Long.MAX_VALUE)
                .resultFilter(inside)
                .build());
        int n = 20 * THRESHOLD;
        List<Object> values = List.of(
                bytes(n),
                new double[n],
                new boolean[n],
                text(n, 'a', '€'),
                new ArrayList<>(boxed(n)),
                boxed(n),
                List.of(boxed(n).toArray(Integer[]::new)),
                boxed(n).toArray(Integer[]::new),
                ByteBuffer.wrap(bytes(n)));
        for (Object value : values) {
            for (Object sent : List.of(value, new Object[] {value, "x"}, new Holder(value, 1))) {
                for (Asked asked : List.of(raw, inside)) {
                    asked.questions.clear();
                    asked.bytes.set(0);
                }

                Object first = echo(sendsRaw, sent);
                Object second = echo(sendsInside, sent);

                assertThat(first).hasSameClassAs(second);
                assertThat(raw.questions)
                        .as("%s in %s", value.getClass(), sent.getClass())
                        .isEqualTo(inside.questions);
                if (value.getClass().isArray()
                        && value.getClass().getComponentType().isPrimitive()) {
                    assertThat(raw.bytes.get()).isCloseTo(inside.bytes.get(), Offset.offset(2000L));
                }
            }
        }
    }

    /** A list of classes that has neither {@code String} nor anything of the library's, in a worker and in the parent. */
    @Test
    void filters_thatListClasses_letPassWhatTravelsRaw() throws Exception {
        String list = "maxarray=100000;" + LargeDataTest.class.getName() + "*;java.lang.Object;java.lang.Number;"
                + "java.lang.Integer;java.lang.invoke.SerializedLambda;io.loky.SerializableFunction;!*";
        ProcessPoolExecutor listed = POOLS.create(options()
                .resultFilter(ObjectInputFilter.Config.createFilter(list))
                .jvmArgs(List.of("-Djdk.serialFilter=" + list))
                .build());
        Holder text = new Holder(text(20 * THRESHOLD, 'a'), 1);
        Holder array = new Holder(new double[20 * THRESHOLD], 2);

        assertThat(echo(listed, text)).isEqualTo(text);
        assertThat((double[]) echo(listed, array).value()).hasSize(20 * THRESHOLD);
        for (int size : new int[] {100_001, 200_000}) {
            assertThat(Pools.failure(
                            listed.<Holder, Integer>submitWith(got -> got.number(), new Holder(new byte[size], 3))))
                    .isInstanceOf(TaskSerializationException.class)
                    .hasMessageContaining("byte[] of length " + size);
        }
        assertThat(Pools.failure(listed.<Integer, Object>submitWith(got -> new Holder(new byte[got], 4), 100_001)))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("byte[] of length 100001");
    }

    @Test
    void resultFilter_limitsOfArraysAndBytes_holdForWhatTravelsRaw() throws Exception {
        ProcessPoolExecutor arrays = POOLS.create(options()
                .resultFilter(ObjectInputFilter.Config.createFilter("maxarray=20000"))
                .build());
        ProcessPoolExecutor total = POOLS.create(options()
                .resultFilter(ObjectInputFilter.Config.createFilter("maxbytes=50000"))
                .build());
        for (int length : new int[] {10, 10_000}) {
            assertThat(echo(arrays, new Holder(new double[length], 1)).value()).isEqualTo(new double[length]);
            assertThat(echo(arrays, new double[length])).hasSize(length);
            assertThat(echo(arrays, (Object) boxed(length))).isEqualTo(boxed(length));
        }
        for (Object large : List.of(new double[20_001], new ArrayList<>(boxed(20_001)), new int[20_001])) {
            for (Object sent : List.of(large, new Holder(large, 1))) {
                assertThat(Pools.failure(arrays.<Object, Object>submitWith(got -> got, sent)))
                        .isInstanceOf(ResultSerializationException.class)
                        .hasMessageContaining("rejected by the deserialization filter");
            }
        }
        for (int length :
                new int[] {5_000, 7_000, 20_000}) { // the second in the stream of the parent, the third beside it
            Object[] sent = {new double[length], new Holder("behind", 1)};
            if (length == 5_000) {
                assertThat((Object[]) echo(total, (Object) sent)).hasSize(2);
            } else {
                assertThat(Pools.failure(total.<Object, Object>submitWith(got -> got, sent)))
                        .isInstanceOf(ResultSerializationException.class);
            }
        }
    }

    @Test
    void largeDataThreshold_badValue_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessPoolOptions.builder().largeDataThreshold(0))
                .withMessageContaining("largeDataThreshold");
        assertThat(ProcessPoolOptions.builder().build().largeDataThreshold()).isEqualTo(65_536);
    }

    @Test
    void largeDataThreshold_never_allArrivesAsEver() throws Exception {
        ProcessPoolExecutor inside =
                POOLS.create(options().largeDataThreshold(Long.MAX_VALUE).build());
        double[] array = new double[THRESHOLD];
        array[7] = 7;

        assertThat(echo(inside, array)).isEqualTo(array);
        assertThat(echo(inside, new Holder(array, 1)).value()).isEqualTo(array);
    }

    // ---- 2.2 GB
    // ----------------------------------------------------------------------------------------------------------

    /**
     * Takes 8 GB of memory and some seconds, more than a test may on any machine. The parent's heap is three times the payload: the program's
     * array, the snapshot, and the result.
     */
    @Test
    @EnabledIfSystemProperty(named = "loky.huge", matches = "true")
    void echo_of2200Megabytes_worksInThreeTimesItsSize() throws Exception {
        try (ChildJvm child = ChildJvm.of(Huge.class)
                .jvmArgs("-Xmx" + 3 * Huge.MEBIBYTES + "m")
                .start()) {
            assertThat(child.exitCode()).as("%s", child.err()).isZero();
            assertThat(child.out()).contains("huge: done");
        }
    }

    /** Sends 2.2 GB in one array, and back, and then in several. */
    static final class Huge {
        static final int MEBIBYTES = 2100;

        private Huge() {}

        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(
                    ProcessPoolOptions.builder().maxWorkers(1).maxHeap("5g").build())) {
                sendOne(pool);
                sendThree(pool);
                if (!pool.snapshot().endedWorkers().isEmpty()) {
                    throw new AssertionError("what was sent and answered is taken for a leak: " + pool.snapshot());
                }
            }
            System.out.println("huge: done");
        }

        private static void sendOne(ProcessPoolExecutor pool) throws Exception {
            long[] array = new long[MEBIBYTES << 17];
            array[array.length - 1] = 42;
            long begun = System.nanoTime();
            long[] back = pool.<long[], long[]>submitWith(sent -> sent, array).get();
            long millis = (System.nanoTime() - begun) / 1_000_000;
            if (!Arrays.equals(back, array)) {
                throw new AssertionError("another array");
            }
            long peak = peakKibibytes();
            String figures = "there and back in " + millis + " ms, peak of the parent " + peak + " KiB";
            System.out.println("huge: " + figures);
            if (peak > 3L * MEBIBYTES * 1024) {
                throw new AssertionError(figures);
            }
        }

        private static void sendThree(ProcessPoolExecutor pool) throws Exception {
            int third = 700 << 20;
            List<byte[]> three = List.of(new byte[third], new byte[third], new byte[third]);
            long sum = pool.<List<byte[]>, Long>submitWith(
                            sent -> sent.stream().mapToLong(part -> part.length).sum(), three)
                    .get();
            if (sum != 3L * third) {
                throw new AssertionError(sum + " bytes");
            }
        }

        private static long peakKibibytes() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
