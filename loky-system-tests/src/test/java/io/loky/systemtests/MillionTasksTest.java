/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same lambda, submitted a million times, is the same class each time: on both sides nothing grows. */
@Timeout(600)
class MillionTasksTest {
    private static final int WARM_UP = 50_000;
    private static final int MANY = 1_000_000;
    private static final int IN_FLIGHT = 1_000;

    @RegisterExtension
    final Pools pools = new Pools();

    /** What a JVM has of classes. */
    private record Classes(long loaded, long metaspaceBytes) implements Serializable {
        static Classes now() {
            long bytes = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getName().equals("Metaspace"))
                    .map(MemoryPoolMXBean::getUsage)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
            return new Classes(ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount(), bytes);
        }

        /** A class for each task would be a million; the JVM's own counters and profiles take some metaspace, once. */
        void assertHaveNotGrownMuchSince(Classes before) {
            assertThat(loaded).isLessThan(before.loaded + 200);
            assertThat(metaspaceBytes).isPositive().isLessThan(before.metaspaceBytes + (4 << 20));
        }
    }

    @Test
    void plainLambda_aMillionTimes_makesNoClasses() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        String captured = "seven";
        Callable<Integer> plain = () -> captured.length(); // of a variable: not Serializable
        submit(pool, plain, WARM_UP);
        Classes inWorker = Await.result(pool.submit(() -> Classes.now()));
        Classes here = Classes.now();

        submit(pool, plain, MANY);

        Await.result(pool.submit(() -> Classes.now())).assertHaveNotGrownMuchSince(inWorker);
        Classes.now().assertHaveNotGrownMuchSince(here);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    private static void submit(ProcessPoolExecutor pool, Callable<Integer> task, int times) throws Exception {
        Deque<Future<Integer>> inFlight = new ArrayDeque<>();
        for (int i = 0; i < times; i++) {
            inFlight.add(pool.submit(task));
            if (inFlight.size() == IN_FLIGHT) {
                check(inFlight.remove());
            }
        }
        while (!inFlight.isEmpty()) {
            check(inFlight.remove());
        }
    }

    private static void check(Future<Integer> future) throws Exception {
        if (Await.result(future) != 5) { // not an assertion: a million of them take longer than the tasks
            throw new AssertionError(future.get());
        }
    }
}
