/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How often a random test has met the cases that it is made for. Each thread counts in its own. */
final class Coverage {
    /** What a run may meet. */
    enum Case {
        DELIVERED,
        ANSWER_DROPPED,
        ANSWER_AFTER_ITS_LIMIT_AND_BEFORE_THE_TICK,
        LATE_ANSWER_OF_ONE_GIVEN_UP,
        ANSWERED_UNASKED,
        REJECTED,

        CANCELLED_BEFORE_SUBMIT,
        CANCELLED_QUEUED,
        CANCELLED_RUNNING,
        KILLED_BY_CANCEL,
        INTERRUPTED_BY_CANCEL,
        ANSWERED_IN_ITS_GRACE,
        TIMED_OUT_AND_ANSWERED,
        KILLED_AFTER_ITS_GRACE,
        DIED_IN_ITS_GRACE,
        CANCELLED_IN_ITS_GRACE,
        WAITED_TOO_LONG,
        TOLD_SLOW,

        KILLED_BEFORE_STARTED,
        DIED_STARTING,
        DIED_IDLE,
        DIED_TASK_ON_ITS_WAY,
        DIED_TASK_NOT_BEGUN,
        DIED_TASK_BEGUN,
        DIED_ANSWER_UNREAD,
        DIED_LEAVING,
        SENT_TO_A_DEAD_WORKER,
        TASK_LOST_WITH_ITS_WORKER,
        TASK_RETURNED_TO_THE_QUEUE,
        TASK_GIVEN_UP_AFTER_LOST_STARTS,
        TASK_MET_WORKERS_DEAD_AT_ONCE,
        REPLACED_AT_ONCE,

        EXECUTED_AGAIN,
        EXECUTED_AGAIN_AFTER_A_PAUSE,
        PAUSE_ENDS,
        CANCELLED_PAUSING,
        EXECUTED_AS_OFTEN_AS_IT_MAY,
        QUARANTINED_WAITING,
        QUARANTINED_SUBMITTED,
        QUARANTINED_WAITING_FOR_ROOM,
        RETURNING_TASK_REFUSED,
        RELEASED,
        TOO_MANY_CRASHES_WAITING,
        TOO_MANY_CRASHES_SUBMITTED,
        TOO_MANY_CRASHES_WAITING_FOR_ROOM,
        STARTED_AFTER_TOO_MANY_CRASHES,
        ENLARGED,
        NOT_ENLARGED_SINCE_REFUSED,
        CANCELLED_LARGER,
        DELIVERED_LARGER,

        START_TIMED_OUT,
        LATE_GREETING,
        GREETING_OF_ONE_GIVEN_UP,
        STARTED_AFTER_A_PAUSE,
        NO_WORKER_STARTS,
        NO_WORKER_STARTS_IN_TIME,

        IDLE_TIMEOUT,
        LEAVING_WORKER_KILLED,
        TASK_TIMED_OUT,
        CANCELLED_TASK_TIMED_OUT,

        SILENT_TASK_BEGUN,
        SILENT_TASK_NOT_BEGUN,
        SILENT_IDLE,
        BEATS_AGAIN_JUST_IN_TIME,
        HEARD_OF_ONE_THAT_IS_GONE,

        GIVEN_UP_ALIVE,
        GIVEN_UP_BEFORE_STARTED,
        GIVEN_UP_DEAD_WITH_OPEN_PIPE,
        DIED_AFTER_IT_WAS_GIVEN_UP,

        RESIZED_STARTS_MORE,
        RESIZED_IDLE_LEAVES,
        RESIZED_STARTING_KILLED,
        RESIZED_BUSY_LEAVES_LATER,
        RESIZED_TO_THE_SAME,
        RESIZED_IN_SHUTDOWN,
        RESIZED_AFTER_THE_END,

        GAVE_MEMORY_BACK,
        KEPT_THOUGH_IDLE,
        SPARE_TAKES_A_PLACE,
        SPARE_OVERTAKES_ONE_THAT_STARTS,
        SPARE_LEAVES_OUT_OF_USE,
        SPARE_DIED,
        RESIZED_RESERVE_LEAVES,
        LEFT_AFTER_ITS_LAST_TASK,
        HANDED_OVER,
        UNFIT_FOR_MORE,
        KILLED_FOR_ITS_MEMORY,
        TOLD_UNFIT_WHILE_IDLE,
        URGENT_OVERTAKES,
        FULL_AND_REFUSED,
        WAITED_FOR_ROOM,
        CANCELLED_WAITING_FOR_ROOM,
        GAVE_UP_WAITING_FOR_ROOM,
        TURNED_AWAY,

        SHUTDOWN_FINISHES_WORK,
        STOPPED_WITH_WORK,
        BROKEN_WITH_WORK,
        TERMINATED,
        TERMINATED_WHEN_THE_LAST_WAS_CLEARED
    }

    private final long[] counts = new long[Case.values().length];

    void met(Case rare) {
        counts[rare.ordinal()]++;
    }

    void add(Coverage other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    List<Case> neverMet() {
        List<Case> missing = new ArrayList<>();
        for (Case rare : Case.values()) {
            if (counts[rare.ordinal()] == 0) {
                missing.add(rare);
            }
        }
        return missing;
    }

    @Override
    public String toString() {
        StringBuilder words = new StringBuilder();
        for (Case rare : Case.values()) {
            words.append(words.length() == 0 ? "" : ", ")
                    .append(rare.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                    .append(' ')
                    .append(counts[rare.ordinal()]);
        }
        return words.toString();
    }
}
