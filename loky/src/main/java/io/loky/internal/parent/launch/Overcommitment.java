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
 * default nothing is, and more workers than CPUs are no promise: they take turns.
 */
final class Overcommitment {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    private static final Pattern HEAP = Pattern.compile("(-Xmx|-XX:MaxHeapSize=)(\\d{1,15})([kKmMgGtT]?)");
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

    /** When a worker starts; a pool that starts none promises nothing, and one that was resized may only then promise too much. */
    void warnOnce(int maxWorkers) {
        if (warned.get()) {
            return;
        }
        List<String> found = find(options, maxWorkers, Machine.memoryBytes(), CpuBudget.count());
        if (!found.isEmpty() && warned.compareAndSet(false, true)) {
            found.forEach(text -> LOG.log(Level.WARNING, poolLabel + ": " + text));
        }
    }

    /** What to warn of, one sentence each. */
    static List<String> find(ProcessPoolOptions options, int maxWorkers, OptionalLong memory, int cpus) {
        List<String> found = new ArrayList<>();
        String heap = heap(options);
        double heaps = bytes(heap) * maxWorkers;
        if (memory.isPresent() && heaps > memory.getAsLong()) {
            found.add(String.format(
                    Locale.ROOT,
                    "%s for each of %d workers makes %.1f GiB of heap, and there are %.1f GiB of memory; give each"
                            + " less (maxHeap), or have fewer workers (maxWorkers)",
                    heap,
                    maxWorkers,
                    heaps / GIBIBYTE,
                    memory.getAsLong() / GIBIBYTE));
        }
        options.jvmArgs().forEach(arg -> addCpus(CPUS.matcher(arg), maxWorkers, cpus, found));
        String budget = options.environment().get(CpuBudget.BUDGET);
        if (budget != null) {
            addCpus(BUDGET.matcher(CpuBudget.BUDGET + "=" + budget.strip()), maxWorkers, cpus, found);
        }
        return found;
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

    /** As the worker's command line has it, of which the last one counts; empty if nothing is said. */
    private static String heap(ProcessPoolOptions options) {
        String last = options.maxHeap().map(size -> "-Xmx" + size).orElse("");
        for (String arg : options.jvmArgs()) {
            if (HEAP.matcher(arg).matches()) {
                last = arg;
            }
        }
        return last;
    }

    private static double bytes(String heap) {
        Matcher parts = HEAP.matcher(heap);
        if (!parts.matches()) {
            return 0;
        }
        int power =
                parts.group(3).isEmpty() ? 0 : 1 + "kmgt".indexOf(parts.group(3).toLowerCase(Locale.ROOT));
        return Long.parseLong(parts.group(2)) * Math.pow(1024, power);
    }
}
