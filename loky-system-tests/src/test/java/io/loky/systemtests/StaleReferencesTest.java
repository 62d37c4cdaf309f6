/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a task was given and what it has made is let go, in both JVMs, while the pool lives on. */
class StaleReferencesTest {
    @RegisterExtension
    final Pools pools = new Pools();

    private static void awaitCollected(String what, WeakReference<?> reference) throws Exception {
        Await.untilWithin(
                20,
                what + " is collected",
                () -> {
                    System.gc();
                    return reference.get() == null;
                },
                () -> "");
    }

    /** The argument and the task itself are not needed once submit has returned, even if the future is kept. */
    @Test
    void argument_ofASubmittedTask_isNotKeptInTheParent() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        List<WeakReference<?>> references = new ArrayList<>();

        TaskFuture<Integer> future = submit(pool, references);

        for (WeakReference<?> reference : references) {
            awaitCollected("argument or task", reference);
        }
        assertThat(Await.result(future)).isEqualTo(1);
    }

    private static TaskFuture<Integer> submit(ProcessPoolExecutor pool, List<WeakReference<?>> references) {
        Load load = new Load();
        SerializableCallable<Integer> task = () -> load.bytes.length;
        references.add(new WeakReference<>(load));
        references.add(new WeakReference<>(task));
        return pool.submit(task);
    }

    /** A result belongs to its future: without that it is nobody's. */
    @Test
    void result_whoseFutureIsDropped_isNotKeptInTheParent() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        WeakReference<Load> result = new WeakReference<>(Await.result(pool.submit(() -> new Load())));

        awaitCollected("the result", result);
        Pools.assertServes(pool);
    }

    /** A worker that waits for its next task has let go of the last one, of its argument, and of its result. */
    @Test
    void argumentAndResult_ofAnAnsweredTask_areNotKeptInTheWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Load result = Await.result(pool.submitWith(
                argument -> {
                    Load made = new Load();
                    Kept.references.add(new WeakReference<>(argument));
                    Kept.references.add(new WeakReference<>(made));
                    return made;
                },
                new Load()));

        int collected = Await.result(pool.submit(() -> {
            for (WeakReference<?> reference : Kept.references) {
                awaitCollected("argument or result", reference);
            }
            return Kept.references.size();
        }));

        assertThat(result.bytes).hasSize(1);
        assertThat(collected).isEqualTo(2);
    }

    /** What a task has thrown is let go as well, and with it what its stack has captured. */
    @Test
    void exception_ofAFailedTask_isNotKeptInTheWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Pools.failure(pool.submit(() -> {
            IllegalStateException failure = new IllegalStateException("x");
            Kept.references.add(new WeakReference<>(failure));
            throw failure;
        }));

        assertThat(Await.result(pool.submit(() -> {
                    awaitCollected("the exception", Kept.references.get(0));
                    return 1;
                })))
                .isEqualTo(1);
    }

    private static final class Load implements Serializable {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes = new byte[1];
    }

    /** In the worker, from task to task. */
    private static final class Kept {
        private static final List<WeakReference<?>> references = new ArrayList<>();

        private Kept() {}
    }

    /** No thread that the library starts may keep what was on the stack of whoever made it start. */
    @Test
    void loader_ofAPluginThatMakesThePoolAndSubmitsItself_isCollected() throws Exception {
        try (ChildJvm program = ChildJvm.start(PluginProgram.class)) {
            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out()).isEqualTo("42\ncollected\n");
        }
    }

    static final class PluginProgram {
        private PluginProgram() {}

        public static void main(String[] args) throws Exception {
            List<ProcessPoolExecutor> pool = new ArrayList<>();
            WeakReference<ClassLoader> loader = runPlugin(pool);

            awaitCollected("the plugin's loader", loader);
            System.out.println("collected");
            pool.get(0).close();
        }

        @SuppressWarnings("unchecked")
        private static WeakReference<ClassLoader> runPlugin(List<ProcessPoolExecutor> made) throws Exception {
            MemoryCompiler.Loader loader = new MemoryCompiler.Loader(
                    MemoryCompiler.compile("package plugin; import io.loky.*; public class Plugin"
                            + " implements java.util.function.Consumer<java.util.List<ProcessPoolExecutor>> {"
                            + " public void accept(java.util.List<ProcessPoolExecutor> made) {"
                            + " ProcessPoolExecutor pool = ProcessPoolExecutor.create(1); made.add(pool);"
                            + " try { System.out.println(pool.submit(() -> 42).get()); }"
                            + " catch (Exception e) { throw new RuntimeException(e); } } }"));
            Object plugin =
                    loader.loadClass("plugin.Plugin").getDeclaredConstructor().newInstance();
            ((Consumer<List<ProcessPoolExecutor>>) plugin).accept(made);
            return new WeakReference<>(loader);
        }
    }
}
