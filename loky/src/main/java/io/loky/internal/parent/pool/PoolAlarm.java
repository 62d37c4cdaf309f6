/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.thread.ServiceThread;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The alarm clock of one pool: rings once at the earliest of the times that it was given. All pools share one thread, which
 * is there only while some alarm is set. Thread-safe; used without the pool's lock, since setting it may start that thread.
 */
class PoolAlarm {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    private static final ScheduledThreadPoolExecutor TIMER =
            new ScheduledThreadPoolExecutor(1, runnable -> ServiceThread.of("loky-timer", runnable));

    static {
        TIMER.setKeepAliveTime(5, TimeUnit.SECONDS);
        TIMER.allowCoreThreadTimeOut(true);
        TIMER.setRemoveOnCancelPolicy(
                true); // else the timer would hold a closed pool for the rest of its idle time-out
    }

    private final Runnable ring;
    private @Nullable Future<?> pending;
    private long dueNanos = Worker.NEVER;

    PoolAlarm(Runnable ring) {
        this.ring = ring;
    }

    /** Rings at this time at the latest; nothing to do for {@link Worker#NEVER} or a time later than the one set. */
    synchronized void ringBy(long nanos) {
        if (nanos >= dueNanos) {
            return;
        }
        off();
        try {
            pending = TIMER.schedule(this::rung, Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            dueNanos = nanos;
        } catch (Throwable e) { // no thread could be started: the next event of the pool tries again
            LOG.log(Level.WARNING, "the timer could not be set", e);
        }
    }

    private void rung() {
        synchronized (this) {
            pending = null;
            dueNanos = Worker.NEVER;
        }
        ring.run();
    }

    synchronized void off() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
        dueNanos = Worker.NEVER;
    }
}
