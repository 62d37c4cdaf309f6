/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static io.loky.internal.parent.pool.PoolTerms.later;

import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are sent to workers that have one already, so that they need not wait for the next one: a wait costs two switches of
 * threads, which is more than a short task takes. Guarded by the pool's lock.
 *
 * <pre>
 *   worker.task    is executed, as far as the state knows; the worker's answer may be on its way
 *   worker.ahead   what it has been sent behind that, in this order. Still QUEUED, and taken back at any time
 * </pre>
 *
 * <p>A task that was sent ahead waits like one in the queue. What may go wrong by it, and why it does not:
 * <ul>
 *   <li><b>It waits behind a long task while a worker is free.</b> Only where the last tasks of a worker were short is something sent
 *       ahead to it, and then what it needs for {@value #AHEAD_NANOS} ns. A worker that becomes free takes what was sent ahead to
 *       others. And what was sent ahead to a worker whose task goes on for {@value #LONG_NANOS} ns returns to the head of
 *       the queue.
 *   <li><b>The pool does not grow.</b> Nothing is sent ahead while there are fewer workers than there may be.
 *   <li><b>It is executed twice, or not at all.</b> Worker and parent agree on what is begun in {@link io.loky.internal.wire.Claims}, where what is not
 *       begun is taken back at once, without asking the worker.
 *   <li><b>Another one's end is its end.</b> Before a worker is interrupted, killed or told to leave, all that it has not begun is
 *       taken back. One whose answer is on its way and that has begun the next task is not killed for the one before.
 *   <li><b>It is executed by a worker that should get no further task.</b> Such a worker says so before it answers, and begins nothing after that.
 *   <li><b>A limit is not kept.</b> A task with a limit of its own for waiting or executing is not sent ahead, and none is in a pool
 *       that counts its tasks or its crashes.
 * </ul>
 *
 * @param <H> the handle of a worker's process
 */
final class SendingAhead<H> {
    /** What can be taken back, and how. Asked under the lock: answers at once. */
    interface Claimed<H> {
        /** Whether what this worker has not begun can be taken back. Once it is so it stays so. */
        boolean canTakeBack(H worker);

        /**
         * The worker will begin no task behind those that it has begun, and behind this one.
         *
         * @param kept the number of the worker's task
         * @param sent the number of the last one that it was sent
         * @return the number of the last task that it has begun; {@code kept} if it has not begun one behind that
         */
        long takeBack(H worker, long kept, long sent);

        /** Where nothing is ever sent ahead. */
        static <H> Claimed<H> nothing() {
            return new Claimed<>() {
                @Override
                public boolean canTakeBack(H worker) {
                    return false;
                }

                @Override
                public long takeBack(H worker, long kept, long sent) {
                    throw new IllegalStateException("nothing was sent ahead");
                }
            };
        }
    }

    /** For how long a worker has something to do with what is sent ahead: some times a round trip of 30 microseconds. */
    static final long AHEAD_NANOS = 500_000;

    /** A worker whose task takes so long has nothing to gain: the switches are a hundredth of that. */
    static final long LONG_NANOS = 3_000_000;

    /** No more than this is sent ahead to a worker: enough for one write, and to be gathered while the worker executes half of them. */
    static final int MOST = 64;

    /**
     * A pipe takes this twice, whatever else was written: nobody waits because something is sent ahead. Twice, since what was taken back
     * lies there until it is read, and then nothing is sent ahead before the worker has a task that was sent later. In bytes.
     */
    static final int MOST_WEIGHT = 8 * 1024;

    private final PoolTerms terms;
    private final Roster<H> roster;
    private final TaskQueue queue;
    private final Claimed<H> claimed;

    SendingAhead(PoolTerms terms, Roster<H> roster, TaskQueue queue, Claimed<H> claimed) {
        this.terms = terms;
        this.roster = roster;
        this.queue = queue;
        this.claimed = claimed;
    }

    /** A task that a worker was sent behind another one, which has this number among all that the worker was sent. */
    static final class Entry {
        final Task task;
        final long number;
        final int weight;

        /** Whether it was cancelled after it was begun, and its worker is to be interrupted. */
        boolean unwanted;

        Entry(Task task, long number) {
            this.task = task;
            this.number = number;
            this.weight = task.weight();
        }
    }

    // ---- events -------------------------------------------------------------------------------------------------

    /** A worker's task is over after so long. */
    void answered(Worker<H> worker, long now) {
        long took = now - worker.sentNanos;
        worker.paceNanos = worker.paceNanos == Worker.NEVER ? took : (3 * worker.paceNanos + took) / 4;
    }

    /** The next task of a worker that has answered: it executes that already, or is about to; null if it was sent none. */
    @Nullable
    Entry next(Worker<H> worker, long now) {
        Entry next = worker.ahead.poll();
        if (next != null) {
            worker.taskNumber = next.number;
            worker.aheadWeight -= next.weight;
            begun(next, now);
        }
        return next;
    }

    private void begun(Entry entry, long now) {
        if (entry.task.isAhead()) {
            entry.task.setAhead(false);
            queue.leaveAhead();
            entry.task.become(TaskState.SENT, "begun by the worker that it was sent ahead to");
            entry.task.noteSent(now);
        }
    }

    /** All that this worker has not begun waits in the queue again, at its head. */
    void takeBack(Worker<H> worker, long now) {
        if (worker.ahead.isEmpty()) {
            return;
        }
        long last = claimed.takeBack(worker.handle(), worker.taskNumber, worker.lastTaskNumber);
        worker.takenBackNumber = last < worker.lastTaskNumber ? worker.lastTaskNumber : worker.takenBackNumber;
        for (Entry entry = worker.ahead.peekLast();
                entry != null && entry.number > last;
                entry = worker.ahead.peekLast()) {
            if (entry.task.isAhead()) {
                queue.putBack(entry.task); // first: where there is no memory for it, it must not be nowhere
                entry.task.setAhead(false);
                queue.leaveAhead();
            }
            worker.ahead.removeLast();
            worker.aheadWeight -= entry.weight;
        }
        worker.ahead.forEach(entry -> begun(entry, now));
    }

    void takeAllBack(long now) {
        if (queue.ahead() > 0) {
            roster.all().forEach(worker -> takeBack(worker, now));
        }
    }

    /** All that was sent ahead, begun or not, for whoever ends it. Asks nobody: taking back may be what has failed. */
    List<Task> giveUpAll() {
        List<Task> given = new ArrayList<>();
        for (Worker<H> worker : roster.all()) {
            for (Entry entry : worker.ahead) {
                given.add(entry.task);
                if (entry.task.isAhead()) {
                    entry.task.setAhead(false);
                    queue.leaveAhead();
                }
            }
            worker.ahead.clear();
            worker.aheadWeight = 0;
        }
        return given;
    }

    /**
     * A task that was sent ahead is to be cancelled. It is in the queue afterwards, or it is begun.
     *
     * @param unwanted whether its worker is to be interrupted once the state knows that it executes this
     */
    void cancel(Task task, boolean unwanted, long now) {
        for (Worker<H> worker : roster.all()) {
            for (Entry entry : worker.ahead) {
                if (entry.task == task) {
                    takeBack(worker, now);
                    entry.unwanted = unwanted;
                    return;
                }
            }
        }
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    /** What waits behind the tasks of workers. */
    List<Task> waiting() {
        if (queue.ahead() == 0) {
            return List.of();
        }
        return roster.all().stream()
                .flatMap(worker -> worker.ahead.stream())
                .map(entry -> entry.task)
                .filter(Task::isAhead)
                .toList();
    }

    /** How many tasks workers have begun, and the answers to those before are not here yet. */
    int begunBeyond() {
        int begun = 0;
        for (Worker<H> worker : roster.all()) {
            for (Entry entry : worker.ahead) {
                begun += entry.task.state() == TaskState.SENT ? 1 : 0;
            }
        }
        return begun;
    }

    // ---- what follows from how things are -------------------------------------------------------------------------

    /** For a worker that is free, while nothing is in the queue: what was sent ahead to another one. Whether there is something. */
    boolean share(long now) {
        if (queue.ahead() == 0 || roster.lastIdle() == null) {
            return false;
        }
        for (Worker<H> most = longestAhead(); most != null && queue.waiting() == 0; most = longestAhead()) {
            takeBack(most, now); // where all of it is begun already nothing of it counts as sent ahead any more
        }
        return queue.waiting() > 0;
    }

    private @Nullable Worker<H> longestAhead() {
        Worker<H> longest = null;
        for (Worker<H> worker : roster.all()) {
            Entry last = worker.ahead.peekLast();
            if (last != null
                    && last.task.isAhead()
                    && (longest == null || worker.ahead.size() > longest.ahead.size())) {
                longest = worker;
            }
        }
        return longest;
    }

    /** What was sent ahead to workers whose task goes on for long waits in the queue again. */
    void tick(long now) {
        if (queue.ahead() == 0) {
            return;
        }
        for (Worker<H> worker : roster.all()) {
            if (!worker.ahead.isEmpty()) {
                long due = later(worker.sentNanos, LONG_NANOS);
                if (due <= now) {
                    worker.paceNanos = LONG_NANOS;
                    takeBack(worker, now);
                } else {
                    terms.deadline(due);
                }
            }
        }
    }

    /** Sends ahead what is worth it. */
    void send(long now, List<Action<H>> out) {
        if (queue.waiting() == 0 || !isUsual() || roster.members() == 0) {
            return;
        }
        int share = (queue.waiting() + roster.members() - 1) / roster.members();
        boolean sent = true;
        for (Worker<H> least = leastAhead(now); sent && least != null; least = leastAhead(now)) {
            int before = least.ahead.size();
            send(least, Math.min(share, depth(least, now) - before), out);
            sent = least.ahead.size() > before;
        }
    }

    /** Of those that are to be sent something, the one that has least; null if there is none. */
    private @Nullable Worker<H> leastAhead(long now) {
        Worker<H> least = null;
        for (Worker<H> worker : roster.all()) {
            int depth = depth(worker, now);
            if (depth > 0
                    && worker.ahead.size() <= depth / 2 // else later, and more at once
                    && (least == null || worker.ahead.size() < least.ahead.size())) {
                least = worker;
            }
        }
        return least;
    }

    /** Where the pool may grow or has to shrink, or has a worker on the way, nothing waits for one of those that are there. */
    void giveWay(long now) {
        if (queue.ahead() > 0 && !isUsual()) {
            takeAllBack(now);
        }
    }

    /** Whether tasks may be sent ahead in this pool now, as far as that depends on no worker. */
    private boolean isUsual() {
        int most = terms.limits.maxWorkers(); // one that is too many leaves once it has no task
        return roster.members() <= most
                && (!terms.isRunning() || (roster.members() == most && roster.joining() == 0))
                && terms.limits.maxTasksPerWorker() == Integer.MAX_VALUE
                && terms.limits.crashes().equals(CrashLimits.NONE);
    }

    private int depth(Worker<H> worker, long now) {
        if (worker.state() != WorkerState.BUSY
                || worker.task == null
                || worker.due() != null
                || worker.holds
                || worker.taskNumber
                        <= worker.takenBackNumber // a worker that is stopped reads nothing: its pipe would be full
                || worker.paceNanos > AHEAD_NANOS
                || now - worker.sentNanos >= LONG_NANOS
                || !claimed.canTakeBack(worker.handle())) {
            return 0;
        }
        return (int) Math.min(MOST, AHEAD_NANOS / Math.max(1, worker.paceNanos));
    }

    private void send(Worker<H> worker, int most, List<Action<H>> out) {
        for (int i = 0; i < most; i++) {
            Task task = queue.peek();
            if (task == null || !task.mayBeSentAhead() || worker.aheadWeight + task.weight() > MOST_WEIGHT) {
                return;
            }
            queue.poll();
            queue.enterAhead();
            task.setAhead(true);
            Entry entry = new Entry(task, ++worker.lastTaskNumber);
            worker.ahead.add(entry);
            worker.aheadWeight += entry.weight;
            out.add(new Action.SendAhead<>(worker, task));
            terms.deadline(later(worker.sentNanos, LONG_NANOS));
        }
    }
}
