/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import io.loky.ProcessPoolExecutor;
import io.loky.SerializableSupplier;
import io.loky.systemtests.Pools;
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
        return warm ? pools.warm(threads) : pools.create(threads);
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
