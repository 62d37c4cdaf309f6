/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import org.jspecify.annotations.Nullable;

/** A whole number in an environment variable. */
final class NumberVariable {
    private static final int MOST = 1_000_000;

    private NumberVariable() {}

    /**
     * @param value of the variable; one that is empty counts as absent
     * @throws IllegalArgumentException if it is no whole number in the range
     */
    static int parse(String name, @Nullable String value, int least, int absent) {
        if (value == null || value.isEmpty()) {
            return absent;
        }
        int number;
        try {
            number = Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw refused(name, value, least, e);
        }
        if (number < least || number > MOST) {
            throw refused(name, value, least, null);
        }
        return number;
    }

    private static IllegalArgumentException refused(
            String name, String value, int least, @Nullable NumberFormatException cause) {
        return new IllegalArgumentException(
                "the environment variable " + name + " must be a whole number from " + least + " to " + MOST + ", got '"
                        + value + "'; set it to one, or unset it",
                cause);
    }
}
