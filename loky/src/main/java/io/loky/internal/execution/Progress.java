/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.internal.wire.BeginMark.Phase;
import java.io.IOException;

/** Where is noted how far a task is, for the report in case that it ends whoever runs it. */
public interface Progress {
    /**
     * Notes it.
     *
     * @throws IOException if it should not go on: nobody waits for it any more
     */
    void set(long taskId, Phase phase) throws IOException;

    /** What runs from now on is this task's, the rebuilding from its bytes included. */
    default void begins(long taskId) {}

    /** This task's code is through, and its answer goes out next. */
    default void ends(long taskId) {}
}
