/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The command line, read and checked. */
record Arguments(
        int rounds, Set<Metric> metrics, Path json, boolean quick, boolean openPorts, long seed, boolean help) {

    static final Path DEFAULT_JSON = Path.of("loky-benchmarks", "target", "results.json");

    static final String USAGE = """
            Usage: java -jar loky-benchmarks/target/loky-benchmarks.jar [options]
              --rounds N     rounds, 5 by default, 3 with --quick; fewer than 5 give only a hint
              --only a,b,... the metrics to measure, all by default:
                             a  warm round trip           b  submits gathered, 1 and 2 workers
                             c  map over many items       d  echo of 1 MiB      e  echo of 64 MiB
                             f  first result of a pool    g  SIGKILL of a worker to its failed future
                             h  memory of idle workers    i  CPU time and wake-ups of an idle pool
                             j  memory and threads that a pool takes of the submitting JVM
                             q  a million tasks at once   r, s  round trip and throughput, 1 to 64 workers
                             t  64 submitting threads
                             w  census of jars            x  a job that only computes
                             y  a job of the collector    z  a library with a global lock
              --json FILE    the results, loky-benchmarks/target/results.json by default
              --quick        smaller samples, for a first impression
              --open-ports   out-process too, which listens on all interfaces of the machine meanwhile
              --seed N       the order of the rounds after the first, to repeat a run
              --help         this text
            """;

    private static final int MAX_ROUNDS = 1_000;

    Effort effort() {
        return quick ? Effort.quick() : Effort.full();
    }

    /** @throws UsageException if an option is unknown, lacks its value, or has one that makes no sense */
    static Arguments parse(List<String> words) {
        Deque<String> rest = new ArrayDeque<>(words);
        int rounds = 0;
        Set<Metric> metrics = EnumSet.allOf(Metric.class);
        Path json = DEFAULT_JSON;
        boolean quick = false;
        boolean openPorts = false;
        boolean help = false;
        long seed = ThreadLocalRandom.current().nextInt(1_000_000);
        while (!rest.isEmpty()) {
            String option = rest.removeFirst();
            switch (option) {
                case "--rounds" -> rounds = rounds(value(option, rest));
                case "--only" -> metrics = metrics(value(option, rest));
                case "--json" -> json = file(value(option, rest));
                case "--seed" -> seed = seed(value(option, rest));
                case "--quick" -> quick = true;
                case "--open-ports" -> openPorts = true;
                case "--help", "-h" -> help = true;
                default -> throw new UsageException("unknown option '" + option + "'");
            }
        }
        int chosen = rounds > 0 ? rounds : quick ? 3 : 5;
        return new Arguments(chosen, metrics, json, quick, openPorts, seed, help);
    }

    private static String value(String option, Deque<String> rest) {
        String value = rest.pollFirst();
        if (value == null || value.startsWith("--")) {
            throw new UsageException(option + " needs a value");
        }
        return value;
    }

    private static int rounds(String text) {
        long rounds = number("--rounds", text);
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new UsageException("--rounds must be from 1 to " + MAX_ROUNDS + ", not " + text);
        }
        return (int) rounds;
    }

    private static long seed(String text) {
        return number("--seed", text);
    }

    private static long number(String option, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException(option + " must be a whole number, not '" + text + "'", e);
        }
    }

    private static Set<Metric> metrics(String text) {
        Set<Metric> metrics = EnumSet.noneOf(Metric.class);
        for (String word : text.split(",", -1)) {
            List<Metric> named = Metric.ofLetter(word.strip());
            if (named.isEmpty()) {
                throw new UsageException("--only: no metric '" + word + "'; there are " + Metric.letters());
            }
            metrics.addAll(named);
        }
        return metrics;
    }

    private static Path file(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("--json: not a file name: '" + text + "'", e);
        }
    }

    /** Says what is wrong with the command line, in words for its user. */
    static final class UsageException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }

        UsageException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
