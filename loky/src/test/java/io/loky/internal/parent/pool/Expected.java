/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.pool.Story.Place;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What must be the case in a pool, as follows from the events alone. */
final class Expected {
    int maxWorkers;

    /** What waits, in order; those that are over are skipped. */
    final ArrayDeque<Story> queue = new ArrayDeque<>();

    int queued;
    int open;
    long outcomes;
    int starts;
    int gone;
    int uncleared;
    int terminations;
    final long[] ends = new long[EndReason.values().length];

    /** How many starts there is a reason for. */
    long reasonsToStart;

    /** A start has failed, and no worker that was started later has answered. */
    boolean troubled;

    long lastFailureAt;

    /** Since the last answer. */
    int failedStarts;

    // ---- as it was after the last event ---------------------------------------------------------------------------

    int members;
    int starting;
    int idle;
    int busy;

    Expected(int maxWorkers) {
        this.maxWorkers = maxWorkers;
    }

    // ---- tasks ------------------------------------------------------------------------------------------------------

    void enqueueLast(Story story) {
        story.place = Place.QUEUED;
        queue.addLast(story);
        queued++;
    }

    /** The one that had to wait because its worker died. */
    void enqueueFirst(Story story) {
        story.lostStarts++;
        story.place = Place.QUEUED;
        queue.addFirst(story);
        queued++;
        reasonsToStart++;
    }

    /** The next in the queue, or null. */
    @Nullable
    Story takeFirst() {
        Story oldest = queue.pollFirst();
        while (oldest != null && oldest.place != Place.QUEUED) {
            oldest = queue.pollFirst();
        }
        if (oldest != null) {
            queued--;
        }
        return oldest;
    }

    void over(Story story) {
        if (story.place == Place.QUEUED) {
            queued--;
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
        return reason == EndReason.CRASHED
                || reason == EndReason.CANCELLED
                || reason == EndReason.TASK_TIMEOUT
                || reason == EndReason.UNRESPONSIVE;
    }

    void noteFailedStart(FakeProcess process, EndReason reason, @Nullable Story task, long now) {
        boolean diedOfItself = reason == EndReason.CRASHED && process.answers == 0 && task == null;
        if (reason != EndReason.START_FAILED && !diedOfItself) {
            return;
        }
        // Those that were started side by side fail side by side, for one reason.
        if (!troubled || process.startedAt > lastFailureAt) {
            failedStarts++;
            troubled = true;
            lastFailureAt = now;
        }
    }

    static boolean isMember(WorkerState seen) {
        return seen == WorkerState.STARTING || seen == WorkerState.IDLE || seen == WorkerState.BUSY;
    }

    /** Saturates, as the state must. */
    static long later(long from, long delay) {
        long sum = from + delay;
        return delay > 0 && sum < from ? Worker.NEVER : sum;
    }
}
