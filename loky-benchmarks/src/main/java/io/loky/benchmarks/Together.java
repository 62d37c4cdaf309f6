/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One contender made of several, each of which measures other metrics. */
final class Together implements Contender {

    private final String name;
    private final List<Contender> parts;

    Together(String name, List<Contender> parts) {
        this.name = name;
        this.parts = List.copyOf(parts);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> unavailable(Metric metric) {
        return part(metric).unavailable(metric);
    }

    @Override
    public boolean measures(Metric metric) {
        return parts.stream().anyMatch(part -> part.measures(metric));
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        part(metric).warmUp(metric, effort);
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        return part(metric).measure(metric, effort);
    }

    private Contender part(Metric metric) {
        return parts.stream()
                .filter(part -> part.measures(metric))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " does not measure " + metric.id()));
    }

    /** Closes all of them, also where one fails. */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (Contender part : parts) {
            try {
                part.close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        @Nullable RuntimeException first = failures.isEmpty() ? null : failures.get(0);
        if (first != null) {
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }
}
