/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.systemtests.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many threads and one executor. */
abstract class ConcurrencyContract extends Contract {
    private static final int THREADS = 8;

    ConcurrencyContract(Side side) {
        super(side);
    }

    /** Each of many submitters gets the results of its own tasks. */
    @Test
    void submit_byManyThreads_eachGetsItsResults() throws Exception {
        ExecutorService executor = side.shared(2);
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int mine = i;
            calls.add(Call.of(() -> {
                int right = 0;
                for (int j = 0; j < 50; j++) {
                    int number = mine * 1000 + j;
                    right += Await.result(executor.submit(value(number))) == number ? 1 : 0;
                }
                return right;
            }));
        }

        for (Call<Integer> call : calls) {
            assertThat(call.result()).isEqualTo(50);
        }
    }

    /** invokeAll and invokeAny from many threads do not get into each other's way. */
    @Test
    void invokeAllAndAny_byManyThreads_getTheirOwn() throws Exception {
        ExecutorService executor = side.shared(2);
        List<Call<List<Integer>>> calls = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int mine = i;
            calls.add(Call.of(() -> {
                List<Integer> results = new ArrayList<>();
                for (int j = 0; j < 5; j++) {
                    for (Future<Integer> future : executor.invokeAll(List.of(value(mine), value(mine)))) {
                        results.add(future.get());
                    }
                    results.add(executor.invokeAny(List.of(value(mine))));
                }
                return results;
            }));
        }

        for (int i = 0; i < THREADS; i++) {
            assertThat(calls.get(i).result()).hasSize(15).containsOnly(i);
        }
    }

    /** Where submits meet a shutdown each is refused, or its task is executed. */
    @Test
    void submit_racingShutdown_isRefusedOrExecuted() throws Exception {
        ExecutorService executor = side.warm(2);
        List<Future<Integer>> accepted = race(executor, executor::shutdown);

        for (Future<Integer> future : accepted) {
            assertThat(future.isDone()).as("done when terminated").isTrue();
            assertThat(future.get()).isEqualTo(1);
        }
    }

    /** Where submits meet a shutdownNow each is refused, executed, or returned: none is executed and returned. */
    @Test
    void submit_racingShutdownNow_isRefusedExecutedOrReturned() throws Exception {
        ExecutorService executor = side.warm(2);
        Set<Object> returned = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Future<Integer>> accepted = race(executor, () -> returned.addAll(executor.shutdownNow()));

        int found = 0;
        for (Future<Integer> future : accepted) {
            if (returned.contains((Object) future)) {
                found++;
            } else {
                assertThat(future.isDone()).as("done when terminated").isTrue();
            }
        }
        assertThat(found).as("returned of those that were accepted").isEqualTo(returned.size());
    }

    private List<Future<Integer>> race(ExecutorService executor, Runnable shutdown) throws Exception {
        CountDownLatch some = new CountDownLatch(THREADS * 5);
        CountDownLatch closing = new CountDownLatch(1);
        List<Call<List<Future<Integer>>>> calls = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            calls.add(Call.of(() -> {
                List<Future<Integer>> accepted = new ArrayList<>();
                try {
                    for (long start = System.nanoTime(); System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60); ) {
                        accepted.add(executor.submit(value(1)));
                        some.countDown();
                        if (accepted.size() == 1_000) { // a thread pool takes millions while nobody shuts it down
                            closing.await();
                        }
                    }
                } catch (RejectedExecutionException e) {
                    return accepted;
                }
                throw new AssertionError("never refused");
            }));
        }
        assertThat(some.await(60, TimeUnit.SECONDS)).isTrue();

        closing.countDown();
        shutdown.run();

        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        List<Future<Integer>> accepted = new ArrayList<>();
        for (Call<List<Future<Integer>>> call : calls) {
            accepted.addAll(call.result());
        }
        return accepted;
    }
}
