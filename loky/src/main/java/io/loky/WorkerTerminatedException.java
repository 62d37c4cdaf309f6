/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;

/**
 * The worker died while it was executing this task. No other task failed for it, and the pool goes on with another
 * worker. The message is {@link CrashReport#describe()}; where the task may be executed more than once ({@link
 * ProcessPoolOptions#retriesOnCrash()}) it begins with which attempt this was, and the attempts before are
 * suppressed exceptions of the same class, in their order, without frames: the last ten of them at most. What went wrong between the pool and the worker, if something did, is suppressed, too. Another suppressed
 * exception says so where the task was not executed again because of a {@link TaskQuarantinedException quarantine} or of {@link
 * TooManyCrashesException too many crashes}.
 */
public class WorkerTerminatedException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** What was found out about the death. */
    private final CrashReport report;

    /** Which execution of the task this was, from 1. */
    private final int attempt;

    /**
     * Makes an exception for a task that is executed once.
     *
     * @param report what was found out about the death of the worker
     */
    public WorkerTerminatedException(CrashReport report) {
        super(Category.WORKER, Objects.requireNonNull(report, "report").describe());
        this.report = report;
        this.attempt = 1;
    }

    /**
     * Makes an exception for a task that may be executed more than once.
     *
     * @param report what was found out about the death of the worker
     * @param attempt which execution this was, from 1
     * @param attempts how many there may be
     */
    public WorkerTerminatedException(CrashReport report, int attempt, int attempts) {
        super(
                Category.WORKER,
                "attempt " + attempt + " of " + attempts + ": "
                        + Objects.requireNonNull(report, "report").describe());
        this.report = report;
        this.attempt = attempt;
    }

    /**
     * Returns what was found out about the death of the worker.
     *
     * @return the report
     */
    public CrashReport report() {
        return report;
    }

    /**
     * Returns which execution of the task this was; of an item of a {@code map}, of that item.
     *
     * @return from 1; 1 where it may be executed only once
     */
    public int attempt() {
        return attempt;
    }
}
