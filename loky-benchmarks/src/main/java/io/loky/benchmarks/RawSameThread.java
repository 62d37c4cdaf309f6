/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** For information: the ping-pong without a reader thread, which no pool with futures can reach. */
final class RawSameThread implements Contender {

    private final byte[] frame = new byte[16];
    private volatile @Nullable RawProcess child;

    @Override
    public String name() {
        return "raw same-thread";
    }

    @Override
    public Optional<String> unavailable(Metric metric) {
        return RawProcess.isPossible() ? Optional.empty() : Optional.of("needs /bin/sh and /dev/fd");
    }

    @Override
    public boolean measures(Metric metric) {
        return metric == Metric.ROUND_TRIP;
    }

    @Override
    public void warmUp(Metric metric, Effort effort) throws Exception {
        RawProcess started = RawProcess.start("echo", Integer.toString(frame.length));
        child = started;
        Timing.warmUp(effort.warmUpCalls(), effort.warmUpTime(), () -> roundTrip(started));
    }

    @Override
    public double[] measure(Metric metric, Effort effort) throws Exception {
        RawProcess started = child;
        if (started == null) {
            throw new IllegalStateException("not warmed up");
        }
        Timing.micros(Effort.REFRESH_CALLS, () -> roundTrip(started));
        return Timing.micros(effort.roundTrips(), () -> roundTrip(started));
    }

    private void roundTrip(RawProcess started) throws IOException {
        started.write(frame);
        started.read(frame);
    }

    @Override
    public void close() {
        RawProcess started = child;
        if (started != null) {
            started.close();
        }
    }
}
