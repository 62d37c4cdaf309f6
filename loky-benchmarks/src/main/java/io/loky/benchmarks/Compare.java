/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.ResultsFile.Figures;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether this library has become slower from one run to another: {@code Compare OLD.json NEW.json [LIMIT]}.
 *
 * <p>A figure of one day says little about that of another: the machine has its moods. So what is compared is, round by round, this library's
 * figure through that of a contender that the change has not touched, of the same round: the raw limit where there is one, else
 * copies, threads, or Python. A metric without one (a number of bytes, say) is compared as it is.
 *
 * <p>It is worse if the median of these ratios has become worse by more than the limit (1.15 by default), and the middle
 * halves of the rounds of both runs do not overlap: what lies within the spread of the rounds is noise. Exit code 0: nothing is worse; 1: something is, or has no
 * figure any more; 2: the command line makes no sense. Runs of different machines or JDKs, and short ones, are compared too, with a
 * word about it.
 */
public final class Compare {

    static final int SAME = 0;
    static final int WORSE = 1;
    static final int USAGE = 2;

    private static final double DEFAULT_LIMIT = 1.15;
    private static final int ENOUGH_ROUNDS = 5;

    /** The first of them that both runs have. */
    private static final List<String> REFERENCES =
            List.of(RawLimit.NAME, Copies.NAME, ThreadPool.NAME, "concurrent.futures");

    private Compare() {}

    /**
     * Prints a table, and exits.
     *
     * @param args see above
     */
    public static void main(String[] args) {
        System.exit(run(
                List.of(args),
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)));
    }

    static int run(List<String> words, PrintStream out) {
        try {
            double limit = words.size() > 2 ? Double.parseDouble(words.get(2)) : DEFAULT_LIMIT;
            if (words.size() < 2 || words.size() > 3 || !(limit >= 1)) {
                throw new IllegalArgumentException("two files and a limit of at least 1");
            }
            ResultsFile old = ResultsFile.read(Path.of(words.get(0)));
            ResultsFile young = ResultsFile.read(Path.of(words.get(1)));
            warn(old, young, out);
            return compare(old, young, limit, out) ? SAME : WORSE;
        } catch (IOException | IllegalArgumentException e) {
            out.println("usage: Compare OLD.json NEW.json [LIMIT]: " + e.getMessage());
            return USAGE;
        }
    }

    /** Says what makes the comparison one of something else than the library, or no more than a hint. */
    private static void warn(ResultsFile old, ResultsFile young, PrintStream out) {
        for (String name : List.of("javaVersion", "cpuModel", "cpus")) {
            String before = old.environment(name);
            String after = young.environment(name);
            if (!before.equals(after)) {
                out.println(
                        "these runs differ in more than the library: " + name + " was " + before + " and is " + after);
            }
        }
        int rounds = Math.min(old.rounds(), young.rounds());
        if (rounds < ENOUGH_ROUNDS || old.isQuick() || young.isQuick()) {
            out.println("only a hint: one of the runs was quick, or had fewer than " + ENOUGH_ROUNDS + " rounds");
        }
    }

    /** Whether nothing is worse. */
    private static boolean compare(ResultsFile old, ResultsFile young, double limit, PrintStream out) {
        Table table = new Table("", "old", "new", "as ratio to", "new is", "");
        boolean good = true;
        for (Metric metric : old.metrics()) {
            Optional<Figures> before = old.measured(metric, LokyJava.NAME);
            Optional<Figures> after = young.measured(metric, LokyJava.NAME);
            if (before.isEmpty() || !young.metrics().contains(metric)) {
                continue; // there is nothing to compare
            }
            if (after.isEmpty()) {
                good = false;
                table.row(metric.id(), metric.format(before.get().median()), "", "", "", "HAS NO FIGURE");
                continue;
            }
            Optional<String> reference = reference(metric, old, young);
            double[] was = ratios(metric, old, before.get(), reference);
            double[] is = ratios(metric, young, after.get(), reference);
            double factor = 1 / metric.advantage(Statistics.median(is), Statistics.median(was));
            boolean worse = factor > limit && !overlap(was, is);
            good &= !worse;
            table.row(
                    metric.id(),
                    metric.format(before.get().median()),
                    metric.format(after.get().median()),
                    reference.orElse("nothing"),
                    factor >= 1
                            ? String.format(Locale.ROOT, "%.2fx worse", factor)
                            : String.format(Locale.ROOT, "%.2fx better", 1 / factor),
                    worse ? "WORSE" : factor > limit ? "within the noise" : "");
        }
        out.print(table.render());
        out.printf(
                Locale.ROOT,
                "worse by more than %.2f, and by more than the rounds differ: %s%n",
                limit,
                good ? "nothing" : "see above");
        return good;
    }

    private static Optional<String> reference(Metric metric, ResultsFile old, ResultsFile young) {
        return REFERENCES.stream()
                .filter(name -> metric.comparesSpeed())
                .filter(name -> beside(metric, old, name).length > 0 && beside(metric, young, name).length > 0)
                .findFirst();
    }

    /** Ours through the reference, round by round; or just ours. */
    private static double[] ratios(Metric metric, ResultsFile file, Figures ours, Optional<String> reference) {
        return reference
                .map(name -> beside(metric, file, name))
                .orElseGet(() -> ours.rounds().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
    }

    /** Of the rounds that both have; none if one of them has none. */
    private static double[] beside(Metric metric, ResultsFile file, String name) {
        List<Double> ratios = new ArrayList<>();
        file.measured(metric, LokyJava.NAME)
                .ifPresent(ours -> file.measured(metric, name)
                        .ifPresent(theirs -> ours.rounds().forEach((round, figure) -> {
                            Double other = theirs.rounds().get(round);
                            if (other != null) {
                                ratios.add(figure / other);
                            }
                        })));
        return ratios.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Whether the middle halves of both have something in common. */
    private static boolean overlap(double[] some, double[] others) {
        return quartile(some, 3) >= quartile(others, 1) && quartile(others, 3) >= quartile(some, 1);
    }

    private static double quartile(double[] samples, int number) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        double place = number * (sorted.length - 1) / 4.0;
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
