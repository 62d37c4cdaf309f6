/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.cli.Finding.Grade;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineChecksTest {
    private static final List<String> LIMITS = List.of(
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             62930                unlimited            processes ",
            "Max open files            unlimited            1048576              files     ");

    @Test
    void run_hereAndNow_answersEachQuestionOnce() {
        List<Finding> found = new ArrayList<>();

        new MachineChecks(found::add).run();

        assertThat(found)
                .extracting(Finding::subject)
                .containsExactly("Java", "Loky", "system", "CPUs", "memory", "temporary", "limits", "start");
        assertThat(found).extracting(Finding::grade).doesNotContain(Grade.FAIL);
        assertThat(found)
                .allSatisfy(finding -> assertThat(finding.toText())
                        .startsWith(finding.grade().name())
                        .contains(finding.text(), finding.remedy()));
    }

    @Test
    void softLimit_asTheKernelShowsIt_isTheFirstNumber() {
        assertThat(MachineChecks.softLimit(LIMITS, "Max processes")).isEqualTo(62930);
        assertThat(MachineChecks.softLimit(LIMITS, "Max open files")).isEqualTo(Long.MAX_VALUE);
        assertThat(MachineChecks.softLimit(LIMITS, "Max something")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void mounts_severalAboveADirectory_countTheDeepestAndOfTheseTheLast() {
        Mounts mounts = new Mounts(List.of(
                "overlay / overlay rw,relatime 0 0",
                "tmpfs /tmp tmpfs rw,nosuid 0 0",
                "tmpfs /tmp tmpfs rw,nosuid,noexec 0 0",
                "tmpfs /tmp/with\\040space tmpfs ro 0 0",
                "rubbish"));

        assertThat(mounts.optionsOf(Path.of("/tmp/x"))).containsExactly("rw", "nosuid", "noexec");
        assertThat(mounts.optionsOf(Path.of("/tmpx"))).containsExactly("rw", "relatime");
        assertThat(mounts.optionsOf(Path.of("/tmp/with space/y"))).containsExactly("ro");
        assertThat(new Mounts(List.of()).optionsOf(Path.of("/tmp"))).isEmpty();
    }

    @Test
    void units_ofAnySize_areReadByPeople() {
        assertThat(Units.bytes(300L << 20)).isEqualTo("300 MiB");
        assertThat(Units.bytes(1536L << 20)).isEqualTo("1.5 GiB");
        assertThat(Units.nanos(24_400)).isEqualTo("24 us");
        assertThat(Units.nanos(431_000_000)).isEqualTo("431 ms");
        assertThat(Units.nanos(2_340_000_000L)).isEqualTo("2.3 s");
    }
}
