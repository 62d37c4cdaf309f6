/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveFlagsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--enable-preview",
                "-ea",
                "-ea:com.example...",
                "-XX:+UseZGC",
                "-XX:-UseCompressedOops",
                "-XX:+UseCompactObjectHeaders",
                "-XX:ObjectAlignmentInBytes=16",
                "-XX:+UnlockExperimentalVMOptions"
            })
    void thatMatter_whatChangesModulesOrObjects_isOne(String flag) {
        assertThat(ArchiveFlags.thatMatter(List.of("-Xmx1g", flag))).contains(List.of(flag));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xmx512m",
                "-Xss1m",
                "-Xlog:gc",
                "-Dx=y",
                "-Djava.io.tmpdir=/x",
                "-XX:+UseParallelGC",
                "-XX:-UseZGC",
                "-XX:ActiveProcessorCount=2",
                "-XX:MaxRAMPercentage=20",
                "-XX:MaxMetaspaceSize=64m",
                "-XX:+HeapDumpOnOutOfMemoryError",
                "-XX:HeapDumpPath=/x",
                ""
            })
    void thatMatter_tuning_isNone(String flag) {
        assertThat(ArchiveFlags.thatMatter(List.of(flag))).contains(List.of());
    }

    /** It may run code, name files of flags, or ask for an archive of the user's own: nobody here knows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-javaagent:/opt/agent.jar",
                "-agentlib:jdwp=transport=dt_socket",
                "-Xrunhprof",
                "-Xshare:off",
                "-XX:SharedArchiveFile=/x",
                "-XX:AOTCache=/x",
                "-XX:AOTMode=off",
                "-XX:+AutoCreateSharedArchive",
                "-XX:ArchiveClassesAtExit=/x",
                "-XX:Flags=/x",
                "-XX:VMOptionsFile=/x",
                "@/x",
                "-XX:StartFlightRecording",
                "--patch-module=java.base=/x",
                "--limit-modules=java.base",
                "-Xbootclasspath/a:/x",
                "-Djava.system.class.loader=x.Y",
                "-Djdk.module.main=x",
                "--add-opens",
                "-XX:+SomethingNew"
            })
    void thatMatter_whatNobodyKnows_isEmpty(String flag) {
        assertThat(ArchiveFlags.thatMatter(List.of("-Xmx1g", flag))).isEmpty();
    }
}
