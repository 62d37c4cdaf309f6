/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.loky.LambdaSamples;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.SerializableRunnable;
import io.loky.SerializableSupplier;
import io.loky.internal.codec.objects.LambdaTable;
import io.loky.internal.wire.Sections;
import io.loky.spi.Reducer;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.ObjectOutput;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.lang.invoke.SerializedLambda;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("serial") // the lambdas reach private members of this class: nobody untrusted is here
class LambdaTemplateTest {
    private static final ClassNames NAMES = ClassNames.of(LambdaTemplateTest.class.getClassLoader());
    private static final ObjectCodec CODEC = new ObjectCodec(NAMES);
    private static final byte STREAM = 1;
    private static final byte COMPACT = 10;

    private interface Greeter extends Serializable {
        String greet(String name);

        default Supplier<String> politely(String name) {
            return (Supplier<String> & Serializable) () -> "please, " + greet(name);
        }
    }

    private interface ToText<T> extends Function<T, String>, Serializable {
        @Override
        String apply(T value);
    }

    private static class Base {
        String name() {
            return "base";
        }
    }

    private static final class Derived extends Base implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        String name() {
            return "derived";
        }

        SerializableSupplier<String> ofSuper() {
            return super::name;
        }

        private String secret(int number) {
            return "secret " + number;
        }
    }

    private static String join(Object... parts) {
        return Arrays.toString(parts);
    }

    /** Serializable ones; what is not Serializable is in {@link PlainLambdaTest}. */
    static Stream<Arguments> shapes() {
        int number = 7;
        String text = "seven";
        long wide = 1L << 40;
        char letter = 'x';
        double real = 2.5;
        boolean flag = true;
        byte small = 1;
        short shorter = 2;
        float single = 1.5f;
        int[] ints = {1, 2};
        List<String> texts = List.of("a", "b");
        SerializableFunction<Integer, Integer> inner = x -> x + number;
        return Stream.of(
                shape("nothing captured", (SerializableCallable<Object>) () -> "x", SerializableCallable::call),
                shape(
                        "all primitives",
                        (SerializableCallable<Object>)
                                () -> "" + number + wide + letter + real + flag + small + shorter + single,
                        SerializableCallable::call),
                shape(
                        "text, array, list",
                        (SerializableCallable<Object>) () -> text + Arrays.toString(ints) + texts,
                        SerializableCallable::call),
                shape(
                        "another lambda",
                        (SerializableCallable<Object>) () -> inner.apply(1),
                        SerializableCallable::call),
                shape("runnable", (SerializableRunnable) () -> Math.abs(number), runnable -> {
                    runnable.run();
                    return "ran";
                }),
                shape("static reference", (SerializableFunction<String, Integer>) Integer::valueOf, f -> f.apply("3")),
                shape("unbound reference", (SerializableFunction<String, Integer>) String::length, f -> f.apply("3")),
                shape("bound reference", (SerializableSupplier<Integer>) text::length, SerializableSupplier::get),
                shape(
                        "reference through an interface",
                        (SerializableFunction<List<String>, Integer>) List::size,
                        f -> f.apply(texts)),
                shape(
                        "constructor",
                        (SerializableFunction<String, Object>) StringBuilder::new,
                        f -> f.apply("3").toString()),
                shape(
                        "constructor of an array",
                        (IntFunction<int[]> & Serializable) int[]::new,
                        f -> f.apply(3).length),
                shape("varargs", (SerializableFunction<Object, String>) LambdaTemplateTest::join, f -> f.apply(1)),
                shape(
                        "primitives unwrapped",
                        (BiFunction<Integer, Short, Integer> & Serializable) Integer::sum,
                        f -> f.apply(1, (short) 2)),
                shape("primitives", (IntBinaryOperator & Serializable) Math::max, f -> f.applyAsInt(1, 2)),
                shape("generic bridge", (ToText<Integer>) x -> "number " + x, f -> f.apply(3)),
                shape(
                        "generic bridge, through the wider type",
                        (ToText<Integer>) x -> "number " + x,
                        f -> ((Function<Integer, String>) f).apply(3)),
                shape("markers", (Callable<Object> & Serializable & Cloneable) () -> number, Callable::call),
                shape("in an interface", ((Greeter) name -> "hello " + name).politely("Ada"), Supplier::get),
                shape("super", new Derived().ofSuper(), SerializableSupplier::get),
                shape(
                        "private method",
                        (BiFunction<Derived, Integer, String> & Serializable) Derived::secret,
                        f -> f.apply(new Derived(), 3)),
                shape(
                        "of the JDK",
                        Comparator.comparing((Function<String, Integer> & Serializable) String::length),
                        c -> c.compare("a", "bb")),
                shape(
                        "generic argument",
                        (ToIntFunction<List<? extends CharSequence>> & Serializable)
                                list -> list.get(0).length(),
                        f -> f.applyAsInt(texts)));
    }

    private interface Call<T> {
        Object on(T lambda) throws Exception;
    }

    private static <T> Arguments shape(String name, T lambda, Call<T> call) {
        return Arguments.of(name, lambda, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void read_serializableLambda_doesTheSameAndSaysTheSameOfItself(String name, Object lambda, Call<Object> call)
            throws Exception {
        byte[] bytes = write(lambda);

        Object copy = CODEC.read(bytes);
        Object again = CODEC.read(bytes);
        Object copyOfCopy = CODEC.read(write(copy));
        Object byStream = throughAStream(copy);

        assertThat(bytes[0]).as(name).isEqualTo(captureOfAnObject(name) ? STREAM : COMPACT);
        for (Object each : new Object[] {copy, again, copyOfCopy, byStream}) {
            assertThat(call.on(each)).isEqualTo(call.on(lambda));
            assertThat(form(each)).isEqualTo(form(lambda));
            assertThat(each.getClass().getInterfaces())
                    .containsExactly(lambda.getClass().getInterfaces());
        }
        assertThat(again.getClass()).isSameAs(copy.getClass());
    }

    private static boolean captureOfAnObject(String name) {
        return name.equals("super");
    }

    private static Object throughAStream(Object value) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.writeStream(out, value);
        return CODEC.readStream(out.toByteArray(), 0, ObjectReader::next);
    }

    /** All that a lambda says of itself, but what it captures. */
    private static List<Object> form(Object lambda) throws Exception {
        SerializedLambda form = serialized(lambda);
        return List.of(
                form.getCapturingClass(),
                form.getFunctionalInterfaceClass(),
                form.getFunctionalInterfaceMethodName(),
                form.getFunctionalInterfaceMethodSignature(),
                form.getImplMethodKind(),
                form.getImplClass(),
                form.getImplMethodName(),
                form.getImplMethodSignature(),
                form.getInstantiatedMethodType(),
                form.getCapturedArgCount());
    }

    private static SerializedLambda serialized(Object lambda) throws Exception {
        Method writeReplace = lambda.getClass().getDeclaredMethod("writeReplace");
        io.loky.internal.codec.jdk.JdkInternals.open(writeReplace);
        return (SerializedLambda) writeReplace.invoke(lambda);
    }

    // ---- where an object stream is needed ---------------------------------------------------------------------------

    @Test
    void write_lambdaThatCapturesAnyObject_takesAnObjectStream() throws Exception {
        Derived captured = new Derived();
        SerializableSupplier<String> lambda = captured::name;

        byte[] bytes = write(lambda);

        assertThat(bytes[0]).isEqualTo(STREAM);
        assertThat(((SerializableSupplier<?>) CODEC.read(bytes)).get()).isEqualTo("derived");
    }

    @Test
    void read_lambdaThatIsThereTwice_isStillOneObject() throws Exception {
        int number = 7;
        Callable<Integer> plain = () -> number;
        SerializableCallable<Integer> serializable = () -> number;
        Object[] holder = new Object[1];
        Callable<Object[]> cyclic = () -> holder;
        holder[0] = cyclic;

        List<?> copies =
                (List<?>) CODEC.read(write(new ArrayList<>(List.of(plain, serializable, plain, serializable))));
        Callable<?> cyclicCopy = (Callable<?>) CODEC.read(write(cyclic));

        assertThat(copies.get(2)).isSameAs(copies.get(0));
        assertThat(copies.get(3)).isSameAs(copies.get(1));
        assertThat(((Object[]) cyclicCopy.call())[0]).isSameAs(cyclicCopy);
    }

    @Test
    void write_lambdaWithAReducer_isReduced() throws Exception {
        Reducer<Callable<?>> reducer = callable -> () -> (SerializableCallable<String>) () -> "reduced";
        Callable<String> lambda = () -> "as it is";
        ObjectCodec reducing = new ObjectCodec(NAMES, Dialect.of(null, Map.of(Callable.class, reducer)), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        reducing.write(new ArrayList<>(List.of(lambda)), out);

        Callable<?> copy = (Callable<?>) ((List<?>) reducing.read(out.toByteArray())).get(0);
        assertThat(copy.call()).isEqualTo("reduced");
    }

    // ---- tasks ------------------------------------------------------------------------------------------------------

    @Test
    void task_functionAndArgument_arriveInEachForm() throws Exception {
        int number = 7;
        String text = "seven";
        Derived object = new Derived();
        List<Object> shared = new ArrayList<>();
        SerializableFunction<Object, String> bare = String::valueOf;
        SerializableFunction<Object, String> ofNumber = x -> number + " " + x;
        SerializableFunction<Object, String> ofText = x -> text + " " + x;
        SerializableFunction<Derived, String> ofObject = x -> x.name() + number + object.name();
        SerializableFunction<List<Object>, Boolean> ofShared = x -> x == shared;

        assertThat(run(TaskCall.of(bare, 1))).isEqualTo("1");
        assertThat(run(TaskCall.of(bare, null))).isEqualTo("null");
        assertThat(run(TaskCall.of(ofNumber, List.of("x")))).isEqualTo("7 [x]");
        assertThat(run(TaskCall.of(ofNumber, TimeUnitText.DAYS))).isEqualTo("7 DAYS");
        assertThat(run(TaskCall.of(ofText, TimeUnitText.DAYS))).isEqualTo("seven DAYS");
        assertThat(run(TaskCall.of(ofObject, object))).isEqualTo("derived7derived");
        assertThat(run(TaskCall.of(ofShared, shared))).isEqualTo(true);
    }

    /** In each form. */
    @Test
    void task_argumentThatHoldsTheFunction_isStillTheSameObject() throws Exception {
        List<Object> argument = new ArrayList<>();
        SerializableFunction<List<Object>, Object> first = list -> list.get(0);
        SerializableFunction<List<Object>, Object> function = list -> list.get(0) == list.get(list.size() - 1);
        argument.add(first);
        argument.add(first);

        assertThat(run(TaskCall.of(function, argument))).isEqualTo(true);
        for (Object other : List.of("text", TimeUnitText.DAYS)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TaskCall.of(first, new ArrayList<>(List.of(first, other))).write(CODEC, out);
            TaskCall copy = TaskCall.read(CODEC, new DecodedDialects(), out.toByteArray(), 0, Sections.NONE)
                    .call();
            assertThat(copy.call()).isSameAs(copy.function());
        }
    }

    private enum TimeUnitText {
        DAYS
    }

    private static Object run(TaskCall call) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        call.write(CODEC, out);
        return TaskCall.read(CODEC, new DecodedDialects(), out.toByteArray(), 0, Sections.NONE)
                .call()
                .call();
    }

    /** After the first one all is known: a table that does not find again what it has would show in the time of everything. */
    @Test
    void table_sameDescriptionAgain_asksForNoClass() throws Exception {
        Counting names = new Counting(NAMES.loader());
        ObjectCodec counting = new ObjectCodec(names);
        int number = 7;
        Callable<Integer> lambda = () -> number;
        byte[] bytes = write(lambda);

        Object first = counting.read(bytes);
        int asked = names.resolved;
        Object second = counting.read(bytes);

        assertThat(asked).isPositive();
        assertThat(names.resolved).isEqualTo(asked);
        assertThat(second).isNotSameAs(first).hasSameClassAs(first);
        assertThat(((Callable<?>) second).call()).isEqualTo(7);
    }

    /** Finds classes by one of several loaders, whose number is with each. */
    private static final class Counting implements ClassNames {
        private final LambdaTable lambdas = new LambdaTable();
        private final List<ClassLoader> loaders;
        private final boolean numbered;
        private int resolved;

        Counting(ClassLoader loader) {
            this(List.of(loader), false);
        }

        Counting(List<ClassLoader> loaders, boolean numbered) {
            this.loaders = loaders;
            this.numbered = numbered;
        }

        @Override
        public void annotate(Class<?> type, DataOutput out) throws IOException {
            if (numbered) {
                LoaderNumber.write(type.getClassLoader() == null ? 0 : loaders.indexOf(type.getClassLoader()), out);
            }
        }

        @Override
        public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
            resolved++;
            return Class.forName(name, false, loaders.get(numbered ? LoaderNumber.read(in) : 0));
        }

        @Override
        public Class<?> resolveProxy(String[] interfaces, DataInput in) throws ClassNotFoundException {
            throw new ClassNotFoundException("none here");
        }

        @Override
        public ClassLoader loader() {
            return loaders.get(0);
        }

        @Override
        public LambdaTable lambdas() {
            return lambdas;
        }
    }

    /** A class of which there may be several, with a lambda in it that says which of them it is. */
    public static final class Home implements Supplier<Callable<Object>> {
        @Override
        public Callable<Object> get() {
            return () -> Home.class;
        }
    }

    /** The same with one that is Serializable. */
    public static final class SerializableHome implements Supplier<Callable<Object>> {
        @Override
        public Callable<Object> get() {
            return (Callable<Object> & Serializable) () -> SerializableHome.class;
        }
    }

    private static Supplier<Callable<Object>> home() throws Exception {
        return home(Home.class);
    }

    @SuppressWarnings("unchecked") // it is what it is a copy of
    private static Supplier<Callable<Object>> home(Class<?> original) throws Exception {
        return (Supplier<Callable<Object>>)
                RenamedClass.of(original).getDeclaredConstructor().newInstance();
    }

    @Test
    void read_classesOfOneNameInTwoLoaders_stayApart() throws Exception {
        Supplier<Callable<Object>> one = home();
        Supplier<Callable<Object>> other = home();
        List<ClassLoader> loaders = List.of(
                NAMES.loader(),
                one.getClass().getClassLoader(),
                other.getClass().getClassLoader());
        ObjectCodec codec = new ObjectCodec(new Counting(loaders, true));

        for (int i = 0; i < 10; i++) {
            for (Supplier<Callable<Object>> each : List.of(one, other)) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                codec.write(each.get(), out);

                assertThat(out.toByteArray()[0]).isEqualTo(COMPACT);
                assertThat(((Callable<?>) codec.read(out.toByteArray())).call() == each.getClass())
                        .isTrue(); // AssertJ would look into the class
            }
        }
    }

    /** Neither the side that writes a lambda nor the one that reads it may keep its class. */
    @Test
    void templatesAndTables_keepNoClassAlive() throws Exception {
        LambdaTable lambdas = new LambdaTable();
        List<WeakReference<ClassLoader>> gone = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            gone.add(new WeakReference<>(useAndDrop(i, Home.class, lambdas)));
            gone.add(new WeakReference<>(useAndDrop(i, SerializableHome.class, lambdas)));
        }

        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (gone.stream().anyMatch(loader -> loader.get() != null) && System.nanoTime() < end) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(gone).allSatisfy(loader -> assertThat(loader.get()).isNull());
        assertThat(lambdas).isNotNull();
    }

    private static ClassLoader useAndDrop(int number, Class<?> original, LambdaTable lambdas) throws Exception {
        Supplier<Callable<Object>> home = home(original);
        ClassLoader loader = home.getClass().getClassLoader();
        ObjectCodec codec = new ObjectCodec(new ClassNames() {
            private final ClassNames names = ClassNames.of(loader);

            @Override
            public void annotate(Class<?> type, DataOutput out) throws IOException {
                LoaderNumber.write(number, out);
            }

            @Override
            public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
                assertThat(LoaderNumber.read(in)).isEqualTo(number);
                return names.resolve(name, in);
            }

            @Override
            public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException {
                return names.resolveProxy(interfaces, in);
            }

            @Override
            public ClassLoader loader() {
                return loader;
            }

            @Override
            public LambdaTable lambdas() {
                return lambdas;
            }
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.write(home.get(), out);
        assertThat(out.toByteArray()[0]).isEqualTo(COMPACT);
        assertThat(((Callable<?>) codec.read(out.toByteArray())).call() == home.getClass())
                .isTrue();
        return loader;
    }

    // ---- filters ----------------------------------------------------------------------------------------------------

    static Stream<Object> filtered() {
        return Stream.of(
                LambdaSamples.Host.bare(),
                LambdaSamples.Host.ofNumber(300),
                LambdaSamples.Host.ofArray(new long[3]),
                LambdaSamples.Host.ofText("text"),
                LambdaSamples.PlainHost.ofNumber(300),
                LambdaSamples.PlainHost.danger());
    }

    /** Whatever a filter says of a lambda in an object stream it says of its compact form, whether that has been read before or not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "!*",
                "!java.lang.Integer",
                "!java.lang.Number",
                "!java.lang.Object",
                "!java.lang.invoke.SerializedLambda",
                "!java.util.concurrent.Callable",
                "!io.loky.LambdaSamples$Danger",
                "!io.loky.LambdaSamples$*",
                "java.lang.**;!*",
                "java.lang.invoke.SerializedLambda;io.loky.LambdaSamples$*;!*",
                "java.lang.**;io.loky.LambdaSamples$*;!*",
                "java.util.**;io.loky.LambdaSamples$*;!*",
                "maxdepth=1",
                "maxdepth=2",
                "maxdepth=3",
                "maxarray=0;maxdepth=1",
                "maxarray=0",
                "maxarray=1",
                "maxarray=2",
                "maxrefs=2",
                "maxrefs=9",
                "maxrefs=30",
                "maxbytes=10",
                "maxbytes=10000"
            })
    void read_withAFilter_isRejectedAsAnObjectStreamIs(String pattern) throws Exception {
        ObjectCodec filtering = filtering(pattern);
        for (Object lambda : filtered().toList()) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            CODEC.writeStream(stream, lambda);
            byte[] compact = write(lambda);
            assertThat(compact[0]).isEqualTo(COMPACT);
            String expected = outcome(() -> filtering.readStream(stream.toByteArray(), 0, ObjectReader::next));
            for (Object known : List.of(compact, compact)) {
                assertThat(outcome(() -> filtering.read((byte[]) known)))
                        .as("%s", lambda)
                        .isEqualTo(expected);
                assertThat(CODEC.read(compact)).isNotNull();
            }
        }
    }

    private static ObjectCodec filtering(String pattern) {
        return new ObjectCodec(NAMES, Dialect.OWN, ObjectInputFilter.Config.createFilter(pattern));
    }

    private static String outcome(Callable<Object> reading) throws Exception {
        try {
            return String.valueOf(reading.call() != null);
        } catch (InvalidClassException e) {
            assertThat(e).hasMessageContaining("rejected by the deserialization filter");
            return "rejected";
        }
    }

    @Test
    void read_withAFilterThatAllowsIt_isTheLambda() throws Exception {
        ObjectCodec filtering = filtering("maxdepth=50");

        assertThat(((Callable<?>) filtering.read(write(LambdaSamples.Host.ofNumber(300)))).call())
                .isEqualTo(300);
        assertThat(((Callable<?>) filtering.read(write(LambdaSamples.PlainHost.ofNumber(300)))).call())
                .isEqualTo(300);
        int number = 7;
        Callable<Integer> inner = () -> number;
        Callable<Object> outer = () -> List.of(inner.call());
        assertThat(((Callable<?>) filtering.read(write(outer))).call()).isEqualTo(List.of(7));
    }

    /** A lambda that calls itself Serializable is asked about its host only: none but the host's own method may make it. */
    @Test
    void read_lambdaThatItsHostDoesNotHave_isRefused() throws Exception {
        int before = LambdaSamples.DANGERS.get();
        String danger = "io/loky/LambdaSamples$Danger";
        for (ObjectCodec codec :
                List.of(CODEC, filtering("java.lang.**;io.loky.LambdaSamples$*;!io.loky.LambdaSamples$Danger;!*"))) {
            for (String host :
                    List.of("io.loky.LambdaSamples$PlainHost", "io.loky.LambdaSamples$Host", "java.lang.Object")) {
                byte[] forged = forged(host, danger, "<init>", "(Ljava/lang/String;)V", 8);
                assertThatThrownBy(() -> codec.read(forged)).as(host).satisfies(LambdaTemplateTest::isRefusal);
            }
            byte[] property = forged(
                    "java.lang.Object", "java/lang/System", "getProperty", "(Ljava/lang/String;)Ljava/lang/String;", 6);
            assertThatThrownBy(() -> codec.read(property)).satisfies(LambdaTemplateTest::isRefusal);
        }
        assertThat(LambdaSamples.DANGERS).hasValue(before);
    }

    /** Of ours, or of an object stream of the JDK's. */
    private static void isRefusal(Throwable thrown) {
        if (!(thrown instanceof InvalidObjectException)) {
            assertThat(thrown).hasMessage("Exception in SerializedLambda.readResolve");
        }
    }

    private static byte[] forged(String host, String owner, String name, String descriptor, int kind)
            throws IOException {
        ByteArrayOutputStream description = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(description);
        out.writeByte(1);
        for (String text : List.of(
                host,
                "java/util/function/Function",
                "apply",
                "(Ljava/lang/Object;)Ljava/lang/Object;",
                owner,
                name,
                descriptor,
                "(Ljava/lang/String;)Ljava/lang/Object;")) {
            out.writeUTF(text);
        }
        out.writeByte(kind);
        out.writeByte(0);
        ByteBuffer bytes = ByteBuffer.allocate(2 + 2 * Integer.BYTES + Short.BYTES + description.size());
        return bytes.put(COMPACT)
                .put(CompactTag.LAMBDA)
                .putInt(0)
                .putInt(description.size())
                .putShort((short) 0)
                .put(description.toByteArray())
                .array();
    }

    /** To ask a Serializable class for its version runs its initializer. */
    @Test
    void read_withAFilter_initializesNoClassThatIsRejected() throws Exception {
        String text = new String(write(LambdaSamples.PlainHost.danger()), StandardCharsets.ISO_8859_1);
        byte[] forged =
                text.replace("LambdaSamples$Danger", "LambdaSamples$Sleepy").getBytes(StandardCharsets.ISO_8859_1);

        assertThatExceptionOfType(InvalidClassException.class)
                .isThrownBy(() -> filtering("!io.loky.LambdaSamples$Sleepy").read(forged))
                .withMessage("io.loky.LambdaSamples$Sleepy; rejected by the deserialization filter");
        assertThat(LambdaSamples.AWAKE).hasValue(0);
    }

    // ---- one attempt, and its stack ---------------------------------------------------------------------------------

    /** Notes who asks for its classes, and remembers nothing. */
    private static final class Noting implements ClassNames {
        private final List<String> resolving = new ArrayList<>();
        private int compact;

        @Override
        public void annotate(Class<?> type, DataOutput out) {
            if (!(out instanceof ObjectOutput)) {
                compact++;
            }
        }

        @Override
        public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
            resolving.add(Thread.currentThread().getName());
            return NAMES.resolve(name, in);
        }

        @Override
        public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException {
            return NAMES.resolveProxy(interfaces, in);
        }

        @Override
        public ClassLoader loader() {
            return NAMES.loader();
        }

        @Override
        public LambdaTable lambdas() {
            return new LambdaTable();
        }
    }

    @Test
    void task_argumentWithoutACompactForm_isTriedOnce() throws Exception {
        Noting names = new Noting();
        SerializableFunction<Object, String> function = String::valueOf;
        SerializableCallable<String> inside = () -> "x";

        TaskCall.of(function, new ArrayList<>(Arrays.asList(inside, TimeUnitText.DAYS)))
                .write(new ObjectCodec(names), new ByteArrayOutputStream());

        assertThat(names.compact).isEqualTo(2); // the function, and what is in the argument
    }

    private interface Attempt {
        /** Whether there was stack enough. */
        boolean run() throws Exception;
    }

    /** Makes an attempt where no stack is left, and with a little more each time, until there is enough. */
    private static void withLittleStack(Attempt attempt) throws Exception {
        Exception[] failure = new Exception[1];
        Thread thread = new Thread(
                null,
                () -> {
                    boolean unused = dive(attempt, failure, 0);
                },
                "little",
                512 * 1024);
        thread.start();
        thread.join();
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** Whether it is over. */
    private static boolean dive(Attempt attempt, Exception[] failure, int depth) {
        try {
            if (depth < 1_000_000 && dive(attempt, failure, depth + 1)) {
                return true;
            }
        } catch (StackOverflowError e) {
            // the bottom
        }
        try {
            return depth % 4 == 0 && attempt.run();
        } catch (VirtualMachineError | LinkageError e) { // of a StackOverflowError in the JDK, too
            return false;
        } catch (Exception e) {
            failure[0] = e;
            return true;
        }
    }

    private static Object deep(int levels) {
        Object value = LambdaSamples.Host.bare();
        for (int i = 0; i < levels; i++) {
            value = new ArrayList<>(Arrays.asList(value));
        }
        return value;
    }

    /** As an object stream is: on a bigger stack. */
    @Test
    void writeAndRead_whereLittleStackIsLeft_areRescued() throws Exception {
        Object value = deep(60);
        byte[] bytes = write(value);
        Noting names = new Noting();
        ObjectCodec codec = new ObjectCodec(names);
        for (int i = 0; i < 50; i++) { // all that they need is loaded and linked, and reflection has made its classes
            Object unused = codec.read(write(value));
            Object unusedToo = throughAStream(value);
        }
        Object deeper = deep(20_000);
        assertThat(throughAStream(deeper)).hasSameClassAs(deeper);
        names.resolving.clear();
        List<Byte> forms = new ArrayList<>(10_000);

        withLittleStack(() -> {
            forms.add(write(value)[0]);
            return forms.get(forms.size() - 1) == COMPACT;
        });
        withLittleStack(() -> {
            Object unused = codec.read(bytes);
            return names.resolving.get(names.resolving.size() - 1).equals("little");
        });

        assertThat(forms).contains(STREAM, COMPACT);
        assertThat(names.resolving).contains("little", "little-deep");
    }

    // ---- hostile bytes ----------------------------------------------------------------------------------------------

    @Test
    void read_bytesCutAnywhere_isRefused() throws Exception {
        int number = 7;
        String text = "seven";
        byte[] bytes = write((Callable<String>) () -> text + number);
        for (int length = 1; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(IOException.class)
                    .as("cut to %d bytes", length)
                    .isThrownBy(() -> CODEC.read(cut));
        }
    }

    @Test
    void read_capturedValueOfAnotherClass_isRefused() throws Exception {
        String text = "seven";
        byte[] bytes = write((Callable<Integer>) text::length);
        int value = bytes.length - Integer.BYTES - 1 - text.length();
        assertThat(bytes[value]).isEqualTo(CompactTag.TEXT);
        byte[] number = Arrays.copyOf(bytes, value + 5);
        number[value] = CompactTag.INTEGER;

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> CODEC.read(number))
                .withMessage("a lambda captures a java.lang.String, not a java.lang.Integer");
    }

    @Test
    void read_descriptionThatIsNotThere_isRefused() {
        for (int length : new int[] {-1, 100, Integer.MAX_VALUE}) {
            byte[] bytes = ByteBuffer.allocate(40)
                    .put(COMPACT)
                    .put(CompactTag.LAMBDA)
                    .putInt(0)
                    .putInt(length)
                    .array();
            assertThatExceptionOfType(StreamCorruptedException.class)
                    .isThrownBy(() -> CODEC.read(bytes))
                    .withMessageStartingWith("a lambda of " + (length & 0xFFFF_FFFFL) + " bytes, and ");
        }
    }

    /** A hash that lies finds nothing wrong: descriptions are compared. The seed of a failure is in its message. */
    @Test
    void read_bytesWithErrors_isALambdaOrRefused() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int number = 7;
        String text = "seven";
        List<byte[]> originals = new ArrayList<>();
        for (Object lambda : new Object[] {
            (Callable<String>) () -> text + number,
            (SerializableCallable<String>) () -> text + number,
            (UnaryOperator<String> & Serializable) String::trim
        }) {
            originals.add(write(lambda));
        }
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
            try {
                Object unused = CODEC.read(bytes);
            } catch (IOException | ClassNotFoundException e) {
                // refused in plain words
            } catch (Throwable e) {
                fail("bytes %d of seed %d: %s", i, seed, e);
            }
        }
    }

    private static byte[] write(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.write(value, out);
        return out.toByteArray();
    }
}
