/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.OutputRouting;
import io.loky.ProcessPoolOptions;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.machine.Machine;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.WorkerArguments;
import io.loky.internal.wire.WorkerRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that the workers of one pool have in common. */
public final class LaunchPlan {
    private final ProcessPoolOptions options;
    private final String poolLabel;
    private final TargetJava java;
    private final @Nullable Initializer initializer;
    private final @Nullable EncodedFrame check;
    private final int maxWorkers;
    private final Overcommitment overcommitment;

    /**
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
                TargetJava.of(options),
                initializer,
                check,
                options.maxWorkers(),
                new Overcommitment(options, poolLabel));
    }

    private LaunchPlan(
            ProcessPoolOptions options,
            String poolLabel,
            TargetJava java,
            @Nullable Initializer initializer,
            @Nullable EncodedFrame check,
            int maxWorkers,
            Overcommitment overcommitment) {
        this.options = options;
        this.poolLabel = poolLabel;
        this.java = java;
        this.initializer = initializer;
        this.check = check;
        this.maxWorkers = maxWorkers;
        this.overcommitment = overcommitment;
    }

    /**
     * The same for a pool that has been resized.
     *
     * @param now how many workers it may have
     */
    public LaunchPlan withMaxWorkers(int now) {
        return now == maxWorkers
                ? this
                : new LaunchPlan(options, poolLabel, java, initializer, check, now, overcommitment);
    }

    /**
     * The process to start, on this channel.
     *
     * @param index see {@link WorkerProcess#WorkerProcess}
     */
    ProcessBuilder command(ParentChannel channel, WorkerDirectory directory, String label, int index, Share share)
            throws IOException {
        WorkerArguments arguments = new WorkerArguments(
                channel.address(),
                directory.path().toAbsolutePath().toString(),
                label,
                Math.max(1, options.heartbeat().toMillis()),
                index,
                rules());
        List<String> command = new ArrayList<>(LaunchPrefix.get());
        command.addAll(WorkerIndex.in(options.commandPrefix(), index));
        command.addAll(JavaCommand.of(options, share, java, arguments, directory));
        ProcessBuilder builder = new ProcessBuilder(channel.wrap(command));
        builder.redirectErrorStream(channel.mergesOutput());
        Map<String, String> environment = builder.environment();
        options.environment().forEach((name, value) -> environment.put(name, WorkerIndex.in(value, index)));
        NestingDepth.pass(environment);
        CpuBudget.pass(environment, options.environment(), share.cpus());
        options.workingDirectory().map(Path::toFile).ifPresent(builder::directory);
        return builder;
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
