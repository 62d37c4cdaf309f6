/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.ResultsFile.Figures;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The tables of a run, in Markdown, by their names. */
final class Tables {

    private final ResultsFile results;

    Tables(ResultsFile results) {
        this.results = results;
    }

    /**
     * The table of this name.
     *
     * @throws IllegalArgumentException if there is no such table
     */
    String named(String name) {
        return switch (name) {
            case "machine" -> machine();
            case "pool" -> medians(metric -> metric.id().compareTo("k") < 0);
            case "scale" -> medians(metric -> "qrst".contains(metric.letter()));
            case "jobs" -> jobs();
            case "goals" -> goals();
            default ->
                throw new IllegalArgumentException(
                        "no table '" + name + "'; there are machine, pool, scale, jobs, goals, charts");
        };
    }

    private String machine() {
        String python = results.environment("pythonVersion");
        String peers = results.peers().entrySet().stream()
                .map(peer -> ", " + peer.getKey() + " " + peer.getValue())
                .collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "%s: Java %s (%s), %s %s, %s CPUs (%s), %s MiB of memory, load average %s at the start and %s at the end%s%s. %d rounds%s; medians.%n",
                results.environment("date"),
                results.environment("javaVersion"),
                results.environment("javaVm"),
                results.environment("os"),
                results.environment("osVersion"),
                results.environment("cpus"),
                results.environment("cpuModel"),
                results.environment("memoryMiB"),
                load("loadAtStart"),
                load("loadAtEnd"),
                python.isEmpty() ? "" : ", Python " + python,
                peers,
                results.rounds(),
                results.isQuick() ? ", quick: only a hint" : "");
    }

    private String load(String name) {
        return String.format(Locale.ROOT, "%.1f", Double.parseDouble(results.environment(name)));
    }

    /** A column for each contender that has a figure, a row for each metric. */
    private String medians(Predicate<Metric> chosen) {
        List<Metric> metrics = results.metrics().stream().filter(chosen).toList();
        Set<String> contenders = new LinkedHashSet<>();
        for (Metric metric : metrics) {
            results.contenders(metric).stream()
                    .filter(name -> results.measured(metric, name).isPresent())
                    .forEach(contenders::add);
        }
        StringBuilder table = new StringBuilder("| | unit |");
        contenders.forEach(name -> table.append(' ').append(name).append(" |"));
        table.append("\n| --- | --- |")
                .append(" ---: |".repeat(contenders.size()))
                .append('\n');
        for (Metric metric : metrics) {
            table.append(String.format("| **%s** %s | %s |", metric.id(), metric.title(), metric.unit()));
            for (String name : contenders) {
                table.append(' ').append(figure(metric, name)).append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    private String figure(Metric metric, String contender) {
        return results.measured(metric, contender)
                .map(figures -> metric.format(figures.median()))
                .orElse("");
    }

    private String jobs() {
        StringBuilder table = new StringBuilder(
                "| job | in workers, ms | in threads, ms | isolation costs |\n| --- | ---: | ---: | ---: |\n");
        for (Metric metric : results.metrics()) {
            price(results, metric)
                    .ifPresent(price -> table.append(String.format(
                            Locale.ROOT,
                            "| **%s** %s | %s | %s | %+.1f %% |%n",
                            metric.id(),
                            metric.title(),
                            figure(metric, LokyJava.NAME),
                            figure(metric, ThreadPool.NAME),
                            price)));
        }
        return table.toString();
    }

    /** By how many per cent a job takes longer in workers than in threads; empty if it is none, or was not measured. */
    static Optional<Double> price(ResultsFile results, Metric metric) {
        if (metric.kind() != Metric.Kind.JOB) {
            return Optional.empty();
        }
        Optional<Figures> threads = results.measured(metric, ThreadPool.NAME);
        return results.measured(metric, LokyJava.NAME)
                .flatMap(ours -> threads.map(theirs -> (ours.median() / theirs.median() - 1) * 100));
    }

    static String shortName(Metric metric) {
        String what = switch (metric) {
            case CENSUS_1, CENSUS_2 -> "census";
            case NUMBERS_1, NUMBERS_2 -> "computing";
            case GARBAGE_2 -> "collector";
            case LOCKED_2 -> "global lock";
            default -> metric.id();
        };
        return what + ", " + metric.workers() + (metric.workers() == 1 ? " worker" : " workers");
    }

    private String goals() {
        StringBuilder table = new StringBuilder("| | goal | figure against limit | |\n| --- | --- | --- | --- |\n");
        for (ResultsFile.Goal goal : results.goals()) {
            table.append(String.format(
                    "| **%s** %s | %s | %s | %s |%n",
                    goal.metric().id(), goal.metric().title(), goal.goal(), goal.because(), goal.outcome()));
        }
        return table.toString();
    }
}
