/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.SerializableSupplier;
import io.loky.systemtests.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The executors of the JDK, as {@link java.util.concurrent.Executors#newFixedThreadPool} makes them. */
final class ThreadPoolSide extends Side {
    private static final String PREFIX = "oracle-";

    private final List<ThreadPoolExecutor> executors = new ArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<String> uncaught = new CopyOnWriteArrayList<>();

    @Override
    boolean has(Difference difference) {
        return false;
    }

    @Override
    ExecutorService make(int size, boolean warm) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread);
        executors.add(executor);
        if (warm) {
            executor.prestartAllCoreThreads();
        }
        return executor;
    }

    private Thread newThread(Runnable runnable) {
        Thread thread = new Thread(runnable, PREFIX + threads.size());
        thread.setUncaughtExceptionHandler((dead, thrown) -> uncaught.add(thrown.toString()));
        threads.add(thread);
        return thread;
    }

    @Override
    List<String> lastResort() {
        return List.copyOf(uncaught);
    }

    @Override
    <T> CompletableFuture<T> supplyAsync(ExecutorService executor, SerializableSupplier<T> supplier) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return supplier.get();
                    } catch (RuntimeException | Error e) {
                        throw e;
                    } catch (Exception e) {
                        throw new CompletionException(e); // the JDK's supplier throws nothing checked
                    }
                },
                executor);
    }

    @Override
    void begin() {
        assertThat(executors).as("executors of an earlier class").isEmpty();
    }

    @Override
    void end() throws Exception {
        for (ThreadPoolExecutor executor : executors) {
            List<Runnable> unused = executor.shutdownNow();
        }
        for (ThreadPoolExecutor executor : executors) {
            assertThat(executor.awaitTermination(60, TimeUnit.SECONDS))
                    .as("terminated: %s", executor)
                    .isTrue();
        }
        for (Thread thread : threads) {
            Await.until("the end of " + thread, () -> !thread.isAlive());
        }
    }
}
