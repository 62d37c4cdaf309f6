/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run that was kept as data, as {@link ResultsJson} has written it: the figures of each contender at each metric. */
final class ResultsFile {

    private final JsonNode root;
    private final Map<String, Map<String, Figures>> figures = new LinkedHashMap<>();

    private ResultsFile(JsonNode root) {
        this.root = root;
        for (JsonNode metric : root.path("metrics")) {
            Map<String, Figures> ofMetric = new LinkedHashMap<>();
            for (JsonNode contender : metric.path("contenders")) {
                ofMetric.put(contender.path("name").asText(), Figures.of(contender));
            }
            figures.put(metric.path("id").asText(), ofMetric);
        }
    }

    /**
     * What one contender did at one metric.
     *
     * @param rounds the rounds' medians by the number of the round; none if there is no figure
     * @param problem why there is none, or not of all rounds
     */
    record Figures(Map<Integer, Double> rounds, Optional<String> problem) {

        private static Figures of(JsonNode contender) {
            Map<Integer, Double> rounds = new LinkedHashMap<>();
            for (JsonNode round : contender.path("rounds")) {
                rounds.put(round.path("round").asInt(), round.path("median").asDouble());
            }
            JsonNode problem = contender.path("problem");
            return new Figures(rounds, problem.isMissingNode() ? Optional.empty() : Optional.of(problem.asText()));
        }

        boolean isMeasured() {
            return !rounds.isEmpty();
        }

        double median() {
            return Statistics.median(all());
        }

        double min() {
            return Statistics.min(all());
        }

        double max() {
            return Statistics.max(all());
        }

        private double[] all() {
            return rounds.values().stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /** @throws IOException if it cannot be read, or is no such file */
    static ResultsFile read(Path file) throws IOException {
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        int format = root.path("format").asInt();
        if (format != ResultsJson.FORMAT) {
            throw new IOException(file + " has format " + format + " and not " + ResultsJson.FORMAT
                    + ": it is no file of results, or one of another version");
        }
        return new ResultsFile(root);
    }

    /** The metrics of the run that this version knows. */
    List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        figures.keySet().forEach(id -> Metric.ofId(id).ifPresent(metrics::add));
        return metrics;
    }

    /** The contenders at this metric, those without a figure included. */
    List<String> contenders(Metric metric) {
        return List.copyOf(figures.getOrDefault(metric.id(), Map.of()).keySet());
    }

    /** The figures, if there are any. */
    Optional<Figures> measured(Metric metric, String contender) {
        return any(metric, contender).filter(Figures::isMeasured);
    }

    /** The figures, or the reason why there are none. */
    Optional<Figures> any(Metric metric, String contender) {
        return Optional.ofNullable(figures.getOrDefault(metric.id(), Map.of()).get(contender));
    }

    /** A text of the environment ("javaVersion", "cpuModel"); empty if it is not there. */
    String environment(String name) {
        return root.path("environment").path(name).asText();
    }

    /** The versions of the JVM peers, by name. */
    Map<String, String> peers() {
        Map<String, String> peers = new LinkedHashMap<>();
        root.path("environment")
                .path("peers")
                .properties()
                .forEach(peer -> peers.put(peer.getKey(), peer.getValue().asText()));
        return peers;
    }

    /** What the run was judged by, and how, in words. */
    record Goal(Metric metric, String goal, String because, String outcome) {}

    List<Goal> goals() {
        List<Goal> goals = new ArrayList<>();
        for (JsonNode metric : root.path("metrics")) {
            Metric.ofId(metric.path("id").asText()).ifPresent(known -> {
                for (JsonNode goal : metric.path("goals")) {
                    goals.add(new Goal(
                            known,
                            goal.path("goal").asText(),
                            goal.path("because").asText(),
                            goal.path("outcome").asText()));
                }
            });
        }
        return goals;
    }

    int rounds() {
        return root.path("run").path("rounds").asInt();
    }

    boolean isQuick() {
        return root.path("run").path("quick").asBoolean();
    }
}
