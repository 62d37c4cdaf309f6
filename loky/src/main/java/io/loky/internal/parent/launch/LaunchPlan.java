/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.OutputRouting;
import io.loky.ProcessPoolOptions;
import io.loky.internal.capsule.ClassLog;
import io.loky.internal.capsule.ClassPathEntry;
import io.loky.internal.capsule.WorkerSetup;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.machine.Machine;
import io.loky.internal.parent.archive.ArchivePlace;
import io.loky.internal.parent.classes.ClassDesk;
import io.loky.internal.parent.classes.ClassSupply;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Everything that the workers of one pool have in common. */
public final class LaunchPlan {
    private static final Pattern ERROR_FILE = Pattern.compile("-XX:ErrorFile=");

    private final ProcessPoolOptions options;
    private final String poolLabel;
    private final TargetJava java;
    private final @Nullable Initializer initializer;
    private final @Nullable EncodedFrame check;
    private final int maxWorkers;
    private final Overcommitment overcommitment;
    private final ClassSupply classes;

    /**
     * For workers of this program.
     *
     * @param poolLabel such as {@code loky-pool-1}
     * @param initializer null if workers are ready when they have greeted
     * @param check what workers run from time to time to see whether they are well; null if nothing
     * @throws IllegalArgumentException if the options name a Java that cannot run workers
     */
    public LaunchPlan(
            ProcessPoolOptions options,
            String poolLabel,
            @Nullable Initializer initializer,
            @Nullable EncodedFrame check) {
        this(
                options,
                poolLabel,
                initializer,
                check,
                ClassSupply.ofThisProgram(options.crashCapsules().isPresent() ? new ClassLog() : null));
    }

    /**
     * The same.
     *
     * @param classes where workers have their classes from
     */
    public LaunchPlan(
            ProcessPoolOptions options,
            String poolLabel,
            @Nullable Initializer initializer,
            @Nullable EncodedFrame check,
            ClassSupply classes) {
        this(
                options,
                poolLabel,
                TargetJava.of(options),
                initializer,
                check,
                options.maxWorkers(),
                new Overcommitment(options, poolLabel),
                classes);
    }

    private LaunchPlan(
            ProcessPoolOptions options,
            String poolLabel,
            TargetJava java,
            @Nullable Initializer initializer,
            @Nullable EncodedFrame check,
            int maxWorkers,
            Overcommitment overcommitment,
            ClassSupply classes) {
        this.options = options;
        this.poolLabel = poolLabel;
        this.java = java;
        this.initializer = initializer;
        this.check = check;
        this.maxWorkers = maxWorkers;
        this.overcommitment = overcommitment;
        this.classes = classes;
    }

    /**
     * The same for a pool that has been resized.
     *
     * @param now how many workers it may have
     */
    public LaunchPlan withMaxWorkers(int now) {
        return now == maxWorkers
                ? this
                : new LaunchPlan(options, poolLabel, java, initializer, check, now, overcommitment, classes);
    }

    /**
     * The process to start, on this channel.
     *
     * @param index see {@link WorkerProcess#WorkerProcess}
     * @param archive see {@link #archive}
     */
    ProcessBuilder command(
            ParentChannel channel,
            WorkerDirectory directory,
            String label,
            int index,
            Share share,
            StartUpArchive archive)
            throws IOException {
        WorkerArguments arguments = new WorkerArguments(
                channel.address(),
                directory.path().toAbsolutePath().toString(),
                label,
                Math.max(1, options.heartbeat().toMillis()),
                index,
                rules(),
                options.receipts().name(),
                options.largeDataThreshold());
        List<String> command = new ArrayList<>(LaunchPrefix.get());
        command.addAll(WorkerIndex.in(options.commandPrefix(), index));
        command.addAll(
                JavaCommand.of(options, share, java, arguments, directory, archive.flags(), classes.classPath()));
        ProcessBuilder builder = new ProcessBuilder(channel.wrap(command));
        builder.redirectErrorStream(channel.mergesOutput());
        builder.environment().putAll(environment(index, share));
        NestingDepth.pass(builder.environment());
        options.workingDirectory().map(Path::toFile).ifPresent(builder::directory);
        return builder;
    }

    /** Gets ready for the first worker, aside. */
    public void prepare() {
        StartUpArchive.prepare(options, java);
    }

    /** What a worker with this share starts from. */
    StartUpArchive archive(Share share) {
        return StartUpArchive.of(options, share, java);
    }

    /** What a worker has beside the environment of the parent. */
    private Map<String, String> environment(int index, Share share) {
        Map<String, String> environment = new HashMap<>();
        options.environment().forEach((name, value) -> environment.put(name, WorkerIndex.in(value, index)));
        CpuBudget.pass(environment, options.environment(), share.cpus());
        ArchivePlace.pass(environment);
        return environment;
    }

    /**
     * What a worker that was started so is, for another one that is to be like it. Null where nobody wants to know.
     *
     * @param javaVersion as its JVM says it
     */
    @Nullable
    WorkerSetup setup(WorkerDirectory directory, int index, Share share, String javaVersion) {
        ClassLog log = classes.log();
        if (log == null) {
            return null;
        }
        String own = directory.path().toString();
        return new WorkerSetup(
                index,
                java.home().toString(),
                javaVersion,
                WorkerIndex.in(options.commandPrefix(), index),
                JavaCommand.flags(options, share, java, index, directory, List.of()).stream()
                        .filter(flag -> !flag.contains(own))
                        .toList(),
                classes.classPath().stream().map(ClassPathEntry::of).toList(),
                options.workingDirectory().orElse(Path.of("")).toAbsolutePath().toString(),
                environment(index, share),
                initializer == null ? null : initializer.frame(),
                log);
    }

    /** See {@link ClassSupply#desk}. */
    ClassDesk desk(String label, Consumer<EncodedFrame> out, Runnable end) {
        return classes.desk(label, out, end);
    }

    /** Counts one more worker among those that share the machine. */
    LiveWorkers.Place enter(LiveWorkers ledger) {
        LiveWorkers.Place place = ledger.enter(
                poolLabel, PromisedHeap.of(options, Machine.memoryBytes()).bytes());
        overcommitment.warnOnce(maxWorkers, place);
        return place;
    }

    /**
     * What a worker gets of the machine. A spare has no task that would need a CPU, but it has a heap.
     *
     * @param others how many workers of other pools have a share of it, too
     */
    Share share(int index, int others) {
        String budget = options.environment().get(CpuBudget.BUDGET);
        int busy = maxWorkers + others;
        int cpus = CpuBudget.share(busy, budget == null ? null : WorkerIndex.in(budget, index));
        return new Share(busy + options.spareWorkers(), cpus);
    }

    /** Whether a worker with this share becomes smaller when it is told to collect. */
    boolean canGiveMemoryBack(Share share) {
        return share.canGiveMemoryBack(options, java);
    }

    private WorkerRules rules() {
        return new WorkerRules(
                options.memoryGrowthLimit(),
                memoryLimit(),
                options.workerHealthCheckEvery().orElse(0),
                options.dirtyWorkers().name());
    }

    /** In bytes; {@link WorkerRules#UNLIMITED} if there is none. */
    long memoryLimit() {
        return options.workerMemoryLimit().orElse(WorkerRules.UNLIMITED);
    }

    /** Where error logs of JVMs are kept; null if nowhere. */
    @Nullable
    Path crashDirectory() {
        return options.crashDirectory().orElse(null);
    }

    /** Where a JVM writes its error log that cannot write it where the library wants it; none where the user may have a say. */
    List<Path> logFallbacks() {
        return UserFlags.of(options).maySay(ERROR_FILE)
                ? List.of()
                : List.of(options.workingDirectory().orElse(Path.of("")).toAbsolutePath(), WorkerDirectory.temporary());
    }

    /** Without those that the Java of these options is known not to know. */
    public static List<String> known(List<String> flags, ProcessPoolOptions options) {
        TargetJava java = TargetJava.of(options);
        return flags.stream().filter(java::knows).toList();
    }

    String poolLabel() {
        return poolLabel;
    }

    OutputRouting output() {
        return options.output();
    }

    @Nullable
    Initializer initializer() {
        return initializer;
    }

    @Nullable
    EncodedFrame check() {
        return check;
    }
}
