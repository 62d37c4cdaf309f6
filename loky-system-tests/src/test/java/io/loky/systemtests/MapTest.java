/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.MapOptions;
import io.loky.ProcessPoolExecutor;
import io.loky.WorkerTerminatedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
}
