/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.wire;

import java.nio.ByteBuffer;

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
        ByteBuffer.wrap(target, at, LENGTH)
                .putLong(runNanos)
                .putLong(cpuNanos)
                .putLong(allocatedBytes)
                .putLong(pauseNanos)
                .putLong(peakBytes);
    }

    static Measured read(byte[] source, int at) {
        ByteBuffer in = ByteBuffer.wrap(source, at, LENGTH);
        return new Measured(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
