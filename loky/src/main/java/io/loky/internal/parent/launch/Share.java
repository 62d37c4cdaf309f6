/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What one worker gets of the machine, as flags of its JVM. The library has an opinion on CPUs, collector and heap, each of
 * which the user may replace.
 *
 * @param workers among how many the machine is divided: the most of its own pool, and those of other pools that were there
 * @param cpus how many CPUs it may plan with, at least 1
 */
record Share(int workers, int cpus) {
    /** The share of the machine's, or container's, memory that the heaps of all these workers may have together. */
    private static final double HEAP_PERCENT_OF_ALL = 80.0;

    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+]Use\\w+GC");
    private static final Pattern CPUS = Pattern.compile("-XX:ActiveProcessorCount=");

    private static final Pattern FREE = Pattern.compile("-XX:(Min|Max)HeapFreeRatio=");

    /** Never gives memory back. */
    private static final String PARALLEL = "-XX:+UseParallelGC";

    /** Where a JVM finds flags besides its command line; containers often choose the collector there. */
    private static final List<String> ENVIRONMENT = List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS");

    /** The flags, each of which comes before the user's own. */
    List<String> flags(ProcessPoolOptions options) {
        List<String> flags = new ArrayList<>();
        if (cpusAreToBeTold(options)) {
            flags.add("-XX:ActiveProcessorCount=" + cpus);
        }
        flags.addAll(collector(options));
        flags.add(options.maxHeap().map(size -> "-Xmx" + size).orElseGet(this::heap));
        return flags;
    }

    /** Whether a collection makes the process smaller. */
    boolean canGiveMemoryBack(ProcessPoolOptions options) {
        return !collector(options).contains(PARALLEL) && !options.jvmArgs().contains(PARALLEL);
    }

    /**
     * The flag overrules the affinity of the process and the quota of its container. So a worker that has all CPUs of its parent
     * finds them out for itself, and so does one behind a command that may have bound it to some; but fewer than one there
     * are not.
     */
    private boolean cpusAreToBeTold(ProcessPoolOptions options) {
        boolean narrows = cpus < CpuBudget.count() && options.commandPrefix().isEmpty();
        return (narrows || cpus == 1) && !isSaid(CPUS, options);
    }

    /**
     * Always chosen: the JVM's own choice depends on the number of CPUs. G1 is the slowest when all cores are busy with workers.
     * With one CPU the serial one costs a quarter to a third more than the parallel one where little is done but allocate,
     * and is the only one that gives memory back at once. With several CPUs the parallel one is best or equal for every kind of load.
     *
     * <p>Two collectors on one line would stop the JVM, so a user's choice replaces this one.
     */
    private List<String> collector(ProcessPoolOptions options) {
        if (isSaid(COLLECTOR, options)) {
            return List.of();
        }
        if (cpus > 1) {
            return List.of(PARALLEL, "-XX:ParallelGCThreads=" + cpus);
        }
        // A heap begins small, or it would not become smaller than it began; and shrinks at once, not in four
        // collections. In
        // per cent, since a size in bytes beyond a small -Xmx of the user's would stop the JVM.
        List<String> flags =
                new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:InitialRAMPercentage=0.1", "-XX:-ShrinkHeapInSteps"));
        if (!isSaid(FREE, options)) { // one of the two beyond the other would stop the JVM
            // With the JVM's own 40 and 70 % a small heap grows so slowly that it collects half again as long.
            flags.add("-XX:MinHeapFreeRatio=70");
            flags.add("-XX:MaxHeapFreeRatio=80");
        }
        return flags;
    }

    /** The default, a quarter of the memory for each JVM, would promise more than the machine has from five workers on. */
    private String heap() {
        return String.format(Locale.ROOT, "-XX:MaxRAMPercentage=%.3f", HEAP_PERCENT_OF_ALL / workers);
    }

    private static boolean isSaid(Pattern flag, ProcessPoolOptions options) {
        return options.jvmArgs().stream().anyMatch(arg -> flag.matcher(arg).lookingAt())
                || ENVIRONMENT.stream()
                        .anyMatch(name -> flag.matcher(variable(name, options)).find());
    }

    private static String variable(String name, ProcessPoolOptions options) {
        String inherited = System.getenv(name);
        return options.environment().getOrDefault(name, inherited == null ? "" : inherited);
    }
}
