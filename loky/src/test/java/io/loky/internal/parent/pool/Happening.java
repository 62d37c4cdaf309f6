/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.pool.Happening.Cause;
import org.jspecify.annotations.Nullable;

/** The event that is happening to the state. One object for all of a run. */
final class Happening {
    enum Cause {
        OPEN,
        SUBMIT,
        WITHDRAW,
        CANCEL,
        READY,
        ANSWERED,
        UNFIT,
        GONE,
        CLEARED,
        HEARD,
        TOOK_TOO_MUCH,
        TICK,
        PRESTART,
        RESIZE,
        SHUTDOWN,
        STOP,
        BREAK_DOWN,
        RAN_OUTSIDE,
        RELEASE
    }

    Cause cause = Cause.TICK;
    long now;

    /** Whose event it is, or null. */
    @Nullable
    FakeProcess process;

    WorkerState seenBefore = WorkerState.GONE;

    /** Whether it had a place then, and was there to use it. */
    boolean memberBefore;

    /** Which task it is about, or null. */
    @Nullable
    Story story;

    /** For which reason, where it is one. */
    @Nullable
    EndReason reason;

    /** Whether the task is to be executed again, or once more elsewhere; and how often that was said so far. */
    boolean again;

    int agains;

    /** How many workers it has started so far. */
    int starts;

    /** How many of them were for the reserve. */
    int startsInReserve;

    /** How many that were not ready it has killed so far. */
    int startsEnded;

    /** How many that were in reserve have a place by it. */
    int heirs;

    /** How many workers left by it to make way for a successor that is ready. */
    int handedOver;

    /** How many that start have given their place to one that is ready. */
    int exchanges;

    /** How many workers left by it because they were idle. */
    int expired;

    void begin(Cause happening, @Nullable FakeProcess whose, @Nullable Story which, long at) {
        cause = happening;
        now = at;
        process = whose;
        seenBefore = whose == null ? WorkerState.GONE : whose.seen;
        story = which;
        memberBefore = whose != null && whose.isMember();
        again = false;
        agains = 0;
        starts = 0;
        startsEnded = 0;
        startsInReserve = 0;
        heirs = 0;
        handedOver = 0;
        exchanges = 0;
        expired = 0;
    }

    boolean is(Cause other) {
        return cause == other;
    }
}
