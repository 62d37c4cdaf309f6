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

    /**
     * On this thread runs next what is the user's of this task, or of its next item: the rebuilding from bytes, the code, the
     * encoding of the result. Until {@link #codeEnds} it may be interrupted.
     *
     * @return false if nobody wants it any more: then it is not to be run
     */
    default boolean codeBegins(long taskId) {
        return true;
    }

    /**
     * Whether anybody still waits for this task. Where nobody does, what its code has come to is dropped unread, and to encode it
     * would use up the time that the task has to end.
     */
    default boolean isWanted(long taskId) {
        return true;
    }

    /** From now on nothing of a user's runs here. The interrupt that it leaves set must meet nobody else. */
    default void codeEnds() {
        Thread.interrupted();
    }
}
