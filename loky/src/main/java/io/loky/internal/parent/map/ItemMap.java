/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.MapOptions;
import io.loky.TaskSerializationException;
import io.loky.internal.parent.task.AnswerDecoder;
import io.loky.internal.parent.task.CompletionThreads;
import io.loky.internal.parent.task.Decoded;
import io.loky.internal.wire.FrameTooLargeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The results of a map. A window of items is kept submitted ahead of the consumer; taking results submits more. So an endless
 * input, or one larger than the memory, is never taken further than the window.
 *
 * <p>The consumer's thread does everything that is the user's code: it takes the items, encodes them, and decodes the answers.
 * The threads that read the workers' answers only put them into their slots. The lock is never held while the pool, or the
 * user's code, is called.
 *
 * @param <A> the type of the items
 * @param <R> the type of the results
 */
public final class ItemMap<A, R> extends Spliterators.AbstractSpliterator<R> {
    /** A chunk of automatic size that has become as long as this is long enough. */
    private static final int LONG_BYTES = 1 << 20;

    /** Any other, too: a frame cannot be much larger. */
    private static final int VERY_LONG_BYTES = 1 << 26;

    /** An input that is slow to give its items must not keep back those that it has given, or their results. */
    private static final long SLOW_INPUT_NANOS = 1_000_000;

    private final MapPlan<A> plan;
    private final AnswerDecoder decoder;
    private final Iterator<? extends A> items;
    private final boolean ordered;
    private final int window;

    // ---- guarded by the lock

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ChunkSizer sizer;

    /** In order: the items that were taken and not given to the consumer; else those of them that are done. */
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();

    private final Set<Chunk> running = Collections.newSetFromMap(new IdentityHashMap<>());

    /** How many items were taken and are not done. */
    private long open;

    private boolean closed;
    private boolean expired;

    // ---- of the consumer

    /** What is done and comes next. */
    private final ArrayDeque<Slot> ready = new ArrayDeque<>();

    /** How many items there are in all; negative if nobody knows. */
    private final long total;

    /** Taken, and not submitted yet. */
    private final List<Slot> fresh = new ArrayList<>();

    private long taken;
    private long given;
    private int chunkSize;
    private long ahead;

    /** One that the pool, whose queue was full, did not take. */
    private @Nullable Chunk held;

    /** What the user's items threw; told when the results of the items before are taken. */
    private @Nullable Throwable inputFailure;

    private boolean inputEnded;

    /** Whether the last chunk was long in coming. */
    private boolean slowInput;

    /** Whether the consumer has been told how this map ended. */
    private boolean stopped;

    // ---- the time limit

    private final @Nullable Duration deadline;
    private final @Nullable CompletableFuture<Void> timer;

    private ItemMap(Iterable<? extends A> input, MapPlan<A> plan, MapOptions options) {
        super(Long.MAX_VALUE, options.isUnordered() ? 0 : Spliterator.ORDERED);
        this.plan = plan;
        this.decoder = new AnswerDecoder(plan.codec(), plan.site());
        this.ordered = !options.isUnordered();
        this.window = options.window().orElse(0);
        this.sizer = new ChunkSizer(
                plan.limitNanos() == Chunk.UNLIMITED ? options.chunkSize().orElse(0) : 1);
        this.total = input instanceof Collection<?> sized ? sized.size() : -1;
        this.items = input.iterator();
        plan();
        this.deadline = options.deadline().orElse(null);
        this.timer = deadline == null ? null : startTimer(deadline);
    }

    private CompletableFuture<Void> startTimer(Duration limit) {
        long nanos;
        try {
            nanos = limit.toNanos();
        } catch (ArithmeticException e) {
            nanos = Long.MAX_VALUE; // beyond 292 years
        }
        CompletableFuture<Void> ringing = new CompletableFuture<>();
        var unused = ringing.thenRunAsync(this::expire, CompletionThreads::execute);
        return ringing.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    }

    /** Submits the first items at once; closing the stream cancels those that are not done. */
    public static <A, R> Stream<R> stream(Iterable<? extends A> items, MapPlan<A> plan, MapOptions options) {
        ItemMap<A, R> map = new ItemMap<>(items, plan, options);
        map.refill();
        return StreamSupport.stream(map, false).onClose(map::close);
    }

    // ---- the consumer's side --------------------------------------------------------------------------------------

    @Override
    public boolean tryAdvance(Consumer<? super R> action) {
        refill();
        Slot slot = ready.pollFirst();
        if (slot == null) {
            slot = await();
        }
        if (slot == null) {
            Throwable failure = inputFailure;
            inputFailure = null;
            if (failure != null) {
                throw unchecked(failure);
            }
            return false;
        }
        given++;
        action.accept(resultOf(slot));
        return true;
    }

    @SuppressWarnings("NullAway") // a function may well return null; its type R then says so
    private R resultOf(Slot slot) {
        Throwable failure = slot.failure();
        if (failure == null) {
            Decoded<R> decoded = decoder.decode(slot.frame(), plan.subject(slot), slot.workerPid());
            failure = decoded.failure();
            if (failure == null) {
                return decoded.value();
            }
        }
        throw unchecked(failure);
    }

    /** A task's unchecked exception as it is, a checked one in a CompletionException, as CompletableFuture.join does. */
    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CompletionException(failure);
    }

    /** The next item that is done, when it is; null if there is none. */
    private @Nullable Slot await() {
        try {
            boolean waiting = true;
            while (waiting) {
                boolean retry;
                lock.lock();
                try {
                    collect();
                    Slot slot = ready.pollFirst();
                    if (slot != null) {
                        return slot;
                    }
                    waiting = open > 0 && !closed && !expired;
                    retry = waiting && held != null && running.isEmpty();
                    if (waiting && !retry) {
                        changed.await();
                    }
                } finally {
                    lock.unlock();
                }
                if (retry) {
                    submitHeld();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            throw new CompletionException("interrupted while waiting for an item of the map '" + plan.label() + "'", e);
        }
        RuntimeException cut = whyCut();
        stop();
        if (cut != null) {
            throw cut;
        }
        return null;
    }

    /** From here on the stream is at its end: whatever there is to tell is told once. */
    private void stop() {
        stopped = true;
        close();
    }

    /** Why something is missing, if it is: without this a consumer would take a part of the results for all of them. */
    private @Nullable RuntimeException whyCut() {
        // Whether the input would have had more is not asked: it may block, or have been closed with the stream.
        boolean mayHaveMore = !inputEnded && (total < 0 || taken < total);
        boolean byUser;
        lock.lock();
        try {
            if (stopped || !expired || (open == 0 && !mayHaveMore)) {
                return null;
            }
            byUser = closed;
        } finally {
            lock.unlock();
        }
        String given = this.given + " results were given, and the other items cancelled; ";
        return byUser
                ? new CancellationException("the stream of the map '" + plan.label() + "' was closed before its end: "
                        + given + "close it when its consumer is through")
                : new CompletionException(new TimeoutException("the map '" + plan.label()
                        + "' was not done within its deadline of " + deadline + ": " + given
                        + "raise MapOptions.deadline, or give the pool more workers or fewer items"));
    }

    /** Takes everything that can be given to the consumer now, so that not each item costs a lock. */
    private void collect() {
        for (Slot slot = slots.peekFirst(); slot != null && slot.isDone(); slot = slots.peekFirst()) {
            ready.addLast(slots.removeFirst());
        }
        plan();
    }

    private void plan() {
        int workers = plan.workers().getAsInt();
        int most = window > 0 ? window : sizer.bound(workers, given);
        chunkSize = sizer.next(workers, most, total < 0 ? -1 : Math.max(0, total - taken));
        ahead = window > 0 ? window : Math.min(most, sizer.window(workers));
    }

    // ---- submission -----------------------------------------------------------------------------------------------

    /**
     * Takes items until the window is full. Where the input is slow a result that is there goes first. Never called between a
     * result and its consumer: the input may be waiting for just that one.
     */
    private void refill() {
        if (held != null) {
            submitHeld();
        }
        while (hasRoom() && !(slowInput && isResultThere())) {
            try {
                submitNext();
            } catch (Throwable e) { // from the user's items; told when the results before it are taken
                inputFailure = e;
                inputEnded = true;
            }
            lock.lock();
            try {
                plan();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean hasRoom() {
        return !inputEnded && held == null && taken - given + chunkSize <= ahead && !isOver();
    }

    private boolean isResultThere() {
        if (ready.isEmpty()) {
            lock.lock();
            try {
                collect();
            } finally {
                lock.unlock();
            }
        }
        return !ready.isEmpty();
    }

    private boolean isOver() {
        lock.lock();
        try {
            return closed || expired;
        } finally {
            lock.unlock();
        }
    }

    private void submitNext() {
        long until = System.nanoTime() + SLOW_INPUT_NANOS;
        if (!items.hasNext()) {
            inputEnded = true;
            return;
        }
        ChunkDraft draft = newDraft();
        int most = sizer.isAutomatic() ? LONG_BYTES : VERY_LONG_BYTES;
        int wanted = chunkSize;
        try {
            for (int i = 0; i < wanted && (i == 0 || items.hasNext()); i++) {
                A item = items.next();
                Slot slot = new Slot(taken++);
                Throwable failure = encode(slot, item, draft);
                if (failure instanceof FrameTooLargeException
                        && draft.size() > 0) { // it may have room in a frame of its own
                    ChunkDraft full = draft;
                    draft = newDraft();
                    submit(full);
                    failure = encode(slot, item, draft);
                }
                if (failure != null) {
                    slot.failed(refusal(plan.subject(slot), item, failure));
                }
                fresh.add(slot); // it is in the draft that is submitted next, or has failed
                if (draft.bytes() > most || (sizer.isAutomatic() && System.nanoTime() - until > 0)) {
                    break;
                }
            }
        } finally { // what the user's input has given is not lost by what it throws
            submit(draft);
        }
        slowInput = System.nanoTime() - until > 0;
    }

    private ChunkDraft newDraft() {
        try {
            return new ChunkDraft(plan.head(), plan.large());
        } catch (IOException e) {
            throw new IllegalStateException(e); // it was in a frame's buffer before
        }
    }

    /** Why the item cannot be sent; null if it is in the draft. */
    private @Nullable Throwable encode(Slot slot, A item, ChunkDraft draft) {
        if (plan.headFailure() != null) {
            return plan.headFailure();
        }
        try {
            draft.add(slot, item, plan.codec());
            return null;
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            return e;
        }
    }

    private Throwable refusal(String subject, A item, Throwable failure) {
        Throwable refusal;
        try {
            refusal = plan.refusals().of(subject, item, failure);
        } catch (Throwable e) { // the search for what is to blame met the user's code, or the end of the memory
            refusal = new TaskSerializationException(subject + " cannot be sent to a worker", failure);
            refusal.addSuppressed(e);
        }
        plan.site().replaceIn(refusal);
        return refusal;
    }

    /** What was taken, and the chunk that it is in. */
    private void submit(ChunkDraft draft) {
        Chunk chunk = null;
        try {
            chunk = draft.size() == 0 ? null : new Chunk(this, plan, lock, draft);
        } catch (Throwable e) { // no memory left; nobody would ever answer them
            for (Slot slot : draft.slots()) {
                slot.failed(e);
            }
        }
        lock.lock();
        try {
            for (Slot slot : fresh) {
                if (!slot.isDone()) {
                    open++;
                }
                if (ordered || slot.isDone()) {
                    slots.addLast(slot);
                }
            }
        } finally {
            lock.unlock();
        }
        fresh.clear();
        if (chunk != null) {
            submit(chunk);
        }
    }

    private void submitHeld() {
        Chunk chunk = held;
        held = null;
        if (chunk != null) {
            submit(chunk);
        }
    }

    private void submit(Chunk chunk) {
        boolean others;
        lock.lock();
        try {
            others = !running.isEmpty();
            running.add(chunk);
        } finally {
            lock.unlock();
        }
        try {
            plan.submit().accept(chunk);
        } catch (RejectedExecutionException e) {
            if (held == null && (others || isResultThere())) {
                hold(chunk); // there will be room when one of the others is through, or may be at the next call
            } else {
                inputEnded = true;
                chunk.failLocally(e);
            }
        } catch (RuntimeException | Error e) {
            inputEnded = true;
            chunk.failLocally(e);
        }
        if (isOver()) {
            chunk.cancel(true); // whoever ended the map meanwhile may not have seen it
        }
    }

    private void hold(Chunk chunk) {
        held = chunk;
        lock.lock();
        try {
            running.remove(chunk);
        } finally {
            lock.unlock();
        }
    }

    // ---- what becomes of items; under the lock ----------------------------------------------------------------------

    void done(Slot slot) {
        open--;
        if (!ordered) {
            slots.addLast(slot);
        }
        changed.signal();
    }

    void fail(Slot slot, Throwable reason) {
        fail(slot, () -> reason);
    }

    void fail(Slot slot, Supplier<Throwable> reason) {
        slot.failed(reason);
        done(slot);
    }

    /** Not by the end of this map, of which the consumer is told otherwise. */
    void cancelled(Slot slot, Chunk chunk) {
        if (!closed && !expired) {
            fail(slot, new CancellationException(chunk.description() + " was cancelled"));
        }
    }

    void ran(int count, long nanos) {
        sizer.ran(count, nanos);
    }

    void ended(Chunk chunk) {
        running.remove(chunk);
        changed.signal();
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    private void expire() {
        end(false);
    }

    private void close() {
        stopTimer();
        end(true);
    }

    private void end(boolean byUser) {
        List<Chunk> left;
        lock.lock();
        try {
            closed |= byUser;
            expired = true;
            left = List.copyOf(running);
            changed.signal();
        } finally {
            lock.unlock();
        }
        for (Chunk chunk : left) {
            chunk.cancel(true);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
