/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Many threads that submit at the same time. */
final class Submitters {

    private Submitters() {}

    /** What one of the threads does with its share. */
    @FunctionalInterface
    interface Share {
        void submit(int tasks) throws Exception;
    }

    /** Starts the threads, each with its share of the tasks, and waits for all. */
    static void run(int threads, int tasks, Share share) throws Exception {
        List<FutureTask<Boolean>> all = new ArrayList<>(threads);
        for (int i = 0; i < threads; i++) {
            int part = tasks / threads + (i < tasks % threads ? 1 : 0);
            FutureTask<Boolean> submitter = new FutureTask<>(() -> {
                share.submit(part);
                return true;
            });
            all.add(submitter);
            Thread thread = new Thread(submitter, "submitter-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Boolean> submitter : all) {
            submitter.get();
        }
    }
}
