/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

/**
 * How many items the next chunk should have. Not thread-safe.
 *
 * <p>A chunk costs about 0.1 ms beside its items: the round trip, the function's decoding, a few wake-ups. One that runs for 20 ms
 * wastes less than a hundredth by that; a longer one wastes no less to speak of, but makes results, and whoever waits for a
 * cancellation, later. So chunks begin with one item and double as long as they run for less than 20 ms; one that ran for more
 * than 200 ms makes the next ones smaller. Where the number of items is known, the last chunks are small, so that all workers
 * are busy to the end; but not shorter than 1 ms, below which that gains nothing.
 */
final class ChunkSizer {
    static final long SHORT_NANOS = 20_000_000;
    static final long LONG_NANOS = 200_000_000;

    /** What a chunk that was too long is made to be. */
    static final long GOOD_NANOS = 50_000_000;

    static final long LEAST_NANOS = 1_000_000;

    /** A bound where items cost nothing. */
    static final int MOST = 1 << 15;

    /** How many chunks each worker should find where their size is not told. */
    static final int CHUNKS_PER_WORKER = 4;

    /** How many at least where a window is told. */
    private static final int CHUNKS_PER_WINDOW = 2;

    /** How many chunks each worker should still find near the end. */
    private static final int LAST_CHUNKS = 2;

    private final int fixed;
    private int size = 1;
    private double nanosPerItem = Double.MAX_VALUE;

    /**
     * @param fixed the user's size; 0 for an automatic one
     */
    ChunkSizer(int fixed) {
        this.fixed = fixed;
    }

    boolean isAutomatic() {
        return fixed == 0;
    }

    /** How far to go ahead of the consumer, in items, where the user does not say it. */
    int window(int workers) {
        long items = (long) CHUNKS_PER_WORKER * workers * (fixed == 0 ? size : fixed);
        return (int) Math.min(items, Integer.MAX_VALUE);
    }

    /**
     * No further ahead than this, in items, where the user says neither: as many as were consumed. Whoever wants ten results of an
     * endless input has not had it read ten thousand items ahead, and who wants them all has lost nothing, as it doubles.
     */
    int bound(int workers, long consumed) {
        long least = (long) CHUNKS_PER_WORKER * workers;
        return fixed > 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, Math.max(least, consumed));
    }

    /**
     * The size of the next chunk, at least 1.
     *
     * @param window how far it may go ahead, in items; 0 for any number
     * @param remaining how many items there still are; negative if that is not known
     */
    int next(int workers, int window, long remaining) {
        long most = window == 0 ? MOST : window;
        if (fixed > 0) {
            return window == 0 ? fixed : (int) Math.min(fixed, most);
        }
        if (window > 0) {
            most = Math.max(1, most / ((long) CHUNKS_PER_WINDOW * workers));
        }
        long next = Math.min(size, most);
        if (remaining >= 0) {
            long share = divideUp(remaining, (long) LAST_CHUNKS * workers);
            next = Math.min(next, Math.max(share, (long) Math.ceil(LEAST_NANOS / nanosPerItem)));
        }
        return (int) Math.max(1, next);
    }

    /** A chunk of so many items took so long. */
    void ran(int items, long nanos) {
        if (items < 1) {
            return;
        }
        long took = Math.max(1, nanos);
        nanosPerItem = (double) took / items;
        if (took < SHORT_NANOS) {
            long grown = Math.min(2L * items, (long) (items * ((double) SHORT_NANOS / took)));
            size = (int) Math.min(MOST, Math.max(size, grown));
        } else if (took > LONG_NANOS) {
            size = (int) Math.max(1, Math.min(size, (long) (GOOD_NANOS / nanosPerItem)));
        }
    }

    private static long divideUp(long number, long by) {
        return (number + by - 1) / by;
    }
}
