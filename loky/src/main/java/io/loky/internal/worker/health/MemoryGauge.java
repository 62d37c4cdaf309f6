/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

/** Where {@link MemoryWatch} gets its numbers. */
interface MemoryGauge {
    /** As {@link System#nanoTime()}. */
    long nanoTime();

    /** What is cheap to know. */
    Reading read();

    /** How many bytes of direct buffers there are; 0 where nobody knows. Dear when it is asked for the first time. */
    long direct();

    /** Has garbage collected. False if the JVM does not do it when asked ({@code -XX:+DisableExplicitGC}). */
    boolean collect();

    /**
     * All in bytes.
     *
     * @param used of the Java heap, garbage included
     * @param committed what the Java heap has of the system; that part of it which was never used takes no memory
     * @param resident what the process takes of the machine's memory; 0 where nobody knows
     */
    record Reading(long used, long committed, long resident) {}
}
