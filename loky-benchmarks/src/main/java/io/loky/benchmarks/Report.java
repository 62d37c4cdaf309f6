/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.Goals.Verdict;
import io.loky.benchmarks.Results.Cell;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A run as a page of text. */
final class Report {

    /** With fewer rounds a median says little about a busy machine. */
    private static final int TRUSTED_ROUNDS = 5;

    private final Run run;

    Report(Run run) {
        this.run = run;
    }

    String text() {
        Table table = new Table("", "median", "p99", "min", "max", "rounds", LokyJava.NAME + " is");
        for (Metric metric : run.arguments().metrics()) {
            add(metric, table);
        }
        return table.render() + "\n" + footer();
    }

    static String heading(Environment environment, Arguments arguments, double load) {
        String python = environment.python().version().map(v -> ", Python " + v).orElse("");
        String loky = environment.python().lokyVersion().map(v -> ", loky " + v).orElse("");
        String peers = environment.peers().entrySet().stream()
                .map(peer -> ", " + peer.getKey() + " " + peer.getValue())
                .collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "Java %s (%s), %s %s, %d CPUs (%s), load %.2f%s%s%s%n%d rounds%s, seed %d",
                environment.javaVersion(),
                environment.javaVm(),
                environment.os(),
                environment.osVersion(),
                environment.cpus(),
                environment.cpuModel(),
                load,
                python,
                loky,
                peers,
                arguments.rounds(),
                arguments.quick() ? ", quick" : "",
                arguments.seed());
    }

    private void add(Metric metric, Table table) {
        String better = metric.moreIsBetter() ? "more" : "less";
        table.across("");
        table.across(metric.id() + ". " + metric.title() + " (" + metric.unit() + ", " + better + " is better)");
        for (Cell cell : run.results().cells(metric)) {
            if (cell.isMeasured()) {
                addFigures(metric, cell, table);
            }
            cell.problem().ifPresent(problem -> table.across("   " + cell.contender() + ": " + problem));
        }
        for (Verdict verdict : run.verdicts(metric)) {
            table.across("   goal " + verdict.goal() + ": " + verdict.outcome() + " (" + verdict.because() + ")");
        }
    }

    private void addFigures(Metric metric, Cell cell, Table table) {
        table.row(
                cell.contender(),
                metric.format(cell.median()),
                metric.kind() == Metric.Kind.ROUND_TRIP ? metric.format(cell.p99()) : "",
                metric.format(cell.min()),
                metric.format(cell.max()),
                Integer.toString(cell.rounds().size()),
                comparison(metric, cell));
    }

    private String comparison(Metric metric, Cell cell) {
        Optional<Cell> ours = run.results().measured(metric, LokyJava.NAME);
        if (ours.isEmpty() || cell.contender().equals(LokyJava.NAME)) {
            return "";
        }
        if (metric.kind() == Metric.Kind.JOB) {
            return String.format(Locale.ROOT, "%+.1f %% time", (ours.get().median() / cell.median() - 1) * 100);
        }
        double advantage = metric.advantage(ours.get().median(), cell.median());
        if (!metric.comparesSpeed()) {
            return cell.median() == 0
                    ? ""
                    : String.format(Locale.ROOT, "%.2fx", ours.get().median() / cell.median());
        }
        return advantage >= 1
                ? String.format(Locale.ROOT, "%.2fx faster", advantage)
                : String.format(Locale.ROOT, "%.2fx slower", 1 / advantage);
    }

    private String footer() {
        String hint = run.arguments().rounds() < TRUSTED_ROUNDS
                ? "Fewer than " + TRUSTED_ROUNDS + " rounds: only a hint.\n"
                : "";
        return String.format(
                Locale.ROOT,
                "median, p99: of the rounds' medians and 99th percentiles; min, max: of the rounds' medians.%n"
                        + "%s%d s, load average %.2f at the start, %.2f at the end.%n",
                hint,
                run.duration().toSeconds(),
                run.loadAtStart(),
                run.loadAtEnd());
    }
}
