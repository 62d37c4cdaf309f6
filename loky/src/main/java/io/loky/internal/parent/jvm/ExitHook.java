/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.jvm;

import io.loky.internal.parent.thread.ServiceThread;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What is done when this JVM exits: by {@code System.exit}, by Ctrl-C or SIGTERM, or because its last thread that is not a
 * daemon has ended. Everything that is registered is told to stop, then waited for, together for {@value #PATIENCE_MILLIS} ms
 * at most: an exit must not hang.
 *
 * <p>Where the JVM is killed, halts or crashes no hook runs; then the workers themselves do what is needed.
 */
public final class ExitHook {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");
    private static final long PATIENCE_MILLIS = 1_500;
    private static final long RELEASE_MILLIS = 100;

    private static final Set<AtExit> REGISTERED = ConcurrentHashMap.newKeySet();
    private static volatile boolean exiting;

    static {
        try {
            Runtime.getRuntime().addShutdownHook(ServiceThread.of("loky-exit", ExitHook::run));
        } catch (IllegalStateException e) { // the first pool is made while this JVM is exiting already
            exiting = true;
        }
    }

    private ExitHook() {}

    /** Something that must not go on, or stay, when this JVM ends. Called in this order. */
    public interface AtExit {
        /** Starts nothing any more, and ends what it has started. Does not wait. */
        default void stop() {}

        /**
         * Waits until it has ended, so long at most.
         *
         * @throws InterruptedException if the waiting thread is interrupted
         */
        default void await(long nanos) throws InterruptedException {}

        /** Removes what is still there. */
        default void clean() {}

        /**
         * Lets go of whoever still waits. Called on a daemon thread, and only where this JVM has not ended a moment after all
         * else was done: then another hook waits for something, and must not wait for ever. A thread of the program that is
         * woken earlier would print a stack trace at every Ctrl-C.
         */
        default void release() {}
    }

    /** Registers, and stops it at once where this JVM is exiting already. */
    public static void add(AtExit atExit) {
        REGISTERED.add(atExit);
        if (exiting) { // looked at after adding: either the hook has seen it, or this has seen the hook
            atExit.stop();
            atExit.release();
        }
    }

    public static void remove(AtExit atExit) {
        REGISTERED.remove(atExit);
    }

    /** Whether the exit has begun: nothing may be started any more. */
    public static boolean isExiting() {
        return exiting;
    }

    private static void run() {
        exiting = true;
        for (AtExit atExit : REGISTERED) {
            try {
                atExit.stop();
            } catch (Throwable e) { // the others must be stopped too
                LOG.log(Level.ERROR, "could not be stopped at the exit of this JVM: " + atExit, e);
            }
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        for (AtExit atExit : REGISTERED) {
            try {
                atExit.await(Math.max(0, deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                deadline = System.nanoTime(); // somebody wants this exit to be quick
            }
        }
        REGISTERED.forEach(AtExit::clean);
        ServiceThread.of("loky-exit-release", ExitHook::release).start();
    }

    private static void release() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RELEASE_MILLIS));
        REGISTERED.forEach(AtExit::release);
    }
}
