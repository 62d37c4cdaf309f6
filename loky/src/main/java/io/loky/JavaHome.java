/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What makes a directory the home of a Java. */
final class JavaHome {
    /** The launcher, on POSIX systems and on Windows. */
    private static final List<String> LAUNCHERS = List.of("java", "java.exe");

    private JavaHome() {}

    static Path check(String option, Path home) {
        Path bin = Checks.ofDefaultFileSystem(option, home).resolve("bin");
        if (LAUNCHERS.stream().map(bin::resolve).noneMatch(JavaHome::isProgram)) {
            throw new IllegalArgumentException(
                    option + " must be a directory with an executable bin/java, got " + home);
        }
        return home;
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
