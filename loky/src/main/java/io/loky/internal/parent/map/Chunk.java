/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.SubmitSite;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.ItemAnswer;
import io.loky.internal.wire.Sections;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Some items of a map, as one task. To the pool it is a task like any other; its answers come in parts, in the order of the
 * items.
 *
 * <p>When its worker dies, the pool asks it what is left. What the worker had finished is taken from the answers that it sent and
 * from those that it had noted and not sent; the item that it was executing is lost; the rest goes back to the queue, as the same
 * task with a shorter frame. So nothing runs twice, and no item fails for another.
 *
 * <p>Its mutable state is guarded by the map's lock, which may be taken under the pool's lock, never the other way round.
 */
final class Chunk extends RemoteTask<Void> {
    private final ItemMap<?, ?> map;
    private final SubmitSite site;
    private final ReentrantLock lock;

    /** Null where it is done. */
    private final @Nullable Slot[] slots;

    private final int[] starts;
    private final int[] sectionStarts;

    /** The first item that is not done; those behind it are not, either. */
    private int next;

    /** What {@link #next} was when the worker that has it now was given it. */
    private int first;

    private int round;

    /** Items that were given up, and do not know yet why: the first of them is told first. */
    private final ArrayDeque<Lost> lost = new ArrayDeque<>(1);

    private record Lost(Slot slot, int number, @Nullable EncodedFrame in) {}

    Chunk(ItemMap<?, ?> map, MapPlan<?> plan, ReentrantLock lock, ChunkDraft draft) {
        super(
                plan.ids().getAsLong(),
                plan.limitNanos(),
                0,
                plan.owner(),
                plan.label(),
                plan.codec(),
                null,
                plan.site());
        this.map = map;
        this.site = plan.site();
        this.lock = lock;
        this.slots = draft.slots();
        this.starts = draft.starts();
        this.sectionStarts = draft.sectionStarts();
        rerun(plan.rerun());
        printsTo(plan.prints().apply(id()));
        encoded(draft.finish(id()));
    }

    @Override
    public @Nullable EncodedFrame frame() {
        EncodedFrame whole = super.frame();
        int done;
        lock.lock();
        try {
            done = first;
        } finally {
            lock.unlock();
        }
        return whole == null || done == 0 ? whole : without(whole, 0, done);
    }

    /** It is as long as its items together, and made so long that its worker does not wait for the next one. */
    @Override
    public boolean mayBeSentAhead() {
        return false;
    }

    /** All chunks have the arrays of the function; and an item's answer is not the last one. */
    @Override
    public Sections giveUpArrays() {
        return Sections.NONE;
    }

    /** The item that was being executed; all that were not done where nobody knows which one that was. */
    @Override
    public @Nullable EncodedFrame suspect() {
        EncodedFrame whole;
        int from;
        int to;
        lock.lock();
        try {
            Lost one = lost.peek();
            whole = one == null ? super.frame() : one.in();
            from = one == null ? next : one.number();
            to = one == null ? slots.length : from + 1;
        } finally {
            lock.unlock();
        }
        return whole == null ? null : without(without(whole, to, slots.length), 0, from);
    }

    private EncodedFrame without(EncodedFrame whole, int from, int to) {
        return whole.without(starts[from], starts[to], sectionStarts[from], sectionStarts[to]);
    }

    // ---- answers --------------------------------------------------------------------------------------------------

    @Override
    public void partlyAnswered(Frame answer, int inRound) {
        lock.lock();
        try {
            if (inRound != round || isDone()) {
                return;
            }
            if (answer.skipped() > 0) { // only a large answer is, and it comes alone
                skip(answer);
            } else {
                take(answer);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void answer(Frame answer) {
        lock.lock();
        try {
            if (answer.type() == FrameType.ERROR) { // not even the function could be read
                for (int rest = left(); rest > 0; rest--) {
                    if (answer.skipped() > 0) {
                        skip(answer);
                    } else {
                        byte[] payload = answer.payload();
                        take(new ItemAnswer(FrameType.ERROR, payload, 0, payload.length, answer.sections()));
                    }
                }
            } else {
                long nanos = ItemAnswer.nanos(answer.payload());
                take(answer);
                if (left() > 0) {
                    throw new IllegalArgumentException("a worker said that it was through with " + description()
                            + ", of which " + left() + " items are not answered");
                }
                map.ran(slots.length - first, nanos);
            }
            map.ended(this);
        } finally {
            lock.unlock();
        }
        complete();
    }

    private void take(Frame batch) {
        ItemAnswer.read(batch.payload(), ItemAnswer.FIRST, batch.sections(), this::take);
    }

    private void take(ItemAnswer answer) {
        Slot slot = poll();
        slot.answered(answer, workerPid().orElse(-1));
        map.done(slot);
    }

    private void skip(Frame answer) {
        Slot slot = poll();
        slot.skipped(answer.skipped());
        map.done(slot);
    }

    private Slot poll() {
        Slot slot = left() == 0 ? null : slots[next];
        if (slot == null) {
            throw new IllegalArgumentException("a worker gave more answers than " + description() + " has items");
        }
        slots[next++] = null; // not kept longer than its consumer wants it
        return slot;
    }

    private int left() {
        return slots.length - next;
    }

    // ---- without an answer ----------------------------------------------------------------------------------------

    @Override
    public int round() {
        lock.lock();
        try {
            return round;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Loss lossBy(WorkerEnd end) {
        lock.lock();
        try {
            AnswerLog.Reading log = end.answers();
            boolean noted = log.taskId() == id();
            boolean unknown = log.isUnknown() || (noted && first + log.sent() > next); // what was sent has not arrived
            if (noted && !unknown) {
                takeUnsent(log);
            }
            // Where nothing is noted it was not further than its first item, or had sent all answers to what it
            // finished.
            boolean executing = !noted || first + log.begun() > next;
            if (next > first) {
                isAtAnother();
            }
            first = next;
            round++; // an answer of the dead worker that another thread still reads belongs to no item any more
            if (unknown || left() == 0) {
                return Loss.ALL;
            }
            if (!executing) {
                isFurther();
            }
            return executing ? Loss.EXECUTING : Loss.NOTHING;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean skip() {
        lock.lock();
        try {
            if (left() == 1) {
                return false; // it fails as a whole
            }
            int number = next;
            lost.add(new Lost(poll(), number, super.frame()));
            first = next;
            isFurther();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The worker numbers its items from where it was given them. */
    private void takeUnsent(AnswerLog.Reading log) {
        int[] number = {first + log.sent()};
        ItemAnswer.read(log.answers(), 0, Sections.NONE, answer -> {
            if (number[0]++ >= next) { // else it was sent after all
                take(answer);
            }
        });
    }

    @Override
    public void partLost(Throwable reason) {
        lock.lock();
        try {
            Lost one = lost.poll();
            if (one != null) {
                site.replaceIn(reason);
                map.fail(one.slot(), reason);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void failLocally(Throwable failure) {
        site.replaceIn(failure);
        failItems(() -> failure);
        super.failLocally(failure);
    }

    @Override
    public void failLater(Supplier<Throwable> failure) {
        failItems(() -> {
            Throwable fresh = failure.get();
            site.replaceIn(fresh);
            return fresh;
        });
        super.failLater(failure);
    }

    private void failItems(Supplier<Throwable> failure) {
        lock.lock();
        try {
            while (left() > 0) {
                map.fail(poll(), failure);
            }
            map.ended(this);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancelled() {
        lock.lock();
        try {
            while (left() > 0) {
                map.cancelled(poll(), this);
            }
            map.ended(this);
        } finally {
            lock.unlock();
        }
        super.cancelled();
    }
}
