/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for tasks, cancelling them, and what hangs on them. */
class FutureTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** A wait with a limit ends at the limit, says so, and leaves the task alone. */
    @Test
    void get_withTimeout_throwsAndTaskGoesOn() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate go = new Gate(folder, "go");
        TaskFuture<Integer> future = pool.submit(() -> {
            go.await();
            return 5;
        });

        assertThatThrownBy(() -> future.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> future.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(future.isDone()).isFalse();

        go.open();
        assertThat(Await.result(future)).isEqualTo(5);
        assertThat(future.get(0, TimeUnit.SECONDS)).isEqualTo(5);
    }

    /** A waiting thread that is interrupted stops waiting; the task goes on. */
    @Test
    void get_waiterInterrupted_throwsAndTaskGoesOn() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate go = new Gate(folder, "go");
        TaskFuture<Integer> future = pool.submit(() -> {
            go.await();
            return 5;
        });
        FutureTask<Boolean> waiting = new FutureTask<>(() -> {
            try {
                future.get();
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread waiter = new Thread(waiting, "waiter");
        waiter.start();
        Await.until("the waiter waits", () -> waiter.getState() == Thread.State.WAITING);

        waiter.interrupt();

        assertThat(Await.result(waiting)).as("interrupted").isTrue();
        assertThat(future.isDone()).isFalse();
        go.open();
        assertThat(Await.result(future)).isEqualTo(5);
    }

    /** A submitter whose interrupt flag is set submits as ever, and keeps its flag. */
    @Test
    void submit_callerIsInterrupted_worksAndKeepsTheFlag() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Integer> future;

        Thread.currentThread().interrupt();
        boolean flag;
        try {
            future = pool.submit(() -> 5);
        } finally {
            flag = Thread.interrupted();
        }

        assertThat(flag).isTrue();
        assertThat(Await.result(future)).isEqualTo(5);
    }

    /** A queued task that is cancelled never starts, and its neighbours do. */
    @Test
    void cancel_queuedTasks_neverStart() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate go = new Gate(folder, "go");
        List<Gate> started = new ArrayList<>();
        List<TaskFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Gate mine = new Gate(folder, "started-" + i);
            started.add(mine);
            futures.add(pool.submit(() -> {
                mine.open();
                go.await();
            }));
        }
        Await.until("two run", () -> started.stream().filter(Gate::isOpen).count() == 2);

        // the two that run are told to go on, without mercy for the others
        long cancelled = futures.stream()
                .skip(2)
                .filter(future -> future.cancel(futures.indexOf(future) % 2 == 0))
                .count();
        go.open();

        assertThat(cancelled).isEqualTo(18);
        assertThat(Await.result(futures.get(0))).isNull();
        assertThat(Await.result(futures.get(1))).isNull();
        Pools.assertServes(pool);
        assertThat(started.stream().filter(Gate::isOpen).count()).isEqualTo(2);
        assertThat(futures.stream().filter(TaskFuture::isCancelled).count()).isEqualTo(18);
        assertThatThrownBy(() -> futures.get(2).get()).isInstanceOf(CancellationException.class);
    }

    /** cancel(true) ends a task that does not listen with its worker; three neighbours keep theirs; the pool is whole again. */
    @Test
    void cancelTrue_runningTask_replacesOnlyItsWorker() throws Exception {
        ProcessPoolExecutor pool = pools.warm(4);
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Long>> neighbours = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            neighbours.add(pool.submit(() -> {
                go.await();
                return ProcessHandle.current().pid();
            }));
        }
        Gate started = new Gate(folder, "started");
        TaskFuture<?> victim = pool.submit(() -> {
            started.open();
            for (; ; ) {
                if (go.isOpen()) {
                    return;
                }
            }
        });
        started.await();
        long pid = victim.workerPid().orElseThrow();

        assertThat(victim.cancel(true)).isTrue();

        assertThat(victim.isCancelled()).isTrue();
        assertThat(victim.isDone()).isTrue();
        Await.until("its worker is gone", () -> !Processes.isAlive(pid));
        Await.until(
                "four workers",
                () -> Pools.pids(pool).size() == 4 && !Pools.pids(pool).contains(pid));
        Set<Long> pids = Pools.pids(pool);
        go.open();
        for (TaskFuture<Long> neighbour : neighbours) {
            assertThat(pids).contains(Await.result(neighbour));
            assertThat(neighbour.attempts()).isEqualTo(1);
        }
        Pools.assertServes(pool);
    }

    /** cancel(false) lets a running task run on, on the same worker, and drops its result. */
    @Test
    void cancelFalse_runningTask_runsOnWithoutResult() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Set<Long> pids = Pools.pids(pool);
        Gate started = new Gate(folder, "started");
        Gate go = new Gate(folder, "go");
        Gate ended = new Gate(folder, "ended");
        TaskFuture<?> future = pool.submit(() -> {
            started.open();
            go.await();
            ended.open();
        });
        started.await();

        assertThat(future.cancel(false)).isTrue();

        assertThat(future.isCancelled()).isTrue();
        go.open();
        ended.await();
        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).isEqualTo(pids);
    }

    /** A task that is done cannot be cancelled. */
    @Test
    void cancel_doneTask_isFalseAndChangesNothing() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Integer> future = pool.submit(() -> 1);
        assertThat(Await.result(future)).isEqualTo(1);

        assertThat(future.cancel(true)).isFalse();

        assertThat(future.isCancelled()).isFalse();
        assertThat(Await.result(future)).isEqualTo(1);
        Pools.assertServes(pool);
    }

    /** A waiting thread hears of the cancellation. */
    @Test
    void get_whileCancelled_throwsCancellationException() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> future = pool.submit(() -> new Gate(folderOfNobody(), "never").await());
        FutureTask<Object> waiting = new FutureTask<>(() -> {
            try {
                return future.get();
            } catch (CancellationException e) {
                return e;
            }
        });
        Thread waiter = new Thread(waiting, "waiter");
        waiter.start();
        Await.until("the waiter waits", () -> waiter.getState() == Thread.State.WAITING);

        assertThat(future.cancel(true)).isTrue();

        assertThat(Await.result(waiting)).isInstanceOf(CancellationException.class);
    }

    private static Path folderOfNobody() {
        return Path.of("/nonexistent");
    }

    /** Dependents of a task run in the parent, never on a thread that serves a worker, and may block there. */
    @Test
    void dependents_ofTask_doNotRunOnAThreadThatServesAWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        CountDownLatch go = new CountDownLatch(1);
        TaskFuture<Integer> first = pool.submit(() -> 1);

        // blocks its thread until a later task of the same, only worker is done
        CompletableFuture<String> blocking = first.thenApply(one -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return Thread.currentThread().getName();
                })
                .toCompletableFuture();
        assertThat(Await.result(pool.submit(() -> 2))).isEqualTo(2);
        assertThat(blocking.isDone()).isFalse();
        go.countDown();

        assertThat(Await.result(blocking)).doesNotContain("-worker-");
    }

    /** A hundred dependents that wait for one another all get a thread. */
    @Test
    void dependents_thatWaitForEachOther_allRun() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        int parties = 100;
        CountDownLatch all = new CountDownLatch(parties);
        List<CompletableFuture<Integer>> dependents = new ArrayList<>();
        for (int i = 0; i < parties; i++) {
            dependents.add(pool.supplyAsync(() -> 1).thenApply(one -> {
                all.countDown();
                try {
                    all.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return one;
            }));
        }

        for (CompletableFuture<Integer> dependent : dependents) {
            assertThat(Await.result(dependent)).isEqualTo(1);
        }
    }

    /** A stage made after the task has ended completes as well, with the failure that the task had. */
    @Test
    void dependents_addedAfterTheEnd_run() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Integer> good = pool.submit(() -> 1);
        TaskFuture<Integer> bad = pool.submit(() -> Integer.parseInt("x"));
        Await.result(good);
        Throwable failure = Pools.failure(bad);

        assertThat(Await.result(good.thenApply(one -> one + 1).toCompletableFuture()))
                .isEqualTo(2);
        assertThat(Await.result(bad.handle((value, thrown) -> thrown).toCompletableFuture()))
                .isSameAs(failure);
    }

    /** To cancel what supplyAsync returned cancels the task. */
    @Test
    void supplyAsync_cancelled_endsTheTask() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate started = new Gate(folder, "started");
        Gate never = new Gate(folder, "never");
        CompletableFuture<Integer> future = pool.supplyAsync(() -> {
            started.open();
            never.await();
            return 1;
        });
        started.await();

        assertThat(future.cancel(true)).isTrue();

        assertThat(future.isCancelled()).isTrue();
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        Pools.assertServes(pool);
    }

    /** To complete by hand what hangs on a task does not end the task. */
    @Test
    void supplyAsync_dependentCancelled_leavesTheTaskAlone() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate go = new Gate(folder, "go");
        CompletableFuture<Integer> future = pool.supplyAsync(() -> {
            go.await();
            return 1;
        });
        CompletableFuture<Integer> dependent = future.thenApply(one -> one + 1);

        assertThat(dependent.cancel(true)).isTrue();
        go.open();

        assertThat(Await.result(future)).isEqualTo(1);
    }

    /** A failure travels down a chain as the JDK's own does. */
    @Test
    void supplyAsync_taskThrows_chainFailsWithIt() {
        ProcessPoolExecutor pool = pools.create(1);
        CompletableFuture<Integer> chain =
                pool.supplyAsync(() -> Integer.parseInt("x")).thenApply(one -> one + 1);

        assertThatThrownBy(chain::join)
                .isExactlyInstanceOf(CompletionException.class)
                .hasCauseExactlyInstanceOf(NumberFormatException.class);
    }

    /** The interrupt flag that a task leaves behind does not meet the next task of its worker. */
    @Test
    void interruptFlag_setByATask_doesNotReachTheNext() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Long> first = pool.submit(() -> {
            Thread.currentThread().interrupt();
            return ProcessHandle.current().pid();
        });
        TaskFuture<Boolean> second = pool.submit(() -> Thread.currentThread().isInterrupted());
        TaskFuture<Long> third = pool.submit(() -> {
            Thread.sleep(1);
            return ProcessHandle.current().pid();
        });

        assertThat(Await.result(second)).isFalse();
        assertThat(Await.result(third)).isEqualTo(Await.result(first));
    }

    /** A task that leaves its interrupt flag set while its result is 5 MB still delivers it. */
    @Test
    void interruptFlag_setByATaskWithABigResult_doesNotHarmTheResult() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<byte[]> future = pool.submit(() -> {
            Thread.currentThread().interrupt();
            return new byte[5_000_000];
        });

        assertThat(Await.result(future)).hasSize(5_000_000);
        Pools.assertServes(pool);
    }

    /** A context class loader that a task sets does not meet the next one. */
    @Test
    void contextClassLoader_setByATask_doesNotReachTheNext() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<?> first = pool.submit(() -> Thread.currentThread().setContextClassLoader(null));
        TaskFuture<Boolean> second = pool.submit(() -> Thread.currentThread().getContextClassLoader() != null);

        assertThat(Await.result(first)).isNull();
        assertThat(Await.result(second)).isTrue();
    }
}
