/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OrderedMapTest {
    private final FakePool pool = new FakePool();
    private final List<RemoteTask<Integer>> submitted = new ArrayList<>();

    /** How many items the map has taken. */
    private int taken;

    @Test
    void stream_endlessInput_takesNoMoreThanTheWindowAhead() {
        Stream<Integer> stream = OrderedMap.stream(numbers(Integer.MAX_VALUE), this::squareAtOnce, 4);
        assertThat(taken).as("at once").isEqualTo(4);

        Iterator<Integer> results = stream.iterator();
        for (int i = 0; i < 100; i++) {
            assertThat(results.next()).isEqualTo(i * i);
            assertThat(taken).isBetween(i + 4, i + 1 + 4 + 1);
        }
    }

    @Test
    void stream_limitOfAnEndlessInput_ends() {
        assertThat(OrderedMap.stream(numbers(Integer.MAX_VALUE), this::squareAtOnce, 8)
                        .limit(5))
                .containsExactly(0, 1, 4, 9, 16);
    }

    @Test
    void stream_inputSmallerThanTheWindow_givesAll() {
        assertThat(OrderedMap.stream(numbers(3), this::squareAtOnce, 100)).containsExactly(0, 1, 4);
    }

    @Test
    void stream_emptyInput_isEmpty() {
        assertThat(OrderedMap.stream(numbers(0), this::squareAtOnce, 4)).isEmpty();
    }

    @Test
    void stream_windowOfOne_givesAllInOrder() {
        assertThat(OrderedMap.stream(numbers(5), this::squareAtOnce, 1)).containsExactly(0, 1, 4, 9, 16);
    }

    @Test
    void stream_answersInOtherOrder_givesThemInInputOrder() {
        Stream<Integer> stream = OrderedMap.stream(numbers(4), this::submit, 4);
        for (int i = 3; i >= 0; i--) {
            pool.answer(submitted.get(i), i * 10);
        }

        assertThat(stream).containsExactly(0, 10, 20, 30);
    }

    @Test
    void close_tasksAreNotDone_cancelsThem() {
        Stream<Integer> stream = OrderedMap.stream(numbers(Integer.MAX_VALUE), this::submit, 3);
        pool.answer(submitted.get(0), 0);
        Iterator<Integer> results = stream.iterator();
        assertThat(results.next()).isZero();

        stream.close();

        assertThat(pool.cancels()).containsExactlyInAnyOrder("#2 kill", "#3 kill", "#4 kill");
        assertThat(submitted.get(0).isCancelled()).isFalse();
    }

    @Test
    void close_nothingWasConsumed_cancelsAllAndTakesNoMore() {
        Stream<Integer> stream = OrderedMap.stream(numbers(Integer.MAX_VALUE), this::submit, 2);

        stream.close();

        assertThat(pool.cancels()).hasSize(2);
        assertThat(taken).isEqualTo(2);
    }

    @Test
    void stream_taskThrowsUnchecked_throwsTheSame() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> failing(new IllegalStateException("unchecked")).toList())
                .withMessage("unchecked");
    }

    @Test
    void stream_taskThrowsAnError_throwsTheSame() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> failing(new AssertionError("error")).toList())
                .withMessage("error");
    }

    @Test
    void stream_taskThrowsChecked_wrapsIt() {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> failing(new FileNotFoundException("checked")).toList())
                .havingCause()
                .isExactlyInstanceOf(FileNotFoundException.class)
                .withMessage("checked");
    }

    @Test
    void stream_oneTaskWasCancelled_throwsThatAndGoesOn() {
        Iterator<Integer> results =
                OrderedMap.stream(numbers(2), this::submit, 2).iterator();
        pool.answer(submitted.get(1), 1);
        submitted.get(0).cancel(true);

        assertThatExceptionOfType(CancellationException.class).isThrownBy(results::hasNext);
        assertThat(results.next()).isEqualTo(1);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_oneTaskFailed_throwsThatAndGoesOn() {
        Iterator<Integer> results =
                OrderedMap.stream(numbers(2), this::submit, 2).iterator();
        pool.answer(submitted.get(0), FakePool.errorFrame(submitted.get(0), new IllegalStateException("first")));
        pool.answer(submitted.get(1), 1);

        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("first");
        assertThat(results.next()).isEqualTo(1);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_resultsBeforeAFailure_areGivenFirst() {
        List<Integer> seen = new ArrayList<>();
        Stream<Integer> stream = OrderedMap.stream(numbers(3), this::submit, 3);
        pool.answer(submitted.get(0), 5);
        pool.answer(submitted.get(1), FakePool.errorFrame(submitted.get(1), new IllegalStateException("second")));
        pool.answer(submitted.get(2), 7);

        assertThatIllegalStateException().isThrownBy(() -> stream.forEach(seen::add));

        assertThat(seen).containsExactly(5);
    }

    @Test
    void stream_consumerIsInterrupted_throwsKeepsTheFlagAndCancelsTheRest() {
        Stream<Integer> stream = OrderedMap.stream(numbers(Integer.MAX_VALUE), this::submit, 3);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(stream::toList)
                .withMessage("interrupted while waiting for task #1 'sample' of a map")
                .withCauseInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).as("the flag, cleared by asking").isTrue();
        assertThat(pool.cancels()).contains("#2 kill", "#3 kill");
        assertThat(taken).isEqualTo(3);
    }

    @Test
    void stream_inputThatFailsInTheFirstWindow_cancelsWhatWasSubmitted() {
        assertThatIllegalStateException()
                .isThrownBy(() -> OrderedMap.stream(brokenAfter(2), this::submit, 5))
                .withMessage("no more items");

        assertThat(pool.cancels())
                .as("nobody has the stream that could be closed")
                .hasSize(2);
    }

    @Test
    void stream_inputThatFailsLater_givesAllResultsBefore() {
        List<Integer> seen = new ArrayList<>();
        Stream<Integer> stream = OrderedMap.stream(brokenAfter(5), this::squareAtOnce, 2);

        assertThatIllegalStateException()
                .isThrownBy(() -> stream.forEach(seen::add))
                .withMessage("no more items");

        assertThat(seen).containsExactly(0, 1, 4, 9, 16);
    }

    private Iterable<Integer> brokenAfter(int count) {
        return () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                if (taken == count) {
                    throw new IllegalStateException("no more items");
                }
                return taken++;
            }
        };
    }

    private Stream<Integer> failing(Throwable failure) {
        Stream<Integer> stream = OrderedMap.stream(numbers(1), this::submit, 1);
        RemoteTask<Integer> task = submitted.get(0);
        pool.answer(task, FakePool.errorFrame(task, failure));
        return stream;
    }

    private RemoteTask<Integer> submit(Integer item) {
        RemoteTask<Integer> task = pool.sentTask();
        submitted.add(task);
        return task;
    }

    private RemoteTask<Integer> squareAtOnce(Integer item) {
        RemoteTask<Integer> task = pool.sentTask();
        pool.answer(task, item * item);
        return task;
    }

    private Iterable<Integer> numbers(int count) {
        return () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return taken < count;
            }

            @Override
            public Integer next() {
                return taken++;
            }
        };
    }
}
