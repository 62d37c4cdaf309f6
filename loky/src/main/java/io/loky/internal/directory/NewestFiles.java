/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps what is kept of the dead from filling a disk: of files whose names sort by time the oldest go. */
public final class NewestFiles {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private NewestFiles() {}

    /**
     * Deletes the oldest of these files. Where that fails it is logged: the newest one, which the caller has just written, is
     * there all the same. Several programs may do this in one directory at the same time.
     *
     * @param glob of their names
     * @param most how many may stay
     */
    public static void keep(Path directory, String glob, int most) {
        try {
            List<Path> all = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
                for (Path file : files) {
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                        all.add(file);
                    }
                }
            }
            all.sort(Comparator.comparing(file -> file.getFileName().toString()));
            for (Path file : all.subList(0, Math.max(0, all.size() - most))) {
                Files.deleteIfExists(file); // another one may have been as quick
            }
        } catch (IOException | RuntimeException e) { // what is told while a directory is read comes as the latter
            LOG.log(Level.WARNING, "the oldest " + glob + " in " + directory + " could not be deleted", e);
        }
    }
}
