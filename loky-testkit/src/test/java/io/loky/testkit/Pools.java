/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.OutputRouting;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes pools for tests, closes them afterwards, and checks that nothing is left of them. Register it as a static field
 * for pools that belong to all tests of a class, as an instance field for pools that belong to one test.
 */
final class Pools implements BeforeAllCallback, AfterAllCallback, AfterEachCallback {
    private static final long HANG_SECONDS = 60;
    private static final long LOOK_MILLIS = 5;

    private final List<ProcessPoolExecutor> pools = new ArrayList<>();
    private boolean perClass;

    /** Small workers that print to nobody and stay, however busy this machine is. */
    static ProcessPoolOptions.Builder options(int maxWorkers) {
        return ProcessPoolOptions.builder()
                .maxWorkers(maxWorkers)
                .maxHeap("32m")
                .jvmArgs(List.of("-XX:MaxMetaspaceSize=48m"))
                .idleTimeout(Duration.ofHours(1))
                .output(OutputRouting.discard());
    }

    ProcessPoolExecutor create(int maxWorkers) {
        return create(options(maxWorkers).build());
    }

    ProcessPoolExecutor create(ProcessPoolOptions options) {
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(options);
        synchronized (pools) {
            pools.add(pool);
        }
        return pool;
    }

    /** Waits until a future that has to become done is done. */
    static void awaitDone(TaskFuture<?> future) throws Exception {
        await("done: " + future, future::isDone);
    }

    /** The exception of a future that has to fail. */
    static Throwable failure(TaskFuture<?> future) throws Exception {
        awaitDone(future);
        assertThat(future.status()).as("status of %s", future).isEqualTo(TaskFuture.Status.FAILED);
        return future.exceptionNow();
    }

    static WorkerTerminatedException death(TaskFuture<?> future) throws Exception {
        Throwable failure = failure(future);
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        return (WorkerTerminatedException) failure;
    }

    static <T> T result(TaskFuture<T> future) throws Exception {
        try {
            return future.get(HANG_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(future + " is not done after " + HANG_SECONDS + " s", e);
        }
    }

    /** Until the condition holds; the limit is reached only by a hang. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("after " + HANG_SECONDS + " s still not: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        perClass = true;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (!perClass) {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        close();
    }

    private void close() throws Exception {
        List<ProcessPoolExecutor> all;
        synchronized (pools) {
            all = List.copyOf(pools);
            pools.clear();
        }
        for (ProcessPoolExecutor pool : all) {
            Set<ProcessHandle> processes = new HashSet<>(PoolAssert.processesOf(pool));
            pool.shutdown(true);
            PoolAssert.assertNothingLeft(pool, processes);
        }
        await(
                "no process below this JVM",
                () -> ProcessHandle.current().descendants().findAny().isEmpty());
    }
}
