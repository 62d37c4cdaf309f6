/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import io.loky.internal.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The directory of one worker, which other users cannot look into: begin mark, pulse, argument file, crash log. Named {@code
 * loky-<the parent's ProcessIdentity>-<random>}.
 *
 * <p>The parent chooses the name, which nobody can guess. The worker makes the directory when it has a channel to a living
 * parent, since from then on one of the two is there to remove it: the parent when the worker has ended, the worker when the
 * parent ended first. Where one is killed and then the other, before it was done with that, {@link Leftovers}.
 */
public record WorkerDirectory(Path path) {
    static final String PREFIX = "loky-";

    /** Parent: a name in the directory for temporary files; nothing is made. */
    public static WorkerDirectory choose() {
        String random = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        return new WorkerDirectory(temporary().resolve(PREFIX + ProcessIdentity.self() + "-" + random));
    }

    /** The directory for temporary files of this JVM. That of a worker may be another one. */
    static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    /** The parent of the worker; empty if this is not the name of a worker's directory. */
    Optional<ProcessIdentity> parent() {
        String name = path.getFileName().toString();
        int random = name.lastIndexOf('-');
        return name.startsWith(PREFIX) && random > PREFIX.length()
                ? ProcessIdentity.parse(name.substring(PREFIX.length(), random))
                : Optional.empty();
    }

    /** Of the {@link io.loky.internal.wire.BeginMark}. */
    public Path markFile() {
        return path.resolve("begun");
    }

    /** Of the {@link io.loky.internal.wire.Pulse}. */
    public Path pulseFile() {
        return path.resolve("pulse");
    }

    /** Of a command line that is too long for the system. */
    public Path argumentFile() {
        return path.resolve("arguments");
    }

    /** A copy of this library, where the parent has it from a place that another JVM cannot read. */
    public Path libraryFile() {
        return path.resolve("loky.jar");
    }

    /** Makes it; nothing to do if the other side has. */
    public void make() throws IOException {
        try {
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(path);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path)) {
                throw e;
            }
        }
    }

    /** Deletes it and the files in it; nothing to do if it is not there, or somebody else is deleting it too. */
    public void delete() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(path);
    }
}
