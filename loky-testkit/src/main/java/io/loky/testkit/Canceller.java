/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/** Cancels the tasks that hang, each after a while of its own: some that wait for a worker, most that run. Thread-safe. */
final class Canceller {
    private final Ledger ledger;
    private final DelayQueue<Due> queue = new DelayQueue<>();

    Canceller(Ledger ledger) {
        this.ledger = ledger;
    }

    void cancelLater(Flight flight, long delayNanos) {
        queue.add(new Due(flight, System.nanoTime() + delayNanos));
    }

    /** Until it is interrupted. */
    void run() throws InterruptedException {
        for (; ; ) {
            cancel(queue.take().flight);
        }
    }

    private void cancel(Flight flight) {
        flight.cancelAsked = true;
        boolean cancelled = flight.future.cancel(true);
        if (cancelled != flight.future.isCancelled()) {
            ledger.discrepancy(flight + ": cancel(true) returned " + cancelled + ", but isCancelled() returned "
                    + flight.future.isCancelled());
        }
    }

    @SuppressWarnings("ComparableType") // that is how the interface is
    private record Due(Flight flight, long atNanos) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.signum(atNanos - ((Due) other).atNanos);
        }
    }
}
