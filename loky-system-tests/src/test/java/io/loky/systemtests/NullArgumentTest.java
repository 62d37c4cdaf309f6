/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.loky.Loky;
import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.SerializableRunnable;
import io.loky.TaskOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A null that is not allowed is refused at once, by the name of the parameter. */
class NullArgumentTest {
    @RegisterExtension
    static final Pools POOLS = new Pools();

    /** Calls a method with a null. */
    interface Call {
        void on(ProcessPoolExecutor pool) throws Exception;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // there is none: each throws
    static Stream<Arguments> calls() {
        return Stream.of(
                call("submit(SerializableCallable)", "task", pool -> pool.submit((SerializableCallable<?>) null)),
                call("submit(SerializableRunnable)", "task", pool -> pool.submit((SerializableRunnable) null)),
                call("submit(Callable)", "task", pool -> pool.submit((Callable<?>) null)),
                call("submit(Runnable)", "task", pool -> pool.submit((Runnable) null)),
                call("submit(Runnable, T)", "task", pool -> pool.submit((Runnable) null, 1)),
                call(
                        "submit(SerializableCallable, TaskOptions)",
                        "task",
                        pool -> pool.submit((SerializableCallable<?>) null, TaskOptions.defaults())),
                call("submit(callable, null)", "options", pool -> pool.submit(() -> 1, (TaskOptions) null)),
                call(
                        "submit(SerializableRunnable, TaskOptions)",
                        "task",
                        pool -> pool.submit((SerializableRunnable) null, TaskOptions.defaults())),
                call("submit(runnable, null)", "options", pool -> pool.submit(() -> {}, (TaskOptions) null)),
                call("submitWith", "function", pool -> pool.submitWith((SerializableFunction<Integer, ?>) null, 1)),
                call("call", "task", pool -> pool.call(null)),
                call("run", "task", pool -> pool.run(null)),
                call("supplyAsync", "supplier", pool -> pool.supplyAsync(null)),
                call("execute(SerializableRunnable)", "task", pool -> pool.execute((SerializableRunnable) null)),
                call("execute(Runnable)", "command", pool -> pool.execute((Runnable) null)),
                call("invokeAll(List)", "tasks", pool -> pool.invokeAll((List<SerializableCallable<Object>>) null)),
                call("invokeAll(Collection)", "tasks", pool -> pool.invokeAll((Collection<Callable<Object>>) null)),
                call("invokeAll(null, 1, SECONDS)", "tasks", pool -> pool.invokeAll(null, 1, TimeUnit.SECONDS)),
                call("invokeAll(tasks, 1, null)", "unit", pool -> pool.invokeAll(List.of(new One()), 1, null)),
                call("invokeAll of null", "tasks[0]", pool -> pool.invokeAll(lastIsNull(0))),
                call("invokeAll of two and null", "tasks[2]", pool -> pool.invokeAll(lastIsNull(2))),
                call(
                        "invokeAll of two and null, 1, SECONDS",
                        "tasks[2]",
                        pool -> pool.invokeAll(lastIsNull(2), 1, TimeUnit.SECONDS)),
                call("invokeAny", "tasks", pool -> pool.invokeAny(null)),
                call("invokeAny(null, 1, SECONDS)", "tasks", pool -> pool.invokeAny(null, 1, TimeUnit.SECONDS)),
                call("invokeAny(tasks, 1, null)", "unit", pool -> pool.invokeAny(List.of(new One()), 1, null)),
                call("invokeAny of null", "tasks[0]", pool -> pool.invokeAny(lastIsNull(0))),
                call(
                        "invokeAny of null, 1, SECONDS",
                        "tasks[0]",
                        pool -> pool.invokeAny(lastIsNull(0), 1, TimeUnit.SECONDS)),
                call("get(1, null)", "unit", pool -> pool.submit(new One()).get(1, null)),
                call("map function", "function", pool -> pool.map(null, List.of(1))),
                call("map items", "items", pool -> pool.map(x -> x, null)),
                call("map options", "options", pool -> pool.map(x -> x, List.of(1), (MapOptions) null)),
                call("awaitTermination", "unit", pool -> pool.awaitTermination(1, null)),
                call("create", "options", pool -> ProcessPoolExecutor.create((ProcessPoolOptions) null)),
                call("getReusableExecutor", "options", pool -> Loky.getReusableExecutor((ProcessPoolOptions) null)));
    }

    private record One() implements SerializableCallable<Integer> {
        @Override
        public Integer call() {
            return 1;
        }
    }

    /** So many tasks, and a null behind them. */
    private static Collection<SerializableCallable<Integer>> lastIsNull(int tasks) {
        List<SerializableCallable<Integer>> all = new ArrayList<>(Collections.nCopies(tasks, new One()));
        all.add(null);
        return all;
    }

    private static Arguments call(String name, String parameter, Call call) {
        return arguments(name, parameter, call);
    }

    /** Refused, by name; and no process was started for it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void anyMethod_nullArgument_throwsNullPointerExceptionNamingIt(String name, String parameter, Call call) {
        ProcessPoolExecutor pool = POOLS.create(1);

        assertThatThrownBy(() -> call.on(pool))
                .as(name)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(parameter);
    }
}
