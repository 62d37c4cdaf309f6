/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.ProcessPoolOptions.Receipts;
import io.loky.ProcessPoolOptions.WhenFull;
import io.loky.TaskFuture;
import io.loky.TaskOptions;
import io.loky.TaskReceipt;
import io.loky.TaskTimeoutException;
import io.loky.WorkerTerminatedException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What tasks have cost. The bounds are those that hold on a busy machine, too. */
class ReceiptTest {
    private static final int LARGE = 50_000_000;
    private static final Duration WORK = Duration.ofMillis(500);

    /** In a worker: or the JIT compiler might find that nobody needs it. */
    @SuppressWarnings("UnusedVariable")
    private static volatile @Nullable Object kept;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private ProcessPoolExecutor pool(Receipts receipts) {
        return pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .maxHeap("512m")
                .receipts(receipts)
                .build());
    }

    private static TaskReceipt receipt(TaskFuture<?> future) throws Exception {
        Await.until("done: " + future, future::isDone);
        return future.receipt().orElseThrow();
    }

    // ---- times ----------------------------------------------------------------------------------------------------

    @Test
    void default_taskBehindAGate_waitedAtLeastAsLongAsItWasClosed() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate gate = new Gate(folder, "gate");
        Gate running = new Gate(folder, "running");
        pool.execute(() -> {
            running.open();
            gate.await();
        });
        long begun = System.nanoTime();
        TaskFuture<Integer> second = pool.submit(() -> 2);
        long submitted = System.nanoTime();
        running.await();
        long closed = System.nanoTime() - submitted;
        gate.open();

        assertThat(Await.result(second)).isEqualTo(2);
        long elapsed = System.nanoTime() - begun;

        TaskReceipt receipt = receipt(second);
        assertThat(receipt.queueTime()).isGreaterThanOrEqualTo(Duration.ofNanos(closed));
        assertThat(receipt.queueTime().plus(receipt.runTime()).plus(receipt.transferTime()))
                .as("all of %s", receipt)
                .isLessThanOrEqualTo(Duration.ofNanos(elapsed));
        assertThat(receipt.transferTime()).isPositive();
        assertThat(receipt.cpuTime()).as("not asked for").isNegative();
        assertThat(receipt.allocatedBytes()).isNegative();
        assertThat(receipt.peakMemoryBytes()).isNegative();
        assertThat(receipt.gcTime()).isNegative();
    }

    @Test
    void off_anyTask_hasNone() throws Exception {
        TaskFuture<Integer> future = pool(Receipts.OFF).submit(() -> 1);

        assertThat(Await.result(future)).isEqualTo(1);
        assertThat(future.receipt()).isEmpty();
    }

    // ---- all that can be known ------------------------------------------------------------------------------------

    @Test
    void full_sleepAndSpin_differInCpuTimeAndNotInRunTime() throws Exception {
        ProcessPoolExecutor pool = pool(Receipts.FULL);

        TaskReceipt sleeping = receipt(pool.submit(() -> Thread.sleep(WORK.toMillis())));
        TaskReceipt spinning = receipt(pool.submit(ReceiptTest::spin));

        assertThat(sleeping.runTime()).isGreaterThanOrEqualTo(WORK);
        assertThat(spinning.runTime()).isGreaterThanOrEqualTo(WORK.minusMillis(50));
        assertThat(sleeping.cpuTime()).isBetween(Duration.ofNanos(1), WORK.dividedBy(10));
        assertThat(spinning.cpuTime()).isGreaterThanOrEqualTo(WORK);
    }

    /** Until this thread has had that much of a CPU. */
    private static void spin() {
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() + WORK.toNanos();
        while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void full_taskThatAllocates_hasAllocatedThatAndTheOneAfterItHasNot() throws Exception {
        ProcessPoolExecutor pool = pool(Receipts.FULL);

        TaskReceipt large = receipt(pool.submit(() -> {
            kept = new byte[LARGE];
        }));
        TaskReceipt small = receipt(pool.submit(() -> {
            kept = null;
        }));

        assertThat(large.allocatedBytes()).isBetween((long) LARGE, 2L * LARGE);
        assertThat(small.allocatedBytes()).isBetween(0L, LARGE / 10L);
    }

    @Test
    void full_taskThatTakesMemoryAndGivesItBack_isThePeakOfThatTaskAlone() throws Exception {
        ProcessPoolExecutor pool = pool(Receipts.FULL);

        TaskReceipt large = receipt(pool.submit(() -> {
            kept = ByteBuffer.allocateDirect(4 * LARGE);
        }));
        assumeTrue(large.peakMemoryBytes() > 0, "the kernel lets this process forget its peak");
        Await.result(pool.submit(ReceiptTest::freeDirectMemory));
        TaskReceipt small = receipt(pool.submit(() -> {}));

        assertThat(large.peakMemoryBytes()).isGreaterThan(4L * LARGE);
        assertThat(small.peakMemoryBytes()).isBetween(10_000_000L, large.peakMemoryBytes() - 3L * LARGE);
    }

    private static void freeDirectMemory() throws Exception {
        kept = null;
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        Await.until("the direct buffer is gone", () -> {
            System.gc();
            return direct.getMemoryUsed() < LARGE;
        });
    }

    @Test
    void full_taskThatCollectsGarbage_sawThePauses() throws Exception {
        TaskReceipt receipt = receipt(pool(Receipts.FULL).submit(() -> {
            for (int i = 0; i < 20; i++) {
                System.gc();
            }
        }));

        assertThat(receipt.gcTime())
                .isBetween(Duration.ofMillis(1), receipt.runTime().plusMillis(20));
    }

    /** Beside which the program goes on: that is not time that the task has lost. */
    @Test
    void full_collectorsThatRunBesideTheProgram_countOnlyWhileTheyStopIt() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-XX:+UseZGC"))
                .receipts(Receipts.FULL)
                .build());

        TaskReceipt receipt = receipt(pool.submit(() -> {
            for (int i = 0; i < 20; i++) {
                System.gc();
            }
        }));

        assertThat(receipt.gcTime())
                .as("of %s", receipt)
                .isBetween(Duration.ZERO, receipt.runTime().dividedBy(2));
    }

    /** The page's program prints what the page says, but for the numbers. */
    @Test
    void page_run_printsTheLineBelowIt() throws Exception {
        Document page = Document.of("docs/receipts.md");
        Document.compile(
                folder, "Receipts", Document.program("Receipts", page.snippets().get(0)));

        try (ChildJvm program = ChildJvm.of("Receipts", folder).start()) {
            assertThat(program.exitCode()).as(program.toString()).isZero();
            assertThat(page.text()).containsPattern("\n    ran \\d+ ms, allocated \\d+ MB\n");
            assertThat(program.out()).matches("ran \\d+ ms, allocated \\d+ MB\\s+");
            assertThat(program.err()).isEmpty();
        }
    }

    // ---- tasks that do not end as they should ---------------------------------------------------------------------

    @Test
    void full_taskThrows_hasAReceiptLikeOthers() throws Exception {
        TaskFuture<?> future = pool(Receipts.FULL).submit(() -> {
            kept = new byte[LARGE];
            throw new IllegalStateException("planned");
        });

        assertThat(Pools.failure(future)).isInstanceOf(IllegalStateException.class);
        assertThat(receipt(future).allocatedBytes()).isGreaterThanOrEqualTo(LARGE);
    }

    @Test
    void full_workerDiesOrIsKilled_knowsHowLongTheWorkerHadTheTask() throws Exception {
        ProcessPoolExecutor pool = pool(Receipts.FULL);
        Duration limit = Duration.ofMillis(300);

        TaskFuture<?> dead = pool.submit(() -> Runtime.getRuntime().halt(3));
        TaskFuture<?> late = pool.submit(
                () -> Thread.sleep(600_000), TaskOptions.named("late").timeout(limit));

        assertThat(Pools.failure(dead)).isInstanceOf(WorkerTerminatedException.class);
        assertThat(Pools.failure(late)).isInstanceOf(TaskTimeoutException.class);
        assertThat(receipt(late).runTime()).isGreaterThanOrEqualTo(limit);
        for (TaskFuture<?> future : new TaskFuture<?>[] {dead, late}) {
            TaskReceipt receipt = receipt(future);
            assertThat(receipt.queueTime()).isPositive();
            assertThat(receipt.runTime()).isPositive();
            assertThat(receipt.transferTime()).isNegative();
            assertThat(receipt.cpuTime()).isNegative();
            assertThat(receipt.peakMemoryBytes()).isNegative();
        }
    }

    @Test
    void full_cancelledWhileItRanAndWhileItWaited_onlyTheFirstHasAReceipt() throws Exception {
        ProcessPoolExecutor pool = pool(Receipts.FULL);
        Gate running = new Gate(folder, "running");
        TaskFuture<?> first = pool.submit(() -> {
            running.open();
            Thread.sleep(600_000);
        });
        TaskFuture<?> second = pool.submit(() -> {});
        running.await();

        second.cancel(true);
        first.cancel(true);

        assertThat(receipt(first).runTime()).isPositive();
        assertThat(second.receipt()).isEmpty();
    }

    // ---- in this JVM ----------------------------------------------------------------------------------------------

    /** The thread is the task's; the process is not. */
    @Test
    void full_inProcessAndRunByTheCaller_knowsWhatTheThreadHasCost() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .mode(Mode.IN_PROCESS)
                .maxWorkers(1)
                .queueCapacity(1)
                .whenFull(WhenFull.CALLER_RUNS)
                .receipts(Receipts.FULL)
                .build());
        Gate gate = new Gate(folder, "gate");
        Gate running = new Gate(folder, "running");
        TaskFuture<?> first = pool.submit(() -> {
            running.open();
            gate.await();
        });
        running.await();
        TaskFuture<?> byWorker = pool.submit(ReceiptTest::allocate);
        TaskFuture<?> byCaller = pool.submit(ReceiptTest::allocate);
        assertThat(byCaller.isDone()).isTrue();
        gate.open();

        for (TaskFuture<?> future : new TaskFuture<?>[] {byWorker, byCaller}) {
            TaskReceipt receipt = receipt(future);
            assertThat(receipt.allocatedBytes()).isGreaterThanOrEqualTo(LARGE);
            assertThat(receipt.cpuTime()).isPositive();
            assertThat(receipt.transferTime()).isPositive();
            assertThat(receipt.peakMemoryBytes())
                    .as("of this JVM, not of a task")
                    .isNegative();
        }
        Await.result(first);
    }

    private static void allocate() {
        kept = new byte[LARGE];
        kept = null;
    }
}
