/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.TaskFuture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * The methods that Future and ExecutorService have since Java 19: called as those of the JDK's interface where it has
 * them, as those of the library's own on Java 17. A test that calls one where neither has it is skipped.
 */
final class Since19 {
    private Since19() {}

    static boolean isHere() {
        return Runtime.version().feature() >= 19;
    }

    /** RUNNING, SUCCESS, FAILED or CANCELLED. */
    static String state(Future<?> future) throws Exception {
        if (!isHere() && future instanceof TaskFuture<?> ours) {
            return switch (ours.status()) {
                case QUEUED, RUNNING -> "RUNNING";
                case SUCCEEDED -> "SUCCESS";
                case FAILED -> "FAILED";
                case CANCELLED -> "CANCELLED";
            };
        }
        return ((Enum<?>) call(future, "state")).name();
    }

    static Object resultNow(Future<?> future) throws Exception {
        return call(future, "resultNow");
    }

    static Throwable exceptionNow(Future<?> future) throws Exception {
        return (Throwable) call(future, "exceptionNow");
    }

    private static Object call(Future<?> future, String name) throws Exception {
        assumeTrue(isHere() || future instanceof TaskFuture, () -> name + "() is in Future since 19");
        Class<?> type = isHere() ? Future.class : TaskFuture.class;
        Method method = type.getMethod(name);
        try {
            return method.invoke(future);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception exception ? exception : e;
        }
    }

    /** Here, and not on another thread, whose end would be taken for a failure. */
    static void assumeClose(ExecutorService executor) {
        assumeTrue(executor instanceof AutoCloseable, "close() is in ExecutorService since 19");
    }

    static void close(ExecutorService executor) throws Exception {
        assumeClose(executor);
        ((AutoCloseable) executor).close();
    }
}
