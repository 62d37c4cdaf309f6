/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.util.List;
import java.util.Objects;

/**
 * What is known about the {@link OutOfMemoryError} of a task: which memory was short, what to do about it, and, where that was
 * the Java heap, what filled it. A suppressed throwable of the failure in the future, so that it stands in every stack trace.
 */
public final class OutOfMemoryDetails extends ProcessPoolException {
    private static final long serialVersionUID = 1L;

    /** Lines of the histogram begin so, others do not. */
    private static final String INDENT = "    ";

    /**
     * Makes one of what {@link #getMessage()} has told.
     *
     * @param message the message, with its lines
     */
    public OutOfMemoryDetails(String message) {
        super(Category.TASK, message);
        setStackTrace(new StackTraceElement[0]); // where it was made says nothing
    }

    /**
     * Makes one.
     *
     * @param kind which memory was short
     * @param worker in which worker: its pid
     * @param detail what else is known, such as how large the heap is; may be empty
     * @param histogram the classes that took most of the heap, one each line, the largest first; may be empty
     */
    public OutOfMemoryDetails(OutOfMemoryKind kind, long worker, String detail, List<String> histogram) {
        this(text(Objects.requireNonNull(kind, "kind"), worker, detail, histogram));
    }

    private static String text(OutOfMemoryKind kind, long worker, String detail, List<String> histogram) {
        StringBuilder text = new StringBuilder("in worker pid ").append(worker);
        text.append(detail.isEmpty() ? "" : ", " + detail).append("; ").append(kind.remedy());
        if (!histogram.isEmpty()) {
            text.append("\nlargest classes in the Java heap, garbage included:");
            histogram.forEach(line -> text.append('\n').append(INDENT).append(line));
        }
        return text.toString();
    }

    /**
     * Returns what filled the Java heap, one class each line, the largest first. What the task had let go of counts as well:
     * when the error reaches its future, the task is over.
     *
     * @return an immutable list; empty if it was not the heap that was full, or nobody could tell
     */
    public List<String> histogram() {
        return Objects.requireNonNull(getMessage())
                .lines()
                .filter(line -> line.startsWith(INDENT))
                .map(String::strip)
                .toList();
    }
}
