/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On directories that look like those of the kernel. */
class PhysicalCoresTest {
    @TempDir
    Path folder;

    private void cpu(int number, String file, String siblings) throws IOException {
        Path topology = Files.createDirectories(folder.resolve("cpu" + number + "/topology"));
        Files.writeString(topology.resolve(file), siblings + "\n");
    }

    @Test
    void count_twoThreadsOnEachCore_isHalfOfTheCpus() throws IOException {
        for (int i = 0; i < 4; i++) {
            cpu(i, "core_cpus_list", i % 2 + "," + (i % 2 + 2));
        }
        Files.createDirectories(folder.resolve("cpufreq"));

        assertThat(PhysicalCores.count(folder)).hasValue(2);
    }

    @Test
    void count_oldKernel_readsTheOldName() throws IOException {
        cpu(0, "thread_siblings_list", "0-1");
        cpu(1, "thread_siblings_list", "0-1");

        assertThat(PhysicalCores.count(folder)).hasValue(1);
    }

    @Test
    void count_aCpuIsSwitchedOff_doesNotCount() throws IOException {
        cpu(0, "core_cpus_list", "0");
        Files.createDirectories(folder.resolve("cpu1"));

        assertThat(PhysicalCores.count(folder)).hasValue(1);
    }

    @Test
    void count_noSuchSystem_isUnknown() {
        assertThat(PhysicalCores.count(folder)).isEmpty();
        assertThat(PhysicalCores.count(folder.resolve("missing"))).isEmpty();
    }
}
