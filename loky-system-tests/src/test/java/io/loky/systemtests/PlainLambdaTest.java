/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Lambdas and method references that are not Serializable, to workers and back. */
class PlainLambdaTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    private static ProcessPoolExecutor pool;
    private static long here;

    private final int number = 40;

    @SuppressWarnings("UnnecessaryLambda") // it has to be in a field
    private final Function<Integer, Integer> ofThis = x -> x + this.number;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
        here = ProcessHandle.current().pid();
    }

    private static <T> T run(Callable<T> task) throws Exception {
        return Await.result(pool.submit(task));
    }

    /** The variable's type says nothing of Serializable, and the task runs in the worker. */
    @Test
    void submit_callableInAVariable_runsInTheWorker() throws Exception {
        Callable<Long> task = () -> ProcessHandle.current().pid();

        assertThat(run(task)).isNotEqualTo(here);
    }

    /** Behind the JDK's interface nobody can see that it is a process pool. */
    @Test
    void submit_toAnExecutorService_runsInTheWorker() throws Exception {
        ExecutorService service = pool;
        String text = "captured";

        Future<String> future = service.submit(() -> text + "!");
        Future<?> nothing = service.submit(() -> {});
        List<Future<Integer>> all = service.invokeAll(List.of(() -> 1, () -> 2));

        assertThat(Await.result(future)).isEqualTo("captured!");
        assertThat(Await.result(nothing)).isNull();
        assertThat(Await.result(all.get(0)) + Await.result(all.get(1))).isEqualTo(3);
        assertThat(service.<Integer>invokeAny(List.of(() -> 7))).isEqualTo(7);
    }

    @Test
    void execute_plainRunnable_runs(@TempDir Path folder) {
        Gate gate = new Gate(folder, "ran");
        Runnable opener = gate::open;

        pool.execute(opener);

        gate.await();
    }

    /** The object around the lambda is not Serializable, and refers back to a lambda that captures it. */
    @Test
    void submit_lambdaThatCapturesThis_seesItsFields() throws Exception {
        assertThat(run(() -> ofThis.apply(2))).isEqualTo(42);
        Callable<Integer> bound = this::ownNumber;
        assertThat(run(bound)).isEqualTo(40);
    }

    private int ownNumber() {
        return number;
    }

    @Test
    void submit_lambdasInCollections_work() throws Exception {
        Map<String, IntBinaryOperator> operators = new TreeMap<>(Comparator.comparing((String key) -> key.length()));
        operators.put("+", Integer::sum);
        operators.put("max", (x, y) -> Math.max(x, y));
        List<Predicate<String>> filters = new ArrayList<>(List.of(x -> x.length() > 1, x -> !x.startsWith("n")));
        filters.add(filters.get(0).and(filters.get(1)));

        assertThat(run(() -> operators.get("+").applyAsInt(1, 2)
                        + operators.get("max").applyAsInt(3, 4)))
                .isEqualTo(7);
        assertThat(run(() -> Stream.of("a", "no", "yes").filter(filters.get(2)).collect(Collectors.toList())))
                .containsExactly("yes");
    }

    /** A lambda that the worker has made runs here. */
    @Test
    void result_plainLambda_runsHere() throws Exception {
        int captured = 5;
        Callable<Supplier<Long>> task =
                () -> () -> captured + ProcessHandle.current().pid();
        Callable<Function<String, Integer>> reference = () -> String::length;

        assertThat(run(task).get()).isEqualTo(here + 5);
        assertThat(run(reference).apply("four")).isEqualTo(4);
    }

    /** What came back can be sent again. */
    @Test
    void submit_lambdaThatCameBack_works() throws Exception {
        Callable<Callable<Integer>> task = () -> () -> 11;
        Callable<Integer> back = run(task);

        assertThat(run(back)).isEqualTo(11);
    }

    @Test
    void map_functionOfAVariable_isAppliedInTheWorker() throws Exception {
        Function<Integer, Integer> plain = x -> x * x;

        assertThat(pool.map(plain::apply, List.of(1, 2, 3))).containsExactly(1, 4, 9);
    }
}
