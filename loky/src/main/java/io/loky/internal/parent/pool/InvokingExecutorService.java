/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.RemoteTask;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code invokeAll} and {@code invokeAny}. Those of the JDK submit by {@code execute}, which knows neither their time-out nor
 * their {@link InterruptedException}; here a submission may wait for room in the queue, and that is a wait like their others.
 * These name what is null, too.
 */
abstract class InvokingExecutorService extends AbstractExecutorService {
    final CompletionServiceBridge bridge = new CompletionServiceBridge();

    /** A task with its snapshot taken; it has failed already if that could not be done. */
    abstract <T> RemoteTask<T> taskOf(Callable<T> callable);

    /**
     * Submits it.
     *
     * @param nanos how long to wait for room in the queue at most, or {@link Admission#FOREVER}
     * @return false if there was none by then: it is not submitted
     * @throws InterruptedException if this thread is interrupted while it waits; it is not submitted
     */
    abstract boolean hand(RemoteTask<?> task, long nanos) throws InterruptedException;

    // ---- all --------------------------------------------------------------------------------------------------------

    /** Each is encoded when there is room for the one before: a queue with a capacity bounds the memory, too. */
    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        List<RemoteTask<T>> futures = new ArrayList<>();
        try {
            for (Callable<T> task : NumberedTasks.of(tasks)) {
                RemoteTask<T> future = taskOf(task);
                futures.add(future);
                hand(future, Admission.FOREVER);
            }
            awaitAll(futures, deadline(Admission.FOREVER));
        } finally {
            cancel(futures); // nothing to do where all are done
        }
        return new ArrayList<>(futures);
    }

    /** All are encoded first: each has a future, also if the time is up before its turn. */
    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        long deadline = deadline(Objects.requireNonNull(unit, "unit").toNanos(timeout));
        List<RemoteTask<T>> futures = new ArrayList<>();
        try {
            for (Callable<T> task : NumberedTasks.of(tasks)) {
                futures.add(taskOf(task));
            }
            if (handAll(futures, deadline)) {
                awaitAll(futures, deadline);
            }
        } finally {
            cancel(futures);
        }
        return new ArrayList<>(futures);
    }

    /** False if the time was up before. */
    private <T> boolean handAll(List<RemoteTask<T>> tasks, long deadline) throws InterruptedException {
        for (RemoteTask<T> task : tasks) {
            long nanos = left(deadline);
            if (nanos == 0 || !hand(task, nanos)) {
                return false;
            }
        }
        return true;
    }

    /** Until all are done, or the time is up. */
    private static <T> void awaitAll(List<RemoteTask<T>> tasks, long deadline) throws InterruptedException {
        for (RemoteTask<T> task : tasks) {
            if (!endsBy(task, deadline)) {
                return;
            }
        }
    }

    private static boolean endsBy(RemoteTask<?> task, long deadline) throws InterruptedException {
        try {
            if (!task.isDone()) {
                task.get(left(deadline), TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (ExecutionException | CancellationException e) {
            return true; // the caller finds it in the future
        } catch (TimeoutException e) {
            return false;
        }
    }

    // ---- any --------------------------------------------------------------------------------------------------------

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return any(tasks, deadline(Admission.FOREVER));
        } catch (TimeoutException e) {
            throw new IllegalStateException("three hundred years have passed", e);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return any(tasks, deadline(Objects.requireNonNull(unit, "unit").toNanos(timeout)));
    }

    /** Looks for one that has succeeded before each further submission, and after the last waits for one. */
    private <T> T any(Collection<? extends Callable<T>> tasks, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        Iterator<? extends Callable<T>> rest = NumberedTasks.of(tasks).iterator();
        boolean more = rest.hasNext();
        if (!more) {
            throw new IllegalArgumentException("tasks is empty: invokeAny needs at least one task");
        }
        BlockingQueue<RemoteTask<T>> ended = new LinkedBlockingQueue<>();
        List<RemoteTask<T>> submitted = new ArrayList<>();
        ExecutionException failure = null;
        int failed = 0;
        try {
            while (more || failed < submitted.size()) {
                RemoteTask<T> task = more ? ended.poll() : ended.poll(left(deadline), TimeUnit.NANOSECONDS);
                if (task != null) {
                    try {
                        return task.get();
                    } catch (ExecutionException e) {
                        failure = e;
                    } catch (CancellationException e) {
                        failure = new ExecutionException(e);
                    }
                    failed++;
                } else if (more) {
                    RemoteTask<T> next = taskOf(rest.next());
                    submitted.add(next);
                    boolean inTime = hand(next, left(deadline));
                    next.afterwards(() -> ended.add(next), bridge.deliveries());
                    more = inTime && rest.hasNext();
                } else {
                    throw new TimeoutException("none of the " + submitted.size()
                            + " tasks that were submitted had a result" + " in time; they are cancelled");
                }
            }
            throw Objects.requireNonNull(failure); // there was at least one task, and all have failed
        } finally {
            cancel(submitted);
        }
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    private static long deadline(long nanos) {
        return System.nanoTime() + Math.max(0, nanos);
    }

    private static long left(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
    }

    /** The last first: the end of one that runs makes room for one that waits, which must not begin only to be cancelled. */
    private static <T> void cancel(List<RemoteTask<T>> tasks) {
        for (int i = tasks.size() - 1; i >= 0; i--) {
            tasks.get(i).cancel(true);
        }
    }
}
