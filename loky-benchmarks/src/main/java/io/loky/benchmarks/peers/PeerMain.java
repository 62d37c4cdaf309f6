/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import io.loky.benchmarks.Timing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Java library that is measured on request: {@code PeerMain LIBRARY}. One command a line on standard input, one line of JSON on
 * standard output, {@code {"samples": [...]}} or {@code {"error": "..."}}, as {@code python_peer.py} has them:
 *
 * <pre>
 *   a CALLS SECONDS         round trips of a no-op, in microseconds; at most CALLS of them, for at most SECONDS
 *   b WORKERS TASKS         up to TASKS submits gathered, in tasks per second; fewer of a peer that is slow
 *   d bytes SIZE TIMES      echoes of an array, in milliseconds
 *   f TIMES                 a new pool to its first result, in milliseconds; once of a peer that is slow
 *   p WORKERS               a pool that is left alone: the pids of its workers
 * </pre>
 *
 * <p>Ends at the end of standard input.
 */
public final class PeerMain {

    /** The library's name, as {@link #main} knows it. */
    public static final String LOKY = "loky-java";

    /** See {@link #LOKY}. */
    public static final String OUT_PROCESS = "out-process";

    /** See {@link #LOKY}. */
    public static final String HAZELCAST = "hazelcast";

    /** See {@link #LOKY}. */
    public static final String IGNITE = "ignite";

    /** A peer that loses a task must not hold up the whole run. */
    private static final long PATIENCE_SECONDS = 30;

    private static final Duration END_LIMIT = Duration.ofSeconds(4);

    private static final int SMALL_BATCH = 20;
    private static final int GROWTH = 4;
    private static final double LONG_BATCH_SECONDS = 1;
    private static final Duration ECHO_LIMIT = Duration.ofSeconds(2);
    private static final int FEWEST_ECHOES = 3;
    private static final Duration FIRST_RESULTS_LIMIT = Duration.ofSeconds(1);

    private final Peer.Starter starter;
    private @Nullable Peer kept;

    private PeerMain(Peer.Starter starter) {
        this.starter = starter;
    }

    /**
     * Serves until the end of standard input.
     *
     * @param args the library
     * @throws IOException if standard input cannot be read
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        PrintStream replies = System.out;
        System.setOut(System.err); // whoever prints must not answer
        PeerMain peer = new PeerMain(starter(args[0]));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            replies.println(peer.reply(line.split(" ", -1)));
            replies.flush();
        }
        haltLater();
        peer.close();
        System.exit(0);
    }

    private static Peer.Starter starter(String library) {
        return switch (library) {
            case LOKY -> LokyPeer::start;
            case OUT_PROCESS -> OutProcessPeer::start;
            case HAZELCAST -> HazelcastPeer::start;
            case IGNITE -> IgnitePeer::start;
            default -> throw new IllegalArgumentException("no library " + library);
        };
    }

    /** Whatever the library waits for at its end. */
    @SuppressWarnings("PMD.DoNotTerminateVM")
    private static void haltLater() {
        Thread thread = new Thread(
                () -> {
                    try {
                        Thread.sleep(END_LIMIT.toMillis());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // nobody does; then the end is now
                    }
                    Runtime.getRuntime().halt(1);
                },
                "peer-end");
        thread.setDaemon(true);
        thread.start();
    }

    private String reply(String[] words) {
        try {
            return Arrays.stream(answer(words))
                    .mapToObj(sample -> String.format(Locale.ROOT, "%.4f", sample))
                    .reduce((one, other) -> one + ", " + other)
                    .map(samples -> "{\"samples\": [" + samples + "]}")
                    .orElse("{\"samples\": []}");
        } catch (Exception | LinkageError e) {
            e.printStackTrace(); // the file of errors has the whole story
            return "{\"error\": \"" + words(e).replaceAll("[\"\\\\\\p{Cntrl}]", " ") + "\"}";
        }
    }

    /** With the last cause: the first one often says only that there was one. */
    private static String words(Throwable e) {
        Throwable last = e;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        StackTraceElement[] stack = last.getStackTrace();
        String place = stack.length == 0 ? "" : " in " + stack[0];
        return last == e ? e + place : e + ", because of " + last + place;
    }

    private double[] answer(String[] words) throws Exception {
        return switch (words[0]) {
            case "a" -> roundTrips(Integer.parseInt(words[1]), Double.parseDouble(words[2]));
            case "b" -> gathered(Integer.parseInt(words[2]));
            case "d" -> echoes(Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            case "f" -> firstResults(Integer.parseInt(words[1]));
            case "p" -> LokyPeer.pids(Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        };
    }

    private Peer kept() throws Exception {
        Peer peer = kept;
        if (peer == null) {
            peer = starter.start();
            kept = peer;
        }
        return peer;
    }

    private double[] roundTrips(int calls, double seconds) throws Exception {
        Peer peer = kept();
        get(peer.nothing());
        double[] samples = new double[calls];
        int count = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (count < calls && (count == 0 || System.nanoTime() < end)) {
            samples[count++] = Timing.micros(1, () -> get(peer.nothing()))[0];
        }
        return Arrays.copyOf(samples, count);
    }

    /** In ever larger batches, up to that many tasks at once or to one that takes long: its rate. */
    private double[] gathered(int tasks) throws Exception {
        Peer peer = kept();
        for (int batch = Math.min(SMALL_BATCH, tasks); ; batch = Math.min(GROWTH * batch, tasks)) {
            int size = batch;
            double[] rate = Timing.perSecond(1, size, () -> gather(peer, size));
            if (size == tasks || size / rate[0] > LONG_BATCH_SECONDS) {
                return rate;
            }
        }
    }

    private static void gather(Peer peer, int tasks) throws Exception {
        List<Future<?>> futures = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            futures.add(peer.nothing());
        }
        for (Future<?> future : futures) {
            get(future);
        }
    }

    private double[] echoes(int size, int times) throws Exception {
        Peer peer = kept();
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) 7);
        double[] samples = new double[times];
        int count = 0;
        long end = System.nanoTime() + ECHO_LIMIT.toNanos();
        while (count < times && (count < FEWEST_ECHOES || System.nanoTime() < end)) {
            samples[count++] = Timing.millis(1, () -> echo(peer, bytes))[0];
        }
        return Arrays.copyOf(samples, count);
    }

    private static void echo(Peer peer, byte[] bytes) throws Exception {
        int length = get(peer.echo(bytes)).length;
        if (length != bytes.length) {
            throw new IllegalStateException("an echo of " + bytes.length + " bytes has " + length);
        }
    }

    private double[] firstResults(int times) throws Exception {
        double[] samples = new double[times];
        int count = 0;
        long end = System.nanoTime() + FIRST_RESULTS_LIMIT.toNanos();
        while (count < times && (count == 0 || System.nanoTime() < end)) {
            samples[count++] = firstResult();
        }
        return Arrays.copyOf(samples, count);
    }

    private double firstResult() throws Exception {
        long start = System.nanoTime();
        try (Peer peer = starter.start()) {
            get(peer.nothing());
            return Timing.millisSince(start);
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void close() {
        Peer peer = kept;
        if (peer != null) {
            try {
                peer.close();
            } catch (Exception e) {
                System.err.println("the peer did not end in order: " + e); // this JVM ends in any case
            }
        }
    }
}
