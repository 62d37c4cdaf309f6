/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.OutputRouting;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Runs a {@link ChaosMonkey} with all kinds of tasks and disturbances against a pool of its own, from the command line: a
 * line each minute, the report at the end, and an exit status that says whether the accounts add up. {@code --help} lists
 * the options.
 */
public final class ChaosMain {
    private static final long END_SECONDS = 60;

    /** The pool gives a worker up after six to seven beats: half of the workers that are stopped are continued before. */
    private static final int STOP_BEATS = 13;

    private ChaosMain() {}

    /**
     * Runs, and ends the JVM: with status 0 if all accounts add up, 1 if not, 2 for a command line that is not
     * understood.
     *
     * @param args see {@code --help}
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(List.of(args), System.out));
    }

    /** The exit status. */
    static int run(List<String> args, PrintStream out) throws InterruptedException {
        if (args.contains("--help")) {
            out.println(ChaosArguments.USAGE);
            return 0;
        }
        ChaosArguments arguments;
        try {
            arguments = ChaosArguments.parse(args);
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            out.println(ChaosArguments.USAGE);
            return 2;
        }
        return run(arguments, out);
    }

    private static int run(ChaosArguments arguments, PrintStream out) throws InterruptedException {
        out.println(arguments + " on Java " + Runtime.version());
        ProcessPoolOptions.Builder options = ProcessPoolOptions.builder()
                .maxWorkers(arguments.workers())
                .maxHeap("48m")
                .heartbeat(arguments.heartbeat())
                .output(OutputRouting.discard());
        List<String> problems;
        try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(options.build())) {
            ChaosReport report = monkey(arguments, out).run(pool);
            out.println(report.describe());
            problems = new ArrayList<>(report.problems());
            problems.removeAll(report.discrepancies()); // printed with the report
            var processes = PoolAssert.processesOf(pool);
            try {
                PoolAssert.assertSurvived(pool);
                pool.shutdown();
                PoolAssert.assertNothingLeft(pool, processes, Duration.ofSeconds(END_SECONDS));
            } catch (AssertionError e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        problems.forEach(problem -> out.println("PROBLEM: " + problem));
        out.println(problems.isEmpty() ? "all accounts add up" : "the accounts do not add up");
        return problems.isEmpty() ? 0 : 1;
    }

    private static ChaosMonkey monkey(ChaosArguments arguments, PrintStream out) {
        Duration stopFor = arguments.heartbeat().multipliedBy(STOP_BEATS);
        ChaosMonkey.Builder builder = ChaosMonkey.builder()
                .seed(arguments.seed())
                .duration(arguments.duration())
                .tasksInFlight(16 * arguments.workers())
                .rate(Disturbance.KILL, arguments.kills())
                .rate(Disturbance.STOP, arguments.stops())
                .stopFor(stopFor)
                .patience(stopFor.plusMinutes(2))
                .progress(Duration.ofMinutes(1), report -> out.println(line(report)));
        TaskKind[] kinds = TaskKind.values();
        for (TaskKind kind : kinds) {
            if (kind != TaskKind.WELL_BEHAVED) {
                builder.share(kind, arguments.harm() / (kinds.length - 1));
            }
        }
        return builder.build();
    }

    private static String line(ChaosReport report) {
        Runtime runtime = Runtime.getRuntime();
        return String.format(
                Locale.ROOT,
                "%5d s  %9d tasks  %s  deaths %s  disturbances %s  discrepancies %d  heap %d MB",
                TimeUnit.MILLISECONDS.toSeconds(report.elapsed().toMillis()),
                report.submitted(),
                report.outcomes(),
                report.deaths(),
                report.disturbances(),
                report.discrepancyCount(),
                (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }
}
