/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableCallable;
import io.loky.systemtests.Gate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code invokeAll}, with and without a time-out. */
abstract class InvokeAllContract extends Contract {
    InvokeAllContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(1);
    }

    /** Without a limit, or with one that is never reached. */
    private <T> List<Future<T>> invokeAll(boolean timed, Collection<? extends SerializableCallable<T>> tasks)
            throws Exception {
        return timed
                ? executor().invokeAll(tasks, Long.MAX_VALUE, TimeUnit.DAYS)
                : executor().invokeAll(tasks);
    }

    /** All futures are done, in the order of the tasks, and one failure leaves the others alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_oneFails_returnsDoneFuturesInOrder(boolean timed) throws Exception {
        List<Future<Integer>> futures = invokeAll(timed, List.of(value(1), failing("two"), value(3)));

        assertThat(futures).hasSize(3).allMatch(Future::isDone);
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThatThrownBy(() -> futures.get(1).get())
                .isExactlyInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
        assertThat(futures.get(2).get()).isEqualTo(3);
    }

    /** The order is that of the iterator, whatever the collection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_set_returnsFuturesInItsOrder(boolean timed) throws Exception {
        List<Future<Integer>> futures = invokeAll(timed, new LinkedHashSet<>(List.of(value(3), value(1), value(2))));

        assertThat(futures.get(0).get()).isEqualTo(3);
        assertThat(futures.get(1).get()).isEqualTo(1);
        assertThat(futures.get(2).get()).isEqualTo(2);
    }

    /** One object that is in the list twice runs twice. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_sameTaskTwice_returnsTwoFutures(boolean timed) throws Exception {
        SerializableCallable<Integer> task = value(1);

        List<Future<Integer>> futures = invokeAll(timed, List.of(task, task));

        assertThat(futures).hasSize(2).doesNotHaveDuplicates().allMatch(Future::isDone);
    }

    /** No tasks, no futures. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_empty_returnsEmpty(boolean timed) throws Exception {
        assertThat(invokeAll(timed, List.<SerializableCallable<Integer>>of())).isEmpty();
        assertThat(executor().invokeAll(List.<SerializableCallable<Integer>>of(), 0, TimeUnit.SECONDS))
                .isEmpty();
    }

    /** A null collection is refused. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_null_throwsNullPointerException(boolean timed) {
        assertThatThrownBy(() -> this.<Integer>invokeAll(timed, null)).isInstanceOf(NullPointerException.class);
    }

    /** A null unit is refused, also where there is nothing to do. */
    @Test
    void invokeAllTimed_nullUnit_throwsNullPointerException() throws Exception {
        ExecutorService executor = executor();

        assertThatThrownBy(() -> executor.invokeAll(List.of(value(1)), 1, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(List.<SerializableCallable<Integer>>of(), 1, null))
                .isInstanceOf(NullPointerException.class);
    }

    /** A null element is refused, and what was submitted before it is cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_nullElement_throwsAndCancelsTheOthers(boolean timed) throws Exception {
        List<SerializableCallable<Integer>> tasks = Arrays.asList(blocking(gate(), gate()), null);

        assertThatThrownBy(() -> invokeAll(timed, tasks)).isInstanceOf(NullPointerException.class);

        assertServes(executor(), 1); // would wait for the first task otherwise
    }

    /** An iterator that fails fails the call, and what was submitted before is cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_iteratorThrows_throwsThatAndCancels(boolean timed) throws Exception {
        Iterator<SerializableCallable<Integer>> failing = new Iterator<>() {
            private boolean first = true;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public SerializableCallable<Integer> next() {
                if (!first) {
                    throw new IllegalStateException("no more");
                }
                first = false;
                return blocking(gate(), gate());
            }
        };

        assertThatThrownBy(() -> invokeAll(timed, new Items<>(() -> failing, 2)))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no more");

        assertServes(executor(), 1);
    }

    /** It waits until the last one is done. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_taskRuns_waits(boolean timed) throws Exception {
        Gate started = gate();
        Gate go = gate();
        Call<List<Future<Integer>>> call = Call.of(() -> invokeAll(timed, List.of(value(0), blocking(started, go))));
        started.await();
        call.awaitWaiting();
        assertThat(call.isDone()).isFalse();

        go.open();

        assertThat(call.result()).allMatch(Future::isDone).noneMatch(Future::isCancelled);
    }

    /** A caller that is interrupted while it waits stops waiting, and its tasks are cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_interruptedWhileWaiting_throwsAndCancels(boolean timed) throws Exception {
        Gate started = gate();
        Gate ran = gate();
        Call<List<Future<Integer>>> call =
                Call.of(() -> invokeAll(timed, List.of(blocking(started, gate()), opening(ran))));
        started.await();
        call.awaitWaiting();

        call.interrupt();

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertServes(executor(), 1);
        assertThat(ran.isOpen()).as("the queued task has run").isFalse();
    }

    /** A caller that was interrupted before does not wait at all. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAll_interruptedBefore_throwsAndCancels(boolean timed) throws Exception {
        Gate ran = gate();
        Call<List<Future<Integer>>> call =
                Call.interrupted(() -> invokeAll(timed, List.of(blocking(gate(), gate()), opening(ran))));

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertServes(executor(), 1);
        assertThat(ran.isOpen()).as("the queued task has run").isFalse();
    }

    /** Without time nothing is started, and all futures are cancelled. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void invokeAllTimed_noTime_cancelsAllAndStartsNone(long timeout) throws Exception {
        Gate ran = gate();

        List<Future<Integer>> futures =
                executor().invokeAll(List.of(opening(ran), opening(ran)), timeout, TimeUnit.SECONDS);

        assertThat(futures).hasSize(2).allMatch(Future::isCancelled).allMatch(Future::isDone);
        assertServes(executor(), 1);
        assertThat(ran.isOpen()).isFalse();
    }

    /** When the time is up, what is done keeps its result; what runs and what waits is cancelled. */
    @Test
    void invokeAllTimed_timeIsUp_cancelsTheRest() throws Exception {
        List<Future<Integer>> futures = List.of();
        Gate ran = gate();
        // the limit is not what is tested: long enough for the first task on this machine, whatever else it does
        for (long millis = 100; millis <= 12_800; millis *= 2) {
            futures = executor()
                    .invokeAll(
                            List.of(value(1), blocking(gate(), gate()), opening(ran)), millis, TimeUnit.MILLISECONDS);
            if (!futures.get(0).isCancelled()) {
                break;
            }
        }

        assertThat(futures).hasSize(3).allMatch(Future::isDone);
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThat(futures.get(1).isCancelled()).isTrue();
        if (side.isInProcess() && ran.isOpen()) {
            return; // the cancellation of the second one has made room for the third, which is cancelled after it
        }
        assertThat(futures.get(2).isCancelled()).isTrue();
        assertServes(executor(), 1);
        assertThat(ran.isOpen()).isFalse();
    }
}
