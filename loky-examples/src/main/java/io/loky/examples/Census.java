/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import io.loky.ExecutorShutdownException;
import io.loky.Loky;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerStartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Reads every class file of every jar in some folders, one jar per task, in worker processes.
 *
 * <p>The report goes to standard output and is the same for any number of workers. Progress and times go to standard
 * error. A jar that is damaged is reported and skipped. If somebody kills a worker, only the jar that it was reading is
 * lost; another worker takes its place.
 */
@Command(
        name = "census",
        description = {
            "Reads every class file of every jar in the folders, in worker processes, and reports for each jar and for all"
                    + " of them: classes, methods (with constructors and static initialisers), class file versions, and"
                    + " the methods with the most bytecode.",
            "The report goes to standard output, progress and times to standard error."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            " 0:all jars were read, or reported as damaged",
            " 1:no jar was found, no worker could be started, the report could not be written, or the census"
                    + " was stopped",
            " 2:an argument is wrong",
            " 3:jars were lost because the workers that read them died",
            " 4:a run for the speed-up counted differently"
        })
public final class Census implements Callable<Integer> {

    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli puts its own here

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many worker processes to use (default: one for each processor of this machine).")
    private @Nullable Integer workers;

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "How many of the largest methods to name (default: ${DEFAULT-VALUE}).")
    private int top = 10;

    @Option(
            names = "--no-speedup",
            description = "Do not run again, with one worker and with all, to see how much faster all are.")
    private boolean noSpeedup;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("unused") // picocli looks at it
    private boolean help;

    @Parameters(paramLabel = "FOLDER", description = "Where to look for jars (default: the local Maven repository).")
    private List<Path> folders = List.of();

    private Census() {}

    public static void main(String[] args) {
        // not picocli's own writer, which would not notice that nobody reads any more
        PrintWriter out = new PrintWriter(System.out, false, Charset.defaultCharset());
        int status = commandLine().setOut(out).execute(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Census()).setParameterExceptionHandler((wrong, args) -> {
            PrintWriter err = wrong.getCommandLine().getErr();
            err.println("census: " + wrong.getMessage());
            err.println("census: try --help");
            err.flush();
            return CommandLine.ExitCode.USAGE;
        });
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        CensusJob job = new CensusJob(spec.commandLine().getOut(), err, checkedWorkers(), checkedTop(), !noSpeedup);
        List<Path> where = checkedFolders();
        try {
            JarFinder.Found found = JarFinder.find(where);
            found.skipped().forEach(skipped -> err.println("census: skipped " + skipped));
            if (found.jars().isEmpty()) {
                err.println("census: there is no jar in " + named(where));
                return FAILED;
            }
            return job.run(found.jars());
        } catch (WorkerStartException e) {
            err.println("census: no worker process can be started: " + e.getMessage());
            return FAILED;
        } catch (ExecutorShutdownException | RejectedExecutionException e) {
            err.println("census: stopped before the end: " + e.getMessage());
            return FAILED;
        } catch (IOException e) {
            err.println("census: " + e.getMessage());
            return FAILED;
        } finally {
            err.flush();
        }
    }

    private int checkedWorkers() {
        try {
            return ProcessPoolOptions.builder()
                    .maxWorkers(workers == null ? Loky.cpuCount() : workers)
                    .build()
                    .maxWorkers();
        } catch (IllegalArgumentException e) {
            throw refused("Invalid value for option '--workers': " + e.getMessage());
        }
    }

    private int checkedTop() {
        if (top < 0) {
            throw refused("Invalid value for option '--top': it must be at least 0, got " + top);
        }
        return top;
    }

    private List<Path> checkedFolders() {
        try {
            return CensusFolders.checked(folders);
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    private ParameterException refused(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String named(List<Path> folders) {
        return folders.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
