/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.List;
import java.util.Objects;

/**
 * What {@link Loky#check(SerializableCallable) Loky.check} found out about a task without running it. Immutable.
 *
 * @param bytes how many bytes a worker would be sent for the task; 0 if it cannot be sent. Classes, which each worker is sent
 *     once at most, are not counted
 * @param classes the names of the program's own classes that the task mentions, sorted: the one of the function, those of what
 *     it captures and of all that this refers to. Those of the JDK and of this library are left out
 * @param problems what keeps the task from being sent: for each of the first few culprits the way to it from the task, the
 *     shortest way first. Empty if it can be sent
 */
public record TaskCheck(long bytes, List<String> classes, List<String> problems) {
    /**
     * Copies the lists.
     *
     * @param bytes how many bytes a worker would be sent
     * @param classes the names of the program's own classes
     * @param problems what keeps the task from being sent
     * @throws NullPointerException if a list, or an element, is {@code null}
     */
    public TaskCheck {
        classes = List.copyOf(Objects.requireNonNull(classes, "classes"));
        problems = List.copyOf(Objects.requireNonNull(problems, "problems"));
    }

    /**
     * Returns whether a pool would send this task to a worker.
     *
     * @return whether there are no problems
     */
    public boolean isSendable() {
        return problems.isEmpty();
    }

    /** The findings as text, a problem on each line. */
    @Override
    public String toString() {
        return isSendable()
                ? "can be sent: " + bytes + " bytes, classes " + classes
                : "cannot be sent:\n  " + String.join("\n  ", problems);
    }
}
