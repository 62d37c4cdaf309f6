/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.task.Task;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A task that found the queue full, with the thread that waits for room for it. */
final class Admission {
    static final long FOREVER = Long.MAX_VALUE;

    private final Task task;
    private final CountDownLatch decided = new CountDownLatch(1);

    /** Written by the state, before the action that wakes the thread. */
    private volatile boolean taken;

    Admission(Task task) {
        this.task = task;
    }

    Task task() {
        return task;
    }

    /** The state has decided: the pool has the task, or will never take it. */
    void decide(boolean taking) {
        taken = taking;
    }

    boolean isTaken() {
        return taken;
    }

    /** Lets the thread go on. */
    void open() {
        decided.countDown();
    }

    /** Until it is decided, so long at most. Whether it is. */
    boolean await(long nanos) throws InterruptedException {
        if (nanos == FOREVER) {
            decided.await();
            return true;
        }
        return decided.await(nanos, TimeUnit.NANOSECONDS);
    }
}
