/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import io.loky.internal.directory.ForThisUser;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder with start-up archives, which several JVMs and programs use at the same time:
 *
 * <pre>{@code
 *   4f0c...-b8kow-91aa....loky.archive   for the key 4f0c..., with its size and checksums
 *   4f0c....loky.none                    for that key none could be made
 *   recording-1x-3k9z.loky.tmp           being made
 *   lock                                 by whoever holds this
 * }</pre>
 *
 * Nothing else in it is touched: it may be a folder that somebody keeps other things in.
 *
 * An archive appears whole, under a name that nothing else gets, or not at all; and is used only if it still holds what
 * its name says: a JVM that maps a file which was cut off, or whose bytes have changed, crashes. All that it holds is code that workers will run,
 * so it is used only if nobody else could have written it.
 *
 * <p>Nothing here fails: where something cannot be done there is no archive, and the log says so ({@code DEBUG}).
 */
public final class ArchiveShelf {
    static final System.Logger LOG = System.getLogger("io.loky.worker");

    static final String ARCHIVE = ".loky.archive";
    static final String NONE = ".loky.none";
    static final String UNFINISHED = ".loky.tmp";
    static final String LOCK = "lock";

    /** For some versions of the library and of Java; others that were used less recently go. */
    static final int MOST = 8;

    /** How exactly it is known when an archive was used last, and for how long none is tried to be made after a failure. */
    private static final long DAY_MILLIS = 86_400_000;

    /** Those that were read and found whole by this JVM, and have not changed since. */
    private static final Set<String> WHOLE = ConcurrentHashMap.newKeySet();

    private final Path folder;

    public ArchiveShelf(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /** The archive for this key; empty if there is none that can be used. */
    public Optional<Path> find(String key) {
        try {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && isOurs(folder, true)) {
                for (String name : names()) {
                    if (name.startsWith(key) && name.endsWith(ARCHIVE) && isUsable(folder.resolve(name), key)) {
                        return Optional.of(folder.resolve(name));
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, () -> "start-up archives in " + folder + " cannot be read: " + e);
        }
        return Optional.empty();
    }

    /** Whether somebody has tried to make one today, and it was of no use. What was in the way then, such as a full disk, may have gone since. */
    public boolean isInVain(String key) {
        long noted = folder.resolve(key.concat(NONE)).toFile().lastModified();
        return Math.abs(System.currentTimeMillis() - noted) < DAY_MILLIS; // clocks are put back
    }

    private String[] names() {
        String[] names = folder.toFile().list();
        return names == null ? new String[0] : names;
    }

    private static boolean isUsable(Path file, String key) throws IOException {
        if (!isOurs(file, false)) {
            return false;
        }
        FileState state = FileState.of(file);
        if (!WHOLE.contains(state.toString())) {
            if (!file.endsWith(name(key, FileContent.of(file)))) {
                LOG.log(Level.DEBUG, () -> file + " does not hold what it was made with, and is deleted");
                Files.deleteIfExists(file);
                return false;
            }
            WHOLE.add(touched(file, state).toString());
        }
        return true;
    }

    /** Notes that it was used, unless that is known. */
    private static FileState touched(Path file, FileState before) throws IOException {
        long now = System.currentTimeMillis();
        if (now - before.lastModified() > DAY_MILLIS) {
            try {
                Files.setLastModifiedTime(file, FileTime.fromMillis(now));
            } catch (IOException e) { // read-only
                return before;
            }
        }
        return FileState.of(file);
    }

    static String name(String key, FileContent content) {
        return key.concat("-").concat(content.toString()).concat(ARCHIVE);
    }

    /** A directory, or a file, of this user which no other user could have written to, and no link to another place. */
    static boolean isOurs(Path path, boolean directory) throws IOException {
        boolean ours = (directory
                        ? Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                        : Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                && ForThisUser.owns(path)
                && ForThisUser.aloneMayWrite(path);
        if (!ours) {
            LOG.log(Level.DEBUG, () -> path + " is not used: it is a link, or others than this user could write to it");
        }
        return ours;
    }

    /**
     * A place to make an archive; null if another process is at one, or nothing can be made here. To be closed by the thread that
     * has called this.
     */
    public @Nullable ArchiveBench bench() {
        try {
            Path parent = folder.getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                Files.createDirectories(parent, ForThisUser.directory(parent));
            }
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(folder, ForThisUser.directory(folder));
            }
            return isOurs(folder, true) ? ArchiveBench.open(this) : null;
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, () -> "no start-up archive can be made in " + folder + ": " + e);
            return null;
        }
    }

    /** Deletes the archives that were used least recently, and the oldest notes, where there are too many. */
    void prune() throws IOException {
        prune(ARCHIVE);
        prune(NONE);
    }

    private void prune(String end) throws IOException {
        record Used(Path file, FileTime last) {}
        List<Used> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + end)) {
            for (Path file : files) {
                all.add(new Used(file, Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)));
            }
        }
        all.sort(Comparator.comparing(Used::last).reversed());
        for (Used old : all.subList(Math.min(MOST, all.size()), all.size())) {
            Files.deleteIfExists(old.file()); // JVMs that have it open keep what it holds
        }
    }
}
