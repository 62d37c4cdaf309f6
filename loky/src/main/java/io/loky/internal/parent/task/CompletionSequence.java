/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs actions on completion threads, one after another in the order in which they came. For short ones whose order
 * matters, such as the delivery to a completion service; one that blocks holds up those behind it.
 */
public final class CompletionSequence implements Executor {
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Counted after an action is in the queue, and again after it has run: who counts up from zero runs the queue. */
    private final AtomicInteger unfinished = new AtomicInteger();

    @Override
    public void execute(Runnable action) {
        waiting.add(action);
        if (unfinished.getAndIncrement() == 0) {
            CompletionThreads.execute(this::runAll);
        }
    }

    private void runAll() {
        do {
            CompletionThreads.runLogged(waiting.remove());
        } while (unfinished.decrementAndGet() > 0);
    }
}
