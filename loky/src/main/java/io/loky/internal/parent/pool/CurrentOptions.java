/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ProcessPoolOptions;
import java.util.function.UnaryOperator;

/**
 * What a pool was told, with the sizes as they are now. Read by any thread; changed under the lock of the supervisor, so
 * that it says what holds in the state.
 */
final class CurrentOptions {
    private volatile ProcessPoolOptions now;

    CurrentOptions(ProcessPoolOptions now) {
        this.now = now;
    }

    ProcessPoolOptions get() {
        return now;
    }

    /** What they are then. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one caller at a time
    ProcessPoolOptions change(UnaryOperator<ProcessPoolOptions> change) {
        ProcessPoolOptions next = change.apply(now);
        now = next;
        return next;
    }
}
