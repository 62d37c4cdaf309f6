/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.directory;

import io.loky.internal.process.ProcessIdentity;
import io.loky.internal.process.ProcessStat;
import io.loky.internal.process.Session;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What nobody is left for who would have removed it: directories whose parent and worker were both killed, processes that
 * such a worker has started, and the {@link SharedFile}s of the dead. Other workers of that parent see to it when they see it gone; where these are killed too, the
 * directories go when a JVM of the same user starts its first worker. Only what is provably ours and dead: a directory or file, not
 * a link, of this user, with a name that {@link WorkerDirectory} or {@link SharedFile} made for a parent on this boot and in this pid namespace, which
 * does not run any more.
 */
public final class Leftovers {
    private static final AtomicBoolean SWEPT = new AtomicBoolean();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Leftovers() {}

    /**
     * Parent: sweeps, the first time that it is called in this JVM. Directories only: the pid of a leader that has been dead for
     * long may have been given to another, whose session is none of ours. And not the directory of a session that has members:
     * that parent may have died just now, and whoever is about to end them finds them by what is noted there.
     *
     * @param report is told what was done and what went wrong
     */
    public static void sweepOnce(Consumer<String> report) {
        if (SWEPT.compareAndSet(false, true)) {
            for (WorkerDirectory directory : in(WorkerDirectory.temporary(), ProcessIdentity::isProvablyDead, report)) {
                if (directory.leader().filter(Leftovers::hasSession).isEmpty()) {
                    remove(directory, report);
                }
            }
            SharedFile.sweep(ProcessIdentity::isProvablyDead, null, report);
        }
    }

    /** Parent: sweeps what a worker of its own has shared with those that it had started, and did not remove. It has ended. */
    public static void sweepDataOf(ProcessIdentity ended, Consumer<String> report) {
        SharedFile.sweep(writer -> writer.equals(ended) && writer.isProvablyDead(), null, report);
    }

    /** Parent: sweeps what processes leave that were killed right now: nested pools' parents among them. */
    public static void sweepAfter(Collection<Long> killed, Consumer<String> report) {
        // Not children of this JVM: no event tells of their end.
        await(() -> killed.stream()
                .noneMatch(
                        pid -> ProcessStat.of(pid).filter(ProcessStat::isAlive).isPresent()));
        sweep(
                in(
                        WorkerDirectory.temporary(),
                        parent -> killed.contains(parent.pid()) && parent.isProvablyDead(),
                        report),
                report);
        SharedFile.sweep(writer -> killed.contains(writer.pid()) && writer.isProvablyDead(), null, report);
    }

    /**
     * A worker whose parent is gone: sweeps what the workers leave that it has started itself. Those that live do what is needed
     * when they see the end of this JVM; but one may be ending right now, and it does nothing any more.
     */
    public static void sweepBelow() {
        sweep(
                in(WorkerDirectory.temporary(), ProcessIdentity.self()::equals, Leftovers::tellNobody),
                Leftovers::tellNobody);
        SharedFile.sweep(ProcessIdentity.self()::equals, null, Leftovers::tellNobody);
    }

    /**
     * A worker whose parent is gone: sweeps what other workers of that parent leave, which were killed right before, so that it
     * could not do it any more, and what that parent has shared with them. A parent that lives, and has merely closed the
     * channel, keeps all.
     */
    public static void sweepBeside(WorkerDirectory own) {
        Optional<ProcessIdentity> parent = own.parent();
        Path folder = own.path().getParent();
        if (parent.isEmpty() || folder == null || !await(parent.get()::isProvablyDead)) {
            return;
        }
        SharedFile.sweep(parent.get()::equals, folder, Leftovers::tellNobody);
        List<WorkerDirectory> others = in(folder, parent.get()::equals, Leftovers::tellNobody);
        // One that lives sees the same and does it itself; unless it is ending, and will not see it any more.
        await(() -> others.stream().noneMatch(Leftovers::isUsed));
        sweep(others, Leftovers::tellNobody);
    }

    private static boolean hasSession(ProcessIdentity leader) {
        return Session.hasMembers(leader.pid(), leader.startTicks());
    }

    /** Whether it is there, and its worker lives. Not as long as that has greeted nobody. */
    private static boolean isUsed(WorkerDirectory directory) {
        return directory.leader().filter(leader -> !leader.isProvablyDead()).isPresent();
    }

    /** A process closes its files a moment before it is dead. */
    private static boolean await(BooleanSupplier condition) {
        long begun = System.nanoTime();
        for (long pause = FIRST_PAUSE_NANOS; !condition.getAsBoolean(); pause += pause / 2) {
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                return false;
            }
            LockSupport.parkNanos(pause);
        }
        return true;
    }

    private static List<WorkerDirectory> in(Path folder, Predicate<ProcessIdentity> parents, Consumer<String> report) {
        List<WorkerDirectory> found = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(folder, WorkerDirectory.PREFIX + "*")) {
            for (Path path : directories) {
                WorkerDirectory directory = new WorkerDirectory(path);
                if (directory.parent().filter(parents).isPresent()) {
                    found.add(directory);
                }
            }
        } catch (IOException | RuntimeException e) { // not worth a failed start: the next JVM tries again
            report.accept("what killed processes have left could not be swept: " + e);
        }
        return found;
    }

    /** While the pids of the leaders still mean them, or nobody. */
    private static void sweep(List<WorkerDirectory> directories, Consumer<String> report) {
        for (WorkerDirectory directory : directories) {
            directory.leader().ifPresent(leader -> Session.killMembers(leader.pid(), leader.startTicks()));
            remove(directory, report);
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

    private static void tellNobody(String text) {}
}
