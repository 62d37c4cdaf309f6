/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.TaskFuture;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker gets of the machine, and gives back. */
class SharesTest {
    private static final int CPUS = Runtime.getRuntime().availableProcessors();
    private static final int MIB = 1 << 20;

    @RegisterExtension
    final Pools pools = new Pools();

    /** What a worker finds. */
    private record Found(int cpus, long maxMemory, List<String> flags) implements Serializable {
        static Found inAWorkerOf(ProcessPoolExecutor pool) throws Exception {
            return Await.result(pool.submit(() -> new Found(
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.getRuntime().maxMemory(),
                    new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments()))));
        }
    }

    @Test
    void workers_ofOnePool_divideTheMachine() throws Exception {
        Found two = Found.inAWorkerOf(pools.create(2 * CPUS));

        assertThat(two.cpus()).isEqualTo(1);
        assertThat(two.flags()).contains("-XX:+UseSerialGC");
    }

    @Test
    void workers_ofTwoPools_knowOfEachOther() throws Exception {
        ProcessPoolExecutor first = pools.create(1);
        Found alone = Found.inAWorkerOf(first);
        ProcessPoolExecutor second = pools.create(1);
        Found besideIt = Found.inAWorkerOf(second);

        assertThat(alone.cpus()).isEqualTo(CPUS);
        assertThat(alone.flags()).contains("-XX:MaxRAMPercentage=80.000");
        assertThat(besideIt.cpus()).isEqualTo(Math.max(1, CPUS / 2));
        assertThat(besideIt.flags()).contains("-XX:MaxRAMPercentage=40.000");
        assertThat(besideIt.maxMemory()).isLessThan(alone.maxMemory() * 3 / 4);

        first.close();
        Processes.kill(Pools.pids(second).iterator().next());
        Await.until("it is gone", () -> Pools.ended(second, EndReason.CRASHED) == 1, second::toString);
        Found aloneAgain = Found.inAWorkerOf(second);

        assertThat(aloneAgain.cpus()).isEqualTo(CPUS);
        assertThat(aloneAgain.flags()).contains("-XX:MaxRAMPercentage=80.000");
    }

    /** One that waits for a task has left what the last one needed, and is as good as before; with one CPU or with all. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void idleWorker_givesMemoryBack(boolean oneCpu) throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(oneCpu ? 2 * CPUS : 1)
                .maxHeap("1g")
                .idleTimeout(Duration.ofHours(1))
                .build());
        TaskFuture<Long> used = pool.submit(() -> {
            List<byte[]> much = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                much.add(new byte[MIB]);
            }
            return residentBytes(Processes.ownPid()) + (much.size() - 600);
        });

        assertThat(Await.result(used)).isGreaterThan(600L * MIB);
        long pid = used.workerPid().orElseThrow();
        // The parallel collector keeps the young generation as large as it has become: up to a third of the 1 GiB.
        long most = (oneCpu ? 240L : 450L) * MIB;
        Await.until(
                "the memory is given back", () -> residentBytes(pid) < most, () -> residentBytes(pid) / MIB + " MiB");

        assertThat(Await.result(pool.submit(() -> Processes.ownPid()))).isEqualTo(pid);
    }

    @Test
    void options_thatPromiseTooMuch_areWarnedOfOnce() throws Exception {
        long half = memoryBytes() / 2 + 100 * MIB;
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(2)
                .maxHeap(half / MIB + "m")
                .build());
        pool.prestart();
        Pools.awaitIdle(pool, 2);

        assertThat(pools.log().at(Level.WARNING))
                .singleElement()
                .asString()
                .contains("for each of 2 workers", "maxHeap", "maxWorkers");
    }

    private static long residentBytes(long pid) {
        try {
            return kibibytes(Path.of("/proc/" + pid + "/status"), "VmRSS:");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long memoryBytes() throws Exception {
        return kibibytes(Path.of("/proc/meminfo"), "MemTotal:");
    }

    private static long kibibytes(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findAny()
                .orElseThrow();
    }
}
