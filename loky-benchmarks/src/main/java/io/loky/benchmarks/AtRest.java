/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a pool costs that has nothing to do: the memory of each worker, the CPU time and the wake-ups of all its processes. It
 * is started before round 1, in a process of its own, and left alone from then on; all four metrics look at the same pool.
 */
final class AtRest implements Contender {

    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final String name;
    private final Optional<String> unavailable;
    private final Starter starter;
    private volatile @Nullable Family family;

    /** Starts a pool with so many workers. */
    @FunctionalInterface
    interface Starter {
        Family start(int workers) throws IOException;
    }

    AtRest(String name, Optional<String> unavailable, Starter starter) {
        this.name = name;
        this.unavailable =
                unavailable.or(() -> Processes.areVisible() ? Optional.empty() : Optional.of("needs Linux's /proc"));
        this.starter = starter;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> unavailable(Metric metric) {
        return unavailable;
    }

    @Override
    public boolean measures(Metric metric) {
        return metric.kind() == Metric.Kind.REST;
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws IOException {
        started(metric, effort);
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws IOException, InterruptedException {
        Family measured = started(metric, effort);
        return switch (metric) {
            case RESIDENT -> megabytes(measured.workers(), "Rss:");
            case PROPORTIONAL -> megabytes(measured.workers(), "Pss:");
            default -> new double[] {activity(metric, measured.all(), effort)};
        };
    }

    private Family started(Metric metric, Effort effort) throws IOException {
        Family started = family;
        if (started == null) {
            started = starter.start(effort.workers(metric));
            family = started;
        }
        return started;
    }

    private static double[] megabytes(List<Long> pids, String field) throws IOException {
        double[] samples = new double[pids.size()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Processes.memory(pids.get(i), field) / BYTES_PER_MEGABYTE;
        }
        return samples;
    }

    private static double activity(Metric metric, List<Long> pids, Effort effort) throws InterruptedException {
        Processes.Activity before = Processes.activity(pids);
        long start = System.nanoTime();
        Thread.sleep(effort.idleTime().toMillis());
        double millis = Timing.millisSince(start);
        Processes.Activity spent = Processes.activity(pids).since(before);
        double figure = metric == Metric.IDLE_CPU ? spent.cpuNanos() / NANOS_PER_MILLI : spent.wakeUps();
        return figure * MILLIS_PER_SECOND / millis;
    }

    @Override
    public void close() {
        Family started = family;
        if (started != null) {
            started.close();
        }
    }
}
