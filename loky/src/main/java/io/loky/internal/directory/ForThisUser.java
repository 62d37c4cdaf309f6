/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** What files and directories are made with that hold what a task held: nobody else may look into them, where the system has permissions. */
public final class ForThisUser {
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
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
