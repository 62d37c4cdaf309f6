/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.crash.WorkerEnd;
import io.loky.internal.parent.pool.PoolState.Submission;
import io.loky.internal.parent.task.Task;
import io.loky.internal.wire.BeginMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.function.Consumer;

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
        return pool(maxWorkers, options -> options.heartbeat(Duration.ofNanos(heartbeat)));
    }

    static PoolState<String> pool(int maxWorkers, Consumer<ProcessPoolOptions.Builder> more) {
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder()
                .maxWorkers(maxWorkers)
                .idleTimeout(Duration.ofNanos(IDLE_TIMEOUT))
                .startTimeout(Duration.ofNanos(START_TIMEOUT))
                .heartbeat(Duration.ofNanos(NO_HEARTBEAT))
                .cancelGrace(Duration.ZERO); // but in the scripts about it
        more.accept(options);
        return new PoolState<>(
                PoolLimits.of(options.build()), (number, index, max) -> "w" + number, SendingAhead.Claimed.nothing());
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

    void failStarts(int... numbers) {
        for (int number : numbers) {
            gone(number, 1, false);
            pass(5 * SECOND);
        }
    }

    Task submit() {
        return submitWithin(Task.UNLIMITED);
    }

    Task submitWithin(long limitNanos) {
        return submit(new Task(++lastTask, limitNanos, 0));
    }

    Task submitPatientFor(long queueLimitNanos) {
        Task task = new Task(++lastTask, Task.UNLIMITED, 0);
        task.mayWait(queueLimitNanos);
        return submit(task);
    }

    Task submitUrgent(int priority) {
        return submit(new Task(++lastTask, Task.UNLIMITED, priority));
    }

    private Task submit(Task task) {
        assertThat(pool.submit(task, now, out)).isEqualTo(Submission.TAKEN);
        return task;
    }

    boolean cancel(Task task, boolean killWorker) {
        return pool.cancel(task, killWorker, now, out);
    }

    void ready(int number) {
        pool.workerReady(worker(number), now, out);
    }

    boolean answer(int number, Task task) {
        return answer(number, task.id());
    }

    boolean answer(int number, long taskId) {
        return pool.answered(worker(number), taskId, now, out);
    }

    void gone(int number, int exitCode, boolean begun) {
        pool.workerGone(worker(number), end(number, exitCode), begun, now, out);
        pool.workerCleared(now, out);
    }

    /** The pid says whose end it is. */
    static WorkerEnd end(int number, int exitCode) {
        return new WorkerEnd(
                number,
                true,
                OptionalInt.of(exitCode),
                Duration.ofSeconds(1),
                0,
                BeginMark.Reading.NONE,
                List.of(),
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

    Worker<String> worker(int number) {
        return pool.workers().stream()
                .filter(worker -> worker.number() == number)
                .findAny()
                .orElseThrow(() -> new NoSuchElementException("worker " + number + " is not there: " + states()));
    }

    List<String> states() {
        return pool.workers().stream()
                .map(worker -> worker.number() + " " + worker.state())
                .toList();
    }

    /** What came out since the last call, but who is to give memory back, which has scripts of its own. */
    List<String> actions() {
        List<String> words = allActions();
        return words.stream().filter(word -> !word.startsWith("collect")).toList();
    }

    /** What came out since the last call. */
    List<String> allActions() {
        List<String> words = out.stream().map(PoolStateScript::words).toList();
        out.clear();
        return words;
    }

    static String words(Action<String> action) {
        if (action instanceof Action.Start<String> start) {
            return "start " + start.worker().number();
        } else if (action instanceof Action.Send<String> send) {
            return "send " + send.worker().number() + " #" + send.task().id();
        } else if (action instanceof Action.SendAhead<String> send) {
            return "send ahead " + send.worker().number() + " #" + send.task().id();
        } else if (action instanceof Action.Retire<String> retire) {
            return "retire " + retire.worker().number();
        } else if (action instanceof Action.Interrupt<String> interrupt) {
            return "interrupt " + interrupt.worker().number() + " #"
                    + interrupt.task().id() + (interrupt.sampled() ? " sampled" : "");
        } else if (action instanceof Action.TellSlow<String> slow) {
            return "tell #" + slow.task().id() + " slow after " + slow.ranNanos() / MILLI + " ms";
        } else if (action instanceof Action.Kill<String> kill) {
            return "kill " + kill.worker().number();
        } else if (action instanceof Action.Abandon<String> abandon) {
            return "abandon " + abandon.worker().number();
        } else if (action instanceof Action.Listen<String> listen) {
            return "listen " + listen.worker().number();
        } else if (action instanceof Action.Collect<String> collect) {
            return "collect " + collect.worker().number();
        } else if (action instanceof Action.Fail<String> fail) {
            return "fail #" + fail.task().id() + " " + words(fail.failure());
        } else if (action instanceof Action.Again<String> again) {
            return "again #" + again.task().id() + " " + again.death().attempt() + " of "
                    + again.death().attempts();
        } else if (action instanceof Action.Enlarge<String> enlarge) {
            return "enlarge #" + enlarge.task().id() + " " + enlarge.error();
        } else if (action instanceof Action.LosePart<String> lose) {
            return "lose a part of #" + lose.task().id() + " " + words(lose.failure());
        } else if (action instanceof Action.Admit<String> admit) {
            return (admit.admission().isTaken() ? "admit #" : "turn away #")
                    + admit.admission().task().id();
        } else {
            return "terminated";
        }
    }

    static String words(Failure failure) {
        if (failure instanceof Failure.WorkerDied died) {
            return "WorkerDied " + died.end().pid()
                    + (died.earlier().isEmpty()
                            ? ""
                            : " after "
                                    + died.earlier().stream()
                                            .map(death -> death.end().pid())
                                            .toList())
                    + (died.attempts() == 1 ? "" : ", " + died.attempt() + " of " + died.attempts());
        } else if (failure instanceof Failure.Quarantined quarantined) {
            return "Quarantined " + quarantined.name() + " after " + quarantined.crashes();
        } else if (failure instanceof Failure.TooManyCrashes crashes) {
            return "TooManyCrashes " + crashes.last().end().pid() + ", more than " + crashes.most();
        } else if (failure instanceof Failure.TimedOut timedOut) {
            return (timedOut.answered() ? "TimedOut and answered " : "TimedOut ") + timedOut.limitNanos();
        } else if (failure instanceof Failure.WaitedTooLong waited) {
            return "WaitedTooLong " + waited.limitNanos();
        } else if (failure instanceof Failure.NoWorkerStarts none) {
            return "NoWorkerStarts " + none.last().pid() + " of " + none.attempts();
        } else if (failure instanceof Failure.PoolStopped shutDown) {
            return "PoolStopped " + (shutDown.begun() ? "while it ran" : "before");
        } else {
            return "PoolBroken " + ((Failure.PoolBroken) failure).defect().getMessage();
        }
    }
}
