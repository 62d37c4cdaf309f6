/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.internal.parent.crash.Verdict;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.CompletionSequence;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.spi.PoolListener;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Tells the user's listener, one event after another, in the order in which they happened. Not on the threads that they happen on, which
 * read answers: what the listener does must hold up nothing but the listener.
 */
final class ListenerCalls {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    private final String label;
    private final PoolListener listener;
    private final boolean numbered;
    private final Executor executor;

    /**
     * @param label the pool's
     */
    ListenerCalls(String label, PoolListener listener) {
        this(label, listener, true, new CompletionSequence());
    }

    private ListenerCalls(String label, PoolListener listener, boolean numbered, Executor executor) {
        this.numbered = numbered;
        this.executor = executor;
        this.label = label;
        this.listener = listener;
    }

    /** The same for workers that are started for one task of this pool, with a larger heap: they have no numbers in it. */
    ListenerCalls ofOneTask() {
        return new ListenerCalls(label, listener, false, executor);
    }

    void started(int number, OptionalLong pid) {
        call(() -> listener.workerStarted(numbered ? number : 0, pid.orElse(0)));
    }

    /**
     * @param task which it had begun and not answered; null if none
     */
    void ended(int number, WorkerEnd end, EndReason reason, @Nullable RemoteTask<?> task) {
        call(() -> listener.workerEnded(numbered ? number : 0, end.pid(), reason, report(end, reason, task)));
    }

    private static @Nullable CrashReport report(WorkerEnd end, EndReason reason, @Nullable RemoteTask<?> task) {
        boolean died = switch (reason) {
            case CRASHED, START_FAILED, UNRESPONSIVE -> true;
            case MEMORY_LIMIT -> task != null; // else it was told to leave, and did
            default -> false;
        };
        if (!died) {
            return null;
        }
        return Verdict.report(
                end,
                reason,
                task == null ? OptionalLong.empty() : OptionalLong.of(task.id()),
                task == null ? Optional.empty() : Optional.of(task.name()),
                task == null ? Optional.empty() : task.argument());
    }

    private void call(Runnable event) {
        if (listener == PoolListener.none()) {
            return;
        }
        try {
            executor.execute(() -> tell(event));
        } catch (Throwable e) { // no memory: whoever has an event goes on with it
            LOG.log(Level.WARNING, "the listener of " + label + " could not be called", e);
        }
    }

    private void tell(Runnable event) {
        try {
            event.run();
        } catch (Throwable e) { // of the user's code
            LOG.log(
                    Level.WARNING,
                    "the listener of " + label + ", " + listener.getClass().getName() + ", has failed",
                    e);
        }
    }
}
