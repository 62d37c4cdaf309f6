/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableCallable;
import io.loky.TaskFuture;
import io.loky.WorkerContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What tasks can ask their worker, and what it keeps for them. */
class WorkerContextTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** Costly to make; opens a gate when it is closed. */
    private record Model(String name, Gate closed) implements AutoCloseable {
        @Override
        public void close() {
            closed.open();
        }
    }

    /** Each worker has an index of its own, and knows its task. */
    @Test
    void current_inTasks_tellsIndexAndTask() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate go = new Gate(folder, "go");

        TaskFuture<List<Long>> one = pool.submit(() -> {
            go.await();
            return ask();
        });
        TaskFuture<List<Long>> other = pool.submit(() -> {
            go.open();
            return ask();
        });

        List<Long> first = Await.result(one);
        List<Long> second = Await.result(other);
        assertThat(first.get(1)).isEqualTo(one.taskId());
        assertThat(second.get(1)).isEqualTo(other.taskId());
        assertThat(List.of(first.get(0), second.get(0))).containsExactlyInAnyOrder(0L, 1L);
        assertThat(WorkerContext.find()).isEmpty();
    }

    private static List<Long> ask() {
        WorkerContext context = WorkerContext.current();
        return List.of((long) context.index(), context.taskId().orElse(-1));
    }

    /** What one task makes, or the initializer, the next one finds: also on threads of its own. */
    @Test
    void values_ofATaskAndOfTheInitializer_areThereForTheNext() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .initializer(() -> WorkerContext.current().put(String.class, "from the initializer"))
                .build());
        SerializableCallable<Integer> task = () -> WorkerContext.current()
                .computeIfAbsent(AtomicInteger.class, AtomicInteger::new)
                .incrementAndGet();

        assertThat(Await.result(pool.submit(task))).isEqualTo(1);
        assertThat(Await.result(pool.submit(task))).isEqualTo(2);
        assertThat(Await.result(pool.submit(() -> {
                    FutureTask<String> aside = new FutureTask<>(
                            () -> WorkerContext.current().get(String.class).orElseThrow());
                    new Thread(aside).start();
                    return aside.get();
                })))
                .isEqualTo("from the initializer");
    }

    /** A worker that leaves in an orderly way closes what it keeps. */
    @Test
    void close_ofThePool_closesWhatIsKept() throws Exception {
        Gate closed = new Gate(folder, "closed");
        ProcessPoolExecutor pool = pools.create(1);
        Await.result(pool.submit(() -> WorkerContext.current()
                .computeIfAbsent(Model.class, () -> new Model("a", closed))
                .name()));
        assertThat(closed.isOpen()).isFalse();

        pool.close();

        assertThat(closed.isOpen()).isTrue();
    }

    /** So does one that was idle for long enough. */
    @Test
    void idleTimeout_closesWhatIsKept() throws Exception {
        Gate closed = new Gate(folder, "closed");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .idleTimeout(Duration.ofMillis(1))
                .initializer(() -> WorkerContext.current().put(Model.class, new Model("a", closed)))
                .build());

        Await.result(pool.submit(() -> 1));

        closed.await();
    }

    /** A value whose close never ends does not hold up the end of its pool. */
    @Test
    void close_ofAValueThatHangs_isBounded() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Await.result(pool.submit(() -> WorkerContext.current()
                .put(AutoCloseable.class, () -> Thread.sleep(600_000))
                .isPresent()));

        pool.close();

        assertThat(pool.isTerminated()).isTrue();
    }

    /** Two programs with classes of the same name do not meet each other's values; those of one that is gone are closed. */
    @Test
    void values_ofTwoLoadersWithTheSameClass_areTwo() throws Exception {
        Gate firstClosed = new Gate(folder, "first");
        Gate secondClosed = new Gate(folder, "second");
        ProcessPoolExecutor pool = pools.create(1);
        MemoryCompiler.Loader second = program();

        assertThat(Await.result(pool.submit(keep(program(), "first", firstClosed))))
                .isEqualTo("first");
        assertThat(Await.result(pool.submit(keep(second, "second", secondClosed))))
                .isEqualTo("second");
        assertThat(Await.result(pool.submit(keep(second, "third", secondClosed))))
                .isEqualTo("second");

        Await.untilWithin(
                20,
                "what the first program kept is closed",
                () -> {
                    System.gc(); // its loader is dropped
                    return firstClosed.isOpen();
                },
                () -> "");
        assertThat(secondClosed.isOpen()).isFalse();
        assertThat(Await.result(pool.submit(keep(second, "fourth", secondClosed))))
                .isEqualTo("second");
    }

    private static MemoryCompiler.Loader program() {
        return new MemoryCompiler.Loader(MemoryCompiler.compile("""
                        package program;
                        public record Kept(String name, io.loky.systemtests.Gate closed) implements AutoCloseable {
                            public static io.loky.SerializableCallable<String> task(String name, io.loky.systemtests.Gate closed) {
                                return () -> io.loky.WorkerContext.current()
                                        .computeIfAbsent(Kept.class, () -> new Kept(name, closed)).name();
                            }
                            @Override public void close() { closed.open(); }
                        }
                        """));
    }

    @SuppressWarnings("unchecked") // the source is above
    private static SerializableCallable<String> keep(MemoryCompiler.Loader loader, String name, Gate closed)
            throws ReflectiveOperationException {
        return (SerializableCallable<String>) loader.loadClass("program.Kept")
                .getMethod("task", String.class, Gate.class)
                .invoke(null, name, closed);
    }

    /** A pool in a task has workers of its own. */
    @Test
    void current_inAPoolInATask_isThatOfTheInnerWorker() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        String told = Await.result(pool.submit(() -> {
            WorkerContext.current().put(String.class, "outer");
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                return inner.submit(() -> WorkerContext.current().index() + " "
                                + WorkerContext.current().get(String.class).orElse("nothing"))
                        .get();
            }
        }));

        assertThat(told).isEqualTo("0 nothing");
    }
}
