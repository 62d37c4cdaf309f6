/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import io.loky.internal.process.ProcessIdentity;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A file that one JVM writes once, that its workers read, and that nobody else may. Named {@code loky-data-<the writer's
 * ProcessIdentity>-<random>}; in shared memory where there is such a directory, else in the one for temporary files.
 *
 * <p>The writer removes it. Where that is killed its workers do, or whoever had started it as a worker, or the next program of the
 * same user that starts its first worker: see {@link Leftovers}.
 */
public record SharedFile(Path path) {
    /** Names another directory: for tests, and for systems whose shared memory is elsewhere. Workers get it, too. */
    public static final String PROPERTY = "io.loky.sharedMemory";

    static final String PREFIX = "loky-data-";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** Writes what is to be in a file. */
    public interface Content {
        /**
         * @throws IOException if there is no room
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Makes a file with this content. Written, not mapped: a store into a page for which there is no room would end this JVM.
     *
     * @throws IOException if there is no such directory, or no room in it; then nothing is left there
     */
    public static SharedFile write(Content content) throws IOException {
        String random = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX);
        SharedFile file = new SharedFile(folder().resolve(PREFIX + ProcessIdentity.self() + "-" + random));
        Files.createFile(file.path, ForThisUser.file(file.path));
        try {
            // no channel: an interrupt of the thread that writes would close it
            try (OutputStream out = new FileOutputStream(file.path.toFile())) {
                content.writeTo(out);
            }
        } catch (Throwable e) { // whatever the content throws
            file.delete();
            throw e;
        }
        return file;
    }

    private static Path folder() {
        String set = System.getProperty(PROPERTY);
        if (set != null) {
            return Path.of(set).toAbsolutePath();
        }
        boolean usable = Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY);
        return usable ? SHARED_MEMORY : WorkerDirectory.temporary();
    }

    /** Removes it; nothing to do if somebody else has. Whoever has it open or mapped keeps what is in it. */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    /** Whose it is; empty if this is not the name of such a file. */
    private Optional<ProcessIdentity> writer() {
        String name = path.getFileName().toString();
        int random = name.lastIndexOf('-');
        return name.startsWith(PREFIX) && random > PREFIX.length()
                ? ProcessIdentity.parse(name.substring(PREFIX.length(), random))
                : Optional.empty();
    }

    private boolean isOurs() throws IOException {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && ForThisUser.owns(path);
    }

    /**
     * Removes the files of these writers.
     *
     * @param beside where to look besides; null for where this JVM itself makes such files
     */
    static void sweep(Predicate<ProcessIdentity> writers, @Nullable Path beside, Consumer<String> report) {
        Set<Path> folders = new LinkedHashSet<>(List.of(folder(), SHARED_MEMORY));
        if (beside != null) {
            folders.add(beside);
        }
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                for (SharedFile file : in(folder, writers, report)) {
                    file.sweep(report);
                }
            }
        }
    }

    private static List<SharedFile> in(Path folder, Predicate<ProcessIdentity> writers, Consumer<String> report) {
        List<SharedFile> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path path : files) {
                SharedFile file = new SharedFile(path);
                if (file.writer().filter(writers).isPresent()) {
                    found.add(file);
                }
            }
        } catch (IOException | RuntimeException e) { // what is told while a directory is read comes as the latter
            report.accept("what killed processes have left in " + folder + " could not be swept: " + e);
        }
        return found;
    }

    private void sweep(Consumer<String> report) {
        try {
            if (isOurs()) {
                delete();
                report.accept("swept " + path);
            }
        } catch (IOException e) {
            report.accept("could not be swept: " + path + ": " + e);
        }
    }
}
