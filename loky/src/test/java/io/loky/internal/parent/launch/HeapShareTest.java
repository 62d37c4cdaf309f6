/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapShareTest {
    private static final long MIB = 1L << 20;
    private static final OptionalLong ANY = OptionalLong.empty();

    private static long mebibytes(int workers, long memory, OptionalLong limit) {
        return Math.round(HeapShare.bytes(workers, memory * MIB, limit) / MIB);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 24000, 19200", // four fifths
        "8, 24000, 2400",
        "1, 512, 410",
        "4, 512, 78", // the JVMs themselves need 200
        "300, 24000, 30",
        "512, 24000, 16", // the least
        "8, 512, 16"
    })
    void bytes_dividedMemory_leavesRoomForTheJvmsThemselves(int workers, long memory, long each) {
        assertThat(mebibytes(workers, memory, ANY)).isEqualTo(each);
    }

    /** All together are no more than there is, unless that is told. */
    @Test
    void bytes_anyNumberOfWorkers_neverMoreThanThereIsUnlessThatIsWarnedOf() {
        for (long memory : new long[] {128 * MIB, 512 * MIB, 2048 * MIB, 24_000 * MIB}) {
            for (int workers = 1; workers <= 1024; workers++) {
                double together = workers * (HeapShare.bytes(workers, memory, ANY) + HeapShare.JVM_ITSELF);
                boolean fits = together <= memory * 1.000_001;

                assertThat(fits || HeapShare.isTooSmall(workers, memory))
                        .as("%s workers in %s bytes", workers, memory)
                        .isTrue();
            }
        }
    }

    /** Or tasks that make nothing but garbage would be killed for it. */
    @ParameterizedTest
    @CsvSource({"300, 225", "40, 30", "10, 16", "100000, 2400"})
    void bytes_limitedProcess_keepsTheHeapBelow(long limit, long each) {
        assertThat(mebibytes(8, 24_000, OptionalLong.of(limit * MIB))).isEqualTo(each);
    }

    @Test
    void percent_isOfTheMemory() {
        OptionalLong memory = OptionalLong.of(24_000 * MIB);

        assertThat(HeapShare.percent(1, memory, ANY)).isEqualTo(80);
        assertThat(HeapShare.percent(8, memory, OptionalLong.of(320 * MIB))).isEqualTo(1);
        assertThat(HeapShare.percent(8, OptionalLong.empty(), ANY)).isEqualTo(10);
    }
}
