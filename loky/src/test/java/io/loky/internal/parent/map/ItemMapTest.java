/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.MapOptions;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.wire.AnswerLog;
import java.io.FileNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        for (int i = 0; i < 100; i++) {
            pool.answerAll();
            assertThat(results.next()).isEqualTo(i);
            assertThat(taken).isBetween(i + 4, i + 1 + 4 + 1);
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
        Iterator<Integer> results = pool.<Integer>map(
                        numbers(5), MapOptions.chunkSize(10).window(1))
                .iterator();
        for (int i = 0; i < 5; i++) {
            assertThat(taken).isEqualTo(i + 1);
            pool.answerAll();
            assertThat(results.next()).isEqualTo(i);
        }
        assertThat(results.hasNext()).isFalse();
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
        List<Integer> input = IntStream.range(0, 2_000).boxed().toList();
        Iterator<Integer> results = pool.<Integer>map(input, DEFAULTS).iterator();
        List<Integer> sizes = new ArrayList<>();
        int answered = 0;
        for (int i = 0; i < 2_000; i++) {
            for (RemoteTask<?> chunk :
                    pool.chunks().subList(answered, pool.chunks().size())) {
                Object[] items = ChunkPool.items(chunk).toArray();
                sizes.add(items.length);
                pool.answer(chunk, items.length * 100_000L, items); // 0.1 ms each
                answered++;
            }
            assertThat(results.next()).isEqualTo(i);
        }
        assertThat(results.hasNext()).isFalse();
        assertThat(sizes.get(0)).isEqualTo(1);
        assertThat(sizes).as("20 ms").contains(128).allMatch(size -> size <= 200);
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

        assertThat(pool.cancels()).containsExactlyInAnyOrder("#2 kill", "#3 kill", "#4 kill");
        assertThat(taken).isEqualTo(before).isEqualTo(8);
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
    void stream_inputThatFailsInTheFirstWindow_cancelsWhatWasSubmitted() {
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.map(brokenAfter(3), MapOptions.chunkSize(2)))
                .withMessage("no more items");

        assertThat(pool.cancels())
                .as("nobody has the stream that could be closed")
                .hasSize(2);
    }

    @Test
    void stream_inputThatFailsLater_givesAllResultsBefore() {
        List<Integer> seen = new ArrayList<>();
        Iterator<Integer> results = pool.<Integer>map(
                        brokenAfter(5), MapOptions.chunkSize(1).window(2))
                .iterator();

        for (int i = 0; i < 5; i++) {
            pool.answerAll();
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
        for (int i = 0; i < 3; i++) {
            pool.room = 1;
            pool.answerAll();
            assertThat(results.next()).isEqualTo(i);
        }
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
        assertThat(List.of(results.next(), results.next(), results.next())).containsExactly(0, 1, 2);
        assertThatIllegalStateException().isThrownBy(results::hasNext).withMessage("died");
        ChunkPool.answerPartly(chunk, 0, -1); // of the dead one's, too late
        ChunkPool.answerPartly(chunk, 1, 4);
        pool.answer(chunk, 0, 5);
        assertThat(List.of(results.next(), results.next())).containsExactly(4, 5);
        assertThat(results.hasNext()).isFalse();
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
