/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.ExecutorShutdownException;
import io.loky.Loky;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Reuse;
import io.loky.TaskFuture;
import io.loky.spi.Reducer;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The executor that all callers share who ask for the same kind of workers; here with workers. Which pool a caller gets is
 * tested in the library's {@code ReusableExecutorsTest}.
 */
class ReusableExecutorTest {
    private static final int CALLS = 1000;

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

    /** A new object each time. */
    private static Reducer<Thread> reducer(String name) {
        return thread -> () -> new Thread(name);
    }

    /** Whoever asks for the same gets the same pool, with the same warm worker, and at next to no cost. */
    @Test
    void getReusableExecutor_sameOptions_isSamePoolWithSamePid() throws Exception {
        ProcessPoolExecutor first = pools.closed(Loky.getReusableExecutor(2));
        long pid = Await.result(first.submit(() -> Processes.ownPid()));

        long[] nanos = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
            long start = System.nanoTime();
            ProcessPoolExecutor pool = Loky.getReusableExecutor(2);
            nanos[i] = System.nanoTime() - start;
            assertThat(pool).isSameAs(first);
        }
        Arrays.sort(nanos);
        assertThat(nanos[CALLS / 2]).as("median of a call in ns").isLessThan(50_000);
        assertThat(Loky.getReusableExecutor(2, Duration.ofSeconds(10))).isSameAs(first);
        assertThat(Await.result(Loky.getReusableExecutor(2).submit(() -> Processes.ownPid())))
                .isEqualTo(pid);
    }

    /** The same with options that hold an object which has to be compared as it is sent. */
    @Test
    void getReusableExecutor_lambdaEvaluatedAgain_isSamePoolWithSamePid() throws Exception {
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .maxWorkers(1)
                .reducer(Thread.class, reducer("x"))
                .build();
        ProcessPoolExecutor first = pools.closed(Loky.getReusableExecutor(options));
        long pid = Await.result(first.submit(() -> Processes.ownPid()));

        ProcessPoolOptions again = ProcessPoolOptions.builder()
                .maxWorkers(1)
                .reducer(Thread.class, reducer("x"))
                .build();

        assertThat(again).isNotEqualTo(options);
        assertThat(Loky.getReusableExecutor(again)).isSameAs(first);
        assertThat(Await.result(first.submit(() -> Processes.ownPid()))).isEqualTo(pid);
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

    /** A pool that is asked for with other sizes takes them over while its tasks run, and its workers keep their pids. */
    @Test
    void getReusableExecutor_otherSize_adaptsThePoolAndWaitsForNobody() throws Exception {
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(2, Duration.ofHours(1)));
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(pool.submit(() -> {
                go.await();
                return Processes.ownPid();
            }));
        }
        Await.until("two run", () -> pool.snapshot().runningTasks() == 2);
        Set<Long> before = Pools.pids(pool);

        assertThat(Loky.getReusableExecutor(3, Duration.ofHours(2))).isSameAs(pool);
        Await.until("three run", () -> pool.snapshot().runningTasks() == 3);
        assertThat(Pools.pids(pool)).containsAll(before);
        assertThat(Loky.getReusableExecutor(1, Duration.ofHours(3))).isSameAs(pool);
        assertThat(futures).as("nobody has waited").noneMatch(TaskFuture::isDone);
        assertThat(pool.options().maxWorkers()).isEqualTo(1);
        assertThat(pool.options().idleTimeout()).isEqualTo(Duration.ofHours(3));
        go.open();

        for (TaskFuture<Long> future : futures) {
            Await.result(future);
            assertThat(future.attempts()).isEqualTo(1);
        }
        Pools.awaitIdle(pool, 1);
    }

    /** One size after the other: those workers that are not too many keep their pids. */
    @Test
    void getReusableExecutor_manySizesInARow_survivorsKeepTheirPids() throws Exception {
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(1, Duration.ofHours(1)));
        Set<Long> before = Set.of();
        for (int size : new int[] {4, 2, 1, 4, 3, 1, 3, 2}) {
            assertThat(Loky.getReusableExecutor(size, Duration.ofHours(1))).isSameAs(pool);
            pool.prestart();
            Pools.awaitIdle(pool, size);
            Set<Long> now = Pools.pids(pool);
            if (now.size() >= before.size()) {
                assertThat(now).containsAll(before);
            } else {
                assertThat(before).containsAll(now);
            }
            before = now;
        }
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.RESIZED);
    }

    /** An idle time-out that somebody asks for later holds for the workers that are idle already. */
    @Test
    void getReusableExecutor_shorterIdleTimeout_idleWorkersLeave() throws Exception {
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(2, Duration.ofHours(1)));
        pool.prestart();
        Pools.awaitIdle(pool, 2);

        Loky.getReusableExecutor(2, Duration.ofMillis(1));

        Pools.awaitIdle(pool, 0);
        assertThat(pool.snapshot().endedWorkers()).containsOnly(Map.entry(EndReason.IDLE_TIMEOUT, 2L));
    }

    /** What runs in the pool before is given up, in words that say why; its kind is made anew when it is asked for. */
    @Test
    void killWorkers_tasksOfTheLastPool_failSayingWhy() throws Exception {
        ProcessPoolExecutor one = pools.closed(Loky.getReusableExecutor(options("one")));
        Gate never = new Gate(folder, "never");
        List<TaskFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(one.submit(() -> never.await()));
        }
        Await.until("two run", () -> one.snapshot().runningTasks() == 2);
        Set<Long> pids = Pools.pids(one);

        ProcessPoolExecutor two = pools.closed(Loky.getReusableExecutor(
                options("two").toBuilder().killWorkers(true).build()));

        for (TaskFuture<?> future : futures) {
            assertThat(Pools.failure(future))
                    .isExactlyInstanceOf(ExecutorShutdownException.class)
                    .hasMessageContaining("another reusable executor took its place")
                    .hasMessageContaining("killWorkers(true)");
        }
        Await.until("they are killed", () -> pids.stream().noneMatch(Processes::isAlive));
        assertThat(Await.result(two.submit(() -> System.getenv("LOKY_TEST")))).isEqualTo("two");
        assertThatThrownBy(() -> one.submit(() -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("another reusable executor has taken its place");
        ProcessPoolExecutor oneAgain = pools.closed(Loky.getReusableExecutor(options("one")));
        assertThat(Await.result(oneAgain.submit(() -> System.getenv("LOKY_TEST"))))
                .isEqualTo("one");
    }

    /** The pool that gives way finishes what it has, and takes no more. */
    @Test
    void never_tasksOfTheOldPool_areFinished() throws Exception {
        ProcessPoolOptions options = options("x");
        ProcessPoolExecutor old = pools.closed(Loky.getReusableExecutor(options));
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(old.submit(() -> {
                go.await();
                return Processes.ownPid();
            }));
        }

        ProcessPoolExecutor next = pools.closed(
                Loky.getReusableExecutor(options.toBuilder().reuse(Reuse.NEVER).build()));

        long pid = Await.result(next.submit(() -> Processes.ownPid()));
        assertThat(futures).noneMatch(TaskFuture::isDone);
        go.open();
        for (TaskFuture<Long> future : futures) {
            assertThat(Await.result(future)).isNotEqualTo(pid);
        }
        assertThat(old.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Loky.getReusableExecutor(options)).isSameAs(next);
    }

    /** Whatever is asked for: the warm workers that are there, in their own environment. */
    @Test
    void always_otherOptions_isTheLastPoolWithItsPid() throws Exception {
        ProcessPoolExecutor one = pools.closed(Loky.getReusableExecutor(options("one")));
        long pid = Await.result(one.submit(() -> Processes.ownPid()));

        ProcessPoolExecutor pool = Loky.getReusableExecutor(
                options("two").toBuilder().reuse(Reuse.ALWAYS).build());

        assertThat(pool).isSameAs(one);
        assertThat(Await.result(pool.submit(() -> System.getenv("LOKY_TEST") + " " + Processes.ownPid())))
                .isEqualTo("one " + pid);
    }

    /** Nobody holds the pool, and still its worker is there for the next who asks. */
    @Test
    void getReusableExecutor_poolThatNobodyHolds_staysWarm() throws Exception {
        long pid = pidOfADroppedPool();
        Loky.getReusableExecutor(options("it is not the last one either"));
        for (int i = 0; i < 3; i++) {
            System.gc();
        }

        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(options("warm")));

        assertThat(Await.result(pool.submit(() -> Processes.ownPid()))).isEqualTo(pid);
    }

    private static long pidOfADroppedPool() throws Exception {
        return Await.result(Loky.getReusableExecutor(options("warm")).submit(() -> Processes.ownPid()));
    }

    /** One that nobody holds goes when its last worker has left; until then it would have been found again. */
    @Test
    void getReusableExecutor_poolThatNobodyHolds_goesWithItsLastWorker() throws Exception {
        var pool = useAndDrop();
        Loky.getReusableExecutor(options("it is not the last one either"));

        Await.until("the pool is collected", () -> {
            System.gc();
            return pool.get() == null;
        });
        Await.until( // nobody can wait for the end of a pool that nobody holds
                "what its worker had is removed",
                () -> Processes.directoriesOf(Processes.ownPid()).isEmpty());
    }

    private static WeakReference<ProcessPoolExecutor> useAndDrop() throws Exception {
        ProcessPoolExecutor pool = Loky.getReusableExecutor(
                options("dropped").toBuilder().idleTimeout(Duration.ofMillis(1)).build());
        assertThat(Await.result(pool.submit(() -> 1))).isEqualTo(1);
        return new WeakReference<>(pool);
    }

    /** Each worker has pools of its own: the same for all tasks that it executes, and no other than those of its kind. */
    @Test
    void getReusableExecutor_inTasks_isOneForEachWorker() throws Exception {
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(1, Duration.ofHours(1)));
        long own = Await.result(pool.submit(() -> Processes.ownPid()));

        List<Long> first = Await.result(pool.submit(() -> pids()));
        List<Long> second = Await.result(pool.submit(() -> pids()));

        assertThat(first).hasSize(2).startsWith(own).isEqualTo(second).doesNotHaveDuplicates();
    }

    private static List<Long> pids() throws Exception {
        return List.of(
                Processes.ownPid(),
                Loky.getReusableExecutor(1, Duration.ofHours(1))
                        .submit(() -> Processes.ownPid())
                        .get());
    }

    /** Workers that are there before the first task are those of the pool that everybody gets, and no others are started. */
    @Test
    void minWorkers_manyThreadsAtOnce_startsNoOtherProcesses() throws Exception {
        Path started = Files.createFile(folder.resolve("started"));
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .maxWorkers(2)
                .minWorkers(2)
                .idleTimeout(Duration.ofHours(1))
                .commandPrefix(List.of("sh", "-c", "echo $$ >> '" + started + "'; exec \"$@\"", "sh"))
                .build();
        Set<ProcessPoolExecutor> seen = askAtOnce(32, options);

        seen.forEach(pools::closed);
        assertThat(seen).hasSize(1);
        ProcessPoolExecutor pool = seen.iterator().next();
        Pools.awaitIdle(pool, 2);
        Set<Long> pids = Pools.pids(pool);
        assertThat(Files.readAllLines(started).stream().map(Long::valueOf)).containsExactlyInAnyOrderElementsOf(pids);
        assertThat(Await.result(Loky.getReusableExecutor(options).submit(() -> Processes.ownPid())))
                .isIn(pids);
    }

    /** It has workers, though never a task: so it stays, whether or not somebody holds it. */
    @Test
    void minWorkers_poolThatNobodyHolds_staysWarm() throws Exception {
        ProcessPoolOptions options =
                options("always there").toBuilder().minWorkers(1).build();
        long pid = pidOfAWorker(options);
        Loky.getReusableExecutor(options("it is not the last one either"));
        for (int i = 0; i < 3; i++) {
            System.gc();
        }

        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(options));

        Pools.awaitIdle(pool, 1);
        assertThat(Pools.pids(pool)).containsExactly(pid);
    }

    private static long pidOfAWorker(ProcessPoolOptions options) throws Exception {
        ProcessPoolExecutor pool = Loky.getReusableExecutor(options);
        Pools.awaitIdle(pool, 1);
        return Pools.pids(pool).iterator().next();
    }

    /** Sixty-four threads want two environments and sizes of one or two. Each task runs where it was meant to run. */
    @Test
    void getReusableExecutor_sixtyFourThreads_everyTaskRunsInItsEnvironment() throws Exception {
        int threads = 64;
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<FutureTask<Integer>> asking = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            FutureTask<Integer> ask = new FutureTask<>(() -> {
                barrier.await();
                int right = 0;
                for (int round = 0; round < 6; round++) {
                    String environment = "environment " + number % 2;
                    ProcessPoolOptions options = options(environment).toBuilder()
                            .maxWorkers(1 + (number / 2 + round) % 2)
                            .idleTimeout(Duration.ofMinutes(1 + round % 2))
                            .build();
                    TaskFuture<String> future =
                            pools.closed(Loky.getReusableExecutor(options)).submit(() -> System.getenv("LOKY_TEST"));
                    right += Await.result(future).equals(environment) ? 1 : 0;
                }
                return right;
            });
            asking.add(ask);
            new Thread(ask, "asker").start();
        }
        for (FutureTask<Integer> ask : asking) {
            assertThat(Await.result(ask)).isEqualTo(6);
        }
    }

    /** Threads that ask at the same time get the same pool, also while it is being replaced. */
    @Test
    void getReusableExecutor_manyThreadsAtOnce_isOnePool() throws Exception {
        for (int round = 0; round < 50; round++) {
            Set<ProcessPoolExecutor> seen = askAtOnce(8, options("race"));
            assertThat(seen).hasSize(1);
            pools.closed(seen.iterator().next()).shutdown();
        }
    }

    private static Set<ProcessPoolExecutor> askAtOnce(int threads, ProcessPoolOptions options) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<FutureTask<ProcessPoolExecutor>> asking = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<ProcessPoolExecutor> ask = new FutureTask<>(() -> {
                barrier.await();
                return Loky.getReusableExecutor(options);
            });
            asking.add(ask);
            new Thread(ask, "asker").start();
        }
        Set<ProcessPoolExecutor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (FutureTask<ProcessPoolExecutor> ask : asking) {
            seen.add(Await.result(ask));
        }
        return seen;
    }
}
