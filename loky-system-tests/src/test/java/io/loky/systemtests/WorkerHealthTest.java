/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.CrashReport;
import io.loky.DirtyWorkerException;
import io.loky.EndReason;
import io.loky.MapOptions;
import io.loky.OutOfMemoryKind;
import io.loky.ProcessPoolException.Category;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.DirtyWorkers;
import io.loky.SerializableCallable;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import io.loky.WorkerTerminatedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When a worker is replaced because of what became of it. */
class WorkerHealthTest {
    private static final int MEBI = 1 << 20;
    private static final String PROPERTY = "loky.test.health";

    @RegisterExtension
    final Pools pools = new Pools();

    /** In the worker: what is never let go. */
    private static final List<Object> LEAK = new ArrayList<>();

    /** In the worker: how often the check ran. */
    private static int checks;

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder().maxWorkers(1).idleTimeout(Duration.ofHours(1));
    }

    private ProcessPoolExecutor pool(DirtyWorkers policy) {
        return pools.create(options().dirtyWorkers(policy).build());
    }

    private static long pid(ProcessPoolExecutor pool) throws Exception {
        return Await.result(pool.submit(() -> ProcessHandle.current().pid()));
    }

    /** And that nothing else was warned of than that. */
    private void assertEnded(ProcessPoolExecutor pool, EndReason reason) throws Exception {
        Await.until(
                "ended",
                () -> Pools.ended(pool, reason) == 1,
                () -> pool.snapshot().toString());
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(reason);
        assertThat(pool.snapshot().endedWorkers()).containsEntry(reason, 1L);
        assertThat(pools.log().at(Level.WARNING))
                .allSatisfy(warning -> assertThat(warning).contains(" leaves: " + reason + ", "));
    }

    /** Short tasks, none of which fails, until the worker has found out about its memory, which it looks at once a second. */
    private void assertReplaced(ProcessPoolExecutor pool, long first, EndReason reason) throws Exception {
        Await.until(
                "another worker",
                () -> pid(pool) != first,
                () -> pool.snapshot().toString());
        assertEnded(pool, reason);
        Pools.assertServes(pool);
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    @Test
    void memoryGrowthLimit_aTaskLeaksHeap_theWorkerIsReplacedAndNoTaskFails() throws Exception {
        ProcessPoolExecutor pool =
                pools.create(options().memoryGrowthLimit(40 * MEBI).build());
        long first = pid(pool);

        Await.result(pool.submit(() -> LEAK.add(new byte[60 * MEBI])));

        assertReplaced(pool, first, EndReason.MEMORY_GROWTH);
    }

    /** At the default limit of 300 MB. How soon after that depends on how long a collection takes, so on what else the machine does. */
    @Test
    void memoryGrowthLimit_tasksLeak3MegabytesEach_theWorkerIsReplacedBefore650() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().maxHeap("2g").build());
        SerializableCallable<Map.Entry<Long, Integer>> leak = () -> {
            LEAK.add(new byte[3_000_000]);
            Thread.sleep(50); // its work: else all of it is leaked between two looks
            return Map.entry(ProcessHandle.current().pid(), LEAK.size());
        };
        Map.Entry<Long, Integer> first = Await.result(pool.submit(leak));

        Map.Entry<Long, Integer> last = first;
        Map.Entry<Long, Integer> next = first;
        for (int i = 1; i < 400 && next.getKey().equals(first.getKey()); i++) {
            last = next;
            next = Await.result(pool.submit(leak));
        }

        assertThat(next.getKey()).as("after %d MB", next.getValue() * 3).isNotEqualTo(first.getKey());
        assertThat(last.getValue() * 3).as("MB that it kept").isBetween(290, 650);
        Await.until("ended", () -> Pools.ended(pool, EndReason.MEMORY_GROWTH) == 1);
        assertThat(pool.snapshot().endedWorkers()).containsOnlyKeys(EndReason.MEMORY_GROWTH);
        assertThat(pools.log().at(Level.WARNING)).singleElement().asString().contains(" leaves: MEMORY_GROWTH, ");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryGrowthLimit_aTaskLeaksOutsideTheHeap_theWorkerIsReplaced() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .memoryGrowthLimit(40 * MEBI)
                .jvmArgs(List.of("-Xms8m", "-Xmx32m", "-Dio.loky.internals=off", "-XX:MaxDirectMemorySize=1g"))
                .build());
        long first = Await.result(pool.submit(new Pid()));

        Await.result(pool.submit(new LeakOutside()));

        Await.until("another worker", () -> Await.result(pool.submit(new Pid())) != first);
        assertEnded(pool, EndReason.MEMORY_GROWTH);
    }

    /** No lambda: workers that may not look into the JDK must do, so that nobody counts direct buffers. */
    private static final class Pid implements io.loky.SerializableCallable<Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long call() {
            return ProcessHandle.current().pid();
        }
    }

    private static final class LeakOutside implements io.loky.SerializableCallable<Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer call() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(100 * MEBI);
            for (int at = 0; at < buffer.capacity(); at += 4096) {
                buffer.put(at, (byte) 1); // memory that nobody has touched is none
            }
            LEAK.add(buffer);
            return buffer.capacity();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void workerMemoryLimit_exceededAfterATask_theWorkerIsReplacedAndNoTaskFails() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .workerMemoryLimit(250 * MEBI)
                .maxHeap("1g")
                .heartbeat(Duration.ofHours(1))
                .build());
        long first = pid(pool);

        Await.result(pool.submit(WorkerHealthTest::fill));

        assertReplaced(pool, first, EndReason.MEMORY_LIMIT);
    }

    /** Garbage fills a heap as far as it may: without a size of its own the heap stays below the limit. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void workerMemoryLimit_aTaskMakesOnlyGarbage_nothingHappensToIt() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .workerMemoryLimit(300 * MEBI)
                .heartbeat(Duration.ofMillis(20))
                .build());
        long first = pid(pool);

        TaskFuture<Long> task = pool.submit(() -> {
            long sum = 0;
            for (int i = 0; i < 3_000; i++) {
                byte[] garbage = new byte[MEBI];
                Arrays.fill(garbage, (byte) 1);
                sum += garbage[i];
            }
            return sum;
        });

        assertThat(Await.result(task)).isEqualTo(3_000);
        assertThat(pid(pool)).isEqualTo(first);
    }

    private static int fill() {
        byte[] bytes = new byte[300 * MEBI];
        Arrays.fill(bytes, (byte) 1);
        LEAK.add(bytes);
        return bytes.length;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void workerMemoryLimit_farExceededByATask_theTaskFailsWithItsWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .workerMemoryLimit(120 * MEBI)
                .maxHeap("1g")
                .heartbeat(Duration.ofMillis(100))
                .build());

        TaskFuture<?> task = pool.submit(() -> {
            int size = fill();
            new CountDownLatch(1).await();
            return size;
        });

        Throwable failure = Pools.failure(task);
        assertThat(failure)
                .isInstanceOf(WorkerTerminatedException.class)
                .hasMessageContaining("took more memory than it may and was killed")
                .hasMessageContaining("more than 2 times its workerMemoryLimit of 120 MiB");
        CrashReport report = ((WorkerTerminatedException) failure).report();
        assertThat(report.cause()).isEqualTo(CrashReport.Cause.OUT_OF_MEMORY);
        assertThat(report.outOfMemory()).contains(OutOfMemoryKind.PROCESS);
        assertThat(report.error().orElseThrow()).startsWith("its process took ");
        assertEnded(pool, EndReason.MEMORY_LIMIT);
        Pools.assertServes(pool);
    }

    @Test
    void outOfMemory_thrownByATask_isItsFailureAndTheWorkerIsReplaced() throws Exception {
        ProcessPoolExecutor pool = pools.create(options().maxHeap("32m").build());
        long first = pid(pool);

        TaskFuture<?> task = pool.submit(() -> new byte[100 * MEBI].length);

        assertThat(Pools.failure(task)).isExactlyInstanceOf(OutOfMemoryError.class);
        assertThat(pid(pool)).isNotEqualTo(first);
        assertEnded(pool, EndReason.OUT_OF_MEMORY);
    }

    @Test
    void outOfMemory_arrayTooLargeForAnyJvm_theWorkerStays() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        long first = pid(pool);

        TaskFuture<?> task = pool.submit(() -> new byte[Integer.MAX_VALUE].length);

        assertThat(Pools.failure(task)).hasMessage("Requested array size exceeds VM limit");
        assertThat(pid(pool)).isEqualTo(first);
    }

    // ---- the user's check -------------------------------------------------------------------------------------------

    private static void check() {
        checks++;
        if (checks == 2) {
            throw new IllegalStateException("no connection");
        }
    }

    @Test
    void workerHealthCheck_throws_theWorkerIsReplacedAndNoTaskFails() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                options().workerHealthCheck(WorkerHealthTest::check, 3).build());
        long first = pid(pool);

        for (int i = 2; i <= 6; i++) {
            assertThat(pid(pool)).as("task %d", i).isEqualTo(first);
        }

        assertThat(pid(pool)).as("task 7").isNotEqualTo(first);
        assertEnded(pool, EndReason.UNHEALTHY);
    }

    @Test
    void workerHealthCheck_hangs_theAnswerComesAndTheWorkerIsReplaced() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .startTimeout(Duration.ofSeconds(3))
                .taskTimeout(Duration.ofSeconds(2)) // the time of the check is not the task's
                .workerHealthCheck(() -> new CountDownLatch(1).await(), 2)
                .build());
        long first = pid(pool);

        assertThat(pid(pool)).isEqualTo(first);
        assertThat(pid(pool)).isNotEqualTo(first);
        assertEnded(pool, EndReason.UNHEALTHY);
    }

    @Test
    void workerHealthCheck_endsTheJvm_theAnswerComesAndTheWorkerIsReplaced() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .workerHealthCheck(() -> Runtime.getRuntime().halt(3), 2)
                .build());
        long first = pid(pool);

        assertThat(pid(pool)).isEqualTo(first);
        assertThat(pid(pool)).isNotEqualTo(first);
        assertEnded(pool, EndReason.UNHEALTHY);
        assertThat(pools.log().at(Level.WARNING))
                .singleElement()
                .asString()
                .contains("its process ended, with exit code 3, while its health check ran");
    }

    @Test
    void workerHealthCheck_cannotBeSent_isRefusedWhenThePoolIsMade() {
        Thread thread = Thread.currentThread();
        ProcessPoolOptions options =
                options().workerHealthCheck(() -> thread.getName(), 1).build();

        assertThatThrownBy(() -> ProcessPoolExecutor.create(options))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("workerHealthCheck");
    }

    // ---- what tasks leave behind ------------------------------------------------------------------------------------

    private static final SerializableRunnable LEAVE = () -> System.setProperty(PROPERTY, "secret");

    @Test
    void dirtyWorkers_ignore_nothingHappens() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        Await.result(pool.submit(LEAVE));

        assertThat(Await.result(pool.submit(() -> System.getProperty(PROPERTY))))
                .isEqualTo("secret");
    }

    @Test
    void dirtyWorkers_report_isAWarningThatNamesTheTaskAndTheChange() throws Exception {
        ProcessPoolExecutor pool = pool(DirtyWorkers.REPORT);

        TaskFuture<?> task = pool.submit(LEAVE);
        Await.result(task);
        Pools.assertServes(pool);

        assertThat(pools.log().at(Level.WARNING))
                .singleElement()
                .asString()
                .startsWith("task #" + task.taskId() + " '")
                .contains(" has left something behind in worker 1 of ")
                .contains("system properties: " + PROPERTY)
                .doesNotContain("secret");
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    @Test
    void dirtyWorkers_recycle_theNextTaskMeetsNothing() throws Exception {
        ProcessPoolExecutor pool = pool(DirtyWorkers.RECYCLE);

        Await.result(pool.submit(LEAVE));

        assertThat(Await.result(pool.submit(() -> System.getProperty(PROPERTY, "clean"))))
                .isEqualTo("clean");
        assertEnded(pool, EndReason.DIRTY);
    }

    @Test
    void dirtyWorkers_fail_theTaskFailsAndTheWorkerIsReplaced() throws Exception {
        ProcessPoolExecutor pool = pools.create(options()
                .dirtyWorkers(DirtyWorkers.FAIL)
                .initializer(() -> System.setProperty("initialized", "true"))
                .build());
        Pools.assertServes(pool);

        TaskFuture<?> task = pool.submit(LEAVE);

        DirtyWorkerException failure = (DirtyWorkerException) Pools.failure(task);
        assertThat(failure).hasMessageStartingWith("task #" + task.taskId() + " has left something behind");
        assertThat(failure.changes()).containsExactly("system properties: " + PROPERTY);
        assertThat(failure.category()).isEqualTo(Category.TASK);
        Pools.assertServes(pool);
        assertEnded(pool, EndReason.DIRTY);
    }

    @Test
    void dirtyWorkers_failOfATaskThatHasFailed_keepsItsFailure() throws Exception {
        ProcessPoolExecutor pool = pool(DirtyWorkers.FAIL);

        TaskFuture<?> task = pool.submit(() -> {
            System.setProperty(PROPERTY, "secret");
            throw new IllegalStateException("planned");
        });

        assertThat(Pools.failure(task))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("planned");
        Pools.assertServes(pool);
        assertEnded(pool, EndReason.DIRTY);
    }

    @Test
    void dirtyWorkers_failInAMap_isTheItemThatHasChangedSomething() throws Exception {
        ProcessPoolExecutor pool = pool(DirtyWorkers.FAIL);
        List<Object> outcomes = new ArrayList<>();

        try (Stream<Integer> stream = pool.map(
                number -> {
                    if (number == 3) {
                        System.setProperty(PROPERTY, "secret");
                    }
                    return number;
                },
                IntStream.range(0, 6).boxed().toList(),
                MapOptions.chunkSize(6))) {
            Iterator<Integer> results = stream.iterator();
            for (int i = 0; i < 6; i++) { // all of them: to close it before that cancels the chunk
                try {
                    outcomes.add(results.next());
                } catch (DirtyWorkerException e) {
                    outcomes.add("dirty");
                }
            }
        }

        assertThat(outcomes).containsExactly(0, 1, 2, "dirty", 4, 5);
        Pools.assertServes(pool);
        assertEnded(pool, EndReason.DIRTY);
    }
}
