/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.Task;
import org.jspecify.annotations.Nullable;

/** A task, and what has become of it as the shell and its user see it. */
final class Story extends Task {
    /** Where the pool must have it. */
    enum Place {
        OUTSIDE,
        QUEUED,
        /** Waits for a while before it is executed again. */
        PAUSING,
        SENT,
        /** Executed once more, with a larger heap, elsewhere. */
        LARGER,
        OVER
    }

    Place place = Place.OUTSIDE;
    boolean accepted;
    int delivered;
    int failed;
    int cancelled;

    /** A worker has begun to execute it. */
    boolean begun;

    int sends;
    int lostStarts;

    /** When the last one was lost. */
    long lostAt;

    /** When it must not wait in the queue any more. */
    long queueBy = Worker.NEVER;

    /** How often its worker has crashed with it, and it was to be executed again. */
    int crashes;

    /** How long it pauses. */
    long pausesUntil;

    /** The thread that submits it and waits for room; null while none does. */
    @Nullable
    Admission admission;

    /** That thread was told to go on. */
    boolean goesOn;

    Story(long id, long limitNanos, int priority) {
        super(id, limitNanos, priority);
    }

    @Override
    public String toString() {
        return "#" + id();
    }
}
