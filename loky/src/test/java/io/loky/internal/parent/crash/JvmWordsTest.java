/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmWordsTest {

    @Test
    void outOfMemory_lineOfTheJvm_isItsError() {
        assertThat(JvmWords.outOfMemory(
                        List.of("of the user", "Terminating due to java.lang.OutOfMemoryError: Java heap space")))
                .contains("java.lang.OutOfMemoryError: Java heap space");
        assertThat(JvmWords.outOfMemory(List.of("Terminating due to bad weather")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Unrecognized VM option 'NoSuchFlag'",
                "Invalid maximum heap size: -Xmx1",
                "Error: Could not find or load main class Nothing",
                "Too small maximum heap",
                "Conflicting collector combinations in option list; please refer to the release notes",
                "Error: Could not find agent library nothing on the library path",
                "Could not reserve enough space for 1073741824KB object heap"
            })
    void startError_reasonAmongOtherLines_isFound(String reason) {
        assertThat(JvmWords.startError(List.of(
                        "Picked up JAVA_TOOL_OPTIONS: -ea",
                        "Error occurred during initialization of VM",
                        reason,
                        "Error: Could not create the Java Virtual Machine.",
                        "Error: A fatal exception has occurred. Program will exit.")))
                .contains(reason);
    }

    @Test
    void startError_noneOrOnlyThatItFailed_isEmpty() {
        assertThat(JvmWords.startError(List.of())).isEmpty();
        assertThat(JvmWords.startError(List.of("Error: Could not create the Java Virtual Machine.")))
                .isEmpty();
    }
}
