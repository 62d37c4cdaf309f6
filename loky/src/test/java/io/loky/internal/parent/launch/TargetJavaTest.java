/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.loky.ProcessPoolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetJavaTest {
    private static final Path THIS = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path home;

    private TargetJava read(String... lines) throws IOException {
        Files.writeString(home.resolve("release"), String.join("\n", lines));
        return TargetJava.read(home);
    }

    @Test
    void of_noHome_isThisJava() {
        TargetJava java = TargetJava.of(ProcessPoolOptions.builder().build());

        assertThat(java.feature()).isEqualTo(Runtime.version().feature());
        assertThat(java.modules()).contains("java.base", "jdk.unsupported");
        assertThat(java.launcher()).isEqualTo(THIS.resolve("bin/java").toString());
    }

    /** Nothing has to be read, and its modules are those that this JVM sees. */
    @Test
    void of_theHomeOfThisJavaByAnotherName_isThisJava() {
        ProcessPoolOptions options = ProcessPoolOptions.builder()
                .javaHome(THIS.resolve("bin").resolve(".."))
                .build();

        assertThat(TargetJava.of(options))
                .isEqualTo(TargetJava.of(ProcessPoolOptions.builder().build()));
    }

    /** What the JDK says of itself is what its file says. */
    @Test
    void read_thisJava_isTheSameVersion() {
        assertThat(TargetJava.read(THIS).feature()).isEqualTo(Runtime.version().feature());
        assertThat(TargetJava.read(THIS).modules()).contains("java.base");
    }

    @ParameterizedTest
    @CsvSource({"17, 17", "17.0.15, 17", "21.0.1.0.1, 21", "25-ea, 25", "99.9.9, 99"})
    void read_release_tellsTheVersionAndTheModules(String text, int feature) throws IOException {
        TargetJava java = read(
                "IMPLEMENTOR=\"x\"", "JAVA_VERSION=\"" + text + "\"", "MODULES=\"java.base java.sql\"", "SOURCE=\"\"");

        assertThat(java.feature()).isEqualTo(feature);
        assertThat(java.modules()).containsExactlyInAnyOrder("java.base", "java.sql");
        assertThat(java.launcher()).isEqualTo(home.resolve("bin/java").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.0.2", "11", "9", "1.8.0_402", "new", ""})
    void read_versionBelow17OrNone_isRefusedByName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("JAVA_VERSION=\"" + text + "\"", "MODULES=\"java.base\""))
                .withMessageStartingWith("javaHome must be a Java of version 17 or later, got " + home)
                .withMessageContaining("JAVA_VERSION=" + text);
    }

    @Test
    void read_releaseThatDoesNotTell_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TargetJava.read(home))
                .withMessageStartingWith("javaHome must be a Java of version 17 or later, got " + home)
                .withMessageContaining("release cannot be read");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("MODULES=\"java.base\""))
                .withMessageContaining("JAVA_VERSION=null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("JAVA_VERSION=\"17\""))
                .withMessageContaining("MODULES=null");
    }
}
