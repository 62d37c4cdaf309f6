/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableFunction;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What the heap of a worker has to do with the time of a large array: an array there, and there and back, by pools that take turns.
 *
 * <pre>
 *   default              small at first: what a large array needs is asked of the system, page by page
 *   -Xms1g               large from the start, as are the pages that it had before
 *   -XX:+UseSerialGC     collects before it grows
 *   four copies          within one JVM, between arrays that have been used before
 * </pre>
 *
 * <p>Usage: {@code LargeEcho [mebibytes [samples]]}, by default 64 and 30, of which the first third only warms up.
 */
public final class LargeEcho {
    private static final List<String> HEAPS = List.of("", "-Xms1g", "-XX:+UseSerialGC");

    private LargeEcho() {}

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a task does not end as it should
     */
    public static void main(String[] args) throws Exception {
        int mebibytes = args.length > 0 ? Integer.parseInt(args[0]) : 64;
        int samples = args.length > 1 ? Integer.parseInt(args[1]) : 30;
        run(mebibytes << 20, samples, System.out);
    }

    static void run(int bytes, int samples, PrintStream out) throws Exception {
        byte[] array = new byte[bytes];
        new Random(1).nextBytes(array);
        byte[] other = new byte[bytes];
        Map<String, ProcessPoolExecutor> pools = new LinkedHashMap<>();
        Map<String, double[][]> millis = new LinkedHashMap<>();
        try {
            for (String heap : HEAPS) {
                ProcessPoolOptions.Builder options =
                        ProcessPoolOptions.builder().maxWorkers(1);
                String name = heap.isEmpty() ? "default" : heap;
                pools.put(
                        name,
                        ProcessPoolExecutor.create(
                                heap.isEmpty()
                                        ? options.build()
                                        : options.jvmArgs(List.of(heap)).build()));
            }
            for (int i = 0; i < samples; i++) {
                for (Map.Entry<String, ProcessPoolExecutor> pool : pools.entrySet()) {
                    double[][] of = millis.computeIfAbsent(pool.getKey(), name -> new double[2][samples]);
                    of[0][i] = there(pool.getValue(), array);
                    of[1][i] = thereAndBack(pool.getValue(), array);
                }
                double[][] copies = millis.computeIfAbsent("four copies", name -> new double[2][samples]);
                copies[0][i] = copies(array, other, 2);
                copies[1][i] = copies(array, other, 4);
            }
        } finally {
            pools.values().forEach(ProcessPoolExecutor::close);
        }
        out.printf("%-18s %9s %9s %15s %9s%n", "median, ms", "there", "fastest", "there and back", "fastest");
        millis.forEach((name, of) -> out.printf(
                Locale.ROOT,
                "%-18s %9.2f %9.2f %15.2f %9.2f%n",
                name,
                Statistics.median(warm(of[0])),
                Statistics.min(warm(of[0])),
                Statistics.median(warm(of[1])),
                Statistics.min(warm(of[1]))));
    }

    private static double[] warm(double[] samples) {
        return Arrays.copyOfRange(samples, samples.length / 3, samples.length);
    }

    private static double there(ProcessPoolExecutor pool, byte[] array) throws Exception {
        SerializableFunction<byte[], Integer> length = got -> got.length;
        long start = System.nanoTime();
        expect(pool.submitWith(length, array).get() == array.length);
        return Timing.millisSince(start);
    }

    private static double thereAndBack(ProcessPoolExecutor pool, byte[] array) throws Exception {
        SerializableFunction<byte[], byte[]> echo = got -> got;
        long start = System.nanoTime();
        byte[] back = pool.submitWith(echo, array).get();
        double millis = Timing.millisSince(start);
        expect(back.length == array.length && back[back.length - 1] == array[array.length - 1]);
        return millis;
    }

    private static double copies(byte[] one, byte[] other, int count) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i += 2) {
            System.arraycopy(one, 0, other, 0, one.length);
            System.arraycopy(other, 0, one, 0, one.length);
        }
        return Timing.millisSince(start);
    }

    private static void expect(boolean right) {
        if (!right) {
            throw new IllegalStateException("a task did not end as it should");
        }
    }
}
