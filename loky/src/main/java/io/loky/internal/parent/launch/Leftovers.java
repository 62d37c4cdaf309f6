/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.process.ProcessIdentity;
import io.loky.internal.process.ProcessStat;
import io.loky.internal.wire.PrivateDirectory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Directories whose parent and worker were both killed, so that neither could remove them. They are swept when a JVM of the
 * same user starts its first worker. Only what is provably ours and dead: a directory, not a link, of this user, with a name
 * that {@link WorkerDirectory} made for a parent on this boot and in this pid namespace, which does not run any more.
 */
final class Leftovers {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final AtomicBoolean SWEPT = new AtomicBoolean();
    private static final long DEATH_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private Leftovers() {}

    /** Sweeps, the first time that it is called in this JVM. */
    static void sweepOnce() {
        if (SWEPT.compareAndSet(false, true)) {
            sweep(parent -> true);
        }
    }

    /** Sweeps what processes leave that were killed right now: nested pools' parents among them. */
    static void sweepAfter(Collection<Long> killed) {
        long deadline = System.nanoTime() + DEATH_PATIENCE_NANOS;
        for (long pid : killed) {
            while (ProcessStat.of(pid).filter(ProcessStat::isAlive).isPresent() && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(1_000_000); // not children of this JVM: no event tells of their end
            }
        }
        sweep(parent -> killed.contains(parent.pid()));
    }

    private static void sweep(Predicate<ProcessIdentity> parents) {
        try (DirectoryStream<Path> directories =
                Files.newDirectoryStream(WorkerDirectory.parent(), WorkerDirectory.PREFIX + "*")) {
            for (Path directory : directories) {
                Optional<ProcessIdentity> parent = WorkerDirectory.parentOf(directory);
                if (parent.filter(parents)
                        .filter(ProcessIdentity::isProvablyDead)
                        .isPresent()) {
                    remove(directory);
                }
            }
        } catch (IOException | RuntimeException e) { // not worth a failed start: the next JVM tries again
            LOG.log(Level.DEBUG, "what killed processes have left could not be swept", e);
        }
    }

    /** One that cannot be removed must not keep the others from it. */
    private static void remove(Path directory) {
        try {
            if (isOurs(directory)) {
                PrivateDirectory.delete(directory);
                LOG.log(Level.DEBUG, () -> "swept " + directory);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "could not be swept: " + directory + ": " + e);
        }
    }

    private static boolean isOurs(Path directory) throws IOException {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }
}
