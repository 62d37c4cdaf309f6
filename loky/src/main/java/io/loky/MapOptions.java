/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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

    private static final MapOptions DEFAULTS = new MapOptions(AUTOMATIC, AUTOMATIC, false, null, null);

    private final int chunkSize;
    private final int window;
    private final boolean unordered;
    private final @Nullable Duration timeout;
    private final @Nullable Duration deadline;

    private MapOptions(
            int chunkSize, int window, boolean unordered, @Nullable Duration timeout, @Nullable Duration deadline) {
        if (timeout != null && chunkSize > 1) {
            throw new IllegalArgumentException(
                    "chunkSize must be 1 where items have a time limit (MapOptions.timeout), got " + chunkSize);
        }
        this.chunkSize = chunkSize;
        this.window = window;
        this.unordered = unordered;
        this.timeout = timeout;
        this.deadline = deadline;
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
     * Says how many items travel to a worker as one task. All else is as in {@link #defaults()}. See
     * {@link #withChunkSize(int)}.
     *
     * @param items 1 or more
     * @return options with this chunk size
     * @throws IllegalArgumentException if the number is below 1
     */
    public static MapOptions chunkSize(int items) {
        return DEFAULTS.withChunkSize(items);
    }

    /**
     * Says how many items travel to a worker as one task, like {@link #chunkSize(int)}, and leaves all else as it is.
     *
     * <p>Unset, the size is automatic: the first chunks have one item, and they double as long as one takes less than 20 ms;
     * one that takes more than 200 ms makes the next ones smaller. Near the end of a {@link java.util.Collection} chunks become
     * smaller, so that all workers are busy to the end. A chunk is sent before it has its size where the input is slow (1 ms)
     * or the items are large (1 MiB).
     *
     * <p>A chunk of a given size waits for its items. It has fewer only at the end of the input, where the window is smaller, and where the items
     * are larger than 64 MiB together.
     *
     * @param items 1 or more
     * @return a copy with this chunk size
     * @throws IllegalArgumentException if the number is below 1, or above 1 while there is a {@link #timeout(Duration)}
     */
    public MapOptions withChunkSize(int items) {
        return new MapOptions(Checks.atLeast("chunkSize", items, 1), window, unordered, timeout, deadline);
    }

    /**
     * Lets results come in the order in which they are ready, so that a slow item does not keep back those behind it.
     *
     * @return a copy for a map without order
     */
    public MapOptions unordered() {
        return new MapOptions(chunkSize, window, true, timeout, deadline);
    }

    /**
     * Says how many items the map takes from its input ahead of the result that is asked for next. More keeps workers
     * busy when items differ much in length, fewer keep fewer items and results in memory. Automatic chunks are so small
     * that the window holds two for each worker. With 1 an item is taken only after the result of the one before was
     * consumed, for inputs that depend on it.
     *
     * @param items 1 or more; unset means four chunks for each worker that the pool may have, and with automatic chunks no
     *     more than four items for each worker or as many as were consumed before, whichever is more
     * @return a copy with this window
     * @throws IllegalArgumentException if the number is below 1
     */
    public MapOptions window(int items) {
        return new MapOptions(chunkSize, Checks.atLeast("window", items, 1), unordered, timeout, deadline);
    }

    /**
     * Limits how long each item may execute, counted from when a worker is given it; unset, the limit is that of
     * {@link ProcessPoolOptions.Builder#taskTimeout(Duration)}, if there is one. An item that takes longer fails with a
     * {@link TaskTimeoutException}, after it was interrupted as {@link TaskOptions#timeout(Duration)} says, and no other item is concerned. Items that have a limit
     * travel one by one. A duration of more than 292 years means 292 years.
     *
     * @param timeout for one item; longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative, or the chunk size above 1
     */
    public MapOptions timeout(Duration timeout) {
        return new MapOptions(chunkSize, window, unordered, Checks.positive("timeout", timeout), deadline);
    }

    /**
     * Limits how long the whole map may take, counted from the call of {@code map}. When the time is up what is not done is
     * cancelled, also what is executing, and no more items are taken. Results that were there by then can still be consumed,
     * in the order of the map up to the first that is missing; then the stream throws a
     * {@link java.util.concurrent.CompletionException} with a {@link java.util.concurrent.TimeoutException}, once, and is at
     * its end. An input that blocks keeps that waiting, since the thread that asks for results is the one that takes items. A duration of more than 292 years means 292 years.
     *
     * @param deadline for all items together; longer than zero
     * @return a copy with this limit
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public MapOptions deadline(Duration deadline) {
        return new MapOptions(chunkSize, window, unordered, timeout, Checks.positive("deadline", deadline));
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
     * Returns whether results come in the order in which they are ready, and not in that of the input.
     *
     * @return whether {@link #unordered()} was called
     */
    public boolean isUnordered() {
        return unordered;
    }

    /**
     * Returns how many items the map takes from its input ahead of the result that is consumed next.
     *
     * @return the number; empty if it is chosen automatically, as four chunks for each worker that the pool may have
     */
    public OptionalInt window() {
        return window == AUTOMATIC ? OptionalInt.empty() : OptionalInt.of(window);
    }

    /**
     * Returns how long each item may execute.
     *
     * @return longer than zero; empty if the map sets no limit
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * Returns how long the whole map may take.
     *
     * @return longer than zero; empty if it may take as long as it likes
     */
    public Optional<Duration> deadline() {
        return Optional.ofNullable(deadline);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MapOptions that
                && that.chunkSize == chunkSize
                && that.window == window
                && that.unordered == unordered
                && Objects.equals(that.timeout, timeout)
                && Objects.equals(that.deadline, deadline);
    }

    @Override
    public int hashCode() {
        return Objects.hash(chunkSize, window, unordered, timeout, deadline);
    }

    @Override
    public String toString() {
        return "MapOptions[chunkSize=" + text(chunkSize) + ", window=" + text(window)
                + (unordered ? ", unordered" : "")
                + (timeout == null ? "" : ", timeout=" + timeout)
                + (deadline == null ? "" : ", deadline=" + deadline) + "]";
    }

    private static String text(int number) {
        return number == AUTOMATIC ? "automatic" : Integer.toString(number);
    }
}
