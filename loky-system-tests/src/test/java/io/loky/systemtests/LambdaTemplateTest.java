/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What workers remember of lambdas is of use, and no task depends on it. */
class LambdaTemplateTest {
    @RegisterExtension
    final Pools pools = new Pools();

    private static Callable<String> plain(int number, String text) {
        return () -> text + number;
    }

    private static SerializableCallable<String> serializable(int number, String text) {
        return () -> {
            if (text.equals("the end")) {
                Runtime.getRuntime().halt(7);
            }
            return text + number;
        };
    }

    /** Those that were sent to the worker that dies, and not begun, go to another one, which may have seen none of their kind. */
    @Test
    void sameLambdas_inManyTasks_surviveTheDeathOfAWorker() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        List<TaskFuture<String>> futures = new ArrayList<>();
        TaskFuture<String> deadly = null;
        for (int i = 0; i < 1_000; i++) {
            if (i == 500) {
                deadly = pool.submit(serializable(i, "the end"));
            }
            futures.add(i % 2 == 0 ? pool.submit(plain(i, "task ")) : pool.submit(serializable(i, "task ")));
        }

        for (int i = 0; i < futures.size(); i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo("task " + i);
        }
        assertThat(Pools.failure(deadly)).isInstanceOf(WorkerTerminatedException.class);
    }

    @SuppressWarnings("unchecked")
    private static SerializableCallable<String> fromMemory(String answer) throws Exception {
        ClassLoader loader = new MemoryCompiler.Loader(MemoryCompiler.compile("""
                package app;
                public class Main {
                    public static io.loky.SerializableCallable<String> task() {
                        return () -> "%s";
                    }
                }
                """.formatted(answer)));
        return (SerializableCallable<String>)
                loader.loadClass("app.Main").getMethod("task").invoke(null);
    }

    /** All that is different is the number of the loader. */
    @Test
    void lambdas_ofClassesOfOneNameInTwoLoaders_stayApart() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        SerializableCallable<String> one = fromMemory("one");
        SerializableCallable<String> two = fromMemory("two");

        for (int i = 0; i < 20; i++) {
            assertThat(Await.result(pool.submit(one))).isEqualTo("one");
            assertThat(Await.result(pool.submit(two))).isEqualTo("two");
        }
    }

    /** The worker that died knew the lambda; the one that replays it does not. */
    @Test
    void replay_ofALambdaThatItsWorkerKnew_needsNothingElse(@TempDir Path folder) throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .crashCapsules(folder.resolve("capsules"))
                .build());
        for (int i = 0; i < 5; i++) {
            assertThat(Await.result(pool.submit(mood("HAPPY" + i)))).isEqualTo("HAPPY" + i);
        }
        WorkerTerminatedException death = (WorkerTerminatedException) Pools.failure(pool.submit(mood("CRASH")));
        String capsule = death.report().kept().stream()
                .map(Path::toString)
                .filter(file -> file.endsWith(".capsule"))
                .findFirst()
                .orElseThrow();

        try (ChildJvm loky = ChildJvm.ofJar(LibraryJar.in(folder))
                .args("replay", capsule)
                .environment(Map.of("MOOD", "calm"))
                .start()) {
            assertThat(loky.exitCode()).as("%s", loky).isZero();
            assertThat(loky.out() + loky.err()).contains("the task returned: calm CRASH");
        }
    }

    private static SerializableCallable<String> mood(String wanted) {
        return () -> {
            String mood = System.getenv("MOOD");
            if (mood == null && wanted.equals("CRASH")) {
                Runtime.getRuntime().halt(7);
            }
            return mood == null ? wanted : mood + " " + wanted;
        };
    }

    /** The parent knows of no obstacle; what is Serializable needs no look inside there either. */
    @Test
    void serializableLambda_inAWorkerThatIsClosed_runs() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-Dio.loky.internals=off"))
                .build());

        for (int i = 0; i < 3; i++) {
            assertThat(Await.result(pool.submit(serializable(i, "closed ")))).isEqualTo("closed " + i);
        }
        assertThat(Await.result(pool.submit(() -> System.getProperty("io.loky.internals"))))
                .isEqualTo("off");
    }

    @Test
    void lambdas_inChunksAndResultsAndInThisProcess_doTheSame() throws Exception {
        int number = 7;
        SerializableFunction<Integer, SerializableCallable<Integer>> function = x -> () -> x * number;
        for (ProcessPoolOptions.Mode mode : ProcessPoolOptions.Mode.values()) {
            ProcessPoolExecutor pool = pools.create(
                    ProcessPoolOptions.builder().maxWorkers(2).mode(mode).build());

            List<SerializableCallable<Integer>> results = pool.map(
                            function, IntStream.range(0, 100).boxed().toList(), MapOptions.chunkSize(7))
                    .toList();

            for (int i = 0; i < 100; i++) {
                assertThat(results.get(i).call()).isEqualTo(7 * i);
            }
        }
    }
}
