/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import java.util.Locale;

/** Amounts as people read them. */
final class Units {
    private static final double KIB = 1024;

    private Units() {}

    static String bytes(long bytes) {
        double mib = bytes / KIB / KIB;
        return mib < KIB
                ? String.format(Locale.ROOT, "%.0f MiB", mib)
                : String.format(Locale.ROOT, "%.1f GiB", mib / KIB);
    }

    static String nanos(long nanos) {
        double micros = nanos / 1e3;
        if (micros < 1_000) {
            return String.format(Locale.ROOT, "%.0f us", micros);
        }
        return micros < 1_000_000
                ? String.format(Locale.ROOT, "%.0f ms", micros / 1e3)
                : String.format(Locale.ROOT, "%.1f s", micros / 1e6);
    }
}
