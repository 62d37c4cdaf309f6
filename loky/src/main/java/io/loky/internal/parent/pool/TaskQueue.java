/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a worker, and in front of a queue with a capacity the tasks that wait for room in it. A higher
 * priority leaves before a lower one, equal ones leave in the order in which they came; those in front are let in in the
 * order in which they came, whatever their priority. Guarded by the pool's lock.
 *
 * <p>A task that is over while it is in the queue is skipped later, since removing one from the middle costs a search; it counts no
 * more from then on.
 */
final class TaskQueue {
    static final int UNBOUNDED = Integer.MAX_VALUE;

    /** The priority of a task that was told nothing. Its level is always there: most pools have no other. */
    private static final int USUAL = 0;

    private final int capacity;
    private final NavigableMap<Integer, ArrayDeque<Task>> levels = new TreeMap<>(Comparator.reverseOrder());
    private final ArrayDeque<Task> usual = new ArrayDeque<>();
    private final ArrayDeque<Admission> outside = new ArrayDeque<>();

    /** Those that may not wait for ever, by the time when they must be gone. */
    private final TreeSet<Task> impatient = new TreeSet<>(TaskQueue::compareDeadlines);

    private int entries;
    private int over;

    /** How many tasks have left for a worker that has another one, and are not begun. */
    private int ahead;

    TaskQueue(int capacity) {
        this.capacity = capacity;
        levels.put(USUAL, usual);
    }

    private static int compareDeadlines(Task one, Task other) {
        int byTime = Long.compare(one.queueDeadlineNanos(), other.queueDeadlineNanos());
        return byTime == 0 ? Long.compare(one.id(), other.id()) : byTime;
    }

    /** How many tasks wait for a worker. */
    int waiting() {
        return entries - over;
    }

    /**
     * Whether no more may wait.
     *
     * @param vacancies for how many of those that wait a worker is on the way, or may be: they are not counted
     */
    boolean isFull(int vacancies) {
        return waiting() + ahead - vacancies >= capacity;
    }

    void add(Task task) {
        level(task).addLast(task);
        entered(task);
    }

    /** One that was in the queue before comes back: to the head of its priority, even into a queue that is full. */
    void putBack(Task task) {
        level(task).addFirst(task);
        entered(task);
    }

    private void entered(Task task) {
        entries++;
        if (task.queueDeadlineNanos() != Task.UNLIMITED) {
            impatient.add(task);
        }
    }

    private void leaves(Task task) {
        if (task.queueDeadlineNanos() != Task.UNLIMITED) {
            impatient.remove(task);
        }
    }

    private ArrayDeque<Task> level(Task task) {
        return task.priority() == USUAL
                ? usual
                : levels.computeIfAbsent(task.priority(), priority -> new ArrayDeque<>());
    }

    /** The next task, which is in the queue no more; null if none waits. */
    @Nullable
    Task poll() {
        Task task = peek();
        if (task != null) {
            ArrayDeque<Task> level = level(task);
            level.removeFirst();
            entries--;
            leaves(task);
            if (level.isEmpty() && task.priority() != USUAL) {
                levels.remove(task.priority()); // else a priority of its own for each task would stay for ever
            }
        }
        return task;
    }

    /** The next task, which stays in the queue; null if none waits. */
    @Nullable
    Task peek() {
        if (levels.size() == 1) {
            return peekLevel(usual);
        }
        Iterator<ArrayDeque<Task>> remaining = levels.values().iterator();
        while (entries > 0 && remaining.hasNext()) {
            ArrayDeque<Task> level = remaining.next();
            Task task = peekLevel(level);
            if (task != null) {
                return task;
            }
            if (level != usual) {
                remaining.remove();
            }
        }
        return null;
    }

    /** How many have left the queue for a worker that has another task, and wait there. */
    int ahead() {
        return ahead;
    }

    /** One that has left the queue waits ahead. */
    void enterAhead() {
        ahead++;
    }

    /** One waits ahead no longer. */
    void leaveAhead() {
        ahead--;
    }

    /** The next that leave, no more than so many. */
    List<Task> first(int most) {
        return levels.values().stream()
                .flatMap(Collection::stream)
                .filter(TaskQueue::waits)
                .limit(most)
                .toList();
    }

    /** When the one that has waited for the longest time was taken; {@link Worker#NEVER} if none waits. */
    long oldestNanos() {
        return levels.values().stream() // the first of each level came before all others of it
                .flatMap(level -> level.stream().filter(TaskQueue::waits).limit(1))
                .mapToLong(Task::takenNanos)
                .reduce((one, other) -> one - other < 0 ? one : other)
                .orElse(Worker.NEVER);
    }

    private static boolean waits(Task task) {
        return task.state() == TaskState.QUEUED;
    }

    private @Nullable Task peekLevel(ArrayDeque<Task> level) {
        Task task = level.peekFirst();
        while (task != null && !waits(task)) {
            level.removeFirst();
            entries--;
            over--;
            task = level.peekFirst();
        }
        return task;
    }

    /** Those that wait for a worker and for which this holds; they are in the queue no more. */
    List<Task> removeIf(Predicate<Task> which) {
        List<Task> removed = new ArrayList<>();
        for (ArrayDeque<Task> level : levels.values()) {
            level.removeIf(task -> waits(task) && which.test(task) && removed.add(task));
        }
        entries -= removed.size();
        removed.forEach(this::leaves);
        return removed;
    }

    /** A task in the queue is over. Lets go of those that are once they are the larger part. */
    void noteOver(Task task) {
        leaves(task);
        over++;
        if (over > 64 && over > entries / 2) {
            Collection<ArrayDeque<Task>> all = levels.values();
            all.forEach(level -> level.removeIf(each -> !waits(each)));
            entries -= over;
            over = 0;
        }
    }

    /** One that should not wait any more by now, which the caller ends; null if there is none. */
    @Nullable
    Task overdue(long now) {
        return nextDeadlineNanos() <= now ? impatient.first() : null;
    }

    /** When the first of them should not wait any more; {@link Task#UNLIMITED} for never. */
    long nextDeadlineNanos() {
        return impatient.isEmpty() ? Task.UNLIMITED : impatient.first().queueDeadlineNanos();
    }

    // ---- in front of the queue ----------------------------------------------------------------------------------

    /** How many wait for room. */
    int outside() {
        return outside.size();
    }

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

    /** Those that wait for room with a task for which this holds, and wait no more. */
    List<Admission> turnAwayIf(Predicate<Task> which) {
        List<Admission> removed = new ArrayList<>();
        outside.removeIf(admission -> which.test(admission.task()) && removed.add(admission));
        return removed;
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
