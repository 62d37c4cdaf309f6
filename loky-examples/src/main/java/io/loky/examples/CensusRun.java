/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One run over all jars, in a pool of worker processes of its own.
 *
 * @param totals the sums of all jars
 * @param nanos how long it took, from the creation of the pool to the end of the last worker
 */
record CensusRun(Totals totals, long nanos) {

    private static final int IN_FLIGHT_PER_WORKER = 8;

    static CensusRun inPool(List<Path> jars, int workers, int top, JarsInOrder.Sink sink)
            throws IOException, InterruptedException {
        Totals.Tally tally = new Totals.Tally(top);
        long start = System.nanoTime();
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options(workers))) {
            JarsInOrder.Sink tallied = result -> {
                tally.add(result);
                sink.accept(result);
            };
            new JarsInOrder(IN_FLIGHT_PER_WORKER * workers, jar -> submit(pool, jar, top), tallied).run(jars);
        }
        return new CensusRun(tally.totals(), System.nanoTime() - start);
    }

    /**
     * Each worker compiles the same code for itself. For a run of seconds the optimizing compiler costs more than it brings,
     * and more so with every worker.
     */
    private static ProcessPoolOptions options(int workers) {
        return ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .jvmArgs(List.of("-XX:TieredStopAtLevel=1"))
                .build();
    }

    /** The task takes the path along as text: a {@link Path} is not serializable. */
    private static TaskFuture<JarResult> submit(ProcessPoolExecutor pool, Path jar, int top) {
        String path = jar.toString();
        return pool.submit(() -> JarCensus.of(path, top), TaskOptions.named("census of " + jar.getFileName()));
    }
}
