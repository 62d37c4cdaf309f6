/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.CrashReport;
import io.loky.CrashReport.Cause;
import io.loky.ResultSerializationException;
import io.loky.TaskFuture;
import io.loky.TaskFuture.Status;
import io.loky.WorkerTerminatedException;
import io.loky.testkit.ChaosReport.Outcome;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the one outcome of each task, and whatever does not fit. Keeps the last tasks for a while and looks at them again:
 * what is done stays as it is. Used by one thread.
 */
final class Judge {
    private static final int REMEMBERED = 256;

    private final Ledger ledger;
    private final Disturber disturber;
    private final ArrayDeque<Flight> last = new ArrayDeque<>();

    Judge(Ledger ledger, Disturber disturber) {
        this.ledger = ledger;
        this.disturber = disturber;
    }

    /** Counts a task that is done. */
    void judge(Flight flight) {
        String difference = difference(flight);
        if (difference != null) {
            ledger.discrepancy(flight + ": " + difference);
        }
        Outcome outcome = outcome(flight);
        ledger.outcome(flight.task.kind(), outcome);
        if (outcome == Outcome.WRONG_VALUE || outcome == Outcome.UNEXPLAINED) {
            ledger.discrepancy(flight + " is " + outcome + ": " + described(flight));
        }
        last.addLast(flight);
        if (last.size() > REMEMBERED) {
            lookAgain(last.removeFirst());
        }
    }

    /** At the end of the run. */
    void lookAgainAtAll() {
        last.forEach(this::lookAgain);
        last.clear();
    }

    private void lookAgain(Flight flight) {
        String difference = difference(flight);
        if (difference != null) {
            ledger.discrepancy(flight + ", a while after it was done: " + difference);
        }
    }

    private Outcome outcome(Flight flight) {
        return switch (flight.future.status()) {
            case SUCCEEDED -> success(flight);
            case CANCELLED -> flight.cancelAsked ? Outcome.CANCELLED : Outcome.UNEXPLAINED;
            case FAILED -> failure(flight, flight.future.exceptionNow());
            case QUEUED, RUNNING -> Outcome.UNEXPLAINED; // it told a dependent that it is done
        };
    }

    private static Outcome success(Flight flight) {
        if (flight.task.kind().planned() != Outcome.SUCCEEDED) {
            return Outcome.UNEXPLAINED;
        }
        return flight.task.isExpected(flight.future.resultNow()) && flight.future.attempts() == 1
                ? Outcome.SUCCEEDED
                : Outcome.WRONG_VALUE;
    }

    private Outcome failure(Flight flight, Throwable failure) {
        CrashReport report = failure instanceof WorkerTerminatedException death ? death.report() : null;
        if (report != null) {
            ledger.death(report.cause());
            if (report.taskId().orElse(0) != flight.future.taskId()
                    || report.pid() != flight.future.workerPid().orElse(0)) {
                return Outcome.UNEXPLAINED; // somebody else's death
            }
        }
        if (isPlanned(flight.task, failure, report)) {
            return Outcome.FAILED_AS_PLANNED;
        }
        if (report != null) {
            Disturbance disturbance = disturber.claim(report, flight.doneNanos);
            if (disturbance != null) {
                ledger.fatal(disturbance);
                return Outcome.FAILED_BY_DISTURBANCE;
            }
        }
        return Outcome.UNEXPLAINED;
    }

    private static boolean isPlanned(ChaosTask task, Throwable failure, @Nullable CrashReport report) {
        return switch (task.kind()) {
            case WELL_BEHAVED, OUTPUT_FLOOD, HANG -> false;
            case EXCEPTION ->
                failure.getClass() == IllegalStateException.class
                        && ChaosTask.message(task.number()).equals(failure.getMessage());
            case UNSERIALIZABLE_RESULT -> failure.getClass() == ResultSerializationException.class;
            case STACK_OVERFLOW -> failure.getClass() == StackOverflowError.class;
            case OUT_OF_MEMORY -> failure.getClass() == OutOfMemoryError.class;
            case EXIT -> report != null && report.cause() == Cause.EXIT && hasCode(report, task);
            case HALT -> report != null && report.cause() == Cause.HALT && hasCode(report, task);
            case ABORT, SEGMENTATION_FAULT -> report != null && report.cause() == Cause.NATIVE_CRASH;
        };
    }

    private static boolean hasCode(CrashReport report, ChaosTask task) {
        return report.exitCode().orElse(-1) == ChaosTask.code(task.number());
    }

    /** Between what a dependent was told and what the future says now; null if there is none. */
    private static @Nullable String difference(Flight flight) {
        TaskFuture<Object> future = flight.future;
        Throwable told = unwrapped(flight.seenFailure);
        Status status = future.status();
        boolean same = switch (status) {
            case SUCCEEDED -> told == null && Objects.deepEquals(flight.seenValue, future.resultNow());
            case CANCELLED -> told instanceof CancellationException;
            case FAILED ->
                told != null && told.getClass() == future.exceptionNow().getClass();
            case QUEUED, RUNNING -> false;
        };
        return same
                ? null
                : "a dependent was told "
                        + (told == null ? "a value" : told.getClass().getName()) + ", but " + described(flight);
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable told) {
        return told instanceof CompletionException && told.getCause() != null ? told.getCause() : told;
    }

    private static String described(Flight flight) {
        TaskFuture<Object> future = flight.future;
        return switch (future.status()) {
            case SUCCEEDED -> "the future has a value, after " + future.attempts() + " attempts";
            case FAILED -> "the future has " + future.exceptionNow();
            case CANCELLED -> "the future is cancelled";
            case QUEUED, RUNNING -> "the future is not done";
        };
    }
}
