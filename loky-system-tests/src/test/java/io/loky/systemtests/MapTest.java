/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ResultSerializationException;
import io.loky.TaskSerializationException;
import io.loky.TaskTimeoutException;
import io.loky.WorkerStartException;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A function over many items: in order, bounded, and each failure in its place. */
class MapTest {
    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** Counts how many items were taken; never ends. */
    private static final class Endless implements Iterable<Integer> {
        private final AtomicInteger taken = new AtomicInteger();

        @Override
        public Iterator<Integer> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return true;
                }

                @Override
                public Integer next() {
                    return taken.getAndIncrement();
                }
            };
        }
    }

    /** Results come in the order of the items, although the first item is the slowest. */
    @Test
    void map_firstItemSlowest_keepsTheOrder() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate others = new Gate(folder, "others");

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 0) {
                        others.await();
                    } else if (number == 7) {
                        others.open();
                    }
                    return -number;
                },
                IntStream.range(0, 8).boxed().toList())) {
            assertThat(results).containsExactly(0, -1, -2, -3, -4, -5, -6, -7);
        }
    }

    /** 10 000 items: all results, in order. */
    @Test
    void map_tenThousandItems_allInOrder() {
        ProcessPoolExecutor pool = pools.create(2);

        try (Stream<Integer> results = pool.map(
                number -> number + 1, IntStream.range(0, 10_000).boxed().toList())) {
            assertThat(results)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 10_000).boxed().toList());
        }
    }

    /** An endless input is taken no further than the window ahead of the first result. */
    @Test
    void map_endlessInputWithWindow64_takesAtMost68BeforeTheFirstResult() {
        ProcessPoolExecutor pool = pools.create(4);
        Endless input = new Endless();

        try (Stream<Integer> results =
                pool.map(number -> number, input, MapOptions.defaults().window(64))) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(iterator.next()).isZero();
            assertThat(input.taken.get()).isBetween(1, 64 + 4);
            for (int i = 1; i < 200; i++) {
                assertThat(iterator.next()).isEqualTo(i);
            }
            assertThat(input.taken.get()).isBetween(200, 200 + 64 + 4);
        }
    }

    /** Without a window the input is bounded as well. */
    @Test
    void map_endlessInputWithoutWindow_isBounded() {
        ProcessPoolExecutor pool = pools.create(2);
        Endless input = new Endless();

        try (Stream<Integer> results = pool.map(number -> number, input)) {
            assertThat(results.limit(10)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
        assertThat(input.taken.get()).isLessThan(10 + 100);
    }

    /** Closing the stream ends what runs, drops what waits, and takes no more from the input. */
    @Test
    void close_whileItemsRun_cancelsThemAndTakesNoMore() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Endless input = new Endless();
        Gate never = new Gate(folder, "never");
        Stream<Integer> results = pool.map(
                number -> {
                    if (number > 0) {
                        never.await();
                    }
                    return number;
                },
                input,
                MapOptions.defaults().window(16));
        assertThat(results.iterator().next()).isZero();
        int taken = input.taken.get();

        results.close();

        Await.until(
                "nothing runs or waits",
                () -> pool.snapshot().runningTasks() == 0 && pool.snapshot().queuedTasks() == 0,
                () -> pool.snapshot().toString());
        assertThat(input.taken.get()).isEqualTo(taken);
        Pools.assertServes(pool);
    }

    /** An item that fails throws where its result would have been; those before it are delivered. */
    @Test
    void map_oneItemThrowsUnchecked_throwsItInItsPlace() {
        ProcessPoolExecutor pool = pools.create(2);

        try (Stream<Integer> results = pool.map(Integer::parseInt, List.of("1", "2", "x", "4"))) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(iterator.next()).isEqualTo(1);
            assertThat(iterator.next()).isEqualTo(2);
            assertThatThrownBy(iterator::next).isExactlyInstanceOf(NumberFormatException.class);
        }
    }

    /** A checked exception comes in a CompletionException, since a stream cannot throw it. */
    @Test
    void map_oneItemThrowsChecked_throwsCompletionException() {
        ProcessPoolExecutor pool = pools.create(1);

        try (Stream<Integer> results = pool.map(
                number -> {
                    throw new IOException("item " + number);
                },
                List.of(1))) {
            assertThatThrownBy(results::toList)
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("item 1");
        }
    }

    /** An item that kills its worker fails in its place; the items around it are computed once. */
    @Test
    void map_oneItemHaltsItsWorker_failsOnlyThatItem() {
        ProcessPoolExecutor pool = pools.create(2);

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 3) {
                        Runtime.getRuntime().halt(1);
                    }
                    return number;
                },
                IntStream.range(0, 6).boxed().toList())) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(List.of(iterator.next(), iterator.next(), iterator.next()))
                    .containsExactly(0, 1, 2);
            assertThatThrownBy(iterator::next).isExactlyInstanceOf(WorkerTerminatedException.class);
        }
    }

    /** Null is an item, and a result, like any other. */
    @Test
    void map_nullItems_areItems() {
        ProcessPoolExecutor pool = pools.create(1);

        try (Stream<String> results =
                pool.map(item -> item == null ? "null" : item.isEmpty() ? null : item, Arrays.asList("a", null, ""))) {
            assertThat(results.toList()).containsExactly("a", "null", null);
        }
    }

    /** No items, no worker. */
    @Test
    void map_noItems_startsNoWorker() {
        ProcessPoolExecutor pool = pools.create(1);

        try (Stream<Integer> results = pool.map(Integer::parseInt, List.<String>of())) {
            assertThat(results).isEmpty();
        }
        assertThat(pool.snapshot().workers()).isEmpty();
    }

    /** A map that is under way when the pool is shut down ends with an exception, and not never. */
    @Test
    void map_poolShutDownNowMeanwhile_throwsAndDoesNotHang() {
        ProcessPoolExecutor pool = pools.create(1);
        Endless input = new Endless();

        try (Stream<Integer> results =
                pool.map(number -> number, input, MapOptions.defaults().window(8))) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(iterator.next()).isZero();
            pool.shutdown(true);
            assertThatThrownBy(() -> {
                        for (; ; ) {
                            iterator.next();
                        }
                    })
                    .isInstanceOf(RuntimeException.class);
        }
    }

    // ---- chunks ---------------------------------------------------------------------------------------------------

    /** Automatic chunks hold so many items that there are far fewer tasks than items. */
    @Test
    void map_automaticChunks_sendManyItemsTogether() {
        ProcessPoolExecutor pool = pools.create(2);

        try (Stream<Integer> results = pool.map(
                number -> number + 1, IntStream.range(0, 20_000).boxed().toList())) {
            assertThat(results.mapToLong(Integer::longValue).sum()).isEqualTo(200_010_000L);
        }

        assertThat(pool.snapshot().completedTasks()).isBetween(10L, 2_000L);
    }

    /** A worker that is killed in the middle of a chunk: its item fails, all others are computed, each once. */
    @Test
    void map_workerDiesInTheMiddleOfAChunk_failsThatItemAndRunsNoneTwice() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Path runs = Files.createDirectory(folder.resolve("runs"));
        String where = runs.toString();

        try (Stream<Integer> results = pool.map(
                number -> {
                    note(where, number);
                    if (number == 40 || number == 41 || number == 99) {
                        Runtime.getRuntime().halt(9);
                    }
                    return number;
                },
                IntStream.range(0, 100).boxed().toList(),
                MapOptions.chunkSize(100))) {
            List<Object> outcomes = outcomes(results);
            for (int i = 0; i < 100; i++) {
                if (i == 40 || i == 41 || i == 99) {
                    assertThat(outcomes.get(i)).isInstanceOf(WorkerTerminatedException.class);
                } else {
                    assertThat(outcomes.get(i)).isEqualTo(i);
                }
            }
            assertThat(outcomes).hasSize(100);
        }
        assertThat(runsOf(runs))
                .hasSize(100)
                .allSatisfy((number, count) -> assertThat(count).isEqualTo(1));
    }

    /** What a chunk has done can be had while its next item takes long. */
    @Test
    void map_itemOfAChunkTakesLong_thoseBeforeItAreDeliveredMeanwhile() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate go = new Gate(folder, "go");

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 5) {
                        go.await();
                    }
                    return number;
                },
                IntStream.range(0, 10).boxed().toList(),
                MapOptions.chunkSize(10))) {
            Iterator<Integer> iterator = results.iterator();
            for (int i = 0; i < 5; i++) {
                assertThat(iterator.next()).isEqualTo(i);
            }
            go.open();
            assertThat(iterator.next()).isEqualTo(5);
        }
    }

    /** Neither an item nor a result that cannot be sent concerns the others of its chunk. */
    @Test
    void map_itemsAndResultsThatCannotBeSent_failAlone() {
        ProcessPoolExecutor pool = pools.create(1);
        List<Object> items = List.of(1, new Thread("an item"), 2, "result", 3);

        try (Stream<Object> results = pool.map(
                item -> item.equals("result") ? new Thread("a result") : item, items, MapOptions.chunkSize(5))) {
            List<Object> outcomes = outcomes(results);

            assertThat(outcomes.get(0)).isEqualTo(1);
            assertThat(outcomes.get(1))
                    .asInstanceOf(InstanceOfAssertFactories.throwable(TaskSerializationException.class))
                    .hasMessageContaining("the item at index 1 of '")
                    .hasMessageContaining("java.lang.Thread");
            assertThat(outcomes.get(2)).isEqualTo(2);
            assertThat(outcomes.get(3))
                    .asInstanceOf(InstanceOfAssertFactories.throwable(ResultSerializationException.class))
                    .hasMessageContaining("the result of the item at index 3 of a map (task #")
                    .hasMessageContaining("java.lang.Thread");
            assertThat(outcomes.get(4)).isEqualTo(3);
        }
    }

    /** Results that are larger than what is collected come, too. */
    @Test
    void map_largeResults_arrive() {
        ProcessPoolExecutor pool = pools.create(1);

        try (Stream<byte[]> results = pool.map(
                length -> new byte[length], List.of(10, 1 << 20, 70_000, 3, 1 << 21), MapOptions.chunkSize(5))) {
            assertThat(results.map(bytes -> bytes.length)).containsExactly(10, 1 << 20, 70_000, 3, 1 << 21);
        }
    }

    /** The function fails as a whole: each item says why. */
    @Test
    void map_functionThatCannotBeSent_failsEachItem() {
        ProcessPoolExecutor pool = pools.create(1);
        Thread thread = new Thread("captured");

        try (Stream<String> results = pool.map(number -> number + thread.getName(), List.of(1, 2))) {
            assertThat(outcomes(results))
                    .hasSize(2)
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(TaskSerializationException.class));
        }
    }

    /** An initializer that fails fails each item, with an exception of its own. */
    @Test
    void map_initializerThrows_failsEachItem() {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .initializer(() -> {
                    throw new IOException("no model");
                })
                .build());

        try (Stream<Integer> results = pool.map(number -> number, List.of(1, 2, 3), MapOptions.chunkSize(2))) {
            List<Object> outcomes = outcomes(results);

            assertThat(outcomes)
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .allSatisfy(outcome -> assertThat(outcome)
                            .asInstanceOf(InstanceOfAssertFactories.throwable(WorkerStartException.class))
                            .hasRootCauseMessage("no model"));
        }
    }

    // ---- order and limits -----------------------------------------------------------------------------------------

    /** Without order a slow item keeps nobody back. */
    @Test
    void map_unordered_slowFirstItemComesLast() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate go = new Gate(folder, "go");

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 0) {
                        go.await();
                    }
                    return number;
                },
                IntStream.range(0, 8).boxed().toList(),
                MapOptions.chunkSize(1).unordered())) {
            Iterator<Integer> iterator = results.iterator();
            List<Integer> seen = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                seen.add(iterator.next());
            }
            go.open();

            assertThat(seen).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7);
            assertThat(iterator.next()).isZero();
            assertThat(iterator.hasNext()).isFalse();
        }
    }

    /** An item that takes too long fails, and no other. */
    @Test
    void map_itemTakesTooLong_failsThatOne() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        Gate never = new Gate(folder, "never");

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 3) {
                        never.await();
                    }
                    return number;
                },
                IntStream.range(0, 10).boxed().toList(),
                MapOptions.defaults().timeout(Duration.ofSeconds(2)))) {
            List<Object> outcomes = outcomes(results);

            assertThat(outcomes.remove(3)).isInstanceOf(TaskTimeoutException.class);
            assertThat(outcomes).containsExactly(0, 1, 2, 4, 5, 6, 7, 8, 9);
        }
    }

    /** A large result comes in a frame of its own, before the answer that says that it is too late. */
    @Test
    void map_itemEndsInItsGraceWithALargeResult_failsAsWithASmallOne() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .cancelGrace(Duration.ofMinutes(5))
                .build());

        try (Stream<byte[]> results = pool.map(
                size -> {
                    try {
                        Thread.sleep(600_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // at its limit, and returns a value all the same
                    }
                    return new byte[size];
                },
                List.of(10, 10_000_000),
                MapOptions.defaults().timeout(Duration.ofMillis(300)))) {
            assertThat(outcomes(results))
                    .hasSize(2)
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(TaskTimeoutException.class));
        }
    }

    /** A limit of the pool's concerns each item, so that chunks of several are refused. */
    @Test
    void map_chunksOnAPoolWithATaskTimeout_areRefused() {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .taskTimeout(Duration.ofMinutes(1))
                .build());

        assertThatThrownBy(() -> pool.map(Integer::parseInt, List.of("1"), MapOptions.chunkSize(2)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("chunkSize must be 1 where items have a time limit")
                .hasMessageEndingWith("got 2");
        try (Stream<Integer> results = pool.map(Integer::parseInt, List.of("1", "2"))) {
            assertThat(results).containsExactly(1, 2);
        }
    }

    /** When the time of the whole map is up, what executes is cancelled, and the consumer is told. */
    @Test
    void map_deadlineReached_cancelsWhatExecutes() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate never = new Gate(folder, "never");

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 1) {
                        never.await();
                    }
                    return number;
                },
                new Endless(),
                MapOptions.chunkSize(1).deadline(Duration.ofSeconds(2)))) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(iterator.next()).isZero();

            assertThatThrownBy(iterator::next)
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCauseExactlyInstanceOf(TimeoutException.class)
                    .hasMessageContaining("was not done within its deadline of PT2S: 1 results were given");
            assertThat(iterator.hasNext()).isFalse();
        }
        Await.until(
                "nothing runs",
                () -> pool.snapshot().runningTasks() == 0 && pool.snapshot().queuedTasks() == 0);
        Pools.assertServes(pool);
    }

    /** A pool that was shut down finishes the chunk that a worker has died of. */
    @Test
    void map_poolShutDownAndWorkerDies_finishesTheChunk() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Gate go = new Gate(folder, "go");

        try (Stream<Integer> results = pool.map(
                number -> {
                    if (number == 2) {
                        go.await();
                        Runtime.getRuntime().halt(1);
                    }
                    return number;
                },
                IntStream.range(0, 5).boxed().toList(),
                MapOptions.chunkSize(5))) {
            pool.shutdown();
            go.open();
            List<Object> outcomes = outcomes(results);

            assertThat(outcomes.remove(2)).isInstanceOf(WorkerTerminatedException.class);
            assertThat(outcomes).containsExactly(0, 1, 3, 4);
        }
    }

    // ---- everything at once ---------------------------------------------------------------------------------------

    /** Whatever is done to a map, each item has exactly one outcome, the right one, and has run at most once. */
    @Test
    void map_randomSizesFailuresAndKills_eachItemHasOneOutcomeAndRunsOnce() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ProcessPoolExecutor pool = pools.warm(2);
        for (int round = 0; round < 4; round++) {
            Path runs = Files.createDirectory(folder.resolve("runs-" + round));
            String where = runs.toString();
            List<Object> items = new ArrayList<>();
            List<Kind> kinds = new ArrayList<>();
            int count = 50 + random.nextInt(300);
            int kills = 0;
            for (int i = 0; i < count; i++) {
                Kind kind = random.nextInt(4) > 0 ? Kind.GOOD : Kind.ALL[random.nextInt(Kind.ALL.length)];
                if (kind == Kind.KILLS && kills++ >= 3) { // each costs the start of a JVM
                    kind = Kind.THROWS;
                }
                kinds.add(kind);
                items.add(kind == Kind.UNSENDABLE ? new Thread("item " + i) : new Item(i, kind));
            }
            MapOptions options = random.nextInt(3) == 0
                    ? MapOptions.defaults()
                    : MapOptions.chunkSize(1 + random.nextInt(random.nextBoolean() ? 10 : 200));
            if (random.nextBoolean()) {
                options = options.window(1 + random.nextInt(300));
            }
            String what = "seed " + seed + ", round " + round + ", " + count + " items, " + options;

            List<Object> outcomes;
            try (Stream<Object> results = pool.map(item -> ((Item) item).run(where), items, options)) {
                outcomes = outcomes(results);
            }

            assertThat(outcomes).as(what).hasSize(count);
            for (int i = 0; i < count; i++) {
                Class<?> expected = kinds.get(i).outcome;
                assertThat(outcomes.get(i))
                        .as("%s: item %d, %s", what, i, kinds.get(i))
                        .isInstanceOf(expected);
                if (expected == Integer.class) {
                    assertThat(outcomes.get(i)).as(what).isEqualTo(i);
                }
            }
            int number = 0;
            Map<Integer, Integer> ran = runsOf(runs);
            for (Kind kind : kinds) {
                assertThat(ran.getOrDefault(number, 0))
                        .as("%s: runs of item %d, %s", what, number, kind)
                        .isEqualTo(kind == Kind.UNSENDABLE ? 0 : 1);
                number++;
            }
        }
    }

    private enum Kind {
        GOOD(Integer.class),
        THROWS(ArithmeticException.class),
        UNSENDABLE(TaskSerializationException.class),
        UNSENDABLE_RESULT(ResultSerializationException.class),
        KILLS(WorkerTerminatedException.class);

        static final Kind[] ALL = values();

        final Class<?> outcome;

        Kind(Class<?> outcome) {
            this.outcome = outcome;
        }
    }

    private record Item(int number, Kind kind) implements Serializable {
        Object run(String where) throws IOException {
            note(where, number);
            switch (kind) {
                case THROWS -> throw new ArithmeticException("item " + number);
                case KILLS -> Runtime.getRuntime().halt(3);
                default -> {}
            }
            return kind == Kind.UNSENDABLE_RESULT ? new Thread("result") : number;
        }
    }

    /** A run of this item leaves a mark that no death takes away. */
    private static void note(String folder, int number) throws IOException {
        Files.createTempFile(Path.of(folder), number + "-", "");
    }

    private static Map<Integer, Integer> runsOf(Path folder) throws IOException {
        Map<Integer, Integer> runs = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .forEach(
                            name -> runs.merge(Integer.valueOf(name.substring(0, name.indexOf('-'))), 1, Integer::sum));
        }
        return runs;
    }

    /** All results, and the exceptions in the place of those that failed. */
    private static List<Object> outcomes(Stream<?> results) {
        List<Object> outcomes = new ArrayList<>();
        Spliterator<?> each = results.spliterator();
        for (boolean more = true; more; ) {
            try {
                more = each.tryAdvance(outcomes::add);
            } catch (RuntimeException e) {
                outcomes.add(e);
            }
        }
        return outcomes;
    }
}
