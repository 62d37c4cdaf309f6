/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import io.loky.internal.parent.reuse.ReusableExecutors;
import java.time.Duration;

/**
 * The reusable executor, and what a program may ask about its machine.
 *
 * <p>{@link #getReusableExecutor()} is the shortest way to a pool: all callers that ask with equal options share one, whose
 * workers stay warm between uses and leave after a time without work. Who shuts it down does so for all who share it; the
 * next call then makes a new one. A pool of one's own comes from {@link ProcessPoolExecutor#create(ProcessPoolOptions)}.
 *
 * <p>Thread-safe.
 */
public final class Loky {
    private static final String MAX_CPU_COUNT = "LOKY_MAX_CPU_COUNT";

    private Loky() {}

    /**
     * Returns the reusable executor with {@link #cpuCount()} workers at the most and an idle time-out of 10 s.
     *
     * @return a running pool, shared with every caller that asks for the same
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor() {
        return getReusableExecutor(ProcessPoolOptions.builder().build());
    }

    /**
     * Returns the reusable executor with this many workers at the most and an idle time-out of 10 s.
     *
     * @param maxWorkers the most workers that it may have, 1 to 1024
     * @return a running pool, shared with every caller that asks for the same
     * @throws IllegalArgumentException if {@code maxWorkers} is out of its range
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(int maxWorkers) {
        return getReusableExecutor(
                ProcessPoolOptions.builder().maxWorkers(maxWorkers).build());
    }

    /**
     * Returns the reusable executor with this many workers at the most and this idle time-out.
     *
     * @param maxWorkers the most workers that it may have, 1 to 1024
     * @param idleTimeout how long a worker without a task stays, more than zero
     * @return a running pool, shared with every caller that asks for the same
     * @throws IllegalArgumentException if an argument is out of its range
     * @throws NullPointerException if {@code idleTimeout} is {@code null}
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(int maxWorkers, Duration idleTimeout) {
        return getReusableExecutor(ProcessPoolOptions.builder()
                .maxWorkers(maxWorkers)
                .idleTimeout(idleTimeout)
                .build());
    }

    /**
     * Returns the reusable executor with these options: the running pool that was asked for with equal options before, or
     * a new one. One that was shut down is replaced. Pools that were asked for with other options are not touched.
     *
     * @param options the options
     * @return a running pool, shared with every caller that asks for the same
     * @throws NullPointerException if {@code options} is {@code null}
     * @throws NestingLimitException if this JVM is a worker that is nested so deep that it may have no workers itself
     */
    public static ProcessPoolExecutor getReusableExecutor(ProcessPoolOptions options) {
        return ReusableExecutors.get(options);
    }

    /**
     * Returns how many CPUs this process may use: what {@link Runtime#availableProcessors()} says, which respects the
     * limits of its container (a fraction counts as a whole CPU) and its CPU affinity, and at most the value of the
     * environment variable {@code LOKY_MAX_CPU_COUNT} where that is set.
     *
     * @return the number, at least 1
     * @throws IllegalArgumentException if {@code LOKY_MAX_CPU_COUNT} is set and not a whole number of at least 1
     */
    public static int cpuCount() {
        int available = Runtime.getRuntime().availableProcessors();
        String limit = System.getenv(MAX_CPU_COUNT);
        return limit == null || limit.isEmpty() ? available : Math.min(available, parse(limit));
    }

    /**
     * Returns how many CPUs this process may use. Counting physical cores is not available in this version.
     *
     * @param onlyPhysicalCores must be {@code false}: then the same as {@link #cpuCount()}
     * @return the number, at least 1
     * @throws UnsupportedOperationException if {@code onlyPhysicalCores} is {@code true}
     * @throws IllegalArgumentException if {@code LOKY_MAX_CPU_COUNT} is set and not a whole number of at least 1
     */
    public static int cpuCount(boolean onlyPhysicalCores) {
        if (onlyPhysicalCores) {
            throw Checks.unavailable("Loky.cpuCount(onlyPhysicalCores = true)");
        }
        return cpuCount();
    }

    private static int parse(String limit) {
        int number;
        try {
            number = Integer.parseInt(limit.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(MAX_CPU_COUNT + " must be a whole number, got '" + limit + "'", e);
        }
        if (number < 1) {
            throw new IllegalArgumentException(MAX_CPU_COUNT + " must be at least 1, got " + number);
        }
        return number;
    }
}
