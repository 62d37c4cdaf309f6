/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/**
 * The pool was shut down before this task, which it had accepted, could end. A task that is submitted after the
 * shutdown is refused with {@link java.util.concurrent.RejectedExecutionException} instead.
 */
public class ExecutorShutdownException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what happened, and what to do about it
     */
    public ExecutorShutdownException(String message) {
        super(Category.POOL, message);
    }
}
