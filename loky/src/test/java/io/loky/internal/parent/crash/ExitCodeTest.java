/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitCodeTest {

    @ParameterizedTest
    @CsvSource({
        "129, SIGHUP",
        "130, SIGINT",
        "131, SIGQUIT",
        "134, SIGABRT",
        "135, SIGBUS",
        "137, SIGKILL",
        "139, SIGSEGV",
        "141, SIGPIPE",
        "143, SIGTERM",
        "152, SIGXCPU"
    })
    void signal_codeOfASignal_isItsName(int code, String name) {
        assertThat(ExitCode.signal(code)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 9, 113, 127, 128, 128 + 64, 255, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void signal_ordinaryCode_isNone(int code) {
        assertThat(ExitCode.signal(code)).isEmpty();
    }

    @Test
    void isCrash_signalsOfNativeCode_isTrueForThemOnly() {
        assertThat(ExitCode.isCrash(134)).isTrue();
        assertThat(ExitCode.isCrash(139)).isTrue();
        assertThat(ExitCode.isCrash(6)).isFalse();
        assertThat(ExitCode.isCrash(137)).isFalse();
        assertThat(ExitCode.isCrash(143)).isFalse();
    }

    @Test
    void isKill_anyCode_isTrueForSigkillOnly() {
        assertThat(ExitCode.isKill(137)).isTrue();
        assertThat(ExitCode.isKill(9)).isFalse();
        assertThat(ExitCode.isKill(143)).isFalse();
    }
}
