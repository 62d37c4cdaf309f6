/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.benchmarks.Arguments.UsageException;
import io.loky.benchmarks.Schedule.Field;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The command line: measures, prints a table, writes the samples. Exit code 0 when it has figures of this library, good or
 * bad; 1 when the library, or the writing, failed; 2 when the command line makes no sense.
 */
public final class Benchmarks {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private final PrintStream out;
    private final PrintStream err;

    Benchmarks(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the benchmarks and exits.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        // UTF-8 whatever the locale: the units have a µ
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(new Benchmarks(out, err).run(List.of(args)));
    }

    int run(List<String> words) {
        try {
            Arguments arguments = Arguments.parse(words);
            if (arguments.help()) {
                out.print(Arguments.USAGE);
                return OK;
            }
            ResultsJson.prepare(arguments.json());
            return run(arguments);
        } catch (UsageException e) {
            err.println(e.getMessage());
            err.print(Arguments.USAGE);
            return USAGE;
        } catch (IOException e) {
            err.println("The results cannot be written: " + e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("Interrupted.");
            return FAILED;
        }
    }

    private int run(Arguments arguments) throws IOException, InterruptedException {
        PeerJars jars = PeerJars.find();
        Environment environment = Environment.now(Python.find(), JvmPeers.versions(jars));
        double loadAtStart = Environment.load();
        out.println(Report.heading(environment, arguments, loadAtStart));
        Map<String, Contender> contenders = contenders(environment.python(), jars, arguments.openPorts());
        Schedule schedule = Schedule.of(arguments.rounds(), fields(arguments, contenders), arguments.seed());

        long start = System.nanoTime();
        Results results = measure(contenders, schedule, arguments.effort());
        Duration duration = Duration.ofNanos(System.nanoTime() - start);

        Run run = new Run(environment, arguments, schedule, results, loadAtStart, Environment.load(), duration);
        out.print(new Report(run).text());
        ResultsJson.write(run, arguments.json());
        out.println("All samples: " + arguments.json());
        return run.oursRan() ? OK : FAILED;
    }

    private static Map<String, Contender> contenders(Python python, PeerJars jars, boolean openPorts) {
        Map<String, Contender> contenders = new LinkedHashMap<>();
        Contenders.all(python, jars, openPorts).forEach(contender -> contenders.put(contender.name(), contender));
        return contenders;
    }

    private static List<Field> fields(Arguments arguments, Map<String, Contender> contenders) {
        List<Field> fields = new ArrayList<>();
        for (Metric metric : arguments.metrics()) {
            List<String> names = contenders.values().stream()
                    .filter(contender -> contender.measures(metric))
                    .map(Contender::name)
                    .toList();
            fields.add(new Field(metric, names));
        }
        return fields;
    }

    /** Whatever ends the run, Ctrl-C included, ends what the contenders have started. */
    private Results measure(Map<String, Contender> contenders, Schedule schedule, Effort effort)
            throws InterruptedException {
        Thread measuring = Thread.currentThread();
        Thread atExit = new Thread(
                () -> {
                    measuring.interrupt(); // or it would go on and start more
                    closeAll(contenders);
                },
                "benchmarks-at-exit");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            return new Runner(contenders, effort, Runner.PATIENCE, err::println).run(schedule);
        } finally {
            closeAll(contenders);
            removeHook(atExit);
        }
    }

    /** All at once: some wait for Python to say goodbye. */
    private void closeAll(Map<String, Contender> contenders) {
        CompletableFuture<?>[] ends = contenders.values().stream()
                .map(contender -> CompletableFuture.runAsync(contender::close, Benchmarks::inNewThread)
                        .whenComplete((nothing, e) -> tell(contender, e)))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ends).exceptionally(e -> null).join();
    }

    private static void inNewThread(Runnable action) {
        Thread thread = new Thread(action, "benchmarks-close");
        thread.setDaemon(true);
        thread.start();
    }

    private void tell(Contender contender, @Nullable Throwable e) {
        if (e != null) {
            err.println("end of " + contender.name() + ": " + e);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out and the hook is running
        }
    }
}
