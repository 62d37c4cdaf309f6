/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.Results.Cell;
import io.loky.benchmarks.Schedule.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Gives each contender its turns. What fails is noted in its cell and not tried again; a contender that hangs is ended and
 * has no more turns.
 */
final class Runner {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, Contender> contenders;
    private final Effort effort;
    private final Duration patience;
    private final Consumer<String> progress;
    private final Results results = new Results();
    private final Set<String> hung = new HashSet<>();

    /** By the letter of the metric, in nanoseconds. */
    private final Map<String, Long> taken = new TreeMap<>();

    Runner(Map<String, Contender> contenders, Effort effort, Duration patience, Consumer<String> progress) {
        this.contenders = contenders;
        this.effort = effort;
        this.patience = patience;
        this.progress = progress;
    }

    Results run(Schedule schedule) throws InterruptedException {
        long start = System.nanoTime();
        List<Step> first = schedule.rounds().get(0);
        progress.accept("warming up");
        for (Step step : first) {
            warmUp(step);
        }
        int round = 0;
        for (List<Step> steps : schedule.rounds()) {
            round++;
            progress.accept(
                    "round " + round + " of " + schedule.rounds().size() + ", after " + secondsSince(start) + " s");
            for (Step step : steps) {
                measure(round, step);
            }
        }
        progress.accept("done after " + secondsSince(start) + " s, of which the metrics took, warm-up included: "
                + secondsTaken());
        return results;
    }

    private static long secondsSince(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toSeconds();
    }

    private String secondsTaken() {
        return taken.entrySet().stream()
                .map(metric -> metric.getKey() + " "
                        + Duration.ofNanos(metric.getValue()).toSeconds())
                .collect(Collectors.joining(", "));
    }

    private void warmUp(Step step) throws InterruptedException {
        attempt("warm-up", step, cell -> contender(step).warmUp(step.metric(), effort));
    }

    private void measure(int round, Step step) throws InterruptedException {
        attempt("round " + round, step, cell -> cell.add(round, contender(step).measure(step.metric(), effort)));
    }

    private Contender contender(Step step) {
        Contender contender = contenders.get(step.contender());
        if (contender == null) {
            throw new IllegalArgumentException("no contender " + step.contender());
        }
        return contender;
    }

    @FunctionalInterface
    private interface Turn {
        void take(Cell cell) throws Exception;
    }

    private void attempt(String when, Step step, Turn turn) throws InterruptedException {
        Cell cell = results.cell(step.metric(), step.contender());
        contender(step).unavailable(step.metric()).ifPresent(reason -> cell.giveUp("skipped: " + reason));
        if (hung.contains(step.contender()) && cell.problem().isEmpty()) {
            cell.giveUp("skipped: " + step.contender() + " hung before");
        }
        if (cell.problem().isPresent()) {
            return;
        }
        String what = when + ", " + step.metric().id() + ", " + step.contender();
        long start = System.nanoTime();
        try {
            Patience.call(what, patience, () -> {
                turn.take(cell);
                return true;
            });
        } catch (InterruptedException e) {
            throw e;
        } catch (TimeoutException e) {
            fail(cell, when, e);
            hung.add(step.contender());
            end(contender(step));
        } catch (Exception e) {
            fail(cell, when, e);
        } finally {
            taken.merge(step.metric().letter(), System.nanoTime() - start, Long::sum);
        }
    }

    private void fail(Cell cell, String when, Exception e) {
        cell.giveUp("failed in " + when + ": " + e);
        progress.accept(cell.metric().id() + ", " + cell.contender() + ": failed in " + when + ": " + e);
    }

    /** Frees the machine for the others. */
    private void end(Contender contender) throws InterruptedException {
        try {
            Patience.call("end of " + contender.name(), patience, () -> {
                contender.close();
                return true;
            });
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            progress.accept("end of " + contender.name() + ": " + e);
        }
    }
}
