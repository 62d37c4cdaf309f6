/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.internal.parent.thread.ServiceThread;
import java.lang.System.Logger.Level;
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
    private static final System.Logger LOG = System.getLogger("io.loky.pool");
    private static final AtomicLong NUMBER = new AtomicLong();

    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            runnable -> ServiceThread.of("loky-completion-" + NUMBER.incrementAndGet(), runnable));

    private CompletionThreads() {}

    /** Runs it on one of these threads; where none can be started, on the calling one, since it must run. */
    public static void execute(Runnable dependent) {
        Runnable runnable = () -> runLogged(dependent);
        try {
            THREADS.execute(runnable);
        } catch (OutOfMemoryError e) { // unable to create native thread
            LOG.log(
                    Level.WARNING,
                    "no thread could be started for the dependents of a task: they run where they are",
                    e);
            runnable.run();
        }
    }

    /** Logs what it throws: a thread that dies of it would print it, and the calling one has other work to do. */
    static void runLogged(Runnable dependent) {
        try {
            dependent.run();
        } catch (Throwable e) { // of the user's code, such as the queue of a completion service that is full
            LOG.log(Level.WARNING, "what was to be done at the end of a task failed", e);
        }
    }
}
