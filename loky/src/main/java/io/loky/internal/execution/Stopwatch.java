/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.execution;

import static io.loky.internal.wire.Measured.UNKNOWN;

import io.loky.internal.wire.Measured;

/** Measures how long the code of a task runs: two looks at the clock. */
class Stopwatch extends Meter {
    private long started;
    private long nanos;

    @Override
    void starts() {
        started = System.nanoTime();
    }

    @Override
    void ends() {
        nanos = System.nanoTime() - started;
    }

    final long nanos() {
        return nanos;
    }

    @Override
    Measured measured() {
        return new Measured(nanos, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    }
}
