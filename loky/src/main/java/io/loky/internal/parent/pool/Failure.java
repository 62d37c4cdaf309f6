/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.WorkerEnd;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a task will get no answer from a worker. */
sealed interface Failure {
    /**
     * The worker that had begun it died.
     *
     * @param earlier the deaths before this one, at which it was executed again; as many as are remembered
     * @param attempt which execution this was, from 1
     * @param attempts how many there may be
     * @param consequence why tasks like it are not executed from now on; null if they are
     */
    record WorkerDied(
            Death death,
            List<Death> earlier,
            int attempt,
            int attempts,
            @Nullable Failure consequence) implements Failure {
        WorkerEnd end() {
            return death.end();
        }

        EndReason reason() {
            return death.reason();
        }
    }

    /**
     * It executed for longer than it may.
     *
     * @param ranNanos how long, its grace included
     * @param answered whether it ended by itself in its grace; else its worker did with it
     */
    record TimedOut(long limitNanos, long ranNanos, boolean answered) implements Failure {}

    /** It waited for a worker for longer than it may. */
    record WaitedTooLong(long limitNanos) implements Failure {}

    /**
     * No worker could be started, again and again.
     *
     * @param timedOut whether the last one was killed because it was not ready in time
     * @param attempts how many starts in a row failed
     */
    record NoWorkerStarts(WorkerEnd last, boolean timedOut, int attempts) implements Failure {}

    /**
     * Tasks of its name have killed too many workers.
     *
     * @param crashes how many in a row
     * @param taskId which task killed the last one
     */
    record Quarantined(String name, int crashes, long taskId, Death last) implements Failure {}

    /**
     * Workers of the pool died too fast, and it starts nothing for now.
     *
     * @param taskId which task the last one had; 0 for none
     * @param most how many may within the window
     */
    record TooManyCrashes(Death last, long taskId, int most, long windowNanos) implements Failure {}

    /**
     * The pool was stopped before the task was over.
     *
     * @param begun whether a worker had been sent it
     */
    record PoolStopped(boolean begun) implements Failure {}

    /** The pool itself failed: a defect of this library. */
    record PoolBroken(Throwable defect) implements Failure {}
}
