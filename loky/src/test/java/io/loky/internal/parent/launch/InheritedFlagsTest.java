/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InheritedFlagsTest {
    private static final TargetJava OWN =
            TargetJava.of(ProcessPoolOptions.builder().build());

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
        assertThat(select(List.of(flag))).containsExactly(flag);
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
        assertThat(select(List.of(flag))).isEmpty();
    }

    @Test
    void select_severalFlags_keepsTheirOrder() {
        assertThat(select(List.of("-ea", "-Xmx1g", "--add-opens=java.base/java.util=ALL-UNNAMED", "-da:com.example")))
                .containsExactly("-ea", "--add-opens=java.base/java.util=ALL-UNNAMED", "-da:com.example");
    }

    /** A worker has no module path: a JVM that is to add a module which it does not find does not start. */
    @Test
    void select_addModules_keepsThoseOfTheJdk() {
        assertThat(select(List.of("--add-modules=java.sql,com.example.app,jdk.httpserver")))
                .containsExactly("--add-modules=java.sql,jdk.httpserver");
        assertThat(select(List.of("--add-modules=com.example.app"))).isEmpty();
        assertThat(select(List.of("--add-modules=ALL-MODULE-PATH"))).isEmpty();
        assertThat(select(List.of("--add-modules=ALL-SYSTEM"))).containsExactly("--add-modules=ALL-SYSTEM");
    }

    /** A JVM does not start with a flag that it does not know. */
    @Test
    void select_flagOfALaterJava_isLeftOutForAnEarlierOne() {
        List<String> flags = List.of(
                "--illegal-native-access=deny",
                "-ea",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED");

        assertThat(InheritedFlags.select(flags, java(17))).containsExactly("-ea", "--enable-native-access=ALL-UNNAMED");
        assertThat(InheritedFlags.select(flags, java(23)))
                .containsExactly("-ea", "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");
        assertThat(InheritedFlags.select(flags, java(25))).isEqualTo(flags);
    }

    @Test
    void select_addModules_keepsThoseThatTheOtherJavaHas() {
        assertThat(InheritedFlags.select(List.of("--add-modules=java.sql,jdk.incubator.old"), java(25)))
                .containsExactly("--add-modules=java.sql");
    }

    @Test
    void of_thisJava_isWhatItsOwnFlagsGive() {
        assertThat(InheritedFlags.of(OWN))
                .isEqualTo(select(ManagementFactory.getRuntimeMXBean().getInputArguments()))
                .noneMatch(flag -> flag.startsWith("-javaagent"));
    }

    private static List<String> select(List<String> flags) {
        return InheritedFlags.select(flags, java(99, OWN.modules()));
    }

    private static TargetJava java(int feature) {
        return java(feature, Set.of("java.base", "java.sql"));
    }

    private static TargetJava java(int feature, Set<String> modules) {
        return new TargetJava(OWN.home(), feature, modules);
    }
}
