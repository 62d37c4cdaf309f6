/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import org.jspecify.annotations.Nullable;

/**
 * When a task, or the chunk of a map for each of its items, may be executed more than once, and what its name is answerable for.
 *
 * @param retries how often after the death of a worker that executed it
 * @param name the name that the user gave, whose tasks are judged together; null if it stands for itself
 * @param heap the largest Java heap of the worker in which it is executed once more when memory was short; null if it is not
 */
public record Rerun(
        int retries, @Nullable String name, @Nullable String heap) {
    /** It is executed once, whatever happens. */
    public static final Rerun NEVER = new Rerun(0, null, null);
}
