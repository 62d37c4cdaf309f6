/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.reuse;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.pool.ProcessPool;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * One running pool for each set of options that was asked for. A pool without workers is a few objects and no thread, so
 * the registry keeps them; their idle workers leave by themselves.
 */
public final class ReusableExecutors {
    private static final ConcurrentMap<ProcessPoolOptions, ProcessPool> POOLS = new ConcurrentHashMap<>();

    private ReusableExecutors() {}

    /** The running pool with these options; a new one if there is none, or the last was shut down. */
    public static ProcessPoolExecutor get(ProcessPoolOptions options) {
        Objects.requireNonNull(options, "options");
        ProcessPool pool = POOLS.get(options);
        if (pool != null && !pool.isShutdown()) {
            return pool;
        }
        return POOLS.compute(
                options, (key, current) -> current == null || current.isShutdown() ? ProcessPool.create(key) : current);
    }
}
