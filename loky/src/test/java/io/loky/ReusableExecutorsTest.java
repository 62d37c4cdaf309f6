/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.PoolSnapshot.State;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.ProcessPoolOptions.Reuse;
import io.loky.internal.parent.pool.ProcessPool;
import io.loky.internal.parent.reuse.ReusableExecutors;
import io.loky.spi.Reducer;
import java.io.ObjectInputFilter;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which pool a caller gets. No pool in here has a task, and so none has a worker but those of minWorkers, which are threads. */
@Timeout(60)
class ReusableExecutorsTest {
    /** Counts the workers that are started: by their initializers, which run in this JVM. */
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final ReusableExecutors registry = new ReusableExecutors();

    private static ProcessPoolOptions.Builder two() {
        return ProcessPoolOptions.builder().maxWorkers(2);
    }

    private static ProcessPoolOptions.Builder in(String environment) {
        return two().environment(Map.of("X", environment));
    }

    private ProcessPool get(ProcessPoolOptions.Builder options) {
        return registry.pool(Loky.request(options.build()));
    }

    // ---- AUTO -------------------------------------------------------------------------------------------------------

    @Test
    void auto_sameOptions_isTheSamePool() {
        ProcessPool pool = get(two());

        for (int i = 0; i < 1000; i++) {
            assertThat(get(two())).isSameAs(pool);
        }
        assertThat(registry.size()).isEqualTo(1);
    }

    /** Whoever asks for another size, or another idle time-out, gets it, and everybody else with him. */
    @Test
    void auto_otherSizes_isTheSamePoolAdapted() {
        ProcessPool pool = get(two());

        assertThat(get(ProcessPoolOptions.builder().maxWorkers(5).idleTimeout(Duration.ofMinutes(1))))
                .isSameAs(pool);

        assertThat(pool.options().maxWorkers()).isEqualTo(5);
        assertThat(pool.options().idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(pool.snapshot().maxWorkers()).isEqualTo(5);
    }

    /** Every option that counts as a size is one that a running pool takes over: none is accepted and then forgotten. */
    @Test
    void auto_everySize_isTakenOver() throws Exception {
        ProcessPoolOptions asked = two().minWorkers(1)
                .spareWorkers(1)
                .idleTimeout(Duration.ofSeconds(7))
                .build();
        assertThat(Loky.request(asked).sizes())
                .as("sets all sizes that there are")
                .containsOnlyKeys(sizes());
        ProcessPool pool = get(ProcessPoolOptions.builder().maxWorkers(3));

        assertThat(registry.pool(Loky.request(asked))).isSameAs(pool);

        assertThat(pool.options()).isEqualTo(asked);
    }

    private static List<String> sizes() throws IllegalAccessException {
        List<String> names = new ArrayList<>();
        for (Field field : ProcessPoolOptions.class.getDeclaredFields()) {
            if (field.getType() == Option.class) {
                field.setAccessible(true);
                Option<?> option = (Option<?>) field.get(null);
                if (option.scope() == Option.Scope.SIZE) {
                    names.add(option.name());
                }
            }
        }
        return names;
    }

    /** Nobody asked for a size: as many workers as there are CPUs, as the first call would have given. */
    @Test
    void auto_withoutSize_isAsManyAsCpus() {
        ProcessPool pool = get(ProcessPoolOptions.builder().maxWorkers(Loky.cpuCount() + 1));

        assertThat(get(ProcessPoolOptions.builder())).isSameAs(pool);

        assertThat(pool.options().maxWorkers()).isEqualTo(Loky.cpuCount());
    }

    /** Everything that makes a worker, or a task's meaning, what it is. */
    @Test
    void auto_otherKind_isAnotherPoolAndTheFirstStays() {
        List<ProcessPoolOptions.Builder> kinds = List.of(
                two(),
                in("a"),
                in("b"),
                two().jvmArgs(List.of("-ea")),
                two().maxHeap("64m"),
                two().workingDirectory(Path.of("elsewhere")),
                two().output(OutputRouting.discard()),
                two().startTimeout(Duration.ofMinutes(5)),
                two().heartbeat(Duration.ofMinutes(5)),
                two().taskTimeout(Duration.ofMinutes(5)),
                two().queueTimeout(Duration.ofMinutes(5)),
                two().cancelGrace(Duration.ofMinutes(5)),
                two().slowTaskThreshold(Duration.ofMinutes(5)),
                two().resultFilter(ObjectInputFilter.Config.createFilter("x.*")),
                two().codec(Loky.ownCodec()),
                two().reducer(Path.class, reducer("x")));

        List<ProcessPool> pools = kinds.stream().map(this::get).toList();

        assertThat(pools).doesNotHaveDuplicates().noneMatch(ProcessPool::isShutdown);
        assertThat(registry.size()).isEqualTo(kinds.size());
        assertThat(get(in("a"))).isSameAs(pools.get(1));
    }

    private static Reducer<Path> reducer(String text) {
        return path -> () -> Path.of(text);
    }

    /** A lambda that is evaluated anew at each call does not cost a warm pool. */
    @Test
    void auto_lambdaEvaluatedAgain_isTheSamePool() {
        ProcessPool pool = get(two().reducer(Path.class, reducer("x")));

        assertThat(get(two().reducer(Path.class, reducer("x")))).isSameAs(pool);
        assertThat(get(two().reducer(Path.class, reducer("y")))).isNotSameAs(pool);
        assertThat(registry.size()).isEqualTo(2);
    }

    /** The same object is not the same if workers would get something else now. */
    @Test
    void auto_objectChangedSince_isAnotherPool() {
        List<String> captured = new ArrayList<>(List.of("a"));
        Reducer<Path> reducer = path -> () -> Path.of(captured.get(0));
        ProcessPool pool = get(two().reducer(Path.class, reducer));

        captured.set(0, "b");

        ProcessPool other = get(two().reducer(Path.class, reducer));
        assertThat(other).isNotSameAs(pool).isSameAs(get(two().reducer(Path.class, reducer)));
        captured.set(0, "a");
        assertThat(get(two().reducer(Path.class, reducer))).isSameAs(pool);
    }

    @Test
    void auto_afterShutdown_isANewPool() {
        ProcessPool pool = get(two());
        pool.shutdown();

        ProcessPool next = get(two());

        assertThat(next).isNotSameAs(pool).isSameAs(get(two()));
        assertThatThrownBy(() -> pool.submit(() -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("the pool was shut down");
    }

    // ---- NEVER ------------------------------------------------------------------------------------------------------

    @Test
    void never_isANewPoolAndTheOneOfItsKindGivesWay() {
        ProcessPool other = get(in("a"));
        ProcessPool first = get(two());

        ProcessPool second = get(two().reuse(Reuse.NEVER));
        ProcessPool third = get(two().reuse(Reuse.NEVER));

        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        assertThat(first.isShutdown()).isTrue();
        assertThat(second.isShutdown()).isTrue();
        assertThat(other.isShutdown()).isFalse();
        assertThat(get(two())).isSameAs(third);
        assertThatThrownBy(() -> first.submit(() -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("another reusable executor has taken its place")
                .hasMessageContaining("Loky.getReusableExecutor");
    }

    // ---- ALWAYS -----------------------------------------------------------------------------------------------------

    @Test
    void always_isTheLastPoolWhateverItsKind() {
        get(two());
        ProcessPool last = get(in("a"));

        assertThat(get(in("b").reuse(Reuse.ALWAYS))).isSameAs(last);

        assertThat(last.options().environment()).isEqualTo(Map.of("X", "a"));
        assertThat(registry.size()).isEqualTo(2);
    }

    /** Its size changes only if somebody has said a size; its idle time-out does not. */
    @Test
    void always_sizeChangesOnlyIfGiven() {
        ProcessPool last = get(ProcessPoolOptions.builder().maxWorkers(Loky.cpuCount() + 3));

        get(ProcessPoolOptions.builder().reuse(Reuse.ALWAYS).idleTimeout(Duration.ofHours(1)));
        assertThat(last.options().maxWorkers()).isEqualTo(Loky.cpuCount() + 3);
        assertThat(last.options().idleTimeout()).isEqualTo(Duration.ofSeconds(10));

        get(two().reuse(Reuse.ALWAYS));
        assertThat(last.options().maxWorkers()).isEqualTo(2);
    }

    @Test
    void always_noneRunning_isOneWithItsOwnOptions() {
        ProcessPool first = get(in("a").reuse(Reuse.ALWAYS));
        assertThat(first.options().environment()).isEqualTo(Map.of("X", "a"));
        first.shutdown();

        ProcessPool second = get(in("b").reuse(Reuse.ALWAYS));

        assertThat(second.options().environment()).isEqualTo(Map.of("X", "b"));
    }

    /** What is not applied is said, by name. */
    @Test
    void always_optionsThatAreNotApplied_areLogged() {
        List<String> messages = new ArrayList<>();
        listening(entry -> messages.add(entry.getMessage()), () -> {
            get(in("secret"));
            get(in("other").maxHeap("64m").idleTimeout(Duration.ofHours(1)).reuse(Reuse.ALWAYS));
        });

        assertThat(messages).singleElement().asString().contains("not applied: [environment, idleTimeout, maxHeap]");
        assertThat(messages.get(0)).doesNotContain("secret", "other");
    }

    /** Between the look at the last pool and the return somebody else may take it away: here, when the log is told of it. */
    @Test
    void always_killedMeanwhile_isThePoolThatTookItsPlace() {
        ProcessPool first = get(in("a"));
        List<ProcessPool> killer = new ArrayList<>();
        List<ProcessPool> got = new ArrayList<>();

        listening(
                entry -> {
                    if (killer.isEmpty()) {
                        killer.add(get(in("b").killWorkers(true)));
                    }
                },
                () -> got.add(get(two().reuse(Reuse.ALWAYS))));

        assertThat(first.isShutdown()).isTrue();
        assertThat(got).isEqualTo(killer).noneMatch(ProcessPool::isShutdown);
        assertThat(get(two().reuse(Reuse.ALWAYS))).as("the last one").isSameAs(killer.get(0));
    }

    private static void listening(Consumer<LogRecord> listener, Runnable work) {
        Logger logger = Logger.getLogger("io.loky.reuse");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                listener.accept(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.setLevel(Level.ALL);
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
            logger.setLevel(null);
        }
    }

    // ---- killWorkers ------------------------------------------------------------------------------------------------

    @Test
    void killWorkers_otherPoolThanTheLast_killsTheLast() {
        ProcessPool bystander = get(in("a"));
        ProcessPool last = get(in("b"));

        ProcessPool next = get(in("c").killWorkers(true));

        assertThat(last.isShutdown()).isTrue();
        assertThat(bystander.isShutdown()).isFalse();
        assertThat(next.isShutdown()).isFalse();
        assertThat(get(in("b"))).isNotSameAs(last);
    }

    @Test
    void killWorkers_samePoolAsTheLast_killsNothing() {
        ProcessPool pool = get(two());

        assertThat(get(two().killWorkers(true))).isSameAs(pool);
        assertThat(get(in("a").killWorkers(true).reuse(Reuse.ALWAYS))).isSameAs(pool);

        assertThat(pool.isShutdown()).isFalse();
    }

    /** One that gives way to its own kind, and one that was handed out last: with NEVER these may be two. */
    @Test
    void killWorkers_withNever_killsBoth() {
        ProcessPool ofItsKind = get(two());
        ProcessPool last = get(in("a"));

        ProcessPool next = get(two().reuse(Reuse.NEVER).killWorkers(true));

        assertThat(ofItsKind.isShutdown()).isTrue();
        assertThat(last.isShutdown()).isTrue();
        assertThat(next.isShutdown()).isFalse();
    }

    // ---- what is kept -----------------------------------------------------------------------------------------------

    /** A program that asks with an environment of its own each time does not grow. */
    @Test
    void tenThousandKinds_nobodyHoldsThem_areForgotten() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            get(in("number " + i));
        }

        while (registry.size() > 1) {
            System.gc();
            Thread.sleep(5);
        }
        assertThat(get(in("any").reuse(Reuse.ALWAYS)).options().environment())
                .as("the last one is kept")
                .isEqualTo(Map.of("X", "number 9999"));
    }

    /** As long as somebody holds a pool it is the one that others get. */
    @Test
    void kind_thatSomebodyHolds_keepsItsPool() throws Exception {
        ProcessPool held = get(in("held"));
        get(two());
        get(in("dropped"));
        get(two());

        while (registry.size() > 2) {
            System.gc();
            Thread.sleep(5);
        }

        assertThat(get(in("held"))).isSameAs(held);
    }

    @Test
    void pool_thatHasEnded_isForgotten() {
        ProcessPool pool = get(two());
        pool.close();

        assertThat(pool.snapshot().state()).isEqualTo(State.TERMINATED);
        assertThat(registry.size()).isZero();
    }

    // ---- many threads -----------------------------------------------------------------------------------------------

    /** Nobody gets a pool of another kind, and there is one for each kind, whoever was first. */
    @Test
    void sixtyFourThreads_otherKindsAndSizes_onePoolForEachKind() throws Exception {
        Map<String, Set<ProcessPool>> seen = new ConcurrentHashMap<>();
        runAtOnce(64, () -> {
            for (int i = 0; i < 200; i++) {
                String kind = "kind " + ThreadLocalRandom.current().nextInt(8);
                int size = 1 + ThreadLocalRandom.current().nextInt(16);
                ProcessPool pool = get(in(kind).maxWorkers(size));
                assertThat(pool.options().environment()).isEqualTo(Map.of("X", kind));
                seen.computeIfAbsent(kind, k -> Collections.synchronizedSet(identitySet()))
                        .add(pool);
            }
        });

        assertThat(seen).hasSize(8);
        assertThat(seen.values()).allMatch(pools -> pools.size() == 1);
        assertThat(seen.values())
                .allMatch(pools -> pools.stream()
                        .allMatch(pool ->
                                pool.options().maxWorkers() == pool.snapshot().maxWorkers()));
    }

    /** The same with threads that shut pools down, replace and kill them. What they get was running when they got it. */
    @Test
    void sixtyFourThreads_someShutDownAndReplace_everyoneGetsAPool() throws Exception {
        runAtOnce(64, () -> {
            for (int i = 0; i < 100; i++) {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                String kind = "kind " + random.nextInt(4);
                Reuse reuse = random.nextInt(4) == 0 ? Reuse.NEVER : Reuse.AUTO;
                ProcessPool pool = get(in(kind).reuse(reuse).killWorkers(random.nextInt(8) == 0));
                assertThat(pool.options().environment()).isEqualTo(Map.of("X", kind));
                if (random.nextInt(8) == 0) {
                    pool.shutdown();
                }
            }
        });

        for (int i = 0; i < 4; i++) {
            ProcessPool pool = get(in("kind " + i));
            assertThat(pool.isShutdown()).isFalse();
            assertThat(get(in("kind " + i))).isSameAs(pool);
        }
    }

    /** Pools that others were quicker to make are given up without having started anything. */
    @Test
    @SuppressWarnings("serial") // the initializer runs in this JVM and is to meet what the test has
    void minWorkers_manyThreadsAtOnce_areStartedOnce() throws Exception {
        ProcessPoolOptions.Builder options =
                two().minWorkers(2).mode(Mode.IN_PROCESS).initializer(() -> STARTED.incrementAndGet());
        for (int round = 0; round < 50; round++) {
            STARTED.set(0);
            Set<ProcessPool> seen = Collections.synchronizedSet(identitySet());
            runAtOnce(16, () -> seen.add(get(options)));

            assertThat(seen).hasSize(1);
            ProcessPool pool = seen.iterator().next();
            while (pool.snapshot().workers().stream()
                            .filter(worker -> worker.state() == WorkerSnapshot.State.IDLE)
                            .count()
                    < 2) {
                Thread.sleep(1);
            }
            pool.close();
            assertThat(STARTED).as("workers that were started").hasValue(2);
        }
    }

    /**
     * Whoever kills the last pool puts another one into its place; so there always is one that runs, and reuse(ALWAYS) finds
     * it. Made anew, with its own options, it would be if the last one were forgotten, or a dead one.
     */
    @Test
    void always_besideKillers_theLastPoolIsNeverForgotten() throws Exception {
        for (int round = 0; round < 300; round++) {
            AtomicInteger number = new AtomicInteger();
            runAtOnce(8, () -> {
                int me = number.getAndIncrement();
                for (int i = 0; i < 10; i++) {
                    ProcessPoolOptions.Builder options = in("kind " + (me + i) % 3);
                    switch (me % 3) {
                        case 0 -> get(options.killWorkers(true));
                        case 1 -> get(options);
                        default -> get(in("none was running").reuse(Reuse.ALWAYS));
                    }
                }
            });

            ProcessPool last = get(in("forgotten").reuse(Reuse.ALWAYS));
            assertThat(last.options().environment().get("X"))
                    .as("after round %s", round)
                    .isNotEqualTo("forgotten");
            assertThat(last.isShutdown()).isFalse();
        }
    }

    private static <T> Set<T> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static void runAtOnce(int threads, Runnable work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            start.await();
                            work.run();
                        } catch (Throwable e) {
                            failures.add(e);
                        }
                    },
                    "asker-" + i);
            thread.start();
            all.add(thread);
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }
}
