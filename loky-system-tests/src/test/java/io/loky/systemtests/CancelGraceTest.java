/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.EndReason;
import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskTimeoutException;
import io.loky.systemtests.Offspring.Kind;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are to end: what listens to an interrupt does, with time to clean up, and its worker goes on; all else ends with its worker. */
class CancelGraceTest {
    /** Nobody waits for it: a task that listens answers long before. */
    private static final Duration ANY_TIME = Duration.ofMinutes(5);

    /** Time for all looks, also on a machine that is busy. */
    private static final Duration A_WHILE = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofMillis(200);

    /** Long enough to get where it stays. */
    private static final Duration LONGER_LIMIT = Duration.ofMillis(500);

    /** {@code -Dloky.cancels=1000} for more. */
    private static final int CANCELS = Integer.getInteger("loky.cancels", 50);

    private static final Object LOCK = new Object();

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ProcessPoolExecutor pool(int workers, Duration grace) {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(workers)
                .idleTimeout(Duration.ofHours(1))
                .cancelGrace(grace)
                .build());
    }

    private static long pidOfTheNext(ProcessPoolExecutor pool) throws Exception {
        return Await.result(pool.submit(() -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("met the interrupt of another one");
            }
            return ProcessHandle.current().pid();
        }));
    }

    // ---- cancel -----------------------------------------------------------------------------------------------------

    @Test
    void cancelTrue_taskListens_cleansUpAndItsWorkerGoesOn() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        for (int round = 0; round < 20; round++) {
            Gate started = new Gate(folder, "started-" + round);
            Gate cleanedUp = new Gate(folder, "cleaned-up-" + round);
            boolean atOnce = round % 2 == 0; // or when the task runs for long
            TaskFuture<?> future = pool.submit(() -> {
                started.open();
                try {
                    Thread.sleep(600_000);
                } finally {
                    cleanedUp.open();
                }
            });
            started.await();
            if (!atOnce) {
                Thread.sleep(30);
            }

            assertThat(future.cancel(true)).isTrue();

            assertThat(future.isCancelled()).as("at once").isTrue();
            cleanedUp.await();
            assertThat(pidOfTheNext(pool)).isEqualTo(pid);
        }
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** What a worker does for the first time takes long; at least three of ten are fast enough, however busy this machine is. */
    @Test
    void cancelTrue_usualGraceAndFirstExceptionOfItsWorker_workerGoesOn() throws Exception {
        int kept = 0;
        int round = 0;
        for (; kept < 3 && round < 10; round++) {
            ProcessPoolExecutor pool = pools.warm(1);
            long pid = Pools.pids(pool).iterator().next();
            Gate started = new Gate(folder, "started-" + round);
            TaskFuture<?> future = pool.submit(() -> {
                started.open();
                Thread.sleep(600_000);
            });
            started.await();

            assertThat(future.cancel(true)).isTrue();

            kept += pidOfTheNext(pool) == pid ? 1 : 0;
            pool.shutdownNow();
        }

        assertThat(kept).as("of %d", round).isEqualTo(3);
    }

    /** Its answer is dropped, so nobody waits for it to be made. */
    @Test
    void cancelTrue_taskEndsWithWhatTakesForEverToEncode_workerGoesOn() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        for (int round = 0; round < 2; round++) {
            Gate started = new Gate(folder, "started-" + round);
            boolean thrown = round == 1;
            TaskFuture<?> future = pool.submit(() -> endLate(started, thrown));
            started.await();

            assertThat(future.cancel(true)).isTrue();

            assertThat(pidOfTheNext(pool)).isEqualTo(pid);
        }
    }

    @Test
    void cancelTrue_taskDoesNotListen_endsWithItsWorkerAndWhatItHasStarted() throws Exception {
        ProcessPoolExecutor pool = pool(2, Duration.ofMillis(100));
        Gate go = new Gate(folder, "go");
        TaskFuture<Long> neighbour = pool.submit(() -> {
            go.await();
            return ProcessHandle.current().pid();
        });
        Gate started = new Gate(folder, "started");
        Offspring children = new Offspring(folder);
        try {
            TaskFuture<?> victim = pool.submit(() -> {
                children.start(Kind.CHILD, Kind.DETACHED);
                started.open();
                spin();
            });
            started.await();
            long pid = victim.workerPid().orElseThrow();

            assertThat(victim.cancel(true)).isTrue();

            assertThat(victim.isCancelled()).as("at once").isTrue();
            Await.until("its worker is gone", () -> !Processes.isAlive(pid));
            children.assertGone();
        } finally {
            children.kill();
        }
        go.open();
        assertThat(Await.result(neighbour)).isEqualTo(neighbour.workerPid().orElseThrow());
        assertThat(neighbour.attempts()).isEqualTo(1);
        Pools.assertServes(pool);
        // its process was gone a moment before its pool has learned of it
        Await.until("the end is counted", () -> Pools.ended(pool, EndReason.CANCELLED) == 1);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CANCELLED);
    }

    /** From the call, with the usual grace; at least in the best of three times, however busy this machine is. */
    @Test
    void cancelTrue_taskDoesNotListen_itsWorkerIsGoneWithinASecond() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Duration best = ANY_TIME;
        for (int round = 0; round < 3; round++) {
            Gate started = new Gate(folder, "started-" + round);
            TaskFuture<?> future = pool.submit(() -> {
                started.open();
                spin();
            });
            started.await();
            ProcessHandle worker =
                    ProcessHandle.of(future.workerPid().orElseThrow()).orElseThrow();

            long before = System.nanoTime();
            future.cancel(true);
            worker.onExit().get(60, TimeUnit.SECONDS);
            best = shorter(best, System.nanoTime() - before);
            Pools.awaitIdle(pool, 1);
        }

        assertThat(best).isLessThan(Duration.ofSeconds(1));
    }

    /** In the best of three times. */
    @Test
    void timeout_taskDoesNotListen_failsBetweenItsLimitAndASecond() throws Exception {
        ProcessPoolExecutor pool = pool(1, Duration.ofMillis(200));
        Duration best = ANY_TIME;
        for (int round = 0; round < 3; round++) {
            pidOfTheNext(pool);
            long before = System.nanoTime();
            TaskFuture<?> future =
                    pool.submit(CancelGraceTest::spin, TaskOptions.defaults().timeout(Duration.ofMillis(300)));
            assertThat(Pools.failure(future)).isInstanceOf(TaskTimeoutException.class);
            best = shorter(best, System.nanoTime() - before);
        }

        assertThat(best).isBetween(Duration.ofMillis(300), Duration.ofSeconds(1));
    }

    private static Duration shorter(Duration best, long nanos) {
        return nanos < best.toNanos() ? Duration.ofNanos(nanos) : best;
    }

    @Test
    void cancelTrue_noGrace_killsAtOnce() throws Exception {
        ProcessPoolExecutor pool = pool(1, Duration.ZERO);
        Gate started = new Gate(folder, "started");
        Gate cleanedUp = new Gate(folder, "cleaned-up");
        TaskFuture<?> future = pool.submit(() -> {
            started.open();
            try {
                Thread.sleep(600_000);
            } finally {
                cleanedUp.open();
            }
        });
        started.await();

        assertThat(future.cancel(true)).isTrue();

        Pools.assertServes(pool);
        assertThat(cleanedUp.isOpen()).isFalse();
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CANCELLED);
    }

    /** What has not been begun of a chunk is not begun, and what executes may end. */
    @Test
    void close_whileAChunkExecutes_beginsNoFurtherItemAndTheWorkerGoesOn() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        Gate started = new Gate(folder, "started");
        Gate next = new Gate(folder, "next");
        Stream<Integer> results = pool.map(
                number -> {
                    if (number > 0) {
                        next.open();
                    }
                    started.open();
                    try {
                        Thread.sleep(600_000);
                    } catch (InterruptedException e) {
                        return -1; // swallows it
                    }
                    return number;
                },
                List.of(0, 1, 2),
                MapOptions.chunkSize(3));
        started.await();

        results.close();

        assertThat(pidOfTheNext(pool)).isEqualTo(pid);
        assertThat(next.isOpen()).isFalse();
    }

    @Test
    void close_anItemOfAChunkEndsWithWhatTakesForEverToEncode_workerGoesOn() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        Gate started = new Gate(folder, "started");
        Stream<Object> results = pool.map(
                number -> number == 1 ? endLate(started, true) : number, List.of(0, 1, 2), MapOptions.chunkSize(3));
        started.await();

        results.close();

        assertThat(pidOfTheNext(pool)).isEqualTo(pid);
    }

    /** Cancelled whenever they are: no other task notices, and no worker is lost. */
    @Test
    void cancelTrue_manyShortTasks_neitherInterruptsNorLosesAnother() throws Exception {
        ProcessPoolExecutor pool = pool(2, ANY_TIME);
        Random random = new Random(20261123);
        List<TaskFuture<Boolean>> futures = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            long nanos = random.nextInt(i % 100 == 0 ? 40_000_000 : 300_000);
            futures.add(pool.submit(() -> {
                long end = System.nanoTime() + nanos;
                boolean interrupted = false;
                while (!interrupted && System.nanoTime() - end < 0) {
                    interrupted = Thread.currentThread().isInterrupted();
                }
                return interrupted;
            }));
            if (i % 2 == 1 && i > 3) {
                futures.get((i - random.nextInt(4)) & ~1).cancel(true); // those with even numbers
            }
        }

        for (int i = 1; i < futures.size(); i += 2) {
            assertThat(Await.result(futures.get(i)))
                    .as("task %d met the interrupt of another one", i)
                    .isFalse();
        }
        Await.until("all are done", () -> futures.stream().allMatch(TaskFuture::isDone), pool::toString);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
        Pools.assertServes(pool);
    }

    /** Again and again, with no future, worker or file lost. */
    @Test
    @Timeout(900)
    void cancelTrue_manyTasksThatDoNotListen_nothingIsLost() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .spareWorkers(2)
                .idleTimeout(Duration.ofHours(1))
                .cancelGrace(Duration.ofMillis(1))
                .build());
        int files = Processes.openFiles(Processes.ownPid()).size();
        List<TaskFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < CANCELS; i++) {
            Gate started = new Gate(folder, "started-" + i);
            TaskFuture<?> future = pool.submit(() -> {
                started.open();
                spin();
            });
            futures.add(future);
            started.await();

            assertThat(future.cancel(true)).isTrue();
        }

        assertThat(futures).allMatch(TaskFuture::isCancelled);
        Await.until("all ended", () -> Pools.ended(pool, EndReason.CANCELLED) == CANCELS, pool::toString);
        Pools.assertServes(pool);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.CANCELLED);
        Await.until(
                "as few files are open as for four workers",
                () -> Processes.openFiles(Processes.ownPid()).size() < files + 100);
        assertThat(Processes.directoriesOf(Processes.ownPid())).hasSizeLessThan(10);
    }

    // ---- time limits ------------------------------------------------------------------------------------------------

    @Test
    void timeout_taskListens_failsAllTheSameAndItsWorkerGoesOn() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        TaskFuture<Integer> future = pool.submit(
                () -> {
                    try {
                        Thread.sleep(600_000);
                    } catch (InterruptedException e) {
                        return 1; // a value, but late
                    }
                    return 2;
                },
                TaskOptions.named("late").timeout(LONGER_LIMIT));

        TaskTimeoutException failure = (TaskTimeoutException) Pools.failure(future);

        assertThat(failure.limit()).isEqualTo(LONGER_LIMIT);
        assertThat(failure.ran()).isGreaterThanOrEqualTo(LONGER_LIMIT);
        assertThat(failure.stacks()).isNotEmpty();
        assertThat(failure.stacks().get(0).get(0).getMethodName()).startsWith("sleep");
        assertThat(failure)
                .hasMessageStartingWith(
                        "task #" + future.taskId() + " 'late' has reached its limit of 500 ms: it executed")
                .hasMessageContaining(" and ended when it was interrupted; ")
                .hasMessageContaining("java.base/java.lang.Thread.sleep");
        assertThat(pidOfTheNext(pool)).isEqualTo(pid);
    }

    /** The task is not there any more while the library answers for it. */
    @Test
    void timeout_taskEndsWithWhatTakesForEverToEncode_failsAtOnceAndWasSeenInItsOwnCode() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        Gate started = new Gate(folder, "started");

        TaskFuture<?> future =
                pool.submit(() -> endLate(started, true), TaskOptions.defaults().timeout(LONGER_LIMIT));

        TaskTimeoutException failure = (TaskTimeoutException) Pools.failure(future);
        assertThat(failure).hasMessageContaining(" and ended when it was interrupted; ");
        assertThat(failure.stacks())
                .isNotEmpty()
                .allSatisfy(stack -> assertThat(stack)
                        .extracting(StackTraceElement::getMethodName)
                        .contains("endLate"));
        assertThat(pidOfTheNext(pool)).isEqualTo(pid);
    }

    /** Nothing is no answer of an item either. */
    @Test
    void timeout_itemEndsWithWhatTakesForEverToEncode_failsForItsLimitAndTheWorkerGoesOn() throws Exception {
        ProcessPoolExecutor pool = pool(1, ANY_TIME);
        long pid = pidOfTheNext(pool);
        Gate started = new Gate(folder, "started");
        try (Stream<Object> results = pool.map(
                number -> number == 0 ? number : endLate(started, false),
                List.of(0, 1),
                MapOptions.defaults().timeout(LONGER_LIMIT))) {
            Iterator<Object> each = results.iterator();

            assertThat(each.next()).isEqualTo(0);
            assertThatThrownBy(each::next).isInstanceOf(TaskTimeoutException.class);
        }
        assertThat(pidOfTheNext(pool)).isEqualTo(pid);
    }

    /** Side by side, since each of them uses up its grace. */
    @Test
    void timeout_tasksThatDoNotListen_tellWhereTheyWereStuckOrBusy() throws Exception {
        ProcessPoolExecutor pool = pool(4, A_WHILE);
        runOneInEach(pool, 4);
        TaskFuture<?> sleeping = pool.submit(
                CancelGraceTest::sleepStubbornly, TaskOptions.named("sleeping").timeout(LONGER_LIMIT));
        TaskFuture<?> locked = pool.submit(
                CancelGraceTest::deadlock, TaskOptions.named("locked").timeout(LONGER_LIMIT));
        TaskFuture<?> busy =
                pool.submit(CancelGraceTest::workHard, TaskOptions.named("busy").timeout(LONGER_LIMIT));
        TaskFuture<?> spinning =
                pool.submit(CancelGraceTest::spin, TaskOptions.named("spinning").timeout(LONGER_LIMIT));

        assertThat(message(sleeping))
                .contains(" looks found it stuck in\n    at java.base/java.lang.Thread.sleep")
                .contains("\n    at io.loky.systemtests.CancelGraceTest.sleepStubbornly(CancelGraceTest.java:")
                .endsWith("\nshorten the task or raise the limit");
        assertThat(message(locked))
                .contains(" looks found it stuck in\n    at io.loky.systemtests.CancelGraceTest.enter(")
                .contains("\n    at io.loky.systemtests.CancelGraceTest.deadlock(");
        assertThat(message(busy))
                .contains(" looks found it busy around\n    at io.loky.systemtests.CancelGraceTest.workHard(");
        assertThat(message(spinning))
                .containsPattern(" looks found it (stuck in|busy around)\n(    at .*onSpinWait.*\n)?"
                        + "    at io.loky.systemtests.CancelGraceTest.spin\\(");
        Pools.awaitIdle(pool, 4);
        assertThat(Pools.ended(pool, EndReason.TASK_TIMEOUT)).isEqualTo(4);
    }

    /** So that no worker is still busy with loading its classes when a time limit begins. */
    private void runOneInEach(ProcessPoolExecutor pool, int workers) throws Exception {
        Gate go = new Gate(folder, "go");
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            Gate started = new Gate(folder, "started-" + i);
            futures.add(pool.submit(() -> {
                started.open();
                return waitFor(go);
            }));
        }
        for (int i = 0; i < workers; i++) {
            new Gate(folder, "started-" + i).await();
        }
        go.open();
        for (TaskFuture<Integer> future : futures) {
            assertThat(Await.result(future)).isEqualTo(1);
        }
    }

    private static String message(TaskFuture<?> future) throws Exception {
        TaskTimeoutException failure = (TaskTimeoutException) Pools.failure(future);
        assertThat(failure.stacks())
                .as("%s", failure.getMessage())
                .hasSizeBetween(2, 10)
                .allMatch(stack -> stack.size() > 0);
        assertThat(failure.ran()).isGreaterThanOrEqualTo(LONGER_LIMIT.plus(A_WHILE));
        assertThat(failure).hasMessageContaining(", and was ended with its worker; ");
        return failure.getMessage();
    }

    @Test
    void queueTimeout_noWorkerIsFree_failsAndNothingElseNotices() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .queueTimeout(ANY_TIME)
                .build());
        Gate started = new Gate(folder, "started");
        Gate go = new Gate(folder, "go");
        Gate executed = new Gate(folder, "executed");
        TaskFuture<Integer> running = pool.submit(() -> {
            started.open();
            go.await();
            return 1;
        });
        started.await();
        TaskFuture<?> patient = pool.submit(() -> {});
        TaskFuture<?> impatient =
                pool.submit(executed::open, TaskOptions.named("impatient").queueTimeout(LIMIT));

        TaskTimeoutException failure = (TaskTimeoutException) Pools.failure(impatient);

        assertThat(failure)
                .hasMessageStartingWith("task #" + impatient.taskId()
                        + " 'impatient' has waited for a worker for longer than its queue limit of 200 ms");
        assertThat(failure.limit()).isEqualTo(LIMIT);
        assertThat(failure.ran()).isZero();
        assertThat(impatient.attempts()).isZero();
        go.open();
        assertThat(Await.result(running)).isEqualTo(1);
        assertThat(Await.result(patient)).isNull();
        assertThat(executed.isOpen()).isFalse();
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    // ---- slow tasks -------------------------------------------------------------------------------------------------

    @Test
    void slowTaskThreshold_taskThatGoesOn_isToldOfAgainAndAgainAndNothingIsInterrupted() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .slowTaskThreshold(Duration.ofMillis(150))
                .build());
        Gate go = new Gate(folder, "go");
        TaskFuture<Integer> slow = pool.submit(() -> waitFor(go), TaskOptions.named("slow"));

        // Not the first time perhaps: the worker may still be busy with loading its classes.
        Await.until(
                "it is told of twice, and where it waits",
                () -> warnings().size() >= 2
                        && warnings().stream()
                                .anyMatch(warning -> warning.contains(
                                        "\n    at io.loky.systemtests.CancelGraceTest.waitFor(CancelGraceTest.java:")));
        go.open();

        assertThat(Await.result(slow)).isEqualTo(1);
        assertThat(warnings())
                .allSatisfy(warning -> assertThat(warning)
                        .startsWith("task #" + slow.taskId() + " 'slow' has been executing for ")
                        .contains(" ms in worker 1 of loky-pool-")
                        .contains("(pid " + slow.workerPid().orElseThrow() + "), and goes on; "));
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    private List<String> warnings() {
        return pools.log().at(Level.WARNING);
    }

    // ---- what tasks do ----------------------------------------------------------------------------------------------

    private static Object endLate(Gate started, boolean thrown) {
        started.open();
        try {
            Thread.sleep(600_000);
        } catch (InterruptedException e) {
            if (thrown) {
                throw new EncodedForEver();
            }
        }
        return new EncodedForEver();
    }

    private static final class EncodedForEver extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void writeObject(ObjectOutputStream out) {
            sleepStubbornly();
        }
    }

    private static int waitFor(Gate go) {
        go.await();
        return 1;
    }

    private static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    private static void sleepStubbornly() {
        while (true) {
            try {
                Thread.sleep(600_000);
            } catch (InterruptedException e) {
                // this is what it is about
            }
        }
    }

    private static void deadlock() throws InterruptedException {
        Thread owner = new Thread(() -> {
            synchronized (LOCK) {
                sleepStubbornly();
            }
        });
        owner.setDaemon(true);
        owner.start();
        while (owner.getState() != Thread.State.TIMED_WAITING) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        enter();
    }

    private static void enter() {
        synchronized (LOCK) {
            throw new IllegalStateException("nobody was in there");
        }
    }

    private static void workHard() {
        for (int i = 0; ; i++) {
            switch (i % 4) {
                case 0 -> one();
                case 1 -> two();
                case 2 -> three();
                default -> four();
            }
        }
    }

    private static void one() {
        forAMillisecond();
    }

    private static void two() {
        forAMillisecond();
    }

    private static void three() {
        forAMillisecond();
    }

    private static void four() {
        forAMillisecond();
    }

    private static void forAMillisecond() {
        long end = System.nanoTime() + 1_000_000;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }
}
