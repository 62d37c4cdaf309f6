/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.ForThisUser;
import io.loky.internal.directory.NewestFiles;
import io.loky.internal.parent.crash.CrashLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keeps the error logs of JVMs where the user wants them: each dead worker's own directory goes with it. */
final class CrashFiles {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    /** A task that crashes in a loop must not fill a disk. */
    private static final int MOST_FILES = 50;

    private static final String PREFIX = "loky-hs_err-";

    /** Sorts by time, also when clocks are put back for winter. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private CrashFiles() {}

    /**
     * Copies the log there, and removes the oldest ones of its kind where there are too many. A log that went astray is removed
     * from where it is.
     *
     * @param fallbacks see {@link #isAstray}
     * @param directory where the user wants it; null if not at all
     * @return what the user will find: also a log that the JVM was told to write elsewhere
     */
    static List<Path> keep(
            @Nullable CrashLog log, Path own, List<Path> fallbacks, @Nullable Path directory, long pid, String label) {
        if (log == null) {
            return List.of();
        }
        boolean astray = isAstray(log.file(), fallbacks, pid);
        if (!astray && !log.file().startsWith(own)) {
            return List.of(log.file());
        }
        List<Path> kept = directory == null ? List.of() : copy(log.file(), directory, pid, label);
        if (!astray || (directory != null && kept.isEmpty())) {
            return astray ? List.of(log.file()) : kept;
        }
        try {
            Files.deleteIfExists(log.file());
            return kept;
        } catch (IOException e) {
            LOG.log(Level.WARNING, label + ": its error log could not be removed", e);
            return List.of(log.file());
        }
    }

    /**
     * Whether nobody told the JVM of this very process to write its log there: it died before the worker had made its directory, and
     * took the name and the directory that it falls back on.
     *
     * @param fallbacks its working directory, and what comes after that; none where the user may have named a file
     */
    private static boolean isAstray(Path file, List<Path> fallbacks, long pid) {
        Path parent = file.getParent();
        if (parent == null || !file.endsWith("hs_err_pid" + pid + ".log")) {
            return false;
        }
        for (Path fallback : fallbacks) {
            try {
                if (Files.isSameFile(parent, fallback)) { // the JVM names it without links
                    return true;
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, () -> fallback + " cannot be looked at: " + e);
            }
        }
        return false;
    }

    /** Its name in the user's directory. */
    static String name(Instant now, long pid) {
        return PREFIX + TIME.format(now) + "-pid" + pid + ".log";
    }

    private static List<Path> copy(Path log, Path directory, long pid, String label) {
        Path target = directory.toAbsolutePath().resolve(name(Instant.now(), pid));
        try {
            Files.createDirectories(directory, ForThisUser.directory(directory));
            Files.deleteIfExists(target);
            Files.createFile(target, ForThisUser.file(target));
            Files.write(target, Files.readAllBytes(log));
            NewestFiles.keep(directory, PREFIX + "*.log", MOST_FILES);
            return List.of(target);
        } catch (IOException | RuntimeException e) { // not writable, or full
            LOG.log(Level.WARNING, label + ": its error log could not be kept in " + directory, e);
            return List.of();
        }
    }
}
