/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.thread;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads for what may take long, or for ever, and must not be waited for: writing a large task to a worker that may be
 * stopped, killing a tree of processes. As many as are needed; none is kept for long.
 */
public final class ServiceThreads {
    private static final AtomicLong NUMBER = new AtomicLong();

    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            runnable -> ServiceThread.of("loky-service-" + NUMBER.incrementAndGet(), runnable));

    private ServiceThreads() {}

    /** Runs it on one of these threads; where none can be started, on the calling one, since it must run. */
    public static void execute(Runnable runnable) {
        try {
            THREADS.execute(runnable);
        } catch (OutOfMemoryError e) { // unable to create native thread
            runnable.run();
        }
    }
}
