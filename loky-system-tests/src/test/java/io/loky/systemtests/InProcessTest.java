/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.Loky;
import io.loky.MapOptions;
import io.loky.NestingLimitException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.ResultSerializationException;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskSerializationException;
import io.loky.TaskTimeoutException;
import io.loky.WorkerContext;
import io.loky.WorkerSnapshot;
import io.loky.WorkerStartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A pool whose tasks run on threads of this JVM: what is the same, and what is not. */
class InProcessTest {
    private static final AtomicInteger STATIC = new AtomicInteger();
    private static final CountDownLatch ENOUGH = new CountDownLatch(1);

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ProcessPoolExecutor pool(int workers) {
        return pools.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(workers)
                .build());
    }

    /** A breakpoint in a task is reached: it runs here. No process is started. */
    @Test
    void submit_anyTask_runsInThisJvmOnAThreadOfThePool() throws Exception {
        ProcessPoolExecutor pool = pool(2);
        STATIC.set(0);

        TaskFuture<String> future = pool.submit(() -> {
            STATIC.incrementAndGet();
            return Thread.currentThread().getName() + " of "
                    + ProcessHandle.current().pid();
        });

        assertThat(Await.result(future)).matches("loky-pool-\\d+-worker-1 of " + Processes.ownPid());
        assertThat(STATIC).hasValue(1);
        assertThat(future.workerPid()).hasValue(Processes.ownPid());
        assertThat(Processes.workersBelowThisJvm()).isEmpty();
        assertThat(pool.snapshot().workers()).singleElement().satisfies(worker -> {
            assertThat(worker.state()).isEqualTo(WorkerSnapshot.State.IDLE);
            assertThat(worker.pid()).hasValue(Processes.ownPid());
        });
    }

    /** What the initializer keeps, tasks find, as in a worker process; and so do the threads that they start. */
    @Test
    void initializer_keepsAValue_tasksOfThatThreadFindIt() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(1)
                .initializer(() -> WorkerContext.current().put(String.class, "kept"))
                .build());

        TaskFuture<String> future = pool.submit(() -> {
            String[] found = {""};
            Thread thread = new Thread(
                    () -> found[0] = WorkerContext.current().get(String.class).orElseThrow()
                            + WorkerContext.current().index());
            thread.start();
            thread.join();
            return found[0] + " " + WorkerContext.current().taskId().isPresent();
        });

        assertThat(Await.result(future)).isEqualTo("kept0 true");
        assertThat(WorkerContext.find()).as("here is no worker").isEmpty();
    }

    @Test
    void initializer_throws_isTheCauseThatTheTaskGets() {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(1)
                .initializer(() -> {
                    throw new IllegalStateException("no model");
                })
                .build());

        assertThatThrownBy(() -> Await.result(pool.submit(() -> 1)))
                .cause()
                .isInstanceOf(WorkerStartException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no model");
    }

    @Test
    void initializer_takesLongerThanStartTimeout_isWhatTheTaskHears() {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(1)
                .startTimeout(Duration.ofMillis(200))
                .initializer(() -> Thread.sleep(600_000))
                .build());

        assertThatThrownBy(() -> Await.result(pool.submit(() -> 1)))
                .cause()
                .isInstanceOf(WorkerStartException.class)
                .hasMessageContaining("startTimeout");
    }

    /** As in a worker process: in the pool of its own thread it would wait for itself. */
    @Test
    void reusableExecutor_askedForInATask_isAnotherOne() throws Exception {
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(1)
                .reuse(ProcessPoolOptions.Reuse.AUTO)
                .build();
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(options));

        TaskFuture<Integer> future = pool.submit(() -> {
            ProcessPoolExecutor inner = Loky.getReusableExecutor(options);
            int answer = inner.submit(() -> 5).get();
            inner.shutdown();
            return answer;
        });

        assertThat(Await.result(future)).isEqualTo(5);
    }

    @Test
    void reusableExecutor_withoutEndOneInTheOther_namesTheLimit() throws Exception {
        ProcessPoolOptions options =
                ProcessPoolOptions.builder().mode(Mode.IN_PROCESS).maxWorkers(1).build();
        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(options));

        Throwable failure = Pools.failure(pool.submit(new Deeper(options)));

        assertThat(failure).hasRootCauseInstanceOf(NestingLimitException.class);
    }

    private record Deeper(ProcessPoolOptions options) implements SerializableCallable<Integer> {
        @Override
        public Integer call() throws Exception {
            try (ProcessPoolExecutor inner = Loky.getReusableExecutor(options)) {
                return inner.submit(this).get();
            }
        }
    }

    /** As many threads as there are tasks, up to the maximum. */
    @Test
    void submit_manyTasks_startsThreadsByDemand() throws Exception {
        ProcessPoolExecutor pool = pool(2);
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.add(pool.submitWith(
                    number -> {
                        go.await();
                        return number;
                    },
                    i));
        }
        Await.until("two run", () -> pool.snapshot().runningTasks() == 2);
        assertThat(pool.snapshot().queuedTasks()).isEqualTo(3);
        go.open();

        for (int i = 0; i < 5; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
        }
        assertThat(pool.snapshot().workers()).hasSize(2);
    }

    /** Arguments are snapshots, and results copies, as with processes. */
    @Test
    void submitWith_mutableArgument_isASnapshot() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        List<Integer> argument = new ArrayList<>(List.of(1));

        TaskFuture<List<Integer>> future = pool.submitWith(
                list -> {
                    list.add(2);
                    return list;
                },
                argument);
        argument.add(9);

        assertThat(Await.result(future)).containsExactly(1, 2);
        assertThat(argument).containsExactly(1, 9);
    }

    /** What cannot be sent to a process fails here, too. */
    @Test
    void submit_whatCannotBeSent_fails() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        Thread thread = new Thread("captured");

        assertThat(Pools.failure(pool.submit(() -> thread.getName())))
                .isExactlyInstanceOf(TaskSerializationException.class);
        assertThat(Pools.failure(pool.submit(() -> new Thread("returned"))))
                .isExactlyInstanceOf(ResultSerializationException.class);
        Pools.assertServes(pool);
    }

    /** An exception is the task's own, with the frames of the submit. */
    @Test
    void submit_taskThrows_futureHasThat() throws Exception {
        ProcessPoolExecutor pool = pool(1);

        Throwable failure = Pools.failure(pool.submit(() -> {
            throw new IllegalStateException("no");
        }));

        assertThat(failure).isExactlyInstanceOf(IllegalStateException.class).hasMessage("no");
        assertThat(failure.getStackTrace())
                .noneMatch(frame -> frame.getClassName().startsWith("io.loky.internal"))
                .anyMatch(frame -> frame.getMethodName().equals("submit_taskThrows_futureHasThat"));
    }

    /** A task that ends when it is interrupted: its thread makes room for another. */
    @Test
    void cancel_taskHeedsTheInterrupt_endsIt() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        Gate started = new Gate(folder, "started");
        Gate ended = new Gate(folder, "ended");
        TaskFuture<?> future = pool.submit(() -> {
            started.open();
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.open();
            }
        });
        started.await();

        assertThat(future.cancel(true)).isTrue();

        assertThatThrownBy(future::get).isExactlyInstanceOf(CancellationException.class);
        ended.await();
        Pools.assertServes(pool);
        Await.until("its end", () -> pool.snapshot().endedWorkers().getOrDefault(EndReason.CANCELLED, 0L) == 1);
    }

    /** A time limit fails the future, whatever the task does; one that takes no notice is told of in the log. */
    @Test
    void timeout_taskTakesNoNotice_futureFailsAndThePoolGoesOnWithoutTheThread() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        TaskFuture<?> future = pool.submit(
                () -> {
                    boolean done = false;
                    while (!done) {
                        try {
                            ENOUGH.await();
                            done = true;
                        } catch (InterruptedException e) {
                            // this is what it is about
                        }
                    }
                },
                TaskOptions.named("stubborn").timeout(Duration.ofMillis(100)));

        assertThat(Pools.failure(future))
                .isExactlyInstanceOf(TaskTimeoutException.class)
                .hasMessageContaining(", and was interrupted; shorten the task");
        Pools.assertServes(pool);
        Await.until("the warning", () -> !pools.log().at(Level.WARNING).isEmpty());
        ENOUGH.countDown();

        assertThat(pools.log().at(Level.WARNING))
                .singleElement()
                .asString()
                .contains("was interrupted to end its task #" + future.taskId() + ", which has taken no notice")
                .contains("only a worker process can be killed");
    }

    /** Where it is can be seen here, too. */
    @Test
    void slowTaskThreshold_taskThatGoesOn_isToldOf() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(1)
                .slowTaskThreshold(Duration.ofMillis(50))
                .build());
        Gate go = new Gate(folder, "go");
        TaskFuture<?> slow = pool.submit(() -> go.await());

        Await.until("the warning", () -> !pools.log().at(Level.WARNING).isEmpty());
        go.open();

        assertThat(Await.result(slow)).isNull();
        assertThat(pools.log().at(Level.WARNING).get(0))
                .contains(" has been executing for ", "io.loky.systemtests.Gate.await(Gate.java:");
    }

    /** The end of the pool waits for what runs, and shutdownNow interrupts it. */
    @Test
    void shutdownNow_taskRuns_interruptsItAndTerminates() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        Gate started = new Gate(folder, "started");
        TaskFuture<?> future = pool.submit(() -> {
            started.open();
            new CountDownLatch(1).await();
        });
        started.await();

        assertThat(pool.shutdownNow()).isEmpty();

        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(future.isDone()).isTrue();
    }

    /** A map, with chunks and failures. */
    @Test
    void map_chunks_giveAllResultsInOrder() {
        ProcessPoolExecutor pool = pool(2);

        try (Stream<Integer> results =
                pool.map(number -> number + 1, IntStream.range(0, 1_000).boxed().toList(), MapOptions.chunkSize(100))) {
            assertThat(results)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 1_000).boxed().toList());
        }
        try (Stream<Integer> results = pool.map(Integer::parseInt, List.of("1", "x"), MapOptions.chunkSize(2))) {
            assertThatThrownBy(results::toList).isExactlyInstanceOf(NumberFormatException.class);
        }
    }

    /** Cancelling a chunk ends it with the item that executes. */
    @Test
    void map_closedWhileAChunkExecutes_beginsNoFurtherItem() throws Exception {
        ProcessPoolExecutor pool = pool(1);
        Gate started = new Gate(folder, "started");
        Gate next = new Gate(folder, "next");
        Stream<Integer> results = pool.map(
                number -> {
                    if (number > 0) {
                        next.open();
                    }
                    started.open();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        return -1; // swallows it
                    }
                    return number;
                },
                List.of(0, 1, 2),
                MapOptions.chunkSize(3));
        started.await();

        results.close();

        Await.until("its end", () -> pool.snapshot().endedWorkers().getOrDefault(EndReason.CANCELLED, 0L) == 1);
        assertThat(next.isOpen()).isFalse();
    }

    /** The reusable executor is one, too. */
    @Test
    void getReusableExecutor_inProcess_isShared() throws Exception {
        ProcessPoolOptions options =
                ProcessPoolOptions.builder().mode(Mode.IN_PROCESS).maxWorkers(1).build();

        ProcessPoolExecutor pool = pools.closed(Loky.getReusableExecutor(options));

        assertThat(Loky.getReusableExecutor(options)).isSameAs(pool);
        assertThat(Await.result(pool.submit(() -> 5))).isEqualTo(5);
        assertThat(pool.options().mode()).isEqualTo(Mode.IN_PROCESS);
    }
}
