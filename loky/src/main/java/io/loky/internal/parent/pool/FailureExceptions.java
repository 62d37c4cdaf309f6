/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ExecutorShutdownException;
import io.loky.TaskTimeoutException;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.task.RemoteTask;
import java.time.Duration;
import java.util.List;

/** The exception that a {@link Failure} becomes in the future of its task: what happened, why, and what to do. */
final class FailureExceptions {
    private final String pool;
    private final Duration startTimeout;

    /**
     * @param pool the pool's label
     */
    FailureExceptions(String pool, Duration startTimeout) {
        this.pool = pool;
        this.startTimeout = startTimeout;
    }

    /** A fresh one for each task. */
    Throwable of(RemoteTask<?> task, Failure failure) {
        if (failure instanceof Failure.WorkerDied died) {
            return Verdict.died(died.end(), died.reason(), task.id(), task.name());
        }
        if (failure instanceof Failure.TimedOut timedOut) {
            return new TaskTimeoutException(Duration.ofNanos(timedOut.limitNanos()), List.of());
        }
        if (failure instanceof Failure.NoWorkerStarts none) {
            return none.timedOut()
                    ? Verdict.startTimedOut(none.last(), startTimeout, none.attempts(), task.description())
                    : Verdict.didNotStart(none.last(), none.attempts(), task.description());
        }
        if (failure instanceof Failure.PoolStopped stopped) {
            String when = stopped.begun() ? "while it was running" : "before a worker had begun it";
            return new ExecutorShutdownException(
                    ExitHook.isExiting()
                            ? task.description() + " was given up " + when
                                    + " because this JVM is exiting; wait for the"
                                    + " future, or close the pool, before the exit"
                            : task.description() + " was given up because " + pool
                                    + " was shut down by shutdownNow() or shutdown(true) " + when
                                    + "; use shutdown() or close() to let submitted tasks finish");
        }
        Throwable defect = ((Failure.PoolBroken) failure).defect();
        return new ExecutorShutdownException(task.description() + " was given up because " + pool
                + " failed, which is a defect of Loky: " + defect + "; make a new pool, and report this with the log of"
                + " io.loky.pool");
    }
}
