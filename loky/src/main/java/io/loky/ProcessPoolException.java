/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the library itself reports as a failure, as opposed to an exception that a task has thrown. The
 * {@link #category()} says what went wrong and so what the caller can do; the message ends with the remedy. Each future
 * fails with an instance of its own.
 */
public class ProcessPoolException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What the failure is about. */
    private final Category category;

    /**
     * Makes an exception whose cause may still be set with {@link #initCause}.
     *
     * @param category what the failure is about
     * @param message what happened, and what to do about it
     */
    protected ProcessPoolException(Category category, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.category = Objects.requireNonNull(category, "category");
    }

    /**
     * Makes an exception with a cause.
     *
     * @param category what the failure is about
     * @param message what happened, and what to do about it
     * @param cause what led to it; {@code null} if nothing else did
     */
    protected ProcessPoolException(Category category, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.category = Objects.requireNonNull(category, "category");
    }

    /**
     * Returns what the failure is about.
     *
     * @return the category
     */
    public Category category() {
        return category;
    }

    /** What a failure is about, which decides what the caller can do. */
    public enum Category {
        /** This task cannot work as it is: change the task or its data; to submit it again as it is does not help. */
        TASK,

        /** The worker died under this task: submit the task again if it does no harm to run it twice. */
        WORKER,

        /** The pool cannot do what was asked: correct its options or its environment, or create another pool. */
        POOL
    }
}
