/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import org.jspecify.annotations.Nullable;

/** Which memory a worker was short of. What is called out of memory has many causes, and a larger heap helps against few. */
public enum OutOfMemoryKind {
    /** Objects filled the Java heap. */
    HEAP("give the workers a larger heap (ProcessPoolOptions.maxHeap), or each task less data"),

    /** The Java heap was so full that the JVM did hardly anything but collect garbage. */
    GC_OVERHEAD("give the workers a larger heap (ProcessPoolOptions.maxHeap), or each task less data"),

    /** Loaded classes filled the room for what describes them. */
    METASPACE(
            "find who loads classes again and again, or raise -XX:MaxMetaspaceSize, or -XX:CompressedClassSpaceSize, whichever"
                    + " is said above (ProcessPoolOptions.jvmArgs); maxTasksPerWorker bounds what a leak of classes can do"),

    /** Direct buffers took as much as they may. */
    DIRECT_MEMORY("let go of direct buffers earlier, or raise -XX:MaxDirectMemorySize (ProcessPoolOptions.jvmArgs)"),

    /** The system had no further thread for the JVM, or no memory for its stack. */
    NATIVE_THREADS(
            "find who starts so many threads, or threads with such large stacks; or raise the number of processes that the"
                    + " user (ulimit -u) or the container (pids.max) may have"),

    /** One array was asked for that no JVM makes; no memory was short. */
    ARRAY_SIZE("split the data: no heap is large enough for an array of that length"),

    /** The system had no memory for the JVM itself, outside of the Java heap. */
    NATIVE_MEMORY(
            "use fewer workers (ProcessPoolOptions.maxWorkers) or smaller heaps (ProcessPoolOptions.maxHeap), or give the"
                    + " machine or container more memory"),

    /** The process took more than twice its {@link ProcessPoolOptions#workerMemoryLimit()}, and the pool killed it. */
    PROCESS(
            "raise the limit (ProcessPoolOptions.workerMemoryLimit), lower what may fill it (maxHeap), or give each task less data"),

    /** Something else, which only the message says. */
    OTHER("look at what is said above, and at the memory of the machine");

    private final String remedy;

    OutOfMemoryKind(String remedy) {
        this.remedy = remedy;
    }

    /**
     * Returns which memory the error is about, judged by the message that JVMs give it.
     *
     * @param error from a task's future, or caught in a task
     * @return the kind; {@link #OTHER} if the message is not one that JVMs give
     */
    public static OutOfMemoryKind of(OutOfMemoryError error) {
        return ofMessage(error.getMessage());
    }

    /**
     * The same for the message alone, such as {@code Java heap space}.
     *
     * @param message the message; {@code null} if there is none
     * @return the kind; {@link #OTHER} if the message is not one that JVMs give
     */
    public static OutOfMemoryKind ofMessage(@Nullable String message) {
        String text = message == null ? "" : message;
        if (text.startsWith("Java heap space")) {
            return HEAP;
        }
        if (text.startsWith("GC overhead limit exceeded")) {
            return GC_OVERHEAD;
        }
        if (text.startsWith("Metaspace") || text.startsWith("Compressed class space")) {
            return METASPACE;
        }
        if (text.contains("irect buffer memory")) {
            return DIRECT_MEMORY;
        }
        if (text.startsWith("unable to create") && text.contains("thread")) {
            return NATIVE_THREADS;
        }
        if (text.startsWith("Requested array size exceeds VM limit")
                || text.startsWith("Required length exceeds implementation limit")
                || text.startsWith("Required array size too large")) {
            return ARRAY_SIZE;
        }
        return text.startsWith("Out of swap space") || text.startsWith("Map failed") || text.contains("ative memory")
                ? NATIVE_MEMORY
                : OTHER;
    }

    /** What to do about it: the end of a sentence. */
    String remedy() {
        return remedy;
    }
}
