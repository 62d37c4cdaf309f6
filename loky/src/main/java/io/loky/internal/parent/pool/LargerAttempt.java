/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.wire.Frame;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A task as another pool executes it, with a larger heap: what comes of that is handed on to the task itself. */
final class LargerAttempt<V> extends RemoteTask<V> {
    private final RemoteTask<V> task;
    private final Supervisor home;
    private volatile @Nullable Supervisor pool;
    private volatile boolean sent;

    /**
     * @param home where the task belongs
     * @param codec of nothing: answers are handed on as they come
     */
    LargerAttempt(RemoteTask<V> task, Supervisor home, ObjectCodec codec) {
        super(task, home, codec);
        this.task = task;
        this.home = home;
    }

    boolean isFor(RemoteTask<?> other) {
        return task == other;
    }

    @Nullable
    String heap() {
        return task.rerun().heap();
    }

    /** Where it is executed; null before that. */
    @Nullable
    Supervisor pool() {
        return pool;
    }

    /** Whether the task has ended meanwhile, and what would be sent may be gone. */
    boolean isNotWanted() {
        return task.state().isTerminal();
    }

    /** Starts it in this pool, which ends with it. */
    void runIn(Supervisor own) {
        pool = own;
        try {
            own.start(this);
        } catch (RejectedExecutionException e) {
            failLocally(e); // this JVM is exiting
        }
        own.shutdown();
        if (isNotWanted()) { // whoever gave it up before may not have seen the pool
            stop();
        }
    }

    /** The user has cancelled the task. */
    void cancelInPool(boolean kill) {
        Supervisor own = pool;
        if (own != null) {
            own.cancel(this, kill);
        }
    }

    /** The task has ended otherwise: at once, whatever the grace. */
    void stop() {
        Supervisor own = pool;
        if (own != null) {
            own.shutdownNow();
        }
    }

    @Override
    public String description() {
        return "another attempt of " + super.description() + ", with a heap of " + heap() + " (retryOutOfMemoryWith)";
    }

    /** Nothing is left of it. */
    void cleared() {
        home.outsideCleared(task);
    }

    @Override
    public void sentTo(long pid) {
        super.sentTo(pid);
        task.sentTo(pid);
        if (!sent) {
            sent = true;
            home.executedOnceMore(task);
        }
    }

    @Override
    public void answer(Frame answer) {
        home.endOutside(task, answer, null);
        complete();
    }

    @Override
    public void failLocally(Throwable failure) {
        home.endOutside(task, null, home.withEarlier(task, failure));
        super.failLocally(failure);
    }

    @Override
    public void failLater(Supplier<Throwable> failure) {
        home.endOutside(task, failure);
        super.failLater(failure);
    }
}
