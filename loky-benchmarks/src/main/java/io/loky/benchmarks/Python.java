/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The Python of this machine.
 *
 * @param version of Python, if there is a {@code python3} that runs
 * @param lokyVersion of loky, if it can be imported there
 */
record Python(Optional<String> version, Optional<String> lokyVersion) {

    static final String COMMAND = "python3";

    private static final long PATIENCE_SECONDS = 30;

    /** Not in the current directory, which may well have a folder named loky that is no Python package. */
    private static final String QUESTION = """
            import platform, sys
            print(platform.python_version())
            sys.path = [place for place in sys.path if place]
            try:
                import loky
                print(loky.__version__)
            except (ImportError, AttributeError):
                pass
            """;

    static Python find() {
        List<String> lines = answer();
        return new Python(lines.stream().findFirst(), lines.stream().skip(1).findFirst());
    }

    /** Nothing, where Python is missing or broken. */
    private static List<String> answer() {
        try {
            Process process = new ProcessBuilder(COMMAND, "-c", QUESTION)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    return List.of();
                }
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return List.of(); // no such command
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
