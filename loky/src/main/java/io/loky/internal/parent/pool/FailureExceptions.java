/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.CrashReport;
import io.loky.ExecutorShutdownException;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.TaskQuarantinedException;
import io.loky.TaskTimeoutException;
import io.loky.TooManyCrashesException;
import io.loky.WorkerTerminatedException;
import io.loky.internal.parent.crash.CapsuleShelf;
import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.InitializerFailure;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.task.RemoteTask;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The exception that a {@link Failure} becomes in the future of its task: what happened, why, and what to do. */
final class FailureExceptions {
    private final String pool;
    private final Duration startTimeout;
    private volatile boolean killedForAnother;
    private final List<String> prefix;
    private final boolean inProcess;

    /** Null where none are wanted. */
    private final @Nullable CapsuleShelf capsules;

    /**
     * @param pool the pool's label
     * @throws IllegalArgumentException if crash capsules are to be kept where that cannot be
     */
    FailureExceptions(String pool, ProcessPoolOptions options) {
        this.pool = pool;
        this.startTimeout = options.startTimeout();
        this.prefix = options.commandPrefix();
        this.inProcess = options.mode() == Mode.IN_PROCESS;
        this.capsules = CapsuleShelf.of(options);
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

    /** A fresh one for each task. What it died of before, where it was executed again then, is suppressed in it. */
    Throwable of(RemoteTask<?> task, Failure failure) {
        if (failure instanceof Failure.WorkerDied died) {
            return died(task, died);
        }
        return withEarlier(task, first(task, failure));
    }

    /** The same exception, with the deaths that the task was executed again after. */
    Throwable withEarlier(RemoteTask<?> task, Throwable exception) {
        addEarlier(exception, task, task.deaths(), task.crashes(), task.rerun().retries() + 1);
        return exception;
    }

    /** Whether what was sent to a worker that dies is written down. */
    boolean keepsCapsules() {
        return capsules != null;
    }

    private WorkerTerminatedException died(RemoteTask<?> task, Failure.WorkerDied died) {
        CrashReport report = report(task, died.death());
        if (capsules != null) { // of the last attempt only: the task is the same
            report = capsules.keep(report, task.suspect(), died.end());
        }
        WorkerTerminatedException last = attempt(report, died.end().trouble(), died.attempt(), died.attempts());
        addEarlier(last, task, died.earlier(), died.attempt() - 1, died.attempts());
        Failure consequence = died.consequence();
        if (consequence != null) { // says why it was not executed again, and how to end that
            last.addSuppressed(withoutFrames(first(task, consequence)));
        }
        return last;
    }

    /**
     * @param number which attempt the last of them ended
     */
    private static void addEarlier(
            Throwable exception, RemoteTask<?> task, List<Death> earlier, int number, int attempts) {
        int attempt = number - earlier.size();
        for (Death death : earlier) {
            exception.addSuppressed(
                    withoutFrames(attempt(report(task, death), death.end().trouble(), ++attempt, attempts)));
        }
    }

    private static WorkerTerminatedException attempt(
            CrashReport report, @Nullable Throwable trouble, int attempt, int attempts) {
        WorkerTerminatedException exception = attempts == 1
                ? new WorkerTerminatedException(report)
                : new WorkerTerminatedException(report, attempt, attempts);
        if (trouble != null) {
            exception.addSuppressed(trouble);
        }
        return exception;
    }

    private static CrashReport report(RemoteTask<?> task, Death death) {
        return Verdict.report(
                death.end(), death.reason(), OptionalLong.of(task.id()), Optional.of(task.name()), task.argument());
    }

    /** Those of a service thread, which help nobody. */
    private static Throwable withoutFrames(Throwable exception) {
        exception.setStackTrace(new StackTraceElement[0]);
        return exception;
    }

    /** What this one of several deaths was, for a log. */
    static String story(RemoteTask<?> task, Failure.WorkerDied died) {
        return report(task, died.death()).describe().lines().findFirst().orElseThrow();
    }

    /** What a name is in quarantine for. */
    static CrashReport report(Failure.Quarantined quarantined) {
        Death last = quarantined.last();
        return Verdict.report(
                last.end(),
                last.reason(),
                OptionalLong.of(quarantined.taskId()),
                Optional.of(quarantined.name()),
                Optional.empty());
    }

    private TaskQuarantinedException quarantined(RemoteTask<?> task, Failure.Quarantined quarantined) {
        CrashReport report = report(quarantined);
        String message = task.description() + " is not executed: the name '" + quarantined.name()
                + "' is in quarantine, since " + quarantined.crashes()
                + " executions in a row of tasks of that name ended with the death of their worker (quarantineAfter), the"
                + " last one so:" + indented(report)
                + "\nMend the task, or what it is given; then end the quarantine with ProcessPoolExecutor.release(\""
                + quarantined.name() + "\").";
        return new TaskQuarantinedException(message, quarantined.name(), quarantined.crashes(), report);
    }

    private TooManyCrashesException tooMany(RemoteTask<?> task, Failure.TooManyCrashes crashes) {
        Death last = crashes.last();
        OptionalLong taskId = crashes.taskId() == 0 ? OptionalLong.empty() : OptionalLong.of(crashes.taskId());
        CrashReport report = Verdict.report(last.end(), last.reason(), taskId, Optional.empty(), Optional.empty());
        String window = crashes.windowNanos() / 1_000_000 + " ms";
        String message = task.description() + " is not executed: more than " + crashes.most() + " workers of " + pool
                + " died within " + window + " (maxCrashes), so that it starts nothing until " + window
                + " after the last of these deaths, which was so:" + indented(report)
                + "\nFind out what kills the workers, and submit the task again then; or let the pool go on after more deaths"
                + " (ProcessPoolOptions.maxCrashes).";
        return new TooManyCrashesException(message, report);
    }

    private static String indented(CrashReport report) {
        return report.describe().lines().map(line -> "\n    " + line).collect(Collectors.joining());
    }

    private Throwable first(RemoteTask<?> task, Failure failure) {
        if (failure instanceof Failure.Quarantined quarantined) {
            return quarantined(task, quarantined);
        }
        if (failure instanceof Failure.TooManyCrashes crashes) {
            return tooMany(task, crashes);
        }
        if (failure instanceof Failure.TimedOut timedOut) {
            return new TaskTimeoutException(
                    task.description(),
                    Duration.ofNanos(timedOut.limitNanos()),
                    Duration.ofNanos(timedOut.ranNanos()),
                    task.samples(),
                    howItEnded(timedOut));
        }
        if (failure instanceof Failure.WaitedTooLong waited) {
            return new TaskTimeoutException(task.description(), Duration.ofNanos(waited.limitNanos()));
        }
        if (failure instanceof Failure.NoWorkerStarts none) {
            return none.timedOut()
                    ? Verdict.startTimedOut(none.last(), startTimeout, none.attempts(), task.description(), prefix)
                    : Verdict.didNotStart(none.last(), none.attempts(), task.description(), prefix);
        }
        if (failure instanceof Failure.PoolStopped stopped) {
            String again = task.attempts() > 0 ? " again" : "";
            String when = stopped.begun() ? "while it was running" : "before a worker had begun it" + again;
            return new ExecutorShutdownException(task.description() + " was given up " + whyStopped(when));
        }
        Throwable defect = ((Failure.PoolBroken) failure).defect();
        return new ExecutorShutdownException(task.description() + " was given up because " + pool
                + " failed, which is a defect of Loky: " + defect + "; make a new pool, and report this with the log of"
                + " io.loky.pool");
    }

    private String howItEnded(Failure.TimedOut timedOut) {
        if (inProcess) {
            return "was interrupted";
        }
        return timedOut.answered() ? "ended when it was interrupted" : "was ended with its worker";
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
