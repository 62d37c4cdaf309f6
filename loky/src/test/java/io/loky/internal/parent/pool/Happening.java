/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.pool.Happening.Cause;
import org.jspecify.annotations.Nullable;

/** The event that is happening to the state. One object for all of a run. */
final class Happening {
    enum Cause {
        SUBMIT,
        CANCEL,
        READY,
        ANSWERED,
        GONE,
        CLEARED,
        HEARD,
        TICK,
        PRESTART,
        RESIZE,
        SHUTDOWN,
        STOP,
        BREAK_DOWN
    }

    Cause cause = Cause.TICK;
    long now;

    /** Whose event it is, or null. */
    @Nullable
    FakeProcess process;

    WorkerState seenBefore = WorkerState.GONE;

    /** Which task it is about, or null. */
    @Nullable
    Story story;

    /** How many workers it has started so far. */
    int starts;

    void begin(Cause happening, @Nullable FakeProcess whose, @Nullable Story which, long at) {
        cause = happening;
        now = at;
        process = whose;
        seenBefore = whose == null ? WorkerState.GONE : whose.seen;
        story = which;
        starts = 0;
    }

    boolean is(Cause other) {
        return cause == other;
    }
}
