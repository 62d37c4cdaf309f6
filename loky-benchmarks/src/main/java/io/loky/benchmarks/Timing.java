/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.time.Duration;

/** The loops around the clock that the Java contenders share, so that they are timed alike. */
public final class Timing {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private Timing() {}

    /** Something to be timed. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /** Something that prepares, times itself, and cleans up. */
    @FunctionalInterface
    public interface Sample {
        double take() throws Exception;
    }

    /** Runs it until {@code calls} are done or {@code limit} is over. */
    public static void warmUp(int calls, Duration limit, Action action) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < calls && System.nanoTime() - start < limit.toNanos(); i++) {
            action.run();
        }
    }

    public static double[] micros(int calls, Action action) throws Exception {
        double[] samples = new double[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            action.run();
            samples[i] = (System.nanoTime() - start) / NANOS_PER_MICRO;
        }
        return samples;
    }

    public static double[] millis(int calls, Action action) throws Exception {
        double[] samples = micros(calls, action);
        for (int i = 0; i < calls; i++) {
            samples[i] *= NANOS_PER_MICRO / NANOS_PER_MILLI;
        }
        return samples;
    }

    /** The rate of an action that does {@code tasks} tasks at once. */
    public static double[] perSecond(int times, int tasks, Action action) throws Exception {
        double[] samples = new double[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            action.run();
            samples[i] = tasks * NANOS_PER_SECOND / (System.nanoTime() - start);
        }
        return samples;
    }

    /** As many samples as asked for, of something that times itself. */
    public static double[] samples(int count, Sample sample) throws Exception {
        double[] samples = new double[count];
        for (int i = 0; i < count; i++) {
            samples[i] = sample.take();
        }
        return samples;
    }

    public static double millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / NANOS_PER_MILLI;
    }
}
