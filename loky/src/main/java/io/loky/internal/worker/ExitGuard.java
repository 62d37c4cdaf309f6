/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.wire.ExitNote;
import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.WorkerExit;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watches over the exit of this JVM, which user code may begin at any time with {@code System.exit}. The exit runs shutdown
 * hooks, and those may take long, or for ever: but the future of the task that called it waits for the end of this JVM.
 *
 * <p>It is a hook itself, so it knows who has begun the exit: the thread that waits for the hooks stands in the method that runs
 * them. That goes into an {@link ExitNote}; the JVM does not end before all hooks have, so it is complete.
 */
final class ExitGuard {
    /** Longer than hooks need that do something useful. */
    private static final long PATIENCE_SECONDS = 10;

    /** Where the thread that exits waits, on Java 17 to 25. */
    private static final String RUNS_HOOKS = "java.lang.ApplicationShutdownHooks";

    private static volatile boolean exiting;

    /** Whether the exit is this worker's own. */
    private static volatile boolean leaving;

    private ExitGuard() {}

    static void install(WorkerDirectory directory) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> begin(directory), "loky-exit-guard"));
    }

    /** This worker was told to leave, and exits next. */
    static void leave() {
        leaving = true;
    }

    /** A hook itself, so it must not wait. */
    private static void begin(WorkerDirectory directory) {
        exiting = true;
        Thread guard = new Thread(null, ExitGuard::endInTime, "loky-exit-guard", 0, false);
        guard.setDaemon(true);
        guard.start();
        if (!leaving) {
            note(directory);
        }
    }

    private static void note(WorkerDirectory directory) {
        try {
            find(Thread.getAllStackTraces()).write(directory.exitFile());
        } catch (IOException | RuntimeException | Error e) { // no room, no memory: then the report says less
            System.getLogger("io.loky.worker").log(Level.DEBUG, "who has ended this JVM could not be noted", e);
        }
    }

    private static ExitNote find(Map<Thread, StackTraceElement[]> stacks) {
        for (Map.Entry<Thread, StackTraceElement[]> entry : stacks.entrySet()) {
            List<StackTraceElement> frames = callers(entry.getValue());
            if (frames != null) {
                return new ExitNote(entry.getKey().getName(), frames);
            }
        }
        return new ExitNote("", List.of());
    }

    /** The frames from the call that ends the JVM down to the user's; null if this thread does not end it. */
    private static @Nullable List<StackTraceElement> callers(StackTraceElement[] stack) {
        int from = 0;
        while (from < stack.length && !stack[from].getClassName().startsWith(RUNS_HOOKS)) {
            from++;
        }
        if (from == stack.length) {
            return null;
        }
        int to = stack.length;
        for (int i = from; i < stack.length; i++) {
            if (isCall(stack[i])) {
                from = i; // the last of them: System.exit calls Runtime.exit
            }
        }
        while (to > from && stack[to - 1].getClassName().startsWith("io.loky.internal.")) {
            to--;
        }
        return List.copyOf(Arrays.asList(stack).subList(from, to));
    }

    private static boolean isCall(StackTraceElement frame) {
        return frame.getMethodName().equals("exit")
                && (frame.getClassName().equals("java.lang.System")
                        || frame.getClassName().equals("java.lang.Runtime"));
    }

    private static void endInTime() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
            Thread.interrupted(); // else the next round would not park
        }
        LastWords.sayAndHalt(
                "told to exit (System.exit), and its shutdown hooks had not ended after " + PATIENCE_SECONDS + " s",
                WorkerExit.EXIT_HUNG);
    }

    /** Before a task is begun: where this JVM is exiting it is not. It will run elsewhere, since it was not begun here. */
    static void stayAwayIfExiting() {
        while (exiting) {
            LockSupport.park();
            Thread.interrupted();
        }
    }
}
