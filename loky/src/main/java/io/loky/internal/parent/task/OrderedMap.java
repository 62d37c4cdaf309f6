/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The results of a map in input order. A window of tasks is kept submitted ahead of the consumer; taking one result
 * submits one more. So an endless input, or one larger than the memory, is never taken further than the window.
 */
public final class OrderedMap<A, R> extends Spliterators.AbstractSpliterator<R> {
    private final Iterator<? extends A> items;
    private final Function<A, RemoteTask<R>> submit;
    private final int window;
    private final ArrayDeque<RemoteTask<R>> ahead = new ArrayDeque<>();
    private boolean closed;

    /** What the user's items threw; told when the results of the items before are taken. */
    private @Nullable Throwable inputFailure;

    private OrderedMap(Iterator<? extends A> items, Function<A, RemoteTask<R>> submit, int window) {
        super(Long.MAX_VALUE, Spliterator.ORDERED);
        this.items = items;
        this.submit = submit;
        this.window = window;
    }

    /** Submits the first window of tasks at once; closing the stream cancels those that are not done. */
    public static <A, R> Stream<R> stream(Iterable<? extends A> items, Function<A, RemoteTask<R>> submit, int window) {
        OrderedMap<A, R> map = new OrderedMap<>(items.iterator(), submit, window);
        try {
            map.fill();
        } catch (Throwable e) { // from the user's items; there will be no stream that could be closed
            map.close();
            throw e;
        }
        return StreamSupport.stream(map, false).onClose(map::close);
    }

    private void fill() {
        while (!closed && ahead.size() < window && items.hasNext()) {
            ahead.addLast(submit.apply(items.next()));
        }
    }

    @Override
    public boolean tryAdvance(Consumer<? super R> action) {
        RemoteTask<R> next = ahead.peekFirst(); // stays there until it is done, for close() to find
        if (next == null) {
            if (inputFailure != null) {
                throw unchecked(inputFailure);
            }
            return false;
        }
        R result = resultOf(next);
        try {
            fill();
        } catch (Throwable e) {
            inputFailure = e;
            closed = true;
        }
        action.accept(result);
        return true;
    }

    private R resultOf(RemoteTask<R> task) {
        try {
            R result = task.get();
            ahead.removeFirst();
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new CompletionException("interrupted while waiting for " + task.description() + " of a map", e);
        } catch (ExecutionException e) {
            ahead.removeFirst();
            throw unchecked(e.getCause());
        } catch (CancellationException e) {
            ahead.removeFirst(); // or it would be thrown forever, to one who goes on
            throw e;
        }
    }

    /** A task's unchecked exception as it is, a checked one in a CompletionException, as CompletableFuture.join does. */
    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CompletionException(failure);
    }

    private void close() {
        closed = true;
        ahead.forEach(task -> task.cancel(true));
        ahead.clear();
    }
}
