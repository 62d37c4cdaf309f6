/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A process pool of Python, measured inside one long-lived Python process by {@code python_peer.py}. */
final class PythonPeer implements Contender {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Enough for both workers to be up; Python has no compiler that would need more. */
    private static final int WARM_UP_TASKS = 2_000;

    private static final double NO_LIMIT_SECONDS = 3_600;

    private final String library;
    private final Optional<String> unavailable;
    private volatile @Nullable PythonProcess process;

    private PythonPeer(String library, Optional<String> unavailable) {
        this.library = library;
        this.unavailable = unavailable;
    }

    static PythonPeer concurrentFutures(Python python) {
        return new PythonPeer("concurrent.futures", withoutPython(python));
    }

    static PythonPeer loky(Python python) {
        Optional<String> withoutLoky = python.lokyVersion().isPresent()
                ? Optional.empty()
                : Optional.of("'import loky' fails in " + Python.COMMAND);
        return new PythonPeer("loky", withoutPython(python).or(() -> withoutLoky));
    }

    private static Optional<String> withoutPython(Python python) {
        return python.version().isPresent() ? Optional.empty() : Optional.of("no working " + Python.COMMAND);
    }

    @Override
    public String name() {
        return library;
    }

    @Override
    public Optional<String> unavailable() {
        return unavailable;
    }

    @Override
    public boolean measures(Metric metric) {
        return true;
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws IOException {
        switch (metric) {
            case ROUND_TRIP ->
                roundTrips(effort.warmUpCalls(), effort.warmUpTime().toMillis() / 1e3);
            case THROUGHPUT_1, THROUGHPUT_2 -> gathered(metric, WARM_UP_TASKS);
            case FIRST_RESULT, LOSS -> repeated(metric, 1);
        }
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws IOException {
        return switch (metric) {
            case ROUND_TRIP -> {
                roundTrips(Effort.REFRESH_CALLS, NO_LIMIT_SECONDS);
                yield roundTrips(effort.roundTrips(), NO_LIMIT_SECONDS);
            }
            case THROUGHPUT_1, THROUGHPUT_2 -> gathered(metric, effort.tasks());
            case FIRST_RESULT -> repeated(metric, effort.firstResults());
            case LOSS -> repeated(metric, effort.losses());
        };
    }

    private double[] roundTrips(int calls, double seconds) throws IOException {
        return ask(String.format(Locale.ROOT, "a %d %.3f", calls, seconds));
    }

    private double[] gathered(Metric metric, int tasks) throws IOException {
        return ask("b " + metric.workers() + " " + tasks);
    }

    private double[] repeated(Metric metric, int times) throws IOException {
        return ask(metric.letter() + " " + times);
    }

    private double[] ask(String command) throws IOException {
        JsonNode reply = JSON.readTree(running().ask(command));
        if (reply.has("error")) {
            throw new IOException(reply.path("error").asText());
        }
        double[] samples = new double[reply.path("samples").size()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = reply.path("samples").path(i).asDouble();
        }
        return samples;
    }

    private PythonProcess running() throws IOException {
        PythonProcess running = process;
        if (running == null) {
            running = PythonProcess.start(library);
            process = running;
        }
        return running;
    }

    @Override
    public void close() {
        PythonProcess running = process;
        if (running != null) {
            running.close();
        }
    }
}
