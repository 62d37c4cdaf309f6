/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.crash.WorkerEnd;

/** Why a task will get no answer from a worker. */
sealed interface Failure {
    /**
     * The worker that had begun it died.
     *
     * @param reason why, as far as the pool knows: {@link EndReason#CRASHED} where it did not end it itself
     */
    record WorkerDied(WorkerEnd end, EndReason reason) implements Failure {}

    /** It executed for longer than it may. */
    record TimedOut(long limitNanos) implements Failure {}

    /**
     * No worker could be started, again and again.
     *
     * @param timedOut whether the last one was killed because it was not ready in time
     * @param attempts how many starts in a row failed
     */
    record NoWorkerStarts(WorkerEnd last, boolean timedOut, int attempts) implements Failure {}

    /**
     * The pool was stopped before the task was over.
     *
     * @param begun whether a worker had been sent it
     */
    record PoolStopped(boolean begun) implements Failure {}

    /** The pool itself failed: a defect of this library. */
    record PoolBroken(Throwable defect) implements Failure {}
}
