/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableSupplier;
import io.loky.systemtests.Pools;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.logging.Level;

/** Process pools, with the checks of all system tests. */
class ProcessPoolSide extends Side {
    final Pools pools = new Pools();

    @Override
    boolean has(Difference difference) {
        return true;
    }

    @Override
    ExecutorService make(int threads, boolean warm) throws Exception {
        ProcessPoolExecutor pool = pools.create(options(threads).build());
        if (warm) {
            pool.prestart();
            Pools.awaitIdle(pool, threads);
        }
        return pool;
    }

    /** Time to clean up, also on a machine that is busy; in one test it is used up. */
    ProcessPoolOptions.Builder options(int threads) {
        return ProcessPoolOptions.builder()
                .maxWorkers(threads)
                .idleTimeout(Duration.ofHours(1))
                .cancelGrace(Duration.ofSeconds(2));
    }

    @Override
    List<String> lastResort() {
        return pools.log().at(Level.WARNING);
    }

    @Override
    <T> CompletableFuture<T> supplyAsync(ExecutorService executor, SerializableSupplier<T> supplier) {
        return ((ProcessPoolExecutor) executor).supplyAsync(supplier);
    }

    @Override
    void begin() {
        pools.beginClass();
    }

    @Override
    void end() throws Exception {
        pools.endClass();
    }
}
