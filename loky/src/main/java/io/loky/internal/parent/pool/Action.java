/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.internal.parent.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * What the state wants done. The shell does it after it has released the lock, in the order given.
 *
 * @param <H> the handle of a worker's process
 */
sealed interface Action<H> {
    /** Start this worker's process. */
    record Start<H>(Worker<H> worker) implements Action<H> {}

    /** Write this task to this worker, which is waiting for one. */
    record Send<H>(Worker<H> worker, Task task) implements Action<H> {}

    /** Write this task to this worker, which has one, behind those that it was sent before. */
    record SendAhead<H>(Worker<H> worker, Task task) implements Action<H> {}

    /**
     * Tell this worker, which waits for a task, to leave.
     *
     * @param detail what the worker said about the reason; empty if it is not one of its own
     */
    record Retire<H>(Worker<H> worker, EndReason reason, String detail) implements Action<H> {}

    /**
     * Have this worker interrupt its task.
     *
     * @param sampled whether somebody will want to know where the task was
     */
    record Interrupt<H>(Worker<H> worker, Task task, boolean sampled) implements Action<H> {}

    /** Tell that this worker has its task for long, and where that is; the task goes on. */
    record TellSlow<H>(Worker<H> worker, Task task, long ranNanos) implements Action<H> {}

    /** End this worker's process, and those that it started, now. */
    record Kill<H>(Worker<H> worker) implements Action<H> {}

    /** Stop waiting for this worker's end, which SIGKILL has not brought. */
    record Abandon<H>(Worker<H> worker) implements Action<H> {}

    /** Look for this worker's sign of life, and tell the state. */
    record Listen<H>(Worker<H> worker) implements Action<H> {}

    /** Have this worker, which has waited for a task for a while, give memory back. */
    record Collect<H>(Worker<H> worker) implements Action<H> {}

    /** Complete this task's future with an exception. */
    record Fail<H>(Task task, Failure failure) implements Action<H> {}

    /** Say that this task is executed again, after this death. It waits already. */
    record Again<H>(Task task, Failure.WorkerDied death) implements Action<H> {}

    /** Complete the part of this task with an exception that was given up, while the rest of it goes on. */
    record LosePart<H>(Task task, Failure failure) implements Action<H> {}

    /**
     * Execute this task once more, with a larger heap, without a worker of this pool; and tell the state its answer, and when
     * nothing is left of that.
     *
     * @param death how its worker died; null if it has answered
     * @param error what it has answered, in short
     */
    record Enlarge<H>(Task task, Failure.@Nullable WorkerDied death, String error) implements Action<H> {}

    /** Wake the thread that waits for room in the queue: it is decided whether its task is taken. */
    record Admit<H>(Admission admission) implements Action<H> {}

    /** Wake whoever waits for the pool's end. Comes once, last. */
    record Terminated<H>() implements Action<H> {}
}
