/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for events. The limits are reached only by a hang, unless the caller gives one that is itself the property. */
public final class Await {
    private static final long HANG_SECONDS = 60;
    private static final long LOOK_MILLIS = 5;

    private Await() {}

    /** Until the condition holds. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        untilWithin(HANG_SECONDS, what, condition, () -> "");
    }

    /** Until the condition holds; the state is added to the message if it never does. */
    public static void until(String what, Callable<Boolean> condition, Supplier<String> state) throws Exception {
        untilWithin(HANG_SECONDS, what, condition, state);
    }

    /** Until the condition holds, which it has to within so many seconds. */
    static void untilWithin(long seconds, String what, Callable<Boolean> condition, Supplier<String> state)
            throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "after " + seconds + " s still not: " + what + "; " + state.get() + "\n" + allStacks());
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** The result of a future that has to become done. */
    public static <T> T result(Future<T> future) throws Exception {
        try {
            return future.get(HANG_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(future + " is not done after " + HANG_SECONDS + " s\n" + allStacks(), e);
        }
    }

    private static String allStacks() {
        StringBuilder text = new StringBuilder("all threads:\n");
        for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
            text.append('"').append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
            text.append('\n');
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }
}
