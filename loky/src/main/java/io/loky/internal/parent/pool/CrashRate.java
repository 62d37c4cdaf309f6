/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.crash.Death;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The breaker of a pool whose workers die faster than they may: while it is open no task is taken and no worker started, so that
 * one clear error comes in place of a storm of processes.
 *
 * <pre>
 *   closed -> open         by the crash that is one too many within the window
 *   open -> closed         a window after the last crash, also of those that came while it was open
 * </pre>
 */
final class CrashRate {
    private final int most;
    private final long window;

    /** When there were crashes: those within the window before the last one, and no more than one too many. */
    private final ArrayDeque<Long> times = new ArrayDeque<>();

    private long openUntil;

    /** What it is open for, or was last. */
    private Failure.@Nullable TooManyCrashes failure;

    CrashRate(CrashLimits limits) {
        this.most = limits.most();
        this.window = limits.windowNanos();
    }

    /**
     * @param taskId which task the worker had; 0 for none
     */
    void crashed(Death death, long taskId, long now) {
        if (most == CrashLimits.ANY_NUMBER) {
            return;
        }
        while (!times.isEmpty() && (now - times.getFirst() >= window || times.size() > most)) {
            times.removeFirst();
        }
        times.addLast(now);
        if (times.size() > most || failure(now) != null) {
            openUntil = PoolTerms.later(now, window);
            failure = new Failure.TooManyCrashes(death, taskId, most, window);
        }
    }

    /** Why nothing is done now; null while it is closed. */
    Failure.@Nullable TooManyCrashes failure(long now) {
        if (failure != null && now >= openUntil) {
            failure = null;
        }
        return failure;
    }

    /** When it closes; {@link Worker#NEVER} if it is closed, or for centuries open. */
    long closesNanos(long now) {
        return failure(now) == null ? Worker.NEVER : openUntil;
    }
}
