/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

/** The pool, as its tasks see it. */
public interface TaskOwner {
    /**
     * Cancels the task unless it is over.
     *
     * @param killWorker whether a worker that has the task is ended
     * @return whether the task is cancelled now by this call
     */
    boolean cancel(RemoteTask<?> task, boolean killWorker);

    /**
     * Hands a task that was made but not yet given to the pool to it.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the pool takes no more tasks
     */
    void start(RemoteTask<?> task);

    /** Runs what depends on a task, and not on the calling thread: that may be one which a worker's answers wait for. */
    default void runAside(Runnable dependent) {
        CompletionThreads.execute(dependent);
    }
}
