/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Says that workers leave. Those that something is wrong with are a warning, since a pool that replaces a worker after each
 * task still answers, only slowly; at most once a minute for each reason, since it then does so for ever. Thread-safe.
 */
final class RecyclingLog {
    static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final String pool;
    private final Map<EndReason, Told> told = new EnumMap<>(EndReason.class);

    private static final class Told {
        long nanos;
        int sinceThen;
    }

    /**
     * @param pool the pool's label
     */
    RecyclingLog(Logger log, String pool) {
        this.log = log;
        this.pool = pool;
    }

    /** A worker has been told to leave. */
    void leaves(int worker, EndReason reason, String detail, long now) {
        String what = pool + ": worker " + worker + " leaves: " + reason + (detail.isEmpty() ? "" : ", " + detail);
        String remedy = remedy(reason);
        if (remedy.isEmpty()) {
            log.log(Level.DEBUG, what);
            return;
        }
        int before = count(reason, now);
        if (before < 0) {
            log.log(Level.DEBUG, what);
        } else {
            String others = before == 0 ? "" : "; " + before + " others for this reason since the last warning";
            log.log(Level.WARNING, what + "; another one takes its place" + others + "; " + remedy);
        }
    }

    /** How many were not told since the last one that was; negative if it is not time to tell. */
    private synchronized int count(EndReason reason, long now) {
        Told last = told.get(reason);
        if (last != null && now - last.nanos < PAUSE_NANOS) {
            last.sinceThen++;
            return -1;
        }
        Told next = new Told();
        next.nanos = now;
        told.put(reason, next);
        return last == null ? 0 : last.sinceThen;
    }

    /** Empty where nothing is wrong. */
    private static String remedy(EndReason reason) {
        return switch (reason) {
            case MEMORY_GROWTH -> "look for what its tasks keep in static fields, or allow more with memoryGrowthLimit";
            case MEMORY_LIMIT -> "give it a smaller heap with maxHeap, or allow more with workerMemoryLimit";
            case UNHEALTHY -> "look at what the workerHealthCheck says; one that always fails costs a JVM each time";
            case DIRTY -> "let tasks put back what they change and end what they start, in a finally block";
            default -> ""; // OUT_OF_MEMORY: a task has failed of it, and its future says so
        };
    }
}
