/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of many kinds go to a worker and come back as they were. */
class ValueTest {
    private static final long SEED = 20261122;

    @RegisterExtension
    static final Pools POOLS = new Pools();

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("null", null),
                arguments("boolean", true),
                arguments("byte", (byte) -1),
                arguments("short", Short.MIN_VALUE),
                arguments("char", 'ß'),
                arguments("int", Integer.MIN_VALUE),
                arguments("long", Long.MAX_VALUE),
                arguments("float", Float.MIN_VALUE),
                arguments("double", -0.0),
                arguments("not a number", Double.NaN),
                arguments("empty text", ""),
                arguments("text with zeros and emoji", "a\0b\uD83D\uDE00\u00E9"),
                arguments("text with an unpaired surrogate", "x\uD83Dy"),
                arguments("no bytes", new byte[0]),
                arguments("ints", new int[] {1, 2, 3}),
                arguments("nested arrays", new Object[] {new String[] {"a"}, new long[][] {{1}, {}}, null}),
                arguments("enum constant", DayOfWeek.FRIDAY),
                arguments("enum constants of our own, one with a body", List.of(Sign.PLUS, Sign.MINUS)),
                arguments("record", new Point(1, -2.5, "p", new Point(0, 0, null, null))),
                arguments("big decimal", new BigDecimal("1234567890.123456789")),
                arguments("instant", Instant.ofEpochSecond(1, 2)),
                arguments("immutable list", List.of(1, "two", 3.0)),
                arguments("list with nulls", Arrays.asList(1, null, 3)),
                arguments("map", new TreeMap<>(Map.of("b", 2, "a", 1))),
                arguments("class", Point.class),
                arguments("primitive class", int.class),
                arguments("list", new ArrayList<>(List.of(3, 1, 2))));
    }

    /** What comes back equals what was sent. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void echo_anyValue_comesBackEqual(String kind, Object value) throws Exception {
        TaskFuture<Object> future = pool.submitWith(argument -> argument, value);

        assertThat(Objects.deepEquals(Await.result(future), value)).as(kind).isTrue();
    }

    /** A large array of bytes arrives whole and unchanged, both ways. */
    @Test
    void echo_bigByteArray_comesBackEqual() throws Exception {
        byte[] bytes = new byte[33_554_432 + 7];
        new Random(SEED).nextBytes(bytes);

        TaskFuture<byte[]> future = pool.submitWith(argument -> argument, bytes);

        assertThat(Arrays.equals(Await.result(future), bytes))
                .as("33 MB, seed %d", SEED)
                .isTrue();
    }

    /** A text of 20 MB comes back as it was made. */
    @Test
    void result_textOf20Megabytes_isWhole() throws Exception {
        TaskFuture<String> future = pool.submit(() -> "0123456789ö".repeat(20_000_000 / 11));

        assertThat(Await.result(future).equals("0123456789ö".repeat(20_000_000 / 11)))
                .isTrue();
    }

    /** A graph with a cycle keeps its shape. */
    @Test
    void echo_cyclicGraph_keepsItsShape() throws Exception {
        List<Object> list = new ArrayList<>();
        list.add(list);

        TaskFuture<List<Object>> future = pool.submitWith(argument -> argument, list);
        List<Object> back = Await.result(future);

        assertThat(back.get(0) == back).isTrue();
    }

    /** What captures a lambda captures, arrives. */
    @Test
    void submit_lambdaThatCapturesValues_seesThem() throws Exception {
        int number = 6;
        String text = "7";
        Point point = new Point(1, 2, "x", null);

        assertThat(Await.result(pool.submit(() -> number + text + point.name())))
                .isEqualTo("67x");
    }

    /** A result that has no serialized form arrives all the same. */
    @Test
    void result_optional_arrives() throws Exception {
        assertThat(Await.result(pool.submit(() -> Optional.of("x")))).contains("x");
    }

    /** Many small values, one after the other, none is swapped with another. */
    @Test
    void echo_thousandValues_eachFutureHasItsOwn() throws Exception {
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            futures.add(pool.submitWith(number -> number * 3, i));
        }

        for (int i = 0; i < 1000; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(3 * i);
        }
    }

    private record Point(int x, double y, String name, Point next) implements Serializable {}

    private enum Sign {
        PLUS,
        MINUS {
            @Override
            public String toString() {
                return "-";
            }
        }
    }
}
