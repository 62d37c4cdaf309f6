/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestClassPathTest {
    @TempDir
    private Path folder;

    @Test
    void of_loaderOfALauncher_isWhatItHasAndThenThatOfTheJvm() throws Exception {
        Path odd = folder.resolve("with blank");
        String ofTheJvm = System.getProperty("java.class.path");

        try (URLClassLoader launcher = new URLClassLoader(new URL[] {odd.toUri().toURL()})) {
            assertThat(TestClassPath.of(launcher)).isEqualTo(odd + File.pathSeparator + ofTheJvm);
        }
        assertThat(TestClassPath.of(ClassLoader.getSystemClassLoader())).isEqualTo(ofTheJvm);
    }
}
