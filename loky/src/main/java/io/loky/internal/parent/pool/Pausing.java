/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Tasks that have killed workers, and wait a moment before they are executed again. Guarded by the pool's lock. */
final class Pausing {
    /**
     * One of them.
     *
     * @param untilNanos when it has waited long enough
     */
    record Entry(Task task, long untilNanos) {}

    private final List<Entry> entries = new ArrayList<>();

    int size() {
        return entries.size();
    }

    /** Those that wait no more first, as they are now. */
    List<Entry> entries() {
        return entries.stream()
                .sorted(Comparator.comparingLong(Entry::untilNanos))
                .toList();
    }

    /** When the one that the pool has had for the longest time was taken; {@link Worker#NEVER} if there is none. */
    long oldestNanos() {
        return entries.stream()
                .mapToLong(entry -> entry.task.takenNanos())
                .reduce((one, other) -> one - other < 0 ? one : other)
                .orElse(Worker.NEVER);
    }

    void add(Task task, long untilNanos) {
        entries.add(new Entry(task, untilNanos));
    }

    /** It waits no more. False if it did not. */
    boolean remove(Task task) {
        return entries.removeIf(entry -> entry.task == task);
    }

    /** Those that have waited long enough, and wait no more: the last that came first, for a queue that is entered from its head. */
    List<Task> due(long now) {
        return due(now, task -> true);
    }

    /** Those of them for which this holds. */
    List<Task> due(long now, Predicate<Task> which) {
        if (entries.isEmpty()) {
            return List.of();
        }
        List<Task> due = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).untilNanos <= now && which.test(entries.get(i).task)) {
                due.add(entries.remove(i).task);
            }
        }
        return due;
    }

    /** When the first of them has waited long enough; {@link Worker#NEVER} if there is none. */
    long nextNanos() {
        long next = Worker.NEVER;
        for (Entry entry : entries) {
            next = Math.min(next, entry.untilNanos);
        }
        return next;
    }
}
