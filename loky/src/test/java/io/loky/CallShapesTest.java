/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every way of writing a task in a call. That this class compiles is the test that no overload is ambiguous; what it
 * runs is whether the call picks the overload whose type is serializable.
 */
@SuppressWarnings("FutureReturnValueIgnored") // statements without a use of the future are call shapes, too
class CallShapesTest {

    private final List<Class<?>> picked = new ArrayList<>();
    private final List<Object> tasks = new ArrayList<>();

    /** Remembers the type of the first parameter of each method that is called, and returns null. */
    private final ProcessPoolExecutor pool = (ProcessPoolExecutor) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {ProcessPoolExecutor.class}, (proxy, method, arguments) -> {
                picked.add(method.getParameterTypes()[0]);
                tasks.add(arguments[0]);
                return null;
            });

    @Test
    void submit_valueLambda_picksSerializableCallable() {
        int captured = 1;
        TaskFuture<Integer> number = pool.submit(() -> 1);
        Future<Integer> future = pool.submit(() -> captured + 1);
        CompletionStage<String> stage = pool.submit(() -> "text");
        TaskFuture<Object> ternary = pool.submit(captured > 0 ? () -> 1 : () -> "two");
        TaskFuture<Integer> chosen = pool.submit(
                switch (captured) {
                    case 1 -> () -> 1;
                    default -> () -> 2;
                });
        TaskFuture<List<String>> list = pool.submit(() -> List.of("a"));
        pool.submit(() -> bar());
        pool.submit(() -> barChecked());
        pool.submit(() -> {
            return 1;
        });

        assertThat(Arrays.asList(number, future, stage, ternary, chosen, list)).containsOnlyNulls();
        assertAllPicked(SerializableCallable.class, 9);
    }

    @Test
    void submit_lambdaThatNeverReturns_picksSerializableCallable() {
        pool.submit(() -> {
            throw new IOException("checked");
        });
        pool.submit(() -> {
            while (true) {
                foo();
            }
        });

        assertAllPicked(SerializableCallable.class, 2);
    }

    @Test
    void submit_voidLambda_picksSerializableRunnable() {
        TaskFuture<?> future = pool.submit(() -> foo());
        pool.submit(() -> {
            foo();
        });
        pool.submit(() -> {});
        pool.submit(() -> fooChecked());
        pool.submit(() -> {
            fooChecked();
        });
        pool.submit(() -> {
            if (Thread.interrupted()) {
                throw new IOException("checked");
            }
        });

        assertThat((Object) future).isNull();
        assertAllPicked(SerializableRunnable.class, 6);
    }

    @Test
    void submit_exactMethodReference_picksByItsResult() {
        String text = "text";
        TaskFuture<Integer> bar = pool.submit(CallShapesTest::bar);
        TaskFuture<Integer> checked = pool.submit(CallShapesTest::barChecked);
        TaskFuture<Integer> bound = pool.submit(text::length);
        TaskFuture<Only> made = pool.submit(Only::new);
        assertThat(Arrays.asList(bar, checked, bound, made)).containsOnlyNulls();
        assertAllPicked(SerializableCallable.class, 4);

        picked.clear();
        tasks.clear();
        pool.submit(CallShapesTest::foo);
        pool.submit(CallShapesTest::fooChecked);
        assertAllPicked(SerializableRunnable.class, 2);
    }

    @Test
    void submit_withOptions_picksAsWithout() {
        TaskOptions options = TaskOptions.named("x");
        TaskFuture<Integer> number = pool.submit(() -> 1, options);
        TaskFuture<Integer> bar = pool.submit(() -> bar(), options);
        TaskFuture<Integer> reference = pool.submit(CallShapesTest::barChecked, options);
        pool.submit(
                () -> {
                    throw new IOException("checked");
                },
                options);
        assertThat(Arrays.asList(number, bar, reference)).containsOnlyNulls();
        assertAllPicked(SerializableCallable.class, 4);

        picked.clear();
        tasks.clear();
        TaskFuture<?> future = pool.submit(() -> foo(), options);
        pool.submit(() -> fooChecked(), options);
        pool.submit(CallShapesTest::fooChecked, options);
        assertThat((Object) future).isNull();
        assertAllPicked(SerializableRunnable.class, 3);
    }

    @Test
    void submit_plainTypes_picksTheInheritedMethods() {
        Callable<Integer> callable = () -> 1;
        Runnable runnable = () -> {};
        TaskFuture<Integer> called = pool.submit(callable);
        TaskFuture<Integer> anonymous = pool.submit(new Callable<Integer>() {
            @Override
            public Integer call() {
                return 1;
            }
        });
        TaskFuture<?> ran = pool.submit(runnable);
        TaskFuture<String> withResult = pool.submit(runnable, "result");
        TaskFuture<String> lambdaWithResult = pool.submit(() -> foo(), "result");

        assertThat(Arrays.asList(called, anonymous, ran, withResult, lambdaWithResult))
                .containsOnlyNulls();
        assertThat(picked)
                .containsExactly(Callable.class, Callable.class, Runnable.class, Runnable.class, Runnable.class);
    }

    @Test
    void submit_serializableVariables_picksTheirTypes() {
        SerializableCallable<Integer> callable = () -> 1;
        SerializableRunnable runnable = () -> {};
        TaskFuture<Integer> number = pool.submit(callable);
        pool.submit(runnable);

        assertThat((Object) number).isNull();
        assertThat(picked).containsExactly(SerializableCallable.class, SerializableRunnable.class);
    }

    @Test
    void uniqueNames_anyLambda_areSerializable() {
        TaskFuture<Integer> called = pool.call(() -> 1);
        pool.call(CallShapesTest::barChecked);
        TaskFuture<?> ran = pool.run(() -> foo());
        pool.run(CallShapesTest::fooChecked);
        pool.run(() -> {
            throw new IOException("checked");
        });
        CompletableFuture<String> supplied = pool.supplyAsync(() -> "text");
        pool.supplyAsync(CallShapesTest::barChecked);
        TaskFuture<Integer> applied = pool.submitWith(String::length, "text");
        TaskFuture<Integer> lambda = pool.submitWith(text -> text.length() + 1, "text");
        TaskFuture<Number> wider = pool.submitWith((Object o) -> o.hashCode(), "text");

        assertThat(Arrays.asList(called, ran, supplied, applied, lambda, wider)).containsOnlyNulls();
        assertThat(tasks).hasSize(10).allMatch(task -> task instanceof Serializable);
    }

    @Test
    void execute_anyLambda_picksSerializableRunnable() {
        pool.execute(() -> foo());
        pool.execute(() -> bar());
        pool.execute(() -> fooChecked());
        pool.execute(CallShapesTest::foo);
        pool.execute(CallShapesTest::fooChecked);
        pool.execute(CallShapesTest::bar);
        pool.execute(() -> {
            throw new IOException("checked");
        });

        assertAllPicked(SerializableRunnable.class, 7);
    }

    @Test
    void execute_plainRunnable_picksTheInheritedMethod() {
        Runnable runnable = () -> {};
        pool.execute(runnable);

        assertThat(picked).containsExactly(Runnable.class);
    }

    @Test
    void invokeAll_listOfLambdas_makesThemSerializable() throws InterruptedException {
        List<Future<Integer>> numbers = pool.invokeAll(List.of(() -> 1, () -> 2));
        List<Future<String>> texts = pool.invokeAll(Arrays.asList(() -> "a", () -> "b"));
        List<SerializableCallable<Integer>> variable = List.of(() -> 1);
        List<Future<Integer>> fromVariable = pool.invokeAll(variable);

        assertThat(Arrays.asList(numbers, texts, fromVariable)).containsOnlyNulls();
        assertThat(picked).containsExactly(List.class, List.class, List.class);
        assertThat(tasks).allSatisfy(list -> assertThat((List<?>) list).allMatch(task -> task instanceof Serializable));
    }

    @Test
    void invokeAll_plainCallables_picksTheInheritedMethod() throws InterruptedException, ExecutionException {
        List<Callable<Integer>> list = List.of(() -> 1);
        Set<SerializableCallable<Integer>> set = Set.of(() -> 1);
        List<Future<Integer>> fromList = pool.invokeAll(list);
        List<Future<Integer>> fromSet = pool.invokeAll(set);
        Integer any = pool.invokeAny(list);

        assertThat(Arrays.asList(fromList, fromSet, any)).containsOnlyNulls();
        assertThat(picked).containsExactly(Collection.class, Collection.class, Collection.class);
    }

    @Test
    void map_lambdaOrReference_isSerializable() {
        List<Integer> numbers = List.of(1, 2);
        Stream<Integer> added = pool.map(x -> x + 1, numbers);
        Stream<Integer> lengths = pool.map(String::length, List.of("a"));
        Stream<String> overloaded = pool.map(String::valueOf, numbers);
        Stream<Pair> made = pool.map(Pair::new, Set.of("a"));
        Stream<Integer> checked = pool.map(CallShapesTest::lengthChecked, List.of("a"));
        Stream<Object> wider = pool.map((Object o) -> o.toString(), numbers);
        var inferred =
                pool.map(x -> "text" + x, numbers, MapOptions.chunkSize(1).window(4));
        Stream<String> typed = inferred;
        SerializableFunction<Object, String> variable = Object::toString;
        Stream<String> fromVariable = pool.map(variable, numbers);

        assertThat(Arrays.asList(added, lengths, overloaded, made, checked, wider, typed, fromVariable))
                .containsOnlyNulls();
        assertAllPicked(SerializableFunction.class, 8);
    }

    @Test
    void pool_asExecutorService_takesPlainLambdas() {
        ExecutorService service = pool;
        Future<Integer> future = service.submit(() -> 1);
        service.execute(() -> foo());

        assertThat((Object) future).isNull();
        assertThat(picked).containsExactly(Callable.class, Runnable.class);
    }

    private void assertAllPicked(Class<?> type, int calls) {
        assertThat(picked).hasSize(calls).containsOnly(type);
        assertThat(tasks).allMatch(task -> task instanceof Serializable);
    }

    private static void foo() {}

    private static void fooChecked() throws IOException {
        if (Thread.interrupted()) {
            throw new IOException("never");
        }
    }

    private static int bar() {
        return 1;
    }

    private static int barChecked() throws IOException {
        fooChecked();
        return 1;
    }

    private static int lengthChecked(String text) throws IOException {
        fooChecked();
        return text.length();
    }

    /** Has one constructor, so a reference to it is exact. */
    private static final class Only {}

    private record Pair(String text) {}
}
