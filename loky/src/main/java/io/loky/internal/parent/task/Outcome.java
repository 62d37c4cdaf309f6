/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended, and the latch that its callers wait on. The first end that comes wins.
 *
 * <pre>
 *   PENDING -> COMPLETING -> VALUE | FAILURE | CANCELLED
 *   PENDING -> COMPLETING -> ANSWERED -> VALUE | FAILURE       decoded by the first who asks
 * </pre>
 *
 * No monitor: the thread that reads a worker's answers comes here while another one may be decoding, which is user code.
 */
final class Outcome<V> extends AbstractQueuedSynchronizer {
    private static final long serialVersionUID = 1L;
    static final int PENDING = 0;
    private static final int COMPLETING = 1;
    static final int ANSWERED = 2;
    static final int VALUE = 3;
    static final int FAILURE = 4;
    static final int CANCELLED = 5;

    // Written before the volatile write of the state that publishes them.
    private transient @Nullable V value;
    private transient @Nullable Throwable failure;
    private transient @Nullable FutureTask<@Nullable Void> decoding;

    int how() {
        int state = getState();
        return state == COMPLETING ? PENDING : state;
    }

    /** The task has ended like this. False if it had ended before. */
    boolean complete(int how, @Nullable V newValue, @Nullable Throwable newFailure) {
        if (!compareAndSetState(PENDING, COMPLETING)) {
            return false;
        }
        value = newValue;
        failure = newFailure;
        return releaseShared(how);
    }

    /** The task has been answered, and nobody has decoded the answer yet. False if it had ended before. */
    boolean arrive(Supplier<Decoded<V>> decoder) {
        // Made first: whatever fails here must not leave the outcome half way.
        FutureTask<@Nullable Void> once = new FutureTask<>(() -> decode(decoder), null);
        if (!compareAndSetState(PENDING, COMPLETING)) {
            return false;
        }
        decoding = once;
        return releaseShared(ANSWERED);
    }

    private void decode(Supplier<Decoded<V>> decoder) {
        try {
            Decoded<V> decoded = decoder.get();
            value = decoded.value();
            failure = decoded.failure();
        } catch (Throwable e) { // there was not even memory for the report
            failure = e;
        }
        setState(failure == null ? VALUE : FAILURE);
    }

    /**
     * Decodes the answer where that has not been done. One thread does it; whoever comes meanwhile waits for it.
     *
     * @throws InterruptedException if this thread is interrupted while another one decodes
     */
    void settle() throws InterruptedException {
        if (how() == ANSWERED) {
            try {
                decodeOnce().get();
            } catch (ExecutionException e) {
                throw new AssertionError("decoding hands every failure on", e);
            }
        }
    }

    /** The same, but waits for another thread for this long at most. Whether the answer is decoded. */
    boolean settle(long nanos) throws InterruptedException {
        if (how() == ANSWERED) {
            try {
                decodeOnce().get(nanos, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw new AssertionError("decoding hands every failure on", e);
            }
        }
        return true;
    }

    void settleUninterruptibly() {
        boolean interrupted = false;
        for (; ; ) {
            try {
                settle();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private FutureTask<@Nullable Void> decodeOnce() {
        FutureTask<@Nullable Void> once = decoding;
        if (once == null) {
            throw new AssertionError("answered without an answer");
        }
        once.run(); // nothing where another thread runs it, or has run it
        return once;
    }

    @SuppressWarnings("NullAway") // a task may well return null; its type V then says so
    V value() {
        return value;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Waits for the end, or the answer. */
    void await() throws InterruptedException {
        acquireSharedInterruptibly(0);
    }

    boolean await(long nanos) throws InterruptedException {
        return tryAcquireSharedNanos(0, nanos);
    }

    void awaitUninterruptibly() {
        acquireShared(0);
    }

    /** The same, for so long at most. */
    void awaitUninterruptibly(long nanos) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        for (boolean over = false; !over; ) {
            try {
                await(deadline - System.nanoTime());
                over = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected int tryAcquireShared(int ignored) {
        return getState() > COMPLETING ? 1 : -1;
    }

    @Override
    protected boolean tryReleaseShared(int how) {
        setState(how);
        return true;
    }
}
