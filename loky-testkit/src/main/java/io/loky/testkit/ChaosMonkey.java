/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.ProcessPoolExecutor;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Keeps a pool busy with well-behaved and harmful tasks, disturbs its workers from outside at the same time, and accounts
 * for every task:
 *
 * <pre>{@code
 * ChaosReport report = ChaosMonkey.builder()
 *         .duration(Duration.ofSeconds(20))
 *         .share(TaskKind.HALT, 0.01)
 *         .share(TaskKind.HANG, 0.01)
 *         .rate(Disturbance.KILL, 2)
 *         .build()
 *         .run(pool);
 * report.verify();
 * }</pre>
 *
 * <p>The same seed chooses the same tasks in the same order; which of them a disturbance meets depends on the machine.
 * The run has a bounded number of tasks in flight and keeps counts of those that are done, so it needs no more memory
 * however long it lasts. It leaves no worker stopped, also if the program is ended by {@code SIGTERM} or Ctrl-C meanwhile.
 *
 * <p>Immutable and thread-safe; each run is on its own.
 */
public final class ChaosMonkey {
    private final Settings settings;

    private ChaosMonkey(Settings settings) {
        this.settings = settings;
    }

    /** What a run is told. */
    record Settings(
            long seed,
            Duration duration,
            long maxTasks,
            int tasksInFlight,
            Map<TaskKind, Double> shares,
            Map<Disturbance, Double> rates,
            Duration stopFor,
            Duration patience,
            Duration progressEvery,
            Consumer<? super ChaosReport> progress) {}

    /**
     * Returns a builder for a monkey that does no harm: all tasks are well-behaved, and no worker is disturbed.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs against a pool. The pool must not be used by anybody else meanwhile, since what it counts is part of the
     * accounts; it is left running.
     *
     * @param pool a pool that is running; only workers that have finished a task are disturbed, since a worker that dies
     *     before its first task counts as one that could not be started
     * @return the accounts; nothing is checked yet, see {@link ChaosReport#verify()}
     * @throws IllegalStateException if the pool was shut down
     * @throws InterruptedException if the calling thread was interrupted; the tasks of the run are cancelled
     * @throws UnsupportedOperationException if workers are to be stopped or aborted, where there is no POSIX shell
     */
    public ChaosReport run(ProcessPoolExecutor pool) throws InterruptedException {
        Objects.requireNonNull(pool, "pool");
        if (settings.rates().containsKey(Disturbance.STOP)) {
            Signals.requireShell("Disturbance.STOP");
        }
        if (settings.shares().containsKey(TaskKind.ABORT)) {
            Signals.requireShell("TaskKind.ABORT");
        }
        if (pool.isShutdown()) {
            throw new IllegalStateException("the pool was shut down, so it takes no tasks: " + pool);
        }
        return new ChaosRun(settings, pool).run();
    }

    /** Collects what a monkey is told. Not thread-safe; may be used again after {@link #build()}. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofDays(7);
        private static final int MOST_IN_FLIGHT = 100_000;
        private static final double HIGHEST_RATE = 1000;
        private static final double ROUNDING = 1e-9;

        private long seed = ThreadLocalRandom.current().nextLong();
        private Duration duration = Duration.ofSeconds(10);
        private long maxTasks = Long.MAX_VALUE;
        private int tasksInFlight = 64;
        private final Map<TaskKind, Double> shares = new EnumMap<>(TaskKind.class);
        private final Map<Disturbance, Double> rates = new EnumMap<>(Disturbance.class);
        private Duration stopFor = Duration.ofSeconds(2);
        private Duration patience = Duration.ofSeconds(60);
        private Duration progressEvery = LONGEST;
        private Consumer<? super ChaosReport> progress = report -> {};

        private Builder() {}

        /**
         * Sets what the tasks and the disturbances are chosen with. The default is a random number, which the report
         * has.
         *
         * @param number any number
         * @return this builder
         */
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        /**
         * Sets for how long tasks are submitted; the run then waits until all are done. The default is 10 s.
         *
         * @param time from 1 ms to 7 days
         * @return this builder
         * @throws IllegalArgumentException if the duration is outside that range
         */
        public Builder duration(Duration time) {
            duration = Checks.inRange("duration", time, Duration.ofMillis(1), LONGEST);
            return this;
        }

        /**
         * Sets how many tasks are submitted at most; the run ends earlier if the duration is over before. The default
         * is no limit.
         *
         * @param tasks 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxTasks(long tasks) {
            maxTasks = Checks.inRange("maxTasks", tasks, 1, Long.MAX_VALUE);
            return this;
        }

        /**
         * Sets how many tasks are submitted and not done, at most. The default is 64.
         *
         * @param tasks from 1 to 100000
         * @return this builder
         * @throws IllegalArgumentException if the number is outside that range
         */
        public Builder tasksInFlight(int tasks) {
            tasksInFlight = Checks.inRange("tasksInFlight", tasks, 1, MOST_IN_FLIGHT);
            return this;
        }

        /**
         * Sets which part of the tasks is of a kind. The default is 0 for each; what is left is
         * {@link TaskKind#WELL_BEHAVED}.
         *
         * @param kind any but {@link TaskKind#WELL_BEHAVED}
         * @param part from 0 to 1; all parts together at most 1
         * @return this builder
         * @throws IllegalArgumentException if the kind is {@code WELL_BEHAVED}, or the part is outside its range
         */
        public Builder share(TaskKind kind, double part) {
            if (Objects.requireNonNull(kind, "kind") == TaskKind.WELL_BEHAVED) {
                throw new IllegalArgumentException(
                        "the share of WELL_BEHAVED is what the others leave; set those instead");
            }
            put(shares, kind, Checks.inRange("share of " + kind, part, 0, 1));
            return this;
        }

        /**
         * Sets how often a worker is disturbed. The default is 0 for each.
         *
         * @param kind how it is disturbed
         * @param perSecond from 0 to 1000, on an average; fewer if there is no worker to disturb
         * @return this builder
         * @throws IllegalArgumentException if the rate is outside that range
         */
        public Builder rate(Disturbance kind, double perSecond) {
            Objects.requireNonNull(kind, "kind");
            put(rates, kind, Checks.inRange("rate of " + kind, perSecond, 0, HIGHEST_RATE));
            return this;
        }

        private static <K> void put(Map<K, Double> map, K key, double value) {
            if (value == 0) {
                map.remove(key);
            } else {
                map.put(key, value);
            }
        }

        /**
         * Sets after how long, at most, a worker that the monkey has stopped is continued: after a random time up to this. The
         * default is 2 s.
         *
         * @param time from 1 ms to 7 days
         * @return this builder
         * @throws IllegalArgumentException if the duration is outside that range
         */
        public Builder stopFor(Duration time) {
            stopFor = Checks.inRange("stopFor", time, Duration.ofMillis(1), LONGEST);
            return this;
        }

        /**
         * Sets how long the monkey waits for tasks that do not become done, before it counts them as unfinished and ends
         * the run. The default is 60 s.
         *
         * @param time from 1 ms to 7 days; more than {@link #stopFor} and than the pool needs to replace its workers
         * @return this builder
         * @throws IllegalArgumentException if the duration is outside that range
         */
        public Builder patience(Duration time) {
            patience = Checks.inRange("patience", time, Duration.ofMillis(1), LONGEST);
            return this;
        }

        /**
         * Sets who hears of the run while it lasts. The default is nobody.
         *
         * @param every how often, from 1 ms to 7 days
         * @param listener gets the accounts as they are then, with tasks in flight that have no outcome yet; called on a
         *     thread of the run
         * @return this builder
         * @throws IllegalArgumentException if the duration is outside that range
         */
        public Builder progress(Duration every, Consumer<? super ChaosReport> listener) {
            progressEvery = Checks.inRange("every", every, Duration.ofMillis(1), LONGEST);
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Makes the monkey.
         *
         * @return a new monkey
         * @throws IllegalArgumentException if all shares together are more than 1, or {@link #patience} is not longer
         *     than {@link #stopFor} although workers are to be stopped
         */
        public ChaosMonkey build() {
            double sum =
                    shares.values().stream().mapToDouble(Double::doubleValue).sum();
            Checks.inRange("the sum of all shares", sum, 0, 1 + ROUNDING);
            if (rates.containsKey(Disturbance.STOP) && patience.compareTo(stopFor) <= 0) {
                throw new IllegalArgumentException("patience must be longer than stopFor, got " + patience + " <= "
                        + stopFor + ": a task in a worker that is stopped would count as unfinished");
            }
            return new ChaosMonkey(new Settings(
                    seed,
                    duration,
                    maxTasks,
                    tasksInFlight,
                    Collections.unmodifiableMap(new EnumMap<>(shares)),
                    Collections.unmodifiableMap(new EnumMap<>(rates)),
                    stopFor,
                    patience,
                    progressEvery,
                    progress));
        }
    }
}
