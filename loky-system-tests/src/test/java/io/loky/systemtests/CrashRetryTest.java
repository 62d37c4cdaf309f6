/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.MapOptions;
import io.loky.OutputLine;
import io.loky.OutputRouting;
import io.loky.ProcessPoolException.Category;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskQuarantinedException;
import io.loky.TaskReceipt;
import io.loky.TaskTimeoutException;
import io.loky.TooManyCrashesException;
import io.loky.WorkerContext;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is executed again after the death of its worker, how often, and what is not. */
class CrashRetryTest {
    private static final int MEBI = 1 << 20;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private String file;

    @BeforeEach
    void chooseAFile() {
        file = folder.resolve("executions").toString();
    }

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder().maxWorkers(1).idleTimeout(Duration.ofHours(1));
    }

    /** In the worker: notes that something is executed. How often that was noted there, over all processes. */
    private static int note(String file) throws IOException {
        Files.writeString(Path.of(file), ".", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return executions(file);
    }

    private static int executions(String file) throws IOException {
        return Files.exists(Path.of(file)) ? (int) Files.size(Path.of(file)) : 0;
    }

    /** In the worker: the first times this is the end of it. */
    private static int halt(String file, int times) throws IOException {
        int execution = note(file);
        if (execution <= times) {
            Runtime.getRuntime().halt(40 + execution);
        }
        return execution;
    }

    // ---- executed again --------------------------------------------------------------------------------------------

    @Test
    void halt_twiceOfThreeTimes_thirdAttemptSucceeds() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());
        String counter = file;

        TaskFuture<Integer> future = pool.submit(
                () -> halt(counter, 2), TaskOptions.named("stubborn").retriesOnCrash(2));

        assertThat(Await.result(future)).isEqualTo(3);
        assertThat(future.attempts()).isEqualTo(3);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CRASHED);
        assertThat(pools.log().at(Level.WARNING)).hasSize(2);
        assertThat(pools.log().at(Level.WARNING).get(1))
                .contains("task #1 'stubborn'", "executed again (retriesOnCrash)", "attempt 2 of 3", "code 42");
        assertThat(future.workerPid())
                .hasValue(Await.result(pool.submit(() -> ProcessHandle.current().pid())));
    }

    @Test
    void halt_eachTime_failsWithAllAttempts() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().retriesOnCrash(2).build());
        String counter = file;

        TaskFuture<Integer> future = pool.submit(() -> halt(counter, 99));

        Throwable failure = Pools.failure(future);
        assertThat(failure).isExactlyInstanceOf(WorkerTerminatedException.class);
        WorkerTerminatedException last = (WorkerTerminatedException) failure;
        assertThat(last).hasMessageStartingWith("attempt 3 of 3: worker pid ");
        assertThat(last).hasMessageEndingWith(last.report().describe());
        assertThat(last.attempt()).isEqualTo(3);
        assertThat(last.report().exitCode()).hasValue(43);
        List<WorkerTerminatedException> all = new ArrayList<>();
        for (Throwable earlier : last.getSuppressed()) {
            all.add((WorkerTerminatedException) earlier);
        }
        all.add(last);
        assertThat(all).extracting(WorkerTerminatedException::attempt).containsExactly(1, 2, 3);
        assertThat(all)
                .extracting(attempt -> attempt.report().exitCode().orElseThrow())
                .containsExactly(41, 42, 43);
        assertThat(all).extracting(attempt -> attempt.report().pid()).doesNotHaveDuplicates();
        assertThat(future.attempts()).isEqualTo(3);
        assertThat(executions(file)).isEqualTo(3);
        assertThat(pools.log().at(Level.WARNING)).hasSize(2);
        Pools.assertServes(pool);
    }

    // ---- not executed again ----------------------------------------------------------------------------------------

    @Test
    void halt_withoutTheOption_isExecutedOnce() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().build());
        String counter = file;

        TaskFuture<Integer> future = pool.submit(() -> halt(counter, 99));

        assertThat(Pools.failure(future)).isInstanceOf(WorkerTerminatedException.class);
        assertThat(Pools.failure(future).getSuppressed()).isEmpty();
        assertThat(Pools.failure(future)).hasMessageStartingWith("worker pid ");
        Pools.assertServes(pool);
        assertThat(executions(file)).isEqualTo(1);
    }

    /** What the task says about itself goes before what the pool says. */
    @Test
    void whatIsNoCrash_withRetries_isExecutedOnce() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().retriesOnCrash(5).build());
        String once = folder.resolve("once").toString();
        TaskFuture<Integer> forbidden =
                pool.submit(() -> halt(once, 99), TaskOptions.defaults().retriesOnCrash(0));
        assertThat(Pools.failure(forbidden)).isInstanceOf(WorkerTerminatedException.class);

        String thrown = folder.resolve("thrown").toString();
        TaskFuture<Integer> thrower = pool.submit(() -> {
            note(thrown);
            throw new IllegalStateException("no crash");
        });
        assertThat(Pools.failure(thrower)).hasMessage("no crash");

        String late = folder.resolve("late").toString();
        TaskFuture<?> slow = pool.submit(
                () -> {
                    note(late);
                    Thread.sleep(600_000);
                },
                TaskOptions.defaults().timeout(Duration.ofMillis(300)));
        assertThat(Pools.failure(slow)).isInstanceOf(TaskTimeoutException.class);

        String unwanted = folder.resolve("unwanted").toString();
        Gate started = new Gate(folder, "started");
        TaskFuture<?> cancelled = pool.submit(() -> {
            note(unwanted);
            started.open();
            Thread.sleep(600_000);
        });
        started.await();
        assertThat(cancelled.cancel(true)).isTrue();

        Pools.assertServes(pool);
        for (String each : List.of(once, thrown, unwanted)) {
            assertThat(executions(each)).as(each).isEqualTo(1);
        }
        assertThat(executions(late))
                .as("at most: its time may be up before it has noted anything")
                .isLessThanOrEqualTo(1);
    }

    // ---- items of a map --------------------------------------------------------------------------------------------

    @Test
    void map_itemsKillTheirWorker_onlyTheseAreExecutedAgainAndOnlyThatFailsWhichDoesSoAlways() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().retriesOnCrash(1).build());
        String counters = file;
        List<Integer> items = IntStream.range(0, 6).boxed().toList();

        List<Object> results = new ArrayList<>();
        try (Stream<Integer> stream = pool.map(
                item -> {
                    halt(counters + item, item == 1 ? 1 : item == 4 ? 99 : 0);
                    return 10 * item;
                },
                items,
                MapOptions.chunkSize(6))) {
            Iterator<Integer> iterator = stream.iterator();
            for (int i = 0; i < items.size(); i++) {
                try {
                    results.add(iterator.next());
                } catch (WorkerTerminatedException e) {
                    results.add(e.getMessage().substring(0, 14));
                    assertThat(e.getSuppressed()).hasSize(1);
                }
            }
            assertThat(iterator.hasNext()).isFalse();
        }

        assertThat(results).containsExactly(0, 10, 20, 30, "attempt 2 of 2", 50);
        for (int item : items) {
            assertThat(executions(file + item)).as("item %d", item).isEqualTo(item == 1 || item == 4 ? 2 : 1);
        }
        assertThat(pools.log().at(Level.WARNING)).hasSize(2);
    }

    // ---- quarantine ------------------------------------------------------------------------------------------------

    @Test
    void quarantine_tasksOfANameHaveKilledWorkers_refusesTheNameUntilItIsReleased() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().quarantineAfter(2).build());
        String counter = file;
        TaskOptions poison = TaskOptions.named("poison").retriesOnCrash(9);

        TaskFuture<Integer> first = pool.submit(() -> halt(counter, 2), poison);
        TaskFuture<Integer> behind = pool.submit(() -> halt(counter, 2), poison);
        TaskFuture<String> other = pool.submit(() -> "other", TaskOptions.named("food"));

        WorkerTerminatedException crash = (WorkerTerminatedException) Pools.failure(first);
        assertThat(crash).hasMessageStartingWith("attempt 2 of 10: ");
        assertThat(crash.getSuppressed())
                .extracting(Throwable::getClass)
                .as("the attempt before, and why there is none after")
                .isEqualTo(List.of(WorkerTerminatedException.class, TaskQuarantinedException.class));
        for (TaskFuture<Integer> refused : List.of(behind, pool.submit(() -> halt(counter, 2), poison))) {
            TaskQuarantinedException failure = (TaskQuarantinedException) Pools.failure(refused);
            assertThat(failure.category()).isEqualTo(Category.TASK);
            assertThat(failure.name()).isEqualTo("poison");
            assertThat(failure.crashes()).isEqualTo(2);
            assertThat(failure.report()).isEqualTo(crash.report());
            assertThat(failure)
                    .hasMessageContaining("task #" + refused.taskId() + " 'poison'")
                    .hasMessageContaining("was halted with code 42")
                    .hasMessageEndingWith("ProcessPoolExecutor.release(\"poison\").");
            assertThat(refused.attempts()).isZero();
        }
        assertThat(Await.result(other)).isEqualTo("other");
        assertThat(pool.quarantined()).containsOnlyKeys("poison").containsEntry("poison", crash.report());
        assertThatThrownBy(() -> pool.quarantined().clear()).isInstanceOf(UnsupportedOperationException.class);

        assertThat(pool.release("food")).isFalse();
        assertThat(pool.release("poison")).isTrue();

        assertThat(Await.result(pool.submit(() -> halt(counter, 2), poison))).isEqualTo(3);
        assertThat(pool.quarantined()).isEmpty();
        assertThat(pools.log().at(Level.WARNING)).as("one attempt was repeated").hasSize(1);
    }

    // ---- too many crashes ------------------------------------------------------------------------------------------

    @Test
    void maxCrashes_workersDieTooFast_failsWhatWaitsWithOneErrorAndGoesOnLater() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options().maxCrashes(2, Duration.ofSeconds(30)).build());
        String counter = file;
        List<TaskFuture<Integer>> storm = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            storm.add(pool.submit(() -> halt(counter, 99)));
        }

        for (int i = 0; i < 50; i++) {
            assertThat(Pools.failure(storm.get(i)))
                    .isExactlyInstanceOf(i < 3 ? WorkerTerminatedException.class : TooManyCrashesException.class);
        }
        TooManyCrashesException refused = (TooManyCrashesException) Pools.failure(pool.submit(() -> 1));
        assertThat(refused.category()).isEqualTo(Category.POOL);
        assertThat(refused.report().taskId()).hasValue(3);
        assertThat(refused)
                .hasMessageContaining("more than 2 workers of loky-pool-")
                .hasMessageContaining("died within 30000 ms (maxCrashes)")
                .hasMessageContaining("was halted with code 43");
        assertThat(executions(file)).as("no storm").isEqualTo(3);
        assertThat(pool.snapshot().workers()).as("none is started").isEmpty();
    }

    @Test
    void maxCrashes_theTimeHasPassed_servesAgain() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options().maxCrashes(1, Duration.ofSeconds(2)).build());
        String counter = file;
        TaskFuture<Integer> first = pool.submit(() -> halt(counter, 2));
        TaskFuture<Integer> second = pool.submit(() -> halt(counter, 2));
        assertThat(Pools.failure(first)).isInstanceOf(WorkerTerminatedException.class);
        assertThat(Pools.failure(second)).isInstanceOf(WorkerTerminatedException.class);

        Await.until(
                "a worker is started again, unasked",
                () -> !pool.snapshot().workers().isEmpty(),
                () -> pool.snapshot().toString());

        assertThat(Await.result(pool.submit(() -> halt(counter, 2)))).isEqualTo(3);
        Pools.assertServes(pool);
    }

    // ---- larger heaps ----------------------------------------------------------------------------------------------

    private static int fill(int mebis) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < mebis; i++) {
            byte[] part = new byte[MEBI];
            Arrays.fill(part, (byte) i);
            all.add(part);
        }
        return all.size();
    }

    @Test
    void outOfMemory_workerDiesOfIt_isExecutedOnceMoreWithTheLargerHeap() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .maxHeap("48m")
                .jvmArgs(List.of("-XX:+ExitOnOutOfMemoryError"))
                .output(OutputRouting.discard()) // the JVM says so
                .retryOutOfMemoryWith("256m")
                .build());

        TaskFuture<Integer> future = pool.submit(() -> fill(80));

        assertThat(Await.result(future)).isEqualTo(80);
        assertThat(future.attempts()).isEqualTo(2);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CRASHED);
        assertThat(pools.log().at(Level.WARNING)).hasSize(1);
        Pools.assertServes(pool);
    }

    /** What the name lacked was memory, and it gets that. */
    @Test
    void outOfMemory_workersDieOfItAndTheLargerHeapHelps_isNoReasonForQuarantine() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .maxHeap("48m")
                .jvmArgs(List.of("-XX:+ExitOnOutOfMemoryError"))
                .output(OutputRouting.discard()) // the JVM says so
                .retryOutOfMemoryWith("256m")
                .quarantineAfter(1)
                .build());

        for (int i = 0; i < 2; i++) {
            assertThat(Await.result(pool.submit(() -> fill(80), TaskOptions.named("monthly"))))
                    .isEqualTo(80);
        }

        assertThat(pool.quarantined()).isEmpty();
        assertThat(pools.log().at(Level.WARNING)).hasSize(2);
    }

    @Test
    void retryOutOfMemoryWith_noMoreThanTheHeapOfThePool_isRefused() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().maxHeap("64m").build());

        assertThatThrownBy(() -> pool.submit(() -> 1, TaskOptions.defaults().retryOutOfMemoryWith("32m")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retryOutOfMemoryWith must be more than maxHeap (\"64m\"), got \"32m\"");
    }

    @Test
    void outOfMemory_aLargerHeapIsAllowed_succeedsThereAndThePoolStaysAsItWas() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .maxHeap("64m")
                .jvmArgs(List.of("-Xmx48m"))
                .retryOutOfMemoryWith("256m")
                .build());
        String counter = file;

        TaskFuture<Long> future = pool.submit(
                () -> {
                    note(counter);
                    fill(100);
                    return Runtime.getRuntime().maxMemory();
                },
                TaskOptions.named("hungry"));

        // less one survivor space, whose size some collectors change
        assertThat(Await.result(future)).isBetween(128L << 20, 256L << 20);
        assertThat(future.attempts()).isEqualTo(2);
        assertThat(executions(file)).isEqualTo(2);
        assertThat(Await.result(pool.submit(() -> Runtime.getRuntime().maxMemory())))
                .isLessThanOrEqualTo(48L << 20);
        Await.until("the small one has left", () -> Pools.ended(pool, EndReason.OUT_OF_MEMORY) == 1);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.OUT_OF_MEMORY);
        assertThat(pools.log().at(Level.WARNING)).hasSize(1);
        assertThat(pools.log().at(Level.WARNING).get(0))
                .contains("task #1 'hungry'", "OutOfMemoryError", "once more, with a heap of 256m");
        assertThat(pool.snapshot().completedTasks()).isEqualTo(2);
    }

    /** Else two processes would use what an index stands for at the same time. */
    @Test
    void outOfMemory_largerHeapBesideTheOthers_hasAnIndexOfItsOwn() throws Exception {
        List<OutputLine> lines = new CopyOnWriteArrayList<>();
        ProcessPoolExecutor pool = pools.create(options()
                .maxHeap("48m")
                .retryOutOfMemoryWith("256m")
                .environment(Map.of("DEVICE", "device ${worker.index}"))
                .output(OutputRouting.callback(lines::add))
                .build());
        SerializableCallable<String> device =
                () -> System.getenv("DEVICE") + " of " + WorkerContext.current().index();
        Gate goOn = new Gate(folder, "go on");
        TaskFuture<String> hungry = pool.submit(() -> {
            System.out.println(device.call());
            fill(80);
            goOn.await();
            return device.call();
        });

        assertThat(Await.result(pool.submit(device))).as("while that waits").isEqualTo("device 0 of 0");

        goOn.open();
        assertThat(Await.result(hungry)).isEqualTo("device 1 of 1");
        Await.until("both have printed", () -> lines.size() == 2);
        assertThat(lines)
                .extracting(line -> line.text() + " in " + line.workerNumber() + ", " + line.workerIndex())
                .containsExactlyInAnyOrder("device 0 of 0 in 1, 0", "device 1 of 1 in 0, 1");
        pools.log();
    }

    @Test
    void outOfMemory_alsoInTheLargerHeap_isExecutedTwiceAndFails() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().maxHeap("48m").build());
        String counter = file;

        TaskFuture<Integer> future = pool.submit(
                () -> {
                    note(counter);
                    return fill(1_000);
                },
                TaskOptions.defaults().retryOutOfMemoryWith("64m"));

        Throwable failure = Pools.failure(future);
        assertThat(failure).isExactlyInstanceOf(OutOfMemoryError.class);
        assertThat(failure.getSuppressed())
                .anySatisfy(told -> assertThat(told)
                        .hasMessageContaining("the attempt before this one has run out of memory")
                        .hasMessageContaining("this one had a heap of 64m (retryOutOfMemoryWith)"));
        assertThat(future.attempts()).isEqualTo(2);
        assertThat(executions(file)).isEqualTo(2);
        assertThat(pools.log().at(Level.WARNING)).hasSize(1);
        Pools.assertServes(pool);
    }

    /** What is executed with a larger heap is a task of the pool: it can be cancelled, and shut down, and others wait for it. */
    @Test
    void outOfMemory_cancelledInTheLargerHeap_isKilledThereAndTheNextOneHasItsTurn() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .maxWorkers(2)
                .maxHeap("48m")
                .cancelGrace(Duration.ofMinutes(5)) // for those that are cancelled: their sleep listens
                .retryOutOfMemoryWith("128m")
                .build());
        Gate inTheLarger = new Gate(folder, "in the larger");
        TaskFuture<Integer> endless = pool.submit(() -> {
            int filled = fill(80);
            inTheLarger.open();
            Thread.sleep(600_000);
            return filled;
        });
        inTheLarger.await();
        TaskFuture<Integer> next = pool.submit(() -> fill(80));
        long pid = endless.workerPid().orElseThrow();
        assertThat(Processes.isAlive(pid)).isTrue();

        assertThat(endless.cancel(true)).isTrue();

        assertThat(Await.result(next)).isEqualTo(80);
        assertThat(Processes.isAlive(pid)).isFalse();
        TaskFuture<Integer> dropped = pool.submit(() -> {
            fill(80);
            while (true) {
                Thread.onSpinWait(); // does not listen
            }
        });
        Await.until("in the larger heap", () -> dropped.attempts() == 2);
        pools.log();
        pool.shutdownNow();
        assertThat(Pools.failure(dropped)).hasMessageContaining("shutdownNow");
    }

    @Test
    void outOfMemory_crashInTheLargerHeap_failsWithThat() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .maxHeap("48m")
                .retryOutOfMemoryWith("128m")
                .retriesOnCrash(3)
                .build());
        String counter = file;
        TaskFuture<Integer> future = pool.submit(() -> {
            note(counter);
            fill(80);
            Runtime.getRuntime().halt(9);
            return 1;
        });

        WorkerTerminatedException failure = (WorkerTerminatedException) Pools.failure(future);

        assertThat(failure.report().exitCode()).hasValue(9);
        assertThat(failure.getSuppressed())
                .anySatisfy(told -> assertThat(told).hasMessageContaining("has run out of memory"));
        assertThat(executions(file)).isEqualTo(2);
        assertThat(pools.log().at(Level.WARNING)).hasSize(1);
        TaskReceipt receipt = future.receipt().orElseThrow();
        assertThat(receipt.runTime()).as("without an answer").isPositive();
        assertThat(receipt.transferTime()).isNegative();
        Pools.assertServes(pool);
    }
}
