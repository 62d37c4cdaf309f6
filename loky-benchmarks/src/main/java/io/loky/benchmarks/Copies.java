/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.lang.reflect.Array;

/**
 * The least that an echo through another process can cost: the array is copied out of one heap and into the other, and back.
 * Four times {@code System.arraycopy}, between arrays that have been used before.
 */
final class Copies implements Contender {

    static final String NAME = "four copies";

    private static final int COPIES = 4;
    private static final int WARM_UP = 20;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean measures(Metric metric) {
        return metric.kind() == Metric.Kind.ECHO;
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        Timing.warmUp(WARM_UP, effort.warmUpTime(), copying(metric, effort));
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        Timing.Action copying = copying(metric, effort);
        copying.run(); // the pages of the new arrays are mapped now
        return Timing.millis(effort.echoes(metric), copying);
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both are made by the same method
    private static Timing.Action copying(Metric metric, Effort effort) {
        Object one = effort.echoed(metric);
        Object other = effort.echoed(metric);
        int length = Array.getLength(one);
        return () -> {
            for (int i = 0; i < COPIES; i += 2) {
                System.arraycopy(one, 0, other, 0, length);
                System.arraycopy(other, 0, one, 0, length);
            }
        };
    }

    @Override
    public void close() {}
}
