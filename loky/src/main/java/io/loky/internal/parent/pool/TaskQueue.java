/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a worker, and in front of a queue with a capacity the tasks that wait for room in it. A higher
 * priority leaves before a lower one, equal ones leave in the order in which they came; those in front are let in in the
 * order in which they came, whatever their priority. Guarded by the pool's lock.
 *
 * <p>A task that is cancelled in the queue is skipped later, since removing one from the middle costs a search; it counts no
 * more from then on.
 */
final class TaskQueue {
    static final int UNBOUNDED = Integer.MAX_VALUE;

    /** The priority of a task that was told nothing. Its level is always there: most pools have no other. */
    private static final int USUAL = 0;

    private final int capacity;
    private final NavigableMap<Integer, ArrayDeque<Task>> levels = new TreeMap<>(Comparator.reverseOrder());
    private final ArrayDeque<Admission> outside = new ArrayDeque<>();
    private int entries;
    private int cancelled;

    TaskQueue(int capacity) {
        this.capacity = capacity;
        levels.put(USUAL, new ArrayDeque<>());
    }

    /** How many tasks wait for a worker. */
    int waiting() {
        return entries - cancelled;
    }

    /**
     * Whether no more may wait.
     *
     * @param vacancies for how many of those that wait a worker is on the way, or may be: they are not counted
     */
    boolean isFull(int vacancies) {
        return waiting() - vacancies >= capacity;
    }

    void add(Task task) {
        level(task).addLast(task);
        entries++;
    }

    /** One that was in the queue before comes back: to the head of its priority, even into a queue that is full. */
    void putBack(Task task) {
        level(task).addFirst(task);
        entries++;
    }

    private ArrayDeque<Task> level(Task task) {
        return levels.computeIfAbsent(task.priority(), priority -> new ArrayDeque<>());
    }

    /** The next task, which is in the queue no more; null if none waits. */
    @Nullable
    Task poll() {
        Iterator<ArrayDeque<Task>> remaining = levels.values().iterator();
        ArrayDeque<Task> usual = levels.get(USUAL);
        while (entries > 0 && remaining.hasNext()) {
            ArrayDeque<Task> level = remaining.next();
            Task task = pollLevel(level);
            if (level.isEmpty() && level != usual) {
                remaining.remove();
            }
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    private @Nullable Task pollLevel(ArrayDeque<Task> level) {
        for (Task task = level.pollFirst(); task != null; task = level.pollFirst()) {
            entries--;
            if (task.state() == TaskState.QUEUED) {
                return task;
            }
            cancelled--;
        }
        return null;
    }

    /** A task in the queue was cancelled. Lets go of those that were once they are the larger part. */
    void noteCancelled() {
        cancelled++;
        if (cancelled > 64 && cancelled > entries / 2) {
            Collection<ArrayDeque<Task>> all = levels.values();
            all.forEach(level -> level.removeIf(task -> task.state() == TaskState.CANCELLED));
            entries -= cancelled;
            cancelled = 0;
        }
    }

    // ---- in front of the queue ----------------------------------------------------------------------------------

    void waitOutside(Admission admission) {
        outside.addLast(admission);
    }

    /** The next that may come in now; null if there is none. See {@link #isFull}. */
    @Nullable
    Admission admit(int vacancies) {
        return isFull(vacancies) ? null : outside.pollFirst();
    }

    /** The next that waits for room, whether there is some or not; null if none waits. */
    @Nullable
    Admission turnAway() {
        return outside.pollFirst();
    }

    /** It waits no more. False if it did not. */
    boolean withdraw(Admission admission) {
        return outside.remove(admission);
    }

    /** The one that waits with this task, and waits no more; null if none does. */
    @Nullable
    Admission withdraw(Task task) {
        for (Admission admission : outside) {
            if (admission.task() == task) {
                outside.remove(admission);
                return admission;
            }
        }
        return null;
    }
}
