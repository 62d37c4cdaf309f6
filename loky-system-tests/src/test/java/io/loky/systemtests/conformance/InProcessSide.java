/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import io.loky.ProcessPoolOptions;
import io.loky.systemtests.Await;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Pools of mode IN_PROCESS: process pools in everything but what only a process can do. */
final class InProcessSide extends ProcessPoolSide {
    private static final Set<Difference> OF_PROCESSES = EnumSet.of(Difference.CANCEL_KILLS, Difference.STATIC_STATE);

    @Override
    boolean has(Difference difference) {
        return !OF_PROCESSES.contains(difference);
    }

    @Override
    boolean isInProcess() {
        return true;
    }

    @Override
    ProcessPoolOptions.Builder options(int threads) {
        return ProcessPoolOptions.builder()
                .mode(ProcessPoolOptions.Mode.IN_PROCESS)
                .maxWorkers(threads)
                .idleTimeout(Duration.ofHours(1));
    }

    @Override
    void begin() {
        super.begin();
        pools.log(); // of tasks that take no notice of an interrupt it says so
    }

    /** Also no thread, be it one that the pool had given up. */
    @Override
    void end() throws Exception {
        super.end();
        Await.until(
                "the end of all workers",
                () -> workers().isEmpty(),
                () -> workers().toString());
    }

    private static List<Thread> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("loky-pool-\\d+-worker-\\d+"))
                .toList();
    }
}
