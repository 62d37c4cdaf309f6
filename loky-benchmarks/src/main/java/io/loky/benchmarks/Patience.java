/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for others' code, but not for ever: a contender that hangs must not take the whole run with it. */
final class Patience {

    private Patience() {}

    /**
     * Runs the action on a thread of its own.
     *
     * @throws TimeoutException if it is not done in time; its message says where it was, its thread is interrupted and left behind
     * @throws Exception what the action threw
     */
    static <T> T call(String what, Duration limit, Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(task, what);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            String place = place(thread);
            task.cancel(true);
            TimeoutException withPlace =
                    new TimeoutException(what + ": not done after " + limit.toSeconds() + " s, in " + place);
            withPlace.initCause(e);
            throw withPlace;
        } catch (InterruptedException e) {
            task.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static String place(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().startsWith("io.loky.")) {
                return words(frame);
            }
        }
        return stack.length > 0 ? words(stack[0]) : "no method";
    }

    private static String words(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber();
    }
}
