/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

/**
 * What was measured of a task where it ran. It travels between the header and the payload of its answer:
 *
 * <pre>
 *    0           8           16               24             32           40
 *   +-----------+-----------+----------------+--------------+------------+
 *   | run nanos | CPU nanos | bytes allocated | pause nanos | peak bytes |
 *   +-----------+-----------+----------------+--------------+------------+
 * </pre>
 *
 * What was not measured is {@value #UNKNOWN}.
 *
 * @param runNanos how long the code of the task ran
 * @param cpuNanos the CPU time of its thread meanwhile
 * @param allocatedBytes what its thread allocated on the Java heap meanwhile
 * @param pauseNanos how long collectors paused this JVM meanwhile
 * @param peakBytes the most memory that the process took while it had the task
 */
public record Measured(long runNanos, long cpuNanos, long allocatedBytes, long pauseNanos, long peakBytes) {
    /** Nobody has measured it. */
    public static final long UNKNOWN = -1;

    static final int LENGTH = 5 * Long.BYTES;

    void write(byte[] target, int at) {
        BigEndian.putLong(target, at, runNanos);
        BigEndian.putLong(target, at + 8, cpuNanos);
        BigEndian.putLong(target, at + 16, allocatedBytes);
        BigEndian.putLong(target, at + 24, pauseNanos);
        BigEndian.putLong(target, at + 32, peakBytes);
    }

    static Measured read(byte[] source, int at) {
        return new Measured(
                BigEndian.getLong(source, at),
                BigEndian.getLong(source, at + 8),
                BigEndian.getLong(source, at + 16),
                BigEndian.getLong(source, at + 24),
                BigEndian.getLong(source, at + 32));
    }
}
