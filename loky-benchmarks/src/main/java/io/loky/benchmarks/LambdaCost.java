/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.SerializableCallable;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.DecodedDialects;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * What it costs to turn one task into bytes and back, without a process: a lambda that captures a number and a text, as this
 * library does it, plain and Serializable, and as the JDK's object streams do it. The contenders take turns; each lambda is
 * decoded many times, and the classes that the JVM has loaded are counted before and after.
 */
public final class LambdaCost {
    private static final int ROUNDS = 11;
    private static final int MANY = 100_000;
    private static final int QUICK = 200;

    private LambdaCost() {}

    /** Somebody who encodes and decodes. */
    private interface Codec {
        byte[] encode() throws Exception;

        Object decode(byte[] bytes) throws Exception;
    }

    /** One of them, and how long it took in each round, in microseconds. */
    private static final class Contender {
        private final String name;
        private final Codec codec;
        private final double[] encode = new double[ROUNDS];
        private final double[] decode = new double[ROUNDS];

        Contender(String name, Codec codec) {
            this.name = name;
            this.codec = codec;
        }

        void turn(int round, int times) throws Exception {
            byte[] bytes = codec.encode();
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                bytes = codec.encode();
            }
            long between = System.nanoTime();
            for (int i = 0; i < times; i++) {
                Object unused = codec.decode(bytes);
            }
            encode[round] = (between - start) / 1e3 / times;
            decode[round] = (System.nanoTime() - between) / 1e3 / times;
        }

        String row() throws Exception {
            return String.format(
                    Locale.ROOT,
                    "%-34s %8d %12.2f %12.2f",
                    name,
                    codec.encode().length,
                    median(encode),
                    median(decode));
        }

        private static double median(double[] samples) {
            double[] sorted = samples.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }
    }

    /**
     * Prints a table.
     *
     * @param args {@code --quick} for a first impression
     * @throws Exception if something cannot be encoded or decoded
     */
    public static void main(String[] args) throws Exception {
        boolean quick = List.of(args).contains("--quick");
        run(quick ? QUICK : MANY, new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }

    static void run(int times, PrintStream out) throws Exception {
        int number = 7;
        String text = "seven";
        SerializableCallable<Integer> serializable = () -> number + text.length();
        Callable<Integer> plain = () -> number + text.length();
        List<Contender> contenders = List.of(
                new Contender("loky-java, plain lambda", ours(plain)),
                new Contender("loky-java, Serializable lambda", ours(serializable)),
                new Contender("JDK streams, Serializable lambda", jdk(serializable)));
        long classes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (Contender contender : contenders) {
                contender.turn(round, times);
            }
            if (round == 0) {
                classes = loadedClasses(); // the first round warms up
            }
        }
        long decodes = (long) (ROUNDS - 1) * times;
        out.printf("%-34s %8s %12s %12s%n", "a lambda with a number and a text", "bytes", "encode, us", "decode, us");
        for (Contender contender : contenders) {
            out.println(contender.row());
        }
        out.printf(
                "%,d decodes of each after the first round: %,d classes were loaded, metaspace has %,d KiB%n",
                decodes, loadedClasses() - classes, metaspaceBytes() >> 10);
    }

    private static Codec ours(Callable<Integer> lambda) {
        ObjectCodec codec = new ObjectCodec(ClassNames.of(LambdaCost.class.getClassLoader()));
        DecodedDialects dialects = new DecodedDialects();
        return new Codec() {
            @Override
            public byte[] encode() throws Exception {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                TaskCall.of(lambda).write(codec, out);
                return out.toByteArray();
            }

            @Override
            public Object decode(byte[] bytes) throws Exception {
                return TaskCall.read(codec, dialects, bytes, 0, Sections.NONE);
            }
        };
    }

    private static Codec jdk(Object lambda) {
        return new Codec() {
            @Override
            public byte[] encode() throws Exception {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (ObjectOutputStream stream = new ObjectOutputStream(out)) {
                    stream.writeObject(lambda);
                }
                return out.toByteArray();
            }

            @Override
            public Object decode(byte[] bytes) throws Exception {
                try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
                    return in.readObject();
                }
            }
        };
    }

    private static long loadedClasses() {
        return ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    }

    private static long metaspaceBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong(pool -> pool.getUsage().getUsed())
                .sum();
    }
}
