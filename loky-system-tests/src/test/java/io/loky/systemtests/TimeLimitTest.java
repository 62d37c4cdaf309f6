/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks that may execute for a limited time only. */
class TimeLimitTest {
    private static final Duration LIMIT = Duration.ofMillis(300);

    @RegisterExtension
    final Pools pools = new Pools();

    @Test
    void taskOption_taskThatSpins_failsItAloneAndReplacesItsWorker() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Set<Long> before = Pools.pids(pool);
        TaskFuture<Long> neighbour = pool.submit(() -> ProcessHandle.current().pid());
        long neighbourPid = Await.result(neighbour);
        TaskFuture<?> spinning =
                pool.submit(TimeLimitTest::spin, TaskOptions.named("spin").timeout(LIMIT));

        Throwable failure = Pools.failure(spinning);

        assertThat(failure).isInstanceOf(TaskTimeoutException.class).hasMessageContaining("limit of 300 ms");
        assertThat(((TaskTimeoutException) failure).limit()).isEqualTo(LIMIT);
        Pools.awaitIdle(pool, 2);
        assertThat(before).contains(neighbourPid);
        assertThat(Pools.pids(pool))
                .as("one worker stays, one is new")
                .containsAnyElementsOf(before)
                .isNotEqualTo(before);
        assertThat(pool.snapshot().endedWorkers()).containsOnly(Map.entry(EndReason.TASK_TIMEOUT, 1L));
        Pools.assertServes(pool);
    }

    /** They wait for 3 s, and may take 2 s. */
    @Test
    void taskOption_tasksThatWaitLongerThanTheirLimit_succeed() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> spinning =
                pool.submit(TimeLimitTest::spin, TaskOptions.named("spin").timeout(Duration.ofSeconds(3)));
        List<TaskFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int number = i;
            waiting.add(pool.submit(() -> number, TaskOptions.named("short").timeout(Duration.ofSeconds(2))));
        }

        assertThat(Pools.failure(spinning)).isInstanceOf(TaskTimeoutException.class);
        for (int i = 0; i < 30; i++) {
            assertThat(Await.result(waiting.get(i))).isEqualTo(i);
        }
    }

    @Test
    void poolOption_taskWithoutALimitOfItsOwn_isEnded() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().maxWorkers(1).taskTimeout(LIMIT).build());

        assertThat(Pools.failure(pool.submit(TimeLimitTest::spin))).isInstanceOf(TaskTimeoutException.class);
    }

    private static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }
}
