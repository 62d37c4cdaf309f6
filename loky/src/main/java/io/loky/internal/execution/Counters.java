/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static io.loky.internal.wire.Measured.UNKNOWN;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/** What the JVM counts of the calling thread, and of its collectors; {@code UNKNOWN} what this JVM does not count. */
final class Counters {
    /** How the names of those end that count the time of collections beside which the program goes on. */
    private static final String CONCURRENT = "Cycles";

    private @Nullable ThreadMXBean cpu;
    private com.sun.management.@Nullable ThreadMXBean allocation;
    /** An array: where the task has left no memory not even an iterator can be made. */
    private GarbageCollectorMXBean @Nullable [] collectors;

    Counters() {
        try {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            cpu = threads.isCurrentThreadCpuTimeSupported() ? threads : null;
            collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .filter(bean -> !bean.getName().endsWith(CONCURRENT))
                    .toArray(GarbageCollectorMXBean[]::new);
            if (threads instanceof com.sun.management.ThreadMXBean more && more.isThreadAllocatedMemorySupported()) {
                allocation = more;
            }
        } catch (LinkageError e) {
            // A runtime image without the modules for management: tasks run, and this much of their cost is not known.
        }
    }

    long cpuNanos() {
        try {
            return cpu == null ? UNKNOWN : cpu.getCurrentThreadCpuTime();
        } catch (
                UnsupportedOperationException
                        e) { // a virtual thread, whose submit ran the task: that is no fault of the task
            return UNKNOWN;
        }
    }

    long allocatedBytes() {
        return allocation == null ? UNKNOWN : allocation.getCurrentThreadAllocatedBytes();
    }

    /** For how long they have paused the program altogether. */
    long pauseMillis() {
        if (collectors == null) {
            return UNKNOWN;
        }
        long millis = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            long more = collector.getCollectionTime();
            if (more < 0) {
                return UNKNOWN;
            }
            millis += more;
        }
        return millis;
    }
}
