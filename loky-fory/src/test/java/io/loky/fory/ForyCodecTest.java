/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.fory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ResultSerializationException;
import io.loky.SerializableSupplier;
import io.loky.TaskOptions;
import io.loky.Wrapped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ForyCodecTest {
    private static final byte FORY = 1;

    /** None of these is Serializable. */
    record Point(int x, int y) {}

    static final class Node {
        String name;
        Node next;

        Node(String name) {
            this.name = name;
        }
    }

    static final class UserException extends Exception {
        private static final long serialVersionUID = 1L;

        UserException(String message) {
            super(message);
        }
    }

    private final ForyCodec codec = new ForyCodec();

    private byte[] bytes(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.write(value, out);
        return out.toByteArray();
    }

    private Object copy(Object value) throws Exception {
        return codec.read(new ByteArrayInputStream(bytes(value)), ForyCodecTest.class.getClassLoader());
    }

    @Test
    void values_ofManyKinds_comeBack() throws Exception {
        for (Object value :
                List.of(1, "text", List.of(1, 2), new ArrayList<>(List.of("a")), Map.of("k", 1L), new Point(1, 2))) {
            assertThat(copy(value)).isEqualTo(value);
            assertThat(bytes(value)[0]).as("%s goes by Fory", value).isEqualTo(FORY);
        }
        assertThat(copy(null)).isNull();
        double[] numbers = new double[1_000_000];
        numbers[999_999] = 1.5;
        assertThat((double[]) copy(numbers)).isEqualTo(numbers);
    }

    @Test
    void identityAndCycles_areKept() throws Exception {
        Node first = new Node("first");
        first.next = new Node("second");
        first.next.next = first;

        Node copy = (Node) copy(first);

        assertThat(copy.next.next).isSameAs(copy);
        assertThat(copy.next.name).isEqualTo("second");
        List<?> twice = (List<?>) copy(new ArrayList<>(List.of(first, first)));
        assertThat(twice.get(0)).isSameAs(twice.get(1));
    }

    @Test
    void lambda_goesTheLibrarysOwnWay() throws Exception {
        String captured = "captured";
        SerializableSupplier<String> lambda = () -> captured;

        assertThat(bytes(lambda)[0]).isNotEqualTo(FORY);
        assertThat(((SerializableSupplier<?>) copy(lambda)).get()).isEqualTo("captured");
    }

    /** Fory alone loses the stack of an exception class of the user's. */
    @Test
    void exception_asAValue_keepsItsStack() throws Exception {
        UserException copy = (UserException) copy(new UserException("x"));

        assertThat(copy).hasMessage("x");
        assertThat(copy.getStackTrace()).isNotEmpty();
    }

    @Test
    void valueThatFailsInBothWays_tellsBothReasons() {
        HashMap<String, Object> value = new HashMap<>(Map.of("k", Thread.currentThread()));

        assertThatThrownBy(() -> bytes(value.keySet().iterator()))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }

    @Test
    void list_deeperThanForysOwnLimit_comesBack() throws Exception {
        Node first = new Node("0");
        Node last = first;
        for (int i = 1; i < 200; i++) {
            last.next = new Node("" + i);
            last = last.next;
        }

        Node node = (Node) copy(first);

        for (int i = 0; i < 199; i++) {
            node = node.next;
        }
        assertThat(node.name).isEqualTo("199");
    }

    @Test
    void wrappedValue_insideAGraph_survives() throws Exception {
        List<?> copy = (List<?>) copy(new ArrayList<>(List.of(Loky.wrap(List.of("inner")))));

        assertThat(((Wrapped<?>) copy.get(0)).get()).isEqualTo(List.of("inner"));
    }

    /** What the page about this codec says that Fory writes and cannot read, and that a wrapping helps. */
    @Test
    void listWithNull_ofAStream_failsUnlessWrapped() throws Exception {
        List<String> withNull = Stream.of("a", (String) null).toList();

        assertThat(bytes(withNull)[0]).as("is written by Fory").isEqualTo(FORY);
        assertThatThrownBy(() -> copy(withNull)).isNotNull();
        assertThat(((Wrapped<?>) copy(Loky.wrap(withNull))).get()).isEqualTo(withNull);
    }

    @Test
    void exceptionWithFields_insideAValue_losesItsStack() throws Exception {
        List<?> copy = (List<?>) copy(new ArrayList<>(List.of(new DetailedException("x", new IOException("y")))));

        assertThat((DetailedException) copy.get(0)).hasMessage("x");
        assertThat(((DetailedException) copy.get(0)).details).isEqualTo(List.of(1));
        assertThat(((DetailedException) copy.get(0)).getStackTrace()).isEmpty();
    }

    static final class DetailedException extends Exception {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        final List<Integer> details = new ArrayList<>(List.of(1));

        DetailedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The whole value then goes the other way. */
    @Test
    void value_thatForyRefuses_goesTheLibrarysOwnWay() throws Exception {
        Random random = new Random(7);
        random.nextInt();

        assertThat(bytes(random)[0]).isNotEqualTo(FORY);
        assertThat(((Random) copy(random)).nextInt()).isEqualTo(random.nextInt());
    }

    @Test
    void serializableLambda_insideAValue_passes() throws Exception {
        SerializableSupplier<String> lambda = () -> "inner";

        List<?> copy = (List<?>) copy(new ArrayList<>(List.of(lambda)));

        assertThat(((SerializableSupplier<?>) copy.get(0)).get()).isEqualTo("inner");
    }

    @Test
    void bytes_thatAreNotOfTheCodec_areRefused() {
        assertThatThrownBy(() ->
                        codec.read(new ByteArrayInputStream(new byte[] {7}), ForyCodecTest.class.getClassLoader()))
                .isInstanceOf(StreamCorruptedException.class)
                .hasMessageContaining("7");
    }

    @Test
    void codec_serialized_works() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ObjectOutputStream(out).writeObject(codec);
        ForyCodec other = (ForyCodec) new ObjectInputStream(new ByteArrayInputStream(out.toByteArray())).readObject();

        assertThat(other).isEqualTo(codec).hasSameHashCodeAs(codec).hasToString("ForyCodec");
        assertThat(other.read(new ByteArrayInputStream(bytes(new Point(3, 4))), ForyCodecTest.class.getClassLoader()))
                .isEqualTo(new Point(3, 4));
    }

    @Test
    void codec_usedByManyThreads_isSafe() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int number = i;
                all.add(threads.submit(() -> assertThat(copy(new ArrayList<>(List.of(new Point(number, -number)))))
                        .isEqualTo(List.of(new Point(number, -number)))));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** Real workers: argument, result, lambda, exception, and a value that Fory does not take. */
    @Test
    void pool_withTheCodec_works() throws Exception {
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .codec(new ForyCodec())
                .build())) {
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                points.add(new Point(i, -i));
            }

            List<Point> swapped = pool.<List<Point>, List<Point>>submitWith(
                            list -> {
                                List<Point> result = new ArrayList<>();
                                list.forEach(p -> result.add(new Point(p.y(), p.x())));
                                return result;
                            },
                            points)
                    .get();

            assertThat(swapped).hasSize(1000).contains(new Point(-999, 999));
            assertThat(pool.map(p -> new Point(p.x() + 1, 0), List.of(new Point(1, 1), new Point(2, 2))))
                    .containsExactly(new Point(2, 0), new Point(3, 0));
            assertThatThrownBy(() -> pool.submit(() -> {
                                throw new UserException("from the task");
                            })
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isExactlyInstanceOf(UserException.class)
                    .hasMessage("from the task")
                    .satisfies(e -> assertThat(e.getStackTrace()).isNotEmpty());
            SerializableSupplier<String> back = pool.submit(() -> (SerializableSupplier<String>) () -> "from a lambda")
                    .get();
            assertThat(back.get()).isEqualTo("from a lambda");
            assertThatThrownBy(() ->
                            pool.submit(() -> (Object) Thread.currentThread()).get())
                    .cause()
                    .isInstanceOf(ResultSerializationException.class)
                    .hasMessageContaining(ForyCodec.class.getName());
            assertThat(pool.snapshot().workers()).hasSizeBetween(1, 2);
        }
    }

    @Test
    void task_withTheCodec_worksInAPoolWithoutIt() throws Exception {
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
            assertThat(pool.submit(() -> new Point(1, 2), TaskOptions.defaults().codec(codec))
                            .get())
                    .isEqualTo(new Point(1, 2));
        }
    }
}
