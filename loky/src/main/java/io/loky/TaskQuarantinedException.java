/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;

/**
 * The task was not executed, since tasks of its name have killed too many workers in a row: the name is in quarantine, until {@link
 * ProcessPoolExecutor#release(String)} ends that.
 *
 * @see ProcessPoolOptions.Builder#quarantineAfter(int)
 */
public class TaskQuarantinedException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** The name that is in quarantine. */
    private final String name;

    /** How many workers its tasks have killed in a row. */
    private final int crashes;

    /** What was found out about the last one. */
    private final CrashReport report;

    /**
     * Makes an exception.
     *
     * @param message what happened, and what to do about it
     * @param name the name that is in quarantine
     * @param crashes how many workers its tasks have killed in a row
     * @param report what was found out about the death of the last of these
     */
    public TaskQuarantinedException(String message, String name, int crashes, CrashReport report) {
        super(Category.TASK, message);
        this.name = Objects.requireNonNull(name, "name");
        this.crashes = crashes;
        this.report = Objects.requireNonNull(report, "report");
    }

    /**
     * Returns the name that is in quarantine.
     *
     * @return what {@link ProcessPoolExecutor#release(String)} takes
     */
    public String name() {
        return name;
    }

    /**
     * Returns how many workers the tasks of this name have killed in a row.
     *
     * @return 1 or more
     */
    public int crashes() {
        return crashes;
    }

    /**
     * Returns what was found out about the death of the last of these workers.
     *
     * @return the report; its task is the one that was executed then
     */
    public CrashReport report() {
        return report;
    }
}
