/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;

/**
 * A view of a collection of tasks that says which of them is null. It says so when that one is reached, not before: what
 * {@code invokeAll} and {@code invokeAny} have submitted until then they cancel, as the JDK's own executors do.
 */
final class NumberedTasks<C> extends AbstractCollection<C> {
    private final Collection<C> tasks;

    private NumberedTasks(Collection<C> tasks) {
        this.tasks = tasks;
    }

    static <C> Collection<C> of(Collection<C> tasks) {
        return new NumberedTasks<>(Objects.requireNonNull(tasks, "tasks"));
    }

    @Override
    public int size() {
        return tasks.size();
    }

    @Override
    public Iterator<C> iterator() {
        Iterator<C> iterator = tasks.iterator();
        return new Iterator<>() {
            private int index;

            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public C next() {
                C task = iterator.next();
                if (task == null) {
                    throw new NullPointerException("tasks[" + index + "]");
                }
                index++;
                return task;
            }
        };
    }
}
