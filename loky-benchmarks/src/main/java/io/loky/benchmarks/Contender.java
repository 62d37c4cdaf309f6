/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.Optional;

/** Somebody who takes part. What it starts for one metric it keeps over the rounds; {@link #close()} ends all of it. */
interface Contender extends AutoCloseable {

    String name();

    /** Why it cannot be measured on this machine. */
    default Optional<String> unavailable(Metric metric) {
        return Optional.empty();
    }

    boolean measures(Metric metric);

    /** Before round 1: starts what the metric needs and uses it until its speed has settled. */
    void warmUp(Metric metric, Effort effort) throws Exception;

    /** One round's samples, in the unit of the metric; at least one. */
    double[] measure(Metric metric, Effort effort) throws Exception;

    /** Ends every process it has started, also while another thread is stuck in a measurement. */
    @Override
    void close();
}
