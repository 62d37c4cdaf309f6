/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.RemoteTask;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Executes tasks once more that lacked memory: each in a pool of its own, with one worker that has a larger heap, and that ends with
 * it. So all that a pool does for a task is done for it: start-up, limits, signs of life, evidence. One after the other,
 * since each may take as much memory as the user has allowed for one of them. Thread-safe.
 */
final class LargerHeaps {
    /** Makes a pool with one worker that has this heap. */
    interface Maker {
        Supervisor make(String heap);
    }

    private final Maker maker;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final ArrayDeque<LargerAttempt<?>> waiting = new ArrayDeque<>();
    private @Nullable LargerAttempt<?> current;

    LargerHeaps(Maker maker) {
        this.maker = maker;
    }

    /** Executes this task when its turn has come. */
    void add(LargerAttempt<?> attempt) {
        lock.lock();
        try {
            waiting.addLast(attempt);
        } finally {
            lock.unlock();
        }
        startNext();
    }

    /** The pool that executes one now; null if none does. */
    @Nullable
    Supervisor running() {
        lock.lock();
        try {
            return current == null ? null : current.pool();
        } finally {
            lock.unlock();
        }
    }

    /** One at a time, until one goes on by itself. */
    private void startNext() {
        for (LargerAttempt<?> next = takeNext(); next != null; next = takeNext()) {
            if (start(next)) {
                return;
            }
            end(next);
        }
    }

    private @Nullable LargerAttempt<?> takeNext() {
        lock.lock();
        try {
            if (current != null) {
                return null;
            }
            current = waiting.pollFirst();
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** Whether something was started, the end of which is told. */
    private boolean start(LargerAttempt<?> attempt) {
        if (attempt.isNotWanted()) {
            return false;
        }
        Supervisor pool = null;
        try {
            pool = maker.make(Objects.requireNonNull(attempt.heap()));
            pool.whenTerminated(() -> {
                end(attempt);
                startNext();
            });
            attempt.runIn(pool);
        } catch (Throwable e) { // no memory here, either; or the Java of the workers is gone
            attempt.failLocally(e);
            if (pool != null) {
                pool.shutdownNow();
            }
        }
        return pool != null;
    }

    /** Told again by each late event of a pool that has ended: only the first time counts. */
    private void end(LargerAttempt<?> attempt) {
        lock.lock();
        try {
            if (current != attempt) {
                return;
            }
            current = null;
        } finally {
            lock.unlock();
        }
        attempt.cleared();
    }

    /**
     * The task has ended: it is not started, or, if it runs, ended so.
     */
    void giveUp(RemoteTask<?> task, Consumer<LargerAttempt<?>> ending) {
        LargerAttempt<?> waits = null;
        LargerAttempt<?> runs = null;
        lock.lock();
        try {
            runs = current != null && current.isFor(task) ? current : null;
            for (LargerAttempt<?> attempt : waiting) {
                waits = attempt.isFor(task) ? attempt : waits;
            }
            waiting.removeIf(attempt -> attempt.isFor(task));
        } finally {
            lock.unlock();
        }
        if (waits != null) {
            waits.cleared();
        } else if (runs != null) {
            ending.accept(runs);
        }
    }
}
