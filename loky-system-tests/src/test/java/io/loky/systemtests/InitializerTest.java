/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.ExecutorShutdownException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import io.loky.WorkerContext;
import io.loky.WorkerStartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a pool has its workers do before their first task. */
class InitializerTest {
    private static final int ATTEMPTS = 3;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** In the worker: what the initializer has done there. */
    private static final List<String> DONE = new ArrayList<>();

    private static ProcessPoolOptions.Builder options(SerializableRunnable initializer) {
        return ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofHours(1))
                .initializer(initializer);
    }

    private ProcessPoolExecutor pool(SerializableRunnable initializer) {
        return pools.create(options(initializer).build());
    }

    private static WorkerStartException startFailure(TaskFuture<?> future) throws Exception {
        Throwable failure = Pools.failure(future);
        assertThat(failure).isExactlyInstanceOf(WorkerStartException.class);
        assertThat(failure)
                .hasMessageStartingWith("the initializer failed in " + ATTEMPTS + " workers in a row, so that "
                        + "task #" + future.taskId())
                .hasMessageContaining("pid ")
                .hasMessageContaining("Mend the initializer (ProcessPoolOptions.initializer)");
        assertThat(future.attempts()).isZero();
        return (WorkerStartException) failure;
    }

    private static void assertStartsFailedAndPoolEnds(ProcessPoolExecutor pool) throws Exception {
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.START_FAILED);
        assertThat(pool.snapshot().endedWorkers().get(EndReason.START_FAILED)).isEqualTo(ATTEMPTS);
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Once in each worker, before its first task, on the thread that then executes the tasks. */
    @Test
    void initializer_inEachWorker_runsOnceBeforeTheFirstTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(() -> DONE.add(Thread.currentThread()
                                .getName() + " " + WorkerContext.current().taskId()))
                .maxWorkers(2)
                .build());
        pool.prestart();
        Pools.awaitIdle(pool, 2);
        Gate both = new Gate(folder, "both");

        TaskFuture<String> one = pool.submit(() -> {
            both.await();
            return Thread.currentThread().getName() + DONE;
        });
        TaskFuture<String> other = pool.submit(() -> {
            both.open();
            return Thread.currentThread().getName() + DONE;
        });

        for (String told : List.of(Await.result(one), Await.result(other))) {
            String thread = told.substring(0, told.indexOf('['));
            assertThat(told).isEqualTo(thread + "[" + thread + " OptionalLong.empty]");
        }
        for (int i = 0; i < 20; i++) {
            assertThat(Await.result(pool.submit(() -> DONE.size()))).isEqualTo(1);
        }
    }

    /** A worker that starts later gets what the initializer held when the pool was made. */
    @Test
    void initializer_changedLater_isASnapshot() throws Exception {
        AtomicReference<String> captured = new AtomicReference<>("as it was");
        ProcessPoolExecutor pool = pool(() -> DONE.add(captured.get()));

        captured.set("changed");

        assertThat(Await.result(pool.submit(() -> DONE.get(0)))).isEqualTo("as it was");
        Throwable unused = Pools.failure(pool.submit(() -> Runtime.getRuntime().halt(1)));
        assertThat(Await.result(pool.submit(() -> DONE.get(0)))).isEqualTo("as it was");
    }

    /** One that cannot be sent makes no pool, and is told by the way to what keeps it here. */
    @Test
    void create_initializerThatCannotBeSent_failsWithTheCulprit() {
        Thread unsendable = new Thread(() -> {});
        ProcessPoolOptions options = options(() -> unsendable.setName("x")).build();

        assertThatThrownBy(() -> ProcessPoolExecutor.create(options))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageStartingWith(
                        "the initializer cannot be sent to a worker process: it holds a java.lang.Thread")
                .hasMessageContaining("captured variable 'unsendable'");
    }

    /** It comes from any class loader, as tasks do. */
    @Test
    void initializer_ofAnotherLoader_isShipped() throws Exception {
        MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile(
                "package shipped; public class First implements io.loky.SerializableRunnable {"
                        + " public void runChecked() { System.setProperty(\"loky.first\", Helper.text()); } }",
                "package shipped; public class Helper { static String text() { return \"shipped\"; } }"));
        ProcessPoolExecutor pool = pool((SerializableRunnable)
                loader.loadClass("shipped.First").getConstructor().newInstance());

        assertThat(Await.result(pool.submit(() -> System.getProperty("loky.first"))))
                .isEqualTo("shipped");
    }

    /** What it throws is the cause that every waiting task gets: its own copy, with the frames of the worker. */
    @Test
    void initializer_throws_isTheCauseForEachWaitingTask() throws Exception {
        ProcessPoolExecutor pool = pool(InitializerTest::fail);
        TaskFuture<Integer> one = pool.submit(() -> 1);
        TaskFuture<Integer> other = pool.submit(() -> 2);

        WorkerStartException failure = startFailure(one);

        assertThat(failure).hasMessageContaining("it threw java.io.IOException: no model here");
        assertThat(failure.exitCode()).isEmpty();
        assertThat(failure).cause().isExactlyInstanceOf(IOException.class).hasMessage("no model here");
        assertThat(failure.getCause().getStackTrace()[0].getMethodName()).isEqualTo("fail");
        assertThat(startFailure(other)).isNotSameAs(failure);
        assertThat(startFailure(other).getCause()).isNotSameAs(failure.getCause());
        assertStartsFailedAndPoolEnds(pool);
    }

    private static void fail() throws IOException {
        throw new IOException("no model here");
    }

    /** What it prints is passed on as the output of tasks is, and is part of the evidence. */
    @Test
    void initializer_prints_isOutputOfTheWorker() throws Exception {
        ProcessPoolExecutor pool = pool(() -> {
            System.out.println("looking for the model");
            fail();
        });

        WorkerStartException failure = startFailure(pool.submit(() -> 1));

        assertThat(failure.output()).contains("looking for the model");
        assertThat(pools.console().err().lines().filter("looking for the model"::equals))
                .hasSize(ATTEMPTS);
    }

    /** It may fail now and then. */
    @Test
    void initializer_failsOnce_laterAttemptLetsTasksRun() throws Exception {
        Gate failed = new Gate(folder, "failed");
        ProcessPoolExecutor pool = pool(() -> {
            if (!failed.isOpen()) {
                failed.open();
                throw new IOException("not yet");
            }
        });

        assertThat(Await.result(pool.submit(() -> 7))).isEqualTo(7);
        assertThat(pool.snapshot().endedWorkers().get(EndReason.START_FAILED)).isEqualTo(1);
    }

    /** One that ends the JVM is named, with the exit code. */
    @Test
    void initializer_exits_failsWithTheCode() throws Exception {
        ProcessPoolExecutor pool = pool(() -> System.exit(7));

        WorkerStartException failure = startFailure(pool.submit(() -> 1));

        assertThat(failure)
                .hasMessageContaining("exited with code 7 while it ran")
                .hasMessageContaining("System.exit was called in thread ")
                .hasMessageContaining("InitializerTest")
                .hasMessageContaining("let it throw an exception instead of ending the JVM")
                .hasNoCause();
        assertThat(failure.exitCode()).hasValue(7);
        assertStartsFailedAndPoolEnds(pool);
    }

    /** One that kills it, too. */
    @Test
    void initializer_isKilled_failsWithTheSignal() throws Exception {
        ProcessPoolExecutor pool = pool(() -> {
            new ProcessBuilder("kill", "-9", Long.toString(Processes.ownPid())).start();
            Thread.sleep(600_000);
        });

        assertThat(startFailure(pool.submit(() -> 1))).hasMessageContaining("was ended by SIGKILL while it ran");
        assertStartsFailedAndPoolEnds(pool);
    }

    /** The start time-out includes it. */
    @Test
    void initializer_hangs_isEndedByTheStartTimeout() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(() -> Thread.sleep(600_000))
                .startTimeout(Duration.ofSeconds(2))
                .build());

        assertThat(startFailure(pool.submit(() -> 1)))
                .hasMessageContaining("it had not returned at the end of the start time-out of 2000 ms");
        assertStartsFailedAndPoolEnds(pool);
    }

    /** Shutting down by force does not wait for it. */
    @Test
    void shutdownNow_whileItRuns_ends() throws Exception {
        Gate runs = new Gate(folder, "runs");
        ProcessPoolExecutor pool = pool(() -> {
            runs.open();
            Thread.sleep(600_000);
        });
        TaskFuture<Integer> future = pool.submit(() -> 1);
        runs.await();

        assertThat(pool.shutdownNow()).hasSize(1);

        assertThat(Pools.failure(future)).isExactlyInstanceOf(ExecutorShutdownException.class);
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.SHUTDOWN);
    }

    /** It may use a pool of its own. */
    @Test
    void initializer_withAPoolOfItsOwn_works() throws Exception {
        ProcessPoolExecutor pool = pool(() -> {
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                DONE.add(inner.submit(() -> "from the inner pool").get());
            }
        });

        assertThat(Await.result(pool.submit(() -> DONE.get(0)))).isEqualTo("from the inner pool");
    }
}
