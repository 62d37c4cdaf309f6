/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Somebody else's pool, measured inside a process of its own, which is asked for the figures. */
final class RemotePeer implements Contender {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Enough for the workers to be up and the peer's own code to be compiled, as far as it is. */
    private static final int WARM_UP_TASKS = 2_000;

    /** The slow ones do fewer round trips. */
    private static final double ROUND_TRIPS_SECONDS = 3;

    private static final double REFRESH_SECONDS = 0.5;

    private final String library;
    private final Optional<String> unavailable;
    private final Predicate<Metric> measured;
    private final Starter starter;
    private volatile @Nullable PeerProcess process;

    /** Starts the peer's process. */
    @FunctionalInterface
    interface Starter {
        PeerProcess start() throws IOException;
    }

    RemotePeer(String library, Optional<String> unavailable, Predicate<Metric> measured, Starter starter) {
        this.library = library;
        this.unavailable = unavailable;
        this.measured = measured;
        this.starter = starter;
    }

    @Override
    public String name() {
        return library;
    }

    @Override
    public Optional<String> unavailable(Metric metric) {
        return unavailable;
    }

    @Override
    public boolean measures(Metric metric) {
        return measured.test(metric);
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws IOException {
        switch (metric.kind()) {
            case ROUND_TRIP ->
                roundTrips(effort.warmUpCalls(), effort.warmUpTime().toMillis() / 1e3);
            case GATHER -> ask("b", metric.workers(), Math.min(WARM_UP_TASKS, effort.tasks()));
            case MAP -> ask("c", metric.workers(), Math.min(WARM_UP_TASKS, effort.items()));
            case ECHO -> echoes(metric, effort, 2);
            case FIRST_RESULT, LOSS -> ask(metric.letter(), 1);
            case SUBMITTERS -> ask("t", metric.workers(), Effort.SUBMITTERS, Effort.SUBMITTERS);
            case QUEUED, SCALE, REST, THREADS, JOB -> {}
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws IOException {
        return switch (metric.kind()) {
            case ROUND_TRIP -> {
                roundTrips(Effort.REFRESH_CALLS, REFRESH_SECONDS);
                yield roundTrips(effort.roundTrips(), ROUND_TRIPS_SECONDS);
            }
            case GATHER -> ask("b", metric.workers(), effort.tasks());
            case MAP -> ask("c", metric.workers(), effort.items());
            case ECHO -> echoes(metric, effort, effort.echoes(metric));
            case FIRST_RESULT -> ask("f", effort.firstResults());
            case LOSS -> ask("g", effort.losses());
            case QUEUED -> ask("j", effort.tasks());
            case SCALE -> ask("s", metric.workers(), effort.tasks(metric));
            case SUBMITTERS -> ask("t", metric.workers(), Effort.SUBMITTERS, effort.submits());
            case REST, THREADS, JOB -> throw new IllegalArgumentException(library + " does not measure " + metric.id());
        };
    }

    private double[] roundTrips(int calls, double seconds) throws IOException {
        return ask(String.format(Locale.ROOT, "a %d %.3f", calls, seconds));
    }

    private double[] echoes(Metric metric, Effort effort, int times) throws IOException {
        String what = metric == Metric.LARGE_DOUBLES ? "doubles" : "bytes";
        return ask("d " + what + " " + effort.echoBytes(metric) + " " + times);
    }

    private double[] ask(String command, int... numbers) throws IOException {
        StringBuilder line = new StringBuilder(command);
        for (int number : numbers) {
            line.append(' ').append(number);
        }
        return numbers(running().ask(line.toString()));
    }

    /** The samples of a reply. */
    static double[] numbers(String line) throws IOException {
        JsonNode reply = JSON.readTree(line);
        if (reply.has("error")) {
            throw new IOException(reply.path("error").asText());
        }
        double[] samples = new double[reply.path("samples").size()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = reply.path("samples").path(i).asDouble();
        }
        return samples;
    }

    private PeerProcess running() throws IOException {
        PeerProcess running = process;
        if (running == null) {
            running = starter.start();
            process = running;
        }
        return running;
    }

    @Override
    public void close() {
        PeerProcess running = process;
        if (running != null) {
            running.close();
        }
    }
}
