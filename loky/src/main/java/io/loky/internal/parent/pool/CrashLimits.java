/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.ProcessPoolOptions;

/**
 * After how many crashes a pool stops to serve a name, or all.
 *
 * @param quarantineAfter in a row, of tasks of one name; {@link #ANY_NUMBER} for never
 * @param most within the window, of all workers; {@link #ANY_NUMBER} for never
 * @param windowNanos also how long all is refused then
 */
record CrashLimits(int quarantineAfter, int most, long windowNanos) {
    static final int ANY_NUMBER = Integer.MAX_VALUE;
    static final CrashLimits NONE = new CrashLimits(ANY_NUMBER, ANY_NUMBER, 1);

    static CrashLimits of(ProcessPoolOptions options) {
        return new CrashLimits(
                options.quarantineAfter().orElse(ANY_NUMBER),
                options.maxCrashes().orElse(ANY_NUMBER),
                options.maxCrashesWithin().map(PoolLimits::nanos).orElse(NONE.windowNanos));
    }
}
