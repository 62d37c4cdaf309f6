/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.OutputRouting;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.SerializableRunnable;
import io.loky.TaskFuture;
import io.loky.testkit.Faults;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.zip.Inflater;

/**
 * How long it takes from a deed that ends a worker, or its task, until the future has failed: a row for each way to die. The
 * worker writes down when it did it, right before; where memory runs out, when the error was thrown. For a JVM that does not start it is the time from the
 * submit, three starts and the pauses between them included.
 *
 * <p>Needs a system on which the clocks of two JVMs agree, as on Linux, and a POSIX shell. Usage: {@code CrashTimes [rounds]}, by default 20.
 */
public final class CrashTimes {
    private static final int STOPS = 3;

    /** Keeps the compiler from leaving an allocation out. */
    private static volatile Object[] garbage = {};

    private CrashTimes() {}

    private record Death(
            String name, int rounds, UnaryOperator<ProcessPoolOptions.Builder> options, SerializableRunnable deed) {}

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if a task does not fail, or its file cannot be read
     */
    public static void main(String[] args) throws Exception {
        run(args.length == 0 ? 20 : Integer.parseInt(args[0]), System.out);
    }

    static void run(int rounds, PrintStream out) throws Exception {
        Path file = Files.createTempFile("loky-crash-times", "");
        try {
            out.println("| death | median, ms | longest, ms |");
            out.println("| --- | --- | --- |");
            for (Death death : deaths(rounds)) {
                out.println(row(death, file));
            }
        } finally {
            Files.delete(file);
        }
    }

    private static List<Death> deaths(int rounds) {
        return List.of(
                death("segmentation fault", rounds, Faults.segmentationFault()),
                death(
                        "segmentation fault in a native library",
                        rounds,
                        CrashTimes::freeAStreamThatIsNone,
                        "--add-opens=java.base/java.util.zip=ALL-UNNAMED"),
                death("`abort`", rounds, Faults.abort()),
                death("`System.exit`", rounds, Faults.exit(3)),
                death("`Runtime.halt`", rounds, Faults.halt(3)),
                death("`SIGKILL`", rounds, Faults.kill()),
                death("`SIGTERM`", rounds, Faults.signal("TERM")),
                new Death(
                        "`SIGSTOP`, with a `heartbeat` of 0.1 s",
                        Math.min(STOPS, rounds),
                        options -> options.heartbeat(Duration.ofMillis(100)),
                        Faults.stop()),
                new Death(
                        "out of Java heap (64 MiB)",
                        rounds,
                        options -> options.maxHeap("64m"),
                        Faults.heapExhaustion()),
                death(
                        "GC overhead",
                        rounds,
                        CrashTimes::fillTheHeapSlowly,
                        "-Xmx32m",
                        "-XX:+UseParallelGC",
                        "-XX:GCTimeLimit=1",
                        "-XX:GCHeapFreeLimit=90"),
                death(
                        "`-XX:+ExitOnOutOfMemoryError`, with the time to fill 64 MiB",
                        rounds,
                        Faults.heapExhaustion(),
                        "-Xmx64m",
                        "-XX:+ExitOnOutOfMemoryError"),
                death(
                        "`-XX:+CrashOnOutOfMemoryError`, with the time to fill 64 MiB",
                        rounds,
                        Faults.heapExhaustion(),
                        "-Xmx64m",
                        "-XX:+CrashOnOutOfMemoryError"),
                death("out of metaspace", rounds, Faults.metaspaceExhaustion(), "-XX:MaxMetaspaceSize=32m"),
                death("out of direct memory", rounds, Faults.directMemoryExhaustion(), "-XX:MaxDirectMemorySize=8m"),
                death("out of native threads", rounds, Faults.nativeThreadExhaustion()),
                death("a bad JVM flag, from the submit", Math.min(STOPS, rounds), Faults.halt(3), "-XX:+NoSuchFlag"));
    }

    /** zlib, which is native code, is told to free a stream at an address that is none. */
    private static void freeAStreamThatIsNone() throws ReflectiveOperationException {
        Method end = Inflater.class.getDeclaredMethod("end", long.class);
        end.setAccessible(true);
        end.invoke(null, 8L);
    }

    /** Far more garbage than what it keeps: the heap is collected again and again, each time with less to gain. */
    private static void fillTheHeapSlowly() {
        List<Object> all = new ArrayList<>();
        while (garbage.length + all.size() < Integer.MAX_VALUE) {
            for (int i = 0; i < 100; i++) {
                garbage = new Object[100];
            }
            all.add(new Object[100]);
        }
    }

    private static Death death(String name, int rounds, SerializableRunnable deed, String... jvmArgs) {
        return new Death(name, rounds, options -> options.jvmArgs(List.of(jvmArgs)), deed);
    }

    private static String row(Death death, Path file) throws Exception {
        ProcessPoolOptions options = death.options
                .apply(ProcessPoolOptions.builder().maxWorkers(1).output(OutputRouting.discard()))
                .build();
        List<Double> millis = new ArrayList<>();
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options)) {
            for (int i = 0; i < death.rounds; i++) {
                millis.add(once(pool, death, file));
            }
        }
        double[] times =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return String.format(
                Locale.ROOT, "| %s | %.1f | %.1f |", death.name, Statistics.median(times), times[times.length - 1]);
    }

    private static double once(ProcessPoolExecutor pool, Death death, Path file) throws Exception {
        stamp(file.toString());
        TaskFuture<?> future = pool.submit(new Stamped(file.toString(), death.deed));
        try {
            Object unused = future.get();
            throw new IllegalStateException("the task did not fail: " + death.name);
        } catch (ExecutionException e) {
            return (System.nanoTime()
                            - ByteBuffer.wrap(Files.readAllBytes(file)).getLong())
                    / 1e6;
        }
    }

    private static void stamp(String file) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, System.nanoTime()));
        }
    }

    /** Writes down when, and does it. */
    private record Stamped(String file, SerializableRunnable deed) implements SerializableRunnable {
        @Override
        public void runChecked() throws Exception {
            stamp(file);
            try {
                deed.runChecked();
            } catch (OutOfMemoryError e) { // its time goes with the deed up to here
                stamp(file);
                throw e;
            }
        }
    }
}
