/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.Externalizable;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.SimpleDateFormat;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.FormatStyle;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One value, or several, of each kind that programs put into tasks. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete", "IdentityHashMapUsage", "NonApiType"}) // they are kinds, too
final class Kinds {
    /**
     * @param look says what matters about a value, in a form that can be compared; null for what is refused
     */
    record Kind<T>(String name, T value, Function<T, Object> look) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Kind<?>> all = new ArrayList<>();

    private Kinds() {}

    static List<Kind<?>> all() throws Exception {
        Kinds kinds = new Kinds();
        kinds.values();
        kinds.collections();
        kinds.jdkObjects();
        kinds.jdkWithoutForm();
        kinds.usersObjects();
        kinds.functions();
        kinds.graphs();
        kinds.ownForms();
        kinds.refused();
        return kinds.all;
    }

    private <T> void add(String name, T value, Function<T, Object> look) {
        all.add(new Kind<>(name, value, look));
    }

    /** What has equals. */
    private void same(String name, Object... values) {
        add(name, values, value -> new ArrayList<>(Arrays.asList(value)));
    }

    private void refused(String name, Object value) {
        all.add(new Kind<>(name, value, null));
    }

    private void values() {
        same("texts", "", "ö\0\uD83D\uDE00", "x\uD83Dy", "long ".repeat(20_000));
        same("boxed primitives", true, (byte) 1, 'c', (short) 2, 3, 4L, 5.5f, Double.NaN);
        add("`byte[]`", new byte[] {1, 2, 3}, Arrays::toString);
        add("`int[]` of a million", IntStream.range(0, 1_000_000).toArray(), Arrays::hashCode);
        add("`double[]` of a million", new Random(1).doubles(1_000_000).toArray(), Arrays::hashCode);
        add("arrays of arrays", new String[][] {{"a"}, {}, null, {"b", null}}, Arrays::deepToString);
        same("`BigDecimal`, `BigInteger`", new BigDecimal("1.50"), BigInteger.TEN.pow(50));
        same(
                "`java.time` values",
                Instant.EPOCH,
                LocalDate.MIN,
                LocalTime.NOON,
                LocalDateTime.of(2020, 2, 29, 1, 2),
                ZonedDateTime.of(2020, 2, 29, 1, 2, 3, 4, ZoneId.of("Europe/Paris")),
                OffsetDateTime.MAX,
                Duration.ofNanos(1),
                Period.ofDays(3),
                Year.of(4),
                DayOfWeek.FRIDAY);
        same("`Date`, `Calendar`", new Date(5), new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT));
        same(
                "`UUID`, `URI`, `Locale`, `Currency`",
                new UUID(1, 2),
                URI.create("a:b"),
                Locale.FRANCE,
                Currency.getInstance("EUR"));
        same("`File`, `InetSocketAddress`", new File("/a/b"), InetSocketAddress.createUnresolved("h", 1));
        add(
                "`Pattern`",
                Pattern.compile("a(.)", Pattern.CASE_INSENSITIVE),
                x -> x.matcher("Ab").replaceAll("$1") + x.flags());
        same("enum constants, one with a body", Sign.PLUS, Sign.MINUS);
        same("`Class`", Kinds.class, int.class, String[][].class);
    }

    private void collections() {
        same("`ArrayList`, `LinkedList`", new ArrayList<>(Arrays.asList(1, null)), new LinkedList<>(List.of("x")));
        same("`List.of`", List.of(), List.of(1), List.of(1, 2, 3));
        same("`Set.of`, `Map.of`", Set.of(1, 2), Map.of("a", 1));
        same("`Collections.unmodifiable...`", Collections.unmodifiableList(new ArrayList<>(List.of(1))));
        same("`Collections.synchronized...`, empty, singleton", Collections.emptyList(), Collections.singleton(2));
        same("`Arrays.asList`", Arrays.asList(1, null, 3));
        same("`Stream.toList`", Stream.of(1, null).toList());
        add("`LinkedHashMap` in access order", accessOrdered(), x -> {
            x.get("a");
            return new ArrayList<>(x.keySet());
        });
        same("`TreeMap` in reverse", new TreeMap<>(Map.of(1, 2)).descendingMap());
        add(
                "`TreeMap` with a Serializable lambda",
                sorted((Comparator<String> & Serializable) (x, y) -> y.compareTo(x)),
                Kinds::order);
        add("`TreeMap` with a plain lambda", sorted((x, y) -> y.compareTo(x)), Kinds::order);
        same("`EnumMap`, `EnumSet`", new EnumMap<>(Map.of(Sign.PLUS, 1)), EnumSet.of(Sign.MINUS));
        add(
                "`IdentityHashMap`",
                new IdentityHashMap<>(Map.of("k", "v")),
                x -> x.size() + x.values().toString());
        same(
                "concurrent maps and lists",
                new ConcurrentHashMap<>(Map.of(1, 2)),
                new ConcurrentSkipListMap<>(Map.of(1, 2)),
                new CopyOnWriteArrayList<>(List.of(3)));
        add(
                "queues",
                List.of(
                        new ArrayDeque<>(List.of(1, 2)),
                        new PriorityQueue<>(List.of(3, 1)),
                        new LinkedBlockingQueue<>(List.of(5))),
                Object::toString);
        same("`BitSet`, `Properties`", BitSet.valueOf(new long[] {5}), properties());
        add(
                "`HashMap` with a key that is not Serializable",
                new HashMap<>(Map.of(new PlainPoint(1, 2), "p")),
                x -> x.get(new PlainPoint(1, 2)));
        same("`ArrayList.subList`", new ArrayList<>(List.of(1, 2, 3)).subList(1, 3));
        same("`List.of().subList`", List.of(1, 2, 3, 4).subList(1, 3));
        same(
                "`keySet` and `entrySet` of a `HashMap`",
                new HashMap<>(Map.of(1, 2)).keySet(),
                new HashMap<>(Map.of(1, 2)).entrySet());
        add("`values` of a `HashMap`", new HashMap<>(Map.of(1, 2)).values(), x -> new ArrayList<>(x));
        add("`keySet` of a `TreeMap`", new TreeMap<>(Map.of(3, 0, 1, 0)).descendingKeySet(), x -> x.first() + "" + x);
        same(
                "`Map.Entry`",
                Map.entry(1, 2),
                new TreeMap<>(Map.of(3, 4)).firstEntry(),
                new HashMap<>(Map.of(5, 6)).entrySet().iterator().next());
        same("`Attributes`, `Manifest`", manifest().getMainAttributes(), manifest());
        add("`WeakHashMap`", new WeakHashMap<>(Map.of(Sign.PLUS, 1)), x -> x.getClass() + x.toString());
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Main");
        return manifest;
    }

    private static Map<String, Integer> accessOrdered() {
        Map<String, Integer> map = new LinkedHashMap<>(16, 0.75f, true);
        map.put("a", 1);
        map.put("b", 2);
        return map;
    }

    private static TreeMap<String, Integer> sorted(Comparator<String> comparator) {
        TreeMap<String, Integer> map = new TreeMap<>(comparator);
        map.put("a", 1);
        map.put("b", 2);
        return map;
    }

    private static Object order(TreeMap<String, Integer> map) {
        map.put("c", 3);
        return map.toString();
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("k", "v");
        return properties;
    }

    private void jdkObjects() {
        add("atomics and adders", List.of(new AtomicInteger(1), new AtomicReference<>("r"), adder()), Object::toString);
        add(
                "`ReentrantLock`, `Semaphore`",
                List.of(new ReentrantLock(), new Semaphore(3)),
                x -> ((ReentrantLock) x.get(0)).tryLock() + "" + ((Semaphore) x.get(1)).availablePermits());
        add("`Random`, with its state", random(), x -> copyOf(x).nextLong());
        add("`StringBuilder`", new StringBuilder("sb"), Object::toString);
        add(
                "`SimpleDateFormat`, `DecimalFormat`",
                List.of(
                        new SimpleDateFormat("yyyy", Locale.ROOT),
                        new DecimalFormat("0.00", new DecimalFormatSymbols(Locale.ROOT))),
                x -> ((DecimalFormat) x.get(1)).format(1.5) + ((SimpleDateFormat) x.get(0)).toPattern());
        add("`Throwable` with cause and suppressed", throwable(), Kinds::describe);
    }

    private static LongAdder adder() {
        LongAdder adder = new LongAdder();
        adder.add(7);
        return adder;
    }

    private static Random random() {
        Random random = new Random(42);
        random.nextLong();
        return random;
    }

    /** To look at a random generator must not change it. */
    private static Random copyOf(Random random) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(random);
            return (Random) new ObjectInputStream(new java.io.ByteArrayInputStream(bytes.toByteArray())).readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Throwable throwable() {
        IllegalStateException thrown = new IllegalStateException("top", new IOException("cause"));
        thrown.addSuppressed(new HeldException("suppressed", new PlainPoint(1, 2)));
        return thrown;
    }

    private static Object describe(Throwable thrown) {
        return thrown + " " + thrown.getCause() + " " + Arrays.toString(thrown.getSuppressed())
                + thrown.getStackTrace()[0];
    }

    private void jdkWithoutForm() throws Exception {
        same(
                "`Optional`, `OptionalInt`, ...",
                Optional.of("x"),
                Optional.empty(),
                OptionalInt.of(1),
                OptionalLong.empty(),
                OptionalDouble.of(2));
        same("`Path`", Path.of("a/b"), Path.of("/c"));
        same("`Charset`", StandardCharsets.UTF_8, Charset.forName("windows-1252"));
        same(
                "`Method`, `Field`, `Constructor`",
                Kinds.class.getDeclaredMethod("order", TreeMap.class),
                PlainPoint.class.getDeclaredField("x"),
                PlainPoint.class.getDeclaredConstructor(int.class, int.class));
        add("`java.util.logging.Logger`", Logger.getLogger("kinds"), Logger::getName);
        add("`System.Logger`", System.getLogger("kinds"), System.Logger::getName);
        add(
                "`ByteBuffer` on the heap",
                ByteBuffer.wrap(new byte[] {1, 2, 3})
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .position(1),
                x -> x.toString() + x.order() + x.get(1));
        add(
                "direct `ByteBuffer`",
                ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).position(1),
                x -> x.toString() + x.order() + x.get(1) + x.isDirect());
        add("`new Object()`", new Object(), x -> x.getClass());
        add(
                "`SplittableRandom`, with its state",
                List.of(new SplittableRandom(5)),
                x -> x.get(0).split().nextLong());
        add(
                "`DateTimeFormatter`",
                formatters(),
                x -> x.stream().map(f -> f.format(moment()) + " " + parse(f)).toList());
        add("`StringJoiner`", new StringJoiner(",", "[", "]").add("a"), Object::toString);
        add("`IntSummaryStatistics`, ...", IntStream.range(0, 9).summaryStatistics(), IntSummaryStatistics::toString);
        add(
                "`Collector`",
                Collectors.groupingBy(String::length, Collectors.counting()),
                x -> Stream.of("a", "bb", "c").collect(x).toString());
        add("`ByteArrayOutputStream`", written(), x -> Arrays.toString(x.toByteArray()));
    }

    private static ZonedDateTime moment() {
        return ZonedDateTime.of(2024, 2, 3, 4, 5, 6, 7_000_000, ZoneId.of("Europe/Paris"));
    }

    private static List<DateTimeFormatter> formatters() {
        return List.of(
                DateTimeFormatter.ofPattern("EEEE d MMM uuuu HH:mm:ss.SSS zzzz VV", Locale.FRANCE),
                DateTimeFormatter.ISO_ZONED_DATE_TIME,
                DateTimeFormatter.ISO_WEEK_DATE,
                DateTimeFormatter.RFC_1123_DATE_TIME,
                DateTimeFormatter.ofLocalizedDateTime(FormatStyle.SHORT).withLocale(Locale.GERMANY),
                new DateTimeFormatterBuilder()
                        .parseCaseInsensitive()
                        .optionalStart()
                        .appendText(ChronoField.MONTH_OF_YEAR, Map.of(2L, "zwei"))
                        .optionalEnd()
                        .appendLiteral('/')
                        .appendGenericZoneText(TextStyle.SHORT)
                        .appendZoneRegionId()
                        .toFormatter(Locale.ROOT)
                        .withZone(ZoneId.of("Asia/Tokyo")));
    }

    /** What it understands of its own text, or why it does not. */
    private static String parse(DateTimeFormatter formatter) {
        try {
            TemporalAccessor parsed = formatter.parse(formatter.format(moment()));
            return parsed.toString().replaceAll(".*(\\d{4}-\\d\\d-\\d\\d).*", "$1");
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    private static ByteArrayOutputStream written() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(5);
        return out;
    }

    private void usersObjects() {
        record Local(int x, List<String> y) {}
        same("record, Serializable", new SerializablePoint(1, "s"));
        same("record, not Serializable", new PlainPoint(1, 2));
        same("sealed tree of records", new Sum(new Constant(1), new Sum(new Constant(2), new Constant(3))));
        add("object, Serializable", new SerialBean("b", 1), SerialBean::toString);
        add(
                "object, not Serializable, final fields, no constructor without arguments",
                new Bean("b", 1),
                Bean::toString);
        add("object with fields of the JDK without form", new Opaque(), Opaque::toString);
        add("hierarchy, none Serializable", new Derived(1, "d"), Derived::toString);
        add("Serializable below a class that is not", new SerialDerived("s"), SerialDerived::toString);
        add("the same, above without a constructor to call", new SerialOfDerived(4), SerialOfDerived::toString);
        add("inner class", new Bean("outer", 2).new Inner(), Object::toString);
        add("anonymous class that captures", anonymous(3), Supplier::get);
        same("local record", new Local(1, List.of("l")));
        add("generic class", new Box<>(new Box<>(7)), x -> x.content.content);
        add("collection of one's own", new OwnList(List.of(1, 2)), x -> new ArrayList<>(x));
        add("array of a class that is not Serializable", new Bean[] {new Bean("a", 1), null}, Arrays::toString);
        add(
                "of a library, Serializable",
                new org.opentest4j.AssertionFailedError("m", 1, 2),
                x -> x.getMessage() + x.getExpected().getStringRepresentation());
        add("of a library, not Serializable", org.assertj.core.groups.Tuple.tuple("a", 1), x -> x.toList());
    }

    private static Supplier<Integer> anonymous(int captured) {
        return new Supplier<Integer>() {
            @Override
            public Integer get() {
                return captured + 1;
            }
        };
    }

    private void functions() {
        int captured = 5;
        Bean bean = new Bean("bean", 3);
        Callable<Integer> plain = () -> captured + 1;
        Supplier<Integer> inner = () -> captured;
        Supplier<Integer> outer = () -> inner.get() * 2;
        add("lambda, Serializable", (Callable<Integer> & Serializable) () -> captured + 1, Kinds::got);
        add("lambda, plain", plain, Kinds::got);
        add("lambda that captures what is not Serializable", (Supplier<String>) () -> bean.toString(), Supplier::get);
        add("lambda that captures `this`", bean.lambda(), Supplier::get);
        add("lambda that captures a lambda", outer, Supplier::get);
        add("method reference, bound", (Supplier<String> & Serializable) "text"::toUpperCase, Supplier::get);
        add("method reference, plain", (Supplier<String>) bean::toString, Supplier::get);
        add(
                "`Comparator.comparing`, `Predicate.and`, ...",
                Comparator.comparing(Bean::number).reversed(),
                x -> x.compare(new Bean("", 1), new Bean("", 2)));
    }

    private static Object got(Callable<?> callable) {
        try {
            return callable.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void graphs() {
        add("cycle of Serializable nodes", SerialNode.ring(3), x -> x.next.next.next == x);
        add("cycle of nodes that are not", Node.chain(3, true), x -> x.next.next.next == x);
        Family family = new Family("root");
        family.child("a").child("b");
        add("parents and children through `ArrayList` and `HashMap`", family, Family::check);
        List<Object> root = new ArrayList<>();
        root.add(new Holder(root));
        add("list that holds an object that refers to the list", root, x -> ((Holder) x.get(0)).held == x);
        Bean shared = new Bean("s", 1);
        add(
                "one object in several places",
                List.of(new Holder(shared), new Box<>(shared), shared),
                x -> ((Holder) x.get(0)).held == x.get(2) && ((Box<?>) x.get(1)).content == x.get(2));
        add(
                "object whose lambda refers back to it",
                new Selfish(),
                x -> x.self.get() == x && x.list.get(0).get() == x);
        add("chain of 1,000 nodes", Node.chain(1_000, false), Node::length);
        add("chain of 20,000 nodes", Node.chain(20_000, false), Node::length);
        add("`LinkedList` of 100,000", new LinkedList<>(Collections.nCopies(100_000, 1)), List::size);
    }

    private void ownForms() {
        add(
                "`Throwable` with fields that are not Serializable",
                new HeldException("held", new PlainPoint(3, 4)),
                x -> x.getMessage() + x.point);
        add("`Externalizable`", new External(7), x -> x.number);
        add("`writeObject` and `readObject`", new Custom(6), x -> x.number);
        add("`readResolve`", Single.ONLY, x -> x == Single.ONLY);
        add("`writeReplace`", new Replaced("r"), x -> x.text);
        add("proxy, Serializable handler", proxy(new SerialAnswer("a")), Supplier::get);
        add("proxy, handler not Serializable", proxy(new Answer("a")), Supplier::get);
    }

    @SuppressWarnings("unchecked")
    private static Supplier<Object> proxy(InvocationHandler handler) {
        return (Supplier<Object>)
                Proxy.newProxyInstance(Kinds.class.getClassLoader(), new Class<?>[] {Supplier.class}, handler);
    }

    private void refused() throws Exception {
        refused("`Thread`", new Thread(() -> {}));
        refused("`ThreadLocal`", new ThreadLocal<>());
        refused("`ExecutorService`", ForkJoinPool.commonPool());
        refused("`CompletableFuture`, done or not", CompletableFuture.completedFuture(1));
        refused("`CountDownLatch`", new CountDownLatch(1));
        refused("`ClassLoader`", Kinds.class.getClassLoader());
        refused(
                "`MethodHandle`",
                MethodHandles.lookup().findVirtual(String.class, "length", MethodType.methodType(int.class)));
        refused("`Process`, `ProcessHandle`", ProcessHandle.current());
        FileInputStream in = new FileInputStream("/dev/null");
        in.close();
        refused("`FileInputStream`", in);
        refused("`Socket`", new Socket());
        refused("`Iterator` of the JDK", List.of(1).iterator());
        refused("`Stream`", Stream.of(1));
        refused("`WeakReference`", new WeakReference<>("x"));
    }

    // ---- classes of a user's ----------------------------------------------------------------------------------------

    enum Sign {
        PLUS,
        MINUS {
            @Override
            public String toString() {
                return "-";
            }
        }
    }

    record SerializablePoint(int x, String name) implements Serializable {}

    record PlainPoint(int x, int y) {}

    sealed interface Expression permits Constant, Sum {}

    record Constant(int value) implements Expression {}

    record Sum(Expression left, Expression right) implements Expression {}

    static class SerialBean implements Serializable {
        private static final long serialVersionUID = 1L;
        private final String name;
        private final int number;

        SerialBean(String name, int number) {
            this.name = name;
            this.number = number;
        }

        @Override
        public String toString() {
            return name + number;
        }
    }

    static class Bean {
        private final String name;
        private final int number;

        Bean(String name, int number) {
            this.name = name;
            this.number = number;
        }

        int number() {
            return number;
        }

        Supplier<String> lambda() {
            return () -> name + "!";
        }

        @Override
        public String toString() {
            return name + number;
        }

        class Inner {
            private final int own = 9;

            @Override
            public String toString() {
                return name + own;
            }
        }
    }

    static final class Opaque {
        private final Optional<String> optional = Optional.of("o");
        private final Path path = Path.of("p");
        private final Object lock = new Object();
        private final Collection<Integer> view = new HashMap<>(Map.of(1, 2)).values();
        private final Set<String> keys = new HashMap<>(Map.of("k", 2)).keySet();

        @Override
        public String toString() {
            synchronized (lock) {
                return optional + path.toString() + view + keys;
            }
        }
    }

    static class Base {
        private final int number;
        boolean z = true;
        byte b = 1;
        char c = 'c';
        short s = 2;
        long j = 3;
        float f = 4.5f;
        double d = 5.5;

        Base(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "" + number + z + b + c + s + j + f + d;
        }
    }

    static class Derived extends Base {
        private final String number; // hides nothing: the one above is private

        Derived(int number, String text) {
            super(number);
            this.number = text;
        }

        @Override
        public String toString() {
            return super.toString() + number;
        }
    }

    static class Counter {
        int count;

        @Override
        public String toString() {
            return "count " + count;
        }
    }

    static final class SerialDerived extends Counter implements Serializable {
        private static final long serialVersionUID = 1L;
        private final String text;

        SerialDerived(String text) {
            this.text = text;
            this.count = 17;
        }

        @Override
        public String toString() {
            return super.toString() + text;
        }
    }

    static final class SerialOfDerived extends Base implements Serializable {
        private static final long serialVersionUID = 1L;

        SerialOfDerived(int number) {
            super(number);
        }
    }

    static final class Box<T> {
        final T content;

        Box(T content) {
            this.content = content;
        }
    }

    static final class OwnList extends java.util.AbstractList<Integer> {
        private final List<Integer> content;

        OwnList(List<Integer> content) {
            this.content = content;
        }

        @Override
        public Integer get(int index) {
            return content.get(index);
        }

        @Override
        public int size() {
            return content.size();
        }
    }

    static final class SerialNode implements Serializable {
        private static final long serialVersionUID = 1L;
        SerialNode next;

        static SerialNode ring(int length) {
            SerialNode first = new SerialNode();
            SerialNode last = first;
            for (int i = 1; i < length; i++) {
                last.next = new SerialNode();
                last = last.next;
            }
            last.next = first;
            return first;
        }
    }

    static final class Node {
        Node next;

        static Node chain(int length, boolean closed) {
            Node first = new Node();
            Node last = first;
            for (int i = 1; i < length; i++) {
                last.next = new Node();
                last = last.next;
            }
            last.next = closed ? first : null;
            return first;
        }

        int length() {
            int length = 0;
            for (Node node = this; node != null; node = node.next) {
                length++;
            }
            return length;
        }
    }

    static final class Family {
        private final String name;
        private final List<Family> children = new ArrayList<>();
        private final Map<String, Family> byName = new HashMap<>();
        private Family parent;

        Family(String name) {
            this.name = name;
        }

        Family child(String childName) {
            Family child = new Family(childName);
            child.parent = this;
            children.add(child);
            byName.put(childName, child);
            return child;
        }

        Object check() {
            Family a = children.get(0);
            return name + (a.parent == this) + (byName.get("a") == a) + (a.children.get(0).parent == a);
        }
    }

    static final class Holder {
        final Object held;

        Holder(Object held) {
            this.held = held;
        }
    }

    static final class Selfish {
        final List<Supplier<Selfish>> list = new ArrayList<>();
        final Supplier<Selfish> self = () -> this;

        Selfish() {
            list.add(self);
        }
    }

    @SuppressWarnings("serial") // that is what it is for
    static final class HeldException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final PlainPoint point;

        HeldException(String message, PlainPoint point) {
            super(message);
            this.point = point;
        }
    }

    /** Public, as {@link Externalizable} wants it. */
    public static final class External implements Externalizable {
        private static final long serialVersionUID = 1L;
        private int number;

        public External() {}

        External(int number) {
            this.number = number;
        }

        @Override
        public void writeExternal(ObjectOutput out) throws IOException {
            out.writeInt(number + 1);
        }

        @Override
        public void readExternal(ObjectInput in) throws IOException {
            number = in.readInt() - 1;
        }
    }

    static final class Custom implements Serializable {
        private static final long serialVersionUID = 1L;
        private transient int number;

        Custom(int number) {
            this.number = number;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(number);
        }

        private void readObject(ObjectInputStream in) throws IOException {
            number = in.readInt();
        }
    }

    static final class Single implements Serializable {
        private static final long serialVersionUID = 1L;
        static final Single ONLY = new Single();

        private Object readResolve() {
            return ONLY;
        }
    }

    static final class Replaced implements Serializable {
        private static final long serialVersionUID = 1L;
        private final transient String text;

        Replaced(String text) {
            this.text = text;
        }

        private Object writeReplace() {
            return new Replacement(text);
        }
    }

    private record Replacement(String text) implements Serializable {
        private Object readResolve() {
            return new Replaced(text);
        }
    }

    static class Answer implements InvocationHandler {
        private final String text;

        Answer(String text) {
            this.text = text;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return text + method.getName();
        }
    }

    static final class SerialAnswer implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;
        private final String text;

        SerialAnswer(String text) {
            this.text = text;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return text + method.getName();
        }
    }
}
