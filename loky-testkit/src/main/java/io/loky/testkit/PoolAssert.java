/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.PoolSnapshot;
import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import io.loky.WorkerSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Assertions about pools, for tests. What does not hold is thrown as an {@link AssertionError} whose message says what was
 * expected, what was found, and how the pool looked. All methods may be called from any thread, and wait for what they
 * assert, up to a limit; they never wait longer than the pool needs.
 */
public final class PoolAssert {
    /** Reached only by a hang, however busy the machine is. */
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

    private static final Duration LONGEST_LIMIT = Duration.ofDays(1);
    private static final int FEWEST_TASKS = 10;

    /** So long that every idle worker gets one of the tasks before the first of them is done. */
    private static final long TASK_MILLIS = 20;

    private static final long LOOK_MILLIS = 5;

    private PoolAssert() {}

    /**
     * Asserts that a pool is as good as new. Does what {@link #assertSurvived(ProcessPoolExecutor, Duration)} does with a
     * limit of 60 s.
     *
     * @param pool a pool that has no tasks of the caller's left
     * @throws AssertionError if it is not
     * @throws InterruptedException if the waiting thread was interrupted
     */
    public static void assertSurvived(ProcessPoolExecutor pool) throws InterruptedException {
        assertSurvived(pool, DEFAULT_LIMIT);
    }

    /**
     * Asserts that a pool is as good as new: it is running and has no more workers than it may have; fresh tasks, ten of
     * them or as many as it may have workers, succeed with the right results; and then no task is unfinished and every
     * worker is idle. Each worker that is idle at the beginning gets one of the fresh tasks, so one that only seems to be
     * alive is found.
     *
     * @param pool a pool that has no tasks of the caller's left: one that still waits or runs counts as unfinished
     * @param limit how long all this may take, longer than zero, at most a day
     * @throws AssertionError if one of these does not hold within the limit
     * @throws IllegalArgumentException if the limit is outside its range
     * @throws InterruptedException if the waiting thread was interrupted
     */
    public static void assertSurvived(ProcessPoolExecutor pool, Duration limit) throws InterruptedException {
        Objects.requireNonNull(pool, "pool");
        long end = end(limit);
        PoolSnapshot before = pool.snapshot();
        if (before.state() != PoolSnapshot.State.RUNNING) {
            throw failure("the pool is " + before.state() + " and not RUNNING", pool, null);
        }
        serveFreshTasks(pool, limit, end);
        String unrest = unrest(pool);
        while (unrest != null) {
            if (System.nanoTime() - end > 0) {
                throw failure("after " + limit + " " + unrest, pool, null);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            unrest = unrest(pool);
        }
    }

    private static void serveFreshTasks(ProcessPoolExecutor pool, Duration limit, long end)
            throws InterruptedException {
        int tasks = Math.max(FEWEST_TASKS, pool.snapshot().maxWorkers());
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        try {
            for (int i = 0; i < tasks; i++) {
                futures.add(pool.submitWith(PoolAssert::answer, i));
            }
            for (int i = 0; i < tasks; i++) {
                Integer answer = futures.get(i).get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (!answer.equals(-i)) {
                    throw failure(
                            "fresh task " + (i + 1) + " of " + tasks + " returned " + answer + " instead of " + -i,
                            pool,
                            null);
                }
            }
        } catch (RejectedExecutionException e) {
            throw failure("the pool refused fresh task " + (futures.size() + 1) + " of " + tasks, pool, e);
        } catch (ExecutionException e) {
            throw failure("a fresh task failed: " + e.getCause(), pool, e);
        } catch (TimeoutException e) {
            List<TaskFuture<Integer>> undone =
                    futures.stream().filter(future -> !future.isDone()).toList();
            throw failure(
                    "after " + limit + " " + undone.size() + " of " + tasks + " fresh tasks are not done: " + undone,
                    pool,
                    e);
        } finally {
            futures.forEach(future -> future.cancel(true)); // of no effect on those that are done
        }
    }

    private static int answer(int number) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(TASK_MILLIS);
        return -number;
    }

    /**
     * What is not as it should be in a pool that has nothing to do, but may come right; null if all is well.
     *
     * @throws AssertionError for what never comes right
     */
    private static @Nullable String unrest(ProcessPoolExecutor pool) {
        PoolSnapshot now = pool.snapshot();
        if (now.state() != PoolSnapshot.State.RUNNING) {
            throw failure("the pool is " + now.state() + " and not RUNNING", pool, null);
        }
        if (serving(now) > now.maxWorkers()) {
            throw failure(
                    "there are " + serving(now) + " workers, more than the " + now.maxWorkers() + " allowed",
                    pool,
                    null);
        }
        if (now.queuedTasks() > 0 || now.runningTasks() > 0) {
            return now.queuedTasks() + " tasks wait and " + now.runningTasks() + " run, although all should be done";
        }
        List<WorkerSnapshot> stuck = now.workers().stream()
                .filter(worker ->
                        worker.state() != WorkerSnapshot.State.IDLE && worker.state() != WorkerSnapshot.State.SPARE)
                .toList();
        return stuck.isEmpty() ? null : "there are workers that are not idle, although nothing is to do: " + stuck;
    }

    /** How many workers take tasks: those that leave, their successors and spares are there beside them. */
    static int serving(PoolSnapshot now) {
        return (int) now.workers().stream()
                .filter(worker ->
                        worker.state() == WorkerSnapshot.State.IDLE || worker.state() == WorkerSnapshot.State.BUSY)
                .count();
    }

    /**
     * Returns the processes of a pool, for {@link #assertNothingLeft} after its end: its workers, and all that they have
     * started and that has not ended.
     *
     * @param pool the pool
     * @return handles that name a process for good, also when its id is used again; immutable
     */
    public static Set<ProcessHandle> processesOf(ProcessPoolExecutor pool) {
        Objects.requireNonNull(pool, "pool");
        Set<ProcessHandle> processes = new LinkedHashSet<>();
        for (WorkerSnapshot worker : pool.snapshot().workers()) {
            worker.pid().stream()
                    .boxed()
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(process -> {
                        processes.add(process);
                        process.descendants().forEach(processes::add);
                    });
        }
        return Set.copyOf(processes);
    }

    /**
     * Asserts that nothing is left of a pool. Does what
     * {@link #assertNothingLeft(ProcessPoolExecutor, Collection, Duration)} does with a limit of 60 s.
     *
     * @param pool a pool that was shut down
     * @param processes what has to be gone, see {@link #processesOf}
     * @throws AssertionError if something is left
     * @throws InterruptedException if the waiting thread was interrupted
     */
    public static void assertNothingLeft(ProcessPoolExecutor pool, Collection<ProcessHandle> processes)
            throws InterruptedException {
        assertNothingLeft(pool, processes, DEFAULT_LIMIT);
    }

    /**
     * Asserts that nothing is left of a pool: it is terminated, it has neither tasks nor workers, and none of the given
     * processes is alive.
     *
     * @param pool a pool that was shut down
     * @param processes what has to be gone, see {@link #processesOf}
     * @param limit how long that may take, longer than zero, at most a day
     * @throws AssertionError if something is left after the limit
     * @throws IllegalArgumentException if the limit is outside its range
     * @throws InterruptedException if the waiting thread was interrupted
     */
    public static void assertNothingLeft(ProcessPoolExecutor pool, Collection<ProcessHandle> processes, Duration limit)
            throws InterruptedException {
        Objects.requireNonNull(pool, "pool");
        List<ProcessHandle> all = List.copyOf(Objects.requireNonNull(processes, "processes"));
        long end = end(limit);
        if (!pool.isShutdown()) {
            throw failure("the pool was not shut down; call close(), shutdown() or shutdownNow() first", pool, null);
        }
        if (!pool.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            throw failure("after " + limit + " the pool is not terminated", pool, null);
        }
        PoolSnapshot last = pool.snapshot();
        if (!last.workers().isEmpty() || last.queuedTasks() > 0 || last.runningTasks() > 0) {
            throw failure("the pool is terminated, and still has workers or tasks", pool, null);
        }
        List<ProcessHandle> left = alive(all);
        while (!left.isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw failure("after " + limit + " these processes are still alive: " + described(left), pool, null);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            left = alive(left);
        }
    }

    private static List<ProcessHandle> alive(Collection<ProcessHandle> processes) {
        return processes.stream().filter(ProcessHandle::isAlive).toList();
    }

    private static List<String> described(List<ProcessHandle> processes) {
        return processes.stream()
                .map(process -> process.pid() + " (" + process.info().command().orElse("unknown command") + ")")
                .toList();
    }

    private static long end(Duration limit) {
        return System.nanoTime()
                + Checks.inRange("limit", limit, Duration.ofNanos(1), LONGEST_LIMIT)
                        .toNanos();
    }

    private static AssertionError failure(String what, ProcessPoolExecutor pool, @Nullable Throwable cause) {
        return new AssertionError(what + "\n    " + pool.snapshot(), cause);
    }
}
