/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Java that the workers of a pool run on: that of this JVM, or another one, which its {@code release} file describes.
 *
 * @param home where it is
 * @param feature its version, such as 17
 * @param modules the names of those that it has
 */
record TargetJava(Path home, int feature, Set<String> modules) {
    private static final int OLDEST = 17;

    /**
     * Flags of the {@code java} command that not every Java knows from {@value #OLDEST} on, with the first that does. No JVM
     * starts with a flag that it does not know.
     */
    private static final Map<String, Integer> SINCE =
            Map.of("--sun-misc-unsafe-memory-access=", 23, "--illegal-native-access=", 24);

    /** Flags that a later Java may not know any more, with the last that surely does. */
    private static final Map<String, Integer> LAST = Map.of("-XX:+UseAdaptiveSizePolicyWithSystemGC", 25);

    /**
     * The Java that these options name.
     *
     * @throws IllegalArgumentException if its version cannot be told, or is too low
     */
    static TargetJava of(ProcessPoolOptions options) {
        Path home = options.javaHome().orElse(null);
        return home == null || isThisOne(home) ? Own.JAVA : read(home);
    }

    private static boolean isThisOne(Path home) {
        try {
            return Files.isSameFile(home, Own.JAVA.home);
        } catch (IOException e) { // one of the two is gone: what reads it will say so
            return false;
        }
    }

    static TargetJava read(Path home) {
        Path release = home.resolve("release");
        Properties properties = new Properties();
        try (var in = Files.newInputStream(release)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "javaHome must be a Java of version " + OLDEST + " or later, got " + home
                            + ", whose version cannot be told: its file " + release + " cannot be read",
                    e);
        }
        String version = unquoted(properties.getProperty("JAVA_VERSION"));
        String modules = unquoted(properties.getProperty("MODULES"));
        int feature = feature(version);
        if (feature < OLDEST || modules == null) {
            throw new IllegalArgumentException("javaHome must be a Java of version " + OLDEST + " or later, got " + home
                    + ", whose file release says JAVA_VERSION=" + version + ", MODULES=" + modules);
        }
        return new TargetJava(home.toAbsolutePath(), feature, Set.of(modules.split(" ")));
    }

    private static @Nullable String unquoted(@Nullable String value) {
        return value == null ? null : value.replace("\"", "").strip();
    }

    /** Of a text such as {@code 1.8.0_402}, {@code 17.0.15} or {@code 26-ea}; 0 of any other. */
    private static int feature(@Nullable String version) {
        try {
            return version == null ? 0 : Runtime.Version.parse(version).feature();
        } catch (IllegalArgumentException e) {
            return 0; // before Java 9 they had another form
        }
    }

    String launcher() {
        return home.resolve("bin").resolve("java").toString();
    }

    /** Whether a JVM of it starts with this flag. */
    boolean knows(String flag) {
        return SINCE.entrySet().stream()
                        .noneMatch(since -> flag.startsWith(since.getKey()) && feature < since.getValue())
                && feature <= LAST.getOrDefault(flag, feature);
    }

    /** Finding the modules takes some milliseconds. */
    private static final class Own {
        static final TargetJava JAVA = new TargetJava(
                Path.of(System.getProperty("java.home")),
                Runtime.version().feature(),
                ModuleFinder.ofSystem().findAll().stream()
                        .map(ModuleReference::descriptor)
                        .map(descriptor -> descriptor.name())
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
