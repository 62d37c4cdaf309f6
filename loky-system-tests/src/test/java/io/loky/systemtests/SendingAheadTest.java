/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.CrashReport;
import io.loky.EndReason;
import io.loky.ProcessPoolExecutor;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.WorkerTerminatedException;
import io.loky.testkit.Faults;
import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Short tasks are sent to workers before they have answered the ones before. Nobody can see that: no task waits behind a long one,
 * suffers from another one's end, or is executed twice.
 */
class SendingAheadTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** A pool whose workers were seen to have short tasks, and have one after the other. */
    private ProcessPoolExecutor brisk(int workers) throws Exception {
        ProcessPoolExecutor pool = pools.warm(workers);
        for (int round = 0; round < 5; round++) {
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                int number = i;
                futures.add(pool.submit(() -> number));
            }
            for (int i = 0; i < futures.size(); i++) {
                assertThat(Await.result(futures.get(i))).isEqualTo(i);
            }
        }
        return pool;
    }

    private static List<TaskFuture<Integer>> shortTasks(ProcessPoolExecutor pool, Traces traces, int first, int count) {
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = first + i;
            futures.add(pool.submit(() -> {
                traces.leave(number);
                return number;
            }));
        }
        return futures;
    }

    private static void assertEachExecutedOnce(List<TaskFuture<Integer>> futures, Traces traces) throws Exception {
        for (TaskFuture<Integer> future : futures) {
            assertThat(traces.of(Await.result(future))).hasSize(1);
        }
    }

    /** Two long ones among many short ones, for three workers: one is left for all the others. */
    @Test
    void longTasksAmongShortOnes_holdUpNone() throws Exception {
        ProcessPoolExecutor pool = brisk(3);
        Traces traces = new Traces(folder);
        Gate end = new Gate(folder, "end");
        List<TaskFuture<Integer>> futures = shortTasks(pool, traces, 0, 200);
        TaskFuture<?> one = pool.submit(end::await);
        futures.addAll(shortTasks(pool, traces, 200, 200));
        TaskFuture<?> other = pool.submit(end::await);
        futures.addAll(shortTasks(pool, traces, 400, 200));

        assertEachExecutedOnce(futures, traces);

        assertThat(one.isDone()).isFalse();
        assertThat(other.isDone()).isFalse();
        end.open();
        Await.result(one);
        Await.result(other);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** It cannot be asked for what it was sent: that is taken from it. */
    @Test
    void stoppedWorker_holdsUpNone() throws Exception {
        ProcessPoolExecutor pool = brisk(2);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = shortTasks(pool, traces, 0, 100);
        TaskFuture<?> stopping = pool.submit(Faults.stop());
        futures.addAll(shortTasks(pool, traces, 100, 300));

        assertEachExecutedOnce(futures, traces);

        assertThat(stopping.isDone()).isFalse();
        assertThat(stopping.cancel(true)).isTrue();
        Pools.assertServes(pool);
    }

    @Test
    void killedWorker_failsWhatItExecutedAndNothingElse() throws Exception {
        ProcessPoolExecutor pool = brisk(2);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        List<TaskFuture<?>> deaths = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.addAll(shortTasks(pool, traces, 200 * i, 200));
            deaths.add(pool.submit(Faults.kill()));
        }

        assertEachExecutedOnce(futures, traces);

        for (TaskFuture<?> death : deaths) {
            assertThat(Pools.failure(death)).isInstanceOfSatisfying(WorkerTerminatedException.class, e -> {
                assertThat(e.report().cause()).isEqualTo(CrashReport.Cause.KILLED_BY_SIGNAL);
                assertThat(death.workerPid()).hasValue(e.report().pid());
            });
        }
        assertThat(pool.snapshot().endedWorkers())
                .containsOnlyKeys(EndReason.CRASHED)
                .containsEntry(EndReason.CRASHED, 5L);
    }

    /** The code that ignores its interrupt is killed, with what it has behind it taken away before. */
    @Test
    void cancelTrue_ofATaskWithOthersBehindIt_touchesNoOther() throws Exception {
        ProcessPoolExecutor pool = brisk(2);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.addAll(shortTasks(pool, traces, 100 * i, 50));
            TaskFuture<?> spinning = pool.submit(Faults.spin());
            futures.addAll(shortTasks(pool, traces, 100 * i + 50, 50));
            assertThat(spinning.cancel(true)).isTrue();
        }

        assertEachExecutedOnce(futures, traces);
        Pools.assertServes(pool);
    }

    @Test
    void cancel_ofEverySecond_noneIsExecutedTwiceAndAllOthersAre() throws Exception {
        ProcessPoolExecutor pool = brisk(2);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = shortTasks(pool, traces, 0, 400);
        for (int i = 399; i > 0; i -= 2) {
            futures.get(i).cancel(i % 4 == 1);
        }

        for (int i = 0; i < 400; i += 2) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
            assertThat(traces.of(i)).hasSize(1);
        }
        Pools.assertServes(pool);
        for (int i = 1; i < 400; i += 2) {
            assertThat(traces.of(i)).hasSizeLessThanOrEqualTo(1);
        }
    }

    /** All the others here would pass if nothing ever were. What was taken back is in the file that worker and parent share. */
    @Test
    void shortTasks_areSentAhead() throws Exception {
        ProcessPoolExecutor pool = brisk(1);
        long pid = Pools.pids(pool).iterator().next();
        Await.until("something was taken back from a worker that is stopped", () -> {
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                int number = i;
                futures.add(pool.submit(() -> number));
            }
            Processes.stop(pid);
            futures.forEach(future -> future.cancel(false));
            boolean seen = takenBack() > 0;
            Processes.continueIfAlive(pid);
            Pools.assertServes(pool);
            return seen;
        });
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** How many numbers the last one that was taken back is beyond the last one that was begun. */
    private static long takenBack() throws Exception {
        Path directory = Processes.directoriesOf(Processes.ownPid()).get(0);
        try (DataInputStream claims = new DataInputStream(Files.newInputStream(directory.resolve("claims")))) {
            long word = claims.readLong();
            long mask = (1L << 21) - 1;
            return (word & mask) - (word >>> 42);
        }
    }

    /** The answer to its question comes behind tasks that were sent ahead. */
    @Test
    void taskThatNeedsAClass_withOthersBehindIt_getsIt() throws Exception {
        ProcessPoolExecutor pool = brisk(1);
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            MemoryCompiler.Loader loader = new MemoryCompiler.Loader(MemoryCompiler.compile("""
                    package ahead;
                    public class Fresh implements java.util.concurrent.Callable<Integer>, java.io.Serializable {
                        public Integer call() { return new Other().number(); }
                        static class Other { int number() { return %d; } }
                    }
                    """.formatted(i)));
            Object fresh = loader.loadClass("ahead.Fresh").getConstructor().newInstance();
            futures.add(pool.submit(new OfAnotherLoader(fresh)));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(Await.result(futures.get(i))).isEqualTo(i);
        }
    }

    private record OfAnotherLoader(Object fresh) implements SerializableCallable<Integer> {
        @Override
        public Integer call() throws Exception {
            return (Integer) ((Callable<?>) fresh).call();
        }
    }

    @Test
    void shutdownNow_returnsWhatWasNotBegun() throws Exception {
        ProcessPoolExecutor pool = brisk(1);
        Traces traces = new Traces(folder);
        List<TaskFuture<Integer>> futures = shortTasks(pool, traces, 0, 300);

        List<Runnable> never = pool.shutdownNow();

        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        int executed = 0;
        for (int i = 0; i < 300; i++) {
            assertThat(futures.get(i).isDone()).isTrue();
            executed += traces.of(i).size();
            if (never.contains(futures.get(i))) {
                assertThat(traces.of(i)).isEmpty();
            }
        }
        assertThat(executed).as("executed, or being executed").isGreaterThanOrEqualTo(300 - never.size() - 2);
    }
}
