/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The jobs of metrics x to z, in parts that are independent of one another. The same code runs in workers and in threads, and what it
 * returns is compared.
 */
enum Job {
    /** Computes and allocates nothing. */
    NUMBERS(64, 0) {
        @Override
        long part(int number) {
            return longestPath(number, PATHS);
        }
    },

    /**
     * Keeps as much as half of its heap takes, and throws as much away again and again: most of the time goes to the collector. The
     * heap is small on purpose; together the workers have as much as the one JVM of the threads.
     */
    GARBAGE(24, 128) {
        @Override
        long part(int number) {
            Map<Integer, long[]> kept = new LinkedHashMap<>();
            long sum = number;
            for (int i = 0; i < ENTRIES_TO_KEEP * TURNOVER; i++) {
                long[] entry = new long[ENTRY_LONGS];
                entry[i % ENTRY_LONGS] = i;
                kept.put(i % ENTRIES_TO_KEEP, entry);
                sum += entry[0] + kept.size();
            }
            return sum;
        }
    },

    /** Calls of a library that lets one thread in at a time, as many wrappers of native code do. */
    LOCKED(64, 0) {
        @Override
        long part(int number) {
            synchronized (LIBRARY) {
                return longestPath(number, PATHS);
            }
        }
    };

    private static final Object LIBRARY = new Object();

    /** Starting points of the paths of one part: some ten milliseconds. */
    private static final int PATHS = 60_000;

    private static final int ENTRIES_TO_KEEP = 200_000;
    private static final int ENTRY_LONGS = 20;
    private static final int TURNOVER = 2;
    private static final int WHOLE = 100;

    private final int parts;
    private final int megabytes;

    Job(int parts, int megabytes) {
        this.parts = parts;
        this.megabytes = megabytes;
    }

    /** Does one part. */
    abstract long part(int number);

    /** The number of parts at this effort. */
    int parts(Effort effort) {
        return Math.max(2, parts * effort.job() / WHOLE);
    }

    /** The heap that each worker is given, in MiB; 0 for the usual one. */
    int megabytes() {
        return megabytes;
    }

    static Job of(Metric metric) {
        return switch (metric) {
            case NUMBERS_1, NUMBERS_2 -> NUMBERS;
            case GARBAGE_2 -> GARBAGE;
            case LOCKED_2 -> LOCKED;
            default -> throw new IllegalArgumentException(metric + " is no such job");
        };
    }

    /** The most steps that any of so many numbers takes down to 1 when it is halved or tripled and increased. */
    private static long longestPath(int part, int count) {
        long longest = 0;
        for (long start = 1 + (long) part * count; start <= (long) (part + 1) * count; start++) {
            long steps = 0;
            for (long n = start; n != 1; n = (n & 1) == 0 ? n >> 1 : 3 * n + 1) {
                steps++;
            }
            longest = Math.max(longest, steps);
        }
        return longest;
    }
}
