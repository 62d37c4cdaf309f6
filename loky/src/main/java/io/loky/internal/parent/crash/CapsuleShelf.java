/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import io.loky.CrashReport;
import io.loky.ProcessPoolOptions;
import io.loky.internal.capsule.Capsule;
import io.loky.internal.capsule.CapsuleFile;
import io.loky.internal.capsule.LibraryVersion;
import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.directory.ForThisUser;
import io.loky.internal.directory.NewestFiles;
import io.loky.internal.wire.EncodedFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the crash capsules of a pool are kept, the newest of them. A capsule holds what the task holds, so nobody but this
 * user can read it, from the moment that the file is there. Thread-safe: workers may die at the same time, and
 * several programs may have the same directory.
 */
public final class CapsuleShelf {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");
    private static final String PREFIX = "crash-";

    /** So that the order of names is that of time. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss.SSS").withZone(ZoneOffset.UTC);

    /** The future of the task waits while it is written, and this many bytes are copied for it. */
    private static final int LARGEST_TASK = 256 << 20;

    private final Path directory;
    private final int most;

    private CapsuleShelf(Path directory, int most) {
        this.directory = directory;
        this.most = most;
    }

    /**
     * Null where none are wanted. Makes the directory: better said now than when the first worker has died.
     *
     * @throws IllegalArgumentException if that cannot be made, or cannot be written to
     */
    public static @Nullable CapsuleShelf of(ProcessPoolOptions options) {
        Path wanted = options.crashCapsules().orElse(null);
        if (wanted == null) {
            return null;
        }
        Path directory = wanted.toAbsolutePath();
        try {
            if (!Files.isDirectory(directory)) { // createDirectories refuses a link to one
                Files.createDirectories(directory, ForThisUser.directory(directory));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "crashCapsules must be a directory, or one that can be made, got " + wanted + ": " + e, e);
        }
        if (!Files.isWritable(directory)) {
            throw new IllegalArgumentException(
                    "crashCapsules must be a directory that this program may write to, got " + wanted);
        }
        return new CapsuleShelf(directory, options.maxCrashCapsules());
    }

    /**
     * Writes a capsule, and returns the report with its path; the report as it is where that fails, which is logged.
     *
     * @param frame the task, as its worker was sent it; null if nobody has that any more
     */
    public CrashReport keep(CrashReport report, @Nullable EncodedFrame frame, WorkerEnd end) {
        WorkerSetup setup = end.setup();
        if (frame == null || setup == null) {
            return report;
        }
        String task =
                "task #" + report.taskId().orElse(0) + " '" + report.taskName().orElse("") + "'";
        if (frame.length() > LARGEST_TASK) {
            LOG.log(
                    Level.WARNING,
                    "no crash capsule of " + task + ", which takes " + frame.length() + " bytes; no more than "
                            + LARGEST_TASK + " are kept");
            return report;
        }
        try {
            Path file = write(report, frame, setup);
            NewestFiles.keep(directory, PREFIX + "*-pid*-task*" + CapsuleFile.SUFFIX, most);
            return withFile(report, file);
        } catch (Throwable e) { // a full disk, no memory: the future must hear of the death all the same
            LOG.log(Level.WARNING, "no crash capsule of " + task + " could be written to " + directory, e);
            return report;
        }
    }

    private Path write(CrashReport report, EncodedFrame task, WorkerSetup setup) throws IOException {
        Instant now = Instant.now();
        Capsule capsule = new Capsule(
                now,
                LibraryVersion.get(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"),
                task.taskId(),
                report.taskName().orElse(""),
                task.type(),
                task.payloadBytes(),
                task.sections(),
                setup,
                report.describe());
        Path file = create(PREFIX + TIME.format(now) + "-pid" + report.pid() + "-task" + task.taskId());
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            CapsuleFile.write(capsule, out);
        } catch (Throwable e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return file;
    }

    /** Two pools may have a task with this number whose workers had this pid in pid namespaces of their own. */
    private Path create(String name) throws IOException {
        for (int i = 1; ; i++) {
            Path file = directory.resolve(name + (i == 1 ? "" : "-" + i) + CapsuleFile.SUFFIX);
            try {
                return Files.createFile(file, ForThisUser.file(file));
            } catch (FileAlreadyExistsException e) {
                LOG.log(Level.DEBUG, () -> file + " is there already");
            }
        }
    }

    private static CrashReport withFile(CrashReport report, Path file) {
        List<Path> kept = new ArrayList<>(report.kept());
        kept.add(file);
        return new CrashReport(
                report.cause(),
                report.exitCode(),
                report.signal(),
                report.pid(),
                report.uptime(),
                report.tasksDone(),
                report.taskId(),
                report.taskName(),
                report.taskPhase(),
                report.taskArgument(),
                report.error(),
                report.thread(),
                report.outOfMemory(),
                report.kernelKills(),
                report.exitStack(),
                report.histogram(),
                report.nativeFrame(),
                report.javaFrames(),
                report.output(),
                kept);
    }
}
