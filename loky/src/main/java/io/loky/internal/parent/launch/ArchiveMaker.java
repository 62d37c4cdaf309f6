/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.OutputRouting;
import io.loky.ProcessPoolOptions;
import io.loky.internal.parent.archive.ArchiveBench;
import io.loky.internal.parent.archive.ArchiveFlags;
import io.loky.internal.parent.jvm.ExitHook;
import io.loky.internal.parent.output.OutputPlan;
import io.loky.internal.parent.thread.ServiceThread;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerRules;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes one start-up archive, on a thread of its own:
 *
 * <pre>{@code
 *   a pause              a program that is through by then has nothing of it, and must not share its CPUs
 *   a rehearsal          a worker that runs what the library itself has to run, and leaves: no class of the user's is on its class path
 *   from Java 25 on      a JVM that makes the cache of what the rehearsal has recorded, and one that tries it
 * }</pre>
 *
 * Each process has a low priority, and is killed when this JVM ends, when it is told to stop, and when it has not come to an end
 * after a long time. Where that does not lead to an archive that serves, this is noted, so that the next program does not spend the same time.
 *
 * <p>All that these processes write, down to the log of a crash, is on the {@link ArchiveBench}, and goes with it.
 */
final class ArchiveMaker implements ExitHook.AtExit {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    /** Sees to it that a worker goes through all of its warm-up, whatever comes. */
    private static final String REHEARSAL = "-Dio.loky.internal.rehearsal=true";

    private static final String LABEL = "loky-archive";
    private static final long PAUSE_SECONDS = 3;

    /** For one process. With all CPUs busy, as they are where pools are, it gets little of them. */
    private static final long PATIENCE_MINUTES = 10;

    private static final long END_SECONDS = 2;

    /** Longer than it lives. */
    private static final long NO_BEAT = TimeUnit.HOURS.toMillis(1);

    private final StartUpArchive.Wanted wanted;
    private final BiConsumer<ArchiveMaker, Boolean> onEnd;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** The process that runs now. Guarded by this. */
    private @Nullable Process process;

    /**
     * @param onEnd told on the thread of this when it is over, and whether it was done, be it in vain: not where it was stopped, or
     *     others were at it
     */
    ArchiveMaker(StartUpArchive.Wanted wanted, BiConsumer<ArchiveMaker, Boolean> onEnd) {
        this.wanted = wanted;
        this.onEnd = onEnd;
    }

    String key() {
        return wanted.key();
    }

    /** False if there is no thread for it. */
    boolean begin() {
        try {
            ServiceThread.of(LABEL, this::live).start();
            return true;
        } catch (OutOfMemoryError e) { // unable to create native thread
            LOG.log(Level.DEBUG, "no start-up archive is made: there is no thread for it", e);
            return false;
        }
    }

    /** Kills what runs; nothing is started any more. */
    @Override
    public void stop() {
        stopped.countDown();
        kill();
    }

    /** Until nothing is left of it, after it was stopped; not for ever. */
    void await() {
        try {
            await(TimeUnit.SECONDS.toNanos(END_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void await(long nanos) throws InterruptedException {
        if (!ended.await(nanos, TimeUnit.NANOSECONDS)) {
            LOG.log(Level.DEBUG, "the making of a start-up archive does not end in time");
        }
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private synchronized void kill() {
        if (process != null) {
            process.toHandle().destroyForcibly();
        }
    }

    private void live() {
        ExitHook.add(this);
        boolean done = true;
        try {
            done = !stopped.await(PAUSE_SECONDS, TimeUnit.SECONDS) && make();
        } catch (InterruptedException | IOException | RuntimeException | Error e) { // workers start without
            LOG.log(Level.DEBUG, "a start-up archive could not be made", e);
        } finally {
            onEnd.accept(this, done && !isStopped());
            ExitHook.remove(this);
            ended.countDown();
        }
    }

    /** False where this is no place for it, or somebody else is at it now, who may be stopped. */
    private boolean make() throws IOException, InterruptedException {
        ArchiveBench bench = wanted.shelf().bench();
        if (bench == null) {
            return false;
        }
        try (bench) {
            if (wanted.shelf().find(wanted.key()).isPresent()) {
                return true; // another program has been faster
            }
            long begun = System.nanoTime();
            Path archive = bench.file("archive");
            boolean serves = wanted.isAotCache()
                    ? makeCache(bench, archive)
                    : rehearse(bench, "-XX:ArchiveClassesAtExit=" + archive);
            if (isStopped()) {
                return false;
            }
            if (!serves || !Files.isRegularFile(archive)) {
                LOG.log(Level.DEBUG, () -> "no start-up archive that serves can be made for " + wanted.describe());
                bench.giveUp(wanted.key());
            } else if (wanted.isStill()) {
                bench.publish(archive, wanted.key());
                LOG.log(
                        Level.DEBUG,
                        () -> "a start-up archive was made in "
                                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms for "
                                + wanted.describe());
            }
            return true;
        }
    }

    /** In two steps: what makes a cache by itself at the end of the rehearsal is a process that nobody here knows. */
    private boolean makeCache(ArchiveBench bench, Path cache) throws IOException, InterruptedException {
        String recorded = "-XX:AOTConfiguration=" + bench.file("recording");
        return rehearse(bench, "-XX:AOTMode=record", recorded)
                && run(bench, java(bench, "-XX:AOTMode=create", recorded, "-XX:AOTCache=" + cache))
                && run(bench, trial(bench, "-XX:AOTMode=on", "-XX:AOTCache=" + cache));
    }

    private List<String> java(ArchiveBench bench, String... flags) {
        List<String> own = new ArrayList<>(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
        if (wanted.flags().stream().noneMatch(ArchiveFlags::isOfCollector)) {
            own.add("-XX:+UseSerialGC");
        }
        return command(bench, own, wanted.flags(), flags);
    }

    /** A JVM like that of a worker, which does not start where the cache is not for it. */
    private List<String> trial(ArchiveBench bench, String... flags) {
        List<String> command = command(bench, List.of(), wanted.ofWorker(), flags);
        command.add("-version");
        return command;
    }

    private List<String> command(ArchiveBench bench, List<String> own, List<String> some, String... more) {
        List<String> command = new ArrayList<>(List.of(wanted.java().launcher()));
        command.addAll(own);
        command.addAll(
                List.of("-XX:-UsePerfData", "-XX:ErrorFile=" + bench.file("error"), "-XX:-CreateCoredumpOnCrash"));
        command.addAll(JavaCommand.QUIET);
        command.addAll(some);
        command.addAll(Arrays.asList(more));
        command.addAll(List.of("-cp", wanted.library().toString()));
        return command;
    }

    /** Runs a worker that was told nothing, up to its orderly end. */
    private boolean rehearse(ArchiveBench bench, String... flags) throws IOException, InterruptedException {
        ParentChannel channel = ParentChannel.open(new OutputPlan(OutputRouting.discard()).mark());
        try {
            List<String> java = java(bench, flags);
            java.addAll(List.of(REHEARSAL, JavaCommand.MAIN));
            java.addAll(new WorkerArguments(
                            channel.address(),
                            bench.file("rehearsal").toString(),
                            LABEL,
                            NO_BEAT,
                            0,
                            WorkerRules.NONE,
                            ProcessPoolOptions.Receipts.TIMES.name(),
                            FrameBuffer.NOTHING_ASIDE)
                    .toList());
            ProcessBuilder builder = builder(bench, channel.wrap(aside(java)));
            if (channel.mergesOutput()) {
                builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            }
            Process started = start(builder);
            try {
                ServiceThread.of(LABEL + "-talk", () -> talk(channel, started)).start();
                return ends(started);
            } finally {
                end(started);
            }
        } finally {
            ServiceThreads.execute(channel::close);
        }
    }

    /** On a thread of its own: one that does not greet is not waited for longer than for all the rest. */
    private static void talk(ParentChannel channel, Process started) {
        try {
            channel.connect(started);
            EncodedFrame.empty(FrameType.RETIRE).writeTo(channel.out());
        } catch (IOException | RuntimeException | Error e) { // it has ended, or will be ended: its exit code tells
            LOG.log(Level.DEBUG, () -> "the rehearsal for a start-up archive was not finished: " + e);
        }
    }

    private boolean run(ArchiveBench bench, List<String> java) throws IOException, InterruptedException {
        ProcessBuilder builder = builder(bench, aside(java));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process started = start(builder);
        try {
            return ends(started);
        } finally {
            end(started);
        }
    }

    private static List<String> aside(List<String> java) throws IOException {
        List<String> command = new ArrayList<>(LaunchPrefix.killedWithItsThread());
        command.addAll(LaunchPrefix.lowPriority());
        command.addAll(java);
        return command;
    }

    /** Without the variables in which every JVM looks: what matters of these is on the command line. */
    private static ProcessBuilder builder(ArchiveBench bench, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(bench.folder().toFile()); // for that of the program may be in the way of somebody
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .keySet()
                .removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JDK_AOT_VM_OPTIONS"));
        NestingDepth.pass(builder.environment());
        return builder;
    }

    private synchronized Process start(ProcessBuilder builder) throws IOException {
        if (isStopped() || ExitHook.isExiting()) {
            throw new IOException("stopped");
        }
        Process started = builder.start();
        process = started;
        return started;
    }

    /** Whether it does so by itself, in time, and says that all is well. */
    private static boolean ends(Process started) throws InterruptedException {
        return started.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) && started.exitValue() == 0;
    }

    /** Whatever has happened, its files are to be deleted next, and it must not write them any more. */
    private void end(Process started) throws InterruptedException {
        kill();
        if (!started.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            LOG.log(Level.DEBUG, () -> "process " + started.pid() + " survives SIGKILL");
        }
    }
}
