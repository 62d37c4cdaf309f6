/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker;

/** Memory that tasks have left behind, and that nobody would ask for while the worker is idle. */
final class IdleMemory {
    /** With less there is nothing to gain. */
    private static final long SMALL_HEAP = 32L << 20;

    private IdleMemory() {}

    /**
     * Collects, after which the JVM returns to the system what the heap does not need. Takes as long as it takes to go through what is
     * alive; some ten milliseconds where that is little.
     */
    static void giveBack() {
        if (Runtime.getRuntime().totalMemory() > SMALL_HEAP) {
            System.gc();
        }
    }
}
