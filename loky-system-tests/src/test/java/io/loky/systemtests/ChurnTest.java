/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A program that makes a pool for each of its jobs, and closes it, can do so for ever. {@code -Dloky.cycles=<n>} for more jobs. */
@Timeout(600)
class ChurnTest {
    private static final int WARM_UP = 20;
    private static final int CYCLES = Integer.getInteger("loky.cycles", 300);

    /** Programs do so on several threads; and a start leaves a core idle. */
    private static final int LANES = 2;

    /** What is small, and starts fast: this is about what is left of workers, not about what they can do. */
    private static final ProcessPoolOptions OPTIONS = ProcessPoolOptions.builder()
            .maxWorkers(1)
            .maxHeap("16m")
            .jvmArgs(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
            .build();

    @RegisterExtension
    final Pools pools = new Pools();

    /** What a program has of the machine's goods. */
    private record Footprint(int descriptors, int threads, int files, long children) {
        static Footprint take() throws IOException {
            return new Footprint(
                    Processes.openFiles(Processes.ownPid()).size(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    filesOfPools(),
                    ProcessHandle.current().descendants().count());
        }

        private static int filesOfPools() throws IOException {
            int count = 0;
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "loky*")) {
                for (Path file : files) {
                    // those of programs that run at the same time, or ran before, are not ours
                    count += file.getFileName().toString().startsWith("loky-" + Processes.ownPid()) ? 1 : 0;
                }
            }
            return count;
        }
    }

    /** Pool after pool, with one worker and one task each: what the first twenty needed is enough for all others. */
    @Test
    void pools_manyOneAfterTheOther_leaveNothing() throws Exception {
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            List<WeakReference<ProcessPoolExecutor>> made = useMany(lanes, WARM_UP);
            Footprint before = Footprint.take();

            made.addAll(useMany(lanes, CYCLES));

            assertNothingIsLeft(made, before);
        } finally {
            lanes.shutdown();
            assertThat(lanes.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static List<WeakReference<ProcessPoolExecutor>> useMany(ExecutorService lanes, int pools) throws Exception {
        List<Callable<List<WeakReference<ProcessPoolExecutor>>>> shares = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            shares.add(() -> {
                List<WeakReference<ProcessPoolExecutor>> made = new ArrayList<>();
                for (int i = 0; i < pools / LANES; i++) {
                    made.add(useOne(i));
                }
                return made;
            });
        }
        List<WeakReference<ProcessPoolExecutor>> made = new ArrayList<>();
        for (Future<List<WeakReference<ProcessPoolExecutor>>> share : lanes.invokeAll(shares)) {
            made.addAll(share.get());
        }
        return made;
    }

    private static void assertNothingIsLeft(List<WeakReference<ProcessPoolExecutor>> made, Footprint before)
            throws Exception {
        Await.until(
                "what ends late has ended",
                () -> isNoLarger(Footprint.take(), before),
                () -> "before: " + before + ", after: " + take());
        Await.until("the pools are collected", () -> {
            System.gc();
            return made.stream().allMatch(pool -> pool.get() == null);
        });
    }

    private static boolean isNoLarger(Footprint now, Footprint before) {
        // A leak of one in a hundred pools would be ten. The JDK keeps threads that wait for processes for a minute,
        // and the
        // runner of the tests opens a file now and then; ours are exact: no file, no child.
        return now.descriptors <= before.descriptors + 4
                && now.threads <= before.threads + 4
                && now.files == 0
                && now.children == 0;
    }

    private static Footprint take() {
        try {
            return Footprint.take();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WeakReference<ProcessPoolExecutor> useOne(int number) throws Exception {
        ProcessPoolExecutor pool = ProcessPoolExecutor.create(OPTIONS);
        try (pool) {
            int result = Await.result(pool.submitWith(x -> x + 1, number));
            assertThat(result).isEqualTo(number + 1);
        }
        assertThat(pool.isTerminated()).isTrue();
        return new WeakReference<>(pool);
    }
}
