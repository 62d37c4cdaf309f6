/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Task;
import io.loky.internal.parent.task.TaskState;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** In which order tasks leave the queue, and how many may be in it. */
class PoolStateQueueTest extends PoolStateScript {
    private long lastId = 100;
    private List<Task> queuedTasks = List.of();

    @Test
    void answered_tasksOfSeveralPriorities_higherFirstAndEqualOnesInOrder() {
        pool = pool(1);
        idleWorkers(1);
        Task running = submit();
        Task usual = submit();
        Task low = submitUrgent(Integer.MIN_VALUE);
        Task high = submitUrgent(7);
        Task highest = submitUrgent(Integer.MAX_VALUE);
        Task alsoHigh = submitUrgent(7);
        Task alsoUsual = submit();
        actions();

        for (Task next : List.of(running, highest, high, alsoHigh, usual, alsoUsual, low)) {
            answer(1, next);
        }

        assertThat(actions())
                .containsExactly(
                        "send 1 #" + highest.id(),
                        "send 1 #" + high.id(),
                        "send 1 #" + alsoHigh.id(),
                        "send 1 #" + usual.id(),
                        "send 1 #" + alsoUsual.id(),
                        "send 1 #" + low.id());
    }

    @Test
    void submit_lowPriorityAndAnIdleWorker_goesAtOnce() {
        idleWorkers(1);

        Task low = submitUrgent(-5);

        assertThat(actions()).containsExactly("send 1 #" + low.id());
    }

    @Test
    void gone_taskNotBegun_returnsToTheHeadOfItsPriority() {
        pool = pool(1);
        idleWorkers(1);
        Task returned = submit();
        Task usual = submit();
        Task urgent = submitUrgent(1);
        actions();

        gone(1, 137, false);
        actions();
        ready(2);

        assertThat(actions()).containsExactly("send 2 #" + urgent.id());
        answer(2, urgent);
        answer(2, returned);
        assertThat(actions()).containsExactly("send 2 #" + returned.id(), "send 2 #" + usual.id());
    }

    @Test
    void cancel_tasksOfSeveralPriorities_areSkippedAndCountNoMore() {
        pool = pool(1);
        for (int i = 0; i < 300; i++) {
            Task task = submitUrgent(i % 3 - 1);
            if (i % 10 != 0) {
                cancel(task, false);
            }
        }
        assertThat(pool.waiting()).isEqualTo(30);
        actions();

        ready(1);
        for (int i = 0; i < 30; i++) {
            answer(1, worker(1).task.id());
        }

        assertThat(actions()).hasSize(30).allMatch(action -> action.startsWith("send 1 "));
        assertThat(pool.waiting()).isZero();
    }

    /** In the order in which they leave; who has waited longest may be behind others. */
    @Test
    void nextWaiting_severalPriorities_areTheFirstAndTheOldestIsFound() {
        pool = pool(1);
        assertThat(pool.nextWaiting(3)).isEmpty();
        assertThat(pool.oldestWaitingNanos()).isEqualTo(Worker.NEVER);
        Task gone = submit();
        now += 5;
        long taken = now;
        Task usual = submit();
        now += 5;
        Task urgent = submitUrgent(1);
        Task alsoUrgent = submitUrgent(1);
        cancel(gone, false);

        assertThat(pool.nextWaiting(3)).containsExactly(urgent, alsoUrgent, usual);
        assertThat(pool.nextWaiting(2)).containsExactly(urgent, alsoUrgent);
        assertThat(pool.oldestWaitingNanos()).isEqualTo(taken);
    }

    /** What it has waited counts from when the pool took it. */
    @Test
    void oldestWaiting_taskThatCameBack_countsFromItsSubmission() {
        pool = pool(1);
        idleWorkers(1);
        long taken = now;
        submit();
        now += 1_000;

        gone(1, 137, false);

        assertThat(pool.oldestWaitingNanos()).isEqualTo(taken);
    }

    // ---- queueCapacity ------------------------------------------------------------------------------------------

    @Test
    void submit_asManyWaitAsMay_saysFullAndChangesNothing() {
        fullPool(2);

        Task task = new Task(++lastId, Task.UNLIMITED, 0);
        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.FULL);

        assertThat(task.state()).isEqualTo(TaskState.NEW);
        assertThat(pool.waiting()).isEqualTo(2);
        assertThat(actions()).isEmpty();
    }

    @Test
    void submit_fullAndAWorkerIsIdle_cannotBe() {
        pool = pool(1, options -> options.queueCapacity(1));
        idleWorkers(1);

        submit();
        submit();

        assertThat(pool.submit(new Task(++lastId, Task.UNLIMITED, 0), now, out)).isEqualTo(Submission.FULL);
    }

    /** Tasks that a worker is being started for do not wait for others: a small queue must not keep the pool from growing. */
    @Test
    void submit_placesAreFree_isNotFullBeforeEachHasATaskAndTheQueueToo() {
        pool = pool(4, options -> options.queueCapacity(1));

        for (int i = 0; i < 5; i++) {
            submit();
        }

        assertThat(actions()).containsExactly("start 1", "start 2", "start 3", "start 4");
        assertThat(pool.submit(new Task(++lastId, Task.UNLIMITED, 0), now, out)).isEqualTo(Submission.FULL);
        ready(1);
        assertThat(pool.submit(new Task(++lastId, Task.UNLIMITED, 0), now, out)).isEqualTo(Submission.FULL);
    }

    /** They would fail one by one, each after a pause of its own. */
    @Test
    void gone_noWorkerStarts_submittersWhoWaitHearOfItAtOnce() {
        pool = pool(1, options -> options.queueCapacity(1));
        submit();
        submit();
        Admission first = waitForRoom(0);
        Admission second = waitForRoom(0);
        failStarts(1, 2);
        actions();

        gone(3, 1, false);

        assertThat(actions())
                .contains(
                        "fail #1 NoWorkerStarts 3 of 3",
                        "fail #2 NoWorkerStarts 3 of 3",
                        "fail #" + first.task().id() + " NoWorkerStarts 3 of 3",
                        "fail #" + second.task().id() + " NoWorkerStarts 3 of 3");
        assertThat(first.isTaken()).isTrue();
    }

    // ---- tasks that their submitters run ------------------------------------------------------------------------

    @Test
    void runOutside_shutdown_endsWhenItHasRun() {
        fullPool(1);
        Task task = runOutside();
        cancel(queuedTasks.get(0), false);
        pool.shutdown(now, out);
        answer(1, worker(1).task.id());
        gone(1, 0, false);
        assertThat(actions()).doesNotContain("terminated");
        assertThat(pool.outside()).isEqualTo(1);

        assertThat(pool.ranOutside(task, now, out))
                .as("its answer is delivered")
                .isTrue();

        assertThat(actions()).containsExactly("terminated");
        assertThat(task.state()).isEqualTo(TaskState.DONE);
    }

    /** Nothing can end the submitter's thread, but the future, and the pool, do not wait for it. */
    @Test
    void runOutside_stop_failsAtOnceAndItsAnswerIsDropped() {
        fullPool(1);
        Task task = runOutside();

        pool.stop(now, out);

        assertThat(actions()).contains("fail #" + task.id() + " PoolStopped while it ran");
        gone(1, 137, true);
        assertThat(actions()).containsExactly("terminated");
        assertThat(pool.ranOutside(task, now, out)).isFalse();
        assertThat(actions()).isEmpty();
    }

    @Test
    void runOutside_cancelled_isOverAndItsAnswerIsDropped() {
        fullPool(1);
        Task task = runOutside();

        assertThat(cancel(task, true)).isTrue();

        assertThat(pool.ranOutside(task, now, out)).isFalse();
        assertThat(actions()).as("no worker is killed for it").isEmpty();
    }

    private Task runOutside() {
        Task task = new Task(++lastId, Task.UNLIMITED, 0);
        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.FULL);
        pool.runOutside(task);
        return task;
    }

    @Test
    void answered_submittersWait_theFirstComesIn() {
        fullPool(1);
        Admission first = waitForRoom(0);
        Admission second = waitForRoom(9);

        answer(1, worker(1).task.id());

        assertThat(actions())
                .containsExactly("send 1 #3", "admit #" + first.task().id());
        assertThat(first.isTaken()).isTrue();
        assertThat(first.task().state()).isEqualTo(TaskState.QUEUED);
        assertThat(second.isTaken()).isFalse();
    }

    @Test
    void cancel_waitingTask_makesRoomAtOnce() {
        fullPool(1);
        Admission waiting = waitForRoom(0);

        Task queued = queuedTasks.get(0);
        cancel(queued, false);

        assertThat(actions()).containsExactly("admit #" + waiting.task().id());
    }

    @Test
    void cancel_taskThatWaitsForRoom_letsItsSubmitterGoOn() {
        fullPool(1);
        Admission waiting = waitForRoom(0);

        assertThat(cancel(waiting.task(), false)).isTrue();

        assertThat(actions()).containsExactly("admit #" + waiting.task().id());
        answer(1, worker(1).task.id());
        assertThat(waiting.task().state()).isEqualTo(TaskState.CANCELLED);
        assertThat(pool.waiting()).isZero();
    }

    @Test
    void withdraw_beforeItIsDecided_isTrueAndTheTaskIsNotTaken() {
        fullPool(1);
        Admission waiting = waitForRoom(0);

        assertThat(pool.withdraw(waiting)).isTrue();
        assertThat(pool.withdraw(waiting)).isFalse();
        answer(1, worker(1).task.id());

        assertThat(waiting.isTaken()).isFalse();
        assertThat(waiting.task().state()).isEqualTo(TaskState.NEW);
    }

    @Test
    void shutdown_submittersWait_areTurnedAway() {
        fullPool(1);
        Admission first = waitForRoom(0);
        Admission second = waitForRoom(0);

        pool.shutdown(now, out);

        assertThat(actions())
                .containsExactly(
                        "turn away #" + first.task().id(),
                        "turn away #" + second.task().id());
    }

    @Test
    void stop_submittersWait_areTurnedAwayAndNotGivenBack() {
        fullPool(1);
        Admission waiting = waitForRoom(0);

        assertThat(pool.stop(now, out)).isEqualTo(queuedTasks);

        assertThat(actions()).contains("turn away #" + waiting.task().id());
    }

    @Test
    void gone_taskNotBegunAndTheQueueIsFull_returnsNevertheless() {
        fullPool(1);

        gone(1, 137, false);

        assertThat(pool.waiting()).isEqualTo(2);
    }

    /** Worker 1 is busy with task #2, and as many tasks wait as may. */
    private void fullPool(int capacity) {
        pool = pool(1, options -> options.queueCapacity(capacity));
        idleWorkers(1);
        submit();
        queuedTasks = Stream.generate(this::submit).limit(capacity).toList();
        actions();
    }

    private Admission waitForRoom(int priority) {
        Admission admission = new Admission(new Task(++lastId, Task.UNLIMITED, priority));
        assertThat(pool.submit(admission.task(), now, out)).isEqualTo(Submission.FULL);
        pool.waitForRoom(admission);
        return admission;
    }
}
