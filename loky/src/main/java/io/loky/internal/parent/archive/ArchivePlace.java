/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The folder for start-up archives: what the system property {@value #PROPERTY} says, else what the environment variable
 * {@value #VARIABLE} says, which workers inherit and with it pools inside of tasks; else {@code loky} in the user's folder
 * for caches. Either says {@value #OFF}, and there are no archives.
 */
public final class ArchivePlace {
    public static final String PROPERTY = "io.loky.cache";
    public static final String VARIABLE = "LOKY_CACHE";
    static final String OFF = "off";

    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final String FOLDER = "loky";

    private ArchivePlace() {}

    /** Null where there are to be none, or nobody can tell where. */
    public static @Nullable Path get() {
        try {
            return get(
                    System.getProperty(PROPERTY),
                    System::getenv,
                    System.getProperty("os.name", ""),
                    System.getProperty("user.home", ""));
        } catch (InvalidPathException e) {
            LOG.log(Level.DEBUG, "there are no start-up archives: this cannot be a folder", e);
            return null;
        }
    }

    /** Has pools inside of tasks do as those of this JVM. */
    public static void pass(Map<String, String> environment) {
        String said = System.getProperty(PROPERTY);
        if (said != null) {
            Path folder = said.equals(OFF) ? null : get(); // absolute: a worker may be in another directory
            environment.putIfAbsent(VARIABLE, folder == null ? OFF : folder.toString());
        }
    }

    static @Nullable Path get(
            @Nullable String property, UnaryOperator<@Nullable String> variables, String os, String home) {
        String said = property == null ? variables.apply(VARIABLE) : property;
        if (said != null && !said.isBlank()) {
            return said.equals(OFF) ? null : Path.of(said).toAbsolutePath();
        }
        Path caches = caches(variables, os.toLowerCase(Locale.ROOT), home);
        return caches == null ? null : caches.resolve(FOLDER);
    }

    private static @Nullable Path caches(UnaryOperator<@Nullable String> variables, String os, String home) {
        if (os.startsWith("windows")) {
            return absolute(variables.apply("LOCALAPPDATA"));
        }
        Path own = absolute(home); // "?" where the system knows none
        if (os.startsWith("mac")) {
            return own == null ? null : own.resolve("Library").resolve("Caches");
        }
        Path named = absolute(variables.apply("XDG_CACHE_HOME")); // a relative one is to be ignored
        return named != null || own == null ? named : own.resolve(".cache");
    }

    private static @Nullable Path absolute(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        Path path = Path.of(text);
        return path.isAbsolute() ? path : null;
    }
}
