/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.archive;

import io.loky.internal.directory.WorkerDirectory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The place on an {@link ArchiveShelf} where one archive is made; only one process at a time has it. The system takes the lock
 * back when that process ends, however it ends, so what another one finds unfinished nobody will finish, and is deleted.
 */
public final class ArchiveBench implements AutoCloseable {
    private final ArchiveShelf shelf;
    private final FileChannel lock;

    /**
     * No two benches have the same names for their files. The lock may be lost: where this library is there twice in a JVM, the one
     * that does not get it gives back, on POSIX systems, that of the other.
     */
    private final String mark = Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX) + "-"
            + Long.toUnsignedString(System.nanoTime(), Character.MAX_RADIX);

    private ArchiveBench(ArchiveShelf shelf, FileChannel lock) {
        this.shelf = shelf;
        this.lock = lock;
    }

    /** Null if somebody else has it. */
    static @Nullable ArchiveBench open(ArchiveShelf shelf) throws IOException {
        FileChannel channel = FileChannel.open(
                shelf.folder().resolve(ArchiveShelf.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = lock(channel) != null;
            if (!locked) {
                return null;
            }
            ArchiveBench bench = new ArchiveBench(shelf, channel);
            bench.sweep();
            return bench;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /** Null if somebody else has it, be it in this JVM. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** The shelf's folder: what a process that works here leaves without being asked for it must not be where the program is. */
    public Path folder() {
        return shelf.folder();
    }

    /** Where to write a part of the work, or make a folder; deleted in the end, unless it was {@link #publish published}. */
    public Path file(String name) {
        return shelf.folder().resolve(name + "-" + mark + ArchiveShelf.UNFINISHED);
    }

    /**
     * Puts a finished archive where workers find it.
     *
     * @throws IOException if that fails; then it is not there
     */
    public void publish(Path finished, String key) throws IOException {
        Path target = shelf.folder().resolve(ArchiveShelf.name(key, FileContent.of(finished)));
        Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
        shelf.prune();
    }

    /**
     * Has nobody try again with this key for a while.
     *
     * @throws IOException if that cannot be noted
     */
    public void giveUp(String key) throws IOException {
        Path note = shelf.folder().resolve(key.concat(ArchiveShelf.NONE));
        Files.deleteIfExists(note); // else its time would stay
        Files.createFile(note);
        shelf.prune();
    }

    private void sweep() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shelf.folder(), "*" + ArchiveShelf.UNFINISHED)) {
            for (Path file : files) {
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    new WorkerDirectory(file).delete(); // of a rehearsal that was killed
                } else {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public void close() {
        try (lock) {
            sweep();
        } catch (IOException e) { // the next one who makes an archive sweeps it
            ArchiveShelf.LOG.log(Level.DEBUG, () -> "unfinished start-up archives could not be deleted: " + e);
        }
    }
}
