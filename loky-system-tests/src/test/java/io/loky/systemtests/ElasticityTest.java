/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.WhenFull;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskSerializationException;
import io.loky.WorkerSnapshot;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A pool fits itself to the work: workers come, leave and are replaced, and no task is lost, repeated or refused by it. */
class ElasticityTest {
    /** Counts in each worker. */
    private static final AtomicInteger TURN = new AtomicInteger();

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    // ---- idle workers -----------------------------------------------------------------------------------------------

    /** They are there, idle, until the time-out has passed, and gone with their processes after it; bursts and pauses. */
    @Test
    void idleTimeout_burstsAndPauses_workersComeAndGo() throws Exception {
        Duration timeout = Duration.ofSeconds(1);
        ProcessPoolExecutor pool = pools.create(options(2).idleTimeout(timeout).build());
        for (int cycle = 0; cycle < 3; cycle++) {
            List<TaskFuture<Long>> burst = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                burst.add(pool.submit(Processes::ownPid));
            }
            Set<Long> served = new TreeSet<>();
            long last = 0;
            for (TaskFuture<Long> future : burst) {
                last = System.nanoTime(); // no later than the end of the last task
                served.add(Await.result(future));
            }

            long end = last + timeout.toNanos();
            Await.until("the time-out has passed", () -> {
                Set<Long> here = Pools.pids(pool);
                boolean passed = System.nanoTime() - end >= 0;
                assertThat(passed || here.stream().anyMatch(served::contains))
                        .as("there before the time-out: %s", pool)
                        .isTrue();
                return passed;
            });
            Await.untilWithin(
                    20, // a hang is what it must not be; how soon, the state's own tests say
                    "no worker is left",
                    () -> pool.snapshot().workers().isEmpty() && served.stream().noneMatch(Processes::isAlive),
                    pool::toString);

            assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.IDLE_TIMEOUT);
        }
    }

    /** Workers leave between any two tasks, while the next task is still being serialized. */
    @Test
    void idleTimeout_oneMillisecondAndTasksThatAreSlowToSerialize_allComplete() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options(2).idleTimeout(Duration.ofMillis(1)).build());
        List<TaskFuture<Integer>> futures = new ArrayList<>();

        for (int i = 0; i < 1000; i++) {
            futures.add(pool.submitWith(slow -> slow.number, new SlowToSerialize(i)));
        }

        for (int i = 0; i < 1000; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
            assertThat(futures.get(i).attempts()).isEqualTo(1);
        }
    }

    /** They are there before the first task, stay when the others leave, and come back when one dies. */
    @Test
    void minWorkers_whateverHappens_areThere() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                options(3).minWorkers(1).idleTimeout(Duration.ofMillis(200)).build());
        Pools.awaitIdle(pool, 1);
        pool.prestart();
        Await.until("the others leave again", () -> Pools.ended(pool, EndReason.IDLE_TIMEOUT) == 2, pool::toString);

        Pools.awaitIdle(pool, 1);
        long pid = Pools.pids(pool).iterator().next();
        assertThat(Await.result(pool.submit(Processes::ownPid))).isEqualTo(pid);
        Processes.kill(pid);
        Await.until("it is gone", () -> Pools.ended(pool, EndReason.CRASHED) == 1, pool::toString);
        Pools.awaitIdle(pool, 1);

        assertThat(Pools.pids(pool)).doesNotContain(pid);
    }

    // ---- workers that are replaced
    // ------------------------------------------------------------------------------------

    @Test
    void maxTasksPerWorker_tenTasksAndTwoEach_fiveWorkersServe() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).maxTasksPerWorker(2).build());
        Map<Long, Integer> tasks = new HashMap<>();

        for (int i = 0; i < 10; i++) {
            tasks.merge(Await.result(pool.submit(Processes::ownPid)), 1, Integer::sum);
        }

        assertThat(tasks).hasSize(5).values().containsOnly(2);
        Await.until("all are counted", () -> Pools.ended(pool, EndReason.MAX_TASKS) == 5, pool::toString);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.MAX_TASKS);
        assertThat(pool.snapshot().workers()).extracting(WorkerSnapshot::index).containsOnly(0);
    }

    /** All at once, so that tasks wait for the workers. */
    @Test
    void maxTasksPerWorker_withSpares_eachTaskHasAProcessOfItsOwn() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options(2).maxTasksPerWorker(1).spareWorkers(2).build());
        List<TaskFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            futures.add(pool.submit(Processes::ownPid));
        }

        Set<Long> pids = new TreeSet<>();
        for (TaskFuture<Long> future : futures) {
            pids.add(Await.result(future));
            assertThat(pool.snapshot().runningTasks()).isLessThanOrEqualTo(2);
        }

        assertThat(pids).hasSize(12);
        Await.until(
                "two spares are ready beside two workers",
                () -> states(pool).equals(List.of("IDLE", "IDLE", "SPARE", "SPARE")),
                pool::toString);
        assertThat(staying(pool)).extracting(WorkerSnapshot::index).doesNotHaveDuplicates();
    }

    /** The spare is there already: nobody waits for a JVM. */
    @Test
    void spareWorkers_workerIsKilled_theSpareServesNext() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).spareWorkers(1).build());
        pool.prestart();
        Await.until("one of each", () -> states(pool).equals(List.of("IDLE", "SPARE")), pool::toString);
        long spare = pid(pool, WorkerSnapshot.State.SPARE);

        Processes.kill(pid(pool, WorkerSnapshot.State.IDLE));
        Await.until("the spare has its place", () -> pid(pool, WorkerSnapshot.State.IDLE) == spare, pool::toString);

        assertThat(Await.result(pool.submit(Processes::ownPid))).isEqualTo(spare);
        Await.until("there is another spare", () -> states(pool).equals(List.of("IDLE", "SPARE")), pool::toString);
    }

    /** Replaced while it is used, again and again, and nobody notices. */
    @Test
    void maxWorkerAge_reached_tasksGoOnWithoutAPause() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options(1).maxWorkerAge(Duration.ofMillis(200)).build());
        Set<Long> pids = new TreeSet<>();

        Await.until(
                "three have served",
                () -> {
                    TaskFuture<Long> task = pool.submit(Processes::ownPid);
                    pids.add(Await.result(task));
                    assertThat(task.attempts()).isEqualTo(1);
                    return pids.size() >= 3;
                },
                pool::toString);

        Await.until("two are counted", () -> Pools.ended(pool, EndReason.MAX_AGE) >= 2, pool::toString);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.MAX_AGE);
    }

    // ---- resize
    // -------------------------------------------------------------------------------------------------------

    /** Ten thousand tasks, while the size changes all the time: each is executed once. */
    @Test
    void resize_underLoad_losesNoTaskAndRepeatsNone() throws Exception {
        ProcessPoolExecutor pool = pools.warm(3);
        Path executions = Files.createFile(folder.resolve("executions"));
        String file = executions.toString();
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        int[] sizes = {1, 3, 2, 1, 2, 3};

        for (int i = 0; i < 10_000; i++) {
            if (i % 500 == 0) {
                pool.resize(sizes[i / 500 % sizes.length]);
            }
            futures.add(pool.submitWith(
                    number -> {
                        Files.write(Path.of(file), new byte[1], StandardOpenOption.APPEND);
                        return number;
                    },
                    i));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
            assertThat(futures.get(i).attempts()).isEqualTo(1);
        }

        assertThat(Files.size(executions)).isEqualTo(10_000);
        pool.resize(3);
        pool.prestart();
        Pools.awaitIdle(pool, 3);
        Set<Long> before = Pools.pids(pool);
        pool.resize(1);
        Pools.awaitIdle(pool, 1);
        assertThat(before).as("the one that stays is one that was there").containsAll(Pools.pids(pool));
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.RESIZED);
    }

    /** The machine is shared among as many as there may be now. */
    @Test
    void resize_workersThatStartLater_haveTheSharesOfTheNewSize() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        SerializableCallable<List<String>> flags =
                () -> ManagementFactory.getRuntimeMXBean().getInputArguments();

        assertThat(Await.result(pool.submit(flags))).contains("-XX:MaxRAMPercentage=80.000");
        pool.resize(4);
        Processes.kill(Pools.pids(pool).iterator().next());
        Await.until("it is gone", () -> Pools.ended(pool, EndReason.CRASHED) == 1, pool::toString);

        assertThat(Await.result(pool.submit(flags))).contains("-XX:MaxRAMPercentage=20.000");
    }

    // ---- the queue
    // ----------------------------------------------------------------------------------------------------

    @Test
    void priority_tasksThatWait_higherFirst() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate go = new Gate(folder, "go");
        TaskFuture<?> running = pool.submit(() -> go.await());
        Map<Integer, TaskFuture<Integer>> byPriority = new HashMap<>();
        for (int priority : new int[] {0, -3, 5, 1}) {
            byPriority.put(
                    priority,
                    pool.submit(
                            () -> TURN.incrementAndGet(), TaskOptions.defaults().priority(priority)));
        }

        go.open();
        Await.result(running);

        assertThat(Await.result(byPriority.get(5))).isEqualTo(1);
        assertThat(Await.result(byPriority.get(1))).isEqualTo(2);
        assertThat(Await.result(byPriority.get(0))).isEqualTo(3);
        assertThat(Await.result(byPriority.get(-3))).isEqualTo(4);
    }

    @Test
    void queueCapacity_rejectOrCallerRuns_mapGivesAllResults() {
        for (WhenFull policy : List.of(WhenFull.REJECT, WhenFull.CALLER_RUNS)) {
            ProcessPoolExecutor pool =
                    pools.create(options(2).queueCapacity(1).whenFull(policy).build());
            List<Integer> items = IntStream.range(0, 1_000).boxed().toList();

            try (Stream<Integer> results = pool.map(item -> item, items, MapOptions.chunkSize(10))) {
                assertThat(results).as("%s", policy).containsExactlyElementsOf(items);
            }
        }
    }

    @Test
    void queueCapacity_reject_refusesWhatWouldWaitTooMuchAndNothingElse() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                options(1).queueCapacity(2).whenFull(WhenFull.REJECT).build());
        Gate go = new Gate(folder, "go");
        Gate runs = new Gate(folder, "runs");
        TaskFuture<?> running = pool.submit(() -> {
            runs.open();
            go.await();
        });
        runs.await();
        TaskFuture<Integer> first = pool.submit(() -> 1);
        TaskFuture<Integer> second = pool.submit(() -> 2);

        assertThatThrownBy(() -> pool.submit(() -> 3))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("queueCapacity (2)")
                .hasMessageContaining("queued tasks = 2")
                .hasMessageContaining("whenFull(BLOCK)");
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        second.cancel(false);
        TaskFuture<Integer> third = pool.submit(() -> 4);

        go.open();
        Await.result(running);
        assertThat(Await.result(first)).isEqualTo(1);
        assertThat(Await.result(third)).isEqualTo(4);
    }

    /** As the pool would have done it: a snapshot, the task's own exception, and a failure of what cannot be sent. */
    @Test
    void queueCapacity_callerRuns_runsInTheSubmitterWhatWouldWaitTooMuch() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                options(1).queueCapacity(1).whenFull(WhenFull.CALLER_RUNS).build());
        Gate go = new Gate(folder, "go");
        Gate runs = new Gate(folder, "runs");
        TaskFuture<?> running = pool.submit(() -> {
            runs.open();
            go.await();
        });
        runs.await();
        TaskFuture<Long> waiting = pool.submit(() -> Processes.ownPid());
        List<String> mine = new ArrayList<>(List.of("x"));

        TaskFuture<Long> here = pool.submit(() -> Processes.ownPid());
        TaskFuture<List<String>> copy = pool.submit(() -> {
            mine.add("y");
            return mine;
        });
        TaskFuture<?> failing = pool.submit(() -> {
            throw new IllegalStateException("on the way");
        });
        Thread thread = Thread.currentThread();
        TaskFuture<?> unsendable = pool.submit(() -> thread.getName());

        assertThat(here.isDone()).isTrue();
        assertThat(here.get()).isEqualTo(ProcessHandle.current().pid());
        assertThat(here.workerPid()).hasValue(ProcessHandle.current().pid());
        assertThat(copy.get()).containsExactly("x", "y");
        assertThat(mine).containsExactly("x");
        assertThat(Pools.failure(failing))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("on the way");
        assertThat(Pools.failure(unsendable)).isInstanceOf(TaskSerializationException.class);
        assertThat(waiting.isDone()).isFalse();
        go.open();
        Await.result(running);
        assertThat(Await.result(waiting)).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(pool.snapshot().completedTasks()).isEqualTo(5);
    }

    @Test
    void queueCapacity_block_letsSubmittersWaitUntilThereIsRoom() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).queueCapacity(1).build());
        Gate go = new Gate(folder, "go");
        Gate runs = new Gate(folder, "runs");
        TaskFuture<?> running = pool.submit(() -> {
            runs.open();
            go.await();
        });
        runs.await();
        TaskFuture<Integer> waiting = pool.submit(() -> 1);
        FutureTask<Integer> submitter = new FutureTask<>(() -> Await.result(pool.submit(() -> 2)));
        Thread thread = new Thread(submitter, "submitter");
        thread.start();

        Await.until("it waits", () -> thread.getState() == Thread.State.WAITING, () -> "" + thread.getState());
        assertThat(pool.snapshot().queuedTasks()).isEqualTo(1);
        go.open();

        Await.result(running);
        assertThat(Await.result(waiting)).isEqualTo(1);
        assertThat(Await.result(submitter)).isEqualTo(2);
    }

    /** Every way in has the same door. */
    @Test
    void queueCapacity_blockAndManyTasks_allAreExecuted() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(2).queueCapacity(1).build());
        List<SerializableCallable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            tasks.add(() -> number);
        }

        List<Integer> invoked = new ArrayList<>();
        for (Future<Integer> future : pool.invokeAll(tasks)) {
            invoked.add(Await.result(future));
        }
        List<Integer> mapped;
        try (Stream<Integer> results = pool.map(number -> number, invoked)) {
            mapped = results.toList();
        }

        List<Integer> all = IntStream.range(0, 50).boxed().toList();
        assertThat(invoked).isEqualTo(all);
        assertThat(mapped).isEqualTo(all);
    }

    /** What runs at the end of a task may submit, and wait for room: the workers are served by other threads. */
    @Test
    void queueCapacity_blockInsideACompletion_doesNotDeadlock() throws Exception {
        ProcessPoolExecutor pool = pools.create(options(1).queueCapacity(1).build());
        List<Integer> results = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<?>> chains = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            int number = i;
            chains.add(pool.submit(() -> number)
                    .toCompletableFuture()
                    .thenCompose(value -> pool.submitWith(argument -> argument + 100, value))
                    .thenAccept(results::add));
        }
        CompletableFuture.allOf(chains.toArray(new CompletableFuture<?>[0])).get(60, TimeUnit.SECONDS);

        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(100, 120).boxed().toList());
    }

    // -------------------------------------------------------------------------------------------------------------------

    /** Idle workers stay, however busy this machine is, unless the test says otherwise. */
    private static ProcessPoolOptions.Builder options(int maxWorkers) {
        return ProcessPoolOptions.builder().maxWorkers(maxWorkers).idleTimeout(Duration.ofHours(1));
    }

    /** Of the workers that are not on their way out, sorted. */
    private static List<String> states(ProcessPoolExecutor pool) {
        return staying(pool).stream()
                .map(worker -> worker.state().name())
                .sorted()
                .toList();
    }

    /** Those that are not on their way out: one that is may have a successor, with the same index. */
    private static List<WorkerSnapshot> staying(ProcessPoolExecutor pool) {
        return pool.snapshot().workers().stream()
                .filter(worker -> worker.state() != WorkerSnapshot.State.RETIRING
                        && worker.state() != WorkerSnapshot.State.KILLING)
                .toList();
    }

    /** Of the first worker in this state; 0 if there is none. */
    private static long pid(ProcessPoolExecutor pool, WorkerSnapshot.State state) {
        return pool.snapshot().workers().stream()
                .filter(worker -> worker.state() == state)
                .findFirst()
                .map(worker -> worker.pid().orElseThrow())
                .orElse(0L);
    }

    private static final class SlowToSerialize implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int number;

        SlowToSerialize(int number) {
            this.number = number;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            out.defaultWriteObject();
        }
    }
}
