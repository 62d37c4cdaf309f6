/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.jvm;

import io.loky.internal.parent.thread.ServiceThread;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this JVM from ending by itself while there is unfinished work, as the threads of a {@code ThreadPoolExecutor} do; but
 * no longer. All other threads of the library are daemons; the keeper is the one that is not, and it is there only while
 * somebody holds, and for a moment afterwards:
 *
 * <pre>
 *   hold() ............ release()                     the keeper ends
 *   |<---- keeper parked ---->|<- lingers 20 ms ->|
 * </pre>
 *
 * The moment spares a program that submits and waits, submits and waits, a new thread for each task; release wakes the keeper
 * only where it is parked, which is once in that time at most.
 *
 * <p>{@code System.exit}, signals and {@code halt} end a JVM whatever threads it has: they wait for nothing.
 */
public class KeepAlive {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");
    private static final long LINGER_NANOS = 20_000_000;

    private static final KeepAlive SHARED = new KeepAlive();

    private final AtomicInteger holders = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();

    /** The keeper while it is parked until the last holder releases; else null. */
    private volatile @Nullable Thread parked;

    /** For {@link #shared}, and for tests. */
    protected KeepAlive() {}

    /** The one of this JVM. */
    public static KeepAlive shared() {
        return SHARED;
    }

    /** The JVM must not end by itself until {@link #release}. */
    public void hold() {
        holders.incrementAndGet();
        if (!running.get() && running.compareAndSet(false, true)) {
            startKeeper();
        }
    }

    /** Ends one {@link #hold}. */
    public void release() {
        if (holders.decrementAndGet() == 0) {
            LockSupport.unpark(parked);
        }
    }

    private void startKeeper() {
        try {
            Thread keeper = ServiceThread.of("loky-keepalive", this::keep);
            keeper.setDaemon(false);
            keeper.start();
        } catch (OutOfMemoryError e) { // unable to create native thread; the next hold tries again
            running.set(false);
            LOG.log(
                    Level.WARNING,
                    "no thread could be started that keeps this JVM from ending before its tasks have ended",
                    e);
        }
    }

    private void keep() {
        for (; ; ) {
            if (holders.get() > 0) {
                parked = Thread.currentThread();
                if (holders.get() > 0) { // asked again: a release before the line above has woken nobody
                    LockSupport.park(this);
                }
                parked = null;
            } else {
                LockSupport.parkNanos(this, LINGER_NANOS);
                if (holders.get() == 0 && hasLeft()) {
                    return;
                }
            }
            // Only a user who lists all threads would interrupt this one; parking must not turn into spinning by it.
            Thread.interrupted();
        }
    }

    /** Leaves, unless somebody who held meanwhile still believes that the keeper runs. */
    private boolean hasLeft() {
        running.set(false);
        return holders.get() == 0 || !running.compareAndSet(false, true);
    }
}
