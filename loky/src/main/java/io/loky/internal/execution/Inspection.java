/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.internal.wire.EncodedFrame;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Judges what tasks do to whoever runs them. Called on the thread that runs them. */
public interface Inspection {
    /** Lets everything pass. */
    static Inspection none(AnswerSink out) {
        return (taskId, answer) -> out.send(answer);
    }

    /** This task comes next. */
    default void begins(long taskId) {}

    /**
     * A task, an item, or the way of either here or back, has failed with this.
     *
     * @return what to answer: the same, or one like it that says more
     */
    default Throwable failed(Throwable thrown) {
        return thrown;
    }

    /**
     * The code of a task, or of an item, has run: at least that which rebuilds it from its bytes.
     *
     * @param subject what has run, for messages
     * @return what to answer instead of a result; null to leave the answer as it is
     */
    default @Nullable Throwable leftBehind(Object subject) {
        return null;
    }

    /**
     * All of a task has run: says what there is to say about it, and sends its answer.
     *
     * @throws IOException if the other side is gone
     */
    void answer(long taskId, EncodedFrame answer) throws IOException;
}
