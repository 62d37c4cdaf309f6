/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InheritedFlagsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-reads=java.base=ALL-UNNAMED",
                "--patch-module=java.base=/tmp/patch",
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-preview",
                "-ea",
                "-ea:com.example...",
                "-da:com.example",
                "-esa",
                "-dsa",
                "-enableassertions:com.example"
            })
    void select_flagThatDecidesWhatCanRun_isHandedDown(String flag) {
        assertThat(InheritedFlags.select(List.of(flag))).containsExactly(flag);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xmx4g",
                "-Xms1g",
                "-XX:+UseZGC",
                "-XX:MaxRAMPercentage=70",
                "-javaagent:/opt/agent.jar",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005",
                "-Xrunjdwp:transport=dt_socket",
                "-XX:OnOutOfMemoryError=kill",
                "-Dsecret=value",
                "-Xlog:gc",
                "--module-path=/opt/app",
                "--limit-modules=java.base"
            })
    void select_tuningAgentsAndProperties_isNotHandedDown(String flag) {
        assertThat(InheritedFlags.select(List.of(flag))).isEmpty();
    }

    @Test
    void select_severalFlags_keepsTheirOrder() {
        assertThat(InheritedFlags.select(
                        List.of("-ea", "-Xmx1g", "--add-opens=java.base/java.util=ALL-UNNAMED", "-da:com.example")))
                .containsExactly("-ea", "--add-opens=java.base/java.util=ALL-UNNAMED", "-da:com.example");
    }

    /** A worker has no module path: a JVM that is to add a module which it does not find does not start. */
    @Test
    void select_addModules_keepsThoseOfTheJdk() {
        assertThat(InheritedFlags.select(List.of("--add-modules=java.sql,com.example.app,jdk.httpserver")))
                .containsExactly("--add-modules=java.sql,jdk.httpserver");
        assertThat(InheritedFlags.select(List.of("--add-modules=com.example.app")))
                .isEmpty();
        assertThat(InheritedFlags.select(List.of("--add-modules=ALL-MODULE-PATH")))
                .isEmpty();
        assertThat(InheritedFlags.select(List.of("--add-modules=ALL-SYSTEM")))
                .containsExactly("--add-modules=ALL-SYSTEM");
    }

    @Test
    void get_thisJvm_isWhatItsOwnFlagsGive() {
        assertThat(InheritedFlags.get())
                .isEqualTo(InheritedFlags.select(
                        ManagementFactory.getRuntimeMXBean().getInputArguments()))
                .noneMatch(flag -> flag.startsWith("-javaagent"))
                .isSameAs(InheritedFlags.get());
    }
}
