/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What files and directories are made with that hold what a task held: nobody else may look into them, where the system has permissions. */
public final class ForThisUser {
    /** Belongs to the user of this process. */
    private static final Path SELF = Path.of("/proc/self");

    private ForThisUser() {}

    /** For a directory that is made at this path. */
    public static FileAttribute<?>[] directory(Path path) {
        return attributes(path, "rwx------");
    }

    /** For a file that is made at this path. */
    public static FileAttribute<?>[] file(Path path) {
        return attributes(path, "rw-------");
    }

    private static FileAttribute<?>[] attributes(Path path, String permissions) {
        return hasView(path, "posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Whether what is at this path, be it a link, belongs to the user of this process, as far as this system tells. */
    public static boolean owns(Path path) throws IOException {
        return !hasView(path, "unix")
                || !Files.exists(SELF)
                || Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(Files.getAttribute(SELF, "unix:uid"));
    }

    /** Whether neither the group nor everybody may write to what is at this path, as far as this system has permissions. */
    public static boolean aloneMayWrite(Path path) throws IOException {
        if (!hasView(path, "posix")) {
            return true;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        return !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static boolean hasView(Path path, String view) {
        return path.getFileSystem().supportedFileAttributeViews().contains(view);
    }
}
