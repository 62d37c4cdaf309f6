/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool, each with a place or in reserve, and how many there are of which kind. Decides nothing. Guarded by
 * the pool's lock.
 *
 * <pre>
 *   places       as many as the pool may have workers; only who has one gets tasks: a member
 *   in reserve   a spare for whatever place becomes free, or the successor of a member that is due to leave
 * </pre>
 *
 * An index is unique among these, and those that are lent, except that a successor has the index of its predecessor already, and so cannot
 * have another place before that one has left.
 *
 * @param <H> the handle of a worker's process
 */
final class Roster<H> {
    private final Map<Integer, Worker<H>> workers = new LinkedHashMap<>();
    private final Set<Worker<H>> reserve = new LinkedHashSet<>();

    /** In the order in which they were used last. */
    private final ArrayDeque<Worker<H>> idle = new ArrayDeque<>();

    /** Indexes of workers that are not in here, and beside these. */
    private final BitSet lent = new BitSet();

    private int lastNumber;
    private int members;
    private int due;
    private int busy;
    private int starting;
    private int joining;
    private int spares;

    // ---- changes ------------------------------------------------------------------------------------------------

    int nextNumber() {
        return lastNumber + 1;
    }

    /** One more, which has the next number. */
    void add(Worker<H> worker) {
        lastNumber = worker.number();
        workers.put(worker.number(), worker);
        count(worker, 1);
    }

    /** See {@link Worker#become}. */
    void become(Worker<H> worker, WorkerState next, long now, long deadline, String reason) {
        count(worker, -1);
        worker.become(next, deadline, reason);
        worker.sinceNanos = now;
        count(worker, 1);
        if (next == WorkerState.GONE) {
            workers.remove(worker.number());
        }
    }

    /** Gives a place to one in reserve, or takes it from one that is not ready yet. */
    void setPlace(Worker<H> worker, boolean has) {
        count(worker, -1);
        worker.setPlace(has);
        count(worker, 1);
    }

    /** It is to be replaced, for this reason. */
    void setDue(Worker<H> worker, EndReason reason, String detail) {
        count(worker, -1);
        worker.setDue(reason);
        worker.dueDetail = detail;
        count(worker, 1);
    }

    /** All counts follow from what a worker is: it is taken out of them before a change, and put in again after it. */
    private void count(Worker<H> worker, int by) {
        WorkerState state = worker.state();
        if (state == WorkerState.STARTING) {
            starting += by;
        }
        if (worker.isMember()) {
            members += by;
            due += worker.due() == null ? 0 : by;
            busy += state.isBusy() ? by : 0;
            joining += state == WorkerState.STARTING ? by : 0;
            if (state == WorkerState.IDLE && by > 0) {
                idle.addLast(worker);
            } else if (state == WorkerState.IDLE) {
                idle.removeLastOccurrence(worker); // mostly the last: found at once
            }
        } else if (worker.isInReserve()) {
            spares += state == WorkerState.SPARE ? by : 0;
            if (by > 0) {
                reserve.add(worker);
            } else {
                reserve.remove(worker);
            }
        }
    }

    /** An index, this one or a larger one, that none in here has, or will have until it is given back. */
    int lendIndex(int least) {
        BitSet taken = (BitSet) lent.clone();
        workers.values().forEach(worker -> taken.set(worker.index()));
        int index = taken.nextClearBit(least);
        lent.set(index);
        return index;
    }

    void giveBackIndex(int index) {
        lent.clear(index);
    }

    // ---- questions ----------------------------------------------------------------------------------------------

    /** All that are not gone, in the order of their numbers. */
    Collection<Worker<H>> all() {
        return Collections.unmodifiableCollection(workers.values());
    }

    /** The same, as they are now: for a loop that changes them. */
    List<Worker<H>> copy() {
        return List.copyOf(workers.values());
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    /** How many have a place. */
    int members() {
        return members;
    }

    /** How many members are to be replaced. */
    int due() {
        return due;
    }

    /** How many members have a task. */
    int busy() {
        return busy;
    }

    /** How many are not ready yet, those in reserve included. */
    int starting() {
        return starting;
    }

    /** How many members are not ready yet. */
    int joining() {
        return joining;
    }

    /** How many are in reserve, ready or not. */
    int inReserve() {
        return reserve.size();
    }

    /** How many are ready and in reserve. */
    int spares() {
        return spares;
    }

    /** Idle for the longest time first. */
    Collection<Worker<H>> idle() {
        return Collections.unmodifiableCollection(idle);
    }

    /** Idle for the longest time. */
    @Nullable
    Worker<H> firstIdle() {
        return idle.peekFirst();
    }

    /** Used last. */
    @Nullable
    Worker<H> lastIdle() {
        return idle.peekLast();
    }

    /** A member that is not ready yet; null if there is none. */
    @Nullable
    Worker<H> firstJoining() {
        if (joining > 0) {
            for (Worker<H> worker : workers.values()) {
                if (worker.isMember() && worker.state() == WorkerState.STARTING) {
                    return worker;
                }
            }
        }
        return null;
    }

    /** Those without a task that are to be replaced. */
    List<Worker<H>> idleAndDue() {
        return idle.stream().filter(worker -> worker.due() != null).toList();
    }

    /** One in reserve that can have a free place: a ready one if there is one. */
    @Nullable
    Worker<H> heir() {
        Worker<H> spare = readyHeirOf(null);
        if (spare != null) {
            return spare;
        }
        for (Worker<H> worker : reserve) {
            if (canFollow(null, worker)) {
                return worker;
            }
        }
        return null;
    }

    /**
     * One in reserve that is ready and can have the place of this member, or a free place.
     *
     * @param predecessor the member, or null for a free place
     */
    @Nullable
    Worker<H> readyHeirOf(@Nullable Worker<H> predecessor) {
        if (spares > 0) {
            for (Worker<H> worker : reserve) {
                if (worker.state() == WorkerState.SPARE && canFollow(predecessor, worker)) {
                    return worker;
                }
            }
        }
        return null;
    }

    /** Whether no member but the predecessor has its index. */
    private boolean canFollow(@Nullable Worker<H> predecessor, Worker<H> heir) {
        for (Worker<H> worker : workers.values()) {
            if (worker != predecessor && worker.isMember() && worker.index() == heir.index()) {
                return false;
            }
        }
        return true;
    }

    /** The smallest index that none has who is there to stay, and that is not lent. */
    int freeIndex() {
        return indexes().nextClearBit(0);
    }

    /** The index of a member that is to be replaced and has no successor yet; a free one if there is no such member. */
    int successorIndex() {
        BitSet ofReserve = new BitSet();
        reserve.forEach(worker -> ofReserve.set(worker.index()));
        for (Worker<H> worker : workers.values()) {
            if (worker.isMember() && worker.due() != null && !ofReserve.get(worker.index())) {
                return worker.index();
            }
        }
        return freeIndex();
    }

    private BitSet indexes() {
        BitSet indexes = (BitSet) lent.clone();
        for (Worker<H> worker : workers.values()) {
            if (worker.isMember() || worker.isInReserve()) {
                indexes.set(worker.index());
            }
        }
        return indexes;
    }
}
