/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.ProcessPoolOptions;
import io.loky.internal.machine.Machine;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the options of a pool promise its workers together, where that is more than the machine, or the container, has. By
 * default nothing is, unless there are so many workers that their JVMs alone need more; and more workers than CPUs are no promise: they take turns.
 */
final class Overcommitment {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    private static final Pattern CPUS = Pattern.compile("-XX:(?:ActiveProcessorCount|ParallelGCThreads)=(\\d{1,9})");
    private static final Pattern BUDGET = Pattern.compile(CpuBudget.BUDGET + "=(\\d{1,9})");
    private static final double GIBIBYTE = 1L << 30;

    private final ProcessPoolOptions options;
    private final String poolLabel;
    private final AtomicBoolean warned = new AtomicBoolean();

    Overcommitment(ProcessPoolOptions options, String poolLabel) {
        this.options = options;
        this.poolLabel = poolLabel;
    }

    /**
     * When a worker starts; a pool that starts none promises nothing, and one that was resized may only then promise too much.
     *
     * @param place that of the worker
     */
    void warnOnce(int maxWorkers, LiveWorkers.Place place) {
        if (warned.get()) {
            return;
        }
        List<String> found = find(options, maxWorkers, place, Machine.memoryBytes(), CpuBudget.count());
        if (!found.isEmpty() && warned.compareAndSet(false, true)) {
            found.forEach(text -> LOG.log(Level.WARNING, poolLabel + ": " + text));
        }
    }

    /** What to warn of, one sentence each. */
    static List<String> find(
            ProcessPoolOptions options, int maxWorkers, LiveWorkers.Place place, OptionalLong memory, int cpus) {
        List<String> found = new ArrayList<>();
        if (memory.isPresent()) {
            addHeap(options, maxWorkers, place, memory.getAsLong(), found);
        }
        options.jvmArgs().forEach(arg -> addCpus(CPUS.matcher(arg), maxWorkers, cpus, found));
        String budget = options.environment().get(CpuBudget.BUDGET);
        if (budget != null) {
            addCpus(BUDGET.matcher(CpuBudget.BUDGET + "=" + budget.strip()), maxWorkers, cpus, found);
        }
        return found;
    }

    private static void addHeap(
            ProcessPoolOptions options, int maxWorkers, LiveWorkers.Place place, long memory, List<String> found) {
        PromisedHeap heap = PromisedHeap.of(options, OptionalLong.of(memory));
        String thereAre = ", and there are " + gibibytes((double) memory) + " of memory; ";
        int spares = options.spareWorkers();
        int workers = maxWorkers + spares;
        String each = " for each of " + maxWorkers + " workers" + (spares == 0 ? "" : " and " + spares + " spares");
        String fewer = "have fewer workers (maxWorkers" + (spares == 0 ? ")" : ", spareWorkers)");
        double heaps = heap.bytes() * workers;
        if (heap.isSaid() && heaps + place.heapOfOthers() > memory) {
            String others = place.heapOfOthers() == 0
                    ? ""
                    : ", those of other pools may have " + gibibytes(place.heapOfOthers()) + " of it";
            found.add(heap.flag() + each + " makes " + gibibytes(heaps) + " of heap" + others + thereAre
                    + "give each less (maxHeap), or " + fewer);
        } else if (!heap.isSaid() && HeapShare.isTooSmall(workers + place.others(), memory)) {
            String others = place.others() == 0 ? "" : ", and of " + place.others() + " of other pools,";
            double least = (double) (workers + place.others()) * (HeapShare.LEAST + HeapShare.JVM_ITSELF);
            found.add("the least heap of " + (HeapShare.LEAST >> 20) + " MiB, and " + (HeapShare.JVM_ITSELF >> 20)
                    + " MiB for the JVM itself," + each + others + " make " + gibibytes(least) + thereAre + fewer);
        }
    }

    private static String gibibytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / GIBIBYTE);
    }

    /** One CPU for each worker is the least there is, and no promise. */
    private static void addCpus(Matcher said, int maxWorkers, int cpus, List<String> found) {
        long each = said.matches() ? Long.parseLong(said.group(1)) : 0;
        if (each > 1 && each * maxWorkers > cpus) {
            found.add(said.group() + " for each of " + maxWorkers + " workers makes " + each * maxWorkers
                    + ", and there are " + cpus + " CPUs; leave it out, and each worker gets its share, or have fewer"
                    + " workers (maxWorkers)");
        }
    }
}
