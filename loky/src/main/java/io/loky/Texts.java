/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.time.Duration;
import java.util.Locale;

/** Numbers with their units, for messages. */
final class Texts {

    private Texts() {}

    /** {@code 250 ms}, {@code 3.2 s}, {@code 7200.0 s}: always one unit, so that two can be compared at a glance. */
    static String duration(Duration duration) {
        if (duration.abs().compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        }
        return String.format(Locale.ROOT, "%.1f s", duration.getSeconds() + duration.getNano() / 1e9);
    }

    /** {@code 1 task}, {@code 12 tasks}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
