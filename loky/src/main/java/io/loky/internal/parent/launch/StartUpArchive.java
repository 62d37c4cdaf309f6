/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import io.loky.internal.codec.jdk.JdkInternals;
import io.loky.internal.parent.archive.ArchiveFlags;
import io.loky.internal.parent.archive.ArchiveKey;
import io.loky.internal.parent.archive.ArchivePlace;
import io.loky.internal.parent.archive.ArchiveShelf;
import io.loky.internal.parent.thread.ServiceThreads;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The archive of classes that a worker starts from, in the form that its JVM likes to have them: an AOT cache from Java 25 on, before
 * that an archive for class data sharing. It holds classes of the JDK and of this library only, so any program can use it.
 *
 * <p>This is nothing that a worker depends on. Where there is none it starts from what the JDK brings with it; where one could be made it
 * says which, see {@link ArchiveWorkshop}.
 *
 * @param flags that have the JVM use it; empty if there is none
 * @param wanted one that is not there and could be; null if there is none like that
 */
record StartUpArchive(List<String> flags, @Nullable Wanted wanted) {
    static final StartUpArchive NONE = new StartUpArchive(List.of(), null);

    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final AtomicBoolean PREPARED = new AtomicBoolean();
    private static final Object LOOK = new Object();

    /** The first Java with {@code -XX:AOTCacheOutput}; its caches know which collector they are used with. */
    private static final int AOT_CACHE = 25;

    /** More than this library and its neighbours: to read it would cost more than is gained, and each build of a program would be another one. */
    private static final long LARGE = 16L << 20;

    /** Commands before a worker's own that change its priority, its CPUs, its limits or its variables. */
    private static final Set<String> HIDE_NOTHING =
            Set.of("nice", "ionice", "chrt", "taskset", "numactl", "prlimit", "env");

    /** Near 32 GiB a JVM gives up small references, and with these an archive that was made with them. */
    private static final double SMALL_REFERENCES = 30.0 * (1L << 30);

    /**
     * What is to be made.
     *
     * @param shelf where
     * @param key of what
     * @param java on which
     * @param library the jar
     * @param flags those that matter
     * @param ofWorker these, and the others of a worker that will use it which have to do with its heap. No more: a JVM that only
     *     tries the archive must not write to the log files of a worker
     */
    record Wanted(
            ArchiveShelf shelf, String key, TargetJava java, Path library, List<String> flags, List<String> ofWorker) {
        boolean isAotCache() {
            return java.feature() >= AOT_CACHE;
        }

        String describe() {
            return "Java " + java.feature() + " in " + java.home() + (flags.isEmpty() ? "" : ", flags " + flags);
        }

        /** Whether it would still be for the same: a library may be replaced at any time. */
        boolean isStill() throws IOException {
            return key.equals(ArchiveKey.of(library, java.home(), flags));
        }
    }

    /**
     * Has somebody else look for the archive of the first workers of this JVM, while their first tasks are being encoded. What is looked at for
     * the first time takes some ten milliseconds, most of it for the classes that do it.
     */
    static void prepare(ProcessPoolOptions options, TargetJava java) {
        if (PREPARED.compareAndSet(false, true) && ArchivePlace.get() != null) {
            ServiceThreads.execute(() -> {
                StartUpArchive unused = of(options, new Share(options.maxWorkers(), 1), java);
            });
        }
    }

    /** For a worker with these options and this share. */
    static StartUpArchive of(ProcessPoolOptions options, Share share, TargetJava java) {
        try {
            Path folder = ArchivePlace.get();
            Path library = folder == null ? null : WorkerClassPath.library();
            // Not a folder of classes: no JVM takes classes from there into an archive.
            if (folder == null
                    || folder.toString().contains(File.pathSeparator) // between two archives on the command line
                    || library == null
                    || !Files.isRegularFile(library)
                    || Files.size(library) > LARGE
                    || !isSmall(options, share)
                    || (java.feature() >= AOT_CACHE && mayHideFiles(options.commandPrefix()))) {
                return NONE;
            }
            List<String> said = said(options, java);
            Optional<List<String>> flags = ArchiveFlags.thatMatter(said);
            if (flags.isEmpty()) {
                return NONE;
            }
            ArchiveShelf shelf = new ArchiveShelf(folder);
            String key;
            Optional<Path> archive;
            synchronized (LOOK) { // of workers that start side by side only one reads them
                key = ArchiveKey.of(library, java.home(), flags.get());
                archive = shelf.find(key);
            }
            if (archive.isPresent()) {
                return new StartUpArchive(use(archive.get(), java), null);
            }
            if (NestingDepth.isWorker() || shelf.isInVain(key)) {
                return NONE;
            }
            List<String> ofWorker = new ArrayList<>(share.flags(options, java));
            said.stream().filter(ArchiveFlags::isOfCollector).forEach(ofWorker::add);
            flags.get().stream()
                    .filter(flag -> !ArchiveFlags.isOfCollector(flag))
                    .forEach(ofWorker::add);
            return new StartUpArchive(
                    List.of(), new Wanted(shelf, key, java, library, flags.get(), List.copyOf(ofWorker)));
        } catch (IOException | RuntimeException e) { // a worker starts without
            LOG.log(Level.DEBUG, "there is no start-up archive for a worker", e);
            return NONE;
        }
    }

    /** Such as one that makes another view of the file system. A JVM that does not find its AOT cache starts later than without. */
    private static boolean mayHideFiles(List<String> prefix) {
        if (prefix.isEmpty()) {
            return false;
        }
        String command = prefix.get(0);
        return !HIDE_NOTHING.contains(command.substring(command.lastIndexOf('/') + 1));
    }

    private static boolean isSmall(ProcessPoolOptions options, Share share) {
        return share.largestHeap(options).orElse(Double.MAX_VALUE) < SMALL_REFERENCES;
    }

    /** The flags of such a worker that are not the library's own. */
    private static List<String> said(ProcessPoolOptions options, TargetJava java) {
        UserFlags ofUser = UserFlags.of(options);
        List<String> said = new ArrayList<>(ofUser.before());
        said.addAll(JavaCommand.internals(System.getProperty(JdkInternals.PROPERTY)));
        said.addAll(InheritedFlags.of(java));
        said.addAll(ofUser.after());
        return said;
    }

    /** One that turns out to be unfit is no error, and nothing that anybody need read: the JVM goes on without. */
    private static List<String> use(Path archive, TargetJava java) {
        return java.feature() >= AOT_CACHE
                ? List.of("-XX:AOTCache=".concat(archive.toString()), "-Xlog:aot*=off:stderr", "-Xlog:cds*=off:stderr")
                : List.of("-XX:SharedArchiveFile=".concat(archive.toString()), "-Xlog:cds*=off:stderr");
    }
}
