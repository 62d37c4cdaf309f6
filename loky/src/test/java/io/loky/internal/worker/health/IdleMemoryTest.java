/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How much time idle workers spend on giving memory back. All in MiB and milliseconds. */
class IdleMemoryTest {
    private static final long COLLECTION_MILLIS = 400;

    private final Heap heap = new Heap();
    private long now = TimeUnit.DAYS.toNanos(3);
    private final IdleMemory memory = new IdleMemory(heap);

    /** A heap of 400 MiB. */
    private final class Heap implements MemoryGauge {
        int live = 10;
        int committed = 400;
        int collections;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Reading read() {
            return new Reading((long) live << 20, (long) committed << 20, 0);
        }

        @Override
        public long direct() {
            return 0;
        }

        @Override
        public boolean collect() {
            collections++;
            pass(COLLECTION_MILLIS);
            committed = live;
            return true;
        }
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void giveBack_smallHeap_doesNothing() {
        heap.committed = 32;

        memory.giveBack();

        assertThat(heap.collections).isZero();
    }

    @Test
    void giveBack_nextTimeThereIsSomethingToGain_comesAHundredTimesLater() {
        memory.giveBack();
        heap.committed = 400;

        pass(100 * COLLECTION_MILLIS - 1);
        memory.giveBack();
        assertThat(heap.collections).isEqualTo(1);
        pass(1);
        memory.giveBack();

        assertThat(heap.collections).isEqualTo(2);
    }

    /** What is kept alive would be gone through again and again, while tasks wait. */
    @Test
    void giveBack_theLastOneGainedLittle_comesAThousandTimesLater() {
        heap.live = 360;
        memory.giveBack();

        pass(1000 * COLLECTION_MILLIS - 1);
        memory.giveBack();
        assertThat(heap.collections).isEqualTo(1);
        pass(1);
        memory.giveBack();

        assertThat(heap.collections).isEqualTo(2);
    }
}
