/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import io.loky.SerializableRunnable;
import io.loky.internal.wire.StackSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What of the stack of a thread that runs a task is the task's: what is below it, of the library's own, is cut. */
public final class TaskStack {
    private static final String LIBRARY = "io.loky.internal.";
    private static final String RUNTIME = TaskStack.class.getPackageName() + ".";

    /** Of a stack that is deeper than can be told: recursion repeats itself between these and the innermost ones. */
    private static final int OUTERMOST = 64;

    private TaskStack() {}

    /**
     * Cuts a stack.
     *
     * @param all innermost first
     * @return the same way; empty where the library is at work, and no more frames than a {@link StackSample} has
     */
    public static List<StackTraceElement> of(StackTraceElement[] all) {
        int end = all.length;
        while (end > 0 && !all[end - 1].getClassName().startsWith(RUNTIME)) {
            end--;
        }
        if (end == 0) {
            end = all.length; // deeper than the JVM tells
        }
        while (end > 0 && isBelowTask(all[end - 1].getClassName())) {
            end--;
        }
        List<StackTraceElement> frames = Arrays.asList(all).subList(0, end);
        if (end <= StackSample.MOST_FRAMES) {
            return frames;
        }
        List<StackTraceElement> bounded = new ArrayList<>(frames.subList(0, StackSample.MOST_FRAMES - OUTERMOST));
        bounded.addAll(frames.subList(end - OUTERMOST, end));
        return bounded;
    }

    /** The library, or what is between it and the user's code: a lambda's class, which the JDK shows of other threads. */
    private static boolean isBelowTask(String type) {
        return type.startsWith(LIBRARY)
                || type.equals(SerializableRunnable.class.getName())
                || type.contains("$$Lambda");
    }
}
