/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import io.loky.internal.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The directory of one worker, which other users cannot look into: begin mark, pulse, argument file, crash log, who ended it, and whose
 * session it is that what the worker starts belongs to. Named {@code loky-<the parent's ProcessIdentity>-<random>}.
 *
 * <p>The parent chooses the name. The worker makes the directory when it has a channel to a living
 * parent, since from then on one of the two is there to remove it: the parent when the worker has ended, the worker when the
 * parent ended first. Where one is killed and then the other, before it was done with that, {@link Leftovers}.
 */
public record WorkerDirectory(Path path) {
    static final String PREFIX = "loky-";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /** Parent: a name in the directory for temporary files; nothing is made. */
    public static WorkerDirectory choose() {
        String random = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        return new WorkerDirectory(temporary().resolve(PREFIX + ProcessIdentity.self() + "-" + random));
    }

    /**
     * Parent: those of its workers that are there now, in the directory for temporary files.
     *
     * @throws IOException if that cannot be listed
     */
    public static List<Path> ofThisJvm() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(temporary(), PREFIX + ProcessIdentity.self() + "-*")) {
            all.forEach(found::add);
        }
        return found;
    }

    /** The directory for temporary files of this JVM. That of a worker may be another one. */
    public static Path temporary() {
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

    /** Of the {@link io.loky.internal.wire.Claims}, in a worker that has had several tasks. */
    public Path claimsFile() {
        return path.resolve("claims");
    }

    /** Of the {@link io.loky.internal.wire.AnswerLog}, in a worker that was given a chunk. */
    public Path answersFile() {
        return path.resolve("answers");
    }

    /** Of the {@link io.loky.internal.wire.Pulse}. */
    public Path pulseFile() {
        return path.resolve("pulse");
    }

    /** Of the {@link io.loky.internal.wire.ExitNote}. */
    public Path exitFile() {
        return path.resolve("exit");
    }

    /** What filled the heap of a worker that could not go on for lack of it: one class each line. */
    public Path histogramFile() {
        return path.resolve("histogram");
    }

    /** See {@link #noteLeader}. */
    private Path leaderFile() {
        return path.resolve("leader");
    }

    /** Of a command line that is too long for the system. */
    public Path argumentFile() {
        return path.resolve("arguments");
    }

    /** A copy of this library, where the parent has it from a place that another JVM cannot read. */
    public Path libraryFile() {
        return path.resolve("loky.jar");
    }

    /**
     * Makes it; nothing to do if the other side has.
     *
     * @throws IOException if it cannot be made, or somebody else has put something in its place: its name is in the command
     *     line of the worker, where every user of this machine can read it before the worker has come so far
     */
    public void make() throws IOException {
        try {
            Files.createDirectory(path, ForThisUser.directory(path));
        } catch (FileAlreadyExistsException e) {
            if (!isOurs() || (hasView("posix") && !isClosed())) {
                throw new IOException(
                        path + " is there already and was not made by this pool: somebody else on this machine"
                                + " has put it there; use a directory for temporary files that others cannot write to"
                                + " (-Djava.io.tmpdir)",
                        e);
            }
        }
    }

    /**
     * Parent: notes who leads the session of the worker, for those who clean up where neither of the two can.
     *
     * @throws IOException if that cannot be written
     */
    public void noteLeader(ProcessIdentity leader) throws IOException {
        Files.writeString(leaderFile(), leader.toString());
    }

    /** Whom the parent has noted; empty if it has not come to that, or somebody else says so. */
    Optional<ProcessIdentity> leader() {
        try {
            return isOurs() ? ProcessIdentity.parse(Files.readString(leaderFile())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not written, or the directory is gone
        }
    }

    /**
     * Whether what is there now is a directory of this user, and not a link that leads to one. In a directory for temporary
     * files that is shared no other user can then put anything else in its place.
     */
    boolean isOurs() throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && ForThisUser.owns(path);
    }

    private boolean isClosed() throws IOException {
        return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ONLY);
    }

    private boolean hasView(String view) {
        return path.getFileSystem().supportedFileAttributeViews().contains(view);
    }

    /**
     * Deletes it and the files in it; nothing to do if it is not there, or somebody else is deleting it too.
     *
     * @throws IOException if that fails, or somebody else has put something in its place, which is left alone
     */
    public void delete() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            if (!isOurs()) {
                throw new IOException(path + " was not made by this pool and is left as it is");
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(path);
    }
}
