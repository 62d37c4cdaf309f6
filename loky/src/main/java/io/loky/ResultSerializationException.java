/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import org.jspecify.annotations.Nullable;

/**
 * The task was executed, but its result could not be turned into bytes, or could not be rebuilt in the parent. It cost
 * no worker. The message names the object that is to blame.
 */
public class ResultSerializationException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what happened, which object is to blame, and what to do about it
     * @param cause what the serialization threw; {@code null} if it threw nothing
     */
    public ResultSerializationException(String message, @Nullable Throwable cause) {
        super(Category.TASK, message, cause);
    }
}
