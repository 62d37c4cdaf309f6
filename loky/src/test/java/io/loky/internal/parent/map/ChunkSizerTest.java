/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkSizerTest {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final int UNKNOWN = -1;

    private final ChunkSizer sizer = new ChunkSizer(0);

    private int next() {
        return sizer.next(2, 0, UNKNOWN);
    }

    @Test
    void next_nothingRan_isOne() {
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void next_chunksAreShort_doublesUpToTwentyMilliseconds() {
        int[] expected = {1, 2, 4, 8, 16, 32, 64, 128, 200, 200, 200};
        for (int size : expected) {
            assertThat(next()).isEqualTo(size);
            sizer.ran(size, size * 100 * MICRO);
        }
    }

    @Test
    void next_smallerChunksComeBackLater_doesNotGrowMore() {
        sizer.ran(1, MICRO);
        sizer.ran(1, MICRO);
        sizer.ran(1, MICRO);

        assertThat(next()).as("not more than twice what ran").isEqualTo(2);
    }

    @Test
    void next_itemsCostNothing_isBounded() {
        for (int i = 0; i < 40; i++) {
            sizer.ran(next(), 0);
        }

        assertThat(next()).isEqualTo(ChunkSizer.MOST);
    }

    @Test
    void next_chunkWasTooLong_isFiftyMillisecondsLong() {
        for (int i = 0; i < 10; i++) {
            sizer.ran(next(), MICRO);
        }
        sizer.ran(1_000, 1_000 * MILLI);

        assertThat(next()).isEqualTo(50);
    }

    @Test
    void next_oneItemIsTooLong_isOne() {
        sizer.ran(4, MICRO);
        sizer.ran(1, 60_000 * MILLI);

        assertThat(next()).isEqualTo(1);
    }

    @Test
    void next_betweenTheBounds_stays() {
        sizer.ran(4, 4 * MILLI);
        int size = next();
        sizer.ran(size, 20 * MILLI);
        sizer.ran(size, 200 * MILLI);

        assertThat(next()).isEqualTo(size);
    }

    @Test
    void next_nearTheEnd_leavesTwoChunksForEachWorker() {
        for (int i = 0; i < 8; i++) {
            sizer.ran(next(), next() * 100 * MICRO);
        }
        assertThat(sizer.next(2, 0, 10_000)).isEqualTo(200);
        assertThat(sizer.next(2, 0, 400)).isEqualTo(100);
        assertThat(sizer.next(2, 0, 81)).isEqualTo(21);
        assertThat(sizer.next(2, 0, 9)).as("1 ms").isEqualTo(10);
    }

    @Test
    void next_windowGiven_leavesRoomForTwoChunksForEachWorker() {
        for (int i = 0; i < 20; i++) {
            sizer.ran(next(), MICRO);
        }

        assertThat(sizer.next(4, 64, UNKNOWN)).isEqualTo(8);
        assertThat(sizer.next(100, 64, UNKNOWN)).isEqualTo(1);
    }

    @Test
    void next_fixed_isThatUpToTheWindow() {
        ChunkSizer fixed = new ChunkSizer(10);
        fixed.ran(10, MICRO);

        assertThat(fixed.next(2, 0, 3)).isEqualTo(10);
        assertThat(fixed.next(2, 4, UNKNOWN)).isEqualTo(4);
        assertThat(fixed.window(3)).isEqualTo(120);
    }

    @Test
    void window_automatic_isFourChunksForEachWorker() {
        assertThat(sizer.window(2)).isEqualTo(8);
        sizer.ran(1, MICRO);
        assertThat(sizer.window(2)).isEqualTo(16);
        assertThat(new ChunkSizer(Integer.MAX_VALUE).window(1024)).isEqualTo(Integer.MAX_VALUE);
    }

    /** Whatever happens, a chunk has an item, fits into the window, and is no larger than the bound. */
    @Test
    void next_randomHistories_staysInItsBounds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int run = 0; run < 1_000; run++) {
            ChunkSizer some = new ChunkSizer(0);
            for (int i = 0; i < 100; i++) {
                int workers = 1 + random.nextInt(64);
                int window = random.nextBoolean() ? 0 : 1 + random.nextInt(10_000);
                long remaining = random.nextBoolean() ? UNKNOWN : random.nextInt(100_000);
                int size = some.next(workers, window, remaining);
                assertThat(size)
                        .as("seed %d", seed)
                        .isBetween(1, window == 0 ? ChunkSizer.MOST : Math.min(window, ChunkSizer.MOST));
                some.ran(size, (long) Math.exp(random.nextDouble() * 30));
            }
        }
    }
}
