/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The executor that all callers with equal options share. */
class ReusableExecutorTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private static ProcessPoolOptions options(String value) {
        return ProcessPoolOptions.builder()
                .maxWorkers(2)
                .environment(Map.of("LOKY_TEST", value))
                .build();
    }

    /** Whoever asks for the same gets the same pool, with the same warm worker. */
    @Test
    void getReusableExecutor_equalOptions_isSamePoolWithSamePid() throws Exception {
        ProcessPoolExecutor first = pools.closed(Loky.getReusableExecutor(2));
        long pid = Await.result(first.submit(() -> ProcessHandle.current().pid()));

        for (int i = 0; i < 100; i++) {
            assertThat(Loky.getReusableExecutor(2)).isSameAs(first);
        }
        assertThat(Loky.getReusableExecutor(2, Duration.ofSeconds(10))).isSameAs(first);
        assertThat(Await.result(Loky.getReusableExecutor(2)
                        .submit(() -> ProcessHandle.current().pid())))
                .isEqualTo(pid);
    }

    /** Without options it has as many workers as there are processors, and an idle time-out of 10 s. */
    @Test
    void getReusableExecutor_withoutOptions_hasTheDefaults() {
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor());

        assertThat(pool.options().maxWorkers()).isEqualTo(Loky.cpuCount());
        assertThat(pool.options().idleTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(pool).isSameAs(Loky.getReusableExecutor());
    }

    /** Other options mean another pool, at once: nobody waits for somebody else's tasks. */
    @Test
    void getReusableExecutor_otherOptions_isOtherPoolAndDoesNotWait() throws Exception {
        ProcessPoolExecutor one = pools.closed(Loky.getReusableExecutor(options("one")));
        Gate go = new Gate(folder, "go");
        TaskFuture<?> running = one.submit(() -> go.await());

        ProcessPoolExecutor two = pools.closed(Loky.getReusableExecutor(options("two")));

        assertThat(two).isNotSameAs(one);
        assertThat(Await.result(two.submit(() -> System.getenv("LOKY_TEST")))).isEqualTo("two");
        assertThat(running.isDone()).isFalse();
        go.open();
        assertThat(Await.result(running)).isNull();
        assertThat(Await.result(one.submit(() -> System.getenv("LOKY_TEST")))).isEqualTo("one");
    }

    /** One that somebody has shut down is replaced by a new one. */
    @Test
    void getReusableExecutor_afterShutdown_isANewPool() throws Exception {
        ProcessPoolExecutor first = pools.closed(Loky.getReusableExecutor(options("x")));
        long pid = Await.result(first.submit(() -> ProcessHandle.current().pid()));
        first.shutdown();

        ProcessPoolExecutor second = pools.closed(Loky.getReusableExecutor(options("x")));

        assertThat(second).isNotSameAs(first);
        assertThat(Await.result(second.submit(() -> ProcessHandle.current().pid())))
                .isNotEqualTo(pid);
    }

    /** Threads that ask at the same time get the same pool, also while it is being replaced. */
    @Test
    void getReusableExecutor_manyThreadsAtOnce_isOnePool() throws Exception {
        for (int round = 0; round < 50; round++) {
            int threads = 8;
            CyclicBarrier barrier = new CyclicBarrier(threads);
            List<FutureTask<ProcessPoolExecutor>> asking = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                FutureTask<ProcessPoolExecutor> ask = new FutureTask<>(() -> {
                    barrier.await();
                    return Loky.getReusableExecutor(options("race"));
                });
                asking.add(ask);
                new Thread(ask, "asker").start();
            }
            Set<ProcessPoolExecutor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            for (FutureTask<ProcessPoolExecutor> ask : asking) {
                seen.add(Await.result(ask));
            }
            assertThat(seen).hasSize(1);
            pools.closed(seen.iterator().next()).shutdown();
        }
    }
}
