/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.concurrent.Future;

/** What waiting tasks take of this JVM's heap. */
final class HeapUse {

    /** A collector may need more than one time to let go of what has references of its own kinds. */
    private static final int COLLECTIONS = 3;

    private HeapUse() {}

    /** How a task is submitted. */
    @FunctionalInterface
    interface Submit {
        Future<?> submit() throws Exception;
    }

    /** Bytes for each of so many tasks that wait, with their futures, in a pool that another submit keeps busy. */
    static double perTask(int tasks, Submit busy, Submit waiting) throws Exception {
        Future<?>[] futures = new Future<?>[tasks];
        Future<?> first = busy.submit();
        long before = used();
        for (int i = 0; i < tasks; i++) {
            futures[i] = waiting.submit();
        }
        double bytes = (double) (used() - before) / tasks;
        for (Future<?> future : futures) {
            future.cancel(false); // and so none was let go of before
        }
        first.cancel(true);
        return bytes;
    }

    /** After a collection, so that it is what is in use. */
    @SuppressWarnings("PMD.DoNotCallGarbageCollectionExplicitly")
    private static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
