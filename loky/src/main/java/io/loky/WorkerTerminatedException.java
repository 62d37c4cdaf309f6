/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;

/**
 * The worker died while it was executing this task. No other task failed for it, and the pool goes on with another
 * worker. The message is {@link CrashReport#describe()}.
 */
public class WorkerTerminatedException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** What was found out about the death. */
    private final CrashReport report;

    /**
     * Makes an exception.
     *
     * @param report what was found out about the death of the worker
     */
    public WorkerTerminatedException(CrashReport report) {
        super(Category.WORKER, Objects.requireNonNull(report, "report").describe());
        this.report = report;
    }

    /**
     * Returns what was found out about the death of the worker.
     *
     * @return the report
     */
    public CrashReport report() {
        return report;
    }
}
