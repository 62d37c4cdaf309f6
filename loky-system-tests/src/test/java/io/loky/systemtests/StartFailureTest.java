/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Workers that cannot be started: the pool says why, after a bounded number of attempts, and can still be ended. */
class StartFailureTest {
    private static final long MOST_ATTEMPTS = 6;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private static WorkerStartException startFailure(TaskFuture<?> future) throws Exception {
        Throwable failure = Pools.failure(future);
        assertThat(failure).isExactlyInstanceOf(WorkerStartException.class);
        WorkerStartException exception = (WorkerStartException) failure;
        assertThat(exception.category()).isEqualTo(ProcessPoolException.Category.POOL);
        return exception;
    }

    private static void assertFewAttemptsAndStillAPool(ProcessPoolExecutor pool) throws Exception {
        PoolSnapshot now = pool.snapshot();
        assertThat(now.state()).isEqualTo(PoolSnapshot.State.RUNNING);
        assertThat(now.endedWorkers()).containsOnlyKeys(EndReason.START_FAILED);
        assertThat(now.endedWorkers().get(EndReason.START_FAILED)).isLessThanOrEqualTo(MOST_ATTEMPTS);
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** The JVM's own words about a bad flag reach every future that waited. */
    @Test
    void jvmArgs_unknownFlag_failsWithTheJvmsOwnWords() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .jvmArgs(List.of("-XX:+NoSuchFlag"))
                .build());
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.add(pool.submit(() -> 1));
        }

        for (TaskFuture<Integer> future : futures) {
            WorkerStartException failure = startFailure(future);
            assertThat(failure).hasMessageContaining("NoSuchFlag").hasMessageContaining("Unrecognized VM option");
            assertThat(String.join("\n", failure.output())).contains("NoSuchFlag");
            assertThat(failure.exitCode()).hasValue(1);
            assertThat(future.attempts()).isZero();
        }
        assertThat(startFailure(futures.get(0))).isNotSameAs(startFailure(futures.get(1)));
        assertFewAttemptsAndStillAPool(pool);
    }

    /** The JVM dies before there is the directory for its error log, and writes that where it was started. */
    @Test
    void jvmArgs_heapThatTheMachineDoesNotHave_leavesNoLogBehind() throws Exception {
        pools.log(); // it warns of such a heap
        Path working = Files.createDirectory(folder.resolve("working"));
        Path logs = folder.resolve("logs");
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder()
                .maxWorkers(1)
                .workingDirectory(working)
                .jvmArgs(List.of("-Xms9000g", "-Xmx9000g"));

        WorkerStartException failure =
                startFailure(pools.create(options.build()).submit(() -> 1));

        assertThat(failure).hasMessageContaining("There is insufficient memory").hasMessageNotContaining("hs_err");
        assertThat(working).isEmptyDirectory();

        WorkerStartException kept =
                startFailure(pools.create(options.crashDirectory(logs).build()).submit(() -> 1));

        assertThat(working).isEmptyDirectory();
        assertThat(kept.report().orElseThrow().kept())
                .isNotEmpty()
                .allSatisfy(log -> assertThat(log).exists().hasParent(logs));
    }

    /** A directory that does not exist is named. */
    @Test
    void workingDirectory_missing_failsNamingIt() throws Exception {
        Path missing = folder.resolve("missing");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .workingDirectory(missing)
                .build());

        TaskFuture<Integer> future = pool.submit(() -> 1);

        assertThat(startFailure(future)).hasMessageContaining(missing.toString());
        assertFewAttemptsAndStillAPool(pool);
    }

    /** A pool whose trouble is over works: nothing is remembered against it. */
    @Test
    void workingDirectory_madeAfterAFailure_poolWorks() throws Exception {
        Path late = folder.resolve("late");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .workingDirectory(late)
                .build());
        startFailure(pool.submit(() -> 1));

        Files.createDirectory(late);

        assertThat(Await.result(pool.submit(() -> Path.of("").toAbsolutePath().toString())))
                .isEqualTo(late.toRealPath().toString());
    }

    /** A JVM that is not ready in time is ended; here it waits for a debugger that never comes. */
    @Test
    void startTimeout_jvmThatNeverGetsReady_failsAndLeavesNoProcess() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .startTimeout(Duration.ofMillis(500))
                .jvmArgs(List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0"))
                .build());

        TaskFuture<Integer> future = pool.submit(() -> 1);

        startFailure(future);
        assertFewAttemptsAndStillAPool(pool);
    }

    /** Tasks that wait for a worker that cannot be started can be cancelled. */
    @Test
    void cancel_whileWorkersFailToStart_isCancelled() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-XX:+NoSuchFlag"))
                .build());
        TaskFuture<Integer> future = pool.submit(() -> 1);

        assertThat(future.cancel(true)).isTrue();

        assertThat(future.isCancelled()).isTrue();
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Shutting down while workers fail to start ends the pool and its futures. */
    @Test
    void shutdown_whileWorkersFailToStart_ends() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .jvmArgs(List.of("-XX:+NoSuchFlag"))
                .build());
        TaskFuture<Integer> future = pool.submit(() -> 1);

        pool.shutdown();

        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        startFailure(future);
    }
}
