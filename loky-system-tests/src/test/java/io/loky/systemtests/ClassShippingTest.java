/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.RemoteTaskException;
import io.loky.ResultSerializationException;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import io.loky.WorkerTerminatedException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Classes of loaders that a worker does not have are found there all the same, as they are in the parent. */
class ClassShippingTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** A class {@code app.Main} with static methods that make tasks, and more classes. */
    private static String main(String methods, String more) {
        return """
                package app;
                import io.loky.*;
                import java.util.*;
                import java.util.concurrent.*;
                import java.util.stream.*;
                public class Main {
                %s
                }
                %s
                """.formatted(methods, more);
    }

    @SuppressWarnings("unchecked")
    private static <T> SerializableCallable<T> task(ClassLoader loader, String method) throws Exception {
        return (SerializableCallable<T>)
                loader.loadClass("app.Main").getMethod(method).invoke(null);
    }

    private static SerializableCallable<Object> task(String methods, String more) throws Exception {
        return task(new MemoryCompiler.Loader(MemoryCompiler.compile(main(methods, more))), "task");
    }

    private Object run(String body, String more) throws Exception {
        return Await.result(pools.create(1)
                .submit(task("public static SerializableCallable<Object> task() {\n" + body + "\n}", more)));
    }

    // ---- kinds of classes ---------------------------------------------------------------------------------------

    @Test
    void lambda_compiledInMemory_runs() throws Exception {
        assertThat(run("int n = 20; return () -> n + 1;", "")).isEqualTo(21);
    }

    /** Nested lambdas, streams, anonymous, inner and local classes, switch over enums. */
    @Test
    void classesOfAllKinds_compiledInMemory_work() throws Exception {
        assertThat(run("""
                        return () -> {
                            record Local(int n) {}
                            Callable<Integer> anonymous = new Callable<>() {
                                public Integer call() { return new Inner().twice(4); }
                            };
                            return IntStream.range(0, 3).mapToObj(Local::new).map(l -> l.n() * 10)
                                    .map(String::valueOf).collect(Collectors.joining(","))
                                    + " " + anonymous.call() + " " + Color.RED.next() + " " + area(new Square(3))
                                    + " " + new Hidden().secret();
                        };
                        }
                        static class Inner { int twice(int n) { return 2 * n; } }
                        static int area(Shape shape) {
                            return shape instanceof Square s ? s.side() * s.side() : ((Line) shape).length();
                        """, """
                        enum Color { RED { Color next() { return GREEN; } }, GREEN { Color next() { return RED; } };
                            abstract Color next(); }
                        sealed interface Shape permits Square, Line {}
                        record Square(int side) implements Shape {}
                        record Line(int length) implements Shape {}
                        class Hidden { String secret() { return "package-private"; } }
                        """)).isEqualTo("0,10,20 8 GREEN 9 package-private");
    }

    /** A value that comes back is of the very class that the parent has. */
    @Test
    void result_ofAShippedClass_isOfTheParentsClass() throws Exception {
        SerializableCallable<Object> task = task(
                "public static SerializableCallable<Object> task() { return () -> List.of(new Point(1, 2), Color.RED); }",
                """
                record Point(int x, int y) implements java.io.Serializable {}
                enum Color { RED { }, GREEN }
                """);
        ClassLoader loader = task.getClass().getClassLoader();

        List<?> result = (List<?>) Await.result(pools.create(1).submit(task));

        assertThat(result.get(0).getClass()).isSameAs(loader.loadClass("app.Point"));
        assertThat(result.get(0)).hasToString("Point[x=1, y=2]");
        assertThat(result.get(1)).isSameAs(loader.loadClass("app.Color").getEnumConstants()[0]);
    }

    /** A lambda may come back, and is of use. */
    @Test
    void result_aLambdaOfAShippedClass_canBeCalled() throws Exception {
        Object result = run("int n = 3; return () -> (SerializableCallable<Integer>) () -> n * n;", "");

        assertThat(((Callable<?>) result).call()).isEqualTo(9);
    }

    /** An exception keeps its class. */
    @Test
    void exception_ofAShippedClass_isOfTheParentsClass() throws Exception {
        SerializableCallable<Object> task = task(
                "public static SerializableCallable<Object> task() { return () -> { throw new Bad(7); }; }",
                "class Bad extends Exception { final int code; Bad(int code) { super(\"bad\"); this.code = code; } }");

        Throwable failure = Pools.failure(pools.create(1).submit(task));

        assertThat(failure.getClass()).isSameAs(task.getClass().getClassLoader().loadClass("app.Bad"));
        assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo("app.Main");
        assertThat(failure.getStackTrace()[0].getClassLoaderName()).isNull();
    }

    @Test
    void proxy_ofAShippedInterface_travelsBothWays() throws Exception {
        Object result = run("""
                Greeter greeter = (Greeter) java.lang.reflect.Proxy.newProxyInstance(Main.class.getClassLoader(),
                        new Class<?>[] {Greeter.class}, new Handler());
                return () -> greeter;
                """, """
                interface Greeter { String greet(String name); }
                class Handler implements java.lang.reflect.InvocationHandler, java.io.Serializable {
                    public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] args) {
                        return "hello " + args[0];
                    }
                }
                """);

        var greet = result.getClass().getInterfaces()[0].getMethod("greet", String.class);
        greet.setAccessible(true);
        assertThat(greet.invoke(result, "you")).isEqualTo("hello you");
    }

    @Test
    void arraysAndClassObjects_ofShippedClasses_travelBothWays() throws Exception {
        Object[] result = (Object[]) run(
                "Item[][] items = {{new Item()}}; Class<?> type = Item[].class;"
                        + " return () -> new Object[] {items, type, int[].class, Item.class};",
                "class Item implements java.io.Serializable {}");

        assertThat(result[0].getClass().getComponentType()).isSameAs(result[1]);
        assertThat(result[2]).isSameAs(int[].class);
        assertThat(((Class<?>) result[1]).getComponentType()).isSameAs(result[3]);
    }

    // ---- loaders ------------------------------------------------------------------------------------------------

    /** Two loaders have a class of the same name, and a task uses both: each object stays what it was. */
    @Test
    void sameName_ofTwoLoaders_staysApart() throws Exception {
        String item = """
                package lib;
                public class Item implements java.util.concurrent.Callable<String>, java.io.Serializable {
                    public String call() { return "%s"; }
                }
                """;
        Callable<?> one = item(MemoryCompiler.compile(item.formatted("one")));
        Callable<?> two = item(MemoryCompiler.compile(item.formatted("two")));

        List<Object> result = Await.result(pools.create(1)
                .submitWith(
                        items -> List.of(
                                items.get(0).call(),
                                items.get(1).call(),
                                items.get(0).getClass().getName(),
                                items.get(0).getClass() == items.get(1).getClass(),
                                items.get(1)),
                        List.of(one, two)));

        assertThat(result.subList(0, 4)).containsExactly("one", "two", "lib.Item", false);
        assertThat(result.get(4).getClass()).isSameAs(two.getClass());
    }

    private static Callable<?> item(Map<String, byte[]> classes) throws Exception {
        return (Callable<?>) new MemoryCompiler.Loader(classes)
                .loadClass("lib.Item")
                .getConstructor()
                .newInstance();
    }

    /** A loader that prefers its own copy of a class that its parent has as well: its copy is what the worker gets. */
    @Test
    void sameName_childFirst_isTheChildsOwn() throws Exception {
        String item = """
                package lib;
                public class Item implements java.util.concurrent.Callable<String>, java.io.Serializable {
                    public String call() { return "%s"; }
                }
                """;
        Path above = write(folder.resolve("above"), MemoryCompiler.compile(item.formatted("above")));
        Path below = write(folder.resolve("below"), MemoryCompiler.compile(item.formatted("below")));
        try (URLClassLoader first = new URLClassLoader(new URL[] {above.toUri().toURL()});
                URLClassLoader second =
                        new URLClassLoader(new URL[] {below.toUri().toURL()}, first) {
                            @Override
                            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                                return name.equals("lib.Item") ? findClass(name) : super.loadClass(name, resolve);
                            }
                        }) {
            Callable<?> own =
                    (Callable<?>) second.loadClass("lib.Item").getConstructor().newInstance();

            assertThat((Object) Await.result(pools.create(1).submitWith(Callable::call, own)))
                    .isEqualTo("below");
        }
    }

    /**
     * The same, where the loader keeps its bytes to itself and gives those of the loader above: rather than the wrong class
     * there is none, and the message tells what to do.
     */
    @Test
    void sameName_childFirstWithoutResources_isRefused() throws Exception {
        String item = """
                package lib;
                public class Item implements java.util.concurrent.Callable<String>, java.io.Serializable {
                    public String call() { return "%s"; }
                }
                """;
        Map<String, byte[]> below = MemoryCompiler.compile(item.formatted("below"));
        Path folderAbove = write(folder.resolve("above"), MemoryCompiler.compile(item.formatted("above")));
        URLClassLoader above = new URLClassLoader(new URL[] {folderAbove.toUri().toURL()});
        ClassLoader loader = new ClassLoader(above) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                return name.equals("lib.Item") ? findClass(name) : super.loadClass(name, resolve);
            }

            @Override
            protected Class<?> findClass(String name) {
                Class<?> loaded = findLoadedClass(name);
                byte[] bytes = below.get(name);
                return loaded != null ? loaded : defineClass(name, bytes, 0, bytes.length);
            }
        };
        Callable<?> own =
                (Callable<?>) loader.loadClass("lib.Item").getConstructor().newInstance();

        assertThat(Pools.failure(pools.create(1).submitWith(Callable::call, own)))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("another version of the class")
                .hasMessageContaining("io.loky.spi.ClassBytesProvider");
        above.close();
    }

    private static Path write(Path target, Map<String, byte[]> classes) throws Exception {
        for (Map.Entry<String, byte[]> type : classes.entrySet()) {
            Path file = target.resolve(type.getKey().replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, type.getValue());
        }
        return target;
    }

    /** One loader passes on to another: the worker has two as well, with each class in the one that defined it. */
    @Test
    void delegation_toAnotherLoader_isCopied() throws Exception {
        Map<String, byte[]> library = MemoryCompiler.compile(
                "package lib; public class Item implements java.io.Serializable { public static int count;"
                        + " public int next() { return ++count; } }");
        Map<String, byte[]> program = MemoryCompiler.compile(library, main("""
                        public static SerializableCallable<Object> task() { return () -> {
                            lib.Item item = new lib.Item();
                            return item.next() + " " + (item.getClass().getClassLoader() != Main.class.getClassLoader())
                                + " " + Class.forName("lib.Item").getName();
                        }; }
                        """, ""));
        MemoryCompiler.Loader above = new MemoryCompiler.Loader(library);
        ProcessPoolExecutor pool = pools.create(1);
        SerializableCallable<Object> one = task(new MemoryCompiler.Loader(above, program), "task");
        SerializableCallable<Object> two = task(new MemoryCompiler.Loader(above, program), "task");

        assertThat(Await.result(pool.submit(one))).isEqualTo("1 true lib.Item");
        assertThat(Await.result(pool.submit(two))).as("shares the library").isEqualTo("2 true lib.Item");
        assertThat(Await.result(pool.submit(one))).as("static state is kept").isEqualTo("3 true lib.Item");
    }

    /** A class that is made after it was missed is found. */
    @Test
    void classMadeLater_afterItWasMissing_isFound() throws Exception {
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(main("""
                public static SerializableCallable<Object> task() { return () -> {
                    try { return Class.forName("app.Later").getName(); } catch (ClassNotFoundException e) { return e.toString(); }
                }; }
                """, "")));
        ProcessPoolExecutor pool = pools.create(1);
        SerializableCallable<Object> task = task(loader, "task");

        assertThat(Await.result(pool.submit(task))).isEqualTo("java.lang.ClassNotFoundException: app.Later");
        loader.add(MemoryCompiler.compile("package app; public class Later {}"));
        assertThat(Await.result(pool.submit(task))).isEqualTo("app.Later");
    }

    /** Each class crosses once to each worker, whatever the number of tasks. */
    @Test
    void classes_ofManyTasks_areSentOncePerWorker() throws Exception {
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(
                MemoryCompiler.compile(
                        main(
                                "public static SerializableCallable<Object> task() { return () -> { Thread.sleep(5);"
                                        + " return new One().two().toString(); }; }",
                                "class One { Two two() { return new Two(); } } class Two { public String toString() { return \"two\"; } }")));
        SerializableCallable<Object> task = task(loader, "task");
        ProcessPoolExecutor pool = pools.warm(2);

        for (int round = 0; round < 20; round++) {
            var one = pool.submit(task);
            var two = pool.submit(task);
            assertThat(Await.result(one)).isEqualTo("two");
            assertThat(Await.result(two)).isEqualTo("two");
        }

        assertThat(loader.reads().keySet())
                .containsExactlyInAnyOrder("app/Main.class", "app/One.class", "app/Two.class");
        assertThat(loader.reads().values().stream().mapToInt(AtomicInteger::get))
                .allMatch(reads -> reads <= 2);
    }

    /** With a class come those that it refers to, so that there is one question for all of them. */
    @Test
    void classes_thatReferToEachOther_areSentAhead() throws Exception {
        StringBuilder chain = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            chain.append("class C")
                    .append(i)
                    .append(" { static int depth() { return 1 + C")
                    .append(i + 1)
                    .append(".depth(); } }\n");
        }
        chain.append("class C30 { static int depth() { return 1; } }");
        Logger logger = Logger.getLogger("io.loky.classes");
        Level before = logger.getLevel();
        logger.setLevel(Level.FINE);
        try {
            Pools.LogWatch log = pools.log();

            assertThat(run("return () -> C0.depth();", chain.toString())).isEqualTo(31);

            assertThat(log.at(Level.FINE))
                    .filteredOn(message -> message.contains("for CLASS app."))
                    .singleElement()
                    .asString()
                    .contains("for CLASS app.Main")
                    .contains("32 entries");
        } finally {
            logger.setLevel(before);
        }
    }

    /** The library's own package prefix may be the user's, too: what decides is where a class is from. */
    @Test
    void packageBelowTheLibrarys_ofTheUser_isShipped() throws Exception {
        Map<String, byte[]> classes = MemoryCompiler.compile(
                "package io.loky.mine; public class Item implements java.util.concurrent.Callable<String>,"
                        + " java.io.Serializable { public String call() { return \"mine\"; } }");
        Callable<?> item = (Callable<?>) new MemoryCompiler.Loader(classes)
                .loadClass("io.loky.mine.Item")
                .getConstructor()
                .newInstance();

        assertThat((Object) Await.result(pools.create(1).submitWith(Callable::call, item)))
                .isEqualTo("mine");
    }

    /** A task that has a pool of its own hands on what it got: its workers ask it, and it asks its parent. */
    @Test
    void innerPool_ofATask_findsClassesTwoLevelsUp() throws Exception {
        assertThat(run("""
                        return () -> {
                            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                                return inner.submit(() -> new Item(Main.class.getResource("Item.class") != null)).get();
                            }
                        };
                        """, "record Item(boolean found) implements java.io.Serializable {}"))
                .hasToString("Item[found=false]"); // this loader has streams, and no URLs
    }

    /** Some launchers say something else in {@code java.class.path} than what they have: what a worker lacks, it asks for. */
    @Test
    void classPathProperty_thatSaysLess_doesNoHarm() throws Exception {
        try (ChildJvm program = ChildJvm.start(ProgramWithAnotherClassPath.class)) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(program.out().lines()).containsExactly("Answer[text=from the worker]", "true", "proxy");
        }
    }

    /** As if it were loaded by an agent, or from a jar that the property does not name. */
    static final class ProgramWithAnotherClassPath {
        record Answer(String text) implements java.io.Serializable {}

        interface Words {
            String word();
        }

        public static void main(String[] args) throws Exception {
            System.setProperty("java.class.path", Programs.library());
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                System.out.println(
                        pool.submit(() -> new Answer("from the worker")).get());
                System.out.println(
                        pool.submit(() -> Answer.class.getClassLoader() != ClassLoader.getSystemClassLoader())
                                .get());
                Words words = (Words) java.lang.reflect.Proxy.newProxyInstance(
                        Words.class.getClassLoader(), new Class<?>[] {Words.class}, (java.lang.reflect.InvocationHandler
                                        & java.io.Serializable)
                                (proxy, method, arguments) -> "proxy");
                System.out.println(pool.submit(() -> words).get().word());
            }
        }
    }

    // ---- what cannot be -----------------------------------------------------------------------------------------

    /** A loader that gives no bytes is named, with its class. */
    @Test
    void loaderWithoutBytes_aTask_failsAndNamesClassAndLoader() throws Exception {
        Map<String, byte[]> classes = MemoryCompiler.compile(
                main("public static SerializableCallable<Object> task() { return () -> 1; }", ""));
        ClassLoader silent = new MemoryCompiler.Loader(classes) {
            @Override
            public InputStream getResourceAsStream(String name) {
                return null;
            }
        };

        Throwable failure = Pools.failure(pools.create(1).submit(task(silent, "task")));

        assertThat(failure)
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("app.Main")
                .hasMessageContaining(silent.getClass().getName())
                .hasMessageContaining("io.loky.spi.ClassBytesProvider");
    }

    /** What a user's provider knows is used. It is found as a service by the loader itself. */
    @Test
    void loaderWithoutBytes_withAProvider_works() throws Exception {
        Map<String, byte[]> classes = MemoryCompiler.compile(
                main("public static SerializableCallable<Object> task() { return () -> 1; }", ""), """
                package app;
                public class Provider implements io.loky.spi.ClassBytesProvider {
                    public byte[] bytesOf(Class<?> type) {
                        return ((java.util.function.Function<Class<?>, byte[]>) (Object) type.getClassLoader()).apply(type);
                    }
                }
                """);
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve("io.loky.spi.ClassBytesProvider"), "app.Provider\n");
        ClassLoader silent = new Silent(classes, folder.toUri().toURL());

        assertThat(Await.<Object>result(pools.create(1).submit(ClassShippingTest.<Object>task(silent, "task"))))
                .isEqualTo(1);
    }

    private static final class Silent extends ClassLoader implements java.util.function.Function<Class<?>, byte[]> {
        private final Map<String, byte[]> classes;
        private final URL folder;

        Silent(Map<String, byte[]> classes, URL folder) {
            super(ClassShippingTest.class.getClassLoader());
            this.classes = classes;
            this.folder = folder;
        }

        @Override
        public byte[] apply(Class<?> type) {
            return classes.get(type.getName());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }

        @Override
        protected java.util.Enumeration<URL> findResources(String name) throws java.io.IOException {
            return name.startsWith("META-INF/")
                    ? java.util.Collections.enumeration(List.of(new URL(folder, name)))
                    : java.util.Collections.emptyEnumeration();
        }
    }

    /** A class that only the worker has cannot come back, and is named. */
    @Test
    void result_ofAClassMadeInTheWorker_isRefusedByName() throws Exception {
        Throwable failure = Pools.failure(pools.create(1)
                .submit(() -> new MemoryCompiler.Loader(MemoryCompiler.compile(
                                "package made; public class Item implements java.io.Serializable {}"))
                        .loadClass("made.Item")
                        .getConstructor()
                        .newInstance()));

        assertThat(failure)
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("made.Item")
                .hasMessageContaining("made in the worker");
    }

    /** An exception that only the worker has comes back as what it said. */
    @Test
    void exception_ofAClassMadeInTheWorker_becomesADescription() throws Exception {
        Throwable failure = Pools.failure(pools.create(1).submit(() -> {
            throw (Exception) new MemoryCompiler.Loader(MemoryCompiler.compile("package made; public class Bad extends"
                            + " Exception { public Bad() { super(\"message\"); } }"))
                    .loadClass("made.Bad")
                    .getConstructor()
                    .newInstance();
        }));

        assertThat(failure)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("made.Bad")
                .hasMessageContaining("message");
    }

    /** A missing class is an exception of the task like any other, with the user's frames. */
    @Test
    void missingClass_inATask_isTheTasksException() throws Exception {
        Throwable failure = Pools.failure(pools.create(1)
                .submit(task(
                        "public static SerializableCallable<Object> task() { return () -> Class.forName(\"app.None\"); }",
                        "")));

        assertThat(failure).isExactlyInstanceOf(ClassNotFoundException.class).hasMessage("app.None");
        assertThat(failure.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("app.Main"))
                .noneMatch(frame -> frame.getClassName().startsWith("io.loky.internal."));
    }

    /** Why the parent could not load it is told. */
    @Test
    void missingClass_forAReason_tellsTheReason() throws Exception {
        ClassLoader loader =
                new MemoryCompiler.Loader(MemoryCompiler.compile(main(
                        "public static SerializableCallable<Object> task() { return () -> Class.forName(\"app.None\"); }",
                        ""))) {
                    @Override
                    protected Class<?> findClass(String name) throws ClassNotFoundException {
                        if (name.equals("app.None")) {
                            throw new ClassNotFoundException(name, new java.io.IOException("the server is down"));
                        }
                        return super.findClass(name);
                    }
                };

        assertThat(Pools.failure(pools.create(1).submit(task(loader, "task"))))
                .isExactlyInstanceOf(ClassNotFoundException.class)
                .hasMessage("app.None: caused by java.io.IOException: the server is down");
    }

    // ---- threads ------------------------------------------------------------------------------------------------

    /** Any thread of a worker may need a class, several at once, and while the worker is between tasks. */
    @Test
    void threadsOfATask_thatOutliveIt_findClasses() throws Exception {
        StringBuilder more = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            more.append("class C")
                    .append(i)
                    .append(" { public String toString() { return \"")
                    .append(i)
                    .append("\"; } }\n");
        }
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(main("""
                static final CountDownLatch GO = new CountDownLatch(1);
                static final List<Future<String>> FOUND = new ArrayList<>();
                public static SerializableCallable<Object> task() { return () -> {
                    ExecutorService threads = Executors.newFixedThreadPool(4);
                    for (int i = 0; i < 40; i++) {
                        String name = "app.C" + i;
                        FOUND.add(threads.submit(() -> {
                            GO.await();
                            return Class.forName(name).getDeclaredConstructor().newInstance().toString();
                        }));
                    }
                    threads.shutdown();
                    return "begun";
                }; }
                public static SerializableCallable<Object> collect() { return () -> {
                    GO.countDown();
                    return null;
                }; }
                public static SerializableCallable<Object> sum() { return () -> {
                    int sum = 0;
                    for (Future<String> found : FOUND) sum += Integer.parseInt(found.get());
                    return sum;
                }; }
                """, more.toString())));
        ProcessPoolExecutor pool = pools.create(1);

        assertThat(Await.result(pool.submit(ClassShippingTest.<Object>task(loader, "task"))))
                .isEqualTo("begun");
        Await.result(pool.submit(ClassShippingTest.<Object>task(loader, "collect")));
        assertThat(Await.result(pool.submit(ClassShippingTest.<Object>task(loader, "sum"))))
                .isEqualTo(780);
    }

    /** An interrupted thread still loads its classes, and is still interrupted. */
    @Test
    void interruptedThread_thatNeedsAClass_findsItAndStaysInterrupted() throws Exception {
        assertThat(run(
                        "return () -> { Thread.currentThread().interrupt();"
                                + " return new Other().toString() + Thread.interrupted(); };",
                        "class Other { public String toString() { return \"other \"; } }"))
                .isEqualTo("other true");
    }

    /** A class of a result may be needed first when it is written, and one of a task when it is read. */
    @Test
    void classes_neededWhileEncodingAndDecoding_areFound() throws Exception {
        assertThat(run("Box box = new Box(); return () -> box;", """
                        class Box implements java.io.Serializable {
                            private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
                                out.writeObject(new Writing().toString());
                            }
                            private void readObject(java.io.ObjectInputStream in) throws Exception {
                                read = in.readObject() + new Reading().toString();
                            }
                            transient String read = "";
                            public String toString() { return read; }
                        }
                        class Writing { public String toString() { return "written "; } }
                        class Reading { public String toString() { return "read"; } }
                        """)).hasToString("written read");
    }

    /** A large value goes one way while a large class goes the other. */
    @Test
    void largeClassesAndLargeResults_atTheSameTime_doNotBlockEachOther() throws Exception {
        String constant = "x".repeat(60_000);
        StringBuilder more = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            more.append("class Big")
                    .append(i)
                    .append(" { public String toString() { return \"")
                    .append(i)
                    .append(constant)
                    .append("\"; } }\n");
        }
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(main("""
                static FutureTask<Integer> loading = new FutureTask<>(() -> {
                    int loaded = 0;
                    for (int i = 0; i < 20; i++) {
                        loaded += Class.forName("app.Big" + i).getDeclaredConstructor().newInstance().toString().length() > 60_000 ? 1 : 0;
                    }
                    return loaded;
                });
                public static SerializableCallable<Object> task() { return () -> {
                    new Thread(loading).start();
                    return new byte[8_000_000];
                }; }
                public static SerializableCallable<Object> loaded() { return () -> loading.get(); }
                """, more.toString())));
        ProcessPoolExecutor pool = pools.create(1);

        assertThat(Await.<Object>result(pool.submit(ClassShippingTest.<Object>task(loader, "task"))))
                .isInstanceOfSatisfying(byte[].class, bytes -> assertThat(bytes).hasSize(8_000_000));
        assertThat(Await.<Object>result(pool.submit(ClassShippingTest.<Object>task(loader, "loaded"))))
                .isEqualTo(20);
    }

    /** A loader in the parent that waits for another task of the same worker's pool holds up nobody else. */
    @Test
    void loaderThatWaits_forAnotherTask_isNotWaitedForByTheReader() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Map<String, byte[]> classes = MemoryCompiler.compile(
                main("public static SerializableCallable<Object> task() { return () -> 1; }", ""));
        ClassLoader waiting = new MemoryCompiler.Loader(classes) {
            @Override
            public InputStream getResourceAsStream(String name) {
                try {
                    Await.result(pool.submit(() -> 2));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return super.getResourceAsStream(name);
            }
        };

        assertThat(Await.result(pool.submit(ClassShippingTest.<Object>task(waiting, "task"))))
                .isEqualTo(1);
    }

    /** Code that runs out of stack while it loads a class may fail; it does no harm to others. */
    @Test
    void stackOverflow_whileClassesAreLoaded_doesNotBreakTheWorker() throws Exception {
        StringBuilder more = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            more.append("class C").append(i).append(" {}\n");
        }
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(main("""
                static final String[] NAMES = IntStream.range(0, 200).mapToObj(i -> "app.C" + i).toArray(String[]::new);
                static int next;
                static int overflows;
                static void dive() {
                    try {
                        dive();
                    } catch (StackOverflowError e) {
                        overflows++;
                    }
                    if (next < 200) load(NAMES[next++]); // with ever more stack, from almost none on
                }
                static void load(String name) {
                    try {
                        Class.forName(name);
                    } catch (ClassNotFoundException e) {
                        throw new IllegalStateException(e);
                    } catch (LinkageError e) {
                        overflows++;
                    }
                }
                public static SerializableCallable<Object> task() { return () -> { dive(); return overflows > 0; }; }
                public static SerializableCallable<Object> all() { return () -> {
                    for (String name : NAMES) Class.forName(name);
                    return "all";
                }; }
                """, more.toString())));
        ProcessPoolExecutor pool = pools.create(1);

        var dive = pool.submit(ClassShippingTest.<Object>task(loader, "task"));

        assertThat(Await.result(dive)).isEqualTo(true);
        var all = pool.submit(ClassShippingTest.<Object>task(loader, "all"));
        assertThat(Await.result(all)).isEqualTo("all");
        assertThat(all.workerPid()).as("the same worker").isEqualTo(dive.workerPid());
    }

    /** A shutdown hook of a worker that is told to leave may need a class like any other code. */
    @Test
    void shutdownHook_thatNeedsAClass_findsIt() throws Exception {
        Path file = folder.resolve("written-by-hook");
        ProcessPoolExecutor pool = pools.create(1);
        Await.result(pool.submit(task(
                "public static SerializableCallable<Object> task() { String file = \"" + file + "\"; return () -> {"
                        + " Runtime.getRuntime().addShutdownHook(new Thread(() -> {"
                        + " try { java.nio.file.Files.writeString(java.nio.file.Path.of(file), new Late().toString()); }"
                        + " catch (Exception e) { throw new RuntimeException(e); } })); return null; }; }",
                "class Late { public String toString() { return \"late\"; } }")));

        pool.close();

        assertThat(file).hasContent("late");
    }

    /** A worker that waits for a class ends with its parent, like any other. */
    @Test
    void parentKilled_whileAWorkerWaitsForAClass_leavesNothing() throws Exception {
        try (ChildJvm parent = ChildJvm.start(ParentThatNeverAnswers.class)) {
            parent.awaitOut("asked");

            parent.kill();

            Processes.assertNothingIsLeftOf(parent.pid());
        }
    }

    /** Its class loader takes for ever. */
    static final class ParentThatNeverAnswers {
        public static void main(String[] args) throws Exception {
            ClassLoader loader =
                    new MemoryCompiler.Loader(MemoryCompiler.compile(ClassShippingTest.main(
                            "public static SerializableCallable<Object> task() { return () -> 1; }", ""))) {
                        @Override
                        public InputStream getResourceAsStream(String name) {
                            System.out.println("asked");
                            for (; ; ) {
                                java.util.concurrent.locks.LockSupport.park();
                            }
                        }
                    };
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                Object unused = pool.submit(ClassShippingTest.<Object>task(loader, "task"))
                        .get();
            }
        }
    }

    /** A worker that is killed while it waits for a class takes its task with it, and the pool goes on. */
    @Test
    void workerKilled_whileItWaitsForAClass_failsThatTaskOnly() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        ClassLoader loader =
                new MemoryCompiler.Loader(MemoryCompiler.compile(
                        main("public static SerializableCallable<Object> task() { return () -> 1; }", ""))) {
                    @Override
                    public InputStream getResourceAsStream(String name) {
                        Pools.pids(pool).forEach(Processes::killIfAlive);
                        return super.getResourceAsStream(name);
                    }
                };

        assertThat(Pools.failure(pool.submit(ClassShippingTest.<Object>task(loader, "task"))))
                .isInstanceOf(WorkerTerminatedException.class);
        Pools.assertServes(pool);
    }

    // ---- the end of loaders -------------------------------------------------------------------------------------

    /** Nobody but its user keeps a loader: when that one has dropped it, it goes in the parent, and then in the workers. */
    @Test
    void loader_dropped_isCollectedOnBothSides() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        List<WeakReference<?>> references = new ArrayList<>();

        runInLoaderOfItsOwn(pool, references);

        collect(references.get(0));
        Await.result(pool.submit(() -> {
            collect(Kept.LOADERS.get(0));
            return 1;
        }));
    }

    private static void runInLoaderOfItsOwn(ProcessPoolExecutor pool, List<WeakReference<?>> references)
            throws Exception {
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(main(
                "public static SerializableCallable<Object> task() { return () -> new Item(); }",
                "class Item implements java.io.Serializable {}")));
        references.add(new WeakReference<>(loader));
        Object item = Await.result(pool.submit(ClassShippingTest.<Object>task(loader, "task")));
        assertThat(item.getClass().getClassLoader()).isSameAs(loader);
        Await.result(pool.submitWith(
                object -> Kept.LOADERS.add(new WeakReference<>(object.getClass().getClassLoader())), item));
    }

    private static void collect(WeakReference<?> loader) throws Exception {
        Await.untilWithin(
                20,
                "the loader is collected",
                () -> {
                    System.gc();
                    return loader.get() == null;
                },
                () -> "");
    }

    /** In the worker. */
    private static final class Kept {
        private static final List<WeakReference<ClassLoader>> LOADERS = new ArrayList<>();

        private Kept() {}
    }

    /** A future that is kept keeps its result, and nothing else of its task. */
    @Test
    void loader_ofATaskWhoseFutureIsKept_isCollected() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        List<WeakReference<?>> references = new ArrayList<>();

        TaskFuture<Object> future = submitFromALoader(pool, references);

        assertThat(Await.result(future)).isEqualTo(List.of(1, 2));
        collect(references.get(0));
        assertThat(future.isDone()).isTrue();
    }

    private static TaskFuture<Object> submitFromALoader(ProcessPoolExecutor pool, List<WeakReference<?>> references)
            throws Exception {
        SerializableCallable<Object> task =
                task("public static SerializableCallable<Object> task() { return () -> List.of(1, 2); }", "");
        references.add(new WeakReference<>(task.getClass().getClassLoader()));
        return pool.submit(task);
    }

    /** A task in flight keeps the loader that its answer needs. */
    @Test
    void loader_droppedWhileItsTaskRuns_isThereForTheAnswer() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        var future = submitFromALoader(pool);

        for (int i = 0; i < 5; i++) {
            System.gc();
        }

        assertThat(Await.result(future)).hasToString("item");
    }

    private static TaskFuture<Object> submitFromALoader(ProcessPoolExecutor pool) throws Exception {
        return pool.submit(ClassShippingTest.<Object>task(
                new MemoryCompiler.Loader(
                        MemoryCompiler.compile(
                                main(
                                        "public static SerializableCallable<Object> task() { return () -> { Thread.sleep(300);"
                                                + " return new Item(); }; }",
                                        "class Item implements java.io.Serializable { public String toString() { return \"item\"; } }"))),
                "task"));
    }
}
