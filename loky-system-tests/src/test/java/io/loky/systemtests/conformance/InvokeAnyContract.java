/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableCallable;
import io.loky.systemtests.Gate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code invokeAny}, with and without a time-out. */
abstract class InvokeAnyContract extends Contract {
    InvokeAnyContract(Side side) {
        super(side);
    }

    private ExecutorService executor() throws Exception {
        return side.shared(2);
    }

    /** Without a limit, or with one that is never reached. */
    private <T> T invokeAny(boolean timed, Collection<? extends SerializableCallable<T>> tasks) throws Exception {
        return timed
                ? executor().invokeAny(tasks, Long.MAX_VALUE, TimeUnit.DAYS)
                : executor().invokeAny(tasks);
    }

    /** One task, one result, which may be null. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_oneTask_returnsItsResult(boolean timed) throws Exception {
        assertThat(invokeAny(timed, List.of(value("only")))).isEqualTo("only");
        assertThat(invokeAny(timed, List.of(InvokeAnyContract.<String>task(() -> null))))
                .isNull();
    }

    /** The first success wins, failures do not count, and what still runs then is cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_oneSucceeds_returnsItAndCancelsTheOthers(boolean timed) throws Exception {
        Gate loserRuns = gate();
        Gate never = gate();
        SerializableCallable<Integer> winner = () -> {
            loserRuns.await();
            return 7;
        };

        assertThat(invokeAny(timed, List.of(failing("not me"), blocking(loserRuns, never), winner)))
                .isEqualTo(7);

        assertServes(executor(), 2);
        assertThat(never.isOpen()).isFalse();
    }

    /** If all fail, the caller gets one of their failures. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_allFail_throwsOneOfTheirFailures(boolean timed) {
        List<SerializableCallable<Integer>> tasks = List.of(failing("no"), failing("no"), failing("no"));

        assertThatThrownBy(() -> invokeAny(timed, tasks))
                .isExactlyInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no");
    }

    /** An error of a task is a failure like any other. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_errorAndSuccess_returnsTheSuccess(boolean timed) throws Exception {
        SerializableCallable<Integer> error = () -> {
            throw new AssertionError("no");
        };

        assertThat(invokeAny(timed, List.of(error, value(1)))).isEqualTo(1);
        assertThatThrownBy(() -> invokeAny(timed, List.of(error)))
                .isExactlyInstanceOf(ExecutionException.class)
                .hasCauseExactlyInstanceOf(AssertionError.class);
    }

    /** No task is no answer. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_empty_throwsIllegalArgumentException(boolean timed) {
        List<SerializableCallable<Integer>> none = List.of();

        assertThatThrownBy(() -> invokeAny(timed, none)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A null collection is refused. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_null_throwsNullPointerException(boolean timed) {
        assertThatThrownBy(() -> this.<Integer>invokeAny(timed, null)).isInstanceOf(NullPointerException.class);
    }

    /** A null unit is refused. */
    @Test
    void invokeAnyTimed_nullUnit_throwsNullPointerException() throws Exception {
        ExecutorService executor = executor();

        assertThatThrownBy(() -> executor.invokeAny(List.of(value(1)), 1, null))
                .isInstanceOf(NullPointerException.class);
    }

    /** A null element is refused when its turn comes, and what was submitted before it is cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_nullElement_throwsAndCancelsTheOthers(boolean timed) throws Exception {
        List<SerializableCallable<Integer>> tasks = Arrays.asList(blocking(gate(), gate()), null);
        List<SerializableCallable<Integer>> onlyNull = Arrays.asList((SerializableCallable<Integer>) null);

        assertThatThrownBy(() -> invokeAny(timed, tasks)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> invokeAny(timed, onlyNull)).isInstanceOf(NullPointerException.class);

        assertServes(executor(), 2);
    }

    /** A caller that is interrupted while it waits stops waiting, and its tasks are cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_interruptedWhileWaiting_throwsAndCancels(boolean timed) throws Exception {
        Gate started = gate();
        Call<Integer> call =
                Call.of(() -> invokeAny(timed, List.of(blocking(started, gate()), blocking(gate(), gate()))));
        started.await();
        call.awaitWaiting();

        call.interrupt();

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertServes(executor(), 2);
    }

    /** A caller that was interrupted before does not wait at all. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invokeAny_interruptedBefore_throwsAndCancels(boolean timed) throws Exception {
        Call<Integer> call =
                Call.interrupted(() -> invokeAny(timed, List.of(blocking(gate(), gate()), blocking(gate(), gate()))));

        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(call.flagAfterwards()).isFalse();
        assertServes(executor(), 2);
    }

    /** A limit that passes without a success is a time-out, and the tasks are cancelled. Zero and less passes at once. */
    @ParameterizedTest
    @ValueSource(longs = {50, 0, -1, Long.MIN_VALUE})
    void invokeAnyTimed_timeIsUp_throwsTimeoutExceptionAndCancels(long millis) throws Exception {
        ExecutorService executor = executor();
        List<SerializableCallable<Integer>> tasks = List.of(blocking(gate(), gate()), blocking(gate(), gate()));

        assertThatThrownBy(() -> executor.invokeAny(tasks, millis, TimeUnit.MILLISECONDS))
                .isExactlyInstanceOf(TimeoutException.class);

        assertServes(executor, 2);
    }
}
