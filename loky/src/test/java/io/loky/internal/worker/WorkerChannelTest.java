/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerExit;
import io.loky.internal.wire.WorkerRules;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerChannelTest {
    /** What the JVM has opened itself, its file of classes for one, gets the numbers that are free. */
    @Test
    void open_descriptorsAreFiles_isRefusedAndTheyAreLeftAlone(@TempDir Path folder) throws Exception {
        assumeTrue(new File("/bin/sh").canExecute() && new File("/dev/fd").isDirectory());
        Path file = Files.writeString(folder.resolve("precious"), "precious");
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "exec 3<\"$0\" 4<>\"$0\"; exec \"$@\"",
                file.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName()));
        command.addAll(new WorkerArguments(
                        WorkerArguments.PIPES,
                        folder.resolve("none").toString(),
                        "worker",
                        1000,
                        0,
                        WorkerRules.NONE,
                        "OFF",
                        65536)
                .toList());

        Process worker = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = output(worker);

            assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.exitValue()).as(output).isEqualTo(WorkerExit.UNFIT);
            assertThat(output).contains("file descriptor 3 is not the pipe of the parent");
            assertThat(file).hasContent("precious");
        } finally {
            worker.destroyForcibly();
        }
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
