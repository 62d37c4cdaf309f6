/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutOfMemoryKindTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Java heap space                                                                              | HEAP
            GC overhead limit exceeded                                                                   | GC_OVERHEAD
            Metaspace                                                                                    | METASPACE
            Compressed class space                                                                       | METASPACE
            Cannot reserve 262144 bytes of direct buffer memory (allocated: 8388608, limit: 8388608)      | DIRECT_MEMORY
            Direct buffer memory                                                                         | DIRECT_MEMORY
            unable to create native thread: possibly out of memory or process/resource limits reached    | NATIVE_THREADS
            Requested array size exceeds VM limit                                                        | ARRAY_SIZE
            Required length exceeds implementation limit                                                 | ARRAY_SIZE
            Out of swap space?                                                                           | NATIVE_MEMORY
            what somebody else says                                                                      | OTHER
                                                                                                         | OTHER
            """)
    void of_messageOfAJvm_isItsKind(String message, OutOfMemoryKind kind) {
        assertThat(OutOfMemoryKind.of(new OutOfMemoryError(message))).isEqualTo(kind);
        assertThat(OutOfMemoryKind.ofMessage(message)).isEqualTo(kind);
    }

    @Test
    void details_withHistogram_giveItBack() {
        List<String> histogram =
                List.of("52428800 bytes in 200 objects of byte[]", "1600 bytes in 100 objects of com.acme.Order");

        OutOfMemoryDetails details =
                new OutOfMemoryDetails(OutOfMemoryKind.HEAP, 4711, "whose Java heap may take 64 MiB", histogram);

        assertThat(details.histogram()).isEqualTo(histogram);
        assertThat(details).hasMessage("""
                in worker pid 4711, whose Java heap may take 64 MiB; give the workers a larger heap \
                (ProcessPoolOptions.maxHeap), or each task less data
                largest classes in the Java heap, garbage included:
                    52428800 bytes in 200 objects of byte[]
                    1600 bytes in 100 objects of com.acme.Order""");
        assertThat(details.getStackTrace()).isEmpty();
        assertThat(new OutOfMemoryDetails(details.getMessage()).histogram()).isEqualTo(histogram);
    }

    @Test
    void details_withoutHistogram_areOneLine() {
        OutOfMemoryDetails details = new OutOfMemoryDetails(OutOfMemoryKind.METASPACE, 4711, "", List.of());

        assertThat(details.histogram()).isEmpty();
        assertThat(details.getMessage())
                .startsWith("in worker pid 4711; find who loads classes")
                .hasLineCount(1);
    }

    @Test
    void details_withoutKind_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> new OutOfMemoryDetails(null, 1, "", List.of()))
                .withMessage("kind");
    }
}
