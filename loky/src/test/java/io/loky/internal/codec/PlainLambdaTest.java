/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Lambdas and method references of every shape, none of them Serializable, do after the trip what they did before it. */
class PlainLambdaTest {
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(PlainLambdaTest.class.getClassLoader()));

    /** A function of a type of its own, with primitives and a checked exception. */
    interface Weigh {
        long weigh(byte a, char b, short c, String d) throws IOException;
    }

    interface Named<T> {
        T name(T x);
    }

    /** Needs a bridge: the class of the lambda has two methods. */
    interface NamedText extends Named<String> {
        @Override
        String name(String x);
    }

    interface Marker {}

    interface ShortTaker {
        int take(Short x);
    }

    enum Sign {
        PLUS {
            @Override
            Supplier<String> supplier() {
                return () -> "plus" + this;
            }
        };

        abstract Supplier<String> supplier();
    }

    interface WithDefault {
        int base();

        default Supplier<Integer> twice() {
            return () -> 2 * base();
        }

        private int thrice() {
            return 3 * base();
        }

        default Supplier<Integer> thriceRef() {
            return this::thrice;
        }
    }

    static class Parent {
        protected String greet() {
            return "parent";
        }
    }

    static class Child extends Parent implements WithDefault {
        private final int number;

        Child(int number) {
            this.number = number;
        }

        @Override
        protected String greet() {
            return "child";
        }

        @Override
        public int base() {
            return number;
        }

        Supplier<String> ofSuper() {
            return super::greet;
        }

        Supplier<String> ofThis() {
            return this::greet;
        }

        Supplier<Integer> field() {
            return () -> number;
        }

        class Inner {
            Supplier<Integer> outer() {
                return () -> number + 1;
            }
        }
    }

    static String join(String... parts) {
        return String.join("-", parts);
    }

    static int sumAll(int... numbers) {
        return Arrays.stream(numbers).sum();
    }

    private static int hidden(int x) {
        return x + 100;
    }

    static <T> T same(T x) {
        return x;
    }

    static int ofInt(int x) {
        return x * 2;
    }

    static long ofLong(long x) {
        return x * 3;
    }

    /** What can be said about a function without calling it: how it is called. */
    private static <T> Arguments shape(String name, T function, Function<T, Object> call) {
        return Arguments.of(name, function, call);
    }

    @SuppressWarnings("UnnecessaryLambda")
    static Stream<Arguments> shapes() throws Exception {
        boolean z = true;
        byte b = 1;
        char c = 'c';
        short s = 3;
        int i = 4;
        long j = 5L;
        float f = 6.5f;
        double d = 7.25;
        String text = "t";
        int[] ints = {1, 2, 3};
        Object nothing = null;
        List<String> list = new ArrayList<>(List.of("b", "a"));
        Child child = new Child(21);
        Function<Integer, Function<Integer, Integer>> curried = x -> y -> x * y;
        Supplier<Integer> inner = () -> i;
        Predicate<String> empty = String::isEmpty;
        List<Arguments> all = new ArrayList<>();
        all.add(PlainLambdaTest.<Callable<Integer>>shape("captures nothing", () -> 1, x -> got(x)));
        all.add(PlainLambdaTest.<BooleanSupplier>shape("captures a boolean", () -> z, BooleanSupplier::getAsBoolean));
        all.add(PlainLambdaTest.<Supplier<Object>>shape(
                "captures each primitive", () -> "" + z + b + c + s + i + j + f + d, Supplier::get));
        all.add(PlainLambdaTest.<LongSupplier>shape("captures a long", () -> j, LongSupplier::getAsLong));
        all.add(PlainLambdaTest.<DoubleUnaryOperator>shape("captures a double", x -> x + d, x -> x.applyAsDouble(1)));
        all.add(PlainLambdaTest.<Supplier<Object>>shape("captures text and null", () -> text + nothing, Supplier::get));
        all.add(PlainLambdaTest.<IntFunction<Integer>>shape("captures an array", x -> ints[x], x -> x.apply(1)));
        all.add(PlainLambdaTest.<Supplier<Integer>>shape("captures a lambda", () -> inner.get() + 1, Supplier::get));
        all.add(shape("curried", curried, x -> x.apply(6).apply(7)));
        all.add(shape("curried half", curried.apply(6), x -> x.apply(7)));
        all.add(shape("captures this", child.field(), Supplier::get));
        all.add(shape("in an inner class", child.new Inner().outer(), Supplier::get));
        all.add(shape("in a default method", child.twice(), Supplier::get));
        all.add(shape("private method of an interface", child.thriceRef(), Supplier::get));
        all.add(shape("in the body of an enum constant", Sign.PLUS.supplier(), Supplier::get));
        all.add(shape("super::method", child.ofSuper(), Supplier::get));
        all.add(shape("this::method", child.ofThis(), Supplier::get));
        all.add(PlainLambdaTest.<ToIntFunction<String>>shape("unbound", String::length, x -> x.applyAsInt("four")));
        all.add(PlainLambdaTest.<Function<Object, String>>shape(
                "unbound of a supertype", Object::toString, x -> x.apply(5)));
        all.add(PlainLambdaTest.<Supplier<Integer>>shape("bound", text::length, Supplier::get));
        all.add(PlainLambdaTest.<Function<Integer, String>>shape("bound to a list", list::get, x -> x.apply(1)));
        all.add(PlainLambdaTest.<Function<String, Integer>>shape("static", Integer::parseInt, x -> x.apply("12")));
        all.add(PlainLambdaTest.<IntFunction<Integer>>shape(
                "private static", PlainLambdaTest::hidden, x -> x.apply(1)));
        all.add(PlainLambdaTest.<Supplier<Object>>shape("constructor", ArrayList::new, Supplier::get));
        all.add(PlainLambdaTest.<Supplier<Object>>shape(
                "constructor of Object", Object::new, x -> x.get().getClass()));
        all.add(PlainLambdaTest.<IntFunction<Child>>shape(
                "constructor with a primitive", Child::new, x -> x.apply(9).base()));
        all.add(PlainLambdaTest.<IntFunction<int[]>>shape("array", int[]::new, x -> x.apply(3).length));
        all.add(PlainLambdaTest.<BinaryOperator<String>>shape(
                "varargs", PlainLambdaTest::join, x -> x.apply("a", "b")));
        all.add(PlainLambdaTest.<IntBinaryOperator>shape(
                "varargs of int", PlainLambdaTest::sumAll, x -> x.applyAsInt(1, 2)));
        all.add(PlainLambdaTest.<UnaryOperator<String>>shape("generic", PlainLambdaTest::same, x -> x.apply("x")));
        all.add(PlainLambdaTest.<Function<Integer, Integer>>shape("unwraps", PlainLambdaTest::ofInt, x -> x.apply(4)));
        all.add(PlainLambdaTest.<Function<Short, Integer>>shape(
                "unwraps and widens", PlainLambdaTest::ofInt, x -> x.apply((short) 4)));
        all.add(PlainLambdaTest.<Function<Integer, Long>>shape(
                "unwraps and widens to long", PlainLambdaTest::ofLong, x -> x.apply(4)));
        all.add(PlainLambdaTest.<ShortTaker>shape("takes a wrapper", PlainLambdaTest::ofInt, x -> x.take((short) 4)));
        all.add(PlainLambdaTest.<IntFunction<Integer>>shape("wraps", Integer::valueOf, x -> x.apply(7)));
        all.add(PlainLambdaTest.<ToIntFunction<Integer>>shape(
                "is what unwraps", Integer::intValue, x -> x.applyAsInt(7)));
        all.add(PlainLambdaTest.<Function<Integer, Integer>>shape(
                "unwraps and wraps by itself", Integer::intValue, x -> x.apply(7)));
        all.add(PlainLambdaTest.<Function<Integer, Integer>>shape(
                "wraps what was unwrapped", Integer::valueOf, x -> x.apply(7)));
        all.add(PlainLambdaTest.<Function<Integer, Long>>shape("longValue", Integer::longValue, x -> x.apply(7)));
        all.add(PlainLambdaTest.<Supplier<Integer>>shape(
                "bound intValue", Integer.valueOf(7)::intValue, Supplier::get));
        all.add(PlainLambdaTest.<BiFunction<Integer, Integer, Integer>>shape("sum", Integer::sum, x -> x.apply(1, 2)));
        all.add(PlainLambdaTest.<Weigh>shape("own type", (w, x, y, v) -> w + x + y + v.length(), x -> weigh(x)));
        all.add(PlainLambdaTest.<NamedText>shape("needs a bridge", x -> x + "!", x -> x.name("a") + raw(x)));
        all.add(PlainLambdaTest.<Callable<Integer>>shape(
                "marker", (Callable<Integer> & Marker) () -> 3, x -> (x instanceof Marker) + "" + got(x)));
        all.add(PlainLambdaTest.<ObjIntConsumer<List<Integer>>>shape("returns nothing", (x, y) -> x.add(y), x -> {
            List<Integer> sink = new ArrayList<>();
            x.accept(sink, 5);
            return sink;
        }));
        all.add(shape("of the JDK: and", empty.negate().and(x -> x.length() < 3), x -> x.test("ab") + "" + x.test("")));
        all.add(shape(
                "of the JDK: comparing", Comparator.comparing(String::length).thenComparing(x -> x.charAt(0)), x -> {
                    List<String> sorted = new ArrayList<>(List.of("bb", "ba", "c"));
                    sorted.sort(x);
                    return sorted;
                }));
        all.add(shape(
                "of the JDK: andThen", ((Function<Integer, Integer>) x -> x + 1).andThen(x -> x * 2), x -> x.apply(3)));
        all.add(shape("of the JDK: identity", Function.<String>identity(), x -> x.apply("i")));
        all.add(PlainLambdaTest.<IntPredicate>shape("a char as int", Character::isDigit, x -> x.test('7')));
        return all.stream();
    }

    private static Object got(Callable<?> callable) {
        try {
            return callable.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Object weigh(Weigh weigh) {
        try {
            return weigh.weigh((byte) 1, 'b', (short) 2, "xyz");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static Object raw(Named name) {
        return name.name("raw");
    }

    /** The classes of lambdas wrap and unwrap by themselves: it must be told from the method that the user means. */
    static Stream<Arguments> wrappers() {
        return Stream.of(
                PlainLambdaTest.<Function<Byte, Byte>>shape(
                        "Byte by Byte.valueOf", Byte::valueOf, x -> x.apply((byte) 3)),
                PlainLambdaTest.<Function<Byte, Short>>shape(
                        "Byte by Short.valueOf", Short::valueOf, x -> x.apply((byte) 3)),
                PlainLambdaTest.<Function<Byte, Integer>>shape(
                        "Byte by Integer.valueOf", Integer::valueOf, x -> x.apply((byte) 3)),
                PlainLambdaTest.<Function<Byte, Long>>shape(
                        "Byte by Long.valueOf", Long::valueOf, x -> x.apply((byte) 3)),
                PlainLambdaTest.<Function<Byte, Float>>shape(
                        "Byte by Float.valueOf", Float::valueOf, x -> x.apply((byte) 3)),
                PlainLambdaTest.<Function<Byte, Double>>shape(
                        "Byte by Double.valueOf", Double::valueOf, x -> x.apply((byte) 3)),
                PlainLambdaTest.<Function<Short, Short>>shape(
                        "Short by Short.valueOf", Short::valueOf, x -> x.apply((short) 3)),
                PlainLambdaTest.<Function<Short, Integer>>shape(
                        "Short by Integer.valueOf", Integer::valueOf, x -> x.apply((short) 3)),
                PlainLambdaTest.<Function<Short, Long>>shape(
                        "Short by Long.valueOf", Long::valueOf, x -> x.apply((short) 3)),
                PlainLambdaTest.<Function<Short, Float>>shape(
                        "Short by Float.valueOf", Float::valueOf, x -> x.apply((short) 3)),
                PlainLambdaTest.<Function<Short, Double>>shape(
                        "Short by Double.valueOf", Double::valueOf, x -> x.apply((short) 3)),
                PlainLambdaTest.<Function<Character, Character>>shape(
                        "Character by Character.valueOf", Character::valueOf, x -> x.apply('c')),
                PlainLambdaTest.<Function<Character, Integer>>shape(
                        "Character by Integer.valueOf", Integer::valueOf, x -> x.apply('c')),
                PlainLambdaTest.<Function<Character, Long>>shape(
                        "Character by Long.valueOf", Long::valueOf, x -> x.apply('c')),
                PlainLambdaTest.<Function<Character, Float>>shape(
                        "Character by Float.valueOf", Float::valueOf, x -> x.apply('c')),
                PlainLambdaTest.<Function<Character, Double>>shape(
                        "Character by Double.valueOf", Double::valueOf, x -> x.apply('c')),
                PlainLambdaTest.<Function<Integer, Integer>>shape(
                        "Integer by Integer.valueOf", Integer::valueOf, x -> x.apply(3)),
                PlainLambdaTest.<Function<Integer, Long>>shape(
                        "Integer by Long.valueOf", Long::valueOf, x -> x.apply(3)),
                PlainLambdaTest.<Function<Integer, Float>>shape(
                        "Integer by Float.valueOf", Float::valueOf, x -> x.apply(3)),
                PlainLambdaTest.<Function<Integer, Double>>shape(
                        "Integer by Double.valueOf", Double::valueOf, x -> x.apply(3)),
                PlainLambdaTest.<Function<Long, Long>>shape("Long by Long.valueOf", Long::valueOf, x -> x.apply(3L)),
                PlainLambdaTest.<Function<Long, Float>>shape("Long by Float.valueOf", Float::valueOf, x -> x.apply(3L)),
                PlainLambdaTest.<Function<Long, Double>>shape(
                        "Long by Double.valueOf", Double::valueOf, x -> x.apply(3L)),
                PlainLambdaTest.<Function<Float, Float>>shape(
                        "Float by Float.valueOf", Float::valueOf, x -> x.apply(3.5f)),
                PlainLambdaTest.<Function<Float, Double>>shape(
                        "Float by Double.valueOf", Double::valueOf, x -> x.apply(3.5f)),
                PlainLambdaTest.<Function<Double, Double>>shape(
                        "Double by Double.valueOf", Double::valueOf, x -> x.apply(3.5)),
                PlainLambdaTest.<Function<Boolean, Boolean>>shape(
                        "Boolean by Boolean.valueOf", Boolean::valueOf, x -> x.apply(true)),
                PlainLambdaTest.<IntFunction<Long>>shape("int by Long.valueOf", Long::valueOf, x -> x.apply(3)),
                PlainLambdaTest.<ToIntFunction<Character>>shape(
                        "Character by Integer.valueOf to int", Integer::valueOf, x -> x.applyAsInt('c')),
                PlainLambdaTest.<ToLongFunction<Character>>shape(
                        "Character by Long.valueOf to long", Long::valueOf, x -> x.applyAsLong('c')),
                PlainLambdaTest.<ToDoubleFunction<Integer>>shape(
                        "Integer by Long.valueOf to double", Long::valueOf, x -> x.applyAsDouble(3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappers")
    void read_valueOfAWrapper_givesTheSameType(String name, Object function, Function<Object, Object> call)
            throws Exception {
        assertSameEffect(call.apply(copy(function)), call.apply(function));
    }

    /** The class of the lambda does not say which is which. */
    @Test
    void write_methodReferenceThatUnwrapsSeveralTypes_namesTheRemedy() {
        BiFunction<Short, Integer, Integer> sum = Integer::sum;

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> copy(sum))
                .withMessageContaining("unwraps several types")
                .withMessageEndingWith("; write it as a lambda");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void read_plainLambda_doesTheSame(String name, Object function, Function<Object, Object> call) throws Exception {
        Object copy = copy(function);

        assertThat(copy).isNotSameAs(function);
        assertSameEffect(call.apply(copy), call.apply(function));
        assertSameEffect(call.apply(copy(copy)), call.apply(function));
    }

    private static void assertSameEffect(Object actual, Object expected) {
        assertThat(actual).isEqualTo(expected);
    }

    static Object copy(Object value) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.write(value, out);
        return CODEC.read(out.toByteArray());
    }
}
