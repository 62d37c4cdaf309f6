/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PoolLimitsTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void of_nothingSet_hasNoLimitsButTheTimeouts() {
        PoolLimits limits =
                PoolLimits.of(ProcessPoolOptions.builder().maxWorkers(3).build());

        assertThat(limits)
                .isEqualTo(new PoolLimits(
                        0,
                        3,
                        0,
                        Integer.MAX_VALUE,
                        Worker.NEVER,
                        TaskQueue.UNBOUNDED,
                        10_000_000_000L,
                        60_000_000_000L,
                        5_000_000_000L,
                        100_000_000L,
                        Worker.NEVER,
                        CrashLimits.NONE));
    }

    @Test
    void of_everythingSet_isThat() {
        PoolLimits limits = PoolLimits.of(ProcessPoolOptions.builder()
                .minWorkers(1)
                .maxWorkers(3)
                .spareWorkers(2)
                .maxTasksPerWorker(7)
                .maxWorkerAge(Duration.ofNanos(8))
                .queueCapacity(9)
                .idleTimeout(Duration.ofNanos(10))
                .startTimeout(Duration.ofNanos(11))
                .heartbeat(Duration.ofSeconds(Long.MAX_VALUE))
                .cancelGrace(Duration.ofNanos(12))
                .slowTaskThreshold(Duration.ofNanos(13))
                .quarantineAfter(14)
                .maxCrashes(15, Duration.ofNanos(16))
                .build());

        assertThat(limits)
                .isEqualTo(new PoolLimits(1, 3, 2, 7, 8, 9, 10, 11, Worker.NEVER, 12, 13, new CrashLimits(14, 15, 16)));
    }

    /** Threads are interrupted at once, and given up: what a grace is for cannot be had there. */
    @Test
    void of_modeInProcess_hasNoGrace() {
        PoolLimits limits = PoolLimits.of(ProcessPoolOptions.builder()
                .mode(ProcessPoolOptions.Mode.IN_PROCESS)
                .build());

        assertThat(limits.cancelGrace()).isZero();
    }

    @Test
    void maxAgeOf_anyNumber_isUpToATenthEarlier() {
        PoolLimits limits = limits(HOUR);

        for (int number : new int[] {1, 2, 3, 1_000, 1_000_000, Integer.MAX_VALUE}) {
            assertThat(limits.maxAgeOf(number)).isBetween(HOUR - HOUR / 10, HOUR);
        }
    }

    /** Those that are started side by side must not be replaced side by side. */
    @Test
    void maxAgeOf_neighbours_lieApart() {
        PoolLimits limits = limits(HOUR);

        long[] ages = LongStream.rangeClosed(1, 16)
                .map(number -> limits.maxAgeOf((int) number))
                .sorted()
                .toArray();

        for (int i = 1; i < ages.length; i++) {
            assertThat(ages[i] - ages[i - 1]).as("%s", Arrays.toString(ages)).isGreaterThan(HOUR / 10 / 48);
        }
    }

    @Test
    void maxAgeOf_noLimit_isNever() {
        assertThat(limits(Worker.NEVER).maxAgeOf(5)).isEqualTo(Worker.NEVER);
    }

    private static PoolLimits limits(long maxAge) {
        return PoolLimits.of(ProcessPoolOptions.builder()
                .maxWorkerAge(Duration.ofNanos(maxAge))
                .build());
    }
}
