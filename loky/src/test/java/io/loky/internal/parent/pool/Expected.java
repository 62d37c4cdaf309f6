/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.pool.Story.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** What must be the case in a pool, as follows from the events alone. */
final class Expected {
    int maxWorkers;

    /** What waits, in the order in which it leaves; those that are over are skipped. */
    final ArrayList<Story> queue = new ArrayList<>();

    /** Those whose submitters wait for room, in order. */
    final ArrayDeque<Story> outside = new ArrayDeque<>();

    int queued;
    int open;
    long outcomes;
    int starts;
    int gone;
    int uncleared;
    int terminations;

    /** The largest size that it has had. */
    int mostWorkers;

    final long[] ends = new long[EndReason.values().length];

    /** How many workers there is a reason to give a place to, and how many got one. */
    long reasonsForPlaces;

    long places;

    /** Whether there was work, or prestart, since all was quiet for the idle time-out; and when all will have been so. */
    boolean inUse;

    long outOfUse = Worker.NEVER;

    /** A start has failed, and no worker that was started later has answered. */
    boolean troubled;

    long lastFailureAt;

    /** Since the last answer. */
    int failedStarts;

    // ---- as it was after the last event ---------------------------------------------------------------------------

    int members;
    int starting;
    int joining;
    int due;
    int inReserve;

    /** Whether one in reserve is ready and can have a free place, which is there. */
    boolean freeSpare;

    int idle;
    int busy;

    final ExpectedCrashes crashes;

    Expected(Setup setup) {
        int maxWorkers = setup.maxWorkers;
        this.crashes = new ExpectedCrashes(setup);
        this.maxWorkers = maxWorkers;
        this.mostWorkers = maxWorkers;
    }

    // ---- tasks ------------------------------------------------------------------------------------------------------

    void enqueueLast(Story story) {
        story.place = Place.QUEUED;
        int at = queue.size();
        while (at > 0 && queue.get(at - 1).priority() < story.priority()) {
            at--;
        }
        queue.add(at, story);
        queued++;
    }

    /** One that was in the queue before comes back. */
    void enqueueFirst(Story story) {
        story.place = Place.QUEUED;
        int at = 0;
        while (at < queue.size() && queue.get(at).priority() > story.priority()) {
            at++;
        }
        queue.add(at, story);
        queued++;
        reasonsForPlaces++;
    }

    /** Those that have paused until then come back, the first that came before the others. */
    void endPauses(long until) {
        for (int i = crashes.pausing.size() - 1; i >= 0; i--) {
            if (crashes.pausing.get(i).pausesUntil <= until) {
                enqueueFirst(crashes.pausing.remove(i));
            }
        }
    }

    /** The pool has taken it. */
    void accept(Story story, long now) {
        story.accepted = true;
        story.queueBy = later(now, story.queueLimitNanos());
        open++;
        reasonsForPlaces++;
    }

    /** One that waited for room has come in. */
    void letIn(Story story, long now) {
        outside.remove(story);
        accept(story, now);
    }

    /** The next in the queue, or null. */
    @Nullable
    Story takeFirst() {
        while (!queue.isEmpty()) {
            Story next = queue.remove(0);
            if (next.place == Place.QUEUED) {
                queued--;
                return next;
            }
        }
        return null;
    }

    void over(Story story) {
        if (story.place == Place.QUEUED) {
            queued--;
        } else if (story.place == Place.PAUSING) {
            crashes.pausing.remove(story);
        }
        if (story.accepted) {
            open--;
        }
        story.place = Place.OVER;
        outcomes++;
        if (story.delivered + story.failed + story.cancelled != 1) {
            throw new Violation(story + " has two outcomes");
        }
    }

    // ---- workers ----------------------------------------------------------------------------------------------------

    static EndReason reasonOfEnd(FakeProcess process) {
        if (process.told != null) {
            return process.told;
        }
        return process.seen == WorkerState.STARTING ? EndReason.START_FAILED : EndReason.CRASHED;
    }

    static boolean isReplaced(EndReason reason) {
        return switch (reason) {
            case IDLE_TIMEOUT, SHUTDOWN, RESIZED, START_FAILED -> false;
            default -> true;
        };
    }

    void noteFailedStart(FakeProcess process, EndReason reason, @Nullable Story task, long now) {
        boolean unused = reason == EndReason.CRASHED && process.answers == 0 && task == null;
        if (unused && now - process.readyAt > StartBackoff.LONGEST_PAUSE_NANOS) {
            noteSuccess(process); // it was there for long
            return;
        }
        if (reason != EndReason.START_FAILED && !unused) {
            return;
        }
        // Those that were started side by side fail side by side, for one reason.
        if (!troubled || process.startedAt > lastFailureAt) {
            failedStarts++;
            troubled = true;
            lastFailureAt = now;
        }
    }

    /** It has shown that it could be started. */
    void noteSuccess(FakeProcess process) {
        failedStarts = 0;
        if (process.startedAt > lastFailureAt) {
            troubled = false;
        }
    }

    static boolean mayGoOn(EndReason leavesFor) {
        return leavesFor == EndReason.MAX_AGE;
    }

    /** Saturates, as the state must. */
    static long later(long from, long delay) {
        long sum = from + delay;
        return delay > 0 && sum < from ? Worker.NEVER : sum;
    }
}
