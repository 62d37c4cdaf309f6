/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar loky.jar}, as somebody runs it who has just got it. */
class SelfTestTest {
    private static final List<String> SUBJECTS = List.of(
            "Java",
            "Loky",
            "system",
            "CPUs",
            "memory",
            "temporary",
            "limits",
            "start",
            "first result",
            "share",
            "round trip",
            "crash",
            "leftovers");

    @TempDir
    Path folder;

    /** On a machine on which these tests run, pools work. */
    @Test
    void jar_withoutArguments_helpsAndTestsTheMachine() throws Exception {
        try (ChildJvm loky = ChildJvm.ofJar(LibraryJar.in(folder)).start()) {
            assertThat(loky.exitCode()).as("%s", loky).isZero();
            assertThat(loky.out()).contains("java -jar loky.jar replay FILE", "Pools work on this machine");
            assertThat(loky.out().lines()).noneMatch(line -> line.startsWith("FAIL"));
            for (String subject : SUBJECTS) {
                assertThat(loky.out()).containsPattern("(?m)^(OK   |WARN ) " + subject + " ");
            }
            assertThat(loky.err()).isEmpty();
            Processes.assertNothingIsLeftOf(loky.pid());
        }
    }

    /** What keeps pools from working is said, with what to do about it. */
    @Test
    void selftest_onAMachineThatCannot_failsAndSaysWhy() throws Exception {
        Path missing = folder.resolve("missing");
        try (ChildJvm loky = ChildJvm.ofJar(LibraryJar.in(folder))
                .jvmArgs("-Djava.io.tmpdir=" + missing)
                .environment(Map.of("LOKY_MAX_CPU_COUNT", "many"))
                .args("selftest")
                .start()) {
            assertThat(loky.exitCode()).as("%s", loky).isEqualTo(1);
            assertThat(loky.out())
                    .contains("LOKY_MAX_CPU_COUNT", missing + " cannot be written to", "-Djava.io.tmpdir")
                    .doesNotContain("report it") // it is not Loky's fault
                    .containsPattern("(?m)^FAIL  CPUs ")
                    .containsPattern("(?m)^FAIL  temporary ")
                    .containsPattern("(?m)^FAIL  pool ")
                    .containsPattern("\\d of \\d+ failed: pools do not work on this machine as they should");
        }
    }

    @Test
    void jar_withAnUnknownCommand_isMisused() throws Exception {
        try (ChildJvm loky = ChildJvm.ofJar(LibraryJar.in(folder)).args("dance").start()) {
            assertThat(loky.exitCode()).as("%s", loky).isEqualTo(2);
            assertThat(loky.err()).startsWith("there is no command 'dance'");
            assertThat(loky.out()).isEmpty();
        }
    }
}
