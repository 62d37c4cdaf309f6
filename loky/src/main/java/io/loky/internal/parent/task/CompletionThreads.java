/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.internal.parent.jvm.KeepAlive;
import io.loky.internal.parent.thread.ServiceThread;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that run what depends on futures. Never the threads that serve workers: a dependent that blocks there would
 * stop the reading of results, and with it the very result it may wait for.
 *
 * <p>A few threads serve a queue. But dependents may wait for one another, so a fixed number of threads could be used up
 * by some that wait for one in the queue. So while something is queued a watch looks every {@value #PATIENCE_MILLIS} ms,
 * and where nothing has been taken from the queue since it looked last it adds a thread. Thousands of dependents that do
 * not block run on the few; however many wait for each other, the next one gets its thread.
 */
public final class CompletionThreads {
    static final int FEW = Math.max(4, Runtime.getRuntime().availableProcessors());
    static final int PATIENCE_MILLIS = 10;
    private static final int KEPT_IDLE_MILLIS = 5_000;

    private static final System.Logger LOG = System.getLogger("io.loky.pool");
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final CompletionThreads SHARED = new CompletionThreads(
            runnable -> ServiceThread.of("loky-completion-" + NUMBER.incrementAndGet(), runnable), KEPT_IDLE_MILLIS);

    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final AtomicLong taken = new AtomicLong();
    private final ThreadPoolExecutor threads;

    private final ScheduledThreadPoolExecutor watch =
            new ScheduledThreadPoolExecutor(1, runnable -> ServiceThread.of("loky-completion-watch", runnable));

    /** Whether a look is due. Whoever queues something makes it so; the watch undoes it, and then looks once more. */
    private final AtomicBoolean watched = new AtomicBoolean();

    /** Of the watch alone. */
    private long takenBefore;

    CompletionThreads(ThreadFactory factory, int keptIdleMillis) {
        threads =
                new ThreadPoolExecutor(FEW, Integer.MAX_VALUE, keptIdleMillis, TimeUnit.MILLISECONDS, queue, factory) {
                    @Override
                    protected void beforeExecute(Thread thread, Runnable runnable) {
                        taken.incrementAndGet();
                    }
                };
        threads.allowCoreThreadTimeOut(true);
        watch.setKeepAliveTime(keptIdleMillis, TimeUnit.MILLISECONDS);
        watch.allowCoreThreadTimeOut(true);
    }

    /** Runs it on one of these threads; where not even one can be started, on the calling one, since it must run. */
    public static void execute(Runnable dependent) {
        KeepAlive.shared().hold(); // a JVM that leaves main finishes its tasks, and what was hung on them
        boolean handedOver = false;
        try {
            SHARED.run(() -> {
                try {
                    runLogged(dependent);
                } finally {
                    KeepAlive.shared().release();
                }
            });
            handedOver = true;
        } finally {
            if (!handedOver) { // no memory
                KeepAlive.shared().release();
            }
        }
    }

    void run(Runnable runnable) {
        // Not by ThreadPoolExecutor.execute, of which nobody knows after an OutOfMemoryError whether it has queued.
        queue.add(runnable);
        try {
            threads.prestartCoreThread();
        } catch (OutOfMemoryError e) { // unable to create native thread
            if (threads.getPoolSize() == 0 && queue.remove(runnable)) {
                LOG.log(
                        Level.WARNING,
                        "no thread could be started for the dependents of a task: they run where they are",
                        e);
                runnable.run();
            }
        }
        ensureWatched();
    }

    private void ensureWatched() {
        if (!queue.isEmpty() && watched.compareAndSet(false, true)) {
            lookLater();
        }
    }

    private void lookLater() {
        try {
            Future<?> unused = watch.schedule(this::look, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (OutOfMemoryError e) { // unable to create native thread: whoever queues something next tries again
            watch.getQueue().clear();
            watched.set(false);
            LOG.log(Level.WARNING, "nobody watches over the dependents of tasks: they may wait for each other", e);
        }
    }

    private void look() {
        if (queue.isEmpty()) {
            watched.set(false);
            ensureWatched();
            return;
        }
        long takenByNow = taken.get();
        if (takenByNow == takenBefore) {
            addThread();
            takenByNow++; // what the new one takes at once is no sign that the others go on
        }
        takenBefore = takenByNow;
        lookLater();
    }

    /** One more than there are now. The core size goes back at once, or good times would start as many again. */
    private void addThread() {
        try {
            threads.setCorePoolSize(Math.max(FEW, threads.getPoolSize() + 1)); // starts it, as something is queued
        } catch (OutOfMemoryError e) {
            LOG.log(Level.DEBUG, "no further thread could be started for the dependents of tasks", e);
        } finally {
            threads.setCorePoolSize(FEW);
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
