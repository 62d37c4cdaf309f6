/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import io.loky.internal.machine.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What one worker gets of the machine, as flags of its JVM. The library has an opinion on CPUs, collector and heap, each of
 * which the user may replace.
 *
 * @param workers among how many the memory is divided: the most of its own pool, spares included, and those of other pools that
 *     were there
 * @param cpus how many CPUs it may plan with, at least 1
 */
record Share(int workers, int cpus) {
    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+]Use\\w+GC");
    private static final Pattern PARALLEL_COLLECTOR = Pattern.compile("-XX:[+]UseParallelGC");
    private static final Pattern CPUS = Pattern.compile("-XX:ActiveProcessorCount=");

    private static final Pattern FREE = Pattern.compile("-XX:(Min|Max)HeapFreeRatio=");
    private static final Pattern PART = Pattern.compile("-XX:(Min|Max)RAM(Percentage|Fraction)=");

    private static final String PARALLEL = "-XX:+UseParallelGC";

    /** Lets a collection that was asked for make the heap of the parallel collector smaller. */
    private static final String PARALLEL_GIVES_BACK = "-XX:+UseAdaptiveSizePolicyWithSystemGC";

    /**
     * The flags, each of which comes before the user's own.
     *
     * @param java on which the worker runs
     */
    List<String> flags(ProcessPoolOptions options, TargetJava java) {
        UserFlags ofUser = UserFlags.of(options);
        List<String> flags = new ArrayList<>();
        if (cpusAreToBeTold(options) && !ofUser.say(CPUS)) {
            flags.add("-XX:ActiveProcessorCount=" + cpus);
        }
        flags.addAll(collector(ofUser, java));
        options.maxHeap()
                .ifPresentOrElse(
                        size -> flags.add("-Xmx" + size),
                        () -> flags.addAll(heap(ofUser, options.workerMemoryLimit())));
        return flags;
    }

    /** How large the heap of a worker may become at most; empty where nobody can tell. */
    OptionalDouble largestHeap(ProcessPoolOptions options) {
        OptionalLong memory = Machine.memoryBytes();
        PromisedHeap promised = PromisedHeap.of(options, memory);
        if (promised.isSaid()) {
            return OptionalDouble.of(promised.bytes());
        }
        return memory.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(HeapShare.bytes(workers, memory.getAsLong(), options.workerMemoryLimit()));
    }

    /** Whether a collection makes the process smaller. */
    boolean canGiveMemoryBack(ProcessPoolOptions options, TargetJava java) {
        UserFlags ofUser = UserFlags.of(options);
        List<String> own = collector(ofUser, java);
        return own.contains(PARALLEL) ? own.contains(PARALLEL_GIVES_BACK) : !ofUser.say(PARALLEL_COLLECTOR);
    }

    /**
     * The flag overrules the affinity of the process and the quota of its container. So a worker that finds its share out for
     * itself does so, and one behind a command that may have bound it to some CPUs, too; but fewer than one there
     * are not.
     */
    private boolean cpusAreToBeTold(ProcessPoolOptions options) {
        return cpus == 1
                || (!CpuBudget.isWhatWorkersFind(cpus)
                        && options.commandPrefix().isEmpty());
    }

    /**
     * Always chosen: the JVM's own choice depends on the number of CPUs. G1 is the slowest when all cores are busy with workers.
     * With one CPU the serial one costs a quarter to a third more than the parallel one where little is done but allocate,
     * and gives memory back most of all. With several CPUs the parallel one is the fastest.
     *
     * <p>Two collectors on one line would stop the JVM, so a user's choice replaces this one.
     */
    private List<String> collector(UserFlags ofUser, TargetJava java) {
        if (ofUser.maySay(COLLECTOR)) {
            return List.of();
        }
        List<String> flags = new ArrayList<>();
        if (cpus == 1) {
            flags.addAll(List.of("-XX:+UseSerialGC", "-XX:-ShrinkHeapInSteps")); // at once, not in four collections
        } else {
            flags.addAll(List.of(PARALLEL, "-XX:ParallelGCThreads=" + cpus));
            if (!java.knows(PARALLEL_GIVES_BACK)) {
                return flags;
            }
            flags.add(PARALLEL_GIVES_BACK);
        }
        // A heap begins small, or it would not become smaller than it began. In per cent, since a size in bytes beyond
        // a small -Xmx of the user's would stop the JVM.
        flags.add("-XX:InitialRAMPercentage=0.1");
        if (!ofUser.say(FREE)) { // one of the two beyond the other would stop the JVM
            // With the serial collector's own 40 and 70 % a small heap grows so slowly that it collects half again as
            // long; with the parallel one's own 0 and 100 % it never becomes smaller.
            flags.add("-XX:MinHeapFreeRatio=70");
            flags.add("-XX:MaxHeapFreeRatio=80");
        }
        return flags;
    }

    /**
     * The default, a quarter of the memory for each JVM, would promise more than the machine has from five workers on. In per cent,
     * which a size of the user's replaces. A JVM takes the lower percentage where that is less than some 126 MB, and otherwise
     * no less than these: only both flags together make small heaps.
     */
    private List<String> heap(UserFlags ofUser, OptionalLong limit) {
        OptionalLong memory = Machine.memoryBytes();
        String percent = String.format(Locale.ROOT, "%.3f", HeapShare.percent(workers, memory, limit));
        String most = "-XX:MaxRAMPercentage=" + percent;
        // Where a share cannot be kept from being too small to start with, the JVM's own least one holds.
        return memory.isEmpty() || ofUser.maySay(PART)
                ? List.of(most)
                : List.of(most, "-XX:MinRAMPercentage=" + percent);
    }
}
