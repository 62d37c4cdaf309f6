/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.TaskFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A task that was submitted, until its outcome is counted. */
final class Flight {
    final ChaosTask task;
    final TaskFuture<Object> future;

    /** How many times the future told a dependent that it is done. */
    final AtomicInteger completions = new AtomicInteger();

    // Written before the flight is handed to the judge.
    volatile @Nullable Object seenValue;
    volatile @Nullable Throwable seenFailure;
    volatile long doneNanos;

    /** The monkey has begun to cancel it. */
    volatile boolean cancelAsked;

    Flight(ChaosTask task, TaskFuture<Object> future) {
        this.task = task;
        this.future = future;
    }

    @Override
    public String toString() {
        return task + " (" + future + ")";
    }
}
