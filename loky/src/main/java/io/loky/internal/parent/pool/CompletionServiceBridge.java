/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.CompletionSequence;
import io.loky.internal.parent.task.RemoteTask;
import java.util.concurrent.CompletableFuture.AsynchronousCompletionTask;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes what the JDK's own helpers hand to {@code execute}, none of which may be shipped: a copy of it in a worker
 * would complete nobody's future.
 *
 * <p>{@link java.util.concurrent.ExecutorCompletionService} asks the pool for a future with
 * {@code newTaskFor}, wraps it, and executes the wrapper, all three on one thread and one right after the other. The
 * wrapper hides what it wraps; so the pool remembers, per thread, the task that it made last, submits that one, and runs
 * the wrapper in the parent when the task is over. The wrapper then finds its task done and puts it into its queue. The
 * wrappers run one after another, since a completion service promises its futures in the order of their ends.
 */
final class CompletionServiceBridge {
    private static final String WRAPPER = "java.util.concurrent.ExecutorCompletionService$QueueingFuture";

    @SuppressWarnings("ThreadLocalUsage") // per pool: one pool must not submit what another one made
    private final ThreadLocal<RemoteTask<?>> lastMade = new ThreadLocal<>();

    private final CompletionSequence deliveries = new CompletionSequence();

    /** Runs the wrappers, in the order in which their tasks have ended. */
    Executor deliveries() {
        return deliveries;
    }

    /** The pool made a future for somebody who will execute it, or a wrapper of it, next. */
    void made(RemoteTask<?> task) {
        lastMade.set(task);
    }

    /** The task inside this wrapper; null if it is none. */
    @Nullable
    RemoteTask<?> unwrap(Runnable command) {
        RemoteTask<?> task = lastMade.get();
        lastMade.remove();
        return command.getClass().getName().equals(WRAPPER) ? task : null;
    }

    /**
     * @throws RejectedExecutionException if the command belongs to a CompletableFuture
     */
    static void refuseAsynchronousCompletion(Runnable command, Object pool) {
        if (command instanceof AsynchronousCompletionTask) {
            throw new RejectedExecutionException(
                    "a task of a CompletableFuture (" + command.getClass().getName()
                            + ") completes a future of this process and cannot run in another one; " + pool
                            + " has not taken it. Use ProcessPoolExecutor.supplyAsync(supplier) instead of"
                            + " CompletableFuture.supplyAsync(supplier, pool), and for dependents the ...Async methods with"
                            + " another executor");
        }
    }
}
