/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loky.ProcessPoolExecutor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StartUpTest {

    /** In a build the library may be a jar, or a folder of classes still. */
    @Test
    void run_once_measuresBothWaysOrSaysWhyNot() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, UTF_8);
        Path library = Path.of(ProcessPoolExecutor.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(library)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> StartUp.run(1, out))
                    .withMessageContaining("jars only");
            return;
        }

        System.setProperty("io.loky.internal.nice", "0"); // beside other tests
        try {
            StartUp.run(1, out);
        } finally {
            System.clearProperty("io.loky.internal.nice");
        }

        assertThat(bytes.toString(UTF_8))
                .contains("archive: ", "first result, ms with ", "CPU, ms without ", "PSS, MiB with ");
    }
}
