/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.Arrays;

/** Order statistics of samples, which need not be sorted. */
final class Statistics {

    private Statistics() {}

    /** The middle sample, or the mean of the two in the middle. */
    static double median(double[] samples) {
        double[] sorted = sorted(samples);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest sample that at least 99 % of the samples do not exceed (nearest rank). */
    static double p99(double[] samples) {
        return percentile(99, samples);
    }

    /** The same for 95 %. */
    static double p95(double[] samples) {
        return percentile(95, samples);
    }

    private static double percentile(int percent, double[] samples) {
        double[] sorted = sorted(samples);
        int rank = Math.toIntExact(((long) percent * sorted.length + 99) / 100);
        return sorted[rank - 1];
    }

    static double min(double[] samples) {
        return sorted(samples)[0];
    }

    static double max(double[] samples) {
        return sorted(samples)[samples.length - 1];
    }

    private static double[] sorted(double[] samples) {
        if (samples.length == 0) {
            throw new IllegalArgumentException("no samples");
        }
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
