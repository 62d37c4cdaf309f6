/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.NestingLimitException;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks that use pools of their own. */
class NestingTest {
    @RegisterExtension
    final Pools pools = new Pools();

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    /** A task makes a pool and uses it: three processes, one below the other, and none of the inner ones is left. */
    @Test
    void task_withAPoolOfItsOwn_works() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        List<Long> pids = Await.result(pool.submit(() -> {
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                return List.of(pid(), inner.submit(() -> pid()).get());
            }
        }));

        assertThat(pids).hasSize(2).doesNotContain(pid()).doesNotHaveDuplicates();
        Await.until("the inner worker is gone", () -> !Processes.isAlive(pids.get(1)));
        assertThat(Pools.pids(pool)).containsExactly(pids.get(0));
    }

    /** What goes wrong below comes up as it is, the report of a crash included. */
    @Test
    void crash_twoLevelsBelow_comesUpWithItsReport() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        TaskFuture<Integer> future = pool.submit(() -> {
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                return inner.submit(() -> {
                            Runtime.getRuntime().halt(12);
                            return 1;
                        })
                        .get();
            }
        });

        assertThat(Pools.failure(future)).cause().isExactlyInstanceOf(WorkerTerminatedException.class);
        assertThat(((WorkerTerminatedException) Pools.failure(future).getCause())
                        .report()
                        .exitCode())
                .hasValue(12);
        Pools.assertServes(pool);
    }

    /** The limit holds in the worker, and says what it is. */
    @Test
    void maxDepth1_taskMakesAPool_failsNamingTheLimit() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .environment(Map.of("LOKY_MAX_DEPTH", "1"))
                .build());

        Throwable failure =
                Pools.failure(pool.submit(() -> ProcessPoolExecutor.create(1).close()));

        assertThat(failure).isExactlyInstanceOf(NestingLimitException.class).hasMessageContaining("LOKY_MAX_DEPTH");
        assertThat(((NestingLimitException) failure).depth()).isEqualTo(2);
        assertThat(((NestingLimitException) failure).limit()).isEqualTo(1);
        Pools.assertServes(pool);
    }

    /** The workers of a pool divide the CPUs of their parent, and those below them divide their share. */
    @Test
    void cpuCount_inAWorker_isItsShareOfTheParents() throws Exception {
        var unused = pools.log(); // that so many JVMs need more memory than there is is warned of
        ProcessPoolExecutor alone = pools.create(1);
        ProcessPoolExecutor many = pools.create(1024);

        assertThat(Await.result(alone.submit(() -> Loky.cpuCount()))).isEqualTo(Loky.cpuCount());
        assertThat(Await.result(many.submit(() -> Loky.cpuCount()))).isEqualTo(1);
        assertThat(Await.result(
                        many.submit(() -> ProcessPoolOptions.builder().build().maxWorkers())))
                .as("the default size of a pool in a task")
                .isEqualTo(1);
    }

    /** A program with a budget of 6, say, on a machine with as many CPUs: 6, then 3 for each of two, then 1. */
    @Test
    void cpuBudget_ofNestedPools_isDividedAtEachLevel() throws Exception {
        try (ChildJvm program = ChildJvm.of(SharingProgram.class)
                .jvmArgs("-XX:ActiveProcessorCount=6")
                .start()) {
            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out()).isEqualTo("6 3 1\n");
        }
    }

    /** Prints the count of each level; all JVMs are told that the machine has as many CPUs. */
    static final class SharingProgram {
        private SharingProgram() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolOptions two = ProcessPoolOptions.builder()
                    .maxWorkers(2)
                    .jvmArgs(List.of("-XX:ActiveProcessorCount=6"))
                    .build();
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(two)) {
                String below = pool.submit(() -> {
                            ProcessPoolOptions three = ProcessPoolOptions.builder()
                                    .jvmArgs(List.of("-XX:ActiveProcessorCount=6"))
                                    .build(); // as many workers as CPUs
                            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(three)) {
                                return Loky.cpuCount() + " "
                                        + inner.submit(() -> Loky.cpuCount()).get();
                            }
                        })
                        .get();
                System.out.println(Loky.cpuCount() + " " + below);
            }
        }
    }

    /** Who knows better says so; the user's limit holds all the same. */
    @Test
    void cpuBudget_setByTheUser_replacesTheShare() throws Exception {
        var unused = pools.log(); // that so many workers with five CPUs each are more than there are is warned of
        ProcessPoolExecutor more = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1024)
                .jvmArgs(List.of("-XX:ActiveProcessorCount=8"))
                .environment(Map.of("LOKY_CPU_BUDGET", "5"))
                .build());
        ProcessPoolExecutor limited = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-XX:ActiveProcessorCount=8"))
                .environment(Map.of("LOKY_CPU_BUDGET", "5", "LOKY_MAX_CPU_COUNT", "3"))
                .build());

        assertThat(Await.result(more.submit(() -> Loky.cpuCount()))).isEqualTo(5);
        assertThat(Await.result(limited.submit(() -> Loky.cpuCount()))).isEqualTo(3);
    }

    /** The death of a worker in the middle takes the workers below it along. */
    @Test
    void sigkill_ofTheMiddle_takesTheInnerWorkersAlong() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        TaskFuture<Long> future = pool.submit(() -> {
            // left open on purpose: it is the task's process that dies
            ProcessPoolExecutor inner = ProcessPoolExecutor.create(1);
            return inner.submit(() -> pid()).get();
        });
        long inner = Await.result(future);
        assertThat(Processes.isAlive(inner)).isTrue();

        Processes.kill(future.workerPid().orElseThrow());

        Await.untilWithin(5, "the inner worker is gone", () -> !Processes.isAlive(inner), () -> "");
        Pools.assertServes(pool);
    }
}
