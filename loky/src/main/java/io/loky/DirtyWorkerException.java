/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.List;

/**
 * The task was executed, and it has left something behind in its worker that the tasks after it would have met, which {@link
 * ProcessPoolOptions.DirtyWorkers#FAIL} does not allow. The worker is replaced.
 */
public class DirtyWorkerException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** What was found, one change each. */
    private final String[] changes;

    /**
     * Makes an exception.
     *
     * @param task what was executed, such as {@code "task #7"}
     * @param changes what was found, one change each
     */
    public DirtyWorkerException(String task, List<String> changes) {
        super(
                Category.TASK,
                task + " has left something behind in its worker, which other tasks would have met: "
                        + String.join("; ", changes)
                        + "; let it put back what it changes and end what it starts, in a finally block, or allow it with"
                        + " ProcessPoolOptions.dirtyWorkers");
        this.changes = changes.toArray(String[]::new);
    }

    /**
     * Returns what the task has changed.
     *
     * @return one change each, such as {@code "system properties: http.proxyHost"}; immutable
     */
    public List<String> changes() {
        return List.of(changes);
    }
}
