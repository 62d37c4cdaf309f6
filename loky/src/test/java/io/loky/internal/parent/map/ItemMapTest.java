/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.MapOptions;
import io.loky.TaskSerializationException;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.wire.AnswerLog;
import io.loky.internal.wire.FrameTooLargeException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ItemMapTest {
    private static final MapOptions DEFAULTS = MapOptions.defaults();

    private final ChunkPool pool = new ChunkPool();

    /** How many items the map has taken. */
    private int taken;

    // ---- order and window -----------------------------------------------------------------------------------------

    @Test
    void stream_endlessInput_takesNoMoreThanTheWindowAhead() {
        Stream<Integer> stream =
                pool.map(numbers(Integer.MAX_VALUE), MapOptions.chunkSize(1).window(4));
        assertThat(taken).as("at once").isEqualTo(4);

        Iterator<Integer> results = stream.iterator();
        pool.answerAllFromNowOn();
        for (int i = 0; i < 100; i++) {
            assertThat(results.next()).isEqualTo(i);
            assertThat(taken).isLessThanOrEqualTo(i + 4);
        }
    }

    @Test
    void stream_inputSmallerThanTheWindow_givesAll() {
        Stream<Integer> stream = pool.map(numbers(3), DEFAULTS.window(100));
        pool.answerAll();

        assertThat(stream).containsExactly(0, 1, 2);
    }

    @Test
    void stream_emptyInput_isEmptyAndSubmitsNothing() {
        assertThat(pool.map(numbers(0), DEFAULTS)).isEmpty();
        assertThat(pool.chunks()).isEmpty();
    }

    @Test
    void stream_windowOfOne_takesOneAtATime() {
        pool.echoes = true;
        Iterator<Integer> results = pool.<Integer>map(
                        numbers(5), MapOptions.chunkSize(10).window(1))
                .iterator();
        for (int i = 0; i < 5; i++) {
            assertThat(results.next()).isEqualTo(i);
            assertThat(taken).isEqualTo(i + 1);
        }
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_inputNeedsTheResultBefore_windowOfOneGivesItFirst() {
        pool.echoes = true;
        List<Integer> seen = new ArrayList<>();
        Iterable<Integer> input = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                assertThat(seen).as("else it would wait for ever").hasSize(taken);
                return taken < 5;
            }

            @Override
            public Integer next() {
                return taken++;
            }
        };

        pool.<Integer>map(input, DEFAULTS.window(1)).forEach(seen::add);

        assertThat(seen).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void stream_inputIsSlow_resultsThatAreThereGoFirst() {
        pool.echoes = true;
        Iterator<Integer> results =
                pool.<Integer>map(slow(6), MapOptions.chunkSize(1).window(4)).iterator();
        assertThat(taken).as("before the stream can be asked").isEqualTo(1);

        for (int i = 0; i < 6; i++) {
            assertThat(results.next()).isEqualTo(i);
            assertThat(taken).isEqualTo(i + 1);
        }
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_inputIsSlowAndNoResultIsThere_fillsTheWindow() {
        Stream<Integer> unused = pool.map(slow(6), MapOptions.chunkSize(1).window(4));

        assertThat(taken).isEqualTo(4);
    }

    @Test
    void stream_chunkSizeGiven_chunksHaveIt() {
        Stream<Integer> stream = pool.map(numbers(7), MapOptions.chunkSize(3));

        assertThat(pool.chunks().stream().map(ChunkPool::items))
                .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6));
        pool.answerAll();
        assertThat(stream).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void stream_answersInOtherOrder_givesThemInInputOrder() {
        Stream<Integer> stream = pool.map(numbers(4), MapOptions.chunkSize(2));
        List<RemoteTask<?>> chunks = pool.chunks();
        pool.answer(chunks.get(1), 0, 20, 30);
        ChunkPool.answerPartly(chunks.get(0), 0, 0);
        pool.answer(chunks.get(0), 0, 10);

        assertThat(stream).containsExactly(0, 10, 20, 30);
    }

    @Test
    void stream_unordered_givesThemAsTheyAreReady() {
        Stream<Integer> stream = pool.map(numbers(4), MapOptions.chunkSize(2).unordered());
        List<RemoteTask<?>> chunks = pool.chunks();
        pool.answer(chunks.get(1), 0, 20, 30);
        Iterator<Integer> results = stream.iterator();

        assertThat(List.of(results.next(), results.next())).containsExactly(20, 30);
        pool.answer(chunks.get(0), 0, 0, 10);
        assertThat(List.of(results.next(), results.next())).containsExactly(0, 10);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_automaticChunks_growWithTheWindowAndShrinkAtTheEnd() {
        pool.workers = 2;
        pool.echoes = true;
        pool.nanosPerItem = 100_000;
        List<Integer> input = IntStream.range(0, 2_000).boxed().toList();

        assertThat(pool.<Integer>map(input, DEFAULTS)).containsExactlyElementsOf(input);

        List<Integer> sizes = pool.given().stream().map(List::size).toList();
        assertThat(sizes.get(0)).isEqualTo(1);
        assertThat(sizes).as("20 ms").allMatch(size -> size <= 200).anyMatch(size -> size >= 64);
        assertThat(sizes.get(sizes.size() - 1)).as("the last one is short").isLessThanOrEqualTo(10);
    }

    @Test
    void stream_itemsHaveATimeLimit_travelOneByOne() {
        Stream<Integer> stream = pool.map(numbers(5), DEFAULTS, 1_000_000);

        assertThat(pool.chunks()).hasSize(4);
        pool.answerAll();
        assertThat(stream.limit(4)).containsExactly(0, 1, 2, 3);
    }

    // ---- closing --------------------------------------------------------------------------------------------------

    @Test
    void close_chunksAreNotDone_cancelsThemAndTakesNoMore() {
        Stream<Integer> stream =
                pool.map(numbers(Integer.MAX_VALUE), MapOptions.chunkSize(2).window(6));
        pool.answer(pool.chunks().get(0), 0, 0, 1);
        Iterator<Integer> results = stream.iterator();
        assertThat(results.next()).isZero();
        assertThat(results.next()).isEqualTo(1);
        int before = taken;

        stream.close();

        assertThat(pool.cancels()).containsExactlyInAnyOrder("#2 kill", "#3 kill");
        assertThat(taken).isEqualTo(before).isEqualTo(6);
    }

    @Test
    void close_beforeTheEnd_isToldOnceToWhoeverStillAsksAndNotByTheInput() {
        Iterable<Integer> input = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                assertThat(taken).as("what it had when the stream was closed").isLessThan(2);
                return true;
            }

            @Override
            public Integer next() {
                return taken++;
            }
        };
        Stream<Integer> stream = pool.map(input, MapOptions.chunkSize(1).window(2));
        Iterator<Integer> results = stream.iterator();
        pool.answerAll();

        stream.close();

        assertThat(List.of(results.next(), results.next())).containsExactly(0, 1);
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(results::hasNext)
                .withMessageContaining("'sample' was closed before its end: 2 results were given");
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void close_byAnotherThread_failsTheConsumerThatWaits() throws Exception {
        Stream<Integer> stream = pool.map(numbers(4), MapOptions.chunkSize(1));
        Iterator<Integer> results = stream.iterator();
        FutureTask<Integer> consumer = new FutureTask<>(results::next);
        new Thread(consumer, "consumer").start();

        stream.close();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> consumer.get(60, TimeUnit.SECONDS))
                .withCauseExactlyInstanceOf(CancellationException.class);
    }

    @Test
    void close_whenAllResultsAreThere_endsTheStreamAsUsual() {
        Stream<Integer> stream = pool.map(List.of(7, 8), MapOptions.chunkSize(1).window(2));
        Iterator<Integer> results = stream.iterator();
        pool.answerAll();

        stream.close();

        assertThat(List.of(results.next(), results.next())).containsExactly(7, 8);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_consumerIsInterrupted_throwsKeepsTheFlagAndCancelsTheRest() {
        Stream<Integer> stream =
                pool.map(numbers(Integer.MAX_VALUE), MapOptions.chunkSize(1).window(3));
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(stream::toList)
                .withMessage("interrupted while waiting for an item of the map 'sample'")
                .withCauseInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).as("the flag, cleared by asking").isTrue();
        assertThat(pool.cancels()).hasSize(3);
        assertThat(taken).isEqualTo(3);
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Test
    void stream_itemsFailed_throwEachInItsPlaceAndGoOn() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(4), MapOptions.chunkSize(4)).iterator();
        pool.answer(
                pool.chunks().get(0),
                0,
                new IllegalStateException("unchecked"),
                1,
                new FileNotFoundException("checked"),
                new AssertionError("error"));

        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("unchecked");
        assertThat(results.next()).isEqualTo(1);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(results::hasNext)
                .havingCause()
                .isExactlyInstanceOf(FileNotFoundException.class)
                .withMessage("checked");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(results::hasNext)
                .withMessage("error");
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_chunkWasCancelled_throwsThatForEachItemAndGoesOn() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(3), MapOptions.chunkSize(2)).iterator();
        pool.answer(pool.chunks().get(1), 0, 2);
        pool.chunks().get(0).cancel(true);

        assertThatExceptionOfType(CancellationException.class).isThrownBy(results::hasNext);
        assertThatExceptionOfType(CancellationException.class).isThrownBy(results::hasNext);
        assertThat(results.next()).isEqualTo(2);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_inputThatFailsInTheFirstWindow_givesAllResultsBeforeAndSaysSoOnce() {
        Iterator<Integer> results =
                pool.<Integer>map(brokenAfter(3), MapOptions.chunkSize(2)).iterator();
        pool.answerAll();

        assertThat(List.of(results.next(), results.next(), results.next())).containsExactly(0, 1, 2);
        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("no more items");
        assertThat(results.hasNext()).isFalse();
        assertThat(pool.cancels()).isEmpty();
    }

    @Test
    void stream_itemTooLargeForItsChunk_failsAloneInItsPlace() {
        List<Object> outcomes = outcomes(List.of(1, new TooLarge("big"), 3), MapOptions.chunkSize(3));

        assertThat(pool.given()).containsExactly(List.of(0L), List.of(2L));
        assertThat(outcomes).hasSize(3).startsWith(1).endsWith(3);
        assertThat(outcomes.get(1))
                .asInstanceOf(InstanceOfAssertFactories.throwable(TaskSerializationException.class))
                .hasMessage("the item at index 1 of 'sample' cannot be sent: big");
    }

    @Test
    void stream_itemTooLargeForItsChunkUnordered_isTold() {
        List<Object> outcomes = outcomes(
                List.of(1, new TooLarge("big"), 3), MapOptions.chunkSize(3).unordered());

        assertThat(outcomes).hasSize(3).contains(1, 3);
        assertThat(outcomes)
                .filteredOn(TaskSerializationException.class::isInstance)
                .hasSize(1);
    }

    @Test
    void stream_itemThatCannotEvenBeDescribed_failsAlone() {
        List<Object> outcomes = outcomes(List.of(1, new TooLarge(null), 3), MapOptions.chunkSize(3));

        assertThat(outcomes).hasSize(3).startsWith(1).endsWith(3);
        assertThat(outcomes.get(1))
                .asInstanceOf(InstanceOfAssertFactories.throwable(TaskSerializationException.class))
                .hasMessage("the item at index 1 of 'sample' cannot be sent to a worker")
                .hasSuppressedException(new NullPointerException("no description"));
    }

    @Test
    void failLater_eachItem_failsWithAnExceptionOfItsOwnThatTheConsumerMakes() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(2), MapOptions.chunkSize(2)).iterator();
        List<Throwable> made = new ArrayList<>();

        pool.failLater(pool.chunks().get(0), () -> {
            made.add(new IllegalStateException("no model"));
            return made.get(made.size() - 1);
        });

        assertThat(made).isEmpty();
        assertThatIllegalStateException().isThrownBy(results::hasNext).isSameAs(made.get(0));
        assertThatIllegalStateException().isThrownBy(results::hasNext).isSameAs(made.get(1));
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_inputThatFailsLater_givesAllResultsBefore() {
        List<Integer> seen = new ArrayList<>();
        Iterator<Integer> results = pool.<Integer>map(
                        brokenAfter(5), MapOptions.chunkSize(1).window(2))
                .iterator();

        pool.answerAllFromNowOn();
        for (int i = 0; i < 5; i++) {
            seen.add(results.next());
        }

        assertThat(seen).containsExactly(0, 1, 2, 3, 4);
        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("no more items");
    }

    @Test
    void stream_poolIsFull_waitsForRoom() {
        pool.room = 1;
        Iterator<Integer> results =
                pool.<Integer>map(numbers(3), MapOptions.chunkSize(1)).iterator();
        assertThat(pool.chunks()).hasSize(1);
        for (int i = 0; i < 2; i++) {
            pool.room = 1;
            pool.answerAll();
            assertThat(results.next()).isEqualTo(i);
        }
        pool.room = 1;
        pool.answerAllFromNowOn();
        assertThat(results.next()).isEqualTo(2);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void stream_poolTakesNothing_throwsThatInThePlaceOfTheItems() {
        pool.room = 0;
        Iterator<Integer> results =
                pool.<Integer>map(numbers(30), MapOptions.chunkSize(1)).iterator();

        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(results::hasNext);
        assertThat(results.hasNext()).isFalse();
        assertThat(taken).isEqualTo(1);
    }

    // ---- deaths ---------------------------------------------------------------------------------------------------

    @Test
    void die_whileAnItemExecutes_failsThatOneAndSendsOnlyTheRestAgain() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(6), MapOptions.chunkSize(6)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);
        ChunkPool.answerPartly(chunk, 0, 0);

        assertThat(pool.die(chunk, 4, 1, 1, 2)).isTrue();

        assertThat(ChunkPool.items(chunk)).containsExactly(4, 5);
        assertThat(ChunkPool.indexes(chunk)).containsExactly(4L, 5L);
        assertThat(List.of(results.next(), results.next(), results.next())).containsExactly(0, 1, 2);
        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("died");
        ChunkPool.answerPartly(chunk, 0, -1); // of the dead one's, too late
        ChunkPool.answerPartly(chunk, 1, 4);
        pool.answer(chunk, 0, 5);
        assertThat(List.of(results.next(), results.next())).containsExactly(4, 5);
        assertThat(results.hasNext()).isFalse();
    }

    /** For a crash capsule: the item that was executed, or all of which nobody knows whether they were. */
    @Test
    void die_anyItem_suspectsThatOneOnly() {
        Stream<Integer> unused = pool.map(numbers(6), MapOptions.chunkSize(6));
        RemoteTask<?> chunk = pool.chunks().get(0);

        assertThat(pool.die(chunk, 2, 0, 0)).isTrue();
        assertThat(pool.suspects()).containsExactly(1);
        assertThat(pool.die(chunk, 3, 0, 2, 3)).isTrue();
        assertThat(pool.suspects()).containsExactly(4);
        assertThat(pool.die(chunk, 1, 0)).as("the last one").isFalse();
        assertThat(pool.suspects()).containsExactly(5);
    }

    @Test
    void die_nobodyKnowsWhere_suspectsAllThatAreNotAnswered() {
        Stream<Integer> unused = pool.map(numbers(4), MapOptions.chunkSize(4));
        RemoteTask<?> chunk = pool.chunks().get(0);
        ChunkPool.answerPartly(chunk, 0, 0, 1);

        assertThat(pool.die(chunk, AnswerLog.Reading.UNKNOWN)).isFalse();

        assertThat(pool.suspects()).containsExactly(2, 3);
    }

    @Test
    void die_answersWereSentAndNotTakenOutOfTheLog_countOnce() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(4), MapOptions.chunkSize(4)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);
        ChunkPool.answerPartly(chunk, 0, 0, 1);

        assertThat(pool.die(chunk, 3, 0, 0, 1)).isTrue();

        assertThat(ChunkPool.items(chunk)).containsExactly(3);
        pool.answer(chunk, 0, 3);
        assertThat(List.of(results.next(), results.next())).containsExactly(0, 1);
        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("died");
        assertThat(results.next()).isEqualTo(3);
    }

    @Test
    void die_answersWereSentAndHaveNotArrived_placesNoneByGuess() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(4), MapOptions.chunkSize(4)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);
        ChunkPool.answerPartly(chunk, 0, 0);

        assertThat(pool.die(chunk, 3, 2, 2)).isFalse(); // that of item 1 is lost

        assertThat(results.next()).isZero();
        for (int i = 1; i < 4; i++) {
            assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("died");
        }
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void die_betweenTwoItems_failsNone() {
        Stream<Integer> stream = pool.map(numbers(3), MapOptions.chunkSize(3));
        RemoteTask<?> chunk = pool.chunks().get(0);

        assertThat(pool.die(chunk, 1, 0, 0)).isTrue();

        assertThat(ChunkPool.items(chunk)).containsExactly(1, 2);
        pool.answerAll();
        assertThat(stream).containsExactly(0, 1, 2);
    }

    @Test
    void die_again_countsFromWhereTheSecondWorkerBegan() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(6), MapOptions.chunkSize(6)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);

        assertThat(pool.die(chunk, 2, 0, 0)).isTrue();
        assertThat(chunk.lostStarts()).as("it came further").isZero();
        assertThat(pool.die(chunk, 3, 0, 2, 3)).isTrue();
        assertThat(ChunkPool.items(chunk)).containsExactly(5);
        assertThat(pool.die(chunk, 1, 0)).as("the last one").isFalse();

        assertThat(results.next()).isZero();
        assertThatIllegalStateException().isThrownBy(results::hasNext);
        assertThat(List.of(results.next(), results.next())).containsExactly(2, 3);
        assertThatIllegalStateException().isThrownBy(results::hasNext);
        assertThatIllegalStateException().isThrownBy(results::hasNext);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void die_itemMayBeExecutedAgain_isTheFirstOfWhatIsSentAgainAndFailsWhenItHasUsedThatUp() {
        pool.retries = 1;
        Iterator<Integer> results =
                pool.<Integer>map(numbers(4), MapOptions.chunkSize(4)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);

        assertThat(pool.die(chunk, 2, 0, 0)).isTrue();
        assertThat(ChunkPool.items(chunk)).as("item 1 again").containsExactly(1, 2, 3);
        assertThat(pool.die(chunk, 2, 0, 1)).isTrue();
        assertThat(chunk.crashes()).as("of item 2 alone").isEqualTo(1);
        assertThat(ChunkPool.items(chunk)).containsExactly(2, 3);
        assertThat(pool.die(chunk, 1, 0)).isTrue();
        assertThat(chunk.crashes()).isZero();
        assertThat(ChunkPool.items(chunk)).as("item 2 has failed").containsExactly(3);
        assertThat(pool.die(chunk, 1, 0)).isTrue();
        pool.answerAll();

        assertThat(List.of(results.next(), results.next())).containsExactly(0, 1);
        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("died");
        assertThat(results.next()).isEqualTo(3);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void die_beforeAnythingWasNoted_failsTheFirstItem() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(2), MapOptions.chunkSize(2)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);

        assertThat(pool.die(chunk, AnswerLog.Reading.NONE)).isTrue();

        pool.answerAll();
        assertThatIllegalStateException().isThrownBy(results::hasNext);
        assertThat(results.next()).isEqualTo(1);
    }

    @Test
    void die_nobodyKnowsHowFar_failsAllThatIsNotAnswered() {
        Iterator<Integer> results =
                pool.<Integer>map(numbers(3), MapOptions.chunkSize(3)).iterator();
        RemoteTask<?> chunk = pool.chunks().get(0);
        ChunkPool.answerPartly(chunk, 0, 0);

        assertThat(pool.die(chunk, AnswerLog.Reading.UNKNOWN)).isFalse();

        assertThat(results.next()).isZero();
        assertThatIllegalStateException().isThrownBy(results::hasNext);
        assertThatIllegalStateException().isThrownBy(results::hasNext);
        assertThat(results.hasNext()).isFalse();
    }

    @Test
    void partlyAnswered_moreAnswersThanItems_isRefused() {
        Stream<Integer> unused = pool.map(numbers(1), DEFAULTS);
        RemoteTask<?> chunk = pool.chunks().get(0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChunkPool.answerPartly(chunk, 0, 1, 2))
                .withMessageContaining("more answers than");
    }

    @Test
    void stream_chunks_areToldApartInTheOutput() {
        Stream<Integer> unused = pool.map(numbers(1), DEFAULTS);

        assertThat(pool.chunks().get(0).prints()).isNotNull();
    }

    // ---- the deadline ---------------------------------------------------------------------------------------------

    @Test
    void deadline_reached_cancelsGivesWhatIsThereThrowsOnceAndEnds() throws Exception {
        Iterator<Integer> results = pool.<Integer>map(
                        numbers(Integer.MAX_VALUE),
                        MapOptions.chunkSize(1).window(3).deadline(Duration.ofMillis(50)))
                .iterator();
        pool.answer(pool.chunks().get(0), 0, 0);

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (pool.cancels().size() < 2 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }

        assertThat(pool.cancels()).containsExactlyInAnyOrder("#2 kill", "#3 kill");
        assertThat(results.next()).isZero();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(results::hasNext)
                .havingCause()
                .isExactlyInstanceOf(TimeoutException.class)
                .withMessageContaining("deadline of PT0.05S: 1 results were given");
        assertThat(results.hasNext()).isFalse();
        assertThat(taken).isEqualTo(3);
    }

    /** All results, and the exceptions in the place of those that failed; each item is its own result. */
    private List<Object> outcomes(List<?> items, MapOptions options) {
        pool.echoes = true;
        List<Object> outcomes = new ArrayList<>();
        Iterator<Object> results = pool.map(items, options).iterator();
        for (boolean more = true; more; ) {
            try {
                more = results.hasNext();
                if (more) {
                    outcomes.add(results.next());
                }
            } catch (RuntimeException e) {
                outcomes.add(e);
            }
        }
        return outcomes;
    }

    /** For a frame, without the memory that this would take. */
    private static final class TooLarge implements Serializable {
        private static final long serialVersionUID = 1L;

        private final @Nullable String description;

        TooLarge(@Nullable String description) {
            this.description = description;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            try {
                Constructor<FrameTooLargeException> constructor =
                        FrameTooLargeException.class.getDeclaredConstructor(long.class);
                constructor.setAccessible(true);
                throw constructor.newInstance(Long.MAX_VALUE);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }

        @Override
        public String toString() {
            return Objects.requireNonNull(description, "no description");
        }
    }

    private Iterable<Integer> slow(int count) {
        return () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return taken < count;
            }

            @Override
            public Integer next() {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
                while (System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
                return taken++;
            }
        };
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
