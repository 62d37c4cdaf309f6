/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Large data of which one side does not live to see the end, and what it takes while it is on its way. */
class LargeTransferTest {
    /** No pipe holds as much. */
    private static final int LARGE = 64 << 20;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    private Path folder;

    private ProcessPoolExecutor pool;

    /** A task of one of two workers, with which nothing may happen. */
    private TaskFuture<String> neighbour;

    private Gate gate;

    /** The other worker. */
    private long victim;

    private long usedBefore;

    private void start() throws Exception {
        pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .maxHeap("1g")
                .idleTimeout(Duration.ofHours(1))
                .build());
        pool.prestart();
        Pools.awaitIdle(pool, 2);
        gate = new Gate(folder, "neighbour");
        Gate opened = gate;
        neighbour = pool.submit(() -> {
            opened.await();
            return "fine";
        });
        Await.until("the neighbour has a worker", () -> neighbour.workerPid().isPresent());
        Set<Long> others = new HashSet<>(Pools.pids(pool));
        others.remove(neighbour.workerPid().getAsLong());
        victim = others.iterator().next();
        usedBefore = usedHeap();
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static boolean isIn(String type) {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().endsWith(".wire." + type));
    }

    /** The pool goes on, the neighbour has noticed nothing, and no thread and no memory is left behind. */
    private void assertNothingElseHasHappened() throws Exception {
        Await.until("the victim is gone", () -> !Processes.isAlive(victim));
        Await.until("nobody writes or reads any more", () -> !isIn("Sections") && !isIn("SectionReader"));
        Pools.assertServes(pool);
        assertThat(Pools.pids(pool)).contains(neighbour.workerPid().getAsLong()).doesNotContain(victim);
        gate.open();
        assertThat(Await.result(neighbour)).isEqualTo("fine");
        assertThat(neighbour.attempts()).isEqualTo(1);
        Await.until(
                "what was on its way is let go of",
                () -> usedHeap() < usedBefore + LARGE / 2,
                () -> usedBefore + " bytes before, " + usedHeap() + " now");
    }

    private TaskFuture<Integer> submitToStopped() throws Exception {
        Processes.stop(victim);
        TaskFuture<Integer> future = pool.<byte[], Integer>submitWith(sent -> sent[LARGE - 1] + sent.length, bytes());
        Await.until("its argument fills the pipe", () -> isIn("Sections"));
        assertThat(future.workerPid()).hasValue(victim);
        assertThat(future.isDone()).isFalse();
        return future;
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[LARGE];
        bytes[LARGE - 1] = 1;
        return bytes;
    }

    @Test
    void argument_workerKilledBeforeAllOfItWasWritten_runsElsewhere() throws Exception {
        start();
        TaskFuture<Integer> future = submitToStopped();

        Processes.kill(victim);

        assertThat(Await.result(future)).isEqualTo(LARGE + 1);
        assertThat(future.attempts()).isEqualTo(1);
        assertNothingElseHasHappened();
    }

    @Test
    void argument_cancelledBeforeAllOfItWasWritten_costsItsWorkerAndNothingElse() throws Exception {
        start();
        TaskFuture<Integer> future = submitToStopped();

        assertThat(future.cancel(true)).isTrue();

        assertThatThrownBy(() -> Await.result(future)).isInstanceOf(CancellationException.class);
        assertNothingElseHasHappened();
    }

    @Test
    void result_workerKilledBeforeAllOfItWasRead_failsThatTaskAlone() throws Exception {
        start();
        TaskFuture<byte[]> future;
        do { // until the kill was faster than the rest of the result
            long pid = victim;
            TaskFuture<byte[]> current = pool.submit(() -> new byte[4 * LARGE]);
            Await.until("its result comes", () -> isIn("SectionReader") || current.isDone());
            Processes.killIfAlive(pid);
            Await.until("done", current::isDone);
            future = current;
            if (current.status() == TaskFuture.Status.SUCCEEDED) {
                Await.until(
                        "another victim",
                        () -> Pools.pids(pool).stream()
                                .anyMatch(other -> other != pid
                                        && other != neighbour.workerPid().getAsLong()));
                victim = Pools.pids(pool).stream()
                        .filter(other ->
                                other != pid && other != neighbour.workerPid().getAsLong())
                        .findFirst()
                        .orElseThrow();
            }
        } while (future.status() == TaskFuture.Status.SUCCEEDED);

        assertThat(Pools.failure(future))
                .isInstanceOf(WorkerTerminatedException.class)
                .hasMessageContaining("SIGKILL");
        assertNothingElseHasHappened();
    }

    // ---- memory -----------------------------------------------------------------------------------------------------

    /** The program's array, the snapshot, and the result: in a heap of three times the array, with all that a JVM has besides. */
    @Test
    void echo_againAndAgain_needsThreeTimesItsSize() throws Exception {
        try (ChildJvm child = ChildJvm.of(Echo.class)
                .jvmArgs("-Xmx" + 3 * (LARGE >> 20) + "m")
                .start()) {
            assertThat(child.exitCode()).as("%s", child.err()).isZero();
            assertThat(child.out()).contains("echo: done");
        }
    }

    /** Sends an array there and back. */
    static final class Echo {
        private Echo() {}

        public static void main(String[] args) throws Exception {
            byte[] sent = new byte[LARGE];
            new Random(1).nextBytes(sent);
            ProcessPoolOptions options = ProcessPoolOptions.builder()
                    .maxWorkers(1)
                    .maxHeap("256m")
                    .memoryGrowthLimit(LARGE / 2)
                    .build();
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options)) {
                for (int i = 0; i < 10; i++) {
                    sent[i] = (byte) i;
                    if (!Arrays.equals(
                            sent,
                            pool.<byte[], byte[]>submitWith(got -> got, sent).get())) {
                        throw new AssertionError("another array");
                    }
                }
                if (!pool.snapshot().endedWorkers().isEmpty()) {
                    throw new AssertionError("what was sent and answered is taken for a leak: " + pool.snapshot());
                }
            }
            System.out.println("echo: done");
        }
    }
}
