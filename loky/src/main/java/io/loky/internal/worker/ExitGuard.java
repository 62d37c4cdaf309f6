/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import io.loky.internal.wire.LastWords;
import io.loky.internal.wire.WorkerExit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches over the exit of this JVM, which user code may begin at any time with {@code System.exit}. The exit runs shutdown
 * hooks, and those may take long, or for ever: but the future of the task that called it waits for the end of this JVM.
 */
final class ExitGuard {
    /** Longer than hooks need that do something useful. */
    private static final long PATIENCE_SECONDS = 10;

    private static volatile boolean exiting;

    private ExitGuard() {}

    static void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(ExitGuard::begin, "loky-exit-guard"));
    }

    /** A hook itself, so it must not wait. */
    private static void begin() {
        exiting = true;
        Thread guard = new Thread(null, ExitGuard::endInTime, "loky-exit-guard", 0, false);
        guard.setDaemon(true);
        guard.start();
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
