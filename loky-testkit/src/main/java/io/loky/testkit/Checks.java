/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.time.Duration;
import java.util.Objects;

/** The words in which a bad argument is refused. */
final class Checks {
    private Checks() {}

    static int inRange(String name, int value, int least, int most) {
        return (int) inRange(name, (long) value, least, most);
    }

    static long inRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ", got " + value);
        }
        return value;
    }

    static double inRange(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) { // not a number is outside, too
            throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ", got " + value);
        }
        return value;
    }

    static Duration inRange(String name, Duration value, Duration least, Duration most) {
        Objects.requireNonNull(value, name);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ", got " + value);
        }
        return value;
    }
}
