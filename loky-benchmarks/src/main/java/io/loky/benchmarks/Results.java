/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All samples of a run, and why some are missing. Confined to the thread that runs the schedule. */
final class Results {

    private record Key(Metric metric, String contender) {}

    private final Map<Key, Cell> cells = new LinkedHashMap<>();

    /** The cell of one contender at one metric; an empty one is made at the first call. */
    Cell cell(Metric metric, String contender) {
        return cells.computeIfAbsent(new Key(metric, contender), Cell::new);
    }

    Collection<Cell> cells() {
        return Collections.unmodifiableCollection(cells.values());
    }

    /** The cells of one metric in the order in which they were asked for first. */
    List<Cell> cells(Metric metric) {
        return cells.values().stream().filter(cell -> cell.metric() == metric).toList();
    }

    /** The cell, if it has a figure. */
    Optional<Cell> measured(Metric metric, String contender) {
        return Optional.ofNullable(cells.get(new Key(metric, contender))).filter(Cell::isMeasured);
    }

    /** What one contender did at one metric. */
    static final class Cell {
        private final Key key;
        private final List<Round> rounds = new ArrayList<>();
        private Optional<String> problem = Optional.empty();

        private Cell(Key key) {
            this.key = key;
        }

        Metric metric() {
            return key.metric();
        }

        String contender() {
            return key.contender();
        }

        void add(int round, double[] samples) {
            rounds.add(new Round(round, samples));
        }

        /** No more rounds, and why. */
        void giveUp(String reason) {
            problem = Optional.of(reason);
        }

        Optional<String> problem() {
            return problem;
        }

        boolean isMeasured() {
            return !rounds.isEmpty();
        }

        List<Round> rounds() {
            return Collections.unmodifiableList(rounds);
        }

        /** The median of the rounds' medians, so that one disturbed round counts once. */
        double median() {
            return Statistics.median(ofRounds(Round::median));
        }

        /** The median of the rounds' 99th percentiles. */
        double p99() {
            return Statistics.median(ofRounds(Round::p99));
        }

        /** The best or worst round, by its median. */
        double min() {
            return Statistics.min(ofRounds(Round::median));
        }

        double max() {
            return Statistics.max(ofRounds(Round::median));
        }

        private double[] ofRounds(ToDoubleFunction<Round> figure) {
            return rounds.stream().mapToDouble(figure).toArray();
        }
    }

    /** The samples of one round. */
    static final class Round {
        private final int number;
        private final double[] samples;

        private Round(int number, double[] samples) {
            this.number = number;
            this.samples = samples.clone();
        }

        int number() {
            return number;
        }

        double[] samples() {
            return samples.clone();
        }

        double median() {
            return Statistics.median(samples);
        }

        double p99() {
            return Statistics.p99(samples);
        }
    }
}
