/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;

/** The limit on this machine: the same wake-ups, writes, starts and deaths, with no pool around them. */
final class RawLimit implements Contender {

    static final String NAME = "raw";

    /** An id and as much again: less than any task. */
    private static final int SMALL_FRAME = 16;

    /** What a well encoded no-op and its header come to. */
    private static final int TASK_FRAME = 64;

    /** As long as the pools' workers are given to be truly busy. */
    private static final long BUSY_MILLIS = 50;

    private final Map<Metric, List<RawChannel>> kept = new EnumMap<>(Metric.class);
    private final Queue<RawChannel> started = new ConcurrentLinkedQueue<>();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> unavailable(Metric metric) {
        return RawProcess.isPossible() ? Optional.empty() : Optional.of("needs /bin/sh and /dev/fd");
    }

    @Override
    public boolean measures(Metric metric) {
        return switch (metric.kind()) {
            case ROUND_TRIP, ECHO, FIRST_RESULT, LOSS -> true;
            case GATHER -> metric != Metric.MILLION; // it has no queue
            case MAP, REST, QUEUED, THREADS, SCALE, SUBMITTERS, JOB -> false;
        };
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        switch (metric.kind()) {
            case ROUND_TRIP -> {
                List<RawChannel> channels = keep(metric, SMALL_FRAME);
                Timing.warmUp(effort.warmUpCalls(), effort.warmUpTime(), () -> roundTrip(channels));
            }
            case GATHER -> {
                List<RawChannel> channels = keep(metric, TASK_FRAME);
                Timing.warmUp(Effort.WARM_UP_BATCHES, effort.warmUpTime(), () -> gather(channels, effort.tasks()));
            }
            case ECHO -> {
                List<RawChannel> channels = keep(metric, effort.echoBytes(metric));
                Timing.warmUp(Effort.WARM_UP_BATCHES, effort.warmUpTime(), () -> roundTrip(channels));
            }
            case FIRST_RESULT -> firstLine();
            default -> endOfChannel();
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        List<RawChannel> channels = kept(metric);
        return switch (metric.kind()) {
            case ROUND_TRIP -> {
                Timing.micros(Effort.REFRESH_CALLS, () -> roundTrip(channels));
                yield Timing.micros(effort.roundTrips(), () -> roundTrip(channels));
            }
            case GATHER -> Timing.perSecond(effort.batches(), effort.tasks(), () -> gather(channels, effort.tasks()));
            case ECHO -> Timing.millis(effort.echoes(metric), () -> roundTrip(channels));
            case FIRST_RESULT -> Timing.samples(effort.firstResults(), this::firstLine);
            default -> Timing.samples(effort.losses(), this::endOfChannel);
        };
    }

    private List<RawChannel> keep(Metric metric, int frameBytes) throws IOException {
        List<RawChannel> channels = new ArrayList<>();
        kept.put(metric, channels);
        for (int i = 0; i < metric.workers(); i++) {
            RawChannel channel = RawChannel.echoing(frameBytes);
            started.add(channel);
            channels.add(channel);
        }
        return channels;
    }

    private List<RawChannel> kept(Metric metric) {
        return kept.getOrDefault(metric, List.of());
    }

    private static void roundTrip(List<RawChannel> channels) throws Exception {
        channels.get(0).submit().get();
    }

    private static void gather(List<RawChannel> channels, int tasks) throws Exception {
        List<CompletableFuture<Long>> replies = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            replies.add(channels.get(i % channels.size()).submit());
        }
        for (CompletableFuture<Long> reply : replies) {
            reply.get();
        }
    }

    /** Start of a bare JVM to its first line. */
    private double firstLine() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(RawProcess.java(RawHello.class));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            String line = process.inputReader().readLine();
            double millis = Timing.millisSince(start);
            if (line == null) {
                throw new EOFException("the bare JVM printed nothing");
            }
            return millis;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** SIGKILL of a busy child to the end of file on its channel, as the waiting caller sees it. */
    private double endOfChannel() throws Exception {
        try (RawChannel channel = RawChannel.spinning()) {
            started.add(channel);
            Thread.sleep(BUSY_MILLIS);
            long start = System.nanoTime();
            channel.handle().destroyForcibly();
            try {
                channel.end().get();
                throw new IllegalStateException("the channel of a killed child did not end");
            } catch (ExecutionException e) {
                return Timing.millisSince(start);
            }
        }
    }

    @Override
    public void close() {
        started.forEach(RawChannel::close);
        started.clear();
    }
}
