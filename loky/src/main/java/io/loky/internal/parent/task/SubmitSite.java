/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a task was submitted, for the stack traces of what goes wrong with it. A throwable, because the JVM fills one in
 * within a microsecond or two and turns it into readable frames only when they are asked for.
 */
public final class SubmitSite extends Throwable {
    private static final long serialVersionUID = 1L;
    private static final String LIBRARY = "io.loky.internal.";
    private static final String EXECUTORS = "java.util.concurrent.";

    private final String thread = Thread.currentThread().getName();

    /** The calling thread, here. */
    public SubmitSite() {
        super(null, null, false, true);
    }

    /** The frames of the user's code, from the call of the pool on. */
    private List<StackTraceElement> frames() {
        List<StackTraceElement> frames = Arrays.asList(getStackTrace());
        int first = 0;
        while (first < frames.size() && isOurs(frames.get(first).getClassName())) {
            first++;
        }
        return frames.subList(first, frames.size());
    }

    private static boolean isOurs(String className) {
        return className.startsWith(LIBRARY)
                || className.startsWith(EXECUTORS)
                || className.startsWith("io.loky.ProcessPoolExecutor");
    }

    /** Appends this site to the frames of a throwable that came from a worker, behind a line that says so. */
    void appendTo(Throwable remote, long workerPid) {
        List<StackTraceElement> all = new ArrayList<>(Arrays.asList(remote.getStackTrace()));
        all.add(new StackTraceElement(
                "---- above: worker process " + workerPid + "; below: the submit", "by thread " + thread, null, -1));
        all.addAll(frames());
        remote.setStackTrace(all.toArray(StackTraceElement[]::new));
    }

    /** Whether it says the same of the same thread's name. Makes the readable frames of both. */
    boolean isLike(SubmitSite other) {
        return thread.equals(other.thread) && Arrays.equals(getStackTrace(), other.getStackTrace());
    }

    int hash() {
        return 31 * thread.hashCode() + Arrays.hashCode(getStackTrace());
    }

    /** Gives a throwable that was made by the library the frames of this site: those of a service thread help nobody. */
    public void replaceIn(Throwable local) {
        local.setStackTrace(frames().toArray(StackTraceElement[]::new));
    }
}
