/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On directories that look like those of the kernel. */
class CgroupTest {
    @TempDir
    Path folder;

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** A mount as /proc/self/mountinfo shows it. */
    private String mount(String root, String point, String type, String options) {
        return "31 30 0:29 " + root + " " + folder.resolve(point) + " rw,relatime shared:9 - " + type + " cgroup rw"
                + options + "\n";
    }

    private Cgroup version2(String root, String group) throws IOException {
        write("proc/mountinfo", "22 1 8:1 / / rw - ext4 /dev/vda rw\n" + mount(root, "sys", "cgroup2", ""));
        write("proc/cgroup", "0::" + group + "\n");
        return new Cgroup(folder.resolve("proc"));
    }

    private Cgroup version1(String root, String group) throws IOException {
        write(
                "proc/mountinfo",
                mount(root, "cpu", "cgroup", ",cpu,cpuacct") + mount(root, "memory", "cgroup", ",memory"));
        write("proc/cgroup", "3:memory:" + group + "\n2:cpu,cpuacct:" + group + "\n0::/other\n");
        return new Cgroup(folder.resolve("proc"));
    }

    @Test
    void limits_noCgroups_areNone() {
        Cgroup none = new Cgroup(folder);

        assertThat(none.cpus()).isEmpty();
        assertThat(none.memoryBytes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"50000 100000,0.5", "150000 100000,1.5", "200000 50000,4"})
    void cpus_version2WithQuota_areQuotaByPeriod(String text, double cpus) throws IOException {
        write("sys/a/cpu.max", text + "\n");

        assertThat(version2("/", "/a").cpus()).hasValue(cpus);
    }

    @ParameterizedTest
    @CsvSource({"max 100000", "''", "max", "garbage", "0 100000", "5 0"})
    void cpus_version2WithoutQuota_areNotLimited(String text) throws IOException {
        write("sys/a/cpu.max", text);

        assertThat(version2("/", "/a").cpus()).isEmpty();
    }

    @Test
    void limits_groupsWithinGroups_theSmallestCounts() throws IOException {
        write("sys/a/b/cpu.max", "300000 100000");
        write("sys/a/cpu.max", "200000 100000");
        write("sys/cpu.max", "max 100000");
        write("sys/a/b/memory.max", "max");
        write("sys/a/memory.max", "1048576");
        Cgroup group = version2("/", "/a/b");

        assertThat(group.cpus()).hasValue(2);
        assertThat(group.memoryBytes()).hasValue(1 << 20);
    }

    @Test
    void limits_ofOtherGroups_doNotCount() throws IOException {
        write("sys/a/cpu.max", "300000 100000");
        write("sys/other/cpu.max", "100000 100000");

        assertThat(version2("/", "/a").cpus()).hasValue(3);
    }

    /** In a container the mount shows the container's group as the topmost one. */
    @ParameterizedTest
    @CsvSource({"/docker/1,/docker/1", "/docker/1,/somewhere/else", "/,/../../elsewhere"})
    void cpus_theTopmostGroupIsTheOwn_areFound(String root, String group) throws IOException {
        write("sys/cpu.max", "100000 100000");

        assertThat(version2(root, group).cpus()).hasValue(1);
    }

    @Test
    void limits_version1_areFoundByController() throws IOException {
        write("cpu/a/cpu.cfs_quota_us", "150000\n");
        write("cpu/a/cpu.cfs_period_us", "100000\n");
        write("memory/a/memory.limit_in_bytes", "4096\n");
        Cgroup group = version1("/", "/a");

        assertThat(group.cpus()).hasValue(1.5);
        assertThat(group.memoryBytes()).hasValue(4096);
    }

    @Test
    void limits_version1WithoutLimit_areNone() throws IOException {
        write("cpu/a/cpu.cfs_quota_us", "-1\n");
        write("cpu/a/cpu.cfs_period_us", "100000\n");
        write("memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        Cgroup group = version1("/", "/a");

        assertThat(group.cpus()).isEmpty();
        assertThat(group.memoryBytes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"50000,8,1", "150000,8,2", "200000,8,2", "900000,8,8", "100,8,1"})
    void atMost_quota_isRoundedUpAndNeverMoreThanThereAre(String quota, int available, int expected)
            throws IOException {
        write("sys/a/cpu.max", quota + " 100000");

        assertThat(Machine.atMost(available, version2("/", "/a"))).isEqualTo(expected);
    }
}
