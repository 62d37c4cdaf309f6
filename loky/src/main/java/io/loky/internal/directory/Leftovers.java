/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import io.loky.internal.process.ProcessIdentity;
import io.loky.internal.process.ProcessStat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Directories whose parent and worker were both killed, so that neither could remove them. They are swept by the other workers
 * of that parent when they see it gone; else when a JVM of the same user starts its first worker. Only what is provably ours
 * and dead: a directory, not a link, of this user, with a name that {@link WorkerDirectory} made for a parent on this boot and
 * in this pid namespace, which does not run any more.
 */
public final class Leftovers {
    private static final AtomicBoolean SWEPT = new AtomicBoolean();
    private static final long DEATH_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private Leftovers() {}

    /**
     * Parent: sweeps, the first time that it is called in this JVM.
     *
     * @param report is told what was done and what went wrong
     */
    public static void sweepOnce(Consumer<String> report) {
        if (SWEPT.compareAndSet(false, true)) {
            sweep(WorkerDirectory.temporary(), parent -> true, report);
        }
    }

    /** Parent: sweeps what processes leave that were killed right now: nested pools' parents among them. */
    public static void sweepAfter(Collection<Long> killed, Consumer<String> report) {
        // Not children of this JVM: no event tells of their end.
        awaitDeath(() -> killed.stream()
                .noneMatch(
                        pid -> ProcessStat.of(pid).filter(ProcessStat::isAlive).isPresent()));
        sweep(WorkerDirectory.temporary(), parent -> killed.contains(parent.pid()), report);
    }

    /**
     * Worker: its parent is gone, and may have killed other workers right before, whose directories it could not remove any
     * more. A parent that lives, and has merely closed the channel, keeps them all.
     */
    public static void sweepBeside(WorkerDirectory own) {
        Optional<ProcessIdentity> parent = own.parent();
        Path folder = own.path().getParent();
        if (parent.isPresent() && folder != null && awaitDeath(parent.get()::isProvablyDead)) {
            // What goes wrong is told to nobody: nobody is left.
            sweep(folder, parent.get()::equals, text -> {});
        }
    }

    /** A process closes its files a moment before it is dead. */
    private static boolean awaitDeath(BooleanSupplier dead) {
        long deadline = System.nanoTime() + DEATH_PATIENCE_NANOS;
        while (!dead.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }

    private static void sweep(Path folder, Predicate<ProcessIdentity> parents, Consumer<String> report) {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(folder, WorkerDirectory.PREFIX + "*")) {
            for (Path path : directories) {
                WorkerDirectory directory = new WorkerDirectory(path);
                if (directory
                        .parent()
                        .filter(parents)
                        .filter(ProcessIdentity::isProvablyDead)
                        .isPresent()) {
                    remove(directory, report);
                }
            }
        } catch (IOException | RuntimeException e) { // not worth a failed start: the next JVM tries again
            report.accept("what killed processes have left could not be swept: " + e);
        }
    }

    /** One that cannot be removed must not keep the others from it. */
    private static void remove(WorkerDirectory directory, Consumer<String> report) {
        try {
            if (directory.isOurs()) {
                directory.delete();
                report.accept("swept " + directory.path());
            }
        } catch (IOException e) {
            report.accept("could not be swept: " + directory.path() + ": " + e);
        }
    }
}
