/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ExecutorShutdownException;
import io.loky.ProcessPoolOptions;
import io.loky.TaskTimeoutException;
import io.loky.internal.parent.crash.InitializerFailure;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.task.RemoteTask;
import java.time.Duration;
import java.util.List;

/** The exception that a {@link Failure} becomes in the future of its task: what happened, why, and what to do. */
final class FailureExceptions {
    private final String pool;
    private final Duration startTimeout;
    private volatile boolean killedForAnother;
    private final List<String> prefix;

    /**
     * @param pool the pool's label
     */
    FailureExceptions(String pool, ProcessPoolOptions options) {
        this.pool = pool;
        this.startTimeout = options.startTimeout();
        this.prefix = options.commandPrefix();
    }

    /** Whether to make the exception is to decode one of the user's, which runs the user's code. */
    static boolean isForeign(Failure failure) {
        return failure instanceof Failure.NoWorkerStarts none
                && none.last().trouble() instanceof InitializerFailure initializer
                && initializer.hasThrown();
    }

    /** From now on tasks are given up because another pool takes the place of this one. */
    void killedForAnother() {
        killedForAnother = true;
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
                    ? Verdict.startTimedOut(none.last(), startTimeout, none.attempts(), task.description(), prefix)
                    : Verdict.didNotStart(none.last(), none.attempts(), task.description(), prefix);
        }
        if (failure instanceof Failure.PoolStopped stopped) {
            String when = stopped.begun() ? "while it was running" : "before a worker had begun it";
            return new ExecutorShutdownException(task.description() + " was given up " + whyStopped(when));
        }
        Throwable defect = ((Failure.PoolBroken) failure).defect();
        return new ExecutorShutdownException(task.description() + " was given up because " + pool
                + " failed, which is a defect of Loky: " + defect + "; make a new pool, and report this with the log of"
                + " io.loky.pool");
    }

    private String whyStopped(String when) {
        if (ExitHook.isExiting()) {
            return when + " because this JVM is exiting; wait for the future, or close the pool, before the exit";
        }
        return "because " + pool
                + (killedForAnother
                        ? " was killed " + when + ": another reusable executor took its place, asked for with"
                                + " killWorkers(true); without it the tasks of the one before are finished"
                        : " was shut down by shutdownNow() or shutdown(true) " + when
                                + "; use shutdown() or close() to let submitted tasks finish");
    }
}
