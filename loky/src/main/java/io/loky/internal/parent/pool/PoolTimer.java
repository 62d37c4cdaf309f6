/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread for the deadlines of all pools of this JVM; there only while some pool has a deadline. */
final class PoolTimer {
    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1, runnable -> {
        Thread thread = new Thread(runnable, "loky-timer");
        thread.setDaemon(true);
        return thread;
    });

    static {
        TIMER.setKeepAliveTime(5, TimeUnit.SECONDS);
        TIMER.allowCoreThreadTimeOut(true);
    }

    private PoolTimer() {}

    static void schedule(Runnable runnable, long delayNanos) {
        Future<?> unused = TIMER.schedule(runnable, delayNanos, TimeUnit.NANOSECONDS); // the runnable fails by itself
    }
}
