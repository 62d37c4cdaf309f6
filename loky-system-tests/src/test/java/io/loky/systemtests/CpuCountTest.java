/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.Loky;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cpuCount()} in programs that may not use all of the machine. */
class CpuCountTest {
    private static final int ALL = Runtime.getRuntime().availableProcessors();

    private static void assertCounts(ChildJvm.Builder program, int cpus, int cores) throws Exception {
        try (ChildJvm child = program.start()) {
            assertThat(child.exitCode()).as("%s", child).isZero();
            assertThat(child.out()).isEqualTo(cpus + " " + cores + "\n");
        }
    }

    @Test
    void cpuCount_everythingAllowed_isThatOfTheMachine() {
        assumeTrue(System.getenv("LOKY_MAX_CPU_COUNT") == null);

        assertThat(Loky.cpuCount()).isBetween(1, ALL);
        assertThat(Loky.cpuCount(false)).isEqualTo(Loky.cpuCount());
        assertThat(Loky.cpuCount(true)).isBetween(1, Loky.cpuCount());
    }

    @Test
    void cpuCount_affinityToOneCpu_isOne() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/taskset")), "needs taskset");
        String cpu =
                Files.readString(Path.of("/proc/self/status")).replaceAll("(?s).*Cpus_allowed_list:\\s*(\\d+).*", "$1");

        assertCounts(ChildJvm.of(Counting.class).prefix("taskset", "-c", cpu), 1, 1);
    }

    /** What was chosen counts also as a number of cores: whoever chose it may have thought of them. */
    @Test
    void cpuCount_limitInTheEnvironment_isNeverExceeded() throws Exception {
        assertCounts(ChildJvm.of(Counting.class).environment(Map.of("LOKY_MAX_CPU_COUNT", "1")), 1, 1);
        assertCounts(
                ChildJvm.of(Counting.class).environment(Map.of("LOKY_MAX_CPU_COUNT", "1000")),
                Loky.cpuCount(),
                Loky.cpuCount(true));
    }

    /** A real quota of the kernel; and it is found by the library, since this JVM was told not to look. */
    @ParameterizedTest
    @CsvSource({"50000,1", "150000,2"})
    void cpuCount_quotaOfAControlGroup_isRoundedUp(int micros, int expected) throws Exception {
        Path group = Path.of(
                "/sys/fs/cgroup/cpu/loky-test-" + ProcessHandle.current().pid() + "-" + micros);
        assumeTrue(Files.isWritable(group.getParent()), "needs a control group of version 1 and the right to make one");
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            assumeTrue(false, "no control group can be made: " + e);
        }
        try {
            Files.writeString(group.resolve("cpu.cfs_period_us"), "100000");
            Files.writeString(group.resolve("cpu.cfs_quota_us"), Integer.toString(micros));
            int cpus = Math.min(expected, ALL);

            assertCounts(
                    ChildJvm.of(Counting.class)
                            .jvmArgs("-XX:-UseContainerSupport")
                            .prefix("/bin/sh", "-c", "echo $$ > " + group + "/cgroup.procs && exec \"$@\"", "-"),
                    cpus,
                    cpus < ALL ? cpus : Loky.cpuCount(true));
        } finally {
            Files.delete(group);
        }
    }

    static final class Counting {
        private Counting() {}

        public static void main(String[] args) {
            System.out.println(Loky.cpuCount() + " " + Loky.cpuCount(true));
        }
    }
}
