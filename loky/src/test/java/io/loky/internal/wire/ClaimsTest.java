/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClaimsTest {
    @TempDir
    Path folder;

    private Claims worker;
    private Claims parent;

    @BeforeEach
    void openBothSides() throws IOException {
        Path file = folder.resolve("claims");
        worker = Claims.create(file);
        parent = Claims.open(file);
    }

    @Test
    void claim_nothingTakenBack_isTrue() {
        for (long number = 1; number <= 10; number++) {
            assertThat(worker.claim(number)).isTrue();
        }
    }

    @Test
    void takeBack_whatIsBehindTheBegunOne_isRefusedAndTheNextIsNot() {
        worker.claim(1);
        worker.claim(2);

        assertThat(parent.takeBack(1, 5)).as("the last that is begun").isEqualTo(2);

        assertThat(worker.claim(3)).isFalse();
        assertThat(worker.claim(4)).isFalse();
        assertThat(worker.claim(5)).isFalse();
        assertThat(worker.claim(6)).isTrue();
    }

    @Test
    void takeBack_workersTaskIsNotBegun_itIsKept() {
        worker.claim(1);

        assertThat(parent.takeBack(2, 4)).isEqualTo(2);

        assertThat(worker.claim(2)).isTrue();
        assertThat(worker.claim(3)).isFalse();
        assertThat(worker.claim(4)).isFalse();
        assertThat(worker.claim(5)).isTrue();
    }

    /** However many the worker has begun before there was anything to say it in. */
    @Test
    void begin_afterMillionsOfTasks_theNextOnesAreClaimed() {
        worker.begin(1_500_000);

        assertThat(worker.claim(1_500_001)).isTrue();
        assertThat(parent.takeBack(1_500_000, 1_500_004)).isEqualTo(1_500_001);
        assertThat(worker.claim(1_500_002)).isFalse();
    }

    /** The worker has read nothing of what was taken back first, and one behind that is to be executed. */
    @Test
    void takeBack_again_leavesOutWhatWasTakenBackBefore() {
        worker.claim(1);
        parent.takeBack(1, 3);

        assertThat(parent.takeBack(4, 6)).isEqualTo(4);

        assertThat(worker.claim(2)).isFalse();
        assertThat(worker.claim(3)).isFalse();
        assertThat(worker.claim(4)).isTrue();
        assertThat(worker.claim(5)).isFalse();
        assertThat(worker.claim(6)).isFalse();
        assertThat(worker.claim(7)).isTrue();
    }

    /** Numbers recur in the file: what was taken back once is not met again three million tasks later. */
    @Test
    void claim_afterMillionsOfTasks_meetsNoOldOne() {
        for (long number = 1; number <= 3_000_000; number++) {
            if (number % 500_000 == 0) {
                assertThat(parent.takeBack(number - 1, number + 1)).isEqualTo(number - 1);
                assertThat(worker.claim(number)).isFalse();
                assertThat(worker.claim(number + 1)).isFalse();
                number += 2;
            }
            if (!worker.claim(number)) {
                throw new AssertionError(number + " was not taken back");
            }
        }
    }

    @Test
    void create_fileIsThere_isRefused() {
        assertThatThrownBy(() -> Claims.create(folder.resolve("claims")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void open_noFile_isRefused() {
        assertThatThrownBy(() -> Claims.open(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void takeBack_fileIsDeleted_isAgreedOnAllTheSame() throws IOException {
        worker.claim(1);
        Files.delete(folder.resolve("claims"));

        assertThat(parent.takeBack(1, 2)).isEqualTo(1);
        assertThat(worker.claim(2)).isFalse();
    }

    /** Both at once: each task is begun by the worker or taken back by the parent, never both and never neither. */
    @Test
    void takeBack_whileTheWorkerBegins_eachTaskHasOneOwner() throws Exception {
        int rounds = 20_000;
        int each = 8;
        AtomicLong sent = new AtomicLong();
        AtomicLong read = new AtomicLong();
        long[] begun = new long[1];
        FutureTask<Void> beginning = new FutureTask<>(
                () -> {
                    for (long number = 1; number <= (long) rounds * each; number++) {
                        while (sent.get() < number) {
                            Thread.onSpinWait();
                        }
                        if (worker.claim(number)) {
                            begun[0]++;
                        }
                        read.set(number);
                    }
                },
                null);
        new Thread(beginning, "worker").start();
        long takenBack = 0;
        for (int round = 0; round < rounds; round++) {
            long first = (long) round * each + 1;
            long last = first + each - 1;
            sent.set(last);
            takenBack += last - parent.takeBack(first, last);
            while (read.get() < last) {
                Thread.onSpinWait();
            }
        }
        beginning.get(60, TimeUnit.SECONDS);

        assertThat(begun[0] + takenBack).isEqualTo((long) rounds * each);
        assertThat(begun[0]).as("the first of each round is kept").isGreaterThanOrEqualTo(rounds);
    }
}
