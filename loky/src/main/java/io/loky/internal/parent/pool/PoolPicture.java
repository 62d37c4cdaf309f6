/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.WorkerSnapshot;
import io.loky.internal.parent.launch.WorkerHandle;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StateDump} tells of a pool: a snapshot, and what that has no room for. All of it was true at the same moment.
 *
 * @param next the tasks that leave the queue next, the first ones only
 * @param pauses of the tasks that wait for a moment before they are executed again, the first to end first
 * @param longestWaitNanos for how long the pool has had the task that has waited longest; 0 if none waits
 * @param waitingForRoom how many submitters wait for room in the queue
 * @param outside the tasks that their submitters run
 * @param enlarged the tasks that are executed once more with a larger heap, or wait for that
 * @param restNanos for how long all tasks are refused yet, since too many workers have died; 0 if they are not
 * @param quarantined the names whose tasks are refused, the first one first
 */
record PoolPicture(
        PoolSnapshot pool,
        List<WorkerPicture> workers,
        List<RemoteTask<?>> next,
        List<Pause> pauses,
        long longestWaitNanos,
        int waitingForRoom,
        List<RemoteTask<?>> outside,
        List<RemoteTask<?>> enlarged,
        long restNanos,
        List<String> quarantined) {
    private static final int NEXT = 3;

    /**
     * One task that waits to be executed again.
     *
     * @param attempt which execution comes next, from 2
     * @param nanos how long it waits yet
     */
    record Pause(RemoteTask<?> task, int attempt, long nanos) {
        private static Pause of(Pausing.Entry entry, long now) {
            RemoteTask<?> task = (RemoteTask<?>) entry.task();
            return new Pause(task, task.attempts() + 1, Math.max(0, entry.untilNanos() - now));
        }
    }

    /**
     * One worker.
     *
     * @param nanos for how long it has been in its state
     * @param task which it has, perhaps only to its end since that was cancelled; null if none
     * @param taskState of that, which may go on meanwhile
     * @param why it ends, or will; null if it is to stay
     * @param detail about that, said by itself; may be empty
     * @param interruptedFor why its task was interrupted; null if it was not
     * @param holds whether it is busy with itself
     * @param larger whether it is not one of the pool's, but was started for one task, with a larger heap
     */
    record WorkerPicture(
            WorkerSnapshot worker,
            long nanos,
            @Nullable RemoteTask<?> task,
            @Nullable TaskState taskState,
            @Nullable EndReason why,
            String detail,
            @Nullable EndReason interruptedFor,
            boolean holds,
            boolean larger,
            WorkerHandle handle) {

        private static WorkerPicture of(WorkerSnapshot snapshot, Worker<WorkerHandle> worker, long now) {
            return new WorkerPicture(
                    snapshot,
                    now - (worker.state().isBusy() ? worker.sentNanos : worker.sinceNanos),
                    (RemoteTask<?>) worker.task,
                    worker.task == null ? null : worker.task.state(),
                    worker.endReason == null ? worker.due() : worker.endReason,
                    worker.dueDetail,
                    worker.interruptedFor,
                    worker.holds,
                    false,
                    worker.handle());
        }

        private WorkerPicture asLarger() {
            return new WorkerPicture(worker, nanos, task, taskState, why, detail, interruptedFor, holds, true, handle);
        }
    }

    /**
     * Under the pool's lock.
     *
     * @param pool taken now
     */
    static PoolPicture of(PoolSnapshot pool, PoolState<WorkerHandle> state, long now) {
        List<WorkerPicture> workers = new ArrayList<>();
        for (Worker<WorkerHandle> worker : state.workers()) { // the snapshot has them in the same order
            workers.add(WorkerPicture.of(pool.workers().get(workers.size()), worker, now));
        }
        long oldest = state.oldestWaitingNanos();
        List<Task> outside = state.outsideTasks();
        return new PoolPicture(
                pool,
                workers,
                remote(state.nextWaiting(NEXT)),
                state.pausing().stream().map(entry -> Pause.of(entry, now)).toList(),
                oldest == Worker.NEVER ? 0 : now - oldest,
                state.waitingForRoom(),
                remote(outside.stream().filter(task -> !task.isEnlarged()).toList()),
                remote(outside.stream().filter(Task::isEnlarged).toList()),
                state.restNanos(now),
                List.copyOf(state.quarantined().keySet()));
    }

    /** The same, and the workers of the pool that executes a task of this one with a larger heap. */
    PoolPicture with(PoolPicture larger) {
        List<WorkerPicture> all = new ArrayList<>(workers);
        larger.workers.forEach(worker -> all.add(worker.asLarger()));
        return new PoolPicture(
                pool, all, next, pauses, longestWaitNanos, waitingForRoom, outside, enlarged, restNanos, quarantined);
    }

    private static List<RemoteTask<?>> remote(List<Task> tasks) {
        List<RemoteTask<?>> remote = new ArrayList<>();
        tasks.forEach(task -> remote.add((RemoteTask<?>) task));
        return remote;
    }
}
