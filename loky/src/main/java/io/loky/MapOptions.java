/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one {@link ProcessPoolExecutor#map(SerializableFunction, Iterable, MapOptions) map} can be told. Start from
 * {@link #defaults()} or {@link #chunkSize(int)}; the other methods return a changed copy. Immutable and thread-safe;
 * two instances with the same values are equal.
 */
public final class MapOptions {

    /** Stands for "nobody said": a window of no items is refused, so 0 is free. */
    private static final int AUTOMATIC = 0;

    private static final MapOptions DEFAULTS = new MapOptions(AUTOMATIC, AUTOMATIC);

    private final int chunkSize;
    private final int window;

    private MapOptions(int chunkSize, int window) {
        this.chunkSize = chunkSize;
        this.window = window;
    }

    /**
     * Returns the options of a map that was told nothing: chunk size and window are chosen automatically, results come
     * in the order of the input, there is no time limit.
     *
     * @return the defaults
     */
    public static MapOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Says how many items travel to a worker as one task. All else is as in {@link #defaults()}.
     *
     * <p>Not available yet: only 1 is accepted, which is also what the automatic choice comes to.
     *
     * @param items 1 or more
     * @return options with this chunk size
     * @throws IllegalArgumentException if the number is below 1
     * @throws UnsupportedOperationException if it is above 1, in this version
     */
    public static MapOptions chunkSize(int items) {
        return DEFAULTS.withChunkSize(items);
    }

    /**
     * Says how many items travel to a worker as one task, like {@link #chunkSize(int)}, and leaves all else as it is.
     *
     * <p>Not available yet: only 1 is accepted, which is also what the automatic choice comes to.
     *
     * @param items 1 or more
     * @return a copy with this chunk size
     * @throws IllegalArgumentException if the number is below 1
     * @throws UnsupportedOperationException if it is above 1, in this version
     */
    public MapOptions withChunkSize(int items) {
        if (Checks.atLeast("chunkSize", items, 1) > 1) {
            throw Checks.unavailable("MapOptions.chunkSize", items, 1);
        }
        return new MapOptions(items, window);
    }

    /**
     * Lets results come in the order in which they are ready.
     *
     * <p>Not available yet: results always come in the order of the input.
     *
     * @return a copy for a map without order
     * @throws UnsupportedOperationException always, in this version
     */
    public MapOptions unordered() {
        throw Checks.unavailable("MapOptions.unordered");
    }

    /**
     * Says how many items the map takes from its input ahead of the result that is consumed next. More keeps workers
     * busy when items differ much in length, fewer keep fewer items and results in memory.
     *
     * @param items 1 or more; unset means four for each worker that the pool may have
     * @return a copy with this window
     * @throws IllegalArgumentException if the number is below 1
     */
    public MapOptions window(int items) {
        return new MapOptions(chunkSize, Checks.atLeast("window", items, 1));
    }

    /**
     * Limits how long each item may execute.
     *
     * <p>Not available yet: every limit is refused.
     *
     * @param timeout for one item; longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     * @throws UnsupportedOperationException otherwise, in this version
     */
    public MapOptions timeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        throw Checks.unavailable("MapOptions.timeout");
    }

    /**
     * Limits how long the whole map may take, counted from the call of {@code map}.
     *
     * <p>Not available yet: every limit is refused.
     *
     * @param deadline for all items together; longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     * @throws UnsupportedOperationException otherwise, in this version
     */
    public MapOptions deadline(Duration deadline) {
        Checks.positive("deadline", deadline);
        throw Checks.unavailable("MapOptions.deadline");
    }

    /**
     * Says who hears how far the map has come.
     *
     * <p>Not available yet: every listener is refused.
     *
     * @param listener hears of each step
     * @return a copy with this listener
     * @throws UnsupportedOperationException always, in this version
     */
    public MapOptions progress(ProgressListener listener) {
        Objects.requireNonNull(listener, "listener");
        throw Checks.unavailable("MapOptions.progress");
    }

    /**
     * Returns how many items travel to a worker as one task.
     *
     * @return the number; empty if it is chosen automatically
     */
    public OptionalInt chunkSize() {
        return chunkSize == AUTOMATIC ? OptionalInt.empty() : OptionalInt.of(chunkSize);
    }

    /**
     * Returns how many items the map takes from its input ahead of the result that is consumed next.
     *
     * @return the number; empty if it is chosen automatically, as four for each worker that the pool may have
     */
    public OptionalInt window() {
        return window == AUTOMATIC ? OptionalInt.empty() : OptionalInt.of(window);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MapOptions options && options.chunkSize == chunkSize && options.window == window;
    }

    @Override
    public int hashCode() {
        return 31 * chunkSize + window;
    }

    @Override
    public String toString() {
        return "MapOptions[chunkSize=" + text(chunkSize) + ", window=" + text(window) + "]";
    }

    private static String text(int number) {
        return number == AUTOMATIC ? "automatic" : Integer.toString(number);
    }
}
