/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.task.CompletionThreads;
import io.loky.internal.parent.task.RemoteTask;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Says where tasks are that go on for long. Thread-safe. */
final class SlowTaskLog {
    private static final System.Logger LOG = System.getLogger("io.loky.task");

    /** A worker that tells nothing by then is frozen, or its machine is: the task is told of without its stack. */
    private static final long PATIENCE_MILLIS = 5_000;

    /** The top of the stack says what it does; the whole of it can be had by other means. */
    private static final int SHOWN = 20;

    private final String pool;

    /**
     * @param pool the pool's label
     */
    SlowTaskLog(String pool) {
        this.pool = pool;
    }

    /** A worker has had this task for so long. Does not wait for the stack. */
    void tell(Worker<WorkerHandle> worker, RemoteTask<?> task, long ranNanos) {
        if (!LOG.isLoggable(Level.WARNING)) {
            return;
        }
        String what = task.description() + " has been executing for "
                + Duration.ofNanos(ranNanos).toMillis()
                + " ms in worker " + worker.number() + " of " + pool
                + worker.handle().pid().stream()
                        .mapToObj(pid -> " (pid " + pid + ")")
                        .collect(Collectors.joining())
                + ", and goes on";
        var unused = worker.handle()
                .look(task.id())
                .completeOnTimeout(List.of(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                // Not on the thread that reads the worker's answers: what a log does is the user's affair.
                .thenAcceptAsync(stack -> LOG.log(Level.WARNING, what + where(stack)), CompletionThreads::execute);
    }

    private static String where(List<StackTraceElement> stack) {
        if (stack.isEmpty()) {
            return "; where it is could not be seen";
        }
        String frames =
                stack.stream().limit(SHOWN).map(frame -> "\n    at " + frame).collect(Collectors.joining());
        int more = stack.size() - SHOWN;
        return "; it is here:" + frames + (more > 0 ? "\n    ... " + more + " more" : "");
    }
}
