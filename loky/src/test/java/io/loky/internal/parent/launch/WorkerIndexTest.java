/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerIndexTest {

    @ParameterizedTest
    @CsvSource({
        "${worker.index}, 12",
        "a${worker.index}b${worker.index}, a12b12",
        "$${worker.index}, ${worker.index}",
        "$$${worker.index}, $${worker.index}",
        "$${worker.index}${worker.index}, ${worker.index}12"
    })
    void in_placeholder_isTheIndexUnlessEscaped(String text, String expected) {
        assertThat(WorkerIndex.in(text, 12)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$",
                "$$",
                "${worker}",
                "${ worker.index }",
                "${worker-index}",
                "{worker.index}",
                "$HOME",
                "\\1"
            })
    void in_anythingElse_staysAsItIs(String text) {
        assertThat(WorkerIndex.in(text, 12)).isEqualTo(text);
    }

    @Test
    void in_aList_isReplacedInEachElement() {
        assertThat(WorkerIndex.in(List.of("taskset", "-c", "${worker.index}"), 0))
                .containsExactly("taskset", "-c", "0");
    }
}
