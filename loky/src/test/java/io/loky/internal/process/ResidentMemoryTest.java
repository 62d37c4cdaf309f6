/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ResidentMemoryTest {

    @Test
    void parse_whatTheKernelWrites_isInBytes() {
        assertThat(ResidentMemory.parse("Name:\tjava\nVmHWM:\t   99999 kB\nVmRSS:\t   40960 kB\nRssAnon:\t 1 kB\n"))
                .isEqualTo(40L << 20);
    }

    @Test
    void parse_aProcessWithoutMemory_isZero() {
        assertThat(ResidentMemory.parse("Name:\tkthreadd\nThreads:\t1\n")).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void of_thisProcess_isSomethingThatAJvmTakes() {
        assertThat(ResidentMemory.ofThis()).isBetween(10L << 20, 100L << 30);
        assertThat(ResidentMemory.of(ProcessHandle.current().pid())).isPositive();
        assertThat(ResidentMemory.of(Integer.MAX_VALUE)).isZero();
    }
}
