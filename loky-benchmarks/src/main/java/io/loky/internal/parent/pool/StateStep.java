/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.task.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a pool with one worker that is always there, for the benchmark of its steps. In this package because nobody else
 * may see that state.
 */
public final class StateStep {

    private final PoolState<String> pool = new PoolState<>(
            PoolLimits.of(ProcessPoolOptions.builder().maxWorkers(1).build()),
            (number, index, max) -> "worker " + number,
            SendingAhead.Claimed.nothing());
    private final List<Action<String>> actions = new ArrayList<>();
    private final Worker<String> worker;
    private long now;
    private long lastTask;

    /** Makes a pool whose worker is ready. */
    public StateStep() {
        Task first = new Task(++lastTask, Task.UNLIMITED, 0);
        pool.submit(first, now, actions);
        worker = pool.workers().iterator().next();
        pool.workerReady(worker, now, actions);
        pool.answered(worker, first.id(), now, actions);
    }

    /** A task is submitted, sent and answered; how many actions came of it. */
    public int submitAndAnswer() {
        actions.clear();
        now += 1_000;
        Task task = new Task(++lastTask, Task.UNLIMITED, 0);
        pool.submit(task, now, actions);
        if (!pool.answered(worker, task.id(), now, actions)) {
            throw new IllegalStateException("task " + task.id() + " was not taken for answered: " + actions);
        }
        return actions.size();
    }
}
