/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that run what depends on futures. Never the threads that serve workers: a dependent that blocks there would
 * stop the reading of results, and with it the very result it may wait for. As many threads as are needed, because with a
 * bound dependents that wait for each other could use them all up; none is kept for long.
 */
public final class CompletionThreads {
    private static final AtomicLong NUMBER = new AtomicLong();

    private static final ThreadPoolExecutor THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), runnable -> {
                Thread thread = new Thread(runnable, "loky-completion-" + NUMBER.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });

    private CompletionThreads() {}

    public static void execute(Runnable runnable) {
        THREADS.execute(runnable);
    }
}
