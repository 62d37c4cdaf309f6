/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

/** This library in a JVM of its own, where nothing else is busy. */
final class LokyPeer implements Peer {

    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    private final ProcessPoolExecutor pool;

    private LokyPeer(int workers) {
        pool = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(IDLE_TIMEOUT)
                .build());
    }

    static LokyPeer start() {
        return new LokyPeer(1);
    }

    /** A pool that lives as long as this JVM, each of whose workers is ready. Their pids. */
    static double[] pids(int workers) throws InterruptedException {
        ProcessPoolExecutor pool = new LokyPeer(workers).pool;
        pool.prestart();
        List<WorkerSnapshot> ready = ready(pool);
        while (ready.size() < workers) {
            Thread.sleep(1);
            ready = ready(pool);
        }
        return ready.stream().mapToDouble(worker -> worker.pid().orElseThrow()).toArray();
    }

    private static List<WorkerSnapshot> ready(ProcessPoolExecutor pool) {
        return pool.snapshot().workers().stream()
                .filter(worker -> worker.state() == WorkerSnapshot.State.IDLE)
                .toList();
    }

    @Override
    public Future<?> nothing() {
        return pool.submit(() -> null);
    }

    @Override
    public Future<byte[]> echo(byte[] bytes) {
        return pool.submitWith(same -> same, bytes);
    }

    @Override
    public void close() {
        pool.shutdown(true);
        pool.close();
    }
}
