/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.crash.Death;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.task.Rerun;
import io.loky.internal.parent.task.Task;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the crashes of workers mean for what comes after them: for the task, which may be executed again; for its name, which may be
 * detained; for the pool, which may have a rest. Decides, and moves nothing: that the {@link TaskBook} does. Guarded by the pool's lock.
 */
final class CrashPolicy {
    /** What becomes of a task that was being executed when its worker died. */
    enum Next {
        /** It is executed again. */
        AGAIN,
        /** It is executed again, once, in a worker with a larger heap. */
        LARGER,
        /** It fails: it may not be executed again, has been as often as it may, or the pool starts nothing for now. */
        FAILS,
        /** It fails, and with it all of its name: that is detained by this death, or was before. */
        FAILS_AND_ITS_NAME
    }

    private final Quarantine quarantine;
    private final CrashRate rate;

    CrashPolicy(CrashLimits limits) {
        this.quarantine = new Quarantine(limits);
        this.rate = new CrashRate(limits);
    }

    /** A worker has died, with a task or without one. Comes before {@link #next}. */
    void died(Death death, @Nullable Task task, long now) {
        if (death.isCrash()) {
            rate.crashed(death, task == null ? 0 : task.id(), now);
        }
    }

    /** What becomes of this task, which was being executed. */
    Next next(Task task, Death death, long now) {
        if (!death.isCrash()) {
            // What the user has set as a limit is met again, and what the user has ended is not wanted.
            return Next.FAILS;
        }
        Rerun rule = task.rerun();
        String name = rule.name();
        boolean detained = name != null && quarantine.failure(name) != null;
        boolean rests = rate.failure(now) != null;
        if (!detained && !rests && mayBeEnlarged(task) && Verdict.ranOutOfMemory(death)) {
            return Next.LARGER; // does not count: what the name lacked was memory, and it gets that
        }
        if (name != null && (quarantine.crashed(name, task.id(), death) || detained)) {
            return Next.FAILS_AND_ITS_NAME;
        }
        if (rests) {
            return Next.FAILS;
        }
        return task.crashes() < rule.retries() ? Next.AGAIN : Next.FAILS;
    }

    /** Whether it may be executed once more with a larger heap, if it was memory that it lacked. */
    static boolean mayBeEnlarged(Task task) {
        return task.rerun().heap() != null && !task.isEnlarged();
    }

    /** How long a task waits that is to be executed again: not after the first crash, which may have been bad luck. */
    static long pauseNanos(Task task) {
        int further = task.crashes() - 1;
        return further < 1 ? 0 : StartBackoff.pauseNanos(further);
    }

    /** A task has ended, and its worker lives. */
    void survived(Task task) {
        quarantine.survived(task.rerun().name());
    }

    /** Why this task is not executed now; null if it is. */
    @Nullable
    Failure refusal(Task task, long now) {
        Failure failure = rate.failure(now);
        return failure != null ? failure : quarantine.failure(task.rerun().name());
    }

    /** Why nothing is started now; null if there is no reason. */
    @Nullable
    Failure rest(long now) {
        return rate.failure(now);
    }

    /** When the rest is over; {@link Worker#NEVER} if there is none. */
    long restEndsNanos(long now) {
        return rate.closesNanos(now);
    }

    boolean release(String name) {
        return quarantine.release(name);
    }

    Map<String, Failure.Quarantined> detained() {
        return quarantine.detained();
    }
}
