/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import org.jspecify.annotations.Nullable;

/**
 * The task, or an argument of it, could not be turned into bytes, or could not be rebuilt in the worker. It was not
 * executed, and it cost no worker. The message names the object that is to blame.
 */
public class TaskSerializationException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what happened, which object is to blame, and what to do about it
     * @param cause what the serialization threw; {@code null} if it threw nothing
     */
    public TaskSerializationException(String message, @Nullable Throwable cause) {
        super(Category.TASK, message, cause);
    }
}
