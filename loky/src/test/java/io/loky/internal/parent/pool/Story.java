/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.Task;

/** A task, and what has become of it as the shell and its user see it. */
final class Story extends Task {
    /** Where the pool must have it. */
    enum Place {
        OUTSIDE,
        QUEUED,
        SENT,
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

    Story(long id, long limitNanos) {
        super(id, limitNanos);
    }

    @Override
    public String toString() {
        return "#" + id();
    }
}
