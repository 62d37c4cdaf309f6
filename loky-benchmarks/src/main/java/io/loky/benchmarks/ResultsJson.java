/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loky.benchmarks.Goals.Verdict;
import io.loky.benchmarks.Results.Cell;
import io.loky.benchmarks.Results.Round;
import io.loky.benchmarks.Schedule.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A run as data: every sample, and what was made of them. */
final class ResultsJson {

    /** Changes when a reader of the file would have to. */
    static final int FORMAT = 1;

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultsJson() {}

    static void write(Run run, Path file) throws IOException {
        prepare(file);
        Files.writeString(file, MAPPER.writeValueAsString(toJson(run)) + "\n");
    }

    /** Finds out before the run whether the file can be written after it. */
    static void prepare(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory");
        }
        Path writable = Files.exists(file) || directory == null ? file : directory;
        if (!Files.isWritable(writable)) {
            throw new IOException(writable + " cannot be written");
        }
    }

    static ObjectNode toJson(Run run) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", FORMAT);
        root.set("environment", environment(run));
        root.set("run", run(run));
        ArrayNode metrics = root.putArray("metrics");
        for (Metric metric : run.arguments().metrics()) {
            metrics.add(metric(run, metric));
        }
        return root;
    }

    private static ObjectNode environment(Run run) {
        Environment environment = run.environment();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("date", environment.date().toString());
        node.put("javaVersion", environment.javaVersion());
        node.put("javaVendor", environment.javaVendor());
        node.put("javaVm", environment.javaVm());
        node.put("os", environment.os());
        node.put("osVersion", environment.osVersion());
        node.put("architecture", environment.architecture());
        node.put("cpus", environment.cpus());
        node.put("cpuModel", environment.cpuModel());
        node.put("memoryMiB", environment.memoryMebibytes());
        node.put("loadAtStart", run.loadAtStart());
        node.put("loadAtEnd", run.loadAtEnd());
        environment.python().version().ifPresent(version -> node.put("pythonVersion", version));
        environment.python().lokyVersion().ifPresent(version -> node.put("pythonLokyVersion", version));
        ObjectNode peers = node.putObject("peers");
        environment.peers().forEach(peers::put);
        return node;
    }

    private static ObjectNode run(Run run) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("rounds", run.arguments().rounds());
        node.put("quick", run.arguments().quick());
        node.put("seed", run.schedule().seed());
        node.put("seconds", run.duration().toMillis() / 1e3);
        ArrayNode order = node.putArray("order");
        for (List<Step> round : run.schedule().rounds()) {
            ArrayNode steps = order.addArray();
            round.forEach(step -> steps.add(step.metric().id() + " " + step.contender()));
        }
        return node;
    }

    private static ObjectNode metric(Run run, Metric metric) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", metric.id());
        node.put("title", metric.title());
        node.put("unit", metric.unit());
        node.put("moreIsBetter", metric.moreIsBetter());
        ArrayNode contenders = node.putArray("contenders");
        Optional<Cell> ours = run.results().measured(metric, LokyJava.NAME);
        run.results().cells(metric).forEach(cell -> contenders.add(contender(cell, ours)));
        ArrayNode goals = node.putArray("goals");
        run.verdicts(metric).forEach(verdict -> goals.add(goal(verdict)));
        return node;
    }

    private static ObjectNode contender(Cell cell, Optional<Cell> ours) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", cell.contender());
        cell.problem().ifPresent(problem -> node.put("problem", problem));
        if (cell.isMeasured()) {
            node.put("median", rounded(cell.median()));
            node.put("p99", rounded(cell.p99()));
            node.put("min", rounded(cell.min()));
            node.put("max", rounded(cell.max()));
            ours.filter(our -> our != cell).ifPresent(our -> {
                node.put("oursToThis", rounded(our.median() / cell.median()));
                node.put("oursToThisByRound", rounded(Run.pairedRatio(our, cell)));
            });
        }
        ArrayNode rounds = node.putArray("rounds");
        cell.rounds().forEach(round -> rounds.add(round(round)));
        return node;
    }

    private static ObjectNode round(Round round) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("round", round.number());
        node.put("median", rounded(round.median()));
        node.put("p99", rounded(round.p99()));
        ArrayNode samples = node.putArray("samples");
        for (double sample : round.samples()) {
            samples.add(rounded(sample));
        }
        return node;
    }

    private static ObjectNode goal(Verdict verdict) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("goal", verdict.goal());
        node.put("outcome", verdict.outcome());
        node.put("because", verdict.because());
        node.put("met", verdict.isMet());
        verdict.factor().ifPresent(factor -> node.put("factor", rounded(factor)));
        return node;
    }

    /** A thousandth of a microsecond is beyond the clock. */
    private static double rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * 1e3) / 1e3 : value;
    }
}
