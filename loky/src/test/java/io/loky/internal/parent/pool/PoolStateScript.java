/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;

/**
 * The words of the scripts that test the pool's state: events at a time that is set by hand, and in {@link #actions} what the
 * state wants done.
 */
abstract class PoolStateScript {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;
    static final long IDLE_TIMEOUT = 10 * SECOND;
    static final long START_TIMEOUT = 30 * SECOND;

    /** No looks, but in the scripts about them. */
    static final long NO_HEARTBEAT = Long.MAX_VALUE;

    /** Not 0, and negative as the JDK's clock may be. */
    long now = -7 * SECOND;

    PoolState<String> pool = pool(2);
    final List<Action<String>> out = new ArrayList<>();
    private long lastTask;

    static PoolState<String> pool(int maxWorkers) {
        return pool(maxWorkers, NO_HEARTBEAT);
    }

    static PoolState<String> pool(int maxWorkers, long heartbeat) {
        return new PoolState<>(maxWorkers, IDLE_TIMEOUT, START_TIMEOUT, heartbeat, index -> "w" + index);
    }

    /** Workers 1 to n, idle in this order, each with one task behind it. */
    void idleWorkers(int n) {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            tasks.add(submit());
        }
        for (int i = 0; i < n; i++) {
            ready(i + 1);
        }
        for (int i = 0; i < n; i++) {
            answer(i + 1, tasks.get(i));
        }
        out.clear();
    }

    void failStarts(int... indexes) {
        for (int index : indexes) {
            gone(index, 1, false);
            pass(5 * SECOND);
        }
    }

    Task submit() {
        return submitWithin(Task.UNLIMITED);
    }

    Task submitWithin(long limitNanos) {
        Task task = new Task(++lastTask, limitNanos);
        assertThat(pool.submit(task, now, out)).isTrue();
        return task;
    }

    boolean cancel(Task task, boolean killWorker) {
        return pool.cancel(task, killWorker, now, out);
    }

    void ready(int index) {
        pool.workerReady(worker(index), now, out);
    }

    boolean answer(int index, Task task) {
        return answer(index, task.id());
    }

    boolean answer(int index, long taskId) {
        return pool.answered(worker(index), taskId, now, out);
    }

    void gone(int index, int exitCode, boolean begun) {
        pool.workerGone(worker(index), end(index, exitCode), begun, now, out);
        pool.workerCleared(now, out);
    }

    /** The pid says whose end it is. */
    static WorkerEnd end(int index, int exitCode) {
        return new WorkerEnd(
                index,
                true,
                OptionalInt.of(exitCode),
                Duration.ofSeconds(1),
                0,
                BeginMark.Reading.NONE,
                List.of(),
                null,
                null);
    }

    void pass(long nanos) {
        now += nanos;
        pool.tick(now, out);
    }

    void assertPauseThenStart(long pause, int worker) {
        assertThat(pool.nextDeadlineNanos()).isLessThanOrEqualTo(now + pause);
        pass(pause - 1);
        assertThat(actions()).isEmpty();
        assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 1);
        pass(1);
        assertThat(actions()).containsExactly("start " + worker);
    }

    Worker<String> worker(int index) {
        return pool.workers().stream()
                .filter(worker -> worker.index() == index)
                .findAny()
                .orElseThrow(() -> new NoSuchElementException("worker " + index + " is not there: " + states()));
    }

    List<String> states() {
        return pool.workers().stream()
                .map(worker -> worker.index() + " " + worker.state())
                .toList();
    }

    /** What came out since the last call. */
    List<String> actions() {
        List<String> words = out.stream().map(PoolStateScript::words).toList();
        out.clear();
        return words;
    }

    static String words(Action<String> action) {
        if (action instanceof Action.Start<String> start) {
            return "start " + start.worker().index();
        } else if (action instanceof Action.Send<String> send) {
            return "send " + send.worker().index() + " #" + send.task().id();
        } else if (action instanceof Action.Retire<String> retire) {
            return "retire " + retire.worker().index();
        } else if (action instanceof Action.Kill<String> kill) {
            return "kill " + kill.worker().index();
        } else if (action instanceof Action.Abandon<String> abandon) {
            return "abandon " + abandon.worker().index();
        } else if (action instanceof Action.Listen<String> listen) {
            return "listen " + listen.worker().index();
        } else if (action instanceof Action.Fail<String> fail) {
            return "fail #" + fail.task().id() + " " + words(fail.failure());
        } else {
            return "terminated";
        }
    }

    static String words(Failure failure) {
        if (failure instanceof Failure.WorkerDied died) {
            return "WorkerDied " + died.end().pid();
        } else if (failure instanceof Failure.TimedOut timedOut) {
            return "TimedOut " + timedOut.limitNanos();
        } else if (failure instanceof Failure.NoWorkerStarts none) {
            return "NoWorkerStarts " + none.last().pid() + " of " + none.attempts();
        } else if (failure instanceof Failure.PoolStopped shutDown) {
            return "PoolStopped " + (shutDown.begun() ? "while it ran" : "before");
        } else {
            return "PoolBroken " + ((Failure.PoolBroken) failure).defect().getMessage();
        }
    }
}
