/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;

/** Writes programs into a folder, and runs them as a user would, from a command line. */
final class Programs {
    private static final long HANG_SECONDS = 120;

    private final Path folder;

    Programs(Path folder) {
        this.folder = folder;
    }

    static void compile(String... arguments) {
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments);
        assertThat(result).as("compilation").isZero();
    }

    /** Where the library is that is tested. */
    static String library() throws Exception {
        return Path.of(ProcessPoolExecutor.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    static String java() {
        return jdk("java");
    }

    static String jdk(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    /** The shell's own, which would otherwise go to the home directory. */
    String preferences() {
        return "-J-Djava.util.prefs.userRoot=" + folder;
    }

    Path file(String name, String content) throws IOException {
        return write(folder.resolve(name), content);
    }

    static Path write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** The lines that the program prints; it must end well, and leave nothing. */
    List<String> run(String... command) throws Exception {
        Path output = folder.resolve("output.txt");
        Path errors = folder.resolve("errors.txt");
        List<String> words = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(words)
                .redirectError(errors.toFile())
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(
                        Files.writeString(folder.resolve("empty"), "").toFile()))
                .start();
        try {
            boolean ended = process.waitFor(HANG_SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(output, UTF_8);
            String complained = Files.readString(errors, UTF_8);
            assertThat(ended)
                    .as("%s ends; it has said:%n%s%s", words, said, complained)
                    .isTrue();
            assertThat(process.exitValue())
                    .as("%s has said:%n%s%s", words, said, complained)
                    .isZero();
            Processes.assertNothingIsLeftOf(process.pid());
            return said.lines().toList();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
