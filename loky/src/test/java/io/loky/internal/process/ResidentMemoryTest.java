/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ResidentMemoryTest {

    @Test
    void parse_whatTheKernelWrites_isInBytes() {
        String status = "Name:\tjava\nVmHWM:\t   51200 kB\nVmRSS:\t   40960 kB\nRssAnon:\t 1 kB\n";

        assertThat(ResidentMemory.parse(status, "VmRSS:")).isEqualTo(40L << 20);
        assertThat(ResidentMemory.parse(status, "VmHWM:")).isEqualTo(50L << 20);
    }

    @Test
    void parse_aProcessWithoutMemory_isZero() {
        assertThat(ResidentMemory.parse("Name:\tkthreadd\nThreads:\t1\n", "VmRSS:"))
                .isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void of_thisProcess_isSomethingThatAJvmTakes() {
        assertThat(ResidentMemory.ofThis()).isBetween(10L << 20, 100L << 30);
        assertThat(ResidentMemory.of(ProcessHandle.current().pid())).isPositive();
        assertThat(ResidentMemory.of(Integer.MAX_VALUE)).isZero();
    }

    /** Whether the kernel lets it forget or not (containers may keep it from it). */
    @Test
    @EnabledOnOs(OS.LINUX)
    void peakOfThis_atAnyTime_isNoLessThanWhatItTakes() {
        ResidentMemory.forgetPeakOfThis();
        long before = ResidentMemory.ofThis();

        assertThat(ResidentMemory.peakOfThis()).isGreaterThan(before / 2); // the kernel counts in parts, and late
    }
}
