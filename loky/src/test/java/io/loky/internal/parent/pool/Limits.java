/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/** Limits as a running pool is told them: others than it has, in one point. */
final class Limits {
    private Limits() {}

    static PoolLimits maxWorkers(PoolLimits of, int maxWorkers) {
        return changed(of, maxWorkers, of.idleTimeout());
    }

    static PoolLimits idleTimeout(PoolLimits of, long nanos) {
        return changed(of, of.maxWorkers(), nanos);
    }

    private static PoolLimits changed(PoolLimits of, int maxWorkers, long idleTimeout) {
        return new PoolLimits(
                of.minWorkers(),
                maxWorkers,
                of.spareWorkers(),
                of.maxTasksPerWorker(),
                of.maxAge(),
                of.queueCapacity(),
                idleTimeout,
                of.startTimeout(),
                of.heartbeat(),
                of.cancelGrace(),
                of.slowTaskThreshold(),
                of.crashes());
    }
}
