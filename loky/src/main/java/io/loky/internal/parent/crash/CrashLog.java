/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What matters of a HotSpot error log: where it crashed, and on the way from which Java code. The parts are found by the
 * headings that the logs of Java 17 and 25 have in common.
 *
 * @param nativeFrame the line after "Problematic frame:"
 * @param javaFrames the first lines of "Java frames:", innermost first
 */
public record CrashLog(Optional<String> nativeFrame, List<String> javaFrames) {
    private static final String PREFIX = "hs_err_";
    private static final int MAX_JAVA_FRAMES = 12;

    /** The value of {@code -XX:ErrorFile} that makes a JVM write its log into this directory. */
    public static String file(Path directory) {
        return directory.resolve(PREFIX + "%p.log").toString();
    }

    /** Whether a JVM has at least begun to write its log there. */
    public static boolean isIn(Path directory) {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, PREFIX + "*")) {
            return logs.iterator().hasNext();
        } catch (IOException e) {
            return false; // there is no such directory any more, or not yet
        }
    }

    /** Reads the log in this directory; null if there is none, as after any other end than a native crash. */
    public static @Nullable CrashLog find(Path directory) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path log : logs) {
                return parse(Files.readString(log, StandardCharsets.ISO_8859_1)
                        .lines()
                        .toList());
            }
        }
        return null;
    }

    static CrashLog parse(List<String> lines) {
        Optional<String> nativeFrame = Optional.empty();
        List<String> javaFrames = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("# Problematic frame:") && i + 1 < lines.size()) {
                nativeFrame =
                        Optional.of(lines.get(i + 1).replaceFirst("^#", "").strip());
            } else if (line.startsWith("Java frames:")) {
                for (int j = i + 1;
                        j < lines.size() && !lines.get(j).isBlank() && javaFrames.size() < MAX_JAVA_FRAMES;
                        j++) {
                    javaFrames.add(lines.get(j).strip());
                }
            }
        }
        return new CrashLog(nativeFrame, List.copyOf(javaFrames));
    }
}
