/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The whole job: the run that is reported, then one with a single worker and one with all of them, which tell the speed-up.
 *
 * <p>The run that is reported is not compared: it is the one that fills the page cache and warms this JVM up, and it prints.
 */
final class CensusJob {

    private static final int DONE = 0;
    private static final int LOST = 3;
    private static final int DIFFERENT = 4;

    private final CensusReport report;
    private final PrintWriter err;
    private final boolean terminal = Progress.onTerminal();
    private final int workers;
    private final int top;
    private final boolean speedup;

    CensusJob(PrintWriter out, PrintWriter err, int workers, int top, boolean speedup) {
        this.report = new CensusReport(out);
        this.err = err;
        this.workers = workers;
        this.top = top;
        this.speedup = speedup;
    }

    /** Returns the exit status. */
    int run(List<Path> jars) throws IOException, InterruptedException {
        CensusRun main = timed(jars, workers, report::jar);
        report.summary(main.totals());
        boolean compared = speedup && workers > 1;
        if (main.totals().lost() > 0) {
            say("jars were lost: " + main.totals().lost() + (compared ? "; so the speed-up is not measured" : ""));
            return LOST;
        }
        if (compared) {
            say("twice more without the report, for the speed-up");
            return compare(main, timed(jars, 1, result -> {}), timed(jars, workers, result -> {}));
        }
        if (speedup) {
            say("no speed-up to measure: this run had one worker");
        }
        return DONE;
    }

    private CensusRun timed(List<Path> jars, int workers, JarsInOrder.Sink sink)
            throws IOException, InterruptedException {
        Progress progress = new Progress(err, terminal, jars.size(), System.nanoTime());
        CensusRun run = CensusRun.inPool(jars, workers, top, result -> {
            progress.clear();
            sink.accept(result);
            progress.onJarDone(System.nanoTime());
        });
        say(jars.size() + " jars in " + seconds(run.nanos()) + " with " + named(workers) + ", "
                + Progress.perSecond(jars.size(), run.nanos()) + " jars/s, the start of the workers included");
        return run;
    }

    private int compare(CensusRun main, CensusRun single, CensusRun several) {
        for (CensusRun run : List.of(single, several)) {
            if (run.totals().lost() > 0) {
                say("no speed-up: a run for it lost " + run.totals().lost() + " jars");
                return LOST;
            }
            if (!run.totals().equals(main.totals())) {
                say("a run for the speed-up counted differently: " + run.totals() + " instead of " + main.totals()
                        + "; did the jars change meanwhile?");
                return DIFFERENT;
            }
        }
        say(String.format(
                Locale.ROOT,
                "speed-up against one worker: %.2f (%s with %s, %s with 1)",
                (double) single.nanos() / several.nanos(),
                seconds(several.nanos()),
                named(workers),
                seconds(single.nanos())));
        return DONE;
    }

    private static String named(int workers) {
        return workers == 1 ? "1 worker" : workers + " workers";
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    private void say(String text) {
        err.println("census: " + text);
        err.flush();
    }
}
