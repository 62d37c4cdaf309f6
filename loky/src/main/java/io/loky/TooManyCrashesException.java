/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;

/**
 * The task was not executed, since more workers of its pool had died within a short time than it may lose: the pool starts nothing
 * for a while, and goes on then.
 *
 * @see ProcessPoolOptions.Builder#maxCrashes(int, java.time.Duration)
 */
public class TooManyCrashesException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** What was found out about the last death. */
    private final CrashReport report;

    /**
     * Makes an exception.
     *
     * @param message what happened, and what to do about it
     * @param report what was found out about the last death
     */
    public TooManyCrashesException(String message, CrashReport report) {
        super(Category.POOL, message);
        this.report = Objects.requireNonNull(report, "report");
    }

    /**
     * Returns what was found out about the last of these deaths.
     *
     * @return the report, which knows the number of the task that was executed then, but not its name
     */
    public CrashReport report() {
        return report;
    }
}
