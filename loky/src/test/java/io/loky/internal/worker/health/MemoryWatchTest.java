/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.Unfit;
import io.loky.internal.wire.WorkerRules;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a worker is said to leak, from numbers and times. All in MiB and milliseconds. */
class MemoryWatchTest {
    private static final int LIMIT = 100;

    private final Numbers process = new Numbers();
    private long now = TimeUnit.DAYS.toNanos(3);
    private MemoryWatch watch;

    /** A process as the watch sees it. */
    private final class Numbers implements MemoryGauge {
        int live = 10;
        int garbage;
        int committed = 200;
        int resident = 60;
        int direct;
        boolean collects = true;
        long collectionMillis = 5;
        int reads;
        int collections;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Reading read() {
            reads++;
            return new Reading(mebi(live + garbage), mebi(committed), mebi(resident));
        }

        @Override
        public long direct() {
            return mebi(direct);
        }

        @Override
        public boolean collect() {
            collections++;
            pass(collectionMillis);
            if (collects) {
                garbage = 0;
            }
            return collects;
        }
    }

    private static long mebi(long count) {
        return count << 20;
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private MemoryWatch watch(long growthLimit, long memoryLimit) {
        return new MemoryWatch(new WorkerRules(growthLimit, memoryLimit, 0, WorkerRules.IGNORE), process);
    }

    @BeforeEach
    void firstTask() {
        watch = watch(mebi(LIMIT), WorkerRules.UNLIMITED);
        assertThat(judged()).isNull();
        watch.settle();
    }

    /** What is said after a task. */
    private @Nullable Unfit judged() {
        return watch.look() ? watch.judge() : null;
    }

    private @Nullable Unfit lookLater() {
        pass(1000);
        return judged();
    }

    @Test
    void look_withinASecond_readsNothing() {
        process.live += 1000;

        pass(999);
        assertThat(judged()).isNull();
        assertThat(process.reads).isEqualTo(1);
        pass(1);
        assertThat(judged()).isNotNull();
    }

    @Test
    void look_noLimits_readsNothingAtAll() {
        process.reads = 0;
        watch = watch(WorkerRules.UNLIMITED, WorkerRules.UNLIMITED);

        assertThat(judged()).isNull();
        watch.settle();
        assertThat(lookLater()).isNull();
        assertThat(process.reads).isZero();
    }

    @Test
    void look_heapHasGrown_isToldOnceWithNumbers() {
        process.live += LIMIT + 1;
        process.resident = 180;

        assertThat(lookLater())
                .isEqualTo(new Unfit(
                        "MEMORY_GROWTH",
                        "its memory has grown by 101 MiB since its first task (heap by 101 MiB, outside the heap by 0 MiB"
                                + " or more, process from 60 MiB to 180 MiB), memoryGrowthLimit is 100 MiB"));
    }

    @Test
    void look_heapHasGrownByTheLimit_isFit() {
        process.garbage = 0;
        assertThat(lookLater()).isNull();
        process.live += LIMIT;

        assertThat(lookLater()).isNull();
    }

    @Test
    void look_garbageOnly_isFitAfterACollection() {
        process.garbage = 10 * LIMIT;
        process.resident += 10 * LIMIT;
        process.committed += 10 * LIMIT;

        assertThat(lookLater()).isNull();
        assertThat(process.collections).isEqualTo(1);
    }

    @Test
    void look_afterALongCollection_comesAHundredTimesLater() {
        process.collectionMillis = 50;
        process.garbage = 10 * LIMIT;
        assertThat(lookLater()).isNull();
        process.garbage = 10 * LIMIT;

        pass(4999);
        assertThat(judged()).isNull();
        assertThat(process.collections).isEqualTo(1);
        pass(1);
        assertThat(judged()).isNull();
        assertThat(process.collections).isEqualTo(2);
    }

    /** Of what is found alive more than half may have been leaked: it must not go on for a hundred collections. */
    @Test
    void look_afterALongCollectionThatLeftMuch_comesTenTimesLater() {
        process.collectionMillis = 200;
        process.live += LIMIT - 1;
        process.garbage = 10;
        assertThat(lookLater()).isNull();
        process.live += 2;

        pass(1999);
        assertThat(judged()).isNull();
        pass(1);
        assertThat(judged()).isNotNull();
    }

    @Test
    void look_jvmThatDoesNotCollect_leavesTheHeapOut() {
        process.collects = false;
        process.garbage = 10 * LIMIT;
        assertThat(lookLater()).isNull();

        process.direct = LIMIT + 1;
        assertThat(lookLater()).extracting(Unfit::detail).asString().contains("heap by 0 MiB");
    }

    @Test
    void look_directBuffersBeforeTheSecondLook_areTheReference() {
        process.direct = 10 * LIMIT;
        assertThat(lookLater()).isNull();
        process.direct += LIMIT;

        assertThat(lookLater()).isNull();
    }

    @Test
    void look_directBuffersHaveGrown_isUnfitThoughTheHeapHasRoom() {
        assertThat(lookLater()).isNull();
        process.direct = LIMIT + 1;
        process.resident += LIMIT + 1;

        assertThat(lookLater()).extracting(Unfit::detail).asString().contains("outside the heap by 101 MiB");
    }

    @Test
    void look_nativeMemoryHasGrown_isUnfitWhenTheHeapCannotExplainIt() {
        int room = process.committed - process.live;
        process.resident += room + LIMIT;
        assertThat(lookLater()).as("may be heap that was touched").isNull();
        process.resident += 1;

        assertThat(lookLater()).extracting(Unfit::detail).asString().contains("outside the heap by 101 MiB");
    }

    @Test
    void look_garbageOfTheFirstTask_isNoReference() {
        process.garbage = 10 * LIMIT;
        watch = watch(mebi(LIMIT), WorkerRules.UNLIMITED);
        assertThat(judged()).isNull();
        watch.settle();
        process.garbage = 0;
        assertThat(lookLater()).isNull();
        process.live += LIMIT + 1;

        assertThat(lookLater()).isNotNull();
    }

    @Test
    void look_processAboveItsLimit_isUnfitAfterACollectionFromTheFirstTaskOn() {
        process.resident = 301;
        watch = watch(WorkerRules.UNLIMITED, mebi(300));

        assertThat(judged())
                .isEqualTo(new Unfit("MEMORY_LIMIT", "its process takes 301 MiB, workerMemoryLimit is 300 MiB"));
        assertThat(process.collections).isEqualTo(1);
    }

    @Test
    void look_processAtItsLimit_isFit() {
        process.resident = 300;
        watch = watch(WorkerRules.UNLIMITED, mebi(300));

        assertThat(judged()).isNull();
        assertThat(process.collections).isZero();
    }

    /** Or the next task would be killed for what this one has left. */
    @Test
    void look_processAboveItsLimitRightAfterALook_isUnfit() {
        watch = watch(mebi(LIMIT), mebi(300));
        assertThat(judged()).isNull();

        process.resident = 301;

        assertThat(judged()).extracting(Unfit::reason).isEqualTo("MEMORY_LIMIT");
    }

    @Test
    void look_processAboveItsLimitRightAfterACollection_isUnfitWithoutAnotherOne() {
        watch = watch(mebi(LIMIT), mebi(300));
        watch.settle();
        process.collectionMillis = 3000;
        process.garbage = 10 * LIMIT;
        assertThat(lookLater()).isNull();

        process.resident = 301;

        assertThat(judged()).extracting(Unfit::reason).isEqualTo("MEMORY_LIMIT");
        assertThat(process.collections).isEqualTo(1);
    }
}
