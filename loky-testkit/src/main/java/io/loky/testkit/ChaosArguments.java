/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The command line of {@link ChaosMain}. */
record ChaosArguments(
        int workers, Duration duration, long seed, double harm, double kills, double stops, Duration heartbeat) {
    static final String USAGE = """
            usage: java -cp <class path> io.loky.testkit.ChaosMain [--option value]...
              --workers N     workers of the pool, from 1 to 1024                        (default 4)
              --minutes M     how long tasks are submitted, from 1 to 10080              (default 1)
              --seconds S     the same in seconds
              --seed N        what the tasks and the disturbances are chosen with        (default random)
              --harm P        part of the tasks that do harm, from 0 to 1                (default 0.001)
              --kills R       workers killed each second, on an average, from 0 to 1000  (default 0.5)
              --stops R       workers stopped each second, on an average, from 0 to 1000 (default 0.2)
              --heartbeat S   seconds between two heartbeats of a worker, from 1 to 3600         (default 1)
            exit status: 0 if all accounts add up, 1 if not, 2 for a command line that is not understood""";

    /**
     * @throws IllegalArgumentException if it is not understood; says what and why
     */
    static ChaosArguments parse(List<String> args) {
        int workers = 4;
        long seconds = 60;
        long seed = ThreadLocalRandom.current().nextLong();
        double harm = 0.001;
        double kills = 0.5;
        double stops = 0.2;
        long heartbeat = 1;
        for (int i = 0; i < args.size(); i += 2) {
            String option = args.get(i);
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            String value = args.get(i + 1);
            switch (option) {
                case "--workers" -> workers = (int) number(option, value, 1, 1024);
                case "--minutes" -> seconds = 60 * number(option, value, 1, 10_080);
                case "--seconds" -> seconds = number(option, value, 1, 604_800);
                case "--seed" -> seed = number(option, value, Long.MIN_VALUE, Long.MAX_VALUE);
                case "--harm" -> harm = decimal(option, value, 1);
                case "--kills" -> kills = decimal(option, value, 1000);
                case "--stops" -> stops = decimal(option, value, 1000);
                case "--heartbeat" -> heartbeat = number(option, value, 1, 3600);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new ChaosArguments(
                workers, Duration.ofSeconds(seconds), seed, harm, kills, stops, Duration.ofSeconds(heartbeat));
    }

    private static long number(String option, String value, long least, long most) {
        try {
            return Checks.inRange(option, Long.parseLong(value), least, most);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " must be a whole number, got " + value, e);
        }
    }

    private static double decimal(String option, String value, double most) {
        try {
            return Checks.inRange(option, Double.parseDouble(value), 0, most);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " must be a number, got " + value, e);
        }
    }
}
