/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder or a file on the class path of a worker.
 *
 * @param size in bytes; {@value #FOLDER} of a folder, {@value #NOTHING} of what was not there
 * @param modifiedMillis when a file was changed last; 0 of what is no file
 */
public record ClassPathEntry(String path, long size, long modifiedMillis) {
    private static final long NOTHING = -1;
    private static final long FOLDER = -2;

    /** As it is now. */
    public static ClassPathEntry of(String path) {
        try {
            Path file = Path.of(path);
            if (Files.isRegularFile(file)) {
                return new ClassPathEntry(
                        path, Files.size(file), Files.getLastModifiedTime(file).toMillis());
            }
            return new ClassPathEntry(path, Files.isDirectory(file) ? FOLDER : NOTHING, 0);
        } catch (IOException | InvalidPathException e) {
            return new ClassPathEntry(path, NOTHING, 0); // it is being replaced, or is none of this system's paths
        }
    }

    /** In what it differs from what is there now; empty if in nothing that can be seen. Into folders nobody looks. */
    public Optional<String> difference() {
        ClassPathEntry now = of(path);
        if (size == NOTHING || equals(now)) {
            return Optional.empty();
        }
        return Optional.of(path + (now.size == NOTHING ? " is not there any more" : " has been changed since"));
    }
}
