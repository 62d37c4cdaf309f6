/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool that is made larger or smaller loses no task, repeats none, and waits for none. */
class ResizeTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** A pool that has no worker yet only gets another limit. */
    @Test
    void resize_beforeTheFirstTask_setsTheLimit() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        pool.resize(3);

        assertThat(pool.snapshot().maxWorkers()).isEqualTo(3);
        assertThat(pool.snapshot().workers()).isEmpty();
        pool.prestart();
        Pools.awaitIdle(pool, 3);
    }

    /** Larger: what waits gets workers at once, and the workers that were there stay. */
    @Test
    void resize_largerWhileTasksWait_startsWorkersForThem() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Set<Long> before = Pools.pids(pool);
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(pool.submit(() -> {
                go.await();
                return Processes.ownPid();
            }));
        }

        pool.resize(3);

        Await.until("three run", () -> pool.snapshot().runningTasks() == 3, pool::toString);
        go.open();
        Set<Long> pids = new HashSet<>();
        for (TaskFuture<Long> future : futures) {
            pids.add(Await.result(future));
        }
        assertThat(pids).hasSize(3).containsAll(before);
    }

    /** Smaller, with idle workers: some leave, the others keep their processes. */
    @Test
    void resize_smallerWhileIdle_survivorsKeepTheirPids() throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        Set<Long> before = Pools.pids(pool);

        pool.resize(2);

        Pools.awaitIdle(pool, 2);
        assertThat(before).containsAll(Pools.pids(pool));
        assertThat(pool.snapshot().maxWorkers()).isEqualTo(2);
        assertThat(pool.snapshot().endedWorkers()).containsOnly(Map.entry(EndReason.RESIZED, 2L));
        Pools.assertServes(pool);
        Await.until(
                "their processes are gone",
                () -> Processes.workersBelowThisJvm().size() == 2);
    }

    /** Smaller, with every worker busy: returns at once; what runs is finished, on its worker; what waits is executed. */
    @Test
    void resize_smallerWhileBusy_waitsForNobodyAndLosesNothing() throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        Set<Long> before = Pools.pids(pool);
        Gate go = new Gate(folder, "go");
        Traces traces = new Traces(folder);
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                traces.leave(number);
                go.await();
                return Processes.ownPid();
            }));
        }
        Await.until("four run", () -> pool.snapshot().runningTasks() == 4);

        FutureTask<Boolean> resize = new FutureTask<>(() -> pool.resize(1), true);
        new Thread(resize, "resizer").start();
        assertThat(Await.result(resize)).as("returns while four tasks run").isTrue();
        assertThat(futures).noneMatch(TaskFuture::isDone);
        go.open();

        for (int i = 0; i < 20; i++) {
            long pid = Await.result(futures.get(i));
            assertThat(before).contains(pid);
            assertThat(traces.of(i)).containsExactly(pid);
            assertThat(futures.get(i).attempts()).isEqualTo(1);
        }
        Pools.awaitIdle(pool, 1);
        assertThat(before).containsAll(Pools.pids(pool));
        assertThat(pool.snapshot().endedWorkers()).containsOnly(Map.entry(EndReason.RESIZED, 3L));
    }

    /** One size after the other, under load: never more workers than allowed once those that are too many have left. */
    @Test
    void resize_manyTimesUnderLoad_everyTaskIsExecutedOnce() throws Exception {
        ProcessPoolExecutor pool = pools.create(4);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int size : new int[] {4, 2, 1, 4, 3, 1, 4, 2}) {
            pool.resize(size);
            for (int i = 0; i < 25; i++) {
                int number = futures.size();
                futures.add(pool.submit(() -> {
                    traces.leave(number);
                    Thread.sleep(2);
                    return number;
                }));
            }
        }

        for (int i = 0; i < futures.size(); i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
            assertThat(traces.of(i)).hasSize(1);
            assertThat(futures.get(i).attempts()).isEqualTo(1);
        }
        Await.until("two workers at most", () -> pool.snapshot().workers().size() <= 2, pool::toString);
        assertThat(pool.snapshot().endedWorkers().keySet()).isSubsetOf(Set.of(EndReason.RESIZED));
    }

    /** The size that it has, again. */
    @Test
    void resize_sameSize_changesNothing() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Set<Long> before = Pools.pids(pool);

        pool.resize(2);

        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).isEqualTo(before);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** A size that is none is refused by name, and changes nothing. */
    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1025, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void resize_badSize_isRefused(int size) {
        ProcessPoolExecutor pool = pools.create(2);

        assertThatThrownBy(() -> pool.resize(size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxWorkers")
                .hasMessageContaining(Integer.toString(size));
        assertThat(pool.snapshot().maxWorkers()).isEqualTo(2);
    }
}
