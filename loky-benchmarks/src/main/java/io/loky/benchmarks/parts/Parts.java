/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.parts;

import java.io.IOException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures the parts of a task's way with JMH: two minutes by default, with what JMH reports of the memory that each allocates. All
 * options of JMH are understood ({@code -h} lists them): {@code Parts -rf json -rff parts.json Codec}.
 */
public final class Parts {

    private static final int FORKS = 2;
    private static final int WARM_UPS = 5;
    private static final int MEASUREMENTS = 5;

    private Parts() {}

    /**
     * Runs them.
     *
     * @param args as JMH has them
     * @throws RunnerException if a benchmark fails
     * @throws CommandLineOptionException if an option makes no sense
     */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        CommandLineOptions asked = new CommandLineOptions(args);
        if (asked.shouldHelp()) {
            try {
                asked.showHelp();
            } catch (IOException e) {
                throw new IllegalStateException("the help cannot be shown", e);
            }
            return;
        }
        new Runner(withDefaults(asked)).run();
    }

    /** What is asked for comes first. */
    static Options withDefaults(CommandLineOptions asked) {
        var options = new OptionsBuilder().parent(asked).shouldFailOnError(true);
        if (asked.getIncludes().isEmpty()) {
            options.include(Parts.class.getPackageName() + ".*");
        }
        if (!asked.getForkCount().hasValue()) {
            options.forks(FORKS);
        }
        if (!asked.getWarmupIterations().hasValue()) {
            options.warmupIterations(WARM_UPS).warmupTime(TimeValue.seconds(1));
        }
        if (!asked.getMeasurementIterations().hasValue()) {
            options.measurementIterations(MEASUREMENTS).measurementTime(TimeValue.seconds(1));
        }
        if (asked.getProfilers().isEmpty()) {
            options.addProfiler("gc");
        }
        return options.build();
    }
}
