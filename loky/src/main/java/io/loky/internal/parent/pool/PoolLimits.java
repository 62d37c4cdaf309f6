/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import java.time.Duration;

/**
 * What the state of a pool keeps to, but for {@code maxWorkers}, which a resize changes. Times in nanoseconds, {@link
 * Worker#NEVER} for no limit.
 *
 * @param minWorkers how many workers are there whether there is work or not
 * @param maxWorkers how many there may be when the pool is made
 * @param spareWorkers how many more are kept ready while the pool is in use
 * @param maxTasksPerWorker after how many tasks a worker is replaced
 * @param maxAge after what time a worker is replaced
 * @param queueCapacity how many tasks may wait for a worker
 * @param heartbeat how long to wait between two looks for a sign of life
 * @param cancelGrace how long a task that was interrupted has to answer; 0 for a worker that is killed at once
 * @param slowTaskThreshold after what time a task that goes on is told of
 * @param crashes after how many crashes a name, or all, is refused
 */
record PoolLimits(
        int minWorkers,
        int maxWorkers,
        int spareWorkers,
        long maxTasksPerWorker,
        long maxAge,
        int queueCapacity,
        long idleTimeout,
        long startTimeout,
        long heartbeat,
        long cancelGrace,
        long slowTaskThreshold,
        CrashLimits crashes) {

    static PoolLimits of(ProcessPoolOptions options) {
        return new PoolLimits(
                options.minWorkers(),
                options.maxWorkers(),
                options.spareWorkers(),
                options.maxTasksPerWorker().orElse(Integer.MAX_VALUE),
                options.maxWorkerAge().map(PoolLimits::nanos).orElse(Worker.NEVER),
                options.queueCapacity().orElse(TaskQueue.UNBOUNDED),
                nanos(options.idleTimeout()),
                nanos(options.startTimeout()),
                nanos(options.heartbeat()),
                options.mode() == Mode.IN_PROCESS ? 0 : nanos(options.cancelGrace()),
                options.slowTaskThreshold().map(PoolLimits::nanos).orElse(Worker.NEVER),
                CrashLimits.of(options));
    }

    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Worker.NEVER; // beyond 292 years
        }
    }

    /**
     * The age at which this worker is replaced: up to a tenth earlier, by its number. Workers that were started together
     * must not all be replaced together; multiples of the golden ratio, of which only the fraction is kept, lie far apart
     * for numbers that follow each other.
     */
    long maxAgeOf(int number) {
        if (maxAge == Worker.NEVER) {
            return Worker.NEVER;
        }
        long fraction = (number * 0x9E3779B9L) & 0xFFFF_FFFFL;
        return maxAge - (long) (maxAge * 0.1 * fraction / 0x1p32);
    }
}
