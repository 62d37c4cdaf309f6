/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/**
 * What starts that failed mean for the next ones: a pause that grows with each, one start at a time, and at last giving up.
 * A bad flag must not start processes by the dozen.
 */
final class StartBackoff {
    /** Three, since one may be bad luck (a full machine) and waiting longer tells the user nothing new. */
    static final int MAX_FAILURES = 3;

    /** One that was ready for longer did start, whatever it died of then. */
    static final long LONGEST_PAUSE_NANOS = 5_000_000_000L;

    private static final long FIRST_PAUSE_NANOS = 100_000_000;

    /**
     * Starts that failed since one succeeded: pauses grow with it. The answers of a worker that was there before say nothing
     * about starting; if they ended the pause, a pool with one busy worker would start processes without end.
     */
    private int failures;

    /** Starts that failed since the last answer of any worker: while one answers, what waits has hope. */
    private int failuresSinceAnswer;

    private long lastFailureNanos;
    private long notBeforeNanos;

    /** Workers that took too long to start and are being killed: starts whose failure is not counted yet. */
    private int overdue;

    /** A start has taken too long; {@link #overdueGone} comes when the process has ended. */
    void overdue() {
        overdue++;
    }

    void overdueGone() {
        overdue--;
    }

    /** A start failed that had begun then. False if it was not counted. */
    boolean failed(long startedNanos, long now) {
        // Workers that were started side by side fail side by side: that is one failure, not several in a row.
        if (failures > 0 && startedNanos <= lastFailureNanos) {
            return false;
        }
        failures++;
        failuresSinceAnswer++;
        lastFailureNanos = now;
        notBeforeNanos = now + pauseNanos(failures);
        return true;
    }

    /** How long to wait after so many failures in a row, one or more: 0.1 s, then twice as long each time, up to 5 s. */
    static long pauseNanos(int failures) {
        return Math.min(FIRST_PAUSE_NANOS << Math.min(failures - 1, 10), LONGEST_PAUSE_NANOS);
    }

    /** A worker has answered that was started then, or was ready for long. Whether starting is free again by this. */
    boolean answered(long startedNanos) {
        failuresSinceAnswer = 0;
        if (failures == 0 || startedNanos <= lastFailureNanos) {
            return false;
        }
        failures = 0;
        return true;
    }

    int failuresSinceAnswer() {
        return failuresSinceAnswer;
    }

    /** Whether so many failed in a row that what waits need not wait any longer. */
    boolean isHopeless() {
        return failuresSinceAnswer >= MAX_FAILURES;
    }

    /** Whether one may be started, as far as the others that start are concerned; the pause is another question. */
    boolean isFree(int starting) {
        // Another one at once, beside one that is overdue, would always be there when the failure is counted, and
        // nothing that waits would ever fail.
        if (overdue > 0) {
            return false;
        }
        // Starts that fail by turns would never leave a moment without a worker.
        return failures == 0 || starting == 0;
    }

    /** The end of the pause, if there is one now; else {@link Worker#NEVER}. */
    long pauseEndNanos(long now) {
        return failures > 0 && now < notBeforeNanos ? notBeforeNanos : Worker.NEVER;
    }
}
